#include "quant/storage.h"

#include <algorithm>

#include "base/format.h"
#include "quant/encoding.h"

namespace edgeopt {
namespace {

// Writes `codes` in the packing of `type`.
Tensor store(DataType type, Shape shape, const std::vector<int32_t>& codes) {
  Tensor tensor(type, std::move(shape));
  const auto fill = [&](auto* to) {
    using T = std::remove_pointer_t<decltype(to)>;
    std::transform(codes.begin(), codes.end(), to,
                   [](int32_t code) { return static_cast<T>(code); });
  };
  switch (type) {
    case DataType::kUint8: fill(tensor.mutable_data<uint8_t>()); break;
    case DataType::kInt8: fill(tensor.mutable_data<int8_t>()); break;
    case DataType::kUint16: fill(tensor.mutable_data<uint16_t>()); break;
    case DataType::kInt16: fill(tensor.mutable_data<int16_t>()); break;
    case DataType::kInt32: fill(tensor.mutable_data<int32_t>()); break;
    case DataType::kUint4:
    case DataType::kInt4: {
      uint8_t* bytes = tensor.mutable_data<uint8_t>();
      for (size_t i = 0; i < codes.size(); ++i) {
        const auto nibble = static_cast<uint8_t>(codes[i] & 0xf);
        bytes[i / 2] = static_cast<uint8_t>(bytes[i / 2] | (i % 2 == 0 ? nibble : nibble << 4));
      }
      break;
    }
    default: check(false, "a storage type of codes");
  }
  return tensor;
}

}  // namespace

DataType storage_type(const QuantSpec& spec) {
  if (spec.bits > 16) return DataType::kInt32;
  if (spec.bits > 8) return spec.is_signed ? DataType::kInt16 : DataType::kUint16;
  if (spec.bits > 4) return spec.is_signed ? DataType::kInt8 : DataType::kUint8;
  return spec.is_signed ? DataType::kInt4 : DataType::kUint4;
}

Tensor quantize_tensor(const Tensor& values, const TensorEncoding& encoding) {
  check(encoding.ready() && values.type() == DataType::kFloat, "ready encoding of a float tensor");
  return store(storage_type(encoding.spec), values.shape(), quantize(values, encoding));
}

Tensor scale_tensor(const TensorEncoding& encoding) {
  if (encoding.spec.axis < 0) return Tensor::scalar(encoding.scale[0]);
  return Tensor::from_floats({static_cast<int64_t>(encoding.scale.size())}, encoding.scale);
}

Tensor zero_point_tensor(const TensorEncoding& encoding) {
  const auto channels = static_cast<int64_t>(encoding.zero_point.size());
  const Shape shape = encoding.spec.axis < 0 ? Shape{} : Shape{channels};
  return store(storage_type(encoding.spec), shape, encoding.zero_point);
}

}  // namespace edgeopt
