#include "onnx/tensor_proto.h"

#include <cstring>

#include "base/file.h"
#include "base/format.h"

namespace edgeopt {
namespace {

[[noreturn]] void bad_tensor(const onnx::TensorProto& proto, const TensorOrigin& origin,
                             const std::string& why) {
  fail(ErrorCode::kBadInput, "{}: tensor '{}': {}", origin.model.string(), proto.name(), why);
}

size_t bytes_needed(DataType type, int64_t count) {
  return (static_cast<size_t>(count) * static_cast<size_t>(bits_of(type)) + 7) / 8;
}

Tensor from_raw(onnx::TensorProto& proto, DataType type, Shape shape, const TensorOrigin& origin) {
  const size_t needed = bytes_needed(type, element_count(shape));
  if (proto.raw_data().size() != needed) {
    bad_tensor(proto, origin,
               format("{} bytes of data for shape {} of {}, which needs {}",
                      proto.raw_data().size(), to_string(shape), name_of(type), needed));
  }
  auto bytes = std::make_shared<std::string>(std::move(*proto.mutable_raw_data()));
  // Protobuf strings are not aligned for every type; a short string may even live inside its
  // object.
  constexpr size_t kAlignment = 16;
  if (reinterpret_cast<uintptr_t>(bytes->data()) % kAlignment != 0) {
    Tensor copy(type, std::move(shape));
    std::memcpy(copy.mutable_raw(), bytes->data(), bytes->size());
    return copy;
  }
  const void* data = bytes->data();
  return Tensor(type, std::move(shape), std::move(bytes), data);
}

Tensor from_external(const onnx::TensorProto& proto, DataType type, Shape shape,
                     const TensorOrigin& origin) {
  std::filesystem::path location;
  uint64_t offset = 0;
  const size_t needed = bytes_needed(type, element_count(shape));
  for (const auto& entry : proto.external_data()) {
    if (entry.key() == "location") location = entry.value();
    if (entry.key() == "offset") offset = std::strtoull(entry.value().c_str(), nullptr, 10);
  }
  const auto normal = location.lexically_normal();
  if (location.empty() || location.is_absolute() || *normal.begin() == "..") {
    bad_tensor(proto, origin,
               format("external data at '{}' is outside the model's folder", location.string()));
  }
  const MappedFile file = map_file(origin.model.parent_path() / normal);
  if (offset > file.size || needed > file.size - offset) {
    bad_tensor(proto, origin,
               format("external data '{}' has {} bytes, {} are needed at {}", normal.string(),
                      file.size, needed, offset));
  }
  if (offset % alignof(std::max_align_t) != 0 || file.owner == nullptr) {
    Tensor copy(type, std::move(shape));
    if (needed > 0) std::memcpy(copy.mutable_raw(), file.data + offset, needed);
    return copy;
  }
  return Tensor(type, std::move(shape), file.owner, file.data + offset);
}

template <typename To, typename Field>
Tensor from_field(const onnx::TensorProto& proto, const Field& field, DataType type, Shape shape,
                  const TensorOrigin& origin, int64_t expected) {
  if (field.size() != expected) {
    bad_tensor(proto, origin, format("{} values for shape {}", field.size(), to_string(shape)));
  }
  Tensor tensor(type, std::move(shape));
  To* to = tensor.mutable_data<To>();
  for (int i = 0; i < field.size(); ++i) to[i] = static_cast<To>(field[i]);
  return tensor;
}

// Types without a field of their own stand in int32_data, small ones packed to bytes.
Tensor from_int32_field(const onnx::TensorProto& proto, DataType type, const Shape& shape,
                        const TensorOrigin& origin) {
  const auto& field = proto.int32_data();
  const int64_t count = element_count(shape);
  switch (bits_of(type)) {
    case 8: return from_field<uint8_t>(proto, field, type, shape, origin, count);
    case 16: return from_field<uint16_t>(proto, field, type, shape, origin, count);
    case 32: return from_field<int32_t>(proto, field, type, shape, origin, count);
    case 4:
    case 2: {
      const auto bytes = static_cast<int64_t>(bytes_needed(type, count));
      return from_field<uint8_t>(proto, field, type, shape, origin, bytes);
    }
    default: bad_tensor(proto, origin, "type " + name_of(type) + " cannot be read");
  }
}

Tensor from_typed_field(const onnx::TensorProto& proto, DataType type, Shape shape,
                        const TensorOrigin& origin) {
  const int64_t count = element_count(shape);
  switch (type) {
    case DataType::kFloat:
      return from_field<float>(proto, proto.float_data(), type, shape, origin, count);
    case DataType::kComplex64:
      return from_field<float>(proto, proto.float_data(), type, shape, origin, 2 * count);
    case DataType::kDouble:
      return from_field<double>(proto, proto.double_data(), type, shape, origin, count);
    case DataType::kComplex128:
      return from_field<double>(proto, proto.double_data(), type, shape, origin, 2 * count);
    case DataType::kInt64:
      return from_field<int64_t>(proto, proto.int64_data(), type, shape, origin, count);
    case DataType::kUint32:
      return from_field<uint32_t>(proto, proto.uint64_data(), type, shape, origin, count);
    case DataType::kUint64:
      return from_field<uint64_t>(proto, proto.uint64_data(), type, shape, origin, count);
    case DataType::kString: {
      if (proto.string_data_size() != count) bad_tensor(proto, origin, "too few strings");
      Tensor tensor(type, std::move(shape));
      for (int i = 0; i < proto.string_data_size(); ++i) {
        tensor.mutable_data<std::string>()[i] = proto.string_data(i);
      }
      return tensor;
    }
    default: return from_int32_field(proto, type, shape, origin);
  }
}

// Values that the typed fields hold at most: a shape that promises more is refused before memory is
// taken.
int64_t typed_values(const onnx::TensorProto& proto) {
  return int64_t{proto.float_data_size()} + proto.double_data_size() + proto.int32_data_size() +
         proto.int64_data_size() + proto.uint64_data_size() + proto.string_data_size();
}

}  // namespace

Tensor tensor_from_proto(onnx::TensorProto& proto, const TensorOrigin& origin) {
  const auto type = static_cast<DataType>(proto.data_type());
  if (type == DataType::kUndefined || (bits_of(type) == 0 && type != DataType::kString)) {
    bad_tensor(proto, origin, format("unknown data type {}", proto.data_type()));
  }
  if (proto.has_segment()) bad_tensor(proto, origin, "segments are not supported");
  Shape shape(proto.dims().begin(), proto.dims().end());
  int64_t count = 0;
  try {
    count = element_count(shape);
  } catch (const Error& error) {
    bad_tensor(proto, origin, error.what());
  }
  if (proto.data_location() == onnx::TensorProto::EXTERNAL) {
    return from_external(proto, type, std::move(shape), origin);
  }
  if (proto.has_raw_data() && type != DataType::kString) {
    return from_raw(proto, type, std::move(shape), origin);
  }
  constexpr int64_t kValuesPerEntry = 4;  // four 2-bit values in a byte
  if (count / kValuesPerEntry > typed_values(proto)) {
    bad_tensor(proto, origin, format("no data for shape {}", to_string(shape)));
  }
  return from_typed_field(proto, type, std::move(shape), origin);
}

void tensor_to_proto(const Tensor& tensor, const std::string& name, onnx::TensorProto& proto) {
  if (!name.empty()) proto.set_name(name);
  proto.set_data_type(static_cast<int32_t>(tensor.type()));
  for (const int64_t dimension : tensor.shape()) proto.add_dims(dimension);
  if (tensor.type() == DataType::kString) {
    for (int64_t i = 0; i < tensor.size(); ++i)
      proto.add_string_data(tensor.data<std::string>()[i]);
    return;
  }
  proto.set_raw_data(tensor.byte_size() > 0 ? tensor.raw() : "", tensor.byte_size());
}

}  // namespace edgeopt
