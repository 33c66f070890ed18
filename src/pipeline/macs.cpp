#include "pipeline/macs.h"

namespace edgeopt {
namespace {

const Shape* shape_of(ValueId id, const InferredGraph& types) {
  if (!id.valid() || !types[id].shape) return nullptr;
  return &*types[id].shape;
}

// Elements of one output channel's weights.
int64_t weights_per_channel(const Shape& weight) {
  return element_count(Shape(weight.begin() + 1, weight.end()));
}

}  // namespace

int64_t macs_of(const Node& node, const InferredGraph& types) {
  if (!node.domain.empty() || node.inputs.size() < 2 || node.outputs.empty()) return 0;
  const Shape* a = shape_of(node.inputs[0], types);
  const Shape* b = shape_of(node.inputs[1], types);
  const Shape* out = shape_of(node.outputs[0], types);
  if (a == nullptr || b == nullptr || out == nullptr || a->empty() || b->empty()) return 0;
  if (node.op_type == "Conv") return element_count(*out) * weights_per_channel(*b);
  if (node.op_type == "ConvTranspose") return element_count(*a) * weights_per_channel(*b);
  if (node.op_type == "MatMul") return element_count(*out) * a->back();
  if (node.op_type == "Gemm") {
    return element_count(*out) * a->at(node.int_or("transA", 0) != 0 ? 0 : 1);
  }
  return 0;
}

int64_t count_macs(const Model& model, const InputShapes& shapes) {
  const InferredGraph types =
      infer_shapes(model.graph, model.opset(), resolve_feed_shapes(model.graph, shapes, 1));
  int64_t total = 0;
  for (const NodeId id : model.graph.topological_order()) {
    total += macs_of(model.graph.node(id), types);
  }
  return total;
}

}  // namespace edgeopt
