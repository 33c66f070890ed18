// What every registered pass promises, on small graphs of every kind and on the models of the
// shared data.
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <ostream>

#include "exec/engine.h"
#include "ir/verify.h"
#include "onnx/model_io.h"
#include "passes/pass.h"
#include "support/model_builder.h"
#include "support/pass_fixture.h"
#include "support/paths.h"
#include "support/small_models.h"

namespace edgeopt::test {
namespace {

// Two samples of noise.
class Noise : public DataSource {
 public:
  explicit Noise(const Model& model) : model_(model) {}
  int64_t size() const override { return 2; }
  Sample load(int64_t index) const override {
    const auto feeds = feeds_of(model_, 1, static_cast<uint64_t>(index) + 1);
    Sample sample;
    for (const ValueId id : model_.graph.feeds()) {
      sample.inputs.push_back(feeds.at(model_.graph.value(id).name));
    }
    return sample;
  }
  std::string describe() const override { return "2 samples of noise"; }

 private:
  Model model_;
};

struct Applied {
  Model model;
  QuantTable table;
  int64_t changes = 0;
};

Applied apply_once(const Pass& pass, Model model, QuantTable table) {
  const Noise noise(model);
  PassContext context;
  context.threads = 2;
  context.calibration = &noise;
  context.target = find_target("onnxruntime");
  context.policy = context.target->policy;
  Applied applied{std::move(model), std::move(table)};
  applied.changes =
      pass.run(applied.model, applied.table, context, OptionValues(pass.name, pass.options));
  return applied;
}

std::string state_of(const Applied& applied) {
  std::string state = serialize_model(applied.model);
  for (const auto& [name, entry] : applied.table) {
    state += "\n" + name;
    for (const float scale : entry.scale) state += " " + std::to_string(scale);
  }
  return state;
}

void expect_promises(const Pass& pass, const Model& model) {
  const Applied before{model, {}};
  const Applied first = apply_once(pass, model, {});
  const std::vector<std::string> problems = graph_problems(first.model.graph);
  EXPECT_TRUE(problems.empty()) << problems.front();
  EXPECT_EQ(first.changes == 0, state_of(first) == state_of(before)) << first.changes << " changes";
  const Applied again = apply_once(pass, model, {});
  EXPECT_EQ(state_of(again), state_of(first)) << "not deterministic";
  EXPECT_EQ(state_of(before), state_of(Applied{model, {}})) << "a copy shared a write";
  if (!pass.idempotent) return;
  const Applied second = apply_once(pass, first.model, first.table);
  EXPECT_EQ(second.changes, 0) << "a second run changes something";
}

struct Case {
  const Pass* pass;
  SmallModel model;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.pass->name << " on " << c.model.name; }

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const Pass* pass : all_passes()) {
    for (const SmallModel& model : small_models()) cases.push_back({pass, model});
  }
  return cases;
}

// All passes but upgrade-opset know the forms of opset 13 only.
Model model_for(const Case& c) {
  Model model = c.model.make();
  const Pass* upgrade = find_pass("upgrade-opset");
  return c.pass == upgrade ? model : apply_once(*upgrade, std::move(model), {}).model;
}

class EveryPass : public testing::TestWithParam<Case> {};

TEST_P(EveryPass, KeepsItsPromises) {
  const Model model = model_for(GetParam());
  expect_promises(*GetParam().pass, model);
}

TEST_P(EveryPass, PreservesOutputs) {
  const Pass& pass = *GetParam().pass;
  if (!pass.preserves_outputs) GTEST_SKIP() << pass.name << " says that it changes outputs";
  const Model model = model_for(GetParam());
  const Applied applied = apply_once(pass, model, {});
  for (const int64_t batch : {1, 3}) expect_same_outputs(model, applied.model, 1e-5, batch);
}

std::string case_name(const testing::TestParamInfo<Case>& info) {
  std::string name = std::string(info.param.pass->name) + "_" + info.param.model.name;
  for (char& c : name) c = c == '-' ? '_' : c;
  return name;
}

INSTANTIATE_TEST_SUITE_P(Sweep, EveryPass, testing::ValuesIn(all_cases()), case_name);

// --- models of the shared data

std::vector<std::string> shared_models() {
  std::vector<std::string> paths;
  for (const char* folder : {"models", "models_random"}) {
    const auto where = shared_data() / folder;
    if (!std::filesystem::exists(where)) continue;
    for (const auto& entry : std::filesystem::directory_iterator(where)) {
      if (entry.path().extension() == ".onnx") paths.push_back(entry.path().string());
    }
  }
  std::sort(paths.begin(), paths.end());
  if (paths.empty()) paths.emplace_back();
  return paths;
}

std::string file_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = std::filesystem::path(info.param).stem().string();
  for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return name.empty() ? "none" : name;
}

const std::vector<std::string>& rewriting_passes() {
  static const std::vector<std::string> names = {"upgrade-opset",   "fold-constants",
                                                 "canonicalize",    "fold-batch-norm",
                                                 "equalize-layers", "eliminate-dead"};
  return names;
}

class EverySharedModel : public testing::TestWithParam<std::string> {};

TEST_P(EverySharedModel, IsRewrittenWithTheSameOutputs) {
  if (GetParam().empty()) GTEST_SKIP() << "no models in " << shared_data();
  Model model = load_model(GetParam());
  const Pass* upgrade = find_pass("upgrade-opset");
  model = apply_once(*upgrade, model, {}).model;  // the engine takes no older forms
  const Model before = model;
  for (const std::string& name : rewriting_passes()) {
    const Pass* pass = find_pass(name);
    expect_promises(*pass, model);
    model = apply_once(*pass, model, {}).model;
  }
  expect_same_engine_outputs(before, model, 1e-4);
}

INSTANTIATE_TEST_SUITE_P(Files, EverySharedModel, testing::ValuesIn(shared_models()), file_name);

}  // namespace
}  // namespace edgeopt::test
