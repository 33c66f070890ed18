#include "ir/unused.h"

namespace edgeopt {

int64_t remove_unused_constants(Graph& graph) {
  int64_t changes = 0;
  for (const ValueId id : graph.constants()) {
    if (graph.use_count(id) > 0) continue;
    graph.set_constant(id, std::nullopt);
    graph.set_info(id, {}, false);
    std::vector<ValueId> inputs = graph.inputs();
    if (std::erase(inputs, id) > 0) graph.set_graph_inputs(std::move(inputs));
    ++changes;
  }
  return changes;
}

}  // namespace edgeopt
