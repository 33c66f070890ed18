#include "exec/engine_batch.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "edgeopt/error.h"
#include "exec/engine_constants.h"
#include "exec/shapes.h"
#include "ops/op.h"

namespace edgeopt {
namespace {

// Activations of one sample up to which several samples are run at a time, and how many.
constexpr int64_t kBatchBytes = int64_t{1} << 20;
constexpr int64_t kLargestBatch = 8;

// Beside elementwise operators: those that treat each index of axis 0 by itself as long as the
// shapes grow with the batch and no axis they name is axis 0.
constexpr std::array<std::string_view, 38> kSamplewise = {"Conv",
                                                          "QuantizedConv",
                                                          "QuantizeLinear",
                                                          "ConvTranspose",
                                                          "AveragePool",
                                                          "MaxPool",
                                                          "LpPool",
                                                          "GlobalLpPool",
                                                          "Resize",
                                                          "GlobalAveragePool",
                                                          "GlobalMaxPool",
                                                          "BatchNormalization",
                                                          "InstanceNormalization",
                                                          "GroupNormalization",
                                                          "LayerNormalization",
                                                          "LRN",
                                                          "Softmax",
                                                          "LogSoftmax",
                                                          "Hardmax",
                                                          "Concat",
                                                          "Split",
                                                          "Slice",
                                                          "Gather",
                                                          "Reshape",
                                                          "Flatten",
                                                          "Squeeze",
                                                          "Unsqueeze",
                                                          "Transpose",
                                                          "Pad",
                                                          "DepthToSpace",
                                                          "SpaceToDepth",
                                                          "ReduceMean",
                                                          "ReduceSum",
                                                          "ReduceMax",
                                                          "ReduceMin",
                                                          "ReduceL2",
                                                          "ArgMax",
                                                          "ArgMin"};

class BatchCheck {
 public:
  BatchCheck(const Graph& graph, const InferredGraph& one, const InferredGraph& two,
             Constants& constants)
      : graph_(graph), one_(one), two_(two), constants_(constants) {}

  bool samples_stay_apart() const {
    for (const NodeId id : graph_.topological_order()) {
      if (!keeps_apart(graph_.node(id))) return false;
    }
    return true;
  }

 private:
  // A leading dimension of 1 that becomes 2, and the same others.
  bool grows(ValueId id) const {
    if (!one_[id].shape || !two_[id].shape || one_[id].shape->empty()) return false;
    Shape expected = *one_[id].shape;
    if (expected[0] != 1) return false;
    expected[0] = 2;
    return expected == *two_[id].shape;
  }

  // Known, the same for any batch, and of no more than one sample.
  bool same_for_all(ValueId id, size_t rank) const {
    if (!constants_.known(id) || !one_[id].shape || one_[id].shape != two_[id].shape) return false;
    return one_[id].shape->size() < rank || one_[id].shape->at(0) == 1 || rank == 0;
  }

  bool keeps_apart(const Node& node) const {
    const Operator* op = find_operator(node);
    if (op == nullptr || !node.captured.empty() || op->traits.random) return false;
    bool constant = true;
    for (const ValueId id : node.outputs) {
      if (!id.valid()) continue;
      if (!constants_.known(id)) constant = false;
    }
    if (constant) return true;
    if (node.inputs.empty() || !node.inputs[0].valid() || !node.outputs[0].valid()) return false;
    for (const ValueId id : node.outputs) {
      if (id.valid() && !grows(id)) return false;
    }
    if (op->traits.elementwise || node.op_type == "FakeQuant") return broadcasts_well(node);
    if (node.op_type == "Gemm") return gemm_is_by_rows(node);
    if (node.op_type == "MatMul") return matmul_is_by_rows(node);
    const bool listed =
        std::find(kSamplewise.begin(), kSamplewise.end(), node.op_type) != kSamplewise.end();
    return listed && only_data_grows(node) && axis_is_inside(node);
  }

  // Every operand is either a batch of the output's rank or the same for all samples.
  bool broadcasts_well(const Node& node) const {
    const size_t rank = one_[node.outputs[0]].shape->size();
    return std::all_of(node.inputs.begin(), node.inputs.end(), [&](ValueId id) {
      if (!id.valid()) return true;
      return constants_.known(id) ? same_for_all(id, rank)
                                  : grows(id) && one_[id].shape->size() == rank;
    });
  }

  // Inputs that are not constant are batches; the others may depend on the batch only as target
  // shapes do, which the outputs' shapes have shown to be harmless.
  bool only_data_grows(const Node& node) const {
    return std::all_of(node.inputs.begin(), node.inputs.end(), [&](ValueId id) {
      if (!id.valid()) return true;
      return constants_.known(id) ? one_[id].type != DataType::kFloat || same_constant(id)
                                  : grows(id);
    });
  }
  bool same_constant(ValueId id) const { return one_[id].shape == two_[id].shape; }

  bool gemm_is_by_rows(const Node& node) const {
    if (node.int_or("transA", 0) != 0 || constants_.known(node.inputs[0])) return false;
    if (!grows(node.inputs[0]) || !constants_.known(node.inputs[1])) return false;
    return node.inputs.size() < 3 || !node.inputs[2].valid() || same_for_all(node.inputs[2], 2);
  }

