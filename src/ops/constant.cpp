// Constant, ConstantOfShape, EyeLike, Range: tensors made from attributes or a few numbers.
#include <algorithm>
#include <cmath>

#include "base/format.h"
#include "ops/movement.h"
#include "ops/op.h"
#include "tensor/dispatch.h"
#include "tensor/limits.h"

namespace edgeopt {
namespace {

template <typename Context>
Tensor constant_value(const Context& c) {
  const Node& node = c.node();
  for (const Attribute& attribute : node.attributes) {
    const AttributeValue& value = attribute.value;
    if (attribute.name == "value" && std::holds_alternative<Tensor>(value)) {
      return std::get<Tensor>(value);
    }
    if (attribute.name == "value_float") return Tensor::scalar(node.float_or("value_float", 0));
    if (attribute.name == "value_int") {
      return Tensor::from_ints({}, {node.int_or("value_int", 0)});
    }
    if (attribute.name == "value_floats") {
      const std::vector<float> floats = node.floats_or("value_floats", {});
      return Tensor::from_floats({static_cast<int64_t>(floats.size())}, floats);
    }
    if (attribute.name == "value_ints") {
      const std::vector<int64_t> ints = node.ints_or("value_ints", {});
      return Tensor::from_ints({static_cast<int64_t>(ints.size())}, ints);
    }
    if (attribute.name == "value_string") {
      Tensor text(DataType::kString, {});
      *text.mutable_data<std::string>() = node.string_or("value_string", "");
      return text;
    }
    if (attribute.name == "value_strings" &&
        std::holds_alternative<std::vector<std::string>>(value)) {
      const auto& texts = std::get<std::vector<std::string>>(value);
      Tensor result(DataType::kString, {static_cast<int64_t>(texts.size())});
      std::copy(texts.begin(), texts.end(), result.mutable_data<std::string>());
      return result;
    }
  }
  c.unsupported("its value is not a plain tensor");
}

// The element that fills the output; a float zero by default.
template <typename Context>
Tensor fill_value(const Context& c) {
  const Attribute* attribute = c.node().find_attribute("value");
  if (attribute == nullptr) return Tensor::scalar(0.0F);
  const auto* value = std::get_if<Tensor>(&attribute->value);
  if (value == nullptr || value->size() != 1) c.bad("its value is not a tensor of one element");
  return *value;
}

void infer_constant_of_shape(InferContext& c) {
  Shape shape = c.ints(0);
  for (const int64_t dim : shape) {
    if (dim < 0) c.bad(format("has a dimension of {}", dim));
  }
  c.set_output(0, fill_value(c).type(), std::move(shape));
}

void compute_constant_of_shape(ComputeContext& c) {
  Tensor& y = c.output(0);
  const Tensor value = fill_value(c);
  const bool known = dispatch_movable(y.type(), [&]<typename T>(std::type_identity<T>) {
    std::fill_n(y.mutable_data<T>(), y.size(), *value.data<T>());
  });
  if (!known) c.unsupported("type " + name_of(y.type()));
}

void infer_eye_like(InferContext& c) {
  if (c.rank(0) != 2) c.bad("its input is not a matrix");
  const int64_t type = c.node().int_or("dtype", static_cast<int64_t>(c.type(0)));
  c.set_output(0, static_cast<DataType>(type), c.shape(0));
}

void compute_eye_like(ComputeContext& c) {
  using Types = Joined<NumericTypes, BoolTypes>;
  Tensor& y = c.output(0);
  const int64_t shift = to_axis_length(c.node().int_or("k", 0));
  const bool known = dispatch(y.type(), Types(), [&]<typename T>(std::type_identity<T>) {
    T* to = y.mutable_data<T>();
    std::fill_n(to, y.size(), static_cast<T>(Wide<T>{0}));
    for (int64_t row = 0; row < y.dim(0); ++row) {
      const int64_t column = row + shift;
      if (column >= 0 && column < y.dim(1))
        to[row * y.dim(1) + column] = static_cast<T>(Wide<T>{1});
    }
  });
  if (!known) c.unsupported("type " + name_of(y.type()));
}

using RangeTypes = TypeList<float, double, int16_t, int32_t, int64_t>;

// How many steps of `delta` there are from start up to, but not at, limit.
template <typename T>
int64_t steps(T start, T limit, T delta) {
  const double count = std::ceil((static_cast<double>(limit) - static_cast<double>(start)) /
                                 static_cast<double>(delta));
  return count > 0 ? to_axis_length(count) : 0;
}

void infer_range(InferContext& c) {
  const Tensor* bounds[3] = {c.value(0), c.value(1), c.value(2)};
  for (size_t i = 0; i < 3; ++i) {
    if (c.type(i) != c.type(0)) c.bad("start, limit and delta are of different types");
    if (bounds[i] == nullptr) c.not_known("its length depends on data");
    if (bounds[i]->size() != 1) c.bad("start, limit or delta is not one number");
  }
  int64_t count = 0;
  const bool known = dispatch(c.type(0), RangeTypes(), [&]<typename T>(std::type_identity<T>) {
    const T delta = *bounds[2]->data<T>();
    if (delta == T{0}) c.bad("has a delta of 0");
    count = steps(*bounds[0]->data<T>(), *bounds[1]->data<T>(), delta);
  });
  if (!known) c.unsupported("type " + name_of(c.type(0)));
  c.set_output(0, c.type(0), {count});
}

void compute_range(ComputeContext& c) {
  Tensor& y = c.output(0);
  dispatch(y.type(), RangeTypes(), [&]<typename T>(std::type_identity<T>) {
    const T start = *c.input(0).data<T>();
    const T delta = *c.input(2).data<T>();
    T* to = y.mutable_data<T>();
    for (int64_t i = 0; i < y.size(); ++i) {
      if constexpr (std::is_integral_v<T>) {  // unsigned: a step between extremes may wrap
        to[i] = static_cast<T>(static_cast<uint64_t>(start) +
                               static_cast<uint64_t>(i) * static_cast<uint64_t>(delta));
      } else {
        to[i] = start + static_cast<T>(i) * delta;
      }
    }
  });
}

}  // namespace

extern const Operator op_Constant = {
    .name = "Constant",
    .domain = "",
    .infer = [](InferContext& c) { c.set_output_value(0, constant_value(c)); },
    .compute = [](ComputeContext& c) { copy_elements(constant_value(c), c.output(0)); },
    .traits = {},
    .required_inputs = 0,
};
extern const Operator op_ConstantOfShape = {
    .name = "ConstantOfShape",
    .domain = "",
    .infer = infer_constant_of_shape,
    .compute = compute_constant_of_shape,
    .traits = {},
};
extern const Operator op_EyeLike = {.name = "EyeLike",
                                    .domain = "",
                                    .infer = infer_eye_like,
                                    .compute = compute_eye_like,
                                    .traits = {.shape_only = true}};
extern const Operator op_Range = {.name = "Range",
                                  .domain = "",
                                  .infer = infer_range,
                                  .compute = compute_range,
                                  .traits = {.shape_only = true}};

}  // namespace edgeopt
