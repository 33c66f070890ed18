#include "exec/engine_fold.h"

#include <optional>

#include "ops/op.h"
#include "quant/encoding.h"

namespace edgeopt {
namespace {

// How output channel `c` lies in the weight: runs of `axis`, repeated for each group.
struct OutputChannels {
  int axis = 0;
  int64_t groups = 1;
};

std::optional<OutputChannels> output_channels(const Node& node, const Tensor& weight) {
  if (node.op_type == "Conv") return OutputChannels{0};
  if (node.op_type == "ConvTranspose") return OutputChannels{1, node.int_or("group", 1)};
  if (node.op_type == "Gemm" && node.float_or("beta", 1.0F) == 1.0F && weight.rank() == 2) {
    return OutputChannels{node.int_or("transB", 0) != 0 ? 0 : 1};
  }
  return std::nullopt;
}

Tensor scaled(const Tensor& weight, OutputChannels channels, const std::vector<float>& scale) {
  Tensor result = Tensor::unset(DataType::kFloat, weight.shape());
  const float* from = weight.data<float>();
  auto* to = result.mutable_data<float>();
  const int64_t per_group = weight.dim(static_cast<size_t>(channels.axis));
  const int64_t group_size = weight.size() / channels.groups;
  for_each_run(weight.shape(), channels.axis, [&](int64_t c, int64_t offset, int64_t count) {
    const int64_t group = channels.groups == 1 ? 0 : offset / group_size;
    const float factor = scale[static_cast<size_t>(group * per_group + c)];
    for (int64_t i = offset; i < offset + count; ++i) to[i] = from[i] * factor;
  });
  return result;
}

}  // namespace

bool fold_into_layer(std::span<const ChainLink> links, PrepareContext& context,
                     FoldedLayer& folded) {
  if (context.inputs.size() < 2) return false;
  PrepareContext::Operand& weight = context.inputs[1];
  if (weight.constant == nullptr || weight.type != DataType::kFloat) return false;
  const auto channels = output_channels(*context.node, *weight.constant);
  if (!channels) return false;
  const size_t count = links[0].scale.size();
  std::vector<float> scale(count, 1);
  std::vector<float> shift(count, 0);
  if (context.inputs.size() > 2 && context.inputs[2].type != DataType::kUndefined) {
    const Tensor* bias = context.inputs[2].constant;
    if (bias == nullptr || bias->type() != DataType::kFloat) return false;
    const auto size = static_cast<size_t>(bias->size());
    if ((size != 1 && size != count) || bias->dim(bias->rank() - 1) != bias->size()) return false;
    for (size_t c = 0; c < count; ++c) shift[c] = bias->data<float>()[size == 1 ? 0 : c];
  }
  for (const ChainLink& link : links) {
    for (size_t c = 0; c < count; ++c) {
      scale[c] *= link.scale[c];
      shift[c] = shift[c] * link.scale[c] + link.shift[c];
    }
  }
  folded.weight = scaled(*weight.constant, *channels, scale);
  folded.bias = Tensor::from_floats({static_cast<int64_t>(count)}, shift);
  weight.constant = &folded.weight;
  context.inputs.resize(3);
  context.inputs[2] = {DataType::kFloat, folded.bias.shape(), Layout::kPlain, &folded.bias};
  return true;
}

}  // namespace edgeopt
