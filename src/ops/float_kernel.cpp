#include "ops/float_kernel.h"

#include <algorithm>

#include "base/format.h"

namespace edgeopt {

size_t operand_count(std::span<const EpilogueStep> steps) {
  size_t count = 0;
  for (const EpilogueStep& step : steps) {
    if (step.kind == EpilogueStep::Kind::kAdd) count = std::max(count, step.operand + 1);
  }
  return count;
}

OperandPointers::OperandPointers(std::span<const void* const> inputs, size_t node_inputs)
    : count_(inputs.size() - node_inputs) {
  check(count_ <= kMostOperands, "an epilogue has few operands");
  for (size_t i = 0; i < count_; ++i) {
    pointers_[i] = static_cast<const float*>(inputs[node_inputs + i]);
  }
}

Complain complain_of(const PrepareContext& c) {
  return [&c](const std::string& why) {
    fail(ErrorCode::kBadInput, "{}: {}", c.graph->describe(c.node->id), why);
  };
}

bool floats_to_compute(const PrepareContext& c) {
  if (operand_count(c.epilogue) > kMostOperands) return false;
  const auto serves = [](const PrepareContext::Operand& operand) {
    if (operand.type == DataType::kUndefined) return true;
    return operand.type == DataType::kFloat && element_count(operand.shape) > 0;
  };
  return std::all_of(c.inputs.begin(), c.inputs.end(), serves) &&
         std::all_of(c.outputs.begin(), c.outputs.end(), serves);
}

bool inputs_are_plain(const PrepareContext& c, size_t first) {
  for (size_t i = first; i < c.inputs.size(); ++i) {
    if (c.inputs[i].layout != Layout::kPlain) return false;
  }
  return true;
}

}  // namespace edgeopt
