// edgeopt run: execute a model once; for debugging and for shell pipelines.
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <memory>

#include "base/file.h"
#include "base/format.h"
#include "base/json.h"
#include "command.h"
#include "common_flags.h"
#include "edgeopt/evaluate.h"
#include "profile_table.h"
#include "progress.h"
#include "text_table.h"

namespace edgeopt::tool {
namespace {

struct Flags {
  RunOptions options;
  std::vector<std::string> inputs;
  std::string output;
  std::string trace;
  bool json = false;
};

// "x=file.npy" or "file.npy".
std::pair<std::string, std::string> split_input(const std::string& text) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos) return {"", text};
  return {text.substr(0, equals), text.substr(equals + 1)};
}

// Standard input as a file, named by what it holds: data sources go by the ending.
class SpooledInput {
 public:
  SpooledInput() {
    const std::string bytes{std::istreambuf_iterator<char>(std::cin), {}};
    if (bytes.empty()) fail(ErrorCode::kBadInput, "standard input is empty");
    path_ = format("{}/edgeopt-input-{}{}", std::filesystem::temp_directory_path().string(),
                   ::getpid(), ending(bytes));
    write_file_atomically(path_, bytes);
  }
  ~SpooledInput() { ::unlink(path_.c_str()); }
  SpooledInput(const SpooledInput&) = delete;
  SpooledInput& operator=(const SpooledInput&) = delete;
  const std::string& path() const { return path_; }

 private:
  static const char* ending(const std::string& bytes) {
    if (bytes.starts_with("\x93NUMPY")) return ".npy";
    if (bytes.starts_with("PK")) return ".npz";
    if (bytes.starts_with("\x89PNG")) return ".png";
    if (bytes.starts_with("\xff\xd8")) return ".jpg";
    return ".raw";
  }
  std::string path_;
};

struct Summary {
  double minimum = 0;
  double maximum = 0;
  double mean = 0;
};

Summary summarize(const Tensor& tensor) {
  Summary summary;
  if (tensor.type() != DataType::kFloat || tensor.size() == 0) return summary;
  const float* x = tensor.data<float>();
  summary.minimum = summary.maximum = x[0];
  for (int64_t i = 0; i < tensor.size(); ++i) {
    summary.minimum = std::min<double>(summary.minimum, x[i]);
    summary.maximum = std::max<double>(summary.maximum, x[i]);
    summary.mean += x[i];
  }
  summary.mean /= static_cast<double>(tensor.size());
  return summary;
}

// NAME.npy, with '_' for what no file name may hold.
std::string file_name_of(const std::string& output) {
  std::string name = output;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '/' || c == '\0'; }, '_');
  return name + ".npy";
}

// One file for each output. Throws, before anything is written, when two would be the same.
std::vector<std::string> file_names_of(const RunResult& result, const std::string& folder) {
  constexpr size_t kLongest = 230;  // of 255 bytes, of which the temporary name needs some
  std::vector<std::string> names;
  for (const auto& [output, tensor] : result.outputs) {
    names.push_back(file_name_of(output));
    if (names.back().size() > kLongest) {
      fail(ErrorCode::kUnsupported,
           "-o {}: the name of output '{}' is too long for a file; give a .npy file if there is "
           "no other output, or rename it in the model",
           folder, output);
    }
    const auto same = std::find(names.begin(), names.end() - 1, names.back());
    if (same == names.end() - 1) continue;
    fail(ErrorCode::kUnsupported,
         "-o {}: outputs '{}' and '{}' would both be written to {}; rename one in the model",
         folder, result.outputs[static_cast<size_t>(same - names.begin())].first, output,
         names.back());
  }
  return names;
}

// A folder gets NAME.npy for each output; a .npy file gets the only one; "-" is standard output.
void write_outputs(const RunResult& result, const std::string& where) {
  if (where.ends_with(".npy") || where == "-") {
    if (result.outputs.size() != 1) {
      fail(ErrorCode::kUsage, "-o {}: the model has {} outputs; give a folder", where,
           result.outputs.size());
    }
    const std::string bytes = npy_bytes(result.outputs[0].second);
    if (where == "-") {
      std::cout << bytes;
    } else {
      write_file_atomically(where, bytes);
    }
    return;
  }
  const std::vector<std::string> names = file_names_of(result, where);
  make_folder(where);
  for (size_t i = 0; i < names.size(); ++i) {
    write_file_atomically(std::filesystem::path(where) / names[i],
                          npy_bytes(result.outputs[i].second));
  }
}

