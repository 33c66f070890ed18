#include "data/elements.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "base/format.h"
#include "tensor/dispatch.h"

namespace edgeopt {
namespace {

using StoredTypes = Joined<NumericTypes, BoolTypes>;

[[noreturn]] void refuse_value(double value, const InputSpec& input, const std::string& name) {
  fail(ErrorCode::kBadInput, "{}: the value {} does not fit input '{}' of type {}", name, value,
       input.name, name_of(input.type));
}

// Through Middle: int64 between integers, so that large ones stay exact, else double.
template <typename Middle>
std::vector<Middle> read_as(std::string_view bytes, DataType from) {
  std::vector<Middle> values;
  dispatch(from, StoredTypes(), [&]<typename T>(std::type_identity<T>) {
    const size_t count = bytes.size() / sizeof(T);
    values.resize(count);
    for (size_t i = 0; i < count; ++i) {
      T value;
      std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
      values[i] = static_cast<Middle>(static_cast<Wide<T>>(value));
    }
  });
  return values;
}

template <typename T, typename Middle>
T convert(Middle value, const InputSpec& input, const std::string& name) {
  if constexpr (std::is_same_v<T, Bool>) {
    return Bool(value != 0);
  } else if constexpr (std::is_integral_v<T>) {
    const auto number = static_cast<double>(value);
    // 2^63 and 2^64 are not representable in the type, the powers themselves are in double.
    const double end = std::ldexp(1.0, std::numeric_limits<T>::digits);
    if (number != std::floor(number) || number >= end ||
        number < static_cast<double>(std::numeric_limits<T>::min())) {
      refuse_value(number, input, name);
    }
    return static_cast<T>(value);
  } else {
    return static_cast<T>(static_cast<Wide<T>>(value));
  }
}

template <typename Middle>
void store_as(const std::vector<Middle>& values, const InputSpec& input, const std::string& name,
              Tensor& tensor) {
  dispatch(input.type, StoredTypes(), [&]<typename T>(std::type_identity<T>) {
    T* out = tensor.mutable_data<T>();
    for (size_t i = 0; i < values.size(); ++i) out[i] = convert<T>(values[i], input, name);
  });
}

}  // namespace

Tensor to_input(std::string_view bytes, DataType from, const InputSpec& input,
                const std::string& name) {
  const auto element = static_cast<size_t>(bits_of(from) / 8);
  const auto count = static_cast<size_t>(element_count(input.shape));
  const auto nothing = [](auto) {};
  if (!dispatch(from, StoredTypes(), nothing) || !dispatch(input.type, StoredTypes(), nothing)) {
    fail(ErrorCode::kUnsupported, "{}: {} data for input '{}' of type {} is not supported", name,
         name_of(from), input.name, name_of(input.type));
  }
  if (bytes.size() != count * element) {
    fail(ErrorCode::kBadInput,
         "{}: {} bytes, but input '{}' of shape {} takes {} ({} values of {})", name, bytes.size(),
         input.name, to_string(input.shape), count * element, count, name_of(from));
  }
  Tensor tensor(input.type, input.shape);
  if (from == input.type) {
    if (count > 0) std::memcpy(tensor.mutable_raw(), bytes.data(), bytes.size());
  } else if (is_integer(from) && is_integer(input.type) && from != DataType::kUint64) {
    store_as(read_as<int64_t>(bytes, from), input, name, tensor);
  } else {
    store_as(read_as<double>(bytes, from), input, name, tensor);
  }
  return tensor;
}

Tensor to_input(const Tensor& tensor, const InputSpec& input, const std::string& name) {
  const auto significant = [](const Shape& shape) {
    const bool batch = !shape.empty() && shape.front() == 1;
    return Shape(shape.begin() + (batch ? 1 : 0), shape.end());
  };
  if (significant(tensor.shape()) != significant(input.shape)) {
    fail(ErrorCode::kBadInput, "{}: shape {}, but input '{}' has {}", name,
         to_string(tensor.shape()), input.name, to_string(input.shape));
  }
  if (tensor.type() == DataType::kString) {
    fail(ErrorCode::kUnsupported, "{}: strings are not supported", name);
  }
  return to_input({static_cast<const char*>(tensor.raw()), tensor.byte_size()}, tensor.type(),
                  input, name);
}

}  // namespace edgeopt
