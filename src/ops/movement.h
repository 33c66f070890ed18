// Moving elements without looking at them: copies between plain tensors along index maps. Any type
// but those of less than 8 bits; only copy_elements takes these too.
#pragma once

#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "edgeopt/tensor.h"

namespace edgeopt {

// Calls f(std::type_identity<T>()) with a type that holds an element of `type` for copying: an
// unsigned integer of its size, a pair of them, or std::string. False for packed and unknown types.
template <typename F>
bool dispatch_movable(DataType type, F&& f) {
  struct Pair {
    uint64_t low = 0;
    uint64_t high = 0;
  };
  if (type == DataType::kString) return f(std::type_identity<std::string>()), true;
  switch (bits_of(type)) {
    case 8: return f(std::type_identity<uint8_t>()), true;
    case 16: return f(std::type_identity<uint16_t>()), true;
    case 32: return f(std::type_identity<uint32_t>()), true;
    case 64: return f(std::type_identity<uint64_t>()), true;
    case 128: return f(std::type_identity<Pair>()), true;
    default: return false;
  }
}

// All elements in order; the shapes may differ.
void copy_elements(const Tensor& from, Tensor& to);

// Elements inside a tensor: element (i, j, ...) of `shape` lies at offset + i strides[0] + j
// strides[1] + ...
struct Strided {
  Shape shape;
  std::vector<int64_t> strides;
  int64_t offset = 0;
};

std::vector<int64_t> row_major_strides(const Shape& shape);

// Calls f(offset) for each element in order.
template <typename F>
void for_each_place(const Strided& at, F f) {
  if (element_count(at.shape) == 0) return;
  std::vector<int64_t> index(at.shape.size(), 0);
  int64_t offset = at.offset;
  while (true) {
    f(offset);
    size_t axis = index.size();
    for (; axis > 0; --axis) {
      offset += at.strides[axis - 1];
      if (++index[axis - 1] < at.shape[axis - 1]) break;
      offset -= at.strides[axis - 1] * at.shape[axis - 1];
      index[axis - 1] = 0;
    }
    if (axis == 0) return;
  }
}

// to[i, j, ...] = from[maps[0][i], maps[1][j], ...]; where an index is -1, the only element of
// `fill` (a default tensor: zero).
bool copy_mapped(const Tensor& from, const std::vector<std::vector<int64_t>>& maps, Tensor& to,
                 const Tensor& fill = {});

}  // namespace edgeopt
