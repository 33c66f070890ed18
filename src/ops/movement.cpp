#include "ops/movement.h"

#include <algorithm>
#include <cstring>

namespace edgeopt {
namespace {

// The same places with neighbouring axes merged where the inner one continues the outer one, and
// axes of length 1 left out.
Strided merged(const Strided& at) {
  Strided result{{}, {}, at.offset};
  for (size_t i = 0; i < at.shape.size(); ++i) {
    if (at.shape[i] == 1) continue;
    const bool continues =
        !result.shape.empty() && result.strides.back() == at.strides[i] * at.shape[i];
    if (continues) {
      result.shape.back() *= at.shape[i];
      result.strides.back() = at.strides[i];
    } else {
      result.shape.push_back(at.shape[i]);
      result.strides.push_back(at.strides[i]);
    }
  }
  if (result.shape.empty()) return {{1}, {1}, at.offset};
  return result;
}

// The places of all but the last axis.
Strided without_last(Strided at) {
  at.shape.pop_back();
  at.strides.pop_back();
  return at;
}

template <typename T>
void copy_row(const T* from, int64_t stride, T* to, int64_t count) {
  if (stride == 1) {
    std::copy_n(from, count, to);
  } else if (stride == 0) {
    std::fill_n(to, count, *from);
  } else {
    for (int64_t i = 0; i < count; ++i) to[i] = from[i * stride];
  }
}

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

bool copy_strided(const Tensor& from, const Strided& at, Tensor& to) {
  return dispatch_movable(from.type(), [&]<typename T>(std::type_identity<T>) {
    if (to.size() == 0) return;
    const Strided rows = merged(at);
    const T* source = from.data<T>();
    T* target = to.mutable_data<T>();
    const int64_t count = rows.shape.back();
    for_each_place(without_last(rows), [&](int64_t offset) {
      copy_row(source + offset, rows.strides.back(), target, count);
      target += count;
    });
  });
}

bool store_strided(const Tensor& from, Tensor& to, const Strided& at) {
  return dispatch_movable(from.type(), [&]<typename T>(std::type_identity<T>) {
    if (from.size() == 0) return;
    const Strided rows = merged(at);
    const T* source = from.data<T>();
    T* target = to.mutable_data<T>();
    const int64_t count = rows.shape.back();
    const int64_t stride = rows.strides.back();
    for_each_place(without_last(rows), [&](int64_t offset) {
      for (int64_t i = 0; i < count; ++i) target[offset + i * stride] = source[i];
      source += count;
    });
  });
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
