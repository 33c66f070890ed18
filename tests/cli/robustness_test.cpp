// Bad files, full disks, folders that cannot be written, interruptions.
#include <chrono>
#include <csignal>

#include "base/file.h"
#include "cli/fixture.h"
#include "support/data_files.h"
#include "support/model_builder.h"

namespace edgeopt::test {
namespace {

class RobustnessTest : public CliTest {};

TEST_F(RobustnessTest, BadModelsAreBadInput) {
  write_classifier();
  write("empty.onnx", "");
  write("text.onnx", "this is not a model\n");
  write("cut.onnx", content("model.onnx").substr(0, 1000));
  write("folder.onnx/inside", "");
  for (const char* name : {"missing.onnx", "empty.onnx", "text.onnx", "cut.onnx", "folder.onnx"}) {
    for (const char* command : {"quantize", "inspect", "run"}) {
      const std::string err = err_of({command, name}, 3);
      EXPECT_NE(err.find(name), std::string::npos) << err;
      EXPECT_EQ(err.find('\n'), err.size() - 1) << err;
    }
  }
  EXPECT_FALSE(exists("quantized"));
}

TEST_F(RobustnessTest, BadDataIsBadInput) {
  write_classifier();
  write("noise.npy", "junk");
  write("a/broken.jpg", "junk");
  for (const char* data : {"missing", "noise.npy", "a"}) {
    const std::string err = err_of({"quantize", "model.onnx", "--calib", data}, 3);
    EXPECT_NE(err.find(data), std::string::npos) << err;
  }
  EXPECT_FALSE(exists("quantized/model.onnx"));
}

TEST_F(RobustnessTest, APresetForOtherChannelsIsSaid) {
  write_classifier();
  const std::string picture = golden_path("rgb.jpg");
  const std::string err = err_of({"run", "model.onnx", "--input", picture, "--mean", "1,2"}, 2);
  EXPECT_NE(err.find("--mean"), std::string::npos) << err;
  err_of({"run", "model.onnx", "--input", picture, "--preset", "imagenette"}, 2);
  out_of({"run", "model.onnx", "--input", picture, "--preset", "imagenet"});
}

TEST_F(RobustnessTest, AFolderThatCannotBeMadeIsSaidBeforeTheWork) {
  write_classifier();
  write("file", "");
  const std::string err = err_of({"quantize", "model.onnx", "-o", "file/below"}, 3);
  EXPECT_NE(err.find("file/below"), std::string::npos) << err;
}

TEST_F(RobustnessTest, AFullDiskIsSaid) {
  write_classifier();
  ProgramOptions full;
  full.output_to = "/dev/full";
  const ProgramResult result = edgeopt({"inspect", "model.onnx", "--json"}, full);
  EXPECT_EQ(result.status, 3);
  EXPECT_NE(result.err.find("standard output"), std::string::npos) << result.err;
}

TEST_F(RobustnessTest, AnInterruptedRunLeavesNoHalfFiles) {
  write_classifier();
  write_data("data", 40000);  // takes far longer than the interrupt
  ProgramOptions options;
  const auto start = std::chrono::steady_clock::now();
  options.interrupt = [=] {
    return std::chrono::steady_clock::now() - start > std::chrono::milliseconds(100);
  };
  const ProgramResult result = edgeopt(
      {"quantize", "model.onnx", "--calib", "data.npy", "--samples", "0", "-o", "out"}, options);
  EXPECT_EQ(result.status, 128 + SIGINT);
  for (const std::string& file : files()) {
    EXPECT_EQ(file.find(".part"), std::string::npos) << file;
  }
}

TEST_F(RobustnessTest, WhatAKilledRunLeftIsRemovedByTheNext) {
  write_classifier();
  // No process has the first number; the second looks like one and is none.
  write("out/y.npy.99999999.part", "half");
  write("out/y.npy.copy.part", "mine");
  out_of({"run", "model.onnx", "-o", "out/y.npy"});
  EXPECT_FALSE(exists("out/y.npy.99999999.part"));
  EXPECT_TRUE(exists("out/y.npy.copy.part"));
}

TEST_F(RobustnessTest, WhatIsBeingWrittenIsLeftAlone) {
  write_classifier();
  AtomicFile mine(folder_ / "y.npy");
  mine.write("mine");
  out_of({"run", "model.onnx", "-o", "y.npy"});
  mine.commit();
  EXPECT_EQ(content("y.npy"), "mine");
}

TEST_F(RobustnessTest, OutputsThatWouldShareAFileAreRefused) {
  ModelBuilder b;
  b.input("x", {1, 4}).node("Relu", {"x"}, {"a/b"}).node("Neg", {"x"}, {"a_b"});
  write_model("same.onnx", b.output("a/b").output("a_b").build());
  const std::string err = err_of({"run", "same.onnx", "-o", "out"}, 4);
  EXPECT_NE(err.find("'a/b' and 'a_b'"), std::string::npos) << err;
  const std::string name(300, 'y');
  ModelBuilder c;
  write_model("long.onnx", c.input("x", {1, 4}).node("Relu", {"x"}, {name}).output(name).build());
  EXPECT_NE(err_of({"run", "long.onnx", "-o", "out"}, 4).find("too long"), std::string::npos);
  EXPECT_FALSE(exists("out"));
  out_of({"run", "long.onnx", "-o", "y.npy"});
}

TEST_F(RobustnessTest, AnOldResultSurvivesAFailure) {
  write_classifier();
  write("quantized/model.onnx", "old");
  err_of({"quantize", "model.onnx", "--calib", "missing"}, 3);
  EXPECT_EQ(content("quantized/model.onnx"), "old");
}

}  // namespace
}  // namespace edgeopt::test
