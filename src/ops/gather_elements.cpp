// GatherElements, ScatterElements (once called Scatter): single elements picked along one axis by
// an index tensor of the same rank as the data.
#include "base/format.h"
#include "ops/scatter_reduction.h"

namespace edgeopt {
namespace {

// Calls f(offset into the data, number) for each index in order. Along the axis the index says
// where, along the others its own place does.
template <typename F>
void for_each_index(const ComputeContext& c, const Tensor& data, F f) {
  const auto rank = static_cast<int64_t>(data.rank());
  const auto axis = static_cast<size_t>(c.normalized_axis(c.node().int_or("axis", 0), rank));
  const std::vector<int64_t> picks = c.ints(1);
  Strided at{c.input(1).shape(), row_major_strides(data.shape())};
  const int64_t stride = at.strides[axis];
  at.strides[axis] = 0;
  size_t number = 0;
  for_each_place(at, [&](int64_t offset) {
    const int64_t length = data.dim(axis);
    int64_t pick = picks[number];
    if (pick < -length || pick >= length) {
      c.bad(format("index {} is outside a dimension of {}", pick, length));
    }
    if (pick < 0) pick += length;
    f(offset + pick * stride, number++);
  });
}

void check_indices(const InferContext& c) {
  const Shape& data = c.shape(0);
  const Shape& indices = c.shape(1);
  const int64_t axis = c.normalized_axis(c.node().int_or("axis", 0), c.rank(0));
  bool fits = indices.size() == data.size();
  for (size_t i = 0; fits && i < data.size(); ++i) {
    fits = int64_t(i) == axis || indices[i] <= data[i];
  }
  if (!fits) {
    c.bad(format("indices of shape {} do not fit data of shape {}", to_string(indices),
                 to_string(data)));
  }
}

void infer_gather(InferContext& c) {
  check_indices(c);
  c.set_output(0, c.type(0), c.shape(1));
}

void compute_gather(ComputeContext& c) {
  const Tensor& data = c.input(0);
  const bool known = dispatch_movable(data.type(), [&]<typename T>(std::type_identity<T>) {
    const T* from = data.data<T>();
    T* to = c.output(0).mutable_data<T>();
    for_each_index(c, data, [&](int64_t offset, size_t number) { to[number] = from[offset]; });
  });
  if (!known) c.unsupported("type " + name_of(data.type()));
}

void infer_scatter(InferContext& c) {
  check_indices(c);
  if (c.shape(2) != c.shape(1)) c.bad("indices and updates are of different shapes");
  if (c.type(2) != c.type(0)) c.bad("data and updates are of different types");
  c.same_as_input();
}

void compute_scatter(ComputeContext& c) {
  copy_elements(c.input(0), c.output(0));
  with_reduction(c, [&]<typename T>(std::type_identity<T>, auto merge) {
    const T* updates = c.input(2).data<T>();
    T* to = c.output(0).mutable_data<T>();
    for_each_index(c, c.input(0), [&](int64_t offset, size_t number) {
      to[offset] = merge(to[offset], updates[number]);
    });
  });
}

constexpr Operator scatter_operator(std::string_view name) {
  return {
      .name = name, .domain = "", .infer = infer_scatter, .compute = compute_scatter, .traits = {}};
}

}  // namespace

extern const Operator op_GatherElements = {
    .name = "GatherElements",
    .domain = "",
    .infer = infer_gather,
    .compute = compute_gather,
    .traits = {.positively_homogeneous = true, .data_movement = true, .quantizable = true},
};
extern const Operator op_ScatterElements = scatter_operator("ScatterElements");
extern const Operator op_Scatter = scatter_operator("Scatter");

}  // namespace edgeopt
