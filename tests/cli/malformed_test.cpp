// Files that are cut off, and files with flipped bytes.
#include "base/random.h"
#include "cli/malformed_fixture.h"
#include "onnx/model_io.h"
#include "support/data_files.h"
#include "support/model_builder.h"
#include "support/paths.h"

namespace edgeopt::test {
namespace {

constexpr size_t kCuts = 50;

class MalformedFilesTest : public MalformedTest {
 protected:
  // Calls visit(text) with `whole` cut off at every 1/50th.
  template <typename F>
  static void for_each_cut(const std::string& whole, F&& visit) {
    for (size_t i = 0; i < kCuts; ++i) {
      SCOPED_TRACE(testing::Message() << "cut off at " << i << "/" << kCuts);
      visit(whole.substr(0, whole.size() * i / kCuts));
    }
  }

  // Calls visit(text) `count` times with one to three bytes of `whole` changed.
  template <typename F>
  static void for_each_flip(const std::string& whole, int count, F&& visit) {
    Random random(whole.size());
    for (int i = 0; i < count; ++i) {
      SCOPED_TRACE(testing::Message() << "flip " << i);
      std::string text = whole;
      for (uint64_t k = 0; k <= random.below(3); ++k) {
        text[random.below(text.size())] ^= static_cast<char>(1U << random.below(8));
      }
      visit(text);
    }
  }

