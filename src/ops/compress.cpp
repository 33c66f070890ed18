// Compress, NonZero: elements that a condition picks. The shapes of the results depend on data.
#include <algorithm>

#include "base/format.h"
#include "ops/axis.h"
#include "ops/movement.h"
#include "ops/op.h"
#include "tensor/dispatch.h"

namespace edgeopt {
namespace {

// The places that the condition picks; a short condition stands for false at the end.
template <typename Context>
std::vector<int64_t> picked(const Context& c, const Tensor& condition, int64_t length) {
  if (condition.type() != DataType::kBool || condition.rank() != 1) {
    c.bad("the condition is not a bool vector");
  }
  std::vector<int64_t> places;
  for (int64_t i = 0; i < std::min(length, condition.size()); ++i) {
    if (condition.data<Bool>()[i]) places.push_back(i);
  }
  return places;
}

void infer_compress(InferContext& c) {
  if (c.value(1) == nullptr) c.not_known("the shape of its output depends on data");
  if (c.node().find_attribute("axis") == nullptr) {
    const auto places = picked(c, *c.value(1), element_count(c.shape(0)));
    return c.set_output(0, c.type(0), {static_cast<int64_t>(places.size())});
  }
  const int64_t axis = c.normalized_axis(c.node().int_or("axis", 0), c.rank(0));
  Shape shape = c.shape(0);
  int64_t& dim = shape[static_cast<size_t>(axis)];
  dim = static_cast<int64_t>(picked(c, *c.value(1), dim).size());
  c.set_output(0, c.type(0), std::move(shape));
}

void compute_compress(ComputeContext& c) {
  const Tensor& x = c.input(0);
  const Shape flat = {x.size()};
  const bool along = c.node().find_attribute("axis") != nullptr;
  const int64_t axis =
      along ? c.normalized_axis(c.node().int_or("axis", 0), static_cast<int64_t>(x.rank())) : 0;
  const AxisView view(along ? x.shape() : flat, axis);
  const std::vector<int64_t> places = picked(c, c.input(1), view.length);
  const bool known = dispatch_movable(x.type(), [&]<typename T>(std::type_identity<T>) {
    T* to = c.output(0).mutable_data<T>();
    for (int64_t o = 0; o < view.outer; ++o) {
      for (const int64_t place : places) {
        to = std::copy_n(x.data<T>() + (o * view.length + place) * view.inner, view.inner, to);
      }
    }
  });
  if (!known) c.unsupported("type " + name_of(x.type()));
}

using Types = Joined<NumericTypes, BoolTypes>;

template <typename Context>
std::vector<int64_t> nonzero_places(const Context& c, const Tensor& x) {
  std::vector<int64_t> places;
  const bool known = dispatch(x.type(), Types(), [&]<typename T>(std::type_identity<T>) {
    for (int64_t i = 0; i < x.size(); ++i) {
      if (static_cast<Wide<T>>(x.data<T>()[i]) != Wide<T>{0}) places.push_back(i);
    }
  });
  if (!known) c.unsupported("type " + name_of(x.type()));
  return places;
}

void infer_non_zero(InferContext& c) {
  if (c.value(0) == nullptr) c.not_known("the shape of its output depends on data");
  const auto count = static_cast<int64_t>(nonzero_places(c, *c.value(0)).size());
  c.set_output(0, DataType::kInt64, {c.rank(0), count});
}

void compute_non_zero(ComputeContext& c) {
  const Tensor& x = c.input(0);
  const std::vector<int64_t> strides = row_major_strides(x.shape());
  const std::vector<int64_t> places = nonzero_places(c, x);
  int64_t* to = c.output(0).mutable_data<int64_t>();
  for (size_t axis = 0; axis < x.rank(); ++axis) {
    for (const int64_t place : places) *to++ = place / strides[axis] % x.dim(axis);
  }
}

}  // namespace

extern const Operator op_Compress = {
    .name = "Compress",
    .domain = "",
    .infer = infer_compress,
    .compute = compute_compress,
    .traits = {.positively_homogeneous = true, .data_movement = true},
};
extern const Operator op_NonZero = {.name = "NonZero",
                                    .domain = "",
                                    .infer = infer_non_zero,
                                    .compute = compute_non_zero,
                                    .traits = {.shape_only = true}};

}  // namespace edgeopt
