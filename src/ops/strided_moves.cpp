#include "ops/strided_moves.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <type_traits>

#include "kernels/epilogue.h"
#include "kernels/inline.h"
#include "kernels/simd.h"
#include "ops/float_kernel.h"
#include "ops/interleaved_moves.h"
#include "ops/movement.h"

namespace edgeopt {
namespace {

// Rows and columns of a block of a transposition: its lines stay in the first cache.
constexpr int64_t kBlock = 16;

// Scattered elements: the longer of the two innermost axes goes inside.
void prefer_long_rows(Move& move) {
  const size_t last = move.shape.size() - 1;
  if (last == 0 || move.shape[last] >= move.shape[last - 1]) return;
  if (move.from[last] == 1 || move.from[last - 1] == 1) return;
  std::swap(move.shape[last], move.shape[last - 1]);
  std::swap(move.from[last], move.from[last - 1]);
  std::swap(move.to[last], move.to[last - 1]);
}

// The same elements, with the axes in the order of the output's memory, those of length 1 left out
// and neighbours merged where both sides continue.
Move simplified(const Move& move) {
  std::vector<size_t> order(move.shape.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return move.to[a] > move.to[b]; });
  Move result{move.input, move.output, {}, {}, {}, move.from_offset, move.to_offset};
  for (const size_t axis : order) {
    const int64_t length = move.shape[axis];
    if (length == 1) continue;
    const bool continues = !result.shape.empty() &&
                           result.from.back() == move.from[axis] * length &&
                           result.to.back() == move.to[axis] * length;
    if (continues) {
      result.shape.back() *= length;
      result.from.back() = move.from[axis];
      result.to.back() = move.to[axis];
    } else {
      result.shape.push_back(length);
      result.from.push_back(move.from[axis]);
      result.to.push_back(move.to[axis]);
    }
  }
  if (result.shape.empty())
    return {move.input, move.output, {1}, {1}, {1}, move.from_offset, move.to_offset};
  prefer_long_rows(result);
  // A transposition: the axis along which the input lies goes next to the innermost one.
  const auto inner = std::find(result.from.begin(), result.from.end(), 1);
  if (result.from.back() != 1 && inner != result.from.end()) {
    const auto at = inner - result.from.begin();
    const auto last = static_cast<int64_t>(result.shape.size()) - 1;
    std::rotate(result.shape.begin() + at, result.shape.begin() + at + 1,
                result.shape.begin() + last);
    std::rotate(result.from.begin() + at, result.from.begin() + at + 1, result.from.begin() + last);
    std::rotate(result.to.begin() + at, result.to.begin() + at + 1, result.to.begin() + last);
  }
  return result;
}

template <size_t kBytes>
EDGEOPT_INLINE void copy_ends(const char* from, char* to, size_t bytes) {
  char ends[2][kBytes];
  std::memcpy(ends[0], from, kBytes);
  std::memcpy(ends[1], from + bytes - kBytes, kBytes);
  std::memcpy(to, ends[0], kBytes);
  std::memcpy(to + bytes - kBytes, ends[1], kBytes);
}

// Runs of up to some hundred bytes, for which memcpy() takes longer to decide than to copy.
EDGEOPT_SIMD void copy_runs(const char* from, int64_t from_step, char* to, int64_t to_step,
                            int64_t runs, size_t bytes) {
  for (int64_t r = 0; r < runs; ++r, from += from_step, to += to_step) {
    if (bytes >= 32) {
      for (size_t i = 0; i + 32 < bytes; i += 32) std::memcpy(to + i, from + i, 32);
      std::memcpy(to + bytes - 32, from + bytes - 32, 32);
    } else if (bytes >= 16) {
      copy_ends<16>(from, to, bytes);
    } else if (bytes >= 8) {
      copy_ends<8>(from, to, bytes);
    } else {
      copy_ends<4>(from, to, bytes);
    }
  }
}

template <typename T>
void copy_row(const T* from, int64_t from_stride, T* to, int64_t to_stride, int64_t count) {
  if (from_stride == 1 && to_stride == 1) {
    std::copy_n(from, count, to);
  } else {
    int64_t i = 0;
    for (; i + 4 <= count; i += 4, from += 4 * from_stride, to += 4 * to_stride) {
      const T a = from[0];
      const T b = from[from_stride];
      const T c = from[2 * from_stride];
      const T d = from[3 * from_stride];
      to[0] = a;
      to[to_stride] = b;
      to[2 * to_stride] = c;
      to[3 * to_stride] = d;
    }
    for (; i < count; ++i, from += from_stride, to += to_stride) *to = *from;
  }
}

constexpr int64_t kShortRun = 1024;  // bytes

template <typename T>
void copy_matrix(const Move& move, size_t axis, int64_t rows, const T* from, T* to) {
  constexpr auto kSize = static_cast<int64_t>(sizeof(T));
  const int64_t columns = move.shape[axis + 1];
  if constexpr (std::is_trivially_copyable_v<T>) {
    const bool runs = move.from[axis + 1] == 1 && move.to[axis + 1] == 1;
    if (runs && columns * kSize >= 4 && columns * kSize <= kShortRun) {
      return copy_runs(reinterpret_cast<const char*>(from), move.from[axis] * kSize,
                       reinterpret_cast<char*>(to), move.to[axis] * kSize, rows,
                       static_cast<size_t>(columns * kSize));
    }
  }
  const bool across = move.from[axis] == 1 && move.from[axis + 1] != 1;
  const int64_t block = across ? kBlock : columns;
  for (int64_t r0 = 0; r0 < rows; r0 += kBlock) {
    const int64_t r1 = std::min(rows, r0 + kBlock);
    for (int64_t c0 = 0; c0 < columns; c0 += block) {
      const int64_t count = std::min(columns - c0, block);
      for (int64_t r = r0; r < r1; ++r) {
        copy_row(from + r * move.from[axis] + c0 * move.from[axis + 1], move.from[axis + 1],
                 to + r * move.to[axis] + c0 * move.to[axis + 1], move.to[axis + 1], count);
      }
    }
  }
}

// `length` elements of the axis, with all axes behind it.
template <typename T>
void copy_axes(const Move& move, size_t axis, int64_t length, const T* from, T* to) {
  const size_t left = move.shape.size() - axis;
  if (left == 1) return copy_row(from, move.from[axis], to, move.to[axis], length);
  if (left == 2) return copy_matrix(move, axis, length, from, to);
  for (int64_t i = 0; i < length; ++i) {
    copy_axes(move, axis + 1, move.shape[axis + 1], from + i * move.from[axis],
              to + i * move.to[axis]);
  }
}

// Elements `first` to `last` of the outermost axis. False for a type that cannot be moved. `move`
// is simplified.
bool run(const Move& move, int64_t first, int64_t last, DataType type, const void* from, void* to) {
  return dispatch_movable(type, [&]<typename T>(std::type_identity<T>) {
    copy_axes(move, 0, last - first,
              static_cast<const T*>(from) + move.from_offset + first * move.from[0],
              static_cast<T*>(to) + move.to_offset + first * move.to[0]);
  });
}

// Moves into the same rows of the output take turns, so that a row is whole while it lies in the
// first cache. The rows of a turn; 0 if the moves are not alike.
int64_t rows_of_a_turn(const MovePlan& plan) {
  if (plan.moves.empty()) return 0;
  const Move& one = plan.moves[0];
  for (const Move& move : plan.moves) {
    if (move.output != 0 || move.shape[0] != one.shape[0] || move.to[0] != one.to[0]) return 0;
  }
  constexpr int64_t kTurn = 16384;  // bytes
  return std::max<int64_t>(1, kTurn * 8 / (std::max<int64_t>(one.to[0], 1) * bits_of(plan.type)));
}

class MovesKernel : public Kernel {
 public:
  explicit MovesKernel(MovePlan plan)
      : plan_(std::move(plan)),
        zero_bytes_(plan_.zeros ? static_cast<size_t>(plan_.output_count * bits_of(plan_.type) / 8)
                                : 0),
        steps_(plan_.epilogue) {
    for (Move& move : plan_.moves) move = simplified(move);
    turn_ = plan_.moves.size() > 1 ? rows_of_a_turn(plan_) : 0;
    interleaved_ = InterleavedMoves::of(plan_);
  }

