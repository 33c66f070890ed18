// edgeopt batch and recipes.
#include "cli/fixture.h"

namespace edgeopt::test {
namespace {

class BatchTest : public CliTest {
 protected:
  BatchTest() { write("recipe.toml", "samples = 2\n"); }
};

TEST_F(BatchTest, GoesOnWhenAMemberFails) {
  write_classifier("a/model.onnx");
  write("b/broken.onnx", "junk");
  write_classifier("b/model.onnx", 15);
  const ProgramResult result =
      edgeopt({"batch", "?/*.onnx", "--recipe", "recipe.toml", "-j", "2", "-o", "out", "--json"});
  EXPECT_EQ(result.status, 1);
  EXPECT_NE(result.err.find("1 of 3 models failed"), std::string::npos) << result.err;
  const Json rows = Json::parse(result.out);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0]["model"], "a/model.onnx");
  EXPECT_EQ(rows[0]["status"], 0);
  EXPECT_EQ(rows[1]["status"], 3);
  EXPECT_NE(rows[1]["error"].get<std::string>().find("b/broken.onnx"), std::string::npos);
  EXPECT_EQ(rows[2]["status"], 0);
  EXPECT_TRUE(exists("out/a/model.onnx"));
  EXPECT_TRUE(exists("out/b/model.onnx"));
}

TEST_F(BatchTest, OneFolderStaysFlat) {
  write_classifier("models/one.onnx");
  write_classifier("models/two.onnx");
  const std::string table = out_of({"batch", "models/*.onnx", "--recipe", "recipe.toml"});
  EXPECT_NE(table.find("models/two.onnx"), std::string::npos) << table;
  EXPECT_TRUE(exists("quantized/one.onnx"));
  EXPECT_TRUE(exists("quantized/two.report.html"));
}

TEST_F(BatchTest, AMistakeInTheRecipeIsSaidOnce) {
  write_classifier();
  write("bad.toml", "target = \"qnn\"\nsample = 3\n");
  const std::string err = err_of({"batch", "model.onnx", "--recipe", "bad.toml"}, 2);
  EXPECT_NE(err.find("bad.toml:2: there is no option 'sample'; valid: "), std::string::npos) << err;
  EXPECT_FALSE(exists("quantized"));
}

class RecipeTest : public CliTest {
 protected:
  RecipeTest() { write_classifier(); }
};

TEST_F(RecipeTest, GivesOptionsAndTheCommandLineWins) {
  write("r.toml",
        "# all forms\n"
        "samples = 3\n"
        "target = \"qnn\"\n"
        "per-tensor = true\n"
        "skip = [\"dense\", \"head*\"]\n"
        "mean = [1, 2.5, 3]\n"
        "calibrator = \"percentile\"\n"
        "[calibrator-option]\n"
        "percentage = 99.5\n"
        "[input-shape]\n"
        "image = [1, 3, 8, 8]\n");
  const Json report = Json::parse(
      out_of({"quantize", "model.onnx", "--recipe", "r.toml", "--target", "tensorrt", "--json"}));
  EXPECT_EQ(report["target"], "tensorrt");
  EXPECT_EQ(report["calibrator"], "percentile");
  EXPECT_EQ(report["calibration"].get<std::string>().substr(0, 2), "3 ");
  for (const Json& weight : report["weights"]) EXPECT_EQ(weight["scales"], 1);
  EXPECT_EQ(report["notes"].size(), 2U) << report["notes"];
}

TEST_F(RecipeTest, MistakesNameTheLine) {
  const std::vector<std::pair<std::string, std::string>> mistakes{
      {"samples = 3\n\ncalibb = \"x\"\n", "r.toml:3: there is no option 'calibb'; valid: "},
      {"target = \"toaster\"\n", "r.toml:1: "},
      {"per-tensor = 3\n", "r.toml:1: per-tensor: must be true or false"},
      {"[data]\ncalib = \"x\"\n", "r.toml:1: there is no option 'data'"},
      {"[calib]\npath = \"x\"\n", "r.toml:1: calib: takes no table"},
      {"skip = []\n", "r.toml:1: skip: the array is empty"},
      {"skip = [[1]]\n", "r.toml:1: skip: must be"},
      {"samples = \n", "r.toml:1: "},
      {"samples = 1\nsamples = 2\n", "r.toml:2: "},
  };
  for (const auto& [recipe, message] : mistakes) {
    write("r.toml", recipe);
    const std::string err = err_of({"quantize", "model.onnx", "--recipe", "r.toml"}, 2);
    EXPECT_NE(err.find(message), std::string::npos) << recipe << err;
  }
  err_of({"quantize", "model.onnx", "--recipe", "missing.toml"}, 3);
}

TEST_F(RecipeTest, OptimizeTakesOne) {
  write("r.toml", "passes = \"\"\"\n  fold-constants   # first\n  eliminate-dead\n\"\"\"\n");
  const Json result =
      Json::parse(out_of({"optimize", "model.onnx", "--recipe", "r.toml", "--json"}));
  EXPECT_EQ(result["passes"].size(), 2U);
}

}  // namespace
}  // namespace edgeopt::test
