#include "passes/quantizers.h"

#include "base/format.h"

namespace edgeopt {

std::vector<Quantizer> quantizers_of(const Graph& graph, const QuantTable& table) {
  std::vector<Quantizer> found;
  for (const NodeId id : graph.topological_order()) {
    const Node& node = graph.node(id);
    if (node.op_type != "FakeQuant" || node.domain != "edgeopt") continue;
    if (node.inputs.size() != 1 || node.outputs.size() != 1) {
      fail(ErrorCode::kBadInput, "{}: a FakeQuant has one input and one output",
           graph.describe(id));
    }
    Quantizer quantizer{id, node.inputs[0], node.outputs[0], node.string_or("encoding", "")};
    quantizer.primary = node.int_or("primary", 1) != 0;
    quantizer.constant = graph.constant(quantizer.input) != nullptr;
    if (!table.contains(quantizer.key)) {
      fail(ErrorCode::kBadInput, "{}: the quantization table has no entry '{}'", graph.describe(id),
           quantizer.key);
    }
    found.push_back(std::move(quantizer));
  }
  return found;
}

}  // namespace edgeopt
