// inspect_json: everything an InspectResult holds.
#include "base/json.h"
#include "edgeopt/inspect.h"

namespace edgeopt {

std::string inspect_json(const InspectResult& result) {
  Json operators = Json::object();
  for (const auto& [op_type, count] : result.operators) operators[op_type] = count;
  Json nodes = Json::array();
  for (const InspectedNode& node : result.nodes) {
    nodes.push_back({{"name", node.name},
                     {"op", node.op_type},
                     {"output", node.output_shape},
                     {"parameters", node.parameters},
                     {"macs", node.macs},
                     {"quantized", node.quantized}});
  }
  const Json json{{"model", result.model},
                  {"ir_version", result.ir_version},
                  {"opset", result.opset},
                  {"producer", result.producer},
                  {"file_bytes", result.file_bytes},
                  {"parameters", result.parameters},
                  {"macs", result.macs},
                  {"peak_activation_bytes", result.peak_activation_bytes},
                  {"inputs", result.inputs},
                  {"outputs", result.outputs},
                  {"operators", std::move(operators)},
                  {"shapes_unknown_after", result.gap},
                  {"nodes", std::move(nodes)}};
  return json_text(json);
}

}  // namespace edgeopt
