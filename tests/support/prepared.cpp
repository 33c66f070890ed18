#include "support/prepared.h"

#include <gtest/gtest.h>

#include <cmath>

#include "kernels/aligned.h"
#include "kernels/layout.h"
#include "ops/kernel.h"
#include "ops/op.h"
#include "reference/epilogue.h"
#include "support/epilogues.h"
#include "support/values.h"

namespace edgeopt::test {
namespace {

Tensor in_layout(const Tensor& x, Layout layout) {
  if (x.empty() || x.layout() == layout || x.rank() < 3) return x;
  Tensor y(x.type(), x.shape(), layout);
  const int64_t channels = x.dim(1);
  const int64_t size = x.dim(0) == 0 ? 0 : x.size() / x.dim(0);
  for (int64_t n = 0; n < x.dim(0); ++n) {
    const float* from = x.data<float>() + n * size;
    float* to = y.mutable_data<float>() + n * size;
    if (layout == Layout::kChannelsLast) {
      to_channels_last(from, channels, size / channels, to);
    } else {
      to_plain(from, channels, size / channels, to);
    }
  }
  return y;
}

}  // namespace

std::optional<Tensor> run_planned(const OneNode& one, const Planned& planned) {
  const Graph graph = graph_of(one);
  const Node& node = graph.node(graph.topological_order().at(0));
  const Operator& op = *find_operator(node);
  const Tensor expected = run_single(one);
  PrepareContext context;
  context.graph = &graph;
  context.node = &node;
  context.opset = one.opset;
  context.epilogue = planned.epilogue;
  std::vector<Tensor> inputs = one.inputs;
  std::vector<const void*> pointers;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const bool known = i < planned.constant.size() && planned.constant[i];
    const Layout layout = i == 0 ? planned.x_layout : Layout::kPlain;
    inputs[i] = in_layout(inputs[i], layout);
    context.inputs.push_back(
        {inputs[i].type(), inputs[i].shape(), layout, known ? &inputs[i] : nullptr});
    pointers.push_back(known ? nullptr : inputs[i].raw());
  }
  context.outputs.push_back({expected.type(), expected.shape(), planned.y_layout, nullptr});
  std::unique_ptr<Kernel> kernel = op.prepare == nullptr ? nullptr : op.prepare(context);
  if (kernel == nullptr) return std::nullopt;
  kernel->build();
  std::vector<Tensor> operands;
  for (const Tensor& operand : planned.operands) {
    operands.push_back(in_layout(operand, planned.y_layout));
  }
  for (const Tensor& operand : operands) pointers.push_back(operand.raw());
  Tensor y(expected.type(), expected.shape(), planned.y_layout);
  AlignedFloats scratch(kernel->scratch_bytes() / 4 + 1, 1e30F);
  void* outputs[] = {y.mutable_raw()};
  kernel->run(pointers, outputs, scratch.data());
  return in_layout(y, Layout::kPlain);
}

void expect_planned_as_computed(const OneNode& one, bool layouts) {
  const Tensor computed = run_single(one);
  Planned planned;
  for (uint64_t i = 0; i < 2; ++i) {
    planned.operands.push_back(
        Tensor::from_floats(computed.shape(), normal_floats(computed.size(), 7 + i)));
  }
  for (int form = 0; form < (layouts ? 8 : 2); ++form) {
    const bool constant = (form & 1) != 0;
    planned.constant.assign(one.inputs.size(), constant);
    planned.constant[0] = false;
    planned.x_layout = (form & 2) != 0 ? Layout::kChannelsLast : Layout::kPlain;
    planned.y_layout = (form & 4) != 0 ? Layout::kChannelsLast : Layout::kPlain;
    planned.epilogue.clear();
    const std::optional<Tensor> before = run_planned(one, planned);
    ASSERT_TRUE(before) << one.op_type << " declines form " << form;
    for (int64_t i = 0; i < computed.size(); ++i) {
      const float expected = computed.data<float>()[i];
      ASSERT_NEAR(before->data<float>()[i], expected, 4e-6F * (1 + std::fabs(expected)));
    }
    for (const NamedEpilogue& epilogue : all_epilogues()) {
      planned.epilogue = epilogue.steps;
      const std::optional<Tensor> after = run_planned(one, planned);
      ASSERT_TRUE(after) << one.op_type << " declines " << epilogue.name;
      for (int64_t i = 0; i < computed.size(); ++i) {
        float expected = before->data<float>()[i];
        float slack = 0;
        for (const EpilogueStep& step : epilogue.steps) {
          // A residual before all else may be summed in place, before the products.
          const bool summed = step.kind == EpilogueStep::Kind::kAdd && &step == &epilogue.steps[0];
          const float operand = planned.operands[step.operand].data<float>()[i];
          const bool grid = step.kind == EpilogueStep::Kind::kFakeQuant;
          if (grid && on_border(step, expected)) slack += 1e-6F;
          expected = reference_step(step, expected, operand);
          if (rounds_freely(step) || summed) slack = 1e-6F * (1 + std::fabs(expected));
          if (grid && slack > 0) slack = 1.01F * step.a;
        }
        ASSERT_NEAR(after->data<float>()[i], expected, slack) << epilogue.name;
      }
    }
  }
}

}  // namespace edgeopt::test
