// 16-bit floats as storage: every computation goes through float.
#pragma once

#include <bit>
#include <cstdint>

namespace edgeopt {

// IEEE 754 binary16. Converting from float rounds half to even; overflow becomes infinity.
struct Float16 {
  uint16_t bits = 0;

  Float16() = default;
  explicit Float16(float value) : bits(encode(value)) {}
  operator float() const { return decode(bits); }

  static uint16_t encode(float value) {
    uint32_t raw = std::bit_cast<uint32_t>(value);
    const auto sign = static_cast<uint16_t>((raw >> 16) & 0x8000U);
    raw &= 0x7fffffffU;
    if (raw > 0x7f800000U) return sign | 0x7e00U;   // NaN
    if (raw >= 0x477ff000U) return sign | 0x7c00U;  // 65520 and more round to infinity
    if (raw < 0x38800000U) {                        // subnormal: adding 0.5 leaves 2^-24 steps
      const float shifted = std::bit_cast<float>(raw) + 0.5F;
      return sign | static_cast<uint16_t>(std::bit_cast<uint32_t>(shifted) - 0x3f000000U);
    }
    const uint32_t odd = (raw >> 13) & 1U;
    return sign | static_cast<uint16_t>((raw - 0x38000000U + 0xfffU + odd) >> 13);
  }

  static float decode(uint16_t half) {
    const uint32_t sign = static_cast<uint32_t>(half & 0x8000U) << 16;
    const uint32_t magnitude = half & 0x7fffU;
    if (magnitude >= 0x7c00U) {
      return std::bit_cast<float>(sign | 0x7f800000U | ((magnitude & 0x3ffU) << 13));
    }
    // Scaling by 2^112 rebiases the exponent and normalizes subnormals alike.
    const float scaled = std::bit_cast<float>(magnitude << 13) * 0x1p112F;
    return std::bit_cast<float>(sign | std::bit_cast<uint32_t>(scaled));
  }
};

// The upper half of a float. Converting from float rounds half to even.
struct Bfloat16 {
  uint16_t bits = 0;

  Bfloat16() = default;
  explicit Bfloat16(float value) : bits(encode(value)) {}
  operator float() const { return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16); }

  static uint16_t encode(float value) {
    const uint32_t raw = std::bit_cast<uint32_t>(value);
    if ((raw & 0x7fffffffU) > 0x7f800000U) return static_cast<uint16_t>((raw >> 16) | 0x40U);
    return static_cast<uint16_t>((raw + 0x7fffU + ((raw >> 16) & 1U)) >> 16);
  }
};

// One byte of an ONNX bool tensor; any value but 0 is true.
struct Bool {
  uint8_t byte = 0;

  Bool() = default;
  explicit Bool(bool value) : byte(value ? 1 : 0) {}
  operator bool() const { return byte != 0; }
};

}  // namespace edgeopt
