#include "support/small_models.h"

#include "support/model_builder.h"

namespace edgeopt::test {
namespace {

std::string numbered(const char* stem, int64_t number) { return stem + std::to_string(number); }

// A small MobileNet: padded convolution, depthwise, batch normalization, residual, pooling, Gemm.
Model mobile_net() {
  ModelBuilder b;
  b.input("image", {-1, 3, 8, 8}).weights("w1", {4, 3, 3, 3}).weights("w2", {4, 1, 3, 3}, -3, 3);
  b.weights("w3", {4, 4, 1, 1}).weights("b3", {4}).weights("w4", {4, 5}).weights("b4", {5});
  b.scalar("zero", 0).scalar("six", 6).ints("pads", {0, 0, 0, 0, 0, 0, 1, 1});
  b.node("Pad", {"image", "pads"}, {"padded"});
  b.node("Conv", {"padded", "w1"}, {"c1"}, {{"strides", Ints{2, 2}}, {"pads", Ints{0, 0, 1, 1}}});
  b.batch_norm("c1", "n1", 4).node("Relu", {"n1"}, {"r1"});
  b.node("Conv", {"r1", "w2"}, {"c2"}, {{"group", int64_t{4}}, {"pads", Ints{1, 1, 1, 1}}});
  b.batch_norm("c2", "n2", 4).node("Clip", {"n2", "zero", "six"}, {"r2"});
  b.node("Conv", {"r2", "w3", "b3"}, {"c3"}).node("Add", {"c3", "r1"}, {"sum"});
  b.batch_norm("sum", "n3", 4).node("Relu", {"n3"}, {"r3"});
  b.node("GlobalAveragePool", {"r3"}, {"pooled"}).node("Flatten", {"pooled"}, {"flat"});
  b.node("MatMul", {"flat", "w4"}, {"m"}).node("Add", {"m", "b4"}, {"logits"});
  b.node("Softmax", {"logits"}, {"scores"}, {{"axis", int64_t{-1}}});
  return b.output("scores").build();
}

// What exporters leave behind: computed shapes, Constant nodes, Identity, unnamed and dead nodes.
Model exporter_leftovers() {
  ModelBuilder b(10);
  b.input("x", {-1, 2, 6}).input("w", {6, 6}).weights("w", {6, 6}).ints("rest", {12});
  b.node("Constant", {}, {"zero"}, {{"value", Tensor::from_ints({}, {0})}}, "");
  b.node("Shape", {"x"}, {"shape"}, {}, "").node("Gather", {"shape", "zero"}, {"n"}, {}, "");
  b.node("Unsqueeze", {"n"}, {"n1"}, {{"axes", Ints{0}}}, "");
  b.node("Concat", {"n1", "rest"}, {"target"}, {{"axis", int64_t{0}}}, "");
  b.node("MatMul", {"x", "w"}, {"m"}, {}, "").node("Clip", {"m"}, {"c"}, {{"min", 0.0F}}, "");
  b.node("Reshape", {"c", "target"}, {"flat"}, {}, "").node("Identity", {"flat"}, {"same"}, {}, "");
  b.node("Transpose", {"same"}, {"t1"}, {}, "").node("Transpose", {"t1"}, {"t2"}, {}, "");
  b.node("Dropout", {"t2"}, {"d", "mask"}, {{"ratio", 0.1F}}, "").node("Exp", {"m"}, {"dead"});
  b.node("Softmax", {"d"}, {"y"}, {}, "");
  return b.output("y").build();
}

// Older operator forms on several branches.
Model old_forms() {
  ModelBuilder b(9);
  b.input("x", {-1, 4, 6, 6});
  b.node("Upsample", {"x", "scales"}, {"up"}).floats("scales", {1, 1, 2, 2});
  b.node("Slice", {"up"}, {"cut"},
         {{"starts", Ints{0, 2}}, {"ends", Ints{6, 8}}, {"axes", Ints{2, 3}}});
  b.node("Softmax", {"cut"}, {"soft"}).node("ReduceSum", {"soft"}, {"sums"}, {{"axes", Ints{1}}});
  b.node("Split", {"x"}, {"a", "b"}, {{"axis", int64_t{1}}, {"split", Ints{1, 3}}});
  b.node("Squeeze", {"a"}, {"flat"}, {{"axes", Ints{1}}});
  b.node("Pad", {"b"}, {"padded"}, {{"pads", Ints{0, 0, 1, 1, 0, 0, 1, 1}}});
  b.node("MaxPool", {"padded"}, {"pooled"}, {{"kernel_shape", Ints{2, 2}}});
  return b.output("sums").output("flat").output("pooled").build();
}

// Several inputs and outputs, an output that others read, shared weights, a concatenation.
Model branches() {
  ModelBuilder b;
  b.input("a", {-1, 2, 4, 4}).input("b", {-1, 2, 4, 4}).weights("w", {2, 2, 3, 3}).scalar("k", 2);
  const std::vector<Attribute> same = {{"pads", Ints{1, 1, 1, 1}}};
  b.node("Conv", {"a", "w"}, {"ca"}, same).node("Conv", {"b", "w"}, {"cb"}, same);
  b.node("LeakyRelu", {"ca"}, {"ra"}).node("Mul", {"cb", "k"}, {"mb"});
  b.node("Concat", {"ra", "mb"}, {"joined"}, {{"axis", int64_t{1}}}).weights("v", {3, 2, 1, 1});
  b.node("Conv", {"ra", "v"}, {"y"}).batch_norm("joined", "n", 4).node("Sigmoid", {"n"}, {"z"});
  b.node("AveragePool", {"z"}, {"p"}, {{"kernel_shape", Ints{2, 2}}});
  return b.output("ra").output("y").output("p").build();
}

Model perceptron() {
  ModelBuilder b;
  b.input("x", {-1, 6}).weights("w1", {6, 8}).weights("b1", {8}).weights("w2", {8, 8}, -4, 4);
  b.weights("w3", {3, 8});
  b.node("MatMul", {"x", "w1"}, {"m1"}).node("Add", {"m1", "b1"}, {"a1"}).batch_norm("a1", "n1", 8);
  b.node("Relu", {"n1"}, {"r1"}).node("MatMul", {"r1", "w2"}, {"m2"}).node("Relu", {"m2"}, {"r2"});
  b.batch_norm("r2", "n2", 8);
  b.node("Gemm", {"n2", "w3"}, {"y"}, {{"transB", int64_t{1}}, {"alpha", 2.0F}});
  return b.output("y").build();
}

Model nothing_to_do() {
  ModelBuilder b;
  b.input("x", {-1, 3}).node("Relu", {"x"}, {"r"}).node("Sigmoid", {"r"}, {"y"});
  return b.output("y").build();
}

Model short_chain() { return chain_model(24); }

}  // namespace

const std::vector<SmallModel>& small_models() {
  static const std::vector<SmallModel> models = {
      {"mobile_net", mobile_net}, {"leftovers", exporter_leftovers}, {"old_forms", old_forms},
      {"branches", branches},     {"perceptron", perceptron},        {"nothing", nothing_to_do},
      {"chain", short_chain}};
  return models;
}

Model chain_model(int64_t length) {
  ModelBuilder b;
  b.input("x", {-1, 2, 3, 3}).ints("flat", {-1, 18}).ints("square", {-1, 2, 3, 3});
  std::string last = "x";
  for (int64_t i = 0; i < length; ++i) {
    const std::string name = numbered("v", i);
    switch (i % 6) {
      case 0:
        b.weights(numbered("w", i), {2, 2, 1, 1});
        b.node("Conv", {last, numbered("w", i)}, {name}, {}, "");
        break;
      case 1: b.batch_norm(last, name, 2); break;
      case 2: b.node("Relu", {last}, {name}, {}, ""); break;
      case 3: b.node("Reshape", {last, "flat"}, {name}, {}, ""); break;
      case 4: b.node("Reshape", {last, "square"}, {name}, {}, ""); break;
      default: b.node("Identity", {last}, {name}, {}, ""); break;
    }
    last = name;
  }
  return b.output(last).build();
}

}  // namespace edgeopt::test
