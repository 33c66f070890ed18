// The distinct convolutions of three networks, with what the engine fuses into them, and what it
// takes to run one of them by itself. One sample at a time: that is the engine's micro-batch for
// images of these sizes.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "kernels/aligned.h"
#include "kernels/convolution.h"

namespace edgeopt::bench {

enum class Ending { kNone, kRelu, kRelu6, kSilu, kSigmoid, kAdd, kAddRelu, kSiluAdd };

struct Layer {
  int64_t inputs;   // channels
  int64_t size;     // height and width
  int64_t outputs;  // channels
  int64_t kernel;
  int64_t stride;
  int64_t groups;
  int64_t before;  // padding above and to the left
  int64_t after;
  Ending ending;
  int count;  // in the network

  int64_t output_size() const { return (size + before + after - kernel) / stride + 1; }
  double flops() const;  // a multiply-add is two
  ConvolutionShape shape() const;
  std::string name() const;  // "3x3/2 64->128 @56 relu"
};

struct Network {
  std::string_view name;
  std::span<const Layer> layers;
};

// ResNet-50 at 224x224 (stride in the 3x3), MobileNetV2 at 224x224, YOLOX-nano at 416x416.
std::span<const Network> networks();

// `count` floats in [-1, 1), the same for a seed.
AlignedFloats noise(int64_t count, uint64_t seed);

// A layer with random weights and data, channels-last, planned as the engine plans it.
class LayerRun {
 public:
  explicit LayerRun(const Layer& layer);
  void run() { kernel_->run(inputs_, y.data(), scratch_.data()); }

  AlignedFloats x;
  AlignedFloats weights;  // plain
  AlignedFloats bias;
  AlignedFloats operand;  // what is added, where something is
  AlignedFloats y;

 private:
  std::unique_ptr<Convolution> kernel_;
  const float* operand_;
  ConvolutionInputs inputs_;
  AlignedFloats scratch_;
};

}  // namespace edgeopt::bench
