// Google Benchmark over the kernels: convolutions of three networks as the engine plans them,
// quantization, the observers' sweeps, elementwise functions, pooling. One thread, warm caches.
#include <benchmark/benchmark.h>

#include "base/format.h"
#include "kernels/backend.h"
#include "kernels/epilogue.h"
#include "kernels/fake_quantize.h"
#include "kernels/pooling.h"
#include "kernels/sweep.h"
#include "kernels/transcendental.h"
#include "network_layers.h"
#include "quant/observer.h"

namespace edgeopt::bench {
namespace {

using benchmark::Counter;
using benchmark::State;

constexpr Grid kGrid = {.scale = 0.01F, .zero_point = 117, .low = 0, .high = 255};
constexpr int64_t kInCache = 1 << 12;
constexpr int64_t kInMemory = 1 << 24;

void report_bytes(State& state, int64_t bytes) {
  state.counters["GB/s"] =
      Counter(static_cast<double>(bytes) * 1e-9, Counter::kIsIterationInvariantRate);
}

void convolution(State& state, const Layer& layer) {
  LayerRun run(layer);
  for (auto _ : state) run.run();
  state.counters["GFLOP/s"] = Counter(layer.flops() * 1e-9, Counter::kIsIterationInvariantRate);
}

// f(x, y, count): what a kernel reads and writes of 4 bytes each.
template <typename F>
void elementwise(State& state, F f) {
  const int64_t count = state.range(0);
  const AlignedFloats x = noise(count, 1);
  AlignedFloats y(x.size());
  for (auto _ : state) f(x.data(), y.data(), count);
  report_bytes(state, 2 * count * int64_t{sizeof(float)});
}

// f(x, count): what a kernel only reads.
template <typename F>
void reading(State& state, F f) {
  const int64_t count = state.range(0);
  const AlignedFloats x = noise(count, 1);
  for (auto _ : state) f(x.data(), count);
  report_bytes(state, count * int64_t{sizeof(float)});
}

void pooling(State& state, const Pooling& pooling) {
  const int64_t inputs = pooling.channels * product(pooling.window.input);
  const int64_t outputs = pooling.channels * product(pooling.window.output);
  const AlignedFloats x = noise(inputs, 1);
  AlignedFloats y(static_cast<size_t>(outputs));
  AlignedFloats scratch(static_cast<size_t>(pool_scratch(pooling)) + 1);
  for (auto _ : state) pool(pooling, x.data(), y.data(), scratch.data());
  report_bytes(state, (inputs + outputs) * int64_t{sizeof(float)});
}

Pooling square_pool(Pooling::Kind kind, int64_t channels, int64_t size, int64_t kernel,
                    int64_t stride, int64_t pad) {
  const int64_t output = (size + 2 * pad - kernel) / stride + 1;
  Pooling pooling;
  pooling.kind = kind;
  pooling.channels = channels;
  pooling.window = {.input = {1, size, size},
                    .kernel = {1, kernel, kernel},
                    .stride = {1, stride, stride},
                    .before = {0, pad, pad},
                    .after = {0, pad, pad},
                    .output = {1, output, output}};
  return pooling;
}

template <typename F>
void add_elementwise(const char* name, F f) {
  benchmark::RegisterBenchmark(name, [f](State& state) { elementwise(state, f); })
      ->Arg(kInCache)
      ->Arg(kInMemory);
}

template <typename F>
void add_reading(const char* name, F f) {
  benchmark::RegisterBenchmark(name, [f](State& state) { reading(state, f); })
      ->Arg(kInCache)
      ->Arg(kInMemory);
}

void add_convolutions() {
  for (const Network& network : networks()) {
    for (const Layer& layer : network.layers) {
      const std::string name = format("convolution/{}/{}", network.name, layer.name());
      benchmark::RegisterBenchmark(name.c_str(),
                                   [layer](State& state) { convolution(state, layer); });
    }
  }
}

void add_quantization() {
  add_elementwise("quantize/fake", [](const float* x, float* y, int64_t count) {
    fake_quantize(x, y, count, kGrid);
  });
  add_elementwise("quantize/codes", [](const float* x, float* y, int64_t count) {
    quantize(x, reinterpret_cast<int32_t*>(y), count, kGrid);
  });
  add_elementwise("quantize/relu_then_fake", [](const float* x, float* y, int64_t count) {
    using Kind = EpilogueStep::Kind;
    const EpilogueStep steps[] = {{Kind::kRelu}, {Kind::kFakeQuant, 0.01F, 117, 0, 255}};
    static const Epilogue epilogue(steps);
    epilogue.apply(x, y, 0, count, {});
  });
}

void add_observers() {
  add_reading("observe/sweep_ends", [](const float* x, int64_t count) {
    benchmark::DoNotOptimize(sweep_ends(x, count));
  });
  add_reading("observe/count_bins", [](const float* x, int64_t count) {
    static std::vector<uint32_t> bins(2 * Observer::kBins);
    benchmark::DoNotOptimize(
        count_bins(x, count, 0.5F * Observer::kBins, Observer::kBins, bins.data()));
  });
  const auto observe = [](ObserverOptions options) {
    return [options](const float* x, int64_t count) {
      Observer observer(options);
      observer.observe(x, count);
      benchmark::DoNotOptimize(observer);
    };
  };
  add_reading("observe/min_max", observe({.histogram = false}));
  add_reading("observe/sampled_histogram", observe({}));
  add_reading("observe/whole_histogram", observe({.sampled = 0}));
}

void add_others() {
  add_elementwise("elementwise/exp", exp);
  add_elementwise("elementwise/sigmoid", sigmoid);
  add_elementwise("elementwise/silu", silu);
  add_elementwise("elementwise/tanh", tanh);
  add_elementwise("elementwise/erf", erf);
  add_elementwise("elementwise/gelu", gelu);
  const auto add_pool = [](const char* name, const Pooling& plan) {
    benchmark::RegisterBenchmark(name, [plan](State& state) { pooling(state, plan); });
  };
  using Kind = Pooling::Kind;
  add_pool("pool/max 3x3/2 64 @112", square_pool(Kind::kMax, 64, 112, 3, 2, 1));
  add_pool("pool/max 13x13 128 @13", square_pool(Kind::kMax, 128, 13, 13, 1, 6));
  add_pool("pool/average 7x7 2048 @7", square_pool(Kind::kAverage, 2048, 7, 7, 1, 0));
}

}  // namespace
}  // namespace edgeopt::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  edgeopt::single_threaded_kernels();
  edgeopt::bench::add_convolutions();
  edgeopt::bench::add_quantization();
  edgeopt::bench::add_observers();
  edgeopt::bench::add_others();
  // A filter that matches nothing is a mistake, not a success.
  return benchmark::RunSpecifiedBenchmarks() > 0 ? 0 : 1;
}
