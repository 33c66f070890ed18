// What every registered target promises of the files it writes, on small graphs of every kind and
// on the models of the shared data.
#include <gtest/gtest.h>

#include <filesystem>
#include <ostream>

#include "edgeopt/error.h"
#include "edgeopt/quantize.h"
#include "ir/verify.h"
#include "onnx/model_io.h"
#include "support/paths.h"
#include "support/small_models.h"
#include "targets/target.h"

namespace edgeopt::test {
namespace {

Model exported(const std::filesystem::path& path, const Target& target,
               const std::filesystem::path& folder) {
  QuantizeOptions options;
  options.model = path.string();
  options.output_folder = (folder / "out").string();
  options.target = target.name;
  options.calibration.limit = 1;
  return load_model(quantize(options).files.at("model"));
}

void expect_promises(const Model& model) {
  const Graph& graph = model.graph;
  const std::vector<std::string> problems = graph_problems(graph);
  EXPECT_TRUE(problems.empty()) << problems.front();
  EXPECT_FALSE(model.opsets.contains("edgeopt"));
  for (const ValueId id : graph.constants()) {
    EXPECT_GT(graph.use_count(id), 0U) << graph.value(id).name << " is in the file for nothing";
  }
}

class EveryTarget : public testing::TestWithParam<const Target*> {};

TEST_P(EveryTarget, KeepsItsPromisesOnSmallGraphs) {
  int written = 0;
  const auto folder = scratch_folder();
  for (const SmallModel& small : small_models()) {
    SCOPED_TRACE(small.name);
    const auto path = folder / "small.onnx";
    save_model(small.make(), path);
    try {
      expect_promises(exported(path, *GetParam(), folder));
      ++written;
    } catch (const Error& error) {  // some have nothing to quantize
      EXPECT_EQ(error.code(), ErrorCode::kRequirement) << error.what();
    }
  }
  EXPECT_GE(written, 4);
}

TEST_P(EveryTarget, KeepsItsPromisesOnRealModels) {
  for (const char* name : {"models/kws_dscnn", "models/vww_mobilenetv1_025_bn",
                           "models_random/odd_ops", "models_random/shufflenet_v2_x0_5"}) {
    const auto path = shared_data() / (std::string(name) + ".onnx");
    if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not there";
    SCOPED_TRACE(name);
    expect_promises(exported(path, *GetParam(), scratch_folder()));
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, EveryTarget, testing::ValuesIn(all_targets()),
                         [](const auto& tested) {
                           std::string name(tested.param->name);
                           for (char& ch : name) ch = ch == '-' ? '_' : ch;
                           return name;
                         });

}  // namespace
}  // namespace edgeopt::test
