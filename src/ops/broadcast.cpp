#include "ops/broadcast.h"

#include <algorithm>

namespace edgeopt {
namespace {

// Strides of an operand along the output's dimensions, 0 where it is repeated.
std::vector<int64_t> strides_along(const Shape& output, const Shape& operand) {
  std::vector<int64_t> strides(output.size(), 0);
  int64_t stride = 1;
  for (size_t i = 0; i < operand.size(); ++i) {
    const size_t from = operand.size() - 1 - i;
    const size_t to = output.size() - 1 - i;
    if (operand[from] != 1) strides[to] = stride;
    stride *= operand[from];
  }
  return strides;
}

}  // namespace

std::optional<Shape> broadcast(std::span<const Shape> shapes) {
  Shape result;
  for (const Shape& shape : shapes) {
    if (shape.size() > result.size())
      result.insert(result.begin(), shape.size() - result.size(), 1);
    for (size_t i = 0; i < shape.size(); ++i) {
      int64_t& wide = result[result.size() - shape.size() + i];
      if (wide != shape[i] && wide != 1 && shape[i] != 1) return std::nullopt;
      if (wide == 1) wide = shape[i];
    }
  }
  return result;
}

Shape broadcast_inputs(const InferContext& context, size_t first, size_t count) {
  std::vector<Shape> shapes;
  std::string text;
  for (size_t i = first; i < first + count; ++i) {
    shapes.push_back(context.shape(i));
    text += (text.empty() ? "" : " and ") + to_string(shapes.back());
  }
  const auto result = broadcast(shapes);
  if (!result) context.bad("shapes " + text + " do not broadcast");
  return *result;
}

BroadcastPlan::BroadcastPlan(const Shape& output, std::span<const Shape> operands) {
  rows_ = element_count(output) > 0 ? 1 : 0;
  std::vector<std::vector<int64_t>> strides;
  for (const Shape& operand : operands) strides.push_back(strides_along(output, operand));
  strides_.resize(operands.size());
  for (size_t axis = 0; axis < output.size(); ++axis) {
    if (output[axis] == 1) continue;
    bool merged = !dims_.empty();
    for (size_t i = 0; merged && i < strides.size(); ++i) {
      merged = strides_[i].back() == strides[i][axis] * output[axis];
    }
    if (!merged) dims_.push_back(1);
    dims_.back() *= output[axis];
    for (size_t i = 0; i < strides.size(); ++i) {
      if (!merged) strides_[i].push_back(0);
      strides_[i].back() = strides[i][axis];
    }
  }
  steps_.assign(operands.size(), 1);
  if (dims_.empty()) return;
  row_ = dims_.back();
  dims_.pop_back();
  for (size_t i = 0; i < strides_.size(); ++i) {
    steps_[i] = strides_[i].back();
    strides_[i].pop_back();
  }
  for (const int64_t dim : dims_) rows_ *= dim;
}

}  // namespace edgeopt
