#include "edgeopt/tensor.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <numeric>

#include "base/format.h"
#include "tensor/limits.h"

namespace edgeopt {
namespace {

// So that no count of bits or bytes can overflow.
constexpr int64_t kMaxElements = int64_t{1} << 48;

struct TypeRow {
  DataType type;
  int bits;
  const char* name;
};

constexpr TypeRow kTypes[] = {
    {DataType::kUndefined, 0, "undefined"},
    {DataType::kFloat, 32, "float"},
    {DataType::kUint8, 8, "uint8"},
    {DataType::kInt8, 8, "int8"},
    {DataType::kUint16, 16, "uint16"},
    {DataType::kInt16, 16, "int16"},
    {DataType::kInt32, 32, "int32"},
    {DataType::kInt64, 64, "int64"},
    {DataType::kString, 0, "string"},
    {DataType::kBool, 8, "bool"},
    {DataType::kFloat16, 16, "float16"},
    {DataType::kDouble, 64, "double"},
    {DataType::kUint32, 32, "uint32"},
    {DataType::kUint64, 64, "uint64"},
    {DataType::kComplex64, 64, "complex64"},
    {DataType::kComplex128, 128, "complex128"},
    {DataType::kBfloat16, 16, "bfloat16"},
    {DataType::kFloat8E4M3Fn, 8, "float8e4m3fn"},
    {DataType::kFloat8E4M3FnUz, 8, "float8e4m3fnuz"},
    {DataType::kFloat8E5M2, 8, "float8e5m2"},
    {DataType::kFloat8E5M2FnUz, 8, "float8e5m2fnuz"},
    {DataType::kUint4, 4, "uint4"},
    {DataType::kInt4, 4, "int4"},
    {DataType::kFloat4E2M1, 4, "float4e2m1"},
    {DataType::kFloat8E8M0, 8, "float8e8m0"},
    {DataType::kUint2, 2, "uint2"},
    {DataType::kInt2, 2, "int2"},
};

const TypeRow* find_row(DataType type) {
  for (const TypeRow& row : kTypes) {
    if (row.type == type) return &row;
  }
  return nullptr;
}

}  // namespace

int bits_of(DataType type) {
  const TypeRow* row = find_row(type);
  return row != nullptr ? row->bits : 0;
}

std::string name_of(DataType type) {
  const TypeRow* row = find_row(type);
  return row != nullptr ? row->name : format("type {}", static_cast<int32_t>(type));
}

bool is_float(DataType type) {
  return type == DataType::kFloat || type == DataType::kDouble || type == DataType::kFloat16 ||
         type == DataType::kBfloat16;
}

bool is_integer(DataType type) {
  switch (type) {
    case DataType::kUint8:
    case DataType::kInt8:
    case DataType::kUint16:
    case DataType::kInt16:
    case DataType::kInt32:
    case DataType::kInt64:
    case DataType::kUint32:
    case DataType::kUint64:
    case DataType::kUint4:
    case DataType::kInt4:
    case DataType::kUint2:
    case DataType::kInt2: return true;
    default: return false;
  }
}

bool is_countable(const Shape& shape) {
  int64_t count = 1;
  for (const int64_t dimension : shape) {
    if (dimension < 0 || (dimension > 0 && count > kMaxElements / dimension)) return false;
    count *= std::max<int64_t>(dimension, 1);
  }
  return true;
}

int64_t element_count(const Shape& shape) {
  if (!is_countable(shape)) {
    const bool negative = std::any_of(shape.begin(), shape.end(), [](int64_t d) { return d < 0; });
    fail(ErrorCode::kBadInput, "shape {} has {}", to_string(shape),
         negative ? "a negative dimension" : "too many elements");
  }
  return std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>());
}

std::string to_string(const Shape& shape) {
  if (shape.empty()) return "scalar";
  std::string text;
  for (size_t i = 0; i < shape.size(); ++i) text += (i > 0 ? "x" : "") + std::to_string(shape[i]);
  return text;
}

void require_makeable(DataType type, const Shape& shape) {
  const auto count = static_cast<size_t>(element_count(shape));
  const size_t bits =
      type == DataType::kString ? 8 * sizeof(std::string) : static_cast<size_t>(bits_of(type));
  const size_t bytes = (count * bits + 7) / 8;
  if (bytes <= kMaxTensorBytes) return;
  fail(ErrorCode::kUnsupported, "a tensor of shape {} takes {} bytes; at most {} are supported",
       to_string(shape), bytes, kMaxTensorBytes);
}

