// Cast, CastLike.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "base/format.h"
#include "ops/op.h"
#include "tensor/dispatch.h"
#include "tensor/packed.h"
#include "tensor/to_integer.h"

namespace edgeopt {
namespace {

using Types = Joined<NumericTypes, BoolTypes>;

template <typename From, typename To>
To convert(From value) {
  using F = Wide<From>;
  using T = Wide<To>;
  const F wide = static_cast<F>(value);
  if constexpr (std::is_same_v<T, bool>) return To(wide != F{0});
  if constexpr (std::is_floating_point_v<F> && std::is_integral_v<T> && !std::is_same_v<T, bool>) {
    return to_integer<T>(static_cast<double>(wide));
  } else {
    return static_cast<To>(static_cast<T>(wide));
  }
}

void convert_numbers(const Tensor& x, Tensor& y, bool& known) {
  dispatch(x.type(), Types(), [&]<typename From>(std::type_identity<From>) {
    known = dispatch(y.type(), Types(), [&]<typename To>(std::type_identity<To>) {
      const From* from = x.data<From>();
      To* to = y.mutable_data<To>();
      const int64_t count = x.size();
      for (int64_t i = 0; i < count; ++i) to[i] = convert<From, To>(from[i]);
    });
  });
}

// The shortest text that reads back as the same number, as Python writes it: 1.0, 1e-05, inf.
template <typename T>
std::string to_text(T value) {
  std::string text = format("{}", static_cast<Wide<T>>(value));
  const bool plain = text.find_first_not_of("-0123456789") == std::string::npos;
  if (std::is_floating_point_v<Wide<T>> && plain) text += ".0";
  return text;
}

void write_texts(const Tensor& x, Tensor& y, bool& known) {
  known = dispatch(x.type(), NumericTypes(), [&]<typename From>(std::type_identity<From>) {
    std::string* to = y.mutable_data<std::string>();
    for (int64_t i = 0; i < x.size(); ++i) to[i] = to_text(x.data<From>()[i]);
  });
}

void read_texts(const ComputeContext& c, const Tensor& x, Tensor& y, bool& known) {
  known = dispatch(y.type(), NumericTypes(), [&]<typename To>(std::type_identity<To>) {
    To* to = y.mutable_data<To>();
    for (int64_t i = 0; i < x.size(); ++i) {
      const std::string& text = x.data<std::string>()[i];
      char* end = nullptr;
      if constexpr (std::is_integral_v<To>) {
        to[i] = static_cast<To>(std::strtoll(text.c_str(), &end, 10));
      } else {
        to[i] = static_cast<To>(static_cast<Wide<To>>(std::strtod(text.c_str(), &end)));
      }
      if (text.empty() || *end != '\0') c.bad("'" + text + "' is not a number");
    }
  });
}

void cast(ComputeContext& c) {
  Tensor& y = c.output(0);
  const DataType from = c.input(0).type();
  const DataType to = y.type();
  if (from == to && from != DataType::kString) {
    if (y.byte_size() > 0) std::memcpy(y.mutable_raw(), c.input(0).raw(), y.byte_size());
    return;
  }
  const Tensor x = is_packed_integer(from) ? unpack(c.input(0)) : c.input(0);
  bool known = false;
  if (from == DataType::kString && to == DataType::kString) {
    std::copy_n(x.data<std::string>(), x.size(), y.mutable_data<std::string>());
    known = true;
  } else if (from == DataType::kString) {
    read_texts(c, x, y, known);
  } else if (to == DataType::kString) {
    write_texts(x, y, known);
  } else if (is_packed_integer(to)) {
    Tensor bytes(DataType::kInt8, x.shape());
    convert_numbers(x, bytes, known);
    const Tensor packed = pack(bytes, to);
    std::memcpy(y.mutable_raw(), packed.raw(), packed.byte_size());
  } else {
    convert_numbers(x, y, known);
  }
  if (!known) c.unsupported(format("from type {} to {}", name_of(from), name_of(to)));
}

}  // namespace

extern const Operator op_Cast = {
    .name = "Cast",
    .domain = "",
    .infer =
        [](InferContext& c) {
          const auto to = static_cast<DataType>(c.node().int_or("to", 0));
          if (to == DataType::kUndefined) c.bad("has no attribute 'to'");
          c.set_output(0, to, c.shape(0));
        },
    .compute = cast,
    .traits = {.elementwise = true},
};
extern const Operator op_CastLike = {
    .name = "CastLike",
    .domain = "",
    .infer = [](InferContext& c) { c.set_output(0, c.type(1), c.shape(0)); },
    .compute = cast,
    .traits = {.elementwise = true},
};

}  // namespace edgeopt
