// From a DataType at run time to an element type at compile time.
#pragma once

#include <cstdint>
#include <string>
#include <type_traits>

#include "edgeopt/tensor.h"
#include "tensor/half.h"

namespace edgeopt {

template <typename... Ts>
struct TypeList {};

template <typename... Lists>
struct JoinedTypes;
template <typename... As>
struct JoinedTypes<TypeList<As...>> {
  using List = TypeList<As...>;
};
template <typename... As, typename... Bs, typename... Rest>
struct JoinedTypes<TypeList<As...>, TypeList<Bs...>, Rest...> {
  using List = typename JoinedTypes<TypeList<As..., Bs...>, Rest...>::List;
};
template <typename... Lists>
using Joined = typename JoinedTypes<Lists...>::List;

using FloatTypes = TypeList<float, double, Float16, Bfloat16>;
using SignedTypes = TypeList<int8_t, int16_t, int32_t, int64_t>;
using UnsignedTypes = TypeList<uint8_t, uint16_t, uint32_t, uint64_t>;
using IntTypes = Joined<SignedTypes, UnsignedTypes>;
using NumericTypes = Joined<FloatTypes, IntTypes>;
using BoolTypes = TypeList<Bool>;
using StringTypes = TypeList<std::string>;

template <typename T>
constexpr DataType data_type_of() {
  if constexpr (std::is_same_v<T, float>) return DataType::kFloat;
  if constexpr (std::is_same_v<T, double>) return DataType::kDouble;
  if constexpr (std::is_same_v<T, Float16>) return DataType::kFloat16;
  if constexpr (std::is_same_v<T, Bfloat16>) return DataType::kBfloat16;
  if constexpr (std::is_same_v<T, int8_t>) return DataType::kInt8;
  if constexpr (std::is_same_v<T, int16_t>) return DataType::kInt16;
  if constexpr (std::is_same_v<T, int32_t>) return DataType::kInt32;
  if constexpr (std::is_same_v<T, int64_t>) return DataType::kInt64;
  if constexpr (std::is_same_v<T, uint8_t>) return DataType::kUint8;
  if constexpr (std::is_same_v<T, uint16_t>) return DataType::kUint16;
  if constexpr (std::is_same_v<T, uint32_t>) return DataType::kUint32;
  if constexpr (std::is_same_v<T, uint64_t>) return DataType::kUint64;
  if constexpr (std::is_same_v<T, Bool>) return DataType::kBool;
  if constexpr (std::is_same_v<T, std::string>) return DataType::kString;
}

// The type to compute in: float for the 16-bit floats, bool for Bool, else T itself.
template <typename T>
using Wide = std::conditional_t<std::is_same_v<T, Float16> || std::is_same_v<T, Bfloat16>, float,
                                std::conditional_t<std::is_same_v<T, Bool>, bool, T>>;

// Calls f(std::type_identity<T>()) for the type of the list that `type` names. False when the list
// has none.
template <typename... Ts, typename F>
bool dispatch(DataType type, TypeList<Ts...> /*types*/, F&& f) {
  return ((type == data_type_of<Ts>() && (f(std::type_identity<Ts>()), true)) || ...);
}

}  // namespace edgeopt
