// npy_bytes: NumPy's format 1.0 (numpy.lib.format).
#include "base/format.h"
#include "edgeopt/evaluate.h"
#include "tensor/dispatch.h"
#include "tensor/packed.h"

namespace edgeopt {
namespace {

constexpr size_t kAlignment = 64;
constexpr size_t kPreamble = 10;  // magic, version, length of the header

// The type's letter and bytes; empty for types that NumPy does not have.
const char* descriptor(DataType type) {
  switch (type) {
    case DataType::kFloat: return "<f4";
    case DataType::kDouble: return "<f8";
    case DataType::kFloat16: return "<f2";
    case DataType::kUint8: return "|u1";
    case DataType::kInt8: return "|i1";
    case DataType::kUint16: return "<u2";
    case DataType::kInt16: return "<i2";
    case DataType::kUint32: return "<u4";
    case DataType::kInt32: return "<i4";
    case DataType::kUint64: return "<u8";
    case DataType::kInt64: return "<i8";
    case DataType::kBool: return "|b1";
    case DataType::kComplex64: return "<c8";
    case DataType::kComplex128: return "<c16";
    default: return "";
  }
}

// Types that NumPy lacks, as the next larger one.
Tensor storable(const Tensor& tensor) {
  if (is_packed_integer(tensor.type())) return unpack(tensor);
  if (tensor.type() != DataType::kBfloat16) return tensor;
  Tensor wide(DataType::kFloat, tensor.shape());
  const auto* from = tensor.data<uint16_t>();
  auto* to = wide.mutable_data<uint32_t>();
  for (int64_t i = 0; i < tensor.size(); ++i) to[i] = static_cast<uint32_t>(from[i]) << 16U;
  return wide;
}

}  // namespace

std::string npy_bytes(const Tensor& tensor) {
  const Tensor stored = storable(tensor);
  const std::string type = descriptor(stored.type());
  if (type.empty()) {
    fail(ErrorCode::kUnsupported, "a tensor of type {} cannot be written as .npy",
         name_of(tensor.type()));
  }
  std::string shape;
  for (const int64_t size : stored.shape()) shape += format("{}, ", size);
  std::string header =
      format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", type, shape);
  header.append(kAlignment - (kPreamble + header.size() + 1) % kAlignment, ' ');
  header += '\n';
  std::string bytes = "\x93NUMPY";
  bytes += std::string("\x01\x00", 2);
  bytes += static_cast<char>(header.size() & 0xffU);
  bytes += static_cast<char>(header.size() >> 8U);
  bytes += header;
  bytes.append(stored.data<char>(), stored.byte_size());
  return bytes;
}

}  // namespace edgeopt
