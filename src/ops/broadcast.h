// NumPy broadcasting of any number of operands.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "ops/op.h"

namespace edgeopt {

// The shape that all shapes broadcast to; nullopt when two dimensions clash.
std::optional<Shape> broadcast(std::span<const Shape> shapes);

// For an operator whose inputs `first`..`first + count - 1` are broadcast; a clash is
// Error(kBadInput).
Shape broadcast_inputs(const InferContext& context, size_t first, size_t count);

// How to walk operands that broadcast to one output: rows of `row` elements, where each operand
// steps by 0 or 1, inside an outer loop. Neighbouring dimensions that walk alike are merged, so
// equal shapes are one single row.
class BroadcastPlan {
 public:
  BroadcastPlan(const Shape& output, std::span<const Shape> operands);

  int64_t row() const { return row_; }
  // Step of the operand inside a row: 0 or 1.
  int64_t step(size_t operand) const { return steps_[operand]; }

  // Calls f(output offset, offsets of the operands) for each row, in order of the output.
  template <typename F>
  void for_each_row(F f) const {
    std::vector<int64_t> offsets(steps_.size(), 0);
    std::vector<int64_t> index(dims_.size(), 0);
    for (int64_t row = 0; row < rows_; ++row) {
      f(row * row_, std::span<const int64_t>(offsets));
      for (size_t axis = dims_.size(); axis-- > 0;) {
        const bool carry = ++index[axis] == dims_[axis];
        for (size_t i = 0; i < offsets.size(); ++i) {
          const int64_t stride = strides_[i][axis];
          offsets[i] += carry ? -stride * (dims_[axis] - 1) : stride;
        }
        if (!carry) break;
        index[axis] = 0;
      }
    }
  }

 private:
  std::vector<int64_t> dims_;  // of the outer loop
  std::vector<std::vector<int64_t>> strides_;
  std::vector<int64_t> steps_;
  int64_t row_ = 1;
  int64_t rows_ = 1;
};

// y = f(a, b) element by element. TA and TB are the element types of the operands, TY of the
// output.
template <typename TA, typename TB, typename TY, typename F>
void broadcast_binary(const Tensor& a, const Tensor& b, Tensor& y, F f) {
  const std::array<Shape, 2> shapes = {a.shape(), b.shape()};
  const BroadcastPlan plan(y.shape(), shapes);
  const TA* const from_a = a.data<TA>();
  const TB* const from_b = b.data<TB>();
  TY* const to = y.mutable_data<TY>();
  const int64_t row = plan.row();
  const int64_t step_a = plan.step(0);
  const int64_t step_b = plan.step(1);
  plan.for_each_row([&](int64_t at, std::span<const int64_t> offsets) {
    const TA* pa = from_a + offsets[0];
    const TB* pb = from_b + offsets[1];
    TY* py = to + at;
    if (step_a == 1 && step_b == 1) {
      for (int64_t i = 0; i < row; ++i) py[i] = f(pa[i], pb[i]);
    } else if (step_a == 1) {
      const TB value = *pb;
      for (int64_t i = 0; i < row; ++i) py[i] = f(pa[i], value);
    } else {
      const TA value = *pa;
      for (int64_t i = 0; i < row; ++i) py[i] = f(value, pb[i * step_b]);
    }
  });
}

}  // namespace edgeopt
