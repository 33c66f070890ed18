// Models that are well-formed files and say absurd things.
#include <limits>

#include "base/memory.h"
#include "cli/malformed_fixture.h"
#include "support/model_builder.h"

namespace edgeopt::test {
namespace {

constexpr int64_t kHuge = std::numeric_limits<int64_t>::max();
constexpr int64_t kHalf = int64_t{1} << 62;
constexpr int64_t kBillions = 5'000'000'000;

// The input is x: 1x3x8x8, w a weight 4x3x3x3, the output y, made by the node 'Ny'. Beside it
// stands a layer that could be quantized.
struct Absurd {
  const char* name;
  void (*build)(ModelBuilder&);
};

void one(ModelBuilder& b, const char* op, std::vector<Attribute> attributes = {}) {
  b.node(op, {"x"}, {"y"}, std::move(attributes));
}
void with_ints(ModelBuilder& b, const char* op, const Ints& values,
               std::vector<Attribute> attributes = {}) {
  b.ints("n", values).node(op, {"x", "n"}, {"y"}, std::move(attributes));
}
void conv(ModelBuilder& b, std::vector<Attribute> attributes) {
  b.node("Conv", {"x", "w"}, {"y"}, std::move(attributes));
}

const Absurd kShapes[] = {
    {"PadHuge",
     [](ModelBuilder& b) {
       with_ints(b, "Pad", {0, 0, kHuge, kHuge, 0, 0, kHuge, 1});
     }},
    {"PadHalf",
     [](ModelBuilder& b) {
       with_ints(b, "Pad", {0, 0, kHalf, 0, 0, 0, kHalf, 0});
     }},
    {"PadCancels",
     [](ModelBuilder& b) {
       with_ints(b, "Pad", {0, 0, kHuge, 0, 0, 0, -kHuge - 1, 0});
     }},
    {"PadTooFew",
     [](ModelBuilder& b) {
       with_ints(b, "Pad", {1, 1});
     }},
    {"PadBillions",
     [](ModelBuilder& b) {
       with_ints(b, "Pad", {0, 0, 0, kBillions, 0, 0, 0, 0});
     }},
    {"TileHuge",
     [](ModelBuilder& b) {
       with_ints(b, "Tile", {kHuge, 2, 2, 2});
     }},
    {"TileBillions",
     [](ModelBuilder& b) {
       with_ints(b, "Tile", {kBillions, 1, 1, 1});
     }},
    {"TileNegative",
     [](ModelBuilder& b) {
       with_ints(b, "Tile", {-1, 1, 1, 1});
     }},
    {"ExpandHuge",
     [](ModelBuilder& b) {
       with_ints(b, "Expand", {kHuge, 3, 8, 8});
     }},
    {"ExpandNegative",
     [](ModelBuilder& b) {
       with_ints(b, "Expand", {-7, 3, 8, 8});
     }},
    {"ReshapeHuge",
     [](ModelBuilder& b) {
       with_ints(b, "Reshape", {kHuge, kHuge, -1});
     }},
    {"ReshapeTwoOpen",
     [](ModelBuilder& b) {
       with_ints(b, "Reshape", {-1, -1});
     }},
    {"ReshapeOther",
     [](ModelBuilder& b) {
       with_ints(b, "Reshape", {7, 11});
     }},
    {"UnsqueezeFar", [](ModelBuilder& b) { with_ints(b, "Unsqueeze", {kHuge}); }},
    {"SqueezeWide", [](ModelBuilder& b) { with_ints(b, "Squeeze", {1}); }},
    {"ConstantOfHuge",
     [](ModelBuilder& b) {
       b.ints("n", {kHuge, 2}).node("ConstantOfShape", {"n"}, {"y"});
     }},
    {"ConstantOfBillions",
     [](ModelBuilder& b) { b.ints("n", {kBillions}).node("ConstantOfShape", {"n"}, {"y"}); }},
    {"ConstantOfNegative",
     [](ModelBuilder& b) { b.ints("n", {-5}).node("ConstantOfShape", {"n"}, {"y"}); }},
    {"RangeEndless",
     [](ModelBuilder& b) {
       b.scalar("a", 0).scalar("b", 3e30F).scalar("c", 1e-30F);
       b.node("Range", {"a", "b", "c"}, {"y"});
     }},
    {"RangeStandsStill",
     [](ModelBuilder& b) {
       b.scalar("a", 0).scalar("b", 10).scalar("c", 0);
       b.node("Range", {"a", "b", "c"}, {"y"});
     }},
    {"RangeOfHugeInts",
     [](ModelBuilder& b) {
       b.constant("a", Tensor::from_ints({}, {-kHuge}))
           .constant("b", Tensor::from_ints({}, {kHuge}));
       b.constant("c", Tensor::from_ints({}, {1})).node("Range", {"a", "b", "c"}, {"i"});
       b.node("Cast", {"i"}, {"y"}, {{"to", int64_t{1}}});
     }},
    {"OneHotHuge",
     [](ModelBuilder& b) {
       b.ints("i", {0, 1}).ints("depth", {kHuge}).floats("v", {0, 1});
       b.node("OneHot", {"i", "depth", "v"}, {"y"});
     }},
    {"ResizeHugeScale",
     [](ModelBuilder& b) {
       b.floats("s", {1, 1, 1e30F, 1e30F}).node("Resize", {"x", "", "s"}, {"y"});
     }},
    {"ResizeNoNumber",
     [](ModelBuilder& b) {
       b.floats("s", {1, 1, std::numeric_limits<float>::quiet_NaN(), 1});
       b.node("Resize", {"x", "", "s"}, {"y"});
     }},
    {"ResizeHugeSizes",
     [](ModelBuilder& b) {
       b.ints("s", {1, 3, kHuge, kHuge}).node("Resize", {"x", "", "", "s"}, {"y"});
     }},
    {"ResizeBillions",
     [](ModelBuilder& b) {
       b.ints("s", {1, 3, 40000, 40000}).node("Resize", {"x", "", "", "s"}, {"y"});
     }},
    {"ResizeNegative",
     [](ModelBuilder& b) {
       b.ints("s", {1, 3, -8, -8}).node("Resize", {"x", "", "", "s"}, {"y"});
     }},
    {"SplitOther",
     [](ModelBuilder& b) {
       b.ints("n", {kHuge, 1}).node("Split", {"x", "n"}, {"y", "z"}, {{"axis", int64_t{1}}});
     }},
    {"TopKHuge",
     [](ModelBuilder& b) {
       b.ints("n", {kHuge}).node("TopK", {"x", "n"}, {"y", "i"});
     }},
    {"GatherOutside", [](ModelBuilder& b) { with_ints(b, "Gather", {kHuge}); }},
    {"DepthToSpaceHuge",
     [](ModelBuilder& b) {
       one(b, "DepthToSpace", {{"blocksize", kHuge}});
     }},
    {"DepthToSpaceNone",
     [](ModelBuilder& b) {
       one(b, "DepthToSpace", {{"blocksize", int64_t{0}}});
     }},
    {"SpaceToDepthHuge",
     [](ModelBuilder& b) {
       one(b, "SpaceToDepth", {{"blocksize", kHuge}});
     }},
    {"FlattenFar",
     [](ModelBuilder& b) {
       one(b, "Flatten", {{"axis", kHuge}});
     }},
    {"TransposeTwice",
     [](ModelBuilder& b) {
       one(b, "Transpose", {{"perm", Ints{0, 0, 1, 2}}});
     }},
    {"ConcatFar",
     [](ModelBuilder& b) {
       b.node("Concat", {"x", "x"}, {"y"}, {{"axis", int64_t{99}}});
     }},
    {"SoftmaxFar",
     [](ModelBuilder& b) {
       one(b, "Softmax", {{"axis", -kHuge}});
     }},
    {"EinsumOfNothing",
     [](ModelBuilder& b) {
       one(b, "Einsum", {{"equation", std::string("ij,->k")}});
     }},
    {"HannHuge",
     [](ModelBuilder& b) {
       b.constant("n", Tensor::from_ints({}, {kHuge})).node("HannWindow", {"n"}, {"y"});
     }},
};

const Absurd kLayers[] = {
    {"ConvPadsHuge",
     [](ModelBuilder& b) {
       conv(b, {{"pads", Ints{kHuge, 0, kHuge, 0}}});
     }},
    {"ConvPadsWide",
     [](ModelBuilder& b) {
       conv(b, {{"pads", Ints(4, int64_t{1} << 30)}});
     }},
    {"ConvPadsNegative",
     [](ModelBuilder& b) {
       conv(b, {{"pads", Ints{-9, 0, 0, 0}}});
     }},
    {"ConvStrideNone",
     [](ModelBuilder& b) {
       conv(b, {{"strides", Ints{0, 0}}});
     }},
    {"ConvDilationHuge",
     [](ModelBuilder& b) {
       conv(b, {{"dilations", Ints{kHuge, 1}}});
     }},
    {"ConvGroupsNone",
     [](ModelBuilder& b) {
       conv(b, {{"group", int64_t{0}}});
     }},
    {"ConvGroupsHuge",
     [](ModelBuilder& b) {
       conv(b, {{"group", kHuge}});
     }},
    {"ConvGroupsLeast",
     [](ModelBuilder& b) {
       conv(b, {{"group", -kHuge - 1}});
     }},
    {"ConvKernelOther",
     [](ModelBuilder& b) {
       conv(b, {{"kernel_shape", Ints{5, 5}}});
     }},
    {"ConvAttributeOfText",
     [](ModelBuilder& b) {
       conv(b, {{"strides", std::string("2")}});
     }},
    {"ConvWithoutWeights", [](ModelBuilder& b) { b.node("Conv", {"x"}, {"y"}); }},
    {"ConvEmptyWeights",
     [](ModelBuilder& b) {
       b.weights("e", {0, 3, 3, 3}).node("Conv", {"x", "e"}, {"y"});
     }},
    {"ConvNoKernel",
     [](ModelBuilder& b) {
       b.weights("e", {4, 3, 0, 0}).node("Conv", {"x", "e"}, {"y"});
     }},
    {"ConvNoChannels",
     [](ModelBuilder& b) {
       b.weights("e", {4, 0, 3, 3}).node("Conv", {"x", "e"}, {"y"});
     }},
    {"ConvOfIntegers",
     [](ModelBuilder& b) {
       b.constant("i", Tensor(DataType::kInt32, {4, 3, 3, 3})).node("Conv", {"x", "i"}, {"y"});
     }},
    {"ConvOfText",
     [](ModelBuilder& b) {
       b.constant("i", Tensor(DataType::kString, {4, 3, 3, 3})).node("Conv", {"x", "i"}, {"y"});
     }},
    {"ConvBiasOther",
     [](ModelBuilder& b) {
       b.weights("c", {5}).node("Conv", {"x", "w", "c"}, {"y"});
     }},
    {"ConvTransposeHuge",
     [](ModelBuilder& b) {
       b.weights("t", {3, 2, 2, 2});
       b.node("ConvTranspose", {"x", "t"}, {"y"}, {{"strides", Ints{kHuge, kHuge}}});
     }},
    {"ConvTransposeWide",
     [](ModelBuilder& b) {
       b.weights("t", {3, 2, 2, 2});
       b.node("ConvTranspose", {"x", "t"}, {"y"}, {{"strides", Ints{100000, 100000}}});
     }},
    {"ConvTransposeShape",
     [](ModelBuilder& b) {
       b.weights("t", {3, 2, 2, 2});
       b.node("ConvTranspose", {"x", "t"}, {"y"}, {{"output_shape", Ints{kHuge, kHuge}}});
     }},
    {"PoolKernelHuge",
     [](ModelBuilder& b) {
       one(b, "MaxPool", {{"kernel_shape", Ints{kHuge, kHuge}}});
     }},
    {"PoolKernelNone",
     [](ModelBuilder& b) {
       one(b, "AveragePool", {{"kernel_shape", Ints{0, 0}}});
     }},
    {"PoolPadsWide",
     [](ModelBuilder& b) {
       one(b, "AveragePool", {{"kernel_shape", Ints{2, 2}}, {"pads", Ints(4, int64_t{1} << 31)}});
     }},
    {"PoolWithoutKernel", [](ModelBuilder& b) { one(b, "MaxPool"); }},
    {"NormOther",
     [](ModelBuilder& b) {
       b.weights("p", {5}).node("BatchNormalization", {"x", "p", "p", "p", "p"}, {"y"});
     }},
    {"NormEmpty",
     [](ModelBuilder& b) {
       b.weights("p", {0}).node("BatchNormalization", {"x", "p", "p", "p", "p"}, {"y"});
     }},
    {"GemmOther",
     [](ModelBuilder& b) {
       b.node("Gemm", {"x", "w"}, {"y"});
     }},
    {"GemmEmpty",
     [](ModelBuilder& b) {
       b.node("Flatten", {"x"}, {"f"}).weights("e", {0, 4}).node("Gemm", {"f", "e"}, {"y"});
     }},
    {"MatMulOther",
     [](ModelBuilder& b) {
       b.weights("m", {9, 9}).node("MatMul", {"x", "m"}, {"y"});
     }},
    {"AddOther",
     [](ModelBuilder& b) {
       b.weights("m", {7}).node("Add", {"x", "m"}, {"y"});
     }},
    {"AddOfText",
     [](ModelBuilder& b) {
       b.constant("m", Tensor(DataType::kString, {1})).node("Add", {"x", "m"}, {"y"});
     }},
    {"RoiAlignSamplesHuge",
     [](ModelBuilder& b) {
       b.weights("r", {1, 4}).ints("n", {0});
       b.node("RoiAlign", {"x", "r", "n"}, {"y"}, {{"sampling_ratio", int64_t{1} << 31}});
     }},
    {"RoiAlignRegionHuge",
     [](ModelBuilder& b) {
       b.constant("r", Tensor::from_floats({1, 4}, {0, 0, 1e30F, 1e30F})).ints("n", {0});
       b.node("RoiAlign", {"x", "r", "n"}, {"y"});
     }},
    {"RoiAlignEmptyImage",
     [](ModelBuilder& b) {
       b.weights("e", {1, 3, 0, 8}).weights("r", {1, 4}).ints("n", {0});
       b.node("RoiAlign", {"e", "r", "n"}, {"y"});
     }},
    {"MaxRoiPoolBatchOfNoNumber",
     [](ModelBuilder& b) {
       const float no_number = std::numeric_limits<float>::quiet_NaN();
       b.constant("r", Tensor::from_floats({1, 5}, Floats(5, no_number)));
       b.node("MaxRoiPool", {"x", "r"}, {"y"}, {{"pooled_shape", Ints{2, 2}}});
     }},
    {"CastToNothing",
     [](ModelBuilder& b) {
       one(b, "Cast", {{"to", int64_t{99}}});
     }},
    {"QuantizeAxisFar",
     [](ModelBuilder& b) {
       b.weights("s", {3}, 0.1F, 1).node("DequantizeLinear", {"x", "s"}, {"y"}, {{"axis", kHuge}});
     }},
};

// Nothing of them is computed in order to quantize the layer beside them.
const Absurd kUnknown[] = {
    {"RandomHuge",
     [](ModelBuilder& b) {
       b.node("RandomNormal", {}, {"y"}, {{"shape", Ints{kBillions, kBillions}}});
     }},
    {"UnknownOperator", [](ModelBuilder& b) { one(b, "Frobnicate"); }},
};

class MalformedGraphsTest : public MalformedTest {
 protected:
  // `quantizable`: the layer is quantized, the rest is carried through.
  void expect_absurd(const Absurd& absurd, bool quantizable = false) {
    SCOPED_TRACE(absurd.name);
    ModelBuilder b(17);
    b.input("x", {1, 3, 8, 8}).weights("w", {4, 3, 3, 3});
    absurd.build(b);
    b.node("Conv", {"x", "w"}, {"layer"});
    write_model("bad.onnx", b.output("y").output("layer").build());
    for (const auto& arguments : uses_of_model("bad.onnx")) {
      SCOPED_TRACE(arguments[0]);
      const bool quantizes = arguments[0] == "quantize";
      if (arguments[0] == "run" || (quantizes && !quantizable)) {
        expect_refused(arguments, "'N");
      } else if (quantizes) {
        EXPECT_EQ(survive(arguments), 0);
      } else {
        survive(arguments);
      }
    }
  }
};

TEST_F(MalformedGraphsTest, AbsurdShapesAreRefusedByTheNodesName) {
  for (const Absurd& absurd : kShapes) expect_absurd(absurd);
}

TEST_F(MalformedGraphsTest, AbsurdLayersAreRefusedByTheNodesName) {
  for (const Absurd& absurd : kLayers) expect_absurd(absurd);
}

TEST_F(MalformedGraphsTest, UnknownOperatorsAreCarriedThrough) {
  for (const Absurd& absurd : kUnknown) expect_absurd(absurd, true);
}

TEST_F(MalformedGraphsTest, AbsurdInputs) {
  const Ints all[] = {{1, 3, 40000, 40000}, {kBillions},  {kHuge, kHuge},
                      {1, 3, kHalf, kHalf}, {0, 3, 8, 8}, {1, 0, 8, 8}};
  for (const Ints& dims : all) {
    SCOPED_TRACE(testing::PrintToString(dims));
    write_model("bad.onnx",
                ModelBuilder().input("x", dims).node("Relu", {"x"}, {"y"}).output("y").build());
    survive({"inspect", "bad.onnx"});
    survive({"run", "bad.onnx", "-o", "out"});
    if (dims.size() < 4 || dims[2] > 8) expect_refused({"run", "bad.onnx"}, "'");
  }
}

// Values of 4 GB that live at the same time, none of which is refused by itself.
TEST_F(MalformedGraphsTest, MoreThanTheMachineHasIsSaid) {
  const size_t count = memory_of_machine() / 4'000'000'000 + 2;
  ModelBuilder b;
  b.input("x", {1, 1}).ints("n", {32000, 32000}).node("Expand", {"x", "n"}, {"v0"});
  std::vector<std::string> parts = {"v0"};
  while (parts.size() < count) {
    const std::string next = "v" + std::to_string(parts.size());
    b.node("Softmax", {parts.back()}, {next});
    parts.push_back(next);
  }
  b.node("Sum", parts, {"s"}).node("ReduceMax", {"s"}, {"y"});
  write_model("bad.onnx", b.output("y").build());
  expect_refused({"run", "bad.onnx"}, "--input-shape");
}

// Inputs of what a picture may have at most and more are not made up.
TEST_F(MalformedGraphsTest, AHugeInputIsNotMadeUp) {
  ModelBuilder b;
  b.input("x", {1, 1, 32000, 32000}).node("Relu", {"x"}, {"y"});
  write_model("bad.onnx", b.output("y").build());
  expect_refused({"run", "bad.onnx"}, "'x'");
  expect_refused({"quantize", "bad.onnx"}, "'x'");
}

TEST_F(MalformedGraphsTest, GraphsThatAreNone) {
  // The two names are of one length, so that one may take the other's place in the bytes.
  ModelBuilder b;
  b.input("xxxxx", {1, 4}).node("Add", {"xxxxx", "first"}, {"other"}, {}, "one");
  b.constant("first", Tensor::scalar(1)).node("Relu", {"other"}, {"final"}, {}, "two");
  write_model("good.onnx", b.output("final").build());
  const std::string whole = content("good.onnx");
  const auto replaced = [&](const std::string& from, const std::string& to, size_t nth) {
    std::string text = whole;
    size_t at = text.find(from);
    for (; nth > 0; --nth) at = text.find(from, at + 1);
    return text.replace(at, to.size(), to);
  };
  write("cyclic.onnx", replaced("first", "final", 0));
  write("itself.onnx", replaced("other", "final", 1));
  write("twice.onnx", replaced("final", "other", 0));
  write("nowhere.onnx", replaced("other", "madeb", 0));
  for (const char* name : {"cyclic.onnx", "itself.onnx", "twice.onnx", "nowhere.onnx"}) {
    SCOPED_TRACE(name);
    for (const auto& arguments : uses_of_model(name)) expect_refused(arguments, name);
  }
}

}  // namespace
}  // namespace edgeopt::test
