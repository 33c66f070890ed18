// --help of the program and of each command, --version, and messages for mistakes in the flags.
// UPDATE_GOLDEN=1 writes the help texts anew: look at the difference before committing it.
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "cli/fixture.h"
#include "edgeopt/optimize.h"
#include "support/paths.h"

namespace edgeopt::test {
namespace {

class HelpTest : public CliTest, public testing::WithParamInterface<const char*> {};

TEST_P(HelpTest, IsTheGoldenText) {
  const std::string command = GetParam();
  std::vector<std::string> arguments{command, "--help"};
  if (command == "edgeopt") arguments.erase(arguments.begin());
  const std::string text = out_of(arguments);
  const auto golden = source_folder() / "tests" / "cli" / "golden" / ("help_" + command + ".txt");
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::filesystem::create_directories(golden.parent_path());
    std::ofstream(golden) << text;
  }
  std::ifstream file(golden);
  const std::string expected{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(text, expected) << "UPDATE_GOLDEN=1 writes it anew";
}

INSTANTIATE_TEST_SUITE_P(Commands, HelpTest,
                         testing::Values("edgeopt", "quantize", "optimize", "evaluate", "inspect",
                                         "run", "batch", "list"),
                         [](const auto& test) { return std::string(test.param); });

class UsageTest : public CliTest {};

TEST_F(UsageTest, VersionIsPrinted) {
  EXPECT_EQ(out_of({"--version"}), std::string("edgeopt ") + version() + "\n");
}

TEST_F(UsageTest, MistakesAreUsageErrorsOfOneLine) {
  const std::vector<std::vector<std::string>> mistakes{
      {},
      {"frobnicate"},
      {"quantize"},
      {"quantize", "model.onnx", "--bogus"},
      {"quantize", "model.onnx", "--target", "toaster"},
      {"quantize", "model.onnx", "--samples", "many"},
      {"quantize", "model.onnx", "--weight-bits", "9"},
      {"quantize", "model.onnx", "--mean", "1,x"},
      {"quantize", "model.onnx", "--mean", "1,2,3,4,5"},
      {"quantize", "model.onnx", "--input-shape", "image"},
      {"quantize", "model.onnx", "--input-shape", "image:1,-3,8,8"},
      {"quantize", "model.onnx", "--calibrator-option", "percentage"},
      {"evaluate", "model.onnx"},
      {"optimize", "model.onnx"},
      {"optimize", "model.onnx", "--passes", "no-such-pass"},
      {"optimize", "model.onnx", "--passes", "fold-constants{"},
      {"optimize", "model.onnx", "--passes", "calibrate{x=1}"},
      {"list", "dragons"},
      {"batch", "none*.onnx"},
  };
  write_classifier();
  for (const auto& arguments : mistakes) {
    const std::string err = err_of(arguments, 2);
    EXPECT_TRUE(err.starts_with("edgeopt: error: ")) << err;
    EXPECT_EQ(err.find('\n'), err.size() - 1) << err;
  }
}

TEST_F(UsageTest, MessagesListWhatIsValid) {
  write_classifier();
  EXPECT_NE(err_of({"frobnicate"}, 2).find("quantize"), std::string::npos);
  EXPECT_NE(err_of({"optimize", "model.onnx", "--passes", "x"}, 2).find("fold-constants"),
            std::string::npos);
  EXPECT_NE(
      err_of({"quantize", "model.onnx", "--calibrator", "percentile", "--calibrator-option", "x=1"},
             2)
          .find("percentage"),
      std::string::npos);
}

TEST_F(UsageTest, RepeatableFlagsDoNotSwallowTheModel) {
  write_classifier();
  out_of({"quantize", "--skip", "conv1", "--mean", "1,2,3", "--samples", "1", "model.onnx", "-q"});
  EXPECT_TRUE(exists("quantized/model.onnx"));
}

}  // namespace
}  // namespace edgeopt::test