void print(const RunResult& result, bool json) {
  if (json) {
    Json outputs = Json::array();
    for (const auto& [name, tensor] : result.outputs) {
      const Summary s = summarize(tensor);
      outputs.push_back({{"name", name},
                         {"type", name_of(tensor.type())},
                         {"shape", tensor.shape()},
                         {"min", s.minimum},
                         {"max", s.maximum},
                         {"mean", s.mean}});
    }
    std::cout << json_text({{"seconds", result.seconds}, {"outputs", std::move(outputs)}}) << "\n";
    return;
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& [name, tensor] : result.outputs) {
    const Summary s = summarize(tensor);
    rows.push_back({name, name_of(tensor.type()), to_string(tensor.shape()),
                    format("{:.5g}", s.minimum), format("{:.5g}", s.maximum),
                    format("{:.5g}", s.mean)});
  }
  std::cout << text_table(
                   {{"output"}, {"type"}, {"shape"}, {"min", true}, {"max", true}, {"mean", true}},
                   rows)
            << format("{:.3f} ms\n", result.seconds * 1e3);
}

int run_command(Flags& flags) {
  std::unique_ptr<SpooledInput> spooled;
  for (const std::string& text : flags.inputs) {
    auto input = split_input(text);
    if (input.second == "-") {
      if (spooled == nullptr) spooled = std::make_unique<SpooledInput>();
      input.second = spooled->path();
    }
    flags.options.inputs.push_back(std::move(input));
  }
  const bool table = flags.options.profile;
  flags.options.profile = table || !flags.trace.empty();
  const RunResult result = run(flags.options);
  if (!flags.output.empty()) write_outputs(result, flags.output);
  if (!flags.trace.empty()) write_file_atomically(flags.trace, result.chrome_trace);
  if (flags.output == "-") return 0;
  print(result, flags.json);
  if (table && !flags.json) std::cout << "\n" << profile_table(result.profile);
  return 0;
}

std::function<int()> declare(CLI::App& app, const GlobalFlags&) {
  auto flags = std::make_shared<Flags>();
  RunOptions& options = flags->options;
  app.add_option("model", options.model, "Model (.onnx)")->required();
  app.add_option("--input", flags->inputs,
                 "FILE or NAME=FILE: .npy, .npz, .pb, raw float32, an image, or - for "
                 "standard input (repeatable; default: synthetic)")
      ->type_name("FILE")
      ->allow_extra_args(false);
  app.add_option("-o,--output", flags->output,
                 "Folder for NAME.npy of each output, a .npy file, or - for standard output")
      ->type_name("PATH");
  app.add_option("--repeat", options.repeat, "Runs; the fastest is reported")
      ->check(CLI::PositiveNumber);
  app.add_option("--seed", options.seed, "Seed of synthetic inputs");
  app.add_flag("--profile", options.profile, "Time and GFLOP/s of each node");
  app.add_option("--trace", flags->trace, "Write a Chrome trace (chrome://tracing) to this file")
      ->type_name("FILE");
  add_preprocessing_flags(app, options.data);
  add_input_shape_flag(app, options.input_shapes);
  add_threads_flag(app, options.threads);
  app.add_flag("--json", flags->json, "Print the summary as JSON");
  app.footer(
      "Examples:\n"
      "  edgeopt run model.onnx --input x.npy -o y.npy\n"
      "  edgeopt run model.onnx --input dog.jpg --preset imagenet --profile\n"
      "  cat x.npy | edgeopt run first.onnx --input - -o - | edgeopt run second.onnx --input -");
  return [flags] { return run_command(*flags); };
}

}  // namespace

extern const Command command_run = {"run", "Execute a model", declare};

}  // namespace edgeopt::tool
