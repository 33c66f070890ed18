#include "pipeline/node_times.h"

namespace edgeopt {

std::vector<NodeTime> node_times(const Engine& engine) {
  std::vector<NodeTime> times;
  for (const NodeProfile& node : engine.profile()) {
    const double gflops = node.seconds > 0 ? node.flops / node.seconds * 1e-9 : 0;
    times.push_back({node.node, node.op_type, node.seconds, gflops});
  }
  return times;
}

}  // namespace edgeopt
