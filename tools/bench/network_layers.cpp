#include "network_layers.h"

#include "base/format.h"
#include "base/random.h"

namespace edgeopt::bench {
namespace {

// Input channels, size, output channels, kernel, stride, groups, padding before and after.
constexpr Layer kResNet50[] = {
    {3, 224, 64, 7, 2, 1, 3, 3, Ending::kRelu, 1},
    {64, 56, 64, 1, 1, 1, 0, 0, Ending::kRelu, 1},
    {64, 56, 64, 3, 1, 1, 1, 1, Ending::kRelu, 3},
    {64, 56, 256, 1, 1, 1, 0, 0, Ending::kNone, 1},
    {64, 56, 256, 1, 1, 1, 0, 0, Ending::kAddRelu, 3},
    {256, 56, 64, 1, 1, 1, 0, 0, Ending::kRelu, 2},
    {256, 56, 128, 1, 1, 1, 0, 0, Ending::kRelu, 1},
    {128, 56, 128, 3, 2, 1, 1, 1, Ending::kRelu, 1},
    {128, 28, 512, 1, 1, 1, 0, 0, Ending::kNone, 1},
    {256, 56, 512, 1, 2, 1, 0, 0, Ending::kAddRelu, 1},
    {512, 28, 128, 1, 1, 1, 0, 0, Ending::kRelu, 3},
    {128, 28, 128, 3, 1, 1, 1, 1, Ending::kRelu, 3},
    {128, 28, 512, 1, 1, 1, 0, 0, Ending::kAddRelu, 3},
    {512, 28, 256, 1, 1, 1, 0, 0, Ending::kRelu, 1},
    {256, 28, 256, 3, 2, 1, 1, 1, Ending::kRelu, 1},
    {256, 14, 1024, 1, 1, 1, 0, 0, Ending::kNone, 1},
    {512, 28, 1024, 1, 2, 1, 0, 0, Ending::kAddRelu, 1},
    {1024, 14, 256, 1, 1, 1, 0, 0, Ending::kRelu, 5},
    {256, 14, 256, 3, 1, 1, 1, 1, Ending::kRelu, 5},
    {256, 14, 1024, 1, 1, 1, 0, 0, Ending::kAddRelu, 5},
    {1024, 14, 512, 1, 1, 1, 0, 0, Ending::kRelu, 1},
    {512, 14, 512, 3, 2, 1, 1, 1, Ending::kRelu, 1},
    {512, 7, 2048, 1, 1, 1, 0, 0, Ending::kNone, 1},
    {1024, 14, 2048, 1, 2, 1, 0, 0, Ending::kAddRelu, 1},
    {2048, 7, 512, 1, 1, 1, 0, 0, Ending::kRelu, 2},
    {512, 7, 512, 3, 1, 1, 1, 1, Ending::kRelu, 2},
    {512, 7, 2048, 1, 1, 1, 0, 0, Ending::kAddRelu, 2},
};

constexpr Layer kMobileNetV2[] = {
    {3, 224, 32, 3, 2, 1, 0, 1, Ending::kRelu6, 1},
    {32, 112, 32, 3, 1, 32, 1, 1, Ending::kRelu6, 1},
    {32, 112, 16, 1, 1, 1, 0, 0, Ending::kNone, 1},
    {16, 112, 96, 1, 1, 1, 0, 0, Ending::kRelu6, 1},
    {96, 112, 96, 3, 2, 96, 0, 1, Ending::kRelu6, 1},
    {96, 56, 24, 1, 1, 1, 0, 0, Ending::kNone, 1},
    {24, 56, 144, 1, 1, 1, 0, 0, Ending::kRelu6, 2},
    {144, 56, 144, 3, 1, 144, 1, 1, Ending::kRelu6, 1},
    {144, 56, 24, 1, 1, 1, 0, 0, Ending::kAdd, 1},
    {144, 56, 144, 3, 2, 144, 0, 1, Ending::kRelu6, 1},
    {144, 28, 32, 1, 1, 1, 0, 0, Ending::kNone, 1},
    {32, 28, 192, 1, 1, 1, 0, 0, Ending::kRelu6, 3},
    {192, 28, 192, 3, 1, 192, 1, 1, Ending::kRelu6, 2},
    {192, 28, 32, 1, 1, 1, 0, 0, Ending::kAdd, 2},
    {192, 28, 192, 3, 2, 192, 0, 1, Ending::kRelu6, 1},
    {192, 14, 64, 1, 1, 1, 0, 0, Ending::kNone, 1},
    {64, 14, 384, 1, 1, 1, 0, 0, Ending::kRelu6, 4},
    {384, 14, 384, 3, 1, 384, 1, 1, Ending::kRelu6, 4},
    {384, 14, 64, 1, 1, 1, 0, 0, Ending::kAdd, 3},
    {384, 14, 96, 1, 1, 1, 0, 0, Ending::kNone, 1},
    {96, 14, 576, 1, 1, 1, 0, 0, Ending::kRelu6, 3},
    {576, 14, 576, 3, 1, 576, 1, 1, Ending::kRelu6, 2},
    {576, 14, 96, 1, 1, 1, 0, 0, Ending::kAdd, 2},
    {576, 14, 576, 3, 2, 576, 0, 1, Ending::kRelu6, 1},
    {576, 7, 160, 1, 1, 1, 0, 0, Ending::kNone, 1},
    {160, 7, 960, 1, 1, 1, 0, 0, Ending::kRelu6, 3},
    {960, 7, 960, 3, 1, 960, 1, 1, Ending::kRelu6, 3},
    {960, 7, 160, 1, 1, 1, 0, 0, Ending::kAdd, 2},
    {960, 7, 320, 1, 1, 1, 0, 0, Ending::kNone, 1},
    {320, 7, 1280, 1, 1, 1, 0, 0, Ending::kRelu6, 1},
    {1280, 1, 1001, 1, 1, 1, 0, 0, Ending::kNone, 1},
};

constexpr Layer kYoloxNano[] = {
    {12, 208, 16, 3, 1, 1, 1, 1, Ending::kSilu, 1},
    {16, 208, 16, 3, 2, 16, 1, 1, Ending::kSilu, 1},
    {16, 104, 32, 1, 1, 1, 0, 0, Ending::kSilu, 1},
    {32, 104, 16, 1, 1, 1, 0, 0, Ending::kSilu, 2},
    {16, 104, 16, 1, 1, 1, 0, 0, Ending::kSilu, 1},
    {16, 104, 16, 3, 1, 16, 1, 1, Ending::kSilu, 1},
    {16, 104, 16, 1, 1, 1, 0, 0, Ending::kSiluAdd, 1},
    {32, 104, 32, 1, 1, 1, 0, 0, Ending::kSilu, 1},
    {32, 104, 32, 3, 2, 32, 1, 1, Ending::kSilu, 1},
    {32, 52, 64, 1, 1, 1, 0, 0, Ending::kSilu, 1},
    {64, 52, 32, 1, 1, 1, 0, 0, Ending::kSilu, 2},
    {32, 52, 32, 1, 1, 1, 0, 0, Ending::kSilu, 5},
    {32, 52, 32, 3, 1, 32, 1, 1, Ending::kSilu, 4},
    {32, 52, 32, 1, 1, 1, 0, 0, Ending::kSiluAdd, 3},
    {64, 52, 64, 1, 1, 1, 0, 0, Ending::kSilu, 7},
    {64, 52, 64, 3, 2, 64, 1, 1, Ending::kSilu, 2},
    {64, 26, 128, 1, 1, 1, 0, 0, Ending::kSilu, 1},
    {128, 26, 64, 1, 1, 1, 0, 0, Ending::kSilu, 6},
    {64, 26, 64, 1, 1, 1, 0, 0, Ending::kSilu, 12},
    {64, 26, 64, 3, 1, 64, 1, 1, Ending::kSilu, 9},
    {64, 26, 64, 1, 1, 1, 0, 0, Ending::kSiluAdd, 3},
    {128, 26, 128, 1, 1, 1, 0, 0, Ending::kSilu, 3},
    {128, 26, 128, 3, 2, 128, 1, 1, Ending::kSilu, 2},
    {128, 13, 256, 1, 1, 1, 0, 0, Ending::kSilu, 1},
    {256, 13, 128, 1, 1, 1, 0, 0, Ending::kSilu, 6},
    {512, 13, 256, 1, 1, 1, 0, 0, Ending::kSilu, 1},
    {128, 13, 128, 1, 1, 1, 0, 0, Ending::kSilu, 5},
    {128, 13, 128, 3, 1, 128, 1, 1, Ending::kSilu, 2},
    {256, 13, 256, 1, 1, 1, 0, 0, Ending::kSilu, 2},
    {256, 26, 64, 1, 1, 1, 0, 0, Ending::kSilu, 2},
    {128, 52, 32, 1, 1, 1, 0, 0, Ending::kSilu, 2},
    {64, 52, 64, 3, 1, 64, 1, 1, Ending::kSilu, 4},
    {64, 52, 80, 1, 1, 1, 0, 0, Ending::kSigmoid, 1},
    {64, 52, 4, 1, 1, 1, 0, 0, Ending::kNone, 1},
    {64, 52, 1, 1, 1, 1, 0, 0, Ending::kSigmoid, 1},
    {64, 26, 80, 1, 1, 1, 0, 0, Ending::kSigmoid, 1},
    {64, 26, 4, 1, 1, 1, 0, 0, Ending::kNone, 1},
    {64, 26, 1, 1, 1, 1, 0, 0, Ending::kSigmoid, 1},
    {256, 13, 64, 1, 1, 1, 0, 0, Ending::kSilu, 1},
    {64, 13, 64, 3, 1, 64, 1, 1, Ending::kSilu, 4},
    {64, 13, 64, 1, 1, 1, 0, 0, Ending::kSilu, 4},
    {64, 13, 80, 1, 1, 1, 0, 0, Ending::kSigmoid, 1},
    {64, 13, 4, 1, 1, 1, 0, 0, Ending::kNone, 1},
    {64, 13, 1, 1, 1, 1, 0, 0, Ending::kSigmoid, 1},
};

constexpr Network kNetworks[] = {
    {"resnet50", kResNet50}, {"mobilenetv2", kMobileNetV2}, {"yolox_nano", kYoloxNano}};

std::vector<EpilogueStep> steps_of(Ending ending) {
  using Kind = EpilogueStep::Kind;
  const EpilogueStep add = {Kind::kAdd};
  const EpilogueStep relu = {Kind::kRelu};
  const EpilogueStep silu = {Kind::kSilu};
  switch (ending) {
    case Ending::kNone: return {};
    case Ending::kRelu: return {relu};
    case Ending::kRelu6: return {{Kind::kClip, 0, 6}};
    case Ending::kSilu: return {silu};
    case Ending::kSigmoid: return {{Kind::kSigmoid}};
    case Ending::kAdd: return {add};
    case Ending::kAddRelu: return {add, relu};
    case Ending::kSiluAdd: return {silu, add};
  }
  return {};
}

const char* name_of(Ending ending) {
  switch (ending) {
    case Ending::kNone: return "";
    case Ending::kRelu: return " relu";
    case Ending::kRelu6: return " relu6";
    case Ending::kSilu: return " silu";
    case Ending::kSigmoid: return " sigmoid";
    case Ending::kAdd: return " add";
    case Ending::kAddRelu: return " add relu";
    case Ending::kSiluAdd: return " silu add";
  }
  return "";
}

}  // namespace

double Layer::flops() const {
  const ConvolutionShape s = shape();
  return 2.0 * static_cast<double>(s.weight_size() * product(s.y_space()));
}

ConvolutionShape Layer::shape() const {
  ConvolutionShape s;
  s.groups = groups;
  s.input_channels = inputs;
  s.output_channels = outputs;
  s.window = {.input = {1, size, size},
              .kernel = {1, kernel, kernel},
              .stride = {1, stride, stride},
              .before = {0, before, before},
              .after = {0, after, after},
              .output = {1, output_size(), output_size()}};
  return s;
}

std::string Layer::name() const {
  return format("{0}x{0}{1}{2} {3}->{4} @{5}{6}", kernel, stride > 1 ? format("/{}", stride) : "",
                groups > 1 ? " dw" : "", inputs, outputs, size, name_of(ending));
}

std::span<const Network> networks() { return kNetworks; }

AlignedFloats noise(int64_t count, uint64_t seed) {
  Random random(seed);
  AlignedFloats values(static_cast<size_t>(count));
  for (float& value : values) value = static_cast<float>(2 * random.uniform() - 1);
  return values;
}

LayerRun::LayerRun(const Layer& layer) {
  ConvolutionPlan plan;
  plan.shape = layer.shape();
  plan.x_layout = Layout::kChannelsLast;
  plan.y_layout = Layout::kChannelsLast;
  plan.epilogue = steps_of(layer.ending);
  const int64_t results = layer.outputs * product(plan.shape.y_space());
  x = noise(layer.inputs * product(plan.shape.x_space()), 1);
  weights = noise(plan.shape.weight_size(), 2);
  bias = noise(layer.outputs, 3);
  operand = noise(results, 4);
  y.resize(static_cast<size_t>(results));
  plan.weights = weights.data();
  plan.has_bias = true;
  plan.bias = bias.data();
  kernel_ = make_convolution(plan);
  scratch_.resize(kernel_->scratch_bytes() / sizeof(float) + 1);
  operand_ = operand.data();
  if (kernel_->may_overwrite(0)) {  // the engine lets them coincide
    y = operand;
    operand_ = y.data();
  }
  inputs_.x = x.data();
  inputs_.operands = {&operand_, 1};
}

}  // namespace edgeopt::bench
