#include <gtest/gtest.h>

#include "reference/convolution.h"
#include "support/one_node.h"
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

}  // namespace
}  // namespace edgeopt
