// What open_data says about the first sample.
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/format.h"
#include "data/data_source.h"
#include "data/preprocess.h"
#include "support/data_files.h"
#include "support/paths.h"

namespace edgeopt {
namespace {

std::string said_about(const DataSpec& spec, const std::vector<InputSpec>& inputs) {
  testing::internal::CaptureStderr();
  open_data(spec, inputs);
  return testing::internal::GetCapturedStderr();
}

DataSpec spec_of(const std::filesystem::path& path, const std::string& preset = {}) {
  DataSpec spec;
  spec.path = path.string();
  spec.preset = preset;
  return spec;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

const std::vector<InputSpec> kImage = {{"x", DataType::kFloat, {1, 3, 47, 61}}};

TEST(FirstSample, RangeIsLogged) {
  const std::string said = said_about(spec_of(test::golden_path("source.png"), "unit"), kImage);
  EXPECT_TRUE(contains(said, "info:")) << said;
  EXPECT_TRUE(contains(said, "input 'x'")) << said;
  EXPECT_TRUE(contains(said, "min 0, max 1, mean 0.4")) << said;
  EXPECT_FALSE(contains(said, "warning:")) << said;
}

TEST(FirstSample, PicturesWithoutPreprocessingAreAWarning) {
  for (const char* preset : {"", "none"}) {
    const std::string said = said_about(spec_of(test::golden_path("source.png"), preset), kImage);
    EXPECT_TRUE(contains(said, "warning: " + test::golden_path("source.png") +
                                   ": no --preset, --mean or --std given"))
        << said;
  }
  DataSpec spec = spec_of(test::golden_path("source.png"));
  spec.std = {255};
  EXPECT_FALSE(contains(said_about(spec, kImage), "warning:"));
  EXPECT_FALSE(contains(said_about(spec_of(spec.path, "raw"), kImage), "warning:"));
}

// Raw pixels of a picture in either order; only one of them fits N,C,H,W.
TEST(FirstSample, RawFilesInTheOtherLayoutAreAWarning) {
  const auto folder = test::scratch_folder();
  const Image image = decode_image(read_file(test::golden_path("source.png")), "source.png", 3);
  for (const bool channels_last : {false, true}) {
    InputSpec layout = kImage.front();
    if (channels_last) layout.shape = {1, 47, 61, 3};
    const Tensor tensor = Preprocessor({}, image_input(layout)).apply(image, "source.png");
    const auto path = folder / format("{}.raw", channels_last ? "nhwc" : "nchw");
    test::write_text(path, std::string(static_cast<const char*>(tensor.raw()), tensor.byte_size()));
    const std::string said = said_about(spec_of(path), kImage);
    EXPECT_EQ(contains(said, "looks like N,H,W,C"), channels_last) << said;
    EXPECT_FALSE(contains(said_about(spec_of(path), {layout}), "looks like"));
  }
}

TEST(FirstSample, ConstantsAndInfinitiesAreAWarning) {
  const auto path = test::scratch_folder() / "x.npy";
  const std::vector<InputSpec> inputs = {{"x", DataType::kFloat, {1, 3}}};
  test::write_text(path, test::npy_text("<f4", {1, 3}, test::bytes_of<float>({2, 2, 2})));
  EXPECT_TRUE(contains(said_about(spec_of(path), inputs), "all values are 2"));
  const float infinity = std::numeric_limits<float>::infinity();
  test::write_text(path, test::npy_text("<f4", {1, 3}, test::bytes_of<float>({2, infinity, 2})));
  EXPECT_TRUE(contains(said_about(spec_of(path), inputs), "values that are not finite"));
}

}  // namespace
}  // namespace edgeopt
