#include "ir/print.h"

#include <gtest/gtest.h>

#include "support/model_builder.h"

namespace edgeopt {
namespace {

TEST(Print, ShowsInputsConstantsNodesAndOutputs) {
  test::ModelBuilder b;
  b.input("x", {-1, 3, 8, 8})
      .constant("w", Tensor(DataType::kFloat, {4, 3, 3, 3}))
      .ints("axes", {1, 2});
  b.node("Conv", {"x", "w", ""}, {"c"},
         {{"strides", test::Ints{2, 2}}, {"auto_pad", std::string("VALID")}});
  b.node("Elu", {"c"}, {"e"}, {{"alpha", 1.0F}}, "");
  b.node("Squeeze", {"e", "axes"}, {"y"});
  const Model model = b.output("y").build();
  EXPECT_EQ(print_graph(model.graph),
            "input x: float[N,3,8,8]\n"
            "constant w: float[4,3,3,3] #e120542310fbb4e5\n"
            "constant axes: int64[2] {1, 2}\n"
            "c = Conv 'Nc' (x, w, -) {auto_pad: \"VALID\", strides: [2, 2]}\n"
            "e = Elu (c) {alpha: 1.0}\n"
            "y = Squeeze 'Ny' (e, axes)\n"
            "output y: float\n");
}

TEST(Print, EqualGraphsPrintEquallyAndWeightsCount) {
  test::ModelBuilder a;
  test::ModelBuilder b;
  for (test::ModelBuilder* builder : {&a, &b}) {
    builder->input("x", {1, 16}).weights("w", {16, 16});
    builder->node("MatMul", {"x", "w"}, {"y"}).output("y");
  }
  Model changed = b.build();
  EXPECT_EQ(print_graph(a.build().graph), print_graph(changed.graph));
  Tensor weight = *changed.graph.constant(*changed.graph.find_value("w"));
  weight.mutable_data<float>()[7] += 1;
  changed.graph.set_constant(*changed.graph.find_value("w"), weight);
  EXPECT_NE(print_graph(a.build().graph), print_graph(changed.graph));
}

}  // namespace
}  // namespace edgeopt
