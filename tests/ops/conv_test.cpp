#include <gtest/gtest.h>

#include "reference/convolution.h"
#include "support/one_node.h"
#include "support/prepared.h"
#include "support/values.h"

namespace edgeopt {
namespace {

using test::error_of;
using test::floats;
using test::make_tensor;
using test::OneNode;
using test::run_single;
using test::values_of;
using Ints = std::vector<int64_t>;
using Values = std::vector<double>;

Tensor ones(Shape shape) {
  const Values values(static_cast<size_t>(element_count(shape)), 1.0);
  return floats(std::move(shape), values);
}

TEST(Conv, HandWorkedExample) {
  const Tensor x = floats({1, 1, 3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9});
  const Tensor w = floats({1, 1, 2, 2}, {1, 0, 0, -1});
  const Tensor y = run_single({"Conv", {x, w, floats({1}, {10})}});
  EXPECT_EQ(y.shape(), (Shape{1, 1, 2, 2}));
  EXPECT_EQ(values_of(y), (Values{6, 6, 6, 6}));
}

struct ShapeCase {
  std::vector<Attribute> attributes;
  Shape x;
  Shape w;
  Shape y;
};

// Output sizes as the formulas of the ONNX operator page give them.
TEST(Conv, OutputShapes) {
  const std::vector<ShapeCase> cases = {
      {{}, {2, 3, 8}, {4, 3, 3}, {2, 4, 6}},
      {{{"pads", Ints{1, 2}}, {"strides", Ints{2}}}, {1, 3, 8}, {4, 3, 3}, {1, 4, 5}},
      {{{"auto_pad", std::string("SAME_UPPER")}, {"strides", Ints{2, 2}}},
       {1, 1, 5, 6},
       {1, 1, 3, 3},
       {1, 1, 3, 3}},
      {{{"auto_pad", std::string("VALID")}, {"dilations", Ints{2, 1}}},
       {1, 1, 5, 6},
       {1, 1, 3, 3},
       {1, 1, 1, 4}},
      {{{"group", int64_t{4}}}, {1, 4, 3, 3, 3}, {8, 1, 1, 2, 3}, {1, 8, 3, 2, 1}},
      {{}, {0, 3, 8, 8}, {4, 3, 3, 3}, {0, 4, 6, 6}},
  };
  for (const ShapeCase& c : cases) {
    EXPECT_EQ(run_single({"Conv", {ones(c.x), ones(c.w)}, c.attributes}).shape(), c.y);
  }
}

TEST(Conv, SamePaddingPutsTheOddElementAtTheNamedEnd) {
  const Tensor x = floats({1, 1, 4}, {1, 2, 3, 4});
  const Tensor w = floats({1, 1, 2}, {1, 1});
  const auto with = [&](const char* pad) {
    return values_of(run_single({"Conv", {x, w}, {{"auto_pad", std::string(pad)}}}));
  };
  EXPECT_EQ(with("SAME_UPPER"), (Values{3, 5, 7, 4}));
  EXPECT_EQ(with("SAME_LOWER"), (Values{1, 3, 5, 7}));
}

TEST(Conv, DoublesAndHalves) {
  for (const DataType type : {DataType::kDouble, DataType::kFloat16, DataType::kBfloat16}) {
    const Tensor x = make_tensor(type, {1, 1, 3}, {1, 2, 3});
    const Tensor w = make_tensor(type, {1, 1, 2}, {2, 0.5});
    const Tensor bias = make_tensor(type, {1}, {1});
    EXPECT_EQ(values_of(run_single({"Conv", {x, w, bias}})), (Values{4, 6.5})) << name_of(type);
  }
}

TEST(Conv, MalformedNodesAreBadInput) {
  const Tensor x = ones({1, 4, 5, 5});
  const Tensor w = ones({4, 4, 3, 3});
  const auto code = [&](const Tensor& weights, std::vector<Attribute> attributes) {
    return error_of({"Conv", {x, weights}, std::move(attributes)});
  };
  EXPECT_EQ(code(ones({4, 3, 3, 3}), {}), ErrorCode::kBadInput);
  EXPECT_EQ(code(ones({4, 4, 3}), {}), ErrorCode::kBadInput);
  EXPECT_EQ(code(ones({4, 4, 6, 6}), {}), ErrorCode::kBadInput);
  EXPECT_EQ(code(w, {{"group", int64_t{3}}}), ErrorCode::kBadInput);
  EXPECT_EQ(code(w, {{"group", int64_t{0}}}), ErrorCode::kBadInput);
  EXPECT_EQ(code(w, {{"strides", Ints{0, 1}}}), ErrorCode::kBadInput);
  EXPECT_EQ(code(w, {{"strides", Ints{1}}}), ErrorCode::kBadInput);
  EXPECT_EQ(code(w, {{"pads", Ints{-1, 0, 0, 0}}}), ErrorCode::kBadInput);
  EXPECT_EQ(code(w, {{"pads", Ints{0, 0, int64_t{1} << 62, 0}}}), ErrorCode::kBadInput);
  EXPECT_EQ(code(w, {{"kernel_shape", Ints{5, 5}}}), ErrorCode::kBadInput);
  EXPECT_EQ(code(w, {{"auto_pad", std::string("SAME")}}), ErrorCode::kBadInput);
  EXPECT_EQ(error_of({"Conv", {x, w, ones({5})}}), ErrorCode::kBadInput);
  EXPECT_EQ(error_of({"Conv", {ones({1, 1, 1, 1, 1, 1}), ones({1, 1, 1, 1, 1, 1})}}),
            ErrorCode::kUnsupported);
}

Tensor random_tensor(Shape shape, uint64_t seed) {
  const int64_t count = element_count(shape);
  return Tensor::from_floats(std::move(shape), test::normal_floats(count, seed));
}

TEST(Conv, PlannedAsComputed) {
  test::expect_planned_as_computed(
      {"Conv",
       {random_tensor({2, 6, 9, 8}, 1), random_tensor({10, 3, 3, 2}, 2), random_tensor({10}, 3)},
       {{"group", int64_t{2}}, {"strides", Ints{2, 1}}, {"pads", Ints{1, 0, 1, 1}}}},
      true);
  test::expect_planned_as_computed(
      {"Conv", {random_tensor({1, 4, 12}, 1), random_tensor({8, 4, 3}, 2)}}, true);
  test::expect_planned_as_computed(
      {"Conv", {random_tensor({1, 2, 4, 5, 3}, 1), random_tensor({3, 2, 2, 2, 2}, 2)}}, true);
  test::expect_planned_as_computed(
      {"Conv",
       {random_tensor({1, 12, 6, 6}, 1), random_tensor({12, 1, 3, 3}, 2), random_tensor({12}, 3)},
       {{"group", int64_t{12}}, {"auto_pad", std::string("SAME_UPPER")}}},
      true);
}

TEST(ConvTranspose, HandWorkedExample) {
  const Tensor x = floats({1, 1, 2}, {1, 2});
  const Tensor w = floats({1, 1, 3}, {1, 10, 100});
  const auto with = [&](std::vector<Attribute> attributes) {
    return values_of(run_single({"ConvTranspose", {x, w, floats({1}, {0.5})}, attributes}));
  };
  EXPECT_EQ(with({}), (Values{1.5, 12.5, 120.5, 200.5}));
  EXPECT_EQ(with({{"strides", Ints{2}}}), (Values{1.5, 10.5, 102.5, 20.5, 200.5}));
  EXPECT_EQ(with({{"strides", Ints{2}}, {"output_padding", Ints{1}}}),
            (Values{1.5, 10.5, 102.5, 20.5, 200.5, 0.5}));
  EXPECT_EQ(with({{"pads", Ints{1, 0}}}), (Values{12.5, 120.5, 200.5}));
  EXPECT_EQ(with({{"dilations", Ints{2}}}), (Values{1.5, 2.5, 10.5, 20.5, 100.5, 200.5}));
}

TEST(ConvTranspose, OutputShapeAndSamePadding) {
  const Tensor x = floats({1, 1, 2}, {1, 2});
  const Tensor w = floats({1, 1, 3}, {1, 10, 100});
  const auto with = [&](std::vector<Attribute> attributes) {
    return values_of(run_single({"ConvTranspose", {x, w}, std::move(attributes)}));
  };
  // One element of four too many: cut from the end for SAME_UPPER, else from the start.
  EXPECT_EQ(with({{"output_shape", Ints{3}}}), (Values{12, 120, 200}));
  EXPECT_EQ(with({{"output_shape", Ints{3}}, {"auto_pad", std::string("SAME_UPPER")}}),
            (Values{1, 12, 120}));
  EXPECT_EQ(with({{"strides", Ints{2}}, {"auto_pad", std::string("SAME_UPPER")}}),
            (Values{1, 10, 102, 20}));
  EXPECT_EQ(with({{"output_shape", Ints{6}}}), (Values{1, 12, 120, 200, 0, 0}));
}

TEST(ConvTranspose, PlannedAsComputedAndOtherTypes) {
  const OneNode node = {
      "ConvTranspose",
      {random_tensor({2, 4, 5, 3}, 1), random_tensor({4, 3, 3, 2}, 2), random_tensor({6}, 3)},
      {{"group", int64_t{2}}, {"strides", Ints{2, 1}}, {"pads", Ints{1, 0, 1, 1}}}};
  test::expect_planned_as_computed(node, true);
  const Values single = values_of(run_single(node));
  OneNode wide = node;
  for (Tensor& input : wide.inputs) {
    input = make_tensor(DataType::kDouble, input.shape(), values_of(input));
  }
  const Values exact = values_of(run_single(wide));
  ASSERT_EQ(single.size(), exact.size());
  for (size_t i = 0; i < exact.size(); ++i) EXPECT_NEAR(single[i], exact[i], 1e-5);
}

TEST(ConvTranspose, MalformedNodesAreBadInput) {
  const Tensor x = ones({1, 4, 5, 5});
  const auto code = [&](const Tensor& weights, std::vector<Attribute> attributes) {
    return error_of({"ConvTranspose", {x, weights}, std::move(attributes)});
  };
  EXPECT_EQ(code(ones({3, 4, 3, 3}), {}), ErrorCode::kBadInput);
  EXPECT_EQ(code(ones({4, 4, 3}), {}), ErrorCode::kBadInput);
  const Tensor w = ones({4, 4, 3, 3});
  EXPECT_EQ(code(w, {{"pads", Ints{9, 0, 9, 0}}}), ErrorCode::kBadInput);
  EXPECT_EQ(code(w, {{"output_shape", Ints{5}}}), ErrorCode::kBadInput);
  EXPECT_EQ(code(w, {{"output_shape", Ints{-5, 5}}}), ErrorCode::kBadInput);
  EXPECT_EQ(code(w, {{"strides", Ints{int64_t{1} << 31, 1}}}), ErrorCode::kBadInput);
  EXPECT_EQ(code(w, {{"group", int64_t{-1}}}), ErrorCode::kBadInput);
}

}  // namespace
}  // namespace edgeopt
