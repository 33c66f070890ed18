// Normalizations whose statistics are of neighbouring elements in plain layout: LayerNormalization,
// RMSNormalization, InstanceNormalization, GroupNormalization.
#include <algorithm>
#include <array>
#include <cmath>

#include "base/format.h"
#include "kernels/rows.h"
#include "ops/broadcast.h"
#include "ops/float_kernel.h"
#include "ops/kernel.h"
#include "tensor/dispatch.h"

namespace edgeopt {
namespace {

struct Statistics {
  double mean = 0;
  double inverse_deviation = 0;  // 1 / sqrt(variance + epsilon)
};

template <typename T>
Statistics statistics(const T* x, int64_t count, double epsilon, bool centred) {
  Statistics s;
  if (centred) {
    for (int64_t i = 0; i < count; ++i) s.mean += static_cast<Wide<T>>(x[i]);
    s.mean /= static_cast<double>(count);
  }
  double squares = 0;
  for (int64_t i = 0; i < count; ++i) {
    const double d = static_cast<Wide<T>>(x[i]) - s.mean;
    squares += d * d;
  }
  s.inverse_deviation = 1 / std::sqrt(squares / static_cast<double>(count) + epsilon);
  return s;
}

// y = (x - mean) / deviation over each run of `group` elements. `mean` and `inverse` take the
// statistics of each group where they are wanted.
template <typename T>
void normalize(const Tensor& x, Tensor& y, int64_t group, double epsilon, bool centred,
               Tensor* mean = nullptr, Tensor* inverse = nullptr) {
  const T* from = x.data<T>();
  T* to = y.mutable_data<T>();
  for (int64_t g = 0; group > 0 && g < x.size() / group; ++g) {
    const Statistics s = statistics(from + g * group, group, epsilon, centred);
    for (int64_t i = g * group; i < (g + 1) * group; ++i) {
      const double value = (static_cast<Wide<T>>(from[i]) - s.mean) * s.inverse_deviation;
      to[i] = static_cast<T>(static_cast<Wide<T>>(value));
    }
    if (mean != nullptr) mean->mutable_data<float>()[g] = static_cast<float>(s.mean);
    if (inverse != nullptr) {
      inverse->mutable_data<float>()[g] = static_cast<float>(s.inverse_deviation);
    }
  }
}

// y = y scale + bias, both broadcast; either may be missing (nullptr).
template <typename T>
void scale_and_shift(Tensor& y, const Tensor* scale, const Tensor* bias) {
  const Tensor so_far = Tensor::view(y.type(), y.shape(), y.mutable_raw());
  using W = Wide<T>;
  if (scale != nullptr) {
    broadcast_binary<T, T, T>(so_far, *scale, y, [](T a, T b) {
      return static_cast<T>(static_cast<W>(a) * static_cast<W>(b));
    });
  }
  if (bias != nullptr) {
    broadcast_binary<T, T, T>(so_far, *bias, y, [](T a, T b) {
      return static_cast<T>(static_cast<W>(a) + static_cast<W>(b));
    });
  }
}

template <typename F>
void for_float_type(const ComputeContext& c, F f) {
  const DataType type = c.input(0).type();
  if (!dispatch(type, FloatTypes(), f)) c.unsupported("type " + name_of(type));
}

void broadcasts_to_input(const InferContext& c, size_t i) {
  if (broadcast(std::array<Shape, 2>{c.shape(0), c.shape(i)}) == c.shape(0)) return;
  c.bad(format("scale or bias of shape {} does not fit an input of shape {}", to_string(c.shape(i)),
               to_string(c.shape(0))));
}

void infer_layer(InferContext& c) {
  const int64_t axis = c.normalized_axis(c.node().int_or("axis", -1), c.rank(0));
  c.require_same_types();
  broadcasts_to_input(c, 1);
  if (c.has_input(2)) broadcasts_to_input(c, 2);
  c.same_as_input();
  Shape shape = c.shape(0);
  for (size_t i = static_cast<size_t>(axis); i < shape.size(); ++i) shape[i] = 1;
  for (size_t i = 1; i < 3; ++i) {
    if (c.has_output(i)) c.set_output(i, DataType::kFloat, shape);
  }
}

template <bool kCentred>
void compute_layer(ComputeContext& c) {
  const Tensor& x = c.input(0);
  const auto rank = static_cast<int64_t>(x.rank());
  const int64_t axis = c.normalized_axis(c.node().int_or("axis", -1), rank);
  int64_t group = 1;
  for (int64_t i = axis; i < rank; ++i) group *= x.dim(static_cast<size_t>(i));
  const double epsilon = c.node().float_or("epsilon", 1e-5F);
  for_float_type(c, [&]<typename T>(std::type_identity<T>) {
    normalize<T>(x, c.output(0), group, epsilon, kCentred, c.has_output(1) ? &c.output(1) : nullptr,
                 c.has_output(2) ? &c.output(2) : nullptr);
    scale_and_shift<T>(c.output(0), &c.input(1), c.has_input(2) ? &c.input(2) : nullptr);
  });
}

class LayerKernel : public Kernel {
 public:
  LayerKernel(const PrepareContext& context, const Rows& rows, bool centred)
      : rows_(rows),
        centred_(centred),
        epsilon_(context.node->float_or("epsilon", 1e-5F)),
        zeros_(static_cast<size_t>(rows.length), 0.0F),
        node_inputs_(context.inputs.size()),
        steps_(context.epilogue) {
    for (const PrepareContext::Operand& input : context.inputs) {
      constants_.push_back(input.constant != nullptr ? *input.constant : Tensor());
    }
  }

