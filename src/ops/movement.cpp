#include "ops/movement.h"

#include <algorithm>
#include <cstring>

namespace edgeopt {
namespace {

template <typename T>
class Mapped {
 public:
  Mapped(const T* from, const Shape& shape, const std::vector<std::vector<int64_t>>& maps, T fill)
      : from_(from), strides_(row_major_strides(shape)), maps_(maps), fill_(fill), sizes_(1, 1) {
    for (size_t axis = maps.size(); axis-- > 0;) {
      sizes_.insert(sizes_.begin(), sizes_.front() * static_cast<int64_t>(maps[axis].size()));
    }
  }

  void run(T* to) const { copy(0, 0, to); }

 private:
  void copy(size_t axis, int64_t offset, T* to) const {
    if (axis == maps_.size()) {
      *to = from_[offset];
      return;
    }
    const std::vector<int64_t>& map = maps_[axis];
    const int64_t step = sizes_[axis + 1];
    if (axis + 1 == maps_.size()) {
      for (size_t i = 0; i < map.size(); ++i) to[i] = map[i] < 0 ? fill_ : from_[offset + map[i]];
      return;
    }
    for (const int64_t index : map) {
      if (index < 0) {
        std::fill_n(to, step, fill_);
      } else {
        copy(axis + 1, offset + index * strides_[axis], to);
      }
      to += step;
    }
  }

  const T* from_;
  std::vector<int64_t> strides_;
  const std::vector<std::vector<int64_t>>& maps_;
  T fill_;
  std::vector<int64_t> sizes_;  // elements of the output inside one index of the axis before
};

}  // namespace

void copy_elements(const Tensor& from, Tensor& to) {
  if (from.type() == DataType::kString) {
    std::copy_n(from.data<std::string>(), from.size(), to.mutable_data<std::string>());
  } else if (from.byte_size() > 0) {
    std::memcpy(to.mutable_raw(), from.raw(), from.byte_size());
  }
}

std::vector<int64_t> row_major_strides(const Shape& shape) {
  std::vector<int64_t> strides(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
  return strides;
}

bool copy_mapped(const Tensor& from, const std::vector<std::vector<int64_t>>& maps, Tensor& to,
                 const Tensor& fill) {
  return dispatch_movable(from.type(), [&]<typename T>(std::type_identity<T>) {
    if (to.size() == 0) return;
    const T value = fill.empty() ? T{} : *fill.data<T>();
    Mapped<T>(from.data<T>(), from.shape(), maps, value).run(to.mutable_data<T>());
  });
}

}  // namespace edgeopt
