#include "data/preprocess.h"

#include <gtest/gtest.h>

#include "support/data_files.h"

namespace edgeopt {
namespace {

using test::error_text;

InputSpec input_of(Shape shape, DataType type = DataType::kFloat) { return {"x", type, shape}; }

// Pixel (x, y) is (10 x, 10 y, 200).
Image ramp(int64_t width, int64_t height) {
  Image image(width, height, 3);
  for (int64_t y = 0; y < height; ++y) {
    for (int64_t x = 0; x < width; ++x) {
      uint8_t* pixel = image.row(y) + x * 3;
      pixel[0] = static_cast<uint8_t>(10 * x);
      pixel[1] = static_cast<uint8_t>(10 * y);
      pixel[2] = 200;
    }
  }
  return image;
}

Tensor prepare(const DataSpec& spec, const Image& image, const Shape& shape,
               DataType type = DataType::kFloat) {
  return Preprocessor(spec, image_input(input_of(shape, type))).apply(image, "ramp");
}

std::string usage(const DataSpec& spec, const Shape& shape = {1, 3, 4, 4},
                  DataType type = DataType::kFloat) {
  return error_text([&] { Preprocessor(spec, image_input(input_of(shape, type))); });
}

TEST(Preprocess, LayoutFollowsTheShape) {
  const Tensor first = prepare({}, ramp(5, 4), {1, 3, 4, 5});
  const Tensor last = prepare({}, ramp(5, 4), {1, 4, 5, 3});
  for (int64_t y = 0; y < 4; ++y) {
    for (int64_t x = 0; x < 5; ++x) {
      EXPECT_EQ(first.data<float>()[0 * 20 + y * 5 + x], static_cast<float>(10 * x));
      EXPECT_EQ(first.data<float>()[1 * 20 + y * 5 + x], static_cast<float>(10 * y));
      EXPECT_EQ(last.data<float>()[(y * 5 + x) * 3 + 0], static_cast<float>(10 * x));
      EXPECT_EQ(last.data<float>()[(y * 5 + x) * 3 + 2], 200.0F);
    }
  }
}

TEST(Preprocess, TheBatchMayBeMissing) {
  const auto same = [](const Tensor& a, const Tensor& b) {
    return std::equal(a.data<float>(), a.data<float>() + a.size(), b.data<float>());
  };
  const Tensor first = prepare({}, ramp(5, 4), {3, 4, 5});
  EXPECT_EQ(first.shape(), (Shape{3, 4, 5}));
  EXPECT_TRUE(same(first, prepare({}, ramp(5, 4), {1, 3, 4, 5})));
  EXPECT_TRUE(same(prepare({}, ramp(5, 4), {4, 5, 3}), prepare({}, ramp(5, 4), {1, 4, 5, 3})));
}

TEST(Preprocess, MeanAndDeviationAreInChannelOrderOfTheInput) {
  DataSpec spec;
  spec.mean = {1, 2, 3};
  spec.std = {2, 4, 8};
  spec.channels = "bgr";
  const Tensor tensor = prepare(spec, ramp(2, 1), {1, 3, 1, 2});
  const float* values = tensor.data<float>();
  EXPECT_EQ(values[0], (200.0F - 1) / 2);  // blue
  EXPECT_EQ(values[2], (0.0F - 2) / 4);    // green
  EXPECT_EQ(values[5], (10.0F - 3) / 8);   // red of the second pixel
}

TEST(Preprocess, ShortSideThenCentredCrop) {
  DataSpec spec;
  spec.resize = "4";
  // 8x4 stays, the crop takes columns 2 to 5.
  const Tensor tensor = prepare(spec, ramp(8, 4), {1, 3, 4, 4});
  EXPECT_EQ(tensor.data<float>()[0], 20.0F);
  EXPECT_EQ(tensor.data<float>()[3], 50.0F);
}

TEST(Preprocess, CropAloneTakesTheCentre) {
  DataSpec spec;
  spec.crop = "2";
  const Tensor tensor = prepare(spec, ramp(7, 4), {1, 3, 2, 2});
  EXPECT_EQ(tensor.data<float>()[0], 20.0F);
  EXPECT_EQ(tensor.data<float>()[4], 10.0F);
  EXPECT_EQ(error_text([&] {
              prepare(spec, ramp(1, 9), {1, 3, 2, 2});
            }),
            "3: ramp: 1x9 pixels are less than the crop 2x2; give --resize");
}

TEST(Preprocess, LetterboxPadsWith114) {
  DataSpec spec;
  spec.letterbox = "top-left";
  const Tensor top_left = prepare(spec, ramp(4, 2), {1, 3, 4, 4});
  EXPECT_EQ(top_left.data<float>()[0], 0.0F);
  EXPECT_EQ(top_left.data<float>()[7], 30.0F);
  EXPECT_EQ(top_left.data<float>()[8], 114.0F);
  spec.letterbox = "center";
  const Tensor centred = prepare(spec, ramp(4, 2), {1, 3, 4, 4});
  EXPECT_EQ(centred.data<float>()[0], 114.0F);
  EXPECT_EQ(centred.data<float>()[7], 30.0F);
  EXPECT_EQ(centred.data<float>()[12], 114.0F);
}

TEST(Preprocess, PresetsAdaptToTheInput) {
  DataSpec spec;
  spec.preset = "imagenet";
  const auto text = [&](const Shape& shape) {
    return Preprocessor(spec, image_input(input_of(shape))).describe();
  };
  EXPECT_EQ(text({1, 3, 224, 224}),
            "RGB, short side 256, crop 224x224, mean 123.675 116.28 103.53, std 58.395 57.12 "
            "57.375");
  EXPECT_NE(text({1, 3, 96, 96}).find("short side 110, crop 96x96"), std::string::npos);
  spec.preset = "caffe";
  EXPECT_NE(text({1, 3, 227, 227}).find("BGR, short side 259, crop 227x227"), std::string::npos);
  spec.preset = "yolox";
  EXPECT_NE(text({1, 3, 416, 416}).find("BGR, letterbox top-left 416x416"), std::string::npos);
  spec.resize = "416x416";  // what is said itself counts more
  EXPECT_NE(text({1, 3, 416, 416}).find("BGR, resize 416x416"), std::string::npos);
}

TEST(Preprocess, EveryPresetWorks) {
  for (const Preset& preset : all_presets()) {
    DataSpec spec;
    spec.preset = preset.name;
    const Tensor tensor = prepare(spec, ramp(20, 17), {1, 3, 8, 8});
    EXPECT_EQ(tensor.size(), 3 * 8 * 8) << preset.name;
    EXPECT_FALSE(preset.summary.empty());
  }
}

TEST(Preprocess, IntegerInputsTakePixels) {
  const Tensor bytes = prepare({}, ramp(4, 4), {1, 4, 4, 3}, DataType::kUint8);
  EXPECT_EQ(bytes.data<uint8_t>()[3], 10);
  DataSpec spec;
  spec.mean = {128};
  const Tensor centred = prepare(spec, ramp(4, 4), {1, 4, 4, 3}, DataType::kInt8);
  EXPECT_EQ(centred.data<int8_t>()[0], -128);
  EXPECT_EQ(centred.data<int8_t>()[2], 72);
  EXPECT_NE(usage({}, {1, 4, 4, 3}, DataType::kInt8).find("cannot hold 128"), std::string::npos);
}

TEST(Preprocess, HalfInputs) {
  const Tensor tensor = prepare({}, ramp(4, 4), {1, 3, 4, 4}, DataType::kFloat16);
  EXPECT_EQ(tensor.data<uint16_t>()[1], 0x4900);  // 10
}

TEST(Preprocess, BadValuesAreUsageErrors) {
  DataSpec spec;
  spec.preset = "imagnet";
  EXPECT_EQ(usage(spec).substr(0, 51), "2: --preset: there is no 'imagnet'; there are none,");
  spec = {};
  spec.mean = {1, 2};
  EXPECT_EQ(usage(spec),
            "2: --mean: 2 values, but input 'x' (1x3x4x4) has 3 channels; give one value or one "
            "for each");
  spec = {};
  spec.std = {0};
  EXPECT_EQ(usage(spec), "2: --std: 0 is no deviation (y = (x - mean) / std)");
  spec = {};
  spec.channels = "brg";
  EXPECT_EQ(usage(spec), "2: --channels: 'brg' is neither rgb nor bgr");
  spec = {};
  spec.letterbox = "middle";
  EXPECT_EQ(usage(spec), "2: --letterbox: 'middle' is neither top-left nor center");
  spec.letterbox = "center";
  spec.resize = "4";
  EXPECT_EQ(usage(spec), "2: --letterbox goes with neither --resize nor --crop");
  spec = {};
  spec.crop = "3";
  EXPECT_EQ(usage(spec), "2: --crop: 3x3 is not the size of input 'x', 4x4");
  for (const char* bad : {"x4", "4x", "-4", "0", "4.5", "a", "1/0", "99999999"}) {
    spec = {};
    spec.resize = bad;
    EXPECT_EQ(usage(spec).substr(0, 12), "2: --resize:") << bad;
  }
  spec.resize = "3";
  EXPECT_EQ(usage(spec), "2: --resize: 3 is smaller than input 'x', 4x4");
}

TEST(Preprocess, InputsThatAreNoImages) {
  for (const Shape& shape : {Shape{1, 640}, Shape{1, 8, 8}, Shape{8, 8, 4}, Shape{1, 2, 8, 8},
                             Shape{1, 3, -1, -1}, Shape{4, 3, 8, 8}}) {
    EXPECT_EQ(usage({}, shape).substr(0, 2), "3:") << to_string(shape);
  }
}

}  // namespace
}  // namespace edgeopt
