#include "conformance/onnx_cases.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <map>

#include "base/file.h"
#include "base/format.h"
#include "exec/engine.h"
#include "exec/interpreter.h"
#include "onnx/model_io.h"
#include "ops/op.h"
#include "support/one_node.h"
#include "tensor/dispatch.h"

namespace edgeopt::test {
namespace {

namespace fs = std::filesystem;

// The data of ONNX 1.12 keeps bfloat16 as the bits in uint16.
Tensor load_tensor(const fs::path& path, DataType declared) {
  const std::string bytes = read_file(path);
  Tensor tensor = parse_tensor(bytes, path);
  if (declared != DataType::kBfloat16 || tensor.type() != DataType::kUint16) return tensor;
  Tensor same(DataType::kBfloat16, tensor.shape());
  std::memcpy(same.mutable_raw(), tensor.raw(), tensor.byte_size());
  return same;
}

bool is_plain(const Graph& graph, const std::vector<ValueId>& values) {
  return std::all_of(values.begin(), values.end(),
                     [&](ValueId id) { return graph.value(id).type.opaque.empty(); });
}

void list_operators(const Graph& graph, CaseResult& result) {
  for (const NodeId id : graph.topological_order()) {
    const Node& node = graph.node(id);
    const std::string prefix = node.domain.empty() ? "" : node.domain + ".";
    const std::string name = prefix + node.op_type;
    std::vector<std::string>& all = result.operators;
    if (std::find(all.begin(), all.end(), name) != all.end()) continue;
    all.push_back(name);
    if (find_operator(node) == nullptr) result.unknown.push_back(name);
  }
}

template <typename T>
bool close(T actual, T expected, T relative) {
  if (std::isnan(expected) || std::isnan(actual)) return std::isnan(expected) && std::isnan(actual);
  if (std::isinf(expected) || std::isinf(actual)) return actual == expected;
  return std::fabs(actual - expected) <= 1e-7 + relative * std::fabs(expected);
}

// All of a case as one sample.
std::vector<Tensor> run_planned(const Graph& graph, int64_t opset,
                                const std::map<std::string, Tensor>& feeds) {
  EngineOptions options;
  options.threads = 1;
  std::vector<Tensor> inputs;
  for (const ValueId id : graph.feeds()) {
    const std::string& name = graph.value(id).name;
    const auto fed = feeds.find(name);
    if (fed == feeds.end()) fail(ErrorCode::kBadInput, "input '{}' is not given", name);
    const std::optional<Shape> declared = graph.value(id).type.static_shape();
    if (declared && *declared != fed->second.shape()) {
      fail(ErrorCode::kUnsupported, "'{}' is not of the shape that the model declares", name);
    }
    options.input_shapes[name] = fed->second.shape();
    inputs.push_back(fed->second);
  }
  Engine engine(graph, opset, options);
  std::vector<Tensor> outputs;
  engine.run(
      1, [&](int64_t) { return inputs; },
      [&](int64_t, const std::vector<Tensor>& made) { outputs = made; });
  return outputs;
}

// The engine plans shapes before it sees data: where shapes, axes and the like are inputs, all
// inputs but the first become initializers.
std::vector<Tensor> run_engine(const Model& model, const std::map<std::string, Tensor>& feeds) {
  try {
    return run_planned(model.graph, model.opset(), feeds);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kUnsupported) throw;
  }
  Graph graph = model.graph;
  const std::vector<ValueId> inputs = graph.feeds();
  for (size_t i = 1; i < inputs.size(); ++i) {
    const auto fed = feeds.find(graph.value(inputs[i]).name);
    if (fed != feeds.end()) graph.set_constant(inputs[i], fed->second);
  }
  return run_planned(graph, model.opset(), feeds);
}

std::map<std::string, Tensor> load_feeds(const Graph& graph, const fs::path& folder) {
  std::map<std::string, Tensor> feeds;
  for (size_t i = 0; i < graph.inputs().size(); ++i) {
    const fs::path file = folder / format("input_{}.pb", i);
    const Value& input = graph.value(graph.inputs()[i]);
    if (fs::exists(file)) feeds[input.name] = load_tensor(file, input.type.type);
  }
  return feeds;
}

void check_data_set(const Model& model, const fs::path& folder, Runner runner, CaseResult& result) {
  const Graph& graph = model.graph;
  const std::vector<Tensor> outputs = run_on(model, load_feeds(graph, folder), runner);
  for (size_t i = 0; i < outputs.size(); ++i) {
    const fs::path file = folder / format("output_{}.pb", i);
    const std::string wrong =
        difference(outputs[i], load_tensor(file, graph.value(graph.outputs()[i]).type.type));
    if (wrong.empty()) continue;
    result.verdict = Verdict::kFailed;
    result.why = format("output {}: {}", i, wrong);
    return;
  }
  result.verdict = Verdict::kPassed;
}

}  // namespace

