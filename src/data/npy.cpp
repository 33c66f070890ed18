#include "data/npy.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <span>

#include "base/blame.h"
#include "base/format.h"

namespace edgeopt {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr size_t kPrefix = 12;  // magic, version, length of the header (2 or 4 bytes)
constexpr size_t kMaxHeader = 65536;
constexpr size_t kAlignment = 64;  // as tensors have it, so that the engine reads them in place

DataType type_of(std::string_view code) {
  struct Row {
    std::string_view code;
    DataType type;
  };
  constexpr Row kRows[] = {
      {"f4", DataType::kFloat},  {"f8", DataType::kDouble}, {"f2", DataType::kFloat16},
      {"u1", DataType::kUint8},  {"i1", DataType::kInt8},   {"u2", DataType::kUint16},
      {"i2", DataType::kInt16},  {"u4", DataType::kUint32}, {"i4", DataType::kInt32},
      {"u8", DataType::kUint64}, {"i8", DataType::kInt64},  {"b1", DataType::kBool},
  };
  for (const Row& row : kRows) {
    if (row.code == code) return row.type;
  }
  return DataType::kUndefined;
}

// What follows `key`: in the header's Python dictionary, blanks skipped; empty when there is none.
std::string_view value_of(std::string_view header, std::string_view key) {
  size_t place = header.find(key);
  if (place == std::string_view::npos) return {};
  place = header.find(':', place);
  if (place == std::string_view::npos) return {};
  place = header.find_first_not_of(" \t", place + 1);
  return place == std::string_view::npos ? std::string_view() : header.substr(place);
}

// "(3, 4)"; false when it cannot be read.
bool read_shape(std::string_view text, Shape& shape) {
  const size_t end = text.find(')');
  if (!text.starts_with('(') || end == std::string_view::npos) return false;
  text = text.substr(1, end - 1);
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    std::string_view number = text.substr(0, comma);
    while (number.starts_with(' ')) number.remove_prefix(1);
    while (number.ends_with(' ') || number.ends_with('L')) number.remove_suffix(1);
    text.remove_prefix(std::min(comma + 1, text.size()));
    if (number.empty() && text.empty()) break;
    int64_t value = 0;
    const auto [rest, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (error != std::errc() || rest != number.data() + number.size() || value < 0) return false;
    shape.push_back(value);
  }
  return true;
}

size_t little_endian(std::string_view bytes) {
  size_t value = 0;
  for (size_t i = bytes.size(); i-- > 0;) value = value << 8 | static_cast<uint8_t>(bytes[i]);
  return value;
}

}  // namespace

NpyHeader parse_npy_header(std::string_view bytes, uint64_t size, const std::string& name) {
  const auto corrupt = [&] { fail(ErrorCode::kBadInput, "{}: is not a .npy array", name); };
  if (bytes.size() < kPrefix || !bytes.starts_with(kMagic)) corrupt();
  const bool short_length = bytes[6] == 1;
  const size_t begin = short_length ? 10 : 12;
  const size_t length = little_endian(bytes.substr(8, begin - 8));
  if (length > bytes.size() - begin) corrupt();
  const std::string_view header = bytes.substr(begin, length);
  NpyHeader result;
  result.data = begin + length;
  const std::string_view descr = value_of(header, "'descr'");
  if (descr.size() < 5 || descr[0] != '\'') {
    fail(ErrorCode::kBadInput, "{}: structured arrays are not supported", name);
  }
  result.type = type_of(descr.substr(2, 2));
  result.big_endian = descr[1] == '>';
  if (result.type == DataType::kUndefined || descr[4] != '\'') {
    fail(ErrorCode::kBadInput, "{}: elements of type {} are not numbers; save it as float32", name,
         descr.substr(0, descr.find('\'', 1) + 1));
  }
  if (!read_shape(value_of(header, "'shape'"), result.shape)) corrupt();
  if (value_of(header, "'fortran_order'").starts_with("True") && result.shape.size() > 1) {
    fail(ErrorCode::kBadInput,
         "{}: is in Fortran order; save it with numpy.ascontiguousarray(array)", name);
  }
  uint64_t elements = 0;
  blaming([&] { return name; },
          [&] { elements = static_cast<uint64_t>(element_count(result.shape)); });
  const auto width = static_cast<uint64_t>(bits_of(result.type) / 8);
  if (elements > (size - result.data) / width) {
    fail(ErrorCode::kBadInput, "{}: is truncated: {} bytes, shape {} of {} needs {}", name, size,
         to_string(result.shape), name_of(result.type), elements * width + result.data);
  }
  return result;
}

NpyArray::NpyArray(Blob blob) : blob_(std::move(blob)) {
  const uint64_t size = blob_.size();
  header_ = parse_npy_header(blob_.read(0, std::min<uint64_t>(size, kMaxHeader)), size, name());
}

int64_t NpyArray::samples(const InputSpec& input) const {
  const Shape& whole = header_.shape;
  const Shape& one = input.shape;
  const int64_t batch = one.empty() ? 1 : one.front();
  const Shape inner(one.begin() + (one.empty() ? 0 : 1), one.end());
  if (whole == inner && batch == 1) return 1;
  if (!whole.empty() && Shape(whole.begin() + 1, whole.end()) == one) return whole.front();
  const bool fits = !whole.empty() && Shape(whole.begin() + 1, whole.end()) == inner && batch > 0;
  if (!fits || whole.front() % batch != 0) {
    fail(ErrorCode::kBadInput,
         "{}: shape {} does not fit input '{}' of shape {}; the first axis counts samples, the "
         "others must be the input's",
         name(), to_string(whole), input.name, to_string(one));
  }
  return whole.front() / batch;
}

Tensor NpyArray::load(int64_t index, const InputSpec& input) const {
  const auto width = static_cast<uint64_t>(bits_of(header_.type) / 8);
  const uint64_t size = static_cast<uint64_t>(element_count(input.shape)) * width;
  const uint64_t offset = header_.data + static_cast<uint64_t>(index) * size;
  if (header_.type == input.type && !header_.big_endian) {  // as it is, and no copy of it
    // Not by aligned_alloc: with that, glibc takes new memory for each of some samples.
    size_t space = size + kAlignment;
    auto storage = std::make_shared_for_overwrite<char[]>(space);
    void* data = storage.get();
    std::align(kAlignment, size, data, space);
    blob_.read(offset, std::span(static_cast<char*>(data), size));
    return {input.type, input.shape, std::move(storage), data};
  }
  std::string bytes = blob_.read(offset, size);
  if (header_.big_endian && width > 1) {
    for (auto at = bytes.begin(); at != bytes.end(); at += static_cast<std::ptrdiff_t>(width)) {
      std::reverse(at, at + static_cast<std::ptrdiff_t>(width));
    }
  }
  return to_input(bytes, header_.type, input, format("{}[{}]", name(), index));
}

}  // namespace edgeopt
