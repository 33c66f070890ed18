// Cuts the memory that a kernel is given for a run into arrays.
#pragma once

#include <cstddef>
#include <cstdint>

namespace edgeopt {

// Bytes of an array of `count` floats, rounded up so that the next one is aligned to 64 bytes.
constexpr size_t scratch_size(size_t count) { return (count * sizeof(float) + 63) / 64 * 64; }

class Scratch {
 public:
  explicit Scratch(void* memory) : next_(static_cast<std::byte*>(memory)) {}
  float* floats(size_t count) {
    auto* array = reinterpret_cast<float*>(next_);
    next_ += scratch_size(count);
    return array;
  }

 private:
  std::byte* next_;
};

}  // namespace edgeopt
