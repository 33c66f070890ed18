// edgeopt inspect: what a model is, and what would be quantized.
#include "edgeopt/inspect.h"

#include <iostream>

#include "base/format.h"
#include "command.h"
#include "common_flags.h"
#include "edgeopt/optimize.h"
#include "text_table.h"

namespace edgeopt::tool {
namespace {

struct Flags {
  std::string model;
  std::string target = "onnxruntime";
  InputShapes input_shapes;
  bool nodes = false;
  bool json = false;
};

std::string node_table(const InspectResult& result) {
  std::vector<std::vector<std::string>> rows;
  for (const InspectedNode& node : result.nodes) {
    rows.push_back({node.name, node.op_type, node.output_shape, human_count(node.parameters),
                    human_count(node.macs), node.quantized});
  }
  return text_table({{"node"}, {"op"}, {"output"}, {"params", true}, {"MACs", true}, {"quantized"}},
                    rows);
}

void print(const InspectResult& result, bool nodes) {
  std::cout << format("{}: IR {}, opset {}{}{}\n", result.model, result.ir_version, result.opset,
                      result.producer.empty() ? "" : ", made by ", result.producer);
  for (const std::string& input : result.inputs) std::cout << "input       " << input << "\n";
  for (const std::string& output : result.outputs) std::cout << "output      " << output << "\n";
  std::cout << format("file        {}\n", human_bytes(result.file_bytes))
            << format("parameters  {}\n", human_count(result.parameters))
            << format("MACs        {} (one sample)\n", human_count(result.macs))
            << format("activations {} at the widest point (float, one sample)\n",
                      human_bytes(result.peak_activation_bytes));
  if (!result.gap.empty()) std::cout << "shapes      not known after: " << result.gap << "\n";
  std::vector<std::vector<std::string>> rows;
  for (const auto& [op_type, count] : result.operators)
    rows.push_back({op_type, format("{}", count)});
  std::cout << "\n" << text_table({{"op"}, {"nodes", true}}, rows);
  if (nodes) std::cout << "\n" << node_table(result);
}

std::function<int()> declare(CLI::App& app, const GlobalFlags&) {
  auto flags = std::make_shared<Flags>();
  app.add_option("model", flags->model, "Model (.onnx)")->required();
  app.add_flag("--nodes", flags->nodes, "One line for each node, with what would be quantized");
  app.add_option("--target", flags->target, "The target whose placement counts")
      ->type_name("NAME")
      ->capture_default_str();
  add_input_shape_flag(app, flags->input_shapes);
  app.add_flag("--json", flags->json, "As JSON, nodes included");
  app.footer("Example:\n  edgeopt inspect model.onnx --nodes");
  return [flags] {
    const InspectResult result = inspect(flags->model, flags->target, flags->input_shapes);
    if (flags->json) {
      std::cout << inspect_json(result) << "\n";
    } else {
      print(result, flags->nodes);
    }
    return 0;
  };
}

}  // namespace

extern const Command command_inspect = {
    "inspect", "Operators, parameters, MACs, memory, and what would be quantized", declare};

}  // namespace edgeopt::tool
