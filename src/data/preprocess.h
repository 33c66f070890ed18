// From a decoded picture to what a model wants to be fed.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "data/data_source.h"
#include "data/image.h"
#include "data/resize.h"

namespace edgeopt {

// How an input takes pictures. Batch dimension 1; C is 1, 3 or 4. Or no batch, and C is 3.
struct ImageInput {
  std::string name;
  DataType type = DataType::kFloat;
  Shape shape;
  int64_t channels = 0;
  Size size;
  bool channels_last = false;  // N,H,W,C or H,W,C
};

// Throws Error(kBadInput) when the input does not look like an image, and says why.
ImageInput image_input(const InputSpec& input);

// The named preset's settings with what `spec` says itself on top: a resize or crop of its own
// takes away the preset's letterbox, and a letterbox of its own the preset's resize and crop.
// Throws Error(kUsage) with the valid names when there is no such preset.
DataSpec with_preset(const DataSpec& spec);

// Resize, crop, channel order and scaling, as `spec` says. Throws Error(kUsage) for values that
// cannot be read or do not fit the input. Safe to call from several threads.
class Preprocessor {
 public:
  Preprocessor(const DataSpec& spec, ImageInput input);

  const ImageInput& input() const { return input_; }
  // "RGB, short side 256, crop 224x224"
  std::string describe() const;
  // Throws Error(kBadInput) naming `name` when the picture is smaller than the crop.
  Tensor apply(const Image& image, const std::string& name) const;

 private:
  enum class Fit { kStretch, kShortSide, kCropOnly, kLetterbox };

  void read_geometry(const DataSpec& spec);
  void read_values(const DataSpec& spec);
  Size resized(const Image& image) const;
  Image fit(const Image& image, const std::string& name) const;
  void fill(const Image& image, Tensor& tensor) const;

  ImageInput input_;
  Fit fit_ = Fit::kStretch;
  Size target_;  // kStretch: size before the crop
  int64_t short_side_ = 0;
  bool centred_ = false;  // letterbox
  bool bgr_ = false;
  std::vector<double> mean_;  // for each channel of the input
  std::vector<double> std_;
  // For each channel of the input the value of each byte, as bits of the input's type.
  std::vector<std::array<uint64_t, 256>> table_;
};

}  // namespace edgeopt
