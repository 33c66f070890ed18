#include "pipeline/prepare.h"

#include <gtest/gtest.h>

#include "onnx/model_io.h"
#include "support/data_files.h"
#include "support/model_builder.h"
#include "support/paths.h"

namespace edgeopt::test {
namespace {

Model open_model() {
  ModelBuilder b(11);
  b.input("x", {-1, 3, -1, 8}).node("Relu", {"x"}, {"y"});
  return b.output("y").build();
}

TEST(Prepare, GivenShapesAreWrittenIntoTheModel) {
  const auto path = scratch_folder() / "m.onnx";
  save_model(open_model(), path);
  EXPECT_TRUE(
      error_text([&] { input_specs(load_executable(path, {}), {}); }).starts_with("2: input 'x'"));
  const InputShapes shapes{{"x", {2, 3, 4, 8}}};
  const Model model = load_executable(path, shapes);
  EXPECT_EQ(model.graph.value(model.graph.feeds()[0]).type.static_shape(), Shape({2, 3, 4, 8}));
  EXPECT_GE(model.opset(), 13);
}

TEST(Prepare, AnOpenBatchIsFixedToOne) {
  Model model = open_model();
  EXPECT_EQ(fix_batch(model), std::vector<std::string>{"x"});
  const auto dims = *model.graph.value(model.graph.feeds()[0]).type.dims;
  EXPECT_EQ(dims[0].value, 1);
  EXPECT_EQ(dims[2].value, -1);
  EXPECT_TRUE(fix_batch(model).empty());
}

TEST(Prepare, OutputsOfTheSameBatchAreFixedToo) {
  ModelBuilder b;
  b.input("x", {-1, 3}).node("Relu", {"x"}, {"y"}).output("y");
  Model model = b.build();
  const ValueId x = model.graph.feeds()[0];
  const ValueId y = model.graph.outputs()[0];
  const auto named = [&](ValueId id, const char* rows) {
    model.graph.set_type(id, {DataType::kFloat, std::vector<Dimension>{{-1, rows}, {3, ""}}, ""});
  };
  named(x, "N");
  named(y, "N");
  fix_batch(model);
  EXPECT_EQ(model.graph.value(y).type.static_shape(), Shape({1, 3}));
  named(x, "N");
  named(y, "boxes");
  fix_batch(model);
  EXPECT_EQ(model.graph.value(y).type.dims->front().symbol, "boxes");
}

class Numbers : public DataSource {
 public:
  int64_t size() const override { return 10; }
  Sample load(int64_t index) const override { return {{}, index, ""}; }
  std::string describe() const override { return "ten"; }
};

TEST(Prepare, SubsetsAreEvenlySpaced) {
  const Numbers numbers;
  const Subset some(numbers, 4);
  std::vector<int64_t> seen;
  for (int64_t i = 0; i < some.size(); ++i) seen.push_back(some.load(i).label);
  EXPECT_EQ(seen, std::vector<int64_t>({0, 2, 5, 7}));
  EXPECT_EQ(some.describe(), "4 of ten");
  EXPECT_EQ(Subset(numbers, 20).size(), 10);
  EXPECT_EQ(Subset(numbers, 20).describe(), "ten");
}

TEST(Prepare, ExternalDataCountsAsStored) {
  const auto folder = scratch_folder();
  ModelBuilder b;
  b.input("x", {1, 64}).weights("w", {64, 64}).node("MatMul", {"x", "w"}, {"y"});
  const Model model = b.output("y").build();
  save_model(model, folder / "in.onnx");
  save_model(model, folder / "out.onnx", {.external_data_above = 100});
  EXPECT_GT(stored_bytes(folder / "in.onnx", model), 64 * 64 * 4);
  EXPECT_NEAR(static_cast<double>(stored_bytes(folder / "out.onnx", model)),
              static_cast<double>(stored_bytes(folder / "in.onnx", model)), 300);
}

}  // namespace
}  // namespace edgeopt::test
