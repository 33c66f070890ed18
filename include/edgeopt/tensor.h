// Tensors: a data type, a logical shape, a memory layout, and shared storage.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace edgeopt {

using Shape = std::vector<int64_t>;

// Values are those of ONNX TensorProto.DataType.
enum class DataType : int32_t {
  kUndefined = 0,
  kFloat = 1,
  kUint8 = 2,
  kInt8 = 3,
  kUint16 = 4,
  kInt16 = 5,
  kInt32 = 6,
  kInt64 = 7,
  kString = 8,
  kBool = 9,
  kFloat16 = 10,
  kDouble = 11,
  kUint32 = 12,
  kUint64 = 13,
  kComplex64 = 14,
  kComplex128 = 15,
  kBfloat16 = 16,
  kFloat8E4M3Fn = 17,
  kFloat8E4M3FnUz = 18,
  kFloat8E5M2 = 19,
  kFloat8E5M2FnUz = 20,
  kUint4 = 21,
  kInt4 = 22,
  kFloat4E2M1 = 23,
  kFloat8E8M0 = 24,
  kUint2 = 25,
  kInt2 = 26,
};

// Bits of one element; 0 for strings and unknown types.
int bits_of(DataType type);
// ONNX's lower-case name: "float", "uint8", ...; "type 99" for an unknown number.
std::string name_of(DataType type);
bool is_float(DataType type);    // float, double, float16, bfloat16
bool is_integer(DataType type);  // intN and uintN, not bool

// Number of elements. Throws Error(kBadInput) on a negative dimension or on overflow of 2^62
// elements.
int64_t element_count(const Shape& shape);
// "1x3x224x224"; "scalar" for rank 0.
std::string to_string(const Shape& shape);

// How elements lie in memory. The shape is always the logical one (N, C, spatial...).
enum class Layout : uint8_t {
  kPlain,         // row-major in the order of the shape
  kChannelsLast,  // N, spatial..., C; only for rank 3 to 5
};

// A handle to immutable shared storage: copying is cheap and shares the elements. mutable_data()
// copies first when the storage is shared (copy on write). A view (see `view`) refers to memory
// that it does not own and is written through. Elements of less than 8 bits are packed as ONNX
// packs them: first element in the low bits. Strings: data<std::string>().
class Tensor {
 public:
  Tensor() = default;
  // Elements are zero (empty strings).
  Tensor(DataType type, Shape shape, Layout layout = Layout::kPlain);
  // The same with elements that are not set, for what writes them all.
  static Tensor unset(DataType type, Shape shape, Layout layout = Layout::kPlain);
  // Takes over `storage`, whose elements start at `data` (a memory-mapped file, for example).
  Tensor(DataType type, Shape shape, std::shared_ptr<const void> storage, const void* data);
  // Refers to `data` without owning it; the caller keeps it alive.
  static Tensor view(DataType type, Shape shape, void* data, Layout layout = Layout::kPlain);
  static Tensor from_floats(Shape shape, const std::vector<float>& values);
  static Tensor from_ints(Shape shape, const std::vector<int64_t>& values);  // int64
  static Tensor scalar(float value);

  bool empty() const { return type_ == DataType::kUndefined; }
  DataType type() const { return type_; }
  const Shape& shape() const { return shape_; }
  int64_t dim(size_t axis) const { return shape_[axis]; }
  size_t rank() const { return shape_.size(); }
  Layout layout() const { return layout_; }
  int64_t size() const { return size_; }  // elements
  size_t byte_size() const;               // 0 for strings

  template <typename T>
  const T* data() const {
    return static_cast<const T*>(data_);
  }
  template <typename T>
  T* mutable_data() {
    return static_cast<T*>(mutable_raw());
  }
  const void* raw() const { return data_; }
  void* mutable_raw();

  // The same elements under another shape of the same element count. Plain layout only.
  Tensor reshaped(Shape shape) const;

 private:
  void allocate();

  DataType type_ = DataType::kUndefined;
  Layout layout_ = Layout::kPlain;
  bool view_ = false;
  bool foreign_ = false;  // taken-over storage may be read-only: always copied before a write
  int64_t size_ = 0;
  Shape shape_;
  std::shared_ptr<const void> storage_;
  void* data_ = nullptr;
};

}  // namespace edgeopt
