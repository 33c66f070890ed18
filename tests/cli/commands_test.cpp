// evaluate, inspect, run, optimize and list.
#include "cli/fixture.h"
#include "onnx/model_io.h"
#include "support/data_files.h"

namespace edgeopt::test {
namespace {

class CommandsTest : public CliTest {
 protected:
  CommandsTest() {
    write_classifier();
    write_data("data");
  }
};

TEST_F(CommandsTest, EvaluateGivesAccuracyAndSpeed) {
  const Json alone =
      Json::parse(out_of({"evaluate", "model.onnx", "--data", "data.npy", "--json"}));
  EXPECT_EQ(alone["samples"], 12);
  EXPECT_EQ(alone["top5"], 100.0) << "there are four classes";
  EXPECT_GT(alone["samples_per_second"].get<double>(), 0);
  EXPECT_FALSE(alone.contains("sqnr_db"));
  out_of({"quantize", "model.onnx", "--calib", "data.npy", "-q"});
  const Json compared = Json::parse(out_of({"evaluate", "quantized/model.onnx", "--reference",
                                            "model.onnx", "--data", "data.npy", "--json"}));
  EXPECT_EQ(compared["reference_top1"], alone["top1"]);
  EXPECT_GT(compared["sqnr_db"].get<double>(), 20);
  EXPECT_GE(compared["agreement"].get<double>(), 75);
}

TEST_F(CommandsTest, AModelAgreesWithItself) {
  const Json same = Json::parse(out_of({"evaluate", "model.onnx", "--reference", "model.onnx",
                                        "--data", "data.npy", "--json", "--threads", "2"}));
  EXPECT_EQ(same["agreement"], 100.0);
  EXPECT_EQ(same["max_abs"], 0.0);
}

TEST_F(CommandsTest, EvaluateGates) {
  const ProgramResult missed =
      edgeopt({"evaluate", "model.onnx", "--data", "data.npy", "--min-top1", "101"});
  EXPECT_EQ(missed.status, 1);
  EXPECT_NE(missed.err.find("top-1"), std::string::npos);
  EXPECT_NE(missed.out.find("top-1"), std::string::npos) << "the result is printed all the same";
  err_of({"evaluate", "model.onnx", "--data", "data.npy", "--min-sqnr", "3"}, 2);
  write("plain.npy", content("data.npy"));
  err_of({"evaluate", "model.onnx", "--data", "plain.npy", "--min-top1", "3"}, 2);
}

TEST_F(CommandsTest, InspectCountsWhatThereIs) {
  const Json model = Json::parse(out_of({"inspect", "model.onnx", "--json"}));
  EXPECT_EQ(model["inputs"][0], "image: float Nx3x8x8");
  EXPECT_EQ(model["macs"], 8 * 64 * 27 + 8 * 64 * 9 + 8 * 4);
  EXPECT_EQ(model["parameters"], 8 * 27 + 8 * 9 + 2 * 4 * 8 + 8 * 4 + 4);
  EXPECT_EQ(model["operators"]["Conv"], 2);
  EXPECT_EQ(model["peak_activation_bytes"], 2 * 8 * 64 * 4);
  for (const Json& node : model["nodes"]) {
    if (node["op"] != "Conv" && node["op"] != "Gemm") continue;
    EXPECT_EQ(node["quantized"], "yes");
  }
  const std::string text = out_of({"inspect", "model.onnx", "--nodes", "--target", "tensorrt"});
  EXPECT_NE(text.find("conv1"), std::string::npos);
}

TEST_F(CommandsTest, RunReadsAndWritesArraysThroughPipes) {
  out_of({"run", "model.onnx", "--input", "data.npy", "-o", "y.npy"});
  ProgramOptions pipe;
  pipe.input = content("data.npy");
  const ProgramResult piped = edgeopt({"run", "model.onnx", "--input", "-", "-o", "-"}, pipe);
  EXPECT_EQ(piped.status, 0) << piped.err;
  EXPECT_EQ(piped.out, content("y.npy"));
  EXPECT_NE(piped.out.find("'shape': (12, 4, )"), std::string::npos);
  out_of({"run", "model.onnx", "--input", "image=data.npy", "-o", "folder"});
  EXPECT_EQ(content("folder/scores.npy"), piped.out);
}

TEST_F(CommandsTest, RunNamesTheInputsItDoesNotKnow) {
  const std::string err = err_of({"run", "model.onnx", "--input", "x=data.npy"}, 2);
  EXPECT_NE(err.find("image"), std::string::npos) << err;
  err_of({"run", "model.onnx", "--input", "data.npy", "--input", "data.npy"}, 2);
}

TEST_F(CommandsTest, RunProfiles) {
  const std::string text = out_of({"run", "model.onnx", "--profile", "--trace", "trace.json"});
  EXPECT_NE(text.find("GFLOP/s"), std::string::npos) << text;
  EXPECT_FALSE(Json::parse(content("trace.json")).empty());
}

TEST_F(CommandsTest, OptimizeRunsAnyListOfPasses) {
  const Json result =
      Json::parse(out_of({"optimize", "model.onnx", "--passes", "fold-constants,eliminate-dead",
                          "--check-each", "-o", "out/folded.onnx", "--json"}));
  EXPECT_EQ(result["passes"].size(), 2U);
  EXPECT_GT(result["passes"][0]["sqnr_db"].get<double>(), 80);
  EXPECT_EQ(load_model(folder_ / "out/folded.onnx").graph.topological_order().size(),
            result["nodes_after"].get<size_t>());
}

TEST_F(CommandsTest, OptimizeQuantizesWhenItIsTold) {
  out_of({"optimize", "model.onnx", "--passes", "insert-fake-quant, quantize-weights, calibrate",
          "--calib", "data.npy", "--target", "tensorrt", "-o", "q.onnx"});
  const Model model = load_model(folder_ / "q.onnx");
  EXPECT_FALSE(model.opsets.contains("edgeopt"));
  EXPECT_EQ(model.graph.constant(*model.graph.find_value("w1"))->type(), DataType::kInt8);
  const std::string err =
      err_of({"optimize", "model.onnx", "--passes", "insert-fake-quant", "-o", "no.onnx"}, 2);
  EXPECT_NE(err.find("calibrate"), std::string::npos) << err;
  EXPECT_FALSE(exists("no.onnx"));
}

TEST_F(CommandsTest, OptimizeDoesNotOverwriteTheModel) {
  err_of({"optimize", "model.onnx", "--passes", "fold-constants", "-o", "model.onnx"}, 2);
}

TEST_F(CommandsTest, ListsAreComplete) {
  for (const char* kind : {"passes", "targets", "calibrators", "ops", "presets"}) {
    const Json rows = Json::parse(out_of({"list", kind, "--json"}));
    EXPECT_GE(rows.size(), 3U) << kind;
    const std::string text = out_of({"list", kind});
    for (const Json& row : rows) {
      EXPECT_NE(text.find(row["name"].get<std::string>()), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace edgeopt::test