int64_t to_axis_length(int64_t value) { return std::clamp(value, -kLongestAxis, kLongestAxis); }

int64_t to_axis_length(double value) {
  constexpr auto kLongest = static_cast<double>(kLongestAxis);
  return std::isnan(value) ? 0 : static_cast<int64_t>(std::clamp(value, -kLongest, kLongest));
}

int64_t axis_product(int64_t a, int64_t b) {
  int64_t product = 0;
  if (!__builtin_mul_overflow(a, b, &product)) return to_axis_length(product);
  return (a < 0) == (b < 0) ? kLongestAxis : -kLongestAxis;
}

Tensor::Tensor(DataType type, Shape shape, Layout layout)
    : Tensor(unset(type, std::move(shape), layout)) {
  if (type != DataType::kString) std::memset(data_, 0, byte_size());
}

Tensor Tensor::unset(DataType type, Shape shape, Layout layout) {
  Tensor tensor;
  tensor.type_ = type;
  tensor.layout_ = layout;
  tensor.size_ = element_count(shape);
  tensor.shape_ = std::move(shape);
  tensor.allocate();
  return tensor;
}

void Tensor::allocate() {
  require_makeable(type_, shape_);
  if (type_ == DataType::kString) {
    auto strings = std::make_shared<std::vector<std::string>>(static_cast<size_t>(size_));
    data_ = strings->data();
    storage_ = std::move(strings);
    return;
  }
  const size_t bytes = byte_size();
  constexpr size_t kAlignment = 64;
  const size_t padded =
      std::max<size_t>(kAlignment, (bytes + kAlignment - 1) / kAlignment * kAlignment);
  void* memory = std::aligned_alloc(kAlignment, padded);
  if (memory == nullptr) {
    fail(ErrorCode::kBadInput, "a tensor of {} bytes (shape {}) does not fit in memory", bytes,
         to_string(shape_));
  }
  std::memset(static_cast<char*>(memory) + padded - kAlignment, 0, kAlignment);
  data_ = memory;
  storage_ =
      std::shared_ptr<const void>(memory, [](const void* p) { std::free(const_cast<void*>(p)); });
}

Tensor::Tensor(DataType type, Shape shape, std::shared_ptr<const void> storage, const void* data)
    : type_(type),
      size_(element_count(shape)),
      shape_(std::move(shape)),
      storage_(std::move(storage)) {
  data_ = const_cast<void*>(data);
  foreign_ = true;
}

Tensor Tensor::view(DataType type, Shape shape, void* data, Layout layout) {
  Tensor tensor;
  tensor.type_ = type;
  tensor.layout_ = layout;
  tensor.view_ = true;
  tensor.size_ = element_count(shape);
  tensor.shape_ = std::move(shape);
  tensor.data_ = data;
  return tensor;
}

Tensor Tensor::from_floats(Shape shape, const std::vector<float>& values) {
  Tensor tensor(DataType::kFloat, std::move(shape));
  check(static_cast<size_t>(tensor.size()) == values.size(), "as many values as the shape has");
  std::copy(values.begin(), values.end(), tensor.mutable_data<float>());
  return tensor;
}

Tensor Tensor::from_ints(Shape shape, const std::vector<int64_t>& values) {
  Tensor tensor(DataType::kInt64, std::move(shape));
  check(static_cast<size_t>(tensor.size()) == values.size(), "as many values as the shape has");
  std::copy(values.begin(), values.end(), tensor.mutable_data<int64_t>());
  return tensor;
}

Tensor Tensor::scalar(float value) { return from_floats({}, {value}); }

size_t Tensor::byte_size() const {
  return (static_cast<size_t>(size_) * static_cast<size_t>(bits_of(type_)) + 7) / 8;
}

void* Tensor::mutable_raw() {
  if (view_ || data_ == nullptr || (!foreign_ && storage_.use_count() == 1)) return data_;
  Tensor copy = unset(type_, shape_, layout_);
  if (type_ == DataType::kString) {
    std::copy_n(data<std::string>(), size_, static_cast<std::string*>(copy.data_));
  } else {
    std::memcpy(copy.data_, data_, byte_size());
  }
  *this = std::move(copy);
  return data_;
}

Tensor Tensor::reshaped(Shape shape) const {
  check(layout_ == Layout::kPlain, "only a plain tensor is reshaped");
  if (element_count(shape) != size_) {
    fail(ErrorCode::kBadInput, "shape {} cannot be reshaped to {}", to_string(shape_),
         to_string(shape));
  }
  Tensor result = *this;
  result.shape_ = std::move(shape);
  return result;
}

}  // namespace edgeopt