  bool matmul_is_by_rows(const Node& node) const {
    const ValueId a = node.inputs[0];
    const ValueId b = node.inputs[1];
    if (constants_.known(a) || !grows(a) || one_[a].shape->size() < 2) return false;
    const size_t rank = one_[a].shape->size();
    if (constants_.known(b))
      return one_[b].shape == two_[b].shape && (rank > 2 || one_[b].shape->size() == 2) &&
             (one_[b].shape->size() < 3 || one_[b].shape->at(0) == 1);
    return rank > 2 && grows(b) && one_[b].shape->size() == rank;
  }

  // No axis that the node names is the batch.
  bool axis_is_inside(const Node& node) const {
    const auto rank = static_cast<int64_t>(one_[node.inputs[0]].shape->size());
    const auto inside = [&](int64_t axis) { return (axis < 0 ? axis + rank : axis) > 0; };
    const std::string& op = node.op_type;
    if (op == "Transpose") {
      const std::vector<int64_t> order = node.ints_or("perm", {});
      return !order.empty() && order[0] == 0;
    }
    if (op == "Slice") return steps_forward(node);
    if (op == "QuantizeLinear") return element_count(*one_[node.inputs[1]].shape) == 1;
    if (op == "Concat") return inside(node.int_or("axis", 0));
    if (op == "Split" || op == "Gather" || op.starts_with("Arg")) {
      return inside(node.int_or("axis", 0)) && (op != "Gather" || constants_.known(node.inputs[1]));
    }
    if (op.ends_with("oftmax") || op == "Hardmax" || op == "LayerNormalization") {
      return inside(node.int_or("axis", -1));
    }
    if (!op.starts_with("Reduce")) return true;
    std::vector<int64_t> axes = node.ints_or("axes", {});
    if (node.inputs.size() > 1 && node.inputs[1].valid()) {
      const Tensor given = constants_.get(node.inputs[1]);
      if (given.type() != DataType::kInt64) return false;
      axes.assign(given.data<int64_t>(), given.data<int64_t>() + given.size());
    }
    return !axes.empty() && std::all_of(axes.begin(), axes.end(), inside);
  }

  bool steps_forward(const Node& node) const {
    if (node.inputs.size() < 5 || !node.inputs[4].valid()) return true;
    const Tensor steps = constants_.get(node.inputs[4]);
    return steps.type() == DataType::kInt64 &&
           std::all_of(steps.data<int64_t>(), steps.data<int64_t>() + steps.size(),
                       [](int64_t step) { return step > 0; });
  }

  const Graph& graph_;
  const InferredGraph& one_;
  const InferredGraph& two_;
  Constants& constants_;
};

// Inputs whose batch is open: their shapes for `batch` samples.
std::map<ValueId, Shape> batched_shapes(const Graph& graph, const EngineOptions& options,
                                        int64_t batch) {
  std::map<ValueId, Shape> shapes = resolve_feed_shapes(graph, options.input_shapes, 1);
  for (auto& [id, shape] : shapes) {
    if (!shape.empty()) shape[0] *= batch;
  }
  return shapes;
}

bool batches_are_open(const Graph& graph, const EngineOptions& options) {
  for (const auto& [id, shape] : resolve_feed_shapes(graph, options.input_shapes, 1)) {
    const auto& dims = graph.value(id).type.dims;
    if (shape.empty() || shape[0] != 1 || (dims && dims->at(0).value >= 0)) return false;
  }
  return true;
}

int64_t batch_for(const Graph& graph, const InferredGraph& one) {
  int64_t widest = 1;
  for (const NodeId id : graph.topological_order()) {
    int64_t elements = 0;
    for (const ValueId input : graph.node(id).inputs) {
      if (input.valid() && one[input].shape && !graph.value(input).is_constant()) {
        elements += element_count(*one[input].shape);
      }
    }
    for (const ValueId output : graph.node(id).outputs) {
      if (output.valid() && one[output].shape) elements += element_count(*one[output].shape);
    }
    widest = std::max(widest, elements * int64_t{sizeof(float)});
  }
  return std::clamp<int64_t>(kBatchBytes / widest, 1, kLargestBatch);
}

}  // namespace

int64_t choose_micro_batch(const Graph& graph, int64_t opset, const EngineOptions& options) {
  if (options.micro_batch == 1 || !batches_are_open(graph, options)) return 1;
  try {
    const InferredGraph one = infer_shapes(graph, opset, batched_shapes(graph, options, 1));
    const int64_t wanted = options.micro_batch > 0 ? options.micro_batch : batch_for(graph, one);
    if (wanted == 1) return 1;
    const InferredGraph two = infer_shapes(graph, opset, batched_shapes(graph, options, 2));
    if (!one.gap.empty() || !two.gap.empty()) return 1;
    Constants constants(graph, opset, one, options.table);
    return BatchCheck(graph, one, two, constants).samples_stay_apart() ? wanted : 1;
  } catch (const Error&) {
    return 1;  // shapes that hold for one sample only; one at a time, an error shows itself
  }
}

}  // namespace edgeopt