  const MovePlan* move_plan() const override { return &plan_; }

  void run(std::span<const void* const> inputs, std::span<void* const> outputs,
           void* /*scratch*/) const override {
    if (zero_bytes_ > 0) std::memset(outputs[0], 0, zero_bytes_);
    if (interleaved_) {
      interleaved_->run(inputs, outputs[0]);
    } else if (turn_ == 0) {
      for (const Move& move : plan_.moves) run_part(move, 0, move.shape[0], inputs, outputs);
    } else {
      const int64_t rows = plan_.moves[0].shape[0];
      for (int64_t row = 0; row < rows; row += turn_) {
        const int64_t end = std::min(rows, row + turn_);
        for (const Move& move : plan_.moves) run_part(move, row, end, inputs, outputs);
      }
    }
    steps_.apply_to(static_cast<float*>(outputs[0]), 0, plan_.output_count,
                    OperandPointers(inputs, plan_.constants.size()));
  }

 private:
  void run_part(const Move& move, int64_t first, int64_t last, std::span<const void* const> inputs,
                std::span<void* const> outputs) const {
    const Tensor& constant = plan_.constants[move.input];
    const void* from = constant.empty() ? inputs[move.input] : constant.raw();
    edgeopt::run(move, first, last, plan_.type, from, outputs[move.output]);
  }

