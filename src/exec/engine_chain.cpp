#include "exec/engine_chain.h"

#include <cmath>
#include <limits>

#include "kernels/encode.h"
#include "ops/quantize_linear.h"
#include "quant/encoding.h"

namespace edgeopt {
namespace {

using Kind = EpilogueStep::Kind;

// Kinds that need no more than the node's attributes.
std::optional<EpilogueStep> simple_step(const Node& node) {
  const std::string& op = node.op_type;
  if (op == "Gelu" && node.domain == "com.microsoft") return EpilogueStep{.kind = Kind::kGelu};
  if (!node.domain.empty()) return std::nullopt;
  if (op == "Relu") return EpilogueStep{.kind = Kind::kRelu};
  if (op == "Sigmoid") return EpilogueStep{.kind = Kind::kSigmoid};
  if (op == "Tanh") return EpilogueStep{.kind = Kind::kTanh};
  if (op == "Erf") return EpilogueStep{.kind = Kind::kErf};
  if (op == "Gelu" && node.string_or("approximate", "none") == "none") {
    return EpilogueStep{.kind = Kind::kGelu};
  }
  if (op == "HardSwish") return EpilogueStep{.kind = Kind::kHardSwish};
  if (op == "LeakyRelu") {
    return EpilogueStep{.kind = Kind::kLeakyRelu, .a = node.float_or("alpha", 0.01F)};
  }
  if (op == "HardSigmoid") {
    return EpilogueStep{.kind = Kind::kHardSigmoid,
                        .a = node.float_or("alpha", 0.2F),
                        .b = node.float_or("beta", 0.5F)};
  }
  if (op == "Swish" && node.float_or("alpha", 1.0F) == 1.0F) {
    return EpilogueStep{.kind = Kind::kSilu};
  }
  return std::nullopt;
}

std::vector<float> filled(size_t count, float value) { return std::vector<float>(count, value); }

template <typename F>
void transform(std::vector<float>& values, F f) {
  for (float& value : values) value = f(value);
}

}  // namespace

std::optional<EpilogueStep> Chains::clip_of(const Node& node) const {
  EpilogueStep step{.kind = Kind::kClip,
                    .a = -std::numeric_limits<float>::infinity(),
                    .b = std::numeric_limits<float>::infinity()};
  step.a = node.float_or("min", step.a);  // attributes before opset 11
  step.b = node.float_or("max", step.b);
  for (size_t i = 1; i < node.inputs.size(); ++i) {
    if (!node.inputs[i].valid()) continue;
    const Tensor limit = constants_.get_floats(node.inputs[i]);
    if (limit.size() != 1 || limit.empty()) return std::nullopt;
    (i == 1 ? step.a : step.b) = *limit.data<float>();
  }
  return step;
}

std::optional<EpilogueStep> Chains::step_of(const Node& node) const {
  if (inferred_[node.inputs[0]].type != DataType::kFloat) return std::nullopt;
  if (const TensorEncoding* encoding = simulated_encoding(node, table_)) {
    if (encoding->scale.size() != 1 || encoding->spec.bits > 16) return std::nullopt;
    return quantizer_step(grid_of(*encoding));
  }
  if (node.op_type == "Clip" && node.domain.empty()) return clip_of(node);
  auto step = simple_step(node);
  const std::string gate = node.string_or(kGateEncoding, "");
  if (gate.empty()) return step;
  EpilogueStep gated = quantizer_step(grid_of(table_->at(gate)));
  gated.kind = step->kind;
  return gated;
}

std::optional<Grid> Chains::byte_grid_of(const Node& node) const {
  if (node.op_type != "QuantizeLinear" || !node.domain.empty()) return std::nullopt;
  if (inferred_[node.outputs[0]].type != DataType::kUint8) return std::nullopt;
  Tensor parameters[2];  // scale, zero point
  for (size_t i = 1; i < node.inputs.size(); ++i) {
    if (!constants_.known(node.inputs[i])) return std::nullopt;
    parameters[i - 1] = constants_.get(node.inputs[i]);
  }
  return tensor_grid(DataType::kUint8, parameters,
                     parameters[1].empty() ? nullptr : &parameters[1]);
}

// One number for each channel, or an empty vector when the constant is no such thing.
std::vector<float> Chains::per_channel(ValueId constant, const Shape& shape,
                                       size_t channel_axis) const {
  const Tensor tensor = constants_.get_floats(constant);
  if (tensor.empty() || tensor.rank() > shape.size()) return {};
  const auto channels = static_cast<size_t>(shape[channel_axis]);
  const size_t missing = shape.size() - tensor.rank();
  for (size_t i = 0; i < tensor.rank(); ++i) {
    if (tensor.dim(i) != 1 && i + missing != channel_axis) return {};
  }
  if (tensor.size() == 1) return filled(channels, *tensor.data<float>());
  return {tensor.data<float>(), tensor.data<float>() + tensor.size()};
}

std::optional<ChainLink> Chains::batch_norm_of(const Node& node, int64_t channels) const {
  if (node.int_or("training_mode", 0) != 0 || node.inputs.size() < 5) return std::nullopt;
  Tensor parameters[4];  // scale, bias, mean, variance
  for (size_t i = 0; i < 4; ++i) {
    parameters[i] = constants_.get_floats(node.inputs[i + 1]);
    if (parameters[i].empty() || parameters[i].size() != channels) return std::nullopt;
  }
  ChainLink link{.node = node.id, .result = node.outputs[0], .affine = true};
  const float epsilon = node.float_or("epsilon", 1e-5F);
  for (int64_t c = 0; c < channels; ++c) {
    const auto of = [&](size_t i) { return static_cast<double>(parameters[i].data<float>()[c]); };
    const double scale = of(0) / std::sqrt(of(3) + static_cast<double>(epsilon));
    link.scale.push_back(static_cast<float>(scale));
    link.shift.push_back(static_cast<float>(of(1) - of(2) * scale));
  }
  return link;
}

std::optional<ChainLink> Chains::affine_of(const Node& node, ValueId value,
                                           size_t channel_axis) const {
  const Shape& shape = *inferred_[value].shape;
  if (!node.domain.empty() || channel_axis >= shape.size()) return std::nullopt;
  const std::string& op = node.op_type;
  if (op == "BatchNormalization") return batch_norm_of(node, shape[channel_axis]);
  if (op != "Add" && op != "Sub" && op != "Mul" && op != "Div") return std::nullopt;
  const size_t at = node.inputs[0] == value ? 0 : 1;
  std::vector<float> constant = per_channel(node.inputs[1 - at], shape, channel_axis);
  if (constant.empty()) return std::nullopt;
  const size_t channels = constant.size();
  ChainLink link{.node = node.id, .result = node.outputs[0], .affine = true};
  if (op == "Add" || op == "Sub") {
    if (op == "Sub" && at == 0) transform(constant, [](float c) { return -c; });
    link.scale = filled(channels, op == "Sub" && at == 1 ? -1.0F : 1.0F);
    link.shift = std::move(constant);
    return link;
  }
  if (op == "Div") {
    if (at == 1) return std::nullopt;
    transform(constant, [](float c) { return 1 / c; });
  }
  link.scale = std::move(constant);
  link.shift = filled(channels, 0);
  return link;
}

std::optional<ChainLink> Chains::link_of(const Node& node, ValueId value,
                                         size_t channel_axis) const {
  ChainLink link{.node = node.id, .result = node.outputs[0]};
  if (node.inputs[0] == value) {
    link.grid = byte_grid_of(node);
    if (link.grid) return link;
    if (const auto step = step_of(node)) {
      link.step = *step;
      return link;
    }
  }
  if (auto affine = affine_of(node, value, channel_axis)) return affine;
  if (node.op_type != "Add" || !node.domain.empty()) return std::nullopt;
  link.operand = node.inputs[node.inputs[0] == value ? 1 : 0];
  if (constants_.known(link.operand)) return std::nullopt;
  if (inferred_[link.operand].shape != inferred_[value].shape) return std::nullopt;
  link.step.kind = Kind::kAdd;
  return link;
}

std::vector<ChainLink> Chains::behind(ValueId value, size_t channel_axis) const {
  std::vector<ChainLink> links;
  bool affine = true;
  while (inferred_[value].type == DataType::kFloat && !wanted_.kept.contains(value)) {
    const NodeId user = graph_.only_user(value);
    if (!user.valid() || !graph_.node(user).captured.empty()) break;
    auto link = link_of(graph_.node(user), value, channel_axis);
    if (!link || (link->affine && !affine)) break;
    if (inferred_[link->result].shape != inferred_[value].shape) break;
    affine = link->affine;
    value = link->result;
    links.push_back(std::move(*link));
  }
  return links;
}

}  // namespace edgeopt
