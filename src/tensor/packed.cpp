#include "tensor/packed.h"

namespace edgeopt {
namespace {

bool is_signed_packed(DataType type) { return type == DataType::kInt4 || type == DataType::kInt2; }

}  // namespace

bool is_packed_integer(DataType type) {
  return is_signed_packed(type) || type == DataType::kUint4 || type == DataType::kUint2;
}

Tensor unpack(const Tensor& packed) {
  const bool has_sign = is_signed_packed(packed.type());
  const int bits = bits_of(packed.type());
  const int per_byte = 8 / bits;
  const int mask = (1 << bits) - 1;
  const int half = 1 << (bits - 1);
  Tensor bytes(has_sign ? DataType::kInt8 : DataType::kUint8, packed.shape());
  const uint8_t* from = packed.data<uint8_t>();
  uint8_t* to = bytes.mutable_data<uint8_t>();
  for (int64_t i = 0; i < packed.size(); ++i) {
    const int shift = static_cast<int>(i % per_byte) * bits;
    int code = (from[i / per_byte] >> shift) & mask;
    if (has_sign && code >= half) code -= 2 * half;
    to[i] = static_cast<uint8_t>(code);
  }
  return bytes;
}

Tensor pack(const Tensor& bytes, DataType type) {
  const int bits = bits_of(type);
  const int per_byte = 8 / bits;
  const int mask = (1 << bits) - 1;
  Tensor packed(type, bytes.shape());
  const uint8_t* from = bytes.data<uint8_t>();
  uint8_t* to = packed.mutable_data<uint8_t>();
  for (int64_t i = 0; i < bytes.size(); ++i) {
    const int shift = static_cast<int>(i % per_byte) * bits;
    to[i / per_byte] = static_cast<uint8_t>(to[i / per_byte] | ((from[i] & mask) << shift));
  }
  return packed;
}

}  // namespace edgeopt
