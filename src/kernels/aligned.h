// An array of floats aligned to 64 bytes, for packed weights: no vector load crosses a cache line.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace edgeopt {

template <typename T>
struct CacheAligned {
  using value_type = T;
  static constexpr std::align_val_t kAlignment{64};

  CacheAligned() = default;
  template <typename U>
  CacheAligned(const CacheAligned<U>& /*other*/) {}
  T* allocate(size_t count) {
    return static_cast<T*>(::operator new(count * sizeof(T), kAlignment));
  }
  void deallocate(T* memory, size_t /*count*/) { ::operator delete(memory, kAlignment); }
  bool operator==(const CacheAligned& /*other*/) const { return true; }
};

using AlignedFloats = std::vector<float, CacheAligned<float>>;

}  // namespace edgeopt
