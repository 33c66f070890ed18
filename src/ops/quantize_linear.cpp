// QuantizeLinear, DequantizeLinear: per tensor, per axis, and blocked (opset 21).
#include "ops/quantize_linear.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/format.h"
#include "kernels/encode.h"
#include "ops/axis.h"
#include "ops/kernel.h"
#include "ops/op.h"
#include "tensor/dispatch.h"
#include "tensor/limits.h"
#include "tensor/packed.h"
#include "tensor/to_integer.h"

namespace edgeopt {
namespace {

using CodeTypes = TypeList<uint8_t, int8_t, uint16_t, int16_t, int32_t>;

// Which scale belongs to which element.
struct ScaleView {
  AxisView around = AxisView({1}, 0);
  int64_t block = 0;  // 0: one scale for each index along the axis

  // Calls f(first element, count, first scale, step of the scale) for each run of neighbours.
  template <typename F>
  void for_each_run(F f) const {
    const int64_t blocks = block > 0 ? (around.length + block - 1) / block : 0;
    for (int64_t o = 0; o < around.outer; ++o) {
      for (int64_t k = 0; k < around.length; ++k) {
        const int64_t first = (o * around.length + k) * around.inner;
        if (block > 0) {
          f(first, around.inner, (o * blocks + k / block) * around.inner, int64_t{1});
        } else {
          f(first, around.inner, k, int64_t{0});
        }
      }
    }
  }
};

template <typename Context>
ScaleView scale_view(const Context& c, const Shape& shape, const Shape& scale) {
  ScaleView view;
  if (element_count(scale) == 1 && c.node().int_or("block_size", 0) == 0) {
    view.around.inner = element_count(shape);
    return view;
  }
  const auto rank = static_cast<int64_t>(shape.size());
  const int64_t axis = c.normalized_axis(c.node().int_or("axis", 1), rank);
  view.around = AxisView(shape, axis);
  view.block = to_axis_length(c.node().int_or("block_size", 0));
  if (view.block == 0) {
    if (scale.size() == 1 && scale[0] == view.around.length) return view;
    c.bad(format("scale of shape {} does not fit axis {} of {}", to_string(scale), axis,
                 to_string(shape)));
  }
  Shape expected = shape;
  int64_t& blocks = expected[static_cast<size_t>(axis)];
  if (view.block < 0) c.bad("block_size is negative");
  blocks = (blocks + view.block - 1) / view.block;
  if (scale != expected) {
    c.bad(format("scale of shape {} where blocks of {} need {}", to_string(scale), view.block,
                 to_string(expected)));
  }
  return view;
}

// A scale or zero point tensor as numbers; all zero when absent.
std::vector<float> numbers(const ComputeContext& c, const Tensor& tensor) {
  const Tensor plain = is_packed_integer(tensor.type()) ? unpack(tensor) : tensor;
  std::vector<float> result(static_cast<size_t>(plain.size()));
  const bool known = dispatch(plain.type(), NumericTypes(), [&]<typename T>(std::type_identity<T>) {
    for (size_t i = 0; i < result.size(); ++i) {
      result[i] = static_cast<float>(static_cast<Wide<T>>(plain.data<T>()[i]));
    }
  });
  if (!known) c.unsupported("scale or zero point of type " + name_of(tensor.type()));
  return result;
}

std::vector<float> zero_points(const ComputeContext& c, size_t count) {
  if (!c.has_input(2)) return std::vector<float>(count, 0.0F);
  std::vector<float> zeros = numbers(c, c.input(2));
  if (zeros.size() != count) c.bad("as many zero points as scales are needed");
  return zeros;
}

DataType quantized_type(const InferContext& c) {
  const auto asked = static_cast<DataType>(c.node().int_or("output_dtype", 0));
  if (c.has_input(2)) return c.type(2);
  return asked == DataType::kUndefined ? DataType::kUint8 : asked;
}

void infer_quantize(InferContext& c) {
  scale_view(c, c.shape(0), c.shape(1));
  c.set_output(0, quantized_type(c), c.shape(0));
}

void infer_dequantize(InferContext& c) {
  scale_view(c, c.shape(0), c.shape(1));
  if (c.has_input(2) && c.type(2) != c.type(0)) c.bad("the zero point has another type");
  const auto asked = static_cast<DataType>(c.node().int_or("output_dtype", 0));
  c.set_output(0, asked == DataType::kUndefined ? c.type(1) : asked, c.shape(0));
}

struct CodeRange {
  float low;
  float high;
};

CodeRange code_range(DataType type) {
  const int bits = bits_of(type);
  const bool is_signed = type == DataType::kInt8 || type == DataType::kInt16 ||
                         type == DataType::kInt4 || type == DataType::kInt2;
  const float half = std::ldexp(1.0F, bits - 1);
  return is_signed ? CodeRange{-half, half - 1} : CodeRange{0, 2 * half - 1};
}

template <typename From, typename To>
void quantize_elements(const ComputeContext& c, const From* from, To* to, DataType code) {
  const std::vector<float> scales = numbers(c, c.input(1));
  const std::vector<float> zeros = zero_points(c, scales.size());
  const auto [low, high] = code_range(code);
  const ScaleView view = scale_view(c, c.input(0).shape(), c.input(1).shape());
  view.for_each_run(
      [&, low = low, high = high](int64_t first, int64_t count, int64_t scale, int64_t step) {
        for (int64_t i = 0; i < count; ++i) {
          const auto at = static_cast<size_t>(scale + i * step);
          const auto value = static_cast<float>(static_cast<Wide<From>>(from[first + i]));
          const float code_value = std::nearbyint(value / scales[at]) + zeros[at];
          // A NaN becomes the lowest code: comparisons with it are false.
          to[first + i] = static_cast<To>(code_value > low ? std::min(code_value, high) : low);
        }
      });
}

void compute_quantize(ComputeContext& c) {
  const Tensor& x = c.input(0);
  Tensor& y = c.output(0);
  const DataType code = y.type();
  const bool packed = is_packed_integer(code);
  const bool has_sign = code == DataType::kInt4 || code == DataType::kInt2;
  Tensor bytes;
  if (packed) bytes = Tensor(has_sign ? DataType::kInt8 : DataType::kUint8, x.shape());
  Tensor& codes = packed ? bytes : y;
  using Outputs = TypeList<uint8_t, int8_t, uint16_t, int16_t>;
  using Inputs = Joined<FloatTypes, TypeList<int32_t>>;
  bool known = false;
  dispatch(x.type(), Inputs(), [&]<typename From>(std::type_identity<From>) {
    known = dispatch(codes.type(), Outputs(), [&]<typename To>(std::type_identity<To>) {
      quantize_elements(c, x.data<From>(), codes.mutable_data<To>(), code);
    });
  });
  if (!known) c.unsupported(format("from type {} to {}", name_of(x.type()), name_of(code)));
  if (!packed) return;
  const Tensor dense = pack(bytes, code);
  std::memcpy(y.mutable_raw(), dense.raw(), dense.byte_size());
}

class EncodeKernel : public Kernel {
 public:
  EncodeKernel(int64_t count, const Grid& grid) : count_(count), encoder_({}, grid) {}
  void run(std::span<const void* const> inputs, std::span<void* const> outputs,
           void* /*scratch*/) const override {
    encoder_.run(static_cast<const float*>(inputs[0]), static_cast<uint8_t*>(outputs[0]), 0, count_,
                 {});
  }