  MovePlan plan_;
  size_t zero_bytes_;
  Epilogue steps_;
  int64_t turn_ = 0;  // rows
  std::optional<InterleavedMoves> interleaved_;
};

}  // namespace

std::vector<int64_t> strides_of(const Tensor& tensor) {
  if (tensor.layout() == Layout::kPlain) return row_major_strides(tensor.shape());
  Shape shape = tensor.shape();
  std::rotate(shape.begin() + 1, shape.begin() + 2, shape.end());
  std::vector<int64_t> strides = row_major_strides(shape);
  std::rotate(strides.begin() + 1, strides.end() - 1, strides.end());
  return strides;
}

void run_moves(ComputeContext& c, MovesOf moves_of) {
  for (const Move& move : moves_of(c)) {
    if (element_count(move.shape) == 0) continue;
    const Tensor& from = c.input(move.input);
    const Move simple = simplified(move);
    if (!run(simple, 0, simple.shape[0], from.type(), from.raw(),
             c.output(move.output).mutable_raw())) {
      c.unsupported("type " + name_of(from.type()));
    }
  }
}

std::unique_ptr<Kernel> plan_moves(const PrepareContext& context, MovesOf moves_of,
                                   size_t parameters, bool zeros) {
  if (operand_count(context.epilogue) > kMostOperands) return nullptr;
  if (!context.epilogue.empty() && context.outputs[0].type != DataType::kFloat) return nullptr;
  const DataType type = context.inputs[0].type;
  if (bits_of(type) < 8 || type == DataType::kString) return nullptr;
  std::vector<Tensor> tensors;
  tensors.reserve(context.inputs.size() + context.outputs.size());
  std::vector<const Tensor*> inputs;
  for (size_t i = 0; i < context.inputs.size(); ++i) {
    const PrepareContext::Operand& operand = context.inputs[i];
    const bool given = operand.type != DataType::kUndefined;
    if (given && i >= parameters && operand.constant == nullptr) return nullptr;
    tensors.push_back(operand.constant != nullptr
                          ? *operand.constant
                          : Tensor::view(operand.type, operand.shape, nullptr, operand.layout));
    inputs.push_back(given ? &tensors.back() : nullptr);
  }
  std::vector<Tensor*> outputs;
  for (const PrepareContext::Operand& operand : context.outputs) {
    tensors.push_back(Tensor::view(operand.type, operand.shape, nullptr, operand.layout));
    outputs.push_back(operand.type != DataType::kUndefined ? &tensors.back() : nullptr);
  }
  ComputeContext compute(*context.graph, *context.node, context.opset, inputs, outputs);
  MovePlan plan{.type = type,
                .output_count = element_count(context.outputs[0].shape),
                .moves = moves_of(compute),
                .zeros = zeros,
                .epilogue = context.epilogue};
  if (plan.moves.empty()) return nullptr;
  std::erase_if(plan.moves, [](const Move& move) { return element_count(move.shape) == 0; });
  for (const PrepareContext::Operand& input : context.inputs) {
    plan.constants.push_back(input.constant != nullptr ? *input.constant : Tensor());
  }
  return moves_kernel(std::move(plan));
}

std::unique_ptr<Kernel> moves_kernel(MovePlan plan) {
  return std::make_unique<MovesKernel>(std::move(plan));
}

MovePlan relayout_plan(DataType type, const Shape& shape, Layout from, Layout to) {
  MovePlan plan{.type = type, .output_count = element_count(shape), .constants = {Tensor()}};
  if (plan.output_count == 0) return plan;
  plan.moves.push_back({0, 0, shape, strides_of(Tensor::view(type, shape, nullptr, from)),
                        strides_of(Tensor::view(type, shape, nullptr, to))});
  return plan;
}

}  // namespace edgeopt