  // The arguments that read `data` to calibrate with.
  static std::vector<std::string> calibrate_with(const std::string& data) {
    return {"quantize", "model.onnx", "--calib", data, "--preset", "unit", "-o", "out"};
  }
};

TEST_F(MalformedFilesTest, CutOffModels) {
  write_classifier();
  const std::string whole = content("model.onnx");
  for_each_cut(whole, [&](const std::string& text) {
    write("bad.onnx", text);
    for (const auto& arguments : uses_of_model("bad.onnx")) expect_refused(arguments, "bad.onnx");
  });
}

TEST_F(MalformedFilesTest, TheProjectsOwnModelCutOff) {
  write_classifier();
  std::filesystem::copy(source_folder() / "models/field_classifier.onnx", folder_ / "whole.onnx");
  for_each_cut(content("whole.onnx"), [&](const std::string& text) {
    write("bad.onnx", text);
    expect_refused({"inspect", "bad.onnx"}, "bad.onnx");
  });
}

TEST_F(MalformedFilesTest, ModelsWithFlippedBytes) {
  write_classifier();
  // Flips outside of the weights are the interesting ones.
  const std::string whole = content("model.onnx");
  int harmless = 0;
  for_each_flip(whole, 60, [&](const std::string& text) {
    write("bad.onnx", text);
    for (const auto& arguments : uses_of_model("bad.onnx")) harmless += survive(arguments) == 0;
  });
  EXPECT_GT(harmless, 0) << "flips in weights are harmless";
}

TEST_F(MalformedFilesTest, CutOffAndFlippedPictures) {
  write_classifier();
  for (const char* name : {"rgb.jpg", "progressive.jpg", "rgb16.png", "interlaced.png"}) {
    SCOPED_TRACE(name);
    std::filesystem::copy(golden_path(name), folder_ / name);
    const std::string whole = content(name);
    const std::string file =
        std::string("photos/bad") + std::filesystem::path(name).extension().c_str();
    for_each_cut(whole, [&](const std::string& text) {
      write(file, text);
      expect_refused(calibrate_with("photos"), file);
    });
    for_each_flip(whole, 25, [&](const std::string& text) {
      write(file, text);
      survive(calibrate_with("photos"));
    });
    std::filesystem::remove_all(folder_ / "photos");
  }
}

TEST_F(MalformedFilesTest, CutOffAndFlippedArrays) {
  write_classifier();
  write_data("data", 4);
  write_archive(folder_ / "data.npz", "zip", {{"image.npy", content("data.npy")}});
  write_archive(folder_ / "stored.npz", "zip-stored", {{"image.npy", content("data.npy")}});
  for (const char* name : {"data.npy", "data.npz", "stored.npz"}) {
    SCOPED_TRACE(name);
    const std::string whole = content(name);
    const std::string file = std::string("bad") + std::filesystem::path(name).extension().c_str();
    const bool archive = file == "bad.npz";
    for_each_cut(whole, [&](const std::string& text) {
      write(file, text);
      if (archive && text.size() > whole.size() * 9 / 10) {
        survive(calibrate_with(file));  // only the list of entries at the end is cut off
      } else {
        expect_refused(calibrate_with(file), file);
      }
    });
    for_each_flip(whole, 25, [&](const std::string& text) {
      write(file, text);
      survive(calibrate_with(file));
    });
  }
}

TEST_F(MalformedFilesTest, CutOffAndFlippedArchives) {
  write_classifier();
  std::filesystem::copy(golden_path("rgb.jpg"), folder_ / "rgb.jpg");
  const std::string picture = content("rgb.jpg");
  const Entries entries = {{"photos/a.jpg", picture}, {"labels.txt", "photos/a.jpg 1\n"}};
  for (const char* form : {"tar", "tar.gz", "zip"}) {
    SCOPED_TRACE(form);
    const std::string file = std::string("bad.") + form;
    write_archive(folder_ / file, form, entries);
    const std::string whole = content(file);
    for_each_cut(whole, [&](const std::string& text) {
      write(file, text);
      survive(calibrate_with(file));  // the end of a .tar is filler
    });
    for_each_flip(whole, 25, [&](const std::string& text) {
      write(file, text);
      survive(calibrate_with(file));
    });
    write(file, whole.substr(0, whole.size() / 4));
    expect_refused(calibrate_with(file), file);
  }
}

TEST_F(MalformedFilesTest, BadLists) {
  write_classifier();
  std::filesystem::create_directories(folder_ / "photos");
  std::filesystem::copy(golden_path("rgb.jpg"), folder_ / "photos/a.jpg");
  const std::pair<std::string, const char*> lists[] = {
      {"photos/missing.jpg\n", "photos/missing.jpg"},
      {"# nothing\n", "input_list.txt"},
      {std::string("\0\1\2", 3), "input_list.txt"},
      {std::string(100000, 'x'), "xxx"},
      {"photos/a.jpg 99999999999999999999999\n", "photos/a.jpg 9999"},
      {"image:=\n", "input_list.txt:1"},
      {"no:=photos/a.jpg\n", "input_list.txt:1"},
      {"photos\n", "photos"}};
  for (const auto& [text, named] : lists) {
    SCOPED_TRACE(text.substr(0, 40));
    write("input_list.txt", text);
    expect_refused(calibrate_with("input_list.txt"), named);
  }
  const std::pair<std::string, const char*> labels[] = {
      {"a.jpg\n", "labels.txt:1"},
      {"a.jpg one\n", "labels.txt:1"},
      {"a.jpg -1\n", "labels.txt:1"},
      {"a.jpg 99999999999999999999999\n", "labels.txt:1"},
      {"b.jpg 1\n", "b.jpg"},
      {std::string("a.jpg\0 1\n", 9), "labels.txt"},
      {"", "labels.txt"}};
  for (const auto& [text, named] : labels) {
    SCOPED_TRACE(text);
    write("photos/labels.txt", text);
    expect_refused(calibrate_with("photos"), named);
  }
}

TEST_F(MalformedFilesTest, CutOffExternalWeights) {
  ModelBuilder b;
  b.input("x", {-1, 64}).weights("w", {64, 64}).node("MatMul", {"x", "w"}, {"y"});
  save_model(b.output("y").build(), folder_ / "external.onnx", {.external_data_above = 0});
  const std::string whole = content("external.onnx.data");
  for_each_cut(whole, [&](const std::string& text) {
    write("external.onnx.data", text);
    expect_refused({"run", "external.onnx"}, "external.onnx");
  });
  std::filesystem::remove(folder_ / "external.onnx.data");
  for (const auto& arguments : uses_of_model("external.onnx")) {
    expect_refused(arguments, "external.onnx.data");
  }
}

TEST_F(MalformedFilesTest, BadRecipesAreUsageErrors) {
  write_classifier();
  for (const std::string& text :
       {std::string("target = "), std::string("= 1"), std::string("[["), std::string("\0", 1),
        std::string("samples = 1e999"), std::string(20000, '['), std::string("\xff\xfe")}) {
    SCOPED_TRACE(text.substr(0, 40));
    write("recipe.toml", text);
    const std::string err = err_of({"quantize", "model.onnx", "--recipe", "recipe.toml"}, 2);
    EXPECT_NE(err.find("recipe.toml"), std::string::npos) << err;
    EXPECT_EQ(std::count(err.begin(), err.end(), '\n'), 1) << err;
  }
  EXPECT_FALSE(exists("quantized"));
}

}  // namespace
}  // namespace edgeopt::test
