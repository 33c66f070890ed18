#include <algorithm>

#include "base/format.h"
#include "data/preprocess.h"

namespace edgeopt {
namespace {

const std::vector<double> kImagenetMean = {123.675, 116.28, 103.53};
const std::vector<double> kImagenetStd = {58.395, 57.12, 57.375};
constexpr const char* kClassicSide = "256/224";  // a crop of 224 from a short side of 256

DataSpec settings(std::vector<double> mean, std::vector<double> std, std::string resize = {},
                  std::string letterbox = {}, std::string channels = {}) {
  DataSpec spec;
  spec.mean = std::move(mean);
  spec.std = std::move(std);
  spec.resize = std::move(resize);
  spec.letterbox = std::move(letterbox);
  spec.channels = std::move(channels);
  return spec;
}

std::vector<Preset> make_presets() {
  return {
      {"none", "RGB 0..255 as it is, stretched to the input; warns that nothing was said", {}},
      {"raw", "RGB 0..255 as it is, stretched to the input", {}},
      {"unit", "RGB / 255, stretched to the input", settings({}, {255})},
      {"imagenet",
       "torchvision: RGB, ImageNet mean and deviation, short side 256/224 of the input, crop",
       settings(kImagenetMean, kImagenetStd, kClassicSide)},
      {"imagenet-tf", "TensorFlow, Keras: RGB / 127.5 - 1, short side 256/224 of the input, crop",
       settings({127.5}, {127.5}, kClassicSide)},
      {"mobilenet", "the same as imagenet-tf", settings({127.5}, {127.5}, kClassicSide)},
      {"caffe", "BGR minus 104, 117, 123, short side 256/224 of the input, crop",
       settings({104, 117, 123}, {}, kClassicSide, {}, "bgr")},
      {"cifar10", "RGB, ImageNet mean and deviation, stretched to the input",
       settings(kImagenetMean, kImagenetStd)},
      {"yolo", "Ultralytics YOLO: RGB / 255, letterbox in the centre, padded with 114",
       settings({}, {255}, {}, "center")},
      {"yolox", "YOLOX: BGR 0..255, letterbox at the top left, padded with 114",
       settings({}, {}, {}, "top-left", "bgr")},
      {"darknet", "Darknet YOLO: RGB / 255, stretched to the input", settings({}, {255})},
  };
}

}  // namespace

const std::vector<Preset>& all_presets() {
  static const std::vector<Preset> presets = make_presets();
  return presets;
}

DataSpec with_preset(const DataSpec& spec) {
  if (spec.preset.empty()) return spec;
  const auto& presets = all_presets();
  const auto found = std::find_if(presets.begin(), presets.end(),
                                  [&](const Preset& p) { return p.name == spec.preset; });
  if (found == presets.end()) {
    std::string names;
    for (const Preset& preset : presets) names += (names.empty() ? "" : ", ") + preset.name;
    fail(ErrorCode::kUsage, "--preset: there is no '{}'; there are {}", spec.preset, names);
  }
  const DataSpec& preset = found->settings;
  DataSpec merged = spec;
  if (spec.mean.empty()) merged.mean = preset.mean;
  if (spec.std.empty()) merged.std = preset.std;
  if (spec.channels.empty()) merged.channels = preset.channels;
  if (spec.letterbox.empty()) {
    if (spec.resize.empty()) merged.resize = preset.resize;
    if (spec.crop.empty()) merged.crop = preset.crop;
    if (spec.resize.empty() && spec.crop.empty()) merged.letterbox = preset.letterbox;
  }
  merged.class_offset += preset.class_offset;
  return merged;
}

}  // namespace edgeopt