  void run(std::span<const void* const> inputs, std::span<void* const> outputs,
           void* /*scratch*/) const override {
    const auto vector = [&](size_t i) {
      if (i < constants_.size() && !constants_[i].empty()) return constants_[i].data<float>();
      const void* given = i < constants_.size() ? inputs[i] : nullptr;
      return given != nullptr ? static_cast<const float*>(given) : zeros_.data();
    };
    auto* y = static_cast<float*>(outputs[0]);
    normalize_rows(rows_, epsilon_, centred_, vector(1), vector(2),
                   static_cast<const float*>(inputs[0]), y);
    steps_.apply_to(y, 0, rows_.count * rows_.length, OperandPointers(inputs, node_inputs_));
  }

 private:
  Rows rows_;
  bool centred_;
  float epsilon_;
  std::vector<float> zeros_;
  size_t node_inputs_;
  Epilogue steps_;
  std::vector<Tensor> constants_;
};

// Without the statistics as outputs, and where scale and bias have a value for each number of a
// row.
template <bool kCentred>
std::unique_ptr<Kernel> prepare_layer(const PrepareContext& c) {
  const PrepareContext::Operand& x = c.inputs[0];
  if (!floats_to_compute(c) || x.constant != nullptr || !inputs_are_plain(c, 0)) return nullptr;
  if (c.outputs[0].layout != Layout::kPlain) return nullptr;
  for (size_t i = 1; i < c.outputs.size(); ++i) {
    if (c.outputs[i].type != DataType::kUndefined) return nullptr;
  }
  int64_t axis = c.node->int_or("axis", -1);
  if (axis < 0) axis += static_cast<int64_t>(x.shape.size());
  const Shape row(x.shape.begin() + axis, x.shape.end());
  for (size_t i = 1; i < c.inputs.size(); ++i) {
    if (c.inputs[i].type != DataType::kUndefined && c.inputs[i].shape != row) return nullptr;
  }
  const int64_t length = element_count(row);
  return std::make_unique<LayerKernel>(c, Rows{element_count(x.shape) / length, length}, kCentred);
}

// A vector of `channels` (or of groups of them) as it broadcasts to [N, C, ...].
Tensor along_channels(const Tensor& vector, size_t rank) {
  Shape shape(rank - 1, 1);
  shape[0] = vector.size();
  return vector.reshaped(std::move(shape));
}

void infer_instance(InferContext& c) {
  c.require_same_types();
  if (c.rank(0) < 2) c.bad("its input has no channels");
  for (const size_t i : {size_t{1}, size_t{2}}) {
    if (c.shape(i) != Shape{c.shape(0)[1]})
      c.bad("scale or bias does not have one value a channel");
  }
  c.same_as_input();
}

void compute_instance(ComputeContext& c) {
  const Tensor& x = c.input(0);
  const int64_t planes = x.dim(0) * x.dim(1);
  const double epsilon = c.node().float_or("epsilon", 1e-5F);
  for_float_type(c, [&]<typename T>(std::type_identity<T>) {
    normalize<T>(x, c.output(0), planes == 0 ? 0 : x.size() / planes, epsilon, true);
    const Tensor scale = along_channels(c.input(1), x.rank());
    const Tensor bias = along_channels(c.input(2), x.rank());
    scale_and_shift<T>(c.output(0), &scale, &bias);
  });
}

void infer_group(InferContext& c) {
  c.require_same_types();
  const int64_t groups = c.node().int_or("num_groups", 0);
  if (c.rank(0) < 2 || groups <= 0 || c.shape(0)[1] % groups != 0) {
    c.bad(format("{} groups do not divide shape {}", groups, to_string(c.shape(0))));
  }
  const int64_t values = c.opset() < 21 ? groups : c.shape(0)[1];
  for (const size_t i : {size_t{1}, size_t{2}}) {
    if (c.shape(i) != Shape{values}) c.bad(format("scale or bias does not have {} values", values));
  }
  c.same_as_input();
}

// One value for each channel, from one for each group where that is given (before opset 21).
template <typename T>
Tensor for_channels(const Tensor& vector, int64_t channels) {
  Tensor result(vector.type(), {channels});
  const int64_t repeat = channels / std::max<int64_t>(vector.size(), 1);
  for (int64_t i = 0; i < channels; ++i) {
    result.mutable_data<T>()[i] = vector.data<T>()[i / repeat];
  }
  return result;
}

void compute_group(ComputeContext& c) {
  const Tensor& x = c.input(0);
  const int64_t groups = c.node().int_or("num_groups", 0);
  const int64_t runs = x.dim(0) * groups;
  const double epsilon = c.node().float_or("epsilon", 1e-5F);
  for_float_type(c, [&]<typename T>(std::type_identity<T>) {
    normalize<T>(x, c.output(0), runs == 0 ? 0 : x.size() / runs, epsilon, true);
    const Tensor scale = along_channels(for_channels<T>(c.input(1), x.dim(1)), x.rank());
    const Tensor bias = along_channels(for_channels<T>(c.input(2), x.dim(1)), x.rank());
    scale_and_shift<T>(c.output(0), &scale, &bias);
  });
}

}  // namespace

extern const Operator op_LayerNormalization = {.name = "LayerNormalization",
                                               .domain = "",
                                               .infer = infer_layer,
                                               .compute = compute_layer<true>,
                                               .traits = {.quantizable = true},
                                               .prepare = prepare_layer<true>};
extern const Operator op_RMSNormalization = {.name = "RMSNormalization",
                                             .domain = "",
                                             .infer = infer_layer,
                                             .compute = compute_layer<false>,
                                             .traits = {.quantizable = true},
                                             .prepare = prepare_layer<false>};
extern const Operator op_InstanceNormalization = {.name = "InstanceNormalization",
                                                  .domain = "",
                                                  .infer = infer_instance,
                                                  .compute = compute_instance,
                                                  .traits = {.quantizable = true}};
extern const Operator op_GroupNormalization = {.name = "GroupNormalization",
                                               .domain = "",
                                               .infer = infer_group,
                                               .compute = compute_group,
                                               .traits = {.quantizable = true}};

}  // namespace edgeopt
