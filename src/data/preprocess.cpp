#include "data/preprocess.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>

#include "base/format.h"
#include "kernels/simd.h"
#include "tensor/dispatch.h"

namespace edgeopt {
namespace {

constexpr uint8_t kPad = 114;
constexpr int64_t kMaxSide = 65536;

// How much an axis of this size looks like channels: more for a likelier number, 0 for none.
int channel_rank(int64_t size) { return size == 3 ? 3 : size == 1 ? 2 : size == 4 ? 1 : 0; }

std::optional<int64_t> side_of(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (value < 1 || value > kMaxSide) return std::nullopt;
  return value;
}

// "WIDTHxHEIGHT"
std::optional<Size> size_of(std::string_view text) {
  const size_t cross = text.find('x');
  if (cross == std::string_view::npos) return std::nullopt;
  const auto width = side_of(text.substr(0, cross));
  const auto height = side_of(text.substr(cross + 1));
  if (!width || !height) return std::nullopt;
  return Size{*width, *height};
}

std::string text_of(Size size) { return format("{}x{}", size.width, size.height); }

// One value for each channel of the input.
std::vector<double> for_channels(const char* flag, const std::vector<double>& values,
                                 double otherwise, const ImageInput& input) {
  const auto channels = static_cast<size_t>(input.channels);
  if (values.empty()) return std::vector<double>(channels, otherwise);
  for (const double value : values) {
    if (!std::isfinite(value)) fail(ErrorCode::kUsage, "{}: values must be finite", flag);
  }
  if (values.size() == 1) return std::vector<double>(channels, values.front());
  if (values.size() != channels) {
    fail(ErrorCode::kUsage,
         "{}: {} values, but input '{}' ({}) has {} channels; give one value or one for each", flag,
         values.size(), input.name, to_string(input.shape), channels);
  }
  return values;
}

// The value of a byte in the input's type, as bits.
uint64_t bits_of_value(int byte, double mean, double deviation, const ImageInput& input) {
  // In single precision, as the usual (x - mean) / std on float arrays.
  const float value =
      (static_cast<float>(byte) - static_cast<float>(mean)) / static_cast<float>(deviation);
  uint64_t bits = 0;
  const auto store = [&]<typename T>(std::type_identity<T>) {
    T stored;
    if constexpr (std::is_integral_v<T>) {
      const double rounded = std::nearbyint(value);
      if (rounded < static_cast<double>(std::numeric_limits<T>::min()) ||
          rounded > static_cast<double>(std::numeric_limits<T>::max())) {
        fail(ErrorCode::kUsage,
             "input '{}' is {}, which cannot hold {}; give --mean and --std that fit (int8: --mean "
             "128)",
             input.name, name_of(input.type), rounded);
      }
      stored = static_cast<T>(rounded);
    } else {
      stored = static_cast<T>(value);
    }
    std::memcpy(&bits, &stored, sizeof(T));
  };
  if (!dispatch(input.type, NumericTypes(), store)) {
    fail(ErrorCode::kBadInput, "input '{}' is {}, which cannot be fed with pictures", input.name,
         name_of(input.type));
  }
  return bits;
}

template <typename Word>
EDGEOPT_SIMD void look_up(const uint8_t* in, int64_t in_step, const Word* table, int64_t count,
                          Word* out, int64_t out_step) {
  for (int64_t i = 0; i < count; ++i) out[i * out_step] = table[in[i * in_step]];
}

}  // namespace

ImageInput image_input(const InputSpec& input) {
  ImageInput image;
  image.name = input.name;
  image.type = input.type;
  image.shape = input.shape;
  const Shape& shape = input.shape;
  const auto refuse = [&](const char* why) {
    fail(ErrorCode::kBadInput,
         "input '{}' of shape {} cannot be fed with pictures: {}; give .npy, .npz or raw files",
         input.name, to_string(shape), why);
  };
  const bool batched = shape.size() == 4;
  if (!batched && shape.size() != 3) refuse("its shape is neither N,C,H,W nor N,H,W,C");
  if (std::any_of(shape.begin(), shape.end(), [](int64_t d) { return d < 1 || d > kMaxSide; })) {
    refuse("its height or width is not known (--input-shape sets it)");
  }
  if (batched && shape[0] != 1) refuse("its batch is fixed to more than one");
  const Shape sides(shape.end() - 3, shape.end());
  const int first = channel_rank(sides[0]);
  const int last = channel_rank(sides[2]);
  // Three axes can be anything else, rows of features above all.
  if (!batched && sides[0] != 3 && sides[2] != 3) refuse("without a batch it needs 3 channels");
  if (first == 0 && last == 0) refuse("it has not 1, 3 or 4 channels");
  image.channels_last = last > first;
  image.channels = sides[image.channels_last ? 2 : 0];
  image.size = image.channels_last ? Size{sides[1], sides[0]} : Size{sides[2], sides[1]};
  return image;
}

Preprocessor::Preprocessor(const DataSpec& spec, ImageInput input) : input_(std::move(input)) {
  const DataSpec merged = with_preset(spec);
  read_geometry(merged);
  read_values(merged);
}

void Preprocessor::read_geometry(const DataSpec& spec) {
  target_ = input_.size;
  if (!spec.letterbox.empty()) {
    if (spec.letterbox != "top-left" && spec.letterbox != "center") {
      fail(ErrorCode::kUsage, "--letterbox: '{}' is neither top-left nor center", spec.letterbox);
    }
    if (!spec.resize.empty() || !spec.crop.empty()) {
      fail(ErrorCode::kUsage, "--letterbox goes with neither --resize nor --crop");
    }
    fit_ = Fit::kLetterbox;
    centred_ = spec.letterbox == "center";
    return;
  }
  if (!spec.crop.empty()) {
    const auto side = side_of(spec.crop);
    const auto crop = side ? Size{*side, *side} : size_of(spec.crop);
    if (!crop) fail(ErrorCode::kUsage, "--crop: '{}' is not 224 or 224x224", spec.crop);
    if (*crop != input_.size) {
      fail(ErrorCode::kUsage, "--crop: {} is not the size of input '{}', {}", text_of(*crop),
           input_.name, text_of(input_.size));
    }
    if (spec.resize.empty()) fit_ = Fit::kCropOnly;
  }
  if (spec.resize.empty()) return;
  const size_t slash = spec.resize.find('/');
  const auto side = side_of(spec.resize.substr(0, slash));
  if (const auto size = size_of(spec.resize)) {
    target_ = *size;
  } else if (slash != std::string::npos) {
    const auto whole = side_of(spec.resize.substr(slash + 1));
    if (!side || !whole) fail(ErrorCode::kUsage, "--resize: cannot read '{}'", spec.resize);
    fit_ = Fit::kShortSide;
    const auto smaller = static_cast<double>(std::min(input_.size.width, input_.size.height));
    short_side_ = static_cast<int64_t>(
        std::nearbyint(smaller * static_cast<double>(*side) / static_cast<double>(*whole)));
  } else if (side) {
    fit_ = Fit::kShortSide;
    short_side_ = *side;
  } else {
    fail(ErrorCode::kUsage,
         "--resize: '{}' is not 256 (short side), 256/224 (of the input's short "
         "side) or 320x240",
         spec.resize);
  }
  const bool small = fit_ == Fit::kStretch
                         ? target_.width < input_.size.width || target_.height < input_.size.height
                         : short_side_ < std::min(input_.size.width, input_.size.height);
  if (small) {
    fail(ErrorCode::kUsage, "--resize: {} is smaller than input '{}', {}", spec.resize, input_.name,
         text_of(input_.size));
  }
}

void Preprocessor::read_values(const DataSpec& spec) {
  if (!spec.channels.empty() && spec.channels != "rgb" && spec.channels != "bgr") {
    fail(ErrorCode::kUsage, "--channels: '{}' is neither rgb nor bgr", spec.channels);
  }
  bgr_ = spec.channels == "bgr" && input_.channels >= 3;
  mean_ = for_channels("--mean", spec.mean, 0.0, input_);
  std_ = for_channels("--std", spec.std, 1.0, input_);
  table_.resize(static_cast<size_t>(input_.channels));
  for (size_t c = 0; c < table_.size(); ++c) {
    if (static_cast<float>(std_[c]) == 0.0F) {
      fail(ErrorCode::kUsage, "--std: 0 is no deviation (y = (x - mean) / std)");
    }
    for (size_t i = 0; i < 256; ++i) {
      table_[c][i] = bits_of_value(static_cast<int>(i), mean_[c], std_[c], input_);
    }
  }
}

std::string Preprocessor::describe() const {
  std::string text = input_.channels == 1 ? "grey" : bgr_ ? "BGR" : "RGB";
  if (fit_ == Fit::kLetterbox) {
    text += format(", letterbox {} {}", centred_ ? "center" : "top-left", text_of(input_.size));
  } else if (fit_ == Fit::kStretch) {
    text += format(", resize {}", text_of(target_));
    if (target_ != input_.size) text += format(", crop {}", text_of(input_.size));
  } else {
    if (fit_ == Fit::kShortSide) text += format(", short side {}", short_side_);
    text += format(", crop {}", text_of(input_.size));
  }
  return text + format(", mean {}, std {}", fmt::join(mean_, " "), fmt::join(std_, " "));
}

Size Preprocessor::resized(const Image& image) const {
  const auto width = static_cast<double>(image.width);
  const auto height = static_cast<double>(image.height);
  switch (fit_) {
    case Fit::kStretch: return target_;
    case Fit::kCropOnly: return {image.width, image.height};
    case Fit::kShortSide: {
      const int64_t smaller = std::min(image.width, image.height);
      if (smaller == short_side_) return {image.width, image.height};
      const double scale = static_cast<double>(short_side_) / static_cast<double>(smaller);
      return {static_cast<int64_t>(std::nearbyint(width * scale)),
              static_cast<int64_t>(std::nearbyint(height * scale))};
    }
    case Fit::kLetterbox: break;
  }
  const double scale = std::min(static_cast<double>(input_.size.width) / width,
                                static_cast<double>(input_.size.height) / height);
  const auto side = [&](double length, int64_t limit) {
    const double exact = length * scale;
    const auto rounded = static_cast<int64_t>(centred_ ? std::nearbyint(exact) : exact);
    return std::clamp<int64_t>(rounded, 1, limit);
  };
  return {side(width, input_.size.width), side(height, input_.size.height)};
}

Image Preprocessor::fit(const Image& image, const std::string& name) const {
  const Size size = resized(image);
  const Size crop = input_.size;
  if (fit_ != Fit::kLetterbox) {
    if (size.width < crop.width || size.height < crop.height) {
      fail(ErrorCode::kBadInput, "{}: {} pixels are less than the crop {}; give --resize", name,
           text_of(size), text_of(crop));
    }
    return resize(
        image, size,
        {(size.width - crop.width) / 2, (size.height - crop.height) / 2, crop.width, crop.height});
  }
  const Image inner = resize(image, size);
  const int64_t left = centred_ ? (crop.width - size.width) / 2 : 0;
  const int64_t top = centred_ ? (crop.height - size.height) / 2 : 0;
  Image boxed(crop.width, crop.height, image.channels);
  std::fill(boxed.pixels.begin(), boxed.pixels.end(), kPad);
  for (int64_t y = 0; y < size.height; ++y) {
    std::memcpy(boxed.row(top + y) + left * image.channels, inner.row(y),
                static_cast<size_t>(size.width * image.channels));
  }
  return boxed;
}

void Preprocessor::fill(const Image& image, Tensor& tensor) const {
  const int64_t pixels = image.width * image.height;
  const auto fill_words = [&]<typename Word>(std::type_identity<Word>) {
    Word* out = static_cast<Word*>(tensor.mutable_raw());
    std::array<Word, 256> words;
    for (int64_t c = 0; c < input_.channels; ++c) {
      std::copy(table_[static_cast<size_t>(c)].begin(), table_[static_cast<size_t>(c)].end(),
                words.begin());
      const int64_t from = bgr_ && c < 3 ? 2 - c : c;
      look_up(image.pixels.data() + from, input_.channels, words.data(), pixels,
              out + (input_.channels_last ? c : c * pixels),
              input_.channels_last ? input_.channels : 1);
    }
  };
  switch (bits_of(input_.type)) {
    case 8: return fill_words(std::type_identity<uint8_t>());
    case 16: return fill_words(std::type_identity<uint16_t>());
    case 32: return fill_words(std::type_identity<uint32_t>());
    default: return fill_words(std::type_identity<uint64_t>());
  }
}

Tensor Preprocessor::apply(const Image& image, const std::string& name) const {
  check(image.channels == input_.channels, "the picture has the input's channels");
  const Image fitted = fit(image, name);
  Tensor tensor(input_.type, input_.shape);
  fill(fitted, tensor);
  return tensor;
}

}  // namespace edgeopt
