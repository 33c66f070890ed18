// The passes calibrate and quantize-weights.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "edgeopt/error.h"
#include "passes/pass.h"

namespace edgeopt {

extern const Pass pass_calibrate;
extern const Pass pass_quantize_weights;

namespace {

class Samples : public DataSource {
 public:
  explicit Samples(std::vector<std::vector<float>> values) : values_(std::move(values)) {}
  int64_t size() const override { return static_cast<int64_t>(values_.size()); }
  Sample load(int64_t index) const override {
    const auto& values = values_[static_cast<size_t>(index)];
    return {.inputs = {Tensor::from_floats({1, static_cast<int64_t>(values.size())}, values)},
            .label = -1,
            .name = ""};
  }
  std::string describe() const override { return "samples"; }

 private:
  std::vector<std::vector<float>> values_;
};

ValueId fake_quant(Graph& graph, ValueId input, const std::string& key, bool primary = true) {
  Node node;
  node.op_type = "FakeQuant";
  node.domain = "edgeopt";
  node.inputs = {input};
  node.outputs = {graph.add_value(graph.fresh_name(key + "_q"))};
  node.set_attribute("encoding", key);
  node.set_attribute("primary", int64_t{primary});
  return graph.node(graph.add_node(std::move(node))).outputs[0];
}

// x -> FakeQuant -> Relu -> FakeQuant -> y
Model relu_model(int64_t width = 3) {
  Model model;
  model.opsets[""] = 17;
  Graph& graph = model.graph;
  const ValueId x =
      graph.add_value("x", {DataType::kFloat, std::vector<Dimension>{{-1, "N"}, {width, ""}}, ""});
  graph.set_graph_inputs({x});
  Node relu;
  relu.op_type = "Relu";
  relu.inputs = {fake_quant(graph, x, "x")};
  relu.outputs = {graph.add_value("r")};
  const ValueId r = graph.node(graph.add_node(std::move(relu))).outputs[0];
  graph.set_graph_outputs({fake_quant(graph, r, "r")});
  return model;
}

int64_t run(const Pass& pass, Model& model, QuantTable& table, PassContext& context) {
  return pass.run(model, table, context, OptionValues(pass.name, pass.options));
}

TEST(Calibrate, FillsActivationsFromAllSamplesInFloat) {
  Model model = relu_model();
  QuantTable table{{"x", {}}, {"r", {}}};
  const Samples samples({{-1, 0, 0.5F}, {0.25F, 4, -2}});
  PassContext context;
  context.calibration = &samples;
  std::vector<int64_t> progress;
  context.progress = [&](int64_t done, int64_t) { progress.push_back(done); };
  EXPECT_EQ(run(pass_calibrate, model, table, context), 2);
  EXPECT_EQ(table.at("x").observed_min, (std::vector<float>{-2}));
  EXPECT_FLOAT_EQ(table.at("x").scale[0], 6.0F / 255);
  EXPECT_EQ(table.at("x").zero_point[0], 85);
  EXPECT_FLOAT_EQ(table.at("r").scale[0], 4.0F / 255);
  EXPECT_FALSE(progress.empty());
  EXPECT_EQ(progress.back(), 2);
  EXPECT_EQ(run(pass_calibrate, model, table, context), 0);
}

TEST(Calibrate, OnlyThePrimaryTensorDecidesASharedEntry) {
  Model model = relu_model();
  Node& second = model.graph.edit(model.graph.value(model.graph.outputs()[0]).producer);
  second.set_attribute("encoding", std::string("x"));
  second.set_attribute("primary", int64_t{0});
  QuantTable table{{"x", {}}};
  const Samples samples({{-1, 0, 0.5F}});
  PassContext context;
  context.calibration = &samples;
  EXPECT_EQ(run(pass_calibrate, model, table, context), 1);
  EXPECT_EQ(table.at("x").observed_min[0], -1);
}

TEST(Calibrate, WithoutDataOrWithAnUnknownCalibratorItIsAUsageError) {
  Model model = relu_model();
  QuantTable table{{"x", {}}, {"r", {}}};
  PassContext context;
  const auto code = [&] {
    try {
      run(pass_calibrate, model, table, context);
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::kInternal;
  };
  EXPECT_EQ(code(), ErrorCode::kUsage);
  const Samples samples({{1, 2, 3}});
  context.calibration = &samples;
  context.calibrator = "median";
  EXPECT_EQ(code(), ErrorCode::kUsage);
  context.calibrator = "percentile";
  context.calibrator_options = {{"percentage", "101"}};
  EXPECT_EQ(code(), ErrorCode::kUsage);
}

TEST(Calibrate, EveryCalibratorIsOneOption) {
  std::vector<float> values(3000, 1.0F);
  std::iota(values.begin(), values.begin() + 1000, 0.0F);
  for (float& v : values) v /= 1000;
  values[0] = 50;  // an outlier
  Model model = relu_model(3000);
  const Samples samples({values});
  PassContext context;
  context.calibration = &samples;
  for (const char* name : {"percentile", "mse", "entropy", "sqnr"}) {
    QuantTable table{{"x", {}}, {"r", {}}};
    context.calibrator = name;
    context.calibrator_options.clear();
    if (std::string(name) == "percentile") context.calibrator_options = {{"percentage", "99.9"}};
    run(pass_calibrate, model, table, context);
    EXPECT_EQ(table.at("x").observed_max[0], 50);
    EXPECT_LE(table.at("x").scale[0], 50.0F / 255) << name;
  }
}

// input FakeQuant, weight FakeQuant, bias FakeQuant -> Gemm
struct GemmModel {
  Model model;
  QuantTable table;
  GemmModel(Tensor weight, Tensor bias) {
    Graph& graph = model.graph;
    const ValueId x = graph.add_value("x");
    graph.set_graph_inputs({x});
    Node gemm;
    gemm.op_type = "Gemm";
    const ValueId w = graph.add_constant("w", std::move(weight));
    const ValueId b = graph.add_constant("b", std::move(bias));
    gemm.inputs = {fake_quant(graph, x, "x"), fake_quant(graph, w, "w"), fake_quant(graph, b, "b")};
    gemm.outputs = {graph.add_value("y")};
    graph.set_graph_outputs(graph.node(graph.add_node(std::move(gemm))).outputs);
    table["x"].scale = {0.5F};
    table["x"].zero_point = {3};
    table["w"].spec = {.bits = 8, .symmetric = true, .is_signed = true, .narrow = true, .axis = 0};
    table["b"].spec = {.bits = 32, .symmetric = true, .is_signed = true, .axis = 0};
    table["b"].is_bias = true;
  }
};

TEST(Calibrate, WeightsComeFromTheirValuesAndBiasesFromBothScales) {
  GemmModel gemm(Tensor::from_floats({2, 2}, {127, 1, -2, 254}), Tensor::from_floats({2}, {1, 2}));
  PassContext context;
  EXPECT_EQ(run(pass_quantize_weights, gemm.model, gemm.table, context), 1);
  EXPECT_EQ(gemm.table["w"].scale, (std::vector<float>{1, 2}));
  EXPECT_EQ(gemm.table["w"].observed_min, (std::vector<float>{1, -2}));
  EXPECT_FALSE(gemm.table["b"].ready());
  EXPECT_EQ(run(pass_calibrate, gemm.model, gemm.table, context), 1);
  EXPECT_EQ(gemm.table["b"].scale, (std::vector<float>{0.5F, 1}));
  EXPECT_EQ(gemm.table["b"].zero_point, (std::vector<int32_t>{0, 0}));
  EXPECT_EQ(run(pass_quantize_weights, gemm.model, gemm.table, context), 0);
  EXPECT_EQ(run(pass_calibrate, gemm.model, gemm.table, context), 0);
}

TEST(Calibrate, ABiasOfOneRowAndOneWeightScaleStillGetsAScaleForEachChannel) {
  GemmModel gemm(Tensor::from_floats({2, 2}, {127, 1, -2, 0}), Tensor::from_floats({1, 2}, {1, 2}));
  gemm.table["w"].spec.axis = -1;
  PassContext context;
  run(pass_quantize_weights, gemm.model, gemm.table, context);
  run(pass_calibrate, gemm.model, gemm.table, context);
  EXPECT_EQ(gemm.table["b"].spec.axis, 1);
  EXPECT_EQ(gemm.table["b"].scale, (std::vector<float>{0.5F, 0.5F}));
}

TEST(Calibrate, ABiasWithoutScalesToMultiplyGetsAGridOfItsOwn) {
  GemmModel gemm(Tensor::from_floats({2, 2}, {127, 1, -2, 0}), Tensor::from_floats({2}, {1, -4}));
  gemm.table["w"].scale.clear();
  PassContext context;
  run(pass_calibrate, gemm.model, gemm.table, context);
  EXPECT_EQ(gemm.table["b"].scale, (std::vector<float>{0x1p-28F}));
  EXPECT_EQ(gemm.table["b"].spec.axis, -1);
}

TEST(QuantizeWeights, ACalibratorMayClipThem) {
  std::vector<float> values(400, 0.01F);
  for (size_t i = 0; i < values.size(); ++i) values[i] *= static_cast<float>(i % 21) - 10;
  values[7] = 1;
  GemmModel gemm(Tensor::from_floats({1, 400}, values), Tensor::from_floats({1}, {0}));
  gemm.table["w"].spec.bits = 4;
  PassContext context;
  OptionValues options(pass_quantize_weights.name, pass_quantize_weights.options);
  options.set("calibrator", "mse");
  pass_quantize_weights.run(gemm.model, gemm.table, context, options);
  EXPECT_LT(gemm.table["w"].scale[0], 1.0F / 7);
  EXPECT_EQ(gemm.table["w"].observed_max[0], 1);
}

}  // namespace
}  // namespace edgeopt