std::vector<Tensor> run_on(const Model& model, const std::map<std::string, Tensor>& feeds,
                           Runner runner) {
  return runner == Runner::kInterpreter ? interpret(model.graph, model.opset(), feeds)
                                        : run_engine(model, feeds);
}

LoadedCase load_case(const fs::path& folder) {
  LoadedCase loaded{load_model(folder / "model.onnx"), {}};
  const Graph& graph = loaded.model.graph;
  if (!is_plain(graph, graph.inputs()) || !is_plain(graph, graph.outputs())) {
    fail(ErrorCode::kUnsupported, "inputs or outputs that are not tensors");
  }
  loaded.feeds = load_feeds(graph, folder / "test_data_set_0");
  return loaded;
}

fs::path onnx_test_data() {
  const char* given = std::getenv("EDGEOPT_ONNX_TEST_DATA");
  const fs::path folder = given != nullptr ? given : EDGEOPT_ONNX_TEST_DATA;
  return fs::is_directory(folder / "node") ? folder : fs::path();
}

std::vector<fs::path> onnx_cases(const fs::path& data) {
  std::vector<fs::path> cases;
  for (const char* suite : {"node", "pytorch-converted", "pytorch-operator", "simple"}) {
    for (const fs::directory_entry& entry : fs::directory_iterator(data / suite)) {
      if (fs::exists(entry.path() / "model.onnx")) cases.push_back(entry.path());
    }
  }
  std::sort(cases.begin(), cases.end());
  return cases;
}

const std::map<std::string, std::string>& known_deviations() {
  static const std::string kCorners =
      "the data aligns corners to the product of length and scale, which is no whole number here; "
      "the operator's text, PyTorch and ONNX Runtime align them to the resized length";
  static const std::map<std::string, std::string> all = {
      {"node/test_resize_downsample_scales_cubic_align_corners", kCorners},
      {"node/test_resize_downsample_scales_linear_align_corners", kCorners},
  };
  return all;
}

CaseResult run_case(const fs::path& folder, Runner runner) {
  CaseResult result;
  result.name = folder.parent_path().filename().string() + "/" + folder.filename().string();
  try {
    const Model model = load_model(folder / "model.onnx");
    list_operators(model.graph, result);
    if (!result.unknown.empty()) {
      fail(ErrorCode::kUnsupported, "operator {}", result.unknown.front());
    }
    if (!is_plain(model.graph, model.graph.inputs()) ||
        !is_plain(model.graph, model.graph.outputs())) {
      fail(ErrorCode::kUnsupported, "inputs or outputs that are not tensors");
    }
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
      if (!entry.is_directory()) continue;
      check_data_set(model, entry.path(), runner, result);
      if (result.verdict != Verdict::kPassed) break;
    }
  } catch (const Error& error) {
    const bool unsupported = error.code() == ErrorCode::kUnsupported;
    result.verdict = unsupported ? Verdict::kUnsupported : Verdict::kFailed;
    result.why = error.what();
  }
  const bool known = known_deviations().contains(result.name);
  if (known && result.verdict == Verdict::kFailed) result.verdict = Verdict::kDiffers;
  return result;
}

const std::vector<CaseResult>& case_results(Runner runner) {
  const auto run_all = [](Runner which) {
    std::vector<CaseResult> made;
    const fs::path data = onnx_test_data();
    if (data.empty()) return made;
    for (const fs::path& folder : onnx_cases(data)) made.push_back(run_case(folder, which));
    return made;
  };
  static const std::vector<CaseResult> interpreted = run_all(Runner::kInterpreter);
  if (runner == Runner::kInterpreter) return interpreted;
  static const std::vector<CaseResult> planned = run_all(Runner::kEngine);
  return planned;
}

std::string difference(const Tensor& actual, const Tensor& expected) {
  if (actual.type() != expected.type()) {
    return format("type {}, not {}", name_of(actual.type()), name_of(expected.type()));
  }
  if (actual.shape() != expected.shape()) {
    return format("shape {}, not {}", to_string(actual.shape()), to_string(expected.shape()));
  }
  if (expected.type() == DataType::kString) {
    const std::string* texts = expected.data<std::string>();
    return std::equal(texts, texts + expected.size(), actual.data<std::string>()) ? ""
                                                                                  : "another text";
  }
  const std::vector<double> wanted = values_of(expected);
  const std::vector<double> made = values_of(actual);
  const double relative = expected.type() == DataType::kBfloat16 ? 0x1p-7 : 1e-3;
  for (size_t i = 0; i < wanted.size(); ++i) {
    const bool same =
        is_float(expected.type()) ? close(made[i], wanted[i], relative) : made[i] == wanted[i];
    if (!same) return format("element {} is {}, not {}", i, made[i], wanted[i]);
  }
  return "";
}

}  // namespace edgeopt::test