 private:
  int64_t count_;
  Encoder encoder_;
};

// Floats to uint8 with one scale, in any layout.
std::unique_ptr<Kernel> prepare_quantize(const PrepareContext& c) {
  const PrepareContext::Operand& x = c.inputs[0];
  const Tensor* zero_point = c.inputs.size() > 2 ? c.inputs[2].constant : nullptr;
  const bool known = c.inputs.size() < 3 || zero_point != nullptr;
  const std::optional<Grid> grid =
      known ? tensor_grid(DataType::kUint8, c.inputs[1].constant, zero_point) : std::nullopt;
  if (!grid || !c.epilogue.empty() || x.type != DataType::kFloat || x.constant != nullptr ||
      c.outputs[0].type != DataType::kUint8) {
    return nullptr;
  }
  return std::make_unique<EncodeKernel>(element_count(x.shape), *grid);
}

template <typename From, typename To>
void dequantize_elements(const ComputeContext& c, const Tensor& codes, To* to) {
  const std::vector<float> scales = numbers(c, c.input(1));
  const std::vector<float> zeros = zero_points(c, scales.size());
  const From* from = codes.data<From>();
  const ScaleView view = scale_view(c, codes.shape(), c.input(1).shape());
  view.for_each_run([&](int64_t first, int64_t count, int64_t scale, int64_t step) {
    for (int64_t i = 0; i < count; ++i) {
      const auto at = static_cast<size_t>(scale + i * step);
      const auto code = static_cast<int64_t>(from[first + i]) - static_cast<int64_t>(zeros[at]);
      to[first + i] = static_cast<To>(static_cast<float>(code) * scales[at]);
    }
  });
}

void compute_dequantize(ComputeContext& c) {
  const Tensor& x = c.input(0);
  Tensor& y = c.output(0);
  const Tensor codes = is_packed_integer(x.type()) ? unpack(x) : x;
  bool known = false;
  dispatch(codes.type(), CodeTypes(), [&]<typename From>(std::type_identity<From>) {
    known = dispatch(y.type(), FloatTypes(), [&]<typename To>(std::type_identity<To>) {
      dequantize_elements<From>(c, codes, y.mutable_data<To>());
    });
  });
  if (!known) c.unsupported(format("from type {} to {}", name_of(x.type()), name_of(y.type())));
}

// The range is widened to hold 0; uint8 codes.
void compute_dynamic(ComputeContext& c) {
  const Tensor& x = c.input(0);
  if (x.type() != DataType::kFloat) c.unsupported("type " + name_of(x.type()));
  const float* from = x.data<float>();
  float low = 0;
  float high = 0;
  for (int64_t i = 0; i < x.size(); ++i) {
    low = std::min(low, from[i]);
    high = std::max(high, from[i]);
  }
  const float scale = high == low ? 1.0F : (high - low) / 255.0F;
  const float zero = std::clamp(std::nearbyint(-low / scale), 0.0F, 255.0F);
  uint8_t* to = c.output(0).mutable_data<uint8_t>();
  for (int64_t i = 0; i < x.size(); ++i) {
    const float code = std::nearbyint(from[i] / scale) + zero;
    to[i] = static_cast<uint8_t>(code > 0 ? std::min(code, 255.0F) : 0.0F);
  }
  if (c.has_output(1)) *c.output(1).mutable_data<float>() = scale;
  if (c.has_output(2)) *c.output(2).mutable_data<uint8_t>() = to_integer<uint8_t>(zero);
}

}  // namespace

std::optional<Grid> tensor_grid(DataType codes, const Tensor* scale, const Tensor* zero_point) {
  if (scale == nullptr || scale->size() != 1 || scale->type() != DataType::kFloat) return {};
  if (zero_point != nullptr && (zero_point->size() != 1 || zero_point->type() != codes)) return {};
  Grid grid{.scale = *scale->data<float>()};
  if (!(grid.scale > 0)) return std::nullopt;
  const bool known = dispatch(codes, TypeList<uint8_t, int8_t, uint16_t, int16_t>(),
                              [&]<typename T>(std::type_identity<T>) {
                                grid.low = std::numeric_limits<T>::lowest();
                                grid.high = std::numeric_limits<T>::max();
                                if (zero_point != nullptr) grid.zero_point = *zero_point->data<T>();
                              });
  return known ? std::optional(grid) : std::nullopt;
}

extern const Operator op_QuantizeLinear = {
    .name = "QuantizeLinear",
    .domain = "",
    .infer = infer_quantize,
    .compute = compute_quantize,
    .prepare = prepare_quantize,
};
extern const Operator op_DequantizeLinear = {
    .name = "DequantizeLinear",
    .domain = "",
    .infer = infer_dequantize,
    .compute = compute_dequantize,
};
extern const Operator op_DynamicQuantizeLinear = {
    .name = "DynamicQuantizeLinear",
    .domain = "",
    .infer =
        [](InferContext& c) {
          c.set_output(0, DataType::kUint8, c.shape(0));
          if (c.has_output(1)) c.set_output(1, DataType::kFloat, {});
          if (c.has_output(2)) c.set_output(2, DataType::kUint8, {});
        },
    .compute = compute_dynamic,
};

}  // namespace edgeopt
