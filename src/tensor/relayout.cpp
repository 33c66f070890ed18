#include "tensor/relayout.h"

#include <algorithm>
#include <cstring>

#include "base/format.h"
#include "tensor/interleave.h"

namespace edgeopt {
namespace {

// Rows and columns of one block: source and destination lines of a block stay in the first cache.
constexpr int64_t kBlock = 16;

// The channels of pictures: one pass over the positions.
template <int kFew, typename T>
void interleave(const T* from, T* to, int64_t columns) {
  if constexpr (sizeof(T) == 4) {
    if constexpr (kFew == 3) {
      return interleave_three({from, from + columns, from + 2 * columns}, 1, to, columns);
    } else {
      return interleave_four({from, from + columns, from + 2 * columns, from + 3 * columns}, 1, to,
                             4, columns);
    }
  }
  for (int64_t c = 0; c < columns; ++c) {
    for (int r = 0; r < kFew; ++r) to[c * kFew + r] = from[r * columns + c];
  }
}

template <int kFew, typename T>
void separate(const T* from, T* to, int64_t rows) {
  for (int64_t r = 0; r < rows; ++r) {
    for (int c = 0; c < kFew; ++c) to[c * rows + r] = from[r * kFew + c];
  }
}

template <typename T>
void transpose(const T* from, T* to, int64_t rows, int64_t columns) {
  if (rows == 3) return interleave<3>(from, to, columns);
  if (rows == 4) return interleave<4>(from, to, columns);
  if (columns == 3) return separate<3>(from, to, rows);
  if (columns == 4) return separate<4>(from, to, rows);
  for (int64_t r0 = 0; r0 < rows; r0 += kBlock) {
    const int64_t r1 = std::min(rows, r0 + kBlock);
    for (int64_t c0 = 0; c0 < columns; c0 += kBlock) {
      const int64_t c1 = std::min(columns, c0 + kBlock);
      for (int64_t c = c0; c < c1; ++c) {
        for (int64_t r = r0; r < r1; ++r) to[c * rows + r] = from[r * columns + c];
      }
    }
  }
}

template <typename T>
void transpose_batch(const void* from, void* to, int64_t batch, int64_t rows, int64_t columns) {
  const int64_t size = rows * columns;
  for (int64_t n = 0; n < batch; ++n) {
    transpose(static_cast<const T*>(from) + n * size, static_cast<T*>(to) + n * size, rows,
              columns);
  }
}

}  // namespace

bool layouts_coincide(const Shape& shape) {
  if (shape.size() < 3 || shape[1] == 1) return true;
  return std::all_of(shape.begin() + 2, shape.end(), [](int64_t d) { return d == 1; });
}

void relayout(DataType type, const Shape& shape, const void* from, Layout from_layout, void* to,
              Layout to_layout) {
  const int64_t elements = element_count(shape);
  if (elements == 0) return;
  if (from_layout == to_layout || layouts_coincide(shape)) {
    const size_t bits = static_cast<size_t>(elements) * static_cast<size_t>(bits_of(type));
    std::memcpy(to, from, (bits + 7) / 8);
    return;
  }
  const int64_t channels = shape[1];
  const int64_t positions = elements / (shape[0] * channels);
  const bool to_plain = to_layout == Layout::kPlain;
  const int64_t rows = to_plain ? positions : channels;
  const int64_t columns = to_plain ? channels : positions;
  switch (bits_of(type)) {
    case 8: return transpose_batch<uint8_t>(from, to, shape[0], rows, columns);
    case 16: return transpose_batch<uint16_t>(from, to, shape[0], rows, columns);
    case 32: return transpose_batch<uint32_t>(from, to, shape[0], rows, columns);
    case 64: return transpose_batch<uint64_t>(from, to, shape[0], rows, columns);
    default: fail(ErrorCode::kInternal, "no other layout for elements of type {}", name_of(type));
  }
}

}  // namespace edgeopt
