// edgeopt quantize: what it writes, prints and refuses.
#include "cli/fixture.h"
#include "onnx/model_io.h"
#include "support/model_builder.h"

namespace edgeopt::test {
namespace {

class QuantizeTest : public CliTest {
 protected:
  QuantizeTest() {
    write_classifier();
    write_data("data");
  }
};

const std::vector<std::string> kResults{"data.labels.npy",      "data.npy",
                                        "model.onnx",           "out/model.encodings.json",
                                        "out/model.onnx",       "out/model.report.html",
                                        "out/model.report.json"};

TEST_F(QuantizeTest, OneArgumentIsEnough) {
  const ProgramResult result = edgeopt({"quantize", "model.onnx"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_NE(result.err.find("synthetic"), std::string::npos);
  EXPECT_TRUE(exists("quantized/model.onnx"));
  EXPECT_NE(result.out.find("size"), std::string::npos);
  EXPECT_NE(result.out.find("worst layers"), std::string::npos);
}

TEST_F(QuantizeTest, WritesTheDocumentedFilesAndNoOthers) {
  const std::string out = out_of({"quantize", "model.onnx", "--calib", "data.npy", "-o", "out"});
  EXPECT_EQ(files(), kResults);
  EXPECT_NE(out.find("top-1"), std::string::npos);
  const Json report = json("out/model.report.json");
  EXPECT_TRUE(report["accuracy"]["labelled"].get<bool>());
  EXPECT_EQ(report["accuracy"]["samples"], 12);
  EXPECT_GT(report["accuracy"]["sqnr_db"].get<double>(), 20);
  EXPECT_EQ(report["files"]["model"], "model.onnx");
  EXPECT_TRUE(report["environment"].contains("steps"));
  const std::string page = content("out/model.report.html");
  EXPECT_TRUE(page.starts_with("<!doctype html>"));
  EXPECT_EQ(page.find("http"), std::string::npos) << "the page must need nothing from elsewhere";
}

TEST_F(QuantizeTest, EncodingsNameTensorsOfTheModel) {
  for (const char* version : {"0.6.1", "1.0.0", "2.0.0"}) {
    out_of({"quantize", "model.onnx", "--calib", "data.npy", "-o", "out", "--encodings-version",
            version});
    const Json encodings = json("out/model.encodings.json");
    EXPECT_EQ(encodings["version"], version);
    const Model model = load_model(folder_ / "out/model.onnx");
    size_t named = 0;
    for (const char* section : {"activation_encodings", "param_encodings", "encodings"}) {
      if (!encodings.contains(section)) continue;
      for (const auto& [key, entry] : encodings[section].items()) {
        const std::string name = entry.contains("name") ? entry["name"] : Json(key);
        EXPECT_TRUE(model.graph.find_value(name)) << name;
        ++named;
      }
    }
    EXPECT_GE(named, 6U);
  }
}

TEST_F(QuantizeTest, TheSymbolicBatchStaysExceptWhereTheTargetFixesIt) {
  out_of({"quantize", "model.onnx", "--calib", "data.npy", "-o", "out"});
  const Model open = load_model(folder_ / "out/model.onnx");
  EXPECT_EQ(open.graph.value(open.graph.feeds()[0]).type.dims->front().symbol, "N");
  const std::string said =
      err_of({"quantize", "model.onnx", "--calib", "data.npy", "-o", "out", "--target", "qnn"}, 0);
  EXPECT_NE(said.find("batch is fixed to 1"), std::string::npos) << said;
  const Model fixed = load_model(folder_ / "out/model.onnx");
  EXPECT_EQ(fixed.graph.value(fixed.graph.feeds()[0]).type.dims->front().value, 1);
}

TEST_F(QuantizeTest, BytesDependNeitherOnThreadsNorOnTheRun) {
  const auto quantized = [this](const std::string& folder, const std::string& threads) {
    out_of({"quantize", "model.onnx", "--calib", "data.npy", "-o", folder, "--threads", threads});
    Json report = json(folder + "/model.report.json");
    report.erase("environment");
    return std::vector<std::string>{content(folder + "/model.onnx"),
                                    content(folder + "/model.encodings.json"),
                                    content(folder + "/model.report.html"), report.dump()};
  };
  const auto first = quantized("a", "1");
  const auto threads = quantized("b", "2");
  const auto again = quantized("c", "1");
  for (size_t i = 0; i < first.size(); ++i) {
    EXPECT_TRUE(threads[i] == first[i]) << "result " << i << " depends on the threads";
    EXPECT_TRUE(again[i] == first[i]) << "result " << i << " depends on the run";
  }
}

TEST_F(QuantizeTest, JsonGoesToStandardOutput) {
  const Json report = Json::parse(out_of({"quantize", "model.onnx", "--json", "--samples", "2"}));
  EXPECT_EQ(report["target"], "onnxruntime");
  EXPECT_EQ(report["accuracy"]["labelled"], false);
}

TEST_F(QuantizeTest, QuietSaysNothingWhenAllIsWell) {
  const ProgramResult result = edgeopt({"quantize", "model.onnx", "-q"});
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.out + result.err, "");
}

TEST_F(QuantizeTest, GatesGiveStatusOneAndKeepTheFiles) {
  const ProgramResult result =
      edgeopt({"quantize", "model.onnx", "--calib", "data.npy", "-o", "out", "--min-sqnr", "150"});
  EXPECT_EQ(result.status, 1);
  EXPECT_NE(result.err.find("SQNR"), std::string::npos) << result.err;
  EXPECT_EQ(files(), kResults);
  EXPECT_EQ(json("out/model.report.json")["unmet"].size(), 1U);
  out_of({"quantize", "model.onnx", "--calib", "data.npy", "--min-sqnr", "5", "--max-drop", "99"});
}

TEST_F(QuantizeTest, GateOnAccuracyNeedsLabels) {
  const std::string err = err_of({"quantize", "model.onnx", "--max-drop", "1"}, 2);
  EXPECT_NE(err.find("--eval"), std::string::npos) << err;
}

TEST_F(QuantizeTest, TheModelIsNeverOverwritten) {
  const std::string before = content("model.onnx");
  const std::string err = err_of({"quantize", "model.onnx", "-o", "."}, 2);
  EXPECT_NE(err.find("overwrite"), std::string::npos) << err;
  EXPECT_EQ(content("model.onnx"), before);
}

TEST_F(QuantizeTest, NothingToQuantizeIsNoSuccess) {
  ModelBuilder b;
  b.input("x", {-1, 4}).node("Exp", {"x"}, {"y"});
  write_model("exp.onnx", b.output("y").build());
  const std::string err = err_of({"quantize", "exp.onnx"}, 1);
  EXPECT_NE(err.find("nothing could be quantized"), std::string::npos) << err;
  EXPECT_FALSE(exists("quantized/exp.onnx"));
}

TEST_F(QuantizeTest, AQuantizedModelIsRefused) {
  out_of({"quantize", "model.onnx", "-o", "out", "--samples", "1"});
  const std::string err = err_of({"quantize", "out/model.onnx"}, 4);
  EXPECT_NE(err.find("quantized already"), std::string::npos) << err;
}

TEST_F(QuantizeTest, GlobsThatMatchNothingAreSaid) {
  const std::string err =
      err_of({"quantize", "model.onnx", "--skip", "head*", "--samples", "1"}, 0);
  EXPECT_NE(err.find("'head*' matches no node"), std::string::npos) << err;
}

TEST_F(QuantizeTest, SkippedNodesStayInFloat) {
  out_of({"quantize", "model.onnx", "--skip", "dense", "-o", "out", "--samples", "1"});
  const Model model = load_model(folder_ / "out/model.onnx");
  EXPECT_TRUE(model.graph.constant(*model.graph.find_value("w3"))->type() == DataType::kFloat);
  EXPECT_TRUE(model.graph.constant(*model.graph.find_value("w2"))->type() == DataType::kInt8);
}

TEST_F(QuantizeTest, OpenDimensionsNeedAShape) {
  ModelBuilder b;
  b.input("x", {-1, 3, -1, -1}).weights("w", {4, 3, 3, 3}).node("Conv", {"x", "w"}, {"y"});
  write_model("open.onnx", b.output("y").build());
  const std::string err = err_of({"quantize", "open.onnx"}, 2);
  EXPECT_NE(err.find("--input-shape x:"), std::string::npos) << err;
  out_of({"quantize", "open.onnx", "--input-shape", "x:1,3,12,10", "--samples", "1"});
  err_of({"quantize", "open.onnx", "--input-shape", "x:1,4,12,10"}, 2);
  err_of({"quantize", "open.onnx", "--input-shape", "z:1,3,12,10"}, 2);
}

// A detector: two layers, scores, and a tail whose shapes depend on the scores.
Model detector(const std::string& tail) {
  ModelBuilder b;
  b.input("image", {3, 8, 8}).ints("batch", {0}).weights("w", {4, 3, 3, 3}).scalar("half", 0.5F);
  b.weights("v", {2, 4, 1, 1}).node("Unsqueeze", {"image", "batch"}, {"x"});
  b.node("Conv", {"x", "w"}, {"c"}).node("Relu", {"c"}, {"r"});
  b.node("Conv", {"r", "v"}, {"logits"}).node("Sigmoid", {"logits"}, {"scores"});
  b.node("Greater", {"scores", "half"}, {"good"}).node(tail, {"good"}, {"found"});
  return b.output("found", DataType::kInt64).build();
}

TEST_F(QuantizeTest, ATailOfUnknownShapesIsCarriedThrough) {
  for (const char* tail : {"NonZero", "Unheard"}) {
    save_model(detector(tail), folder_ / "detector.onnx");
    const ProgramResult result = edgeopt({"quantize", "detector.onnx", "-o", "out"});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_NE(result.err.find(tail), std::string::npos) << result.err;
    const Json report = json("out/detector.report.json");
    EXPECT_GT(report["accuracy"]["sqnr_db"].get<double>(), 20);
    EXPECT_EQ(report["tensors"].size(), 3U);  // image, x, r
  }
}

TEST_F(QuantizeTest, EveryTargetWrites) {
  const Json targets = Json::parse(out_of({"list", "targets", "--json"}));
  EXPECT_GE(targets.size(), 3U);
  for (const Json& target : targets) {
    const std::string name = target["name"];
    out_of({"quantize", "model.onnx", "--target", name, "-o", name, "--samples", "2"});
    EXPECT_TRUE(exists(name + "/model.onnx")) << name;
  }
}

}  // namespace
}  // namespace edgeopt::test
