#include "ops/pool_kernel.h"

#include "ops/float_kernel.h"

namespace edgeopt {
namespace {

class PoolKernel : public Kernel {
 public:
  PoolKernel(const PrepareContext& context, const Pooling& pooling)
      : pooling_(pooling),
        count_(element_count(context.outputs[0].shape)),
        node_inputs_(context.inputs.size()),
        steps_(context.epilogue) {}

  size_t scratch_bytes() const override {
    return static_cast<size_t>(pool_scratch(pooling_)) * sizeof(float);
  }

  void run(std::span<const void* const> inputs, std::span<void* const> outputs,
           void* scratch) const override {
    auto* y = static_cast<float*>(outputs[0]);
    pool(pooling_, static_cast<const float*>(inputs[0]), y, static_cast<float*>(scratch));
    steps_.apply_to(y, 0, count_, OperandPointers(inputs, node_inputs_));
  }

 private:
  Pooling pooling_;
  int64_t count_;
  size_t node_inputs_;
  Epilogue steps_;
};

}  // namespace

std::unique_ptr<Kernel> prepare_pooling(const PrepareContext& context, Pooling pooling) {
  if (!floats_to_compute(context) || context.outputs.size() != 1) return nullptr;
  const PrepareContext::Operand& x = context.inputs[0];
  if (x.constant != nullptr || x.layout != Layout::kChannelsLast) return nullptr;
  if (context.outputs[0].layout != Layout::kChannelsLast) return nullptr;
  pooling.batch = x.shape[0];
  pooling.channels = x.shape[1];
  return std::make_unique<PoolKernel>(context, pooling);
}

}  // namespace edgeopt
