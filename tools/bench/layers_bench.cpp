// Each convolution of a network against the machine's limit, which is oneDNN's fastest primitive
// for it: any layout, weights and data laid out beforehand, the same epilogue fused. One thread,
// warm caches, in turns; medians of processor time. Prints a table in Markdown.
//
//   layers_bench [resnet50|mobilenetv2|yolox_nano [ROUNDS]]
#include <algorithm>
#include <cmath>
#include <ctime>
#include <dnnl.hpp>
#include <optional>
#include <vector>

#include "base/format.h"
#include "kernels/backend.h"
#include "network_layers.h"

namespace edgeopt::bench {
namespace {

using Dims = dnnl::memory::dims;
using Tag = dnnl::memory::format_tag;

constexpr int kRounds = 21;
constexpr double kSlice = 0.004;  // seconds of one measurement

enum class Addition { kIntoOutput, kOfOperand };  // oneDNN's post-operations "sum" and "binary"

const dnnl::engine& cpu() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

dnnl::stream& stream() {
  static dnnl::stream stream(cpu());
  return stream;
}

bool adds(Ending ending) {
  return ending == Ending::kAdd || ending == Ending::kAddRelu || ending == Ending::kSiluAdd;
}

dnnl::memory::desc floats(const Dims& dims, Tag tag) {
  return {dims, dnnl::memory::data_type::f32, tag};
}

dnnl::memory plain_memory(const Dims& dims, Tag tag, const AlignedFloats& values) {
  return dnnl::memory(floats(dims, tag), cpu(), const_cast<float*>(values.data()));
}

void copy(dnnl::memory from, dnnl::memory to) {
  dnnl::reorder(from, to).execute(stream(), from, to);
  stream().wait();
}

// `operand`: the layout of what is added by a binary post-operation.
dnnl::primitive_attr attributes(Ending ending, const dnnl::memory::desc* operand) {
  using dnnl::algorithm;
  dnnl::post_ops steps;
  const auto add = [&] {
    if (operand != nullptr) return steps.append_binary(algorithm::binary_add, *operand);
    steps.append_sum(1);
  };
  switch (ending) {
    case Ending::kNone: break;
    case Ending::kRelu: steps.append_eltwise(1, algorithm::eltwise_relu, 0, 0); break;
    case Ending::kRelu6: steps.append_eltwise(1, algorithm::eltwise_clip, 0, 6); break;
    case Ending::kSilu: steps.append_eltwise(1, algorithm::eltwise_swish, 1, 0); break;
    case Ending::kSigmoid: steps.append_eltwise(1, algorithm::eltwise_logistic, 0, 0); break;
    case Ending::kAdd: add(); break;
    case Ending::kAddRelu:
      add();
      steps.append_eltwise(1, algorithm::eltwise_relu, 0, 0);
      break;
    case Ending::kSiluAdd:
      steps.append_eltwise(1, algorithm::eltwise_swish, 1, 0);
      add();
      break;
  }
  dnnl::primitive_attr attr;
  attr.set_post_ops(steps);
  return attr;
}

// One way in which oneDNN can compute a layer.
class LimitRun {
 public:
  // None where oneDNN has no fast kernel for this layout.
  static std::optional<LimitRun> make(const Layer& layer, const LayerRun& data, Tag layout,
                                      Addition addition) {
    try {
      LimitRun run(layer, layout, addition);
      const std::string implementation = run.primitive_desc_.impl_info_str();
      if (implementation.find("ref") != std::string::npos) return std::nullopt;
      run.fill(layer, data);
      return run;
    } catch (const dnnl::error& error) {
      if (error.status != dnnl_unimplemented) throw;
      return std::nullopt;
    }
  }

  void run() { primitive_.execute(stream(), arguments_); }

  std::string description() const {
    const bool last = primitive_desc_.dst_desc() == floats(y_, Tag::nhwc);
    return format("{}, {}", last ? "channels-last" : "blocked", primitive_desc_.impl_info_str());
  }

  // The largest difference from `other`, channels-last, as a part of its largest element.
  double difference(const AlignedFloats& other) const {
    AlignedFloats own(other.size());
    copy(arguments_.at(DNNL_ARG_DST), plain_memory(y_, Tag::nhwc, own));
    double worst = 0;
    double largest = 0;
    for (size_t i = 0; i < own.size(); ++i) {
      worst = std::max(worst, std::abs(double{own[i]} - double{other[i]}));
      largest = std::max(largest, std::abs(double{other[i]}));
    }
    return worst / largest;
  }

 private:
  LimitRun(const Layer& layer, Tag layout, Addition addition)
      : x_{1, layer.inputs, layer.size, layer.size},
        y_{1, layer.outputs, layer.output_size(), layer.output_size()},
        in_place_(addition == Addition::kIntoOutput) {
    weights_ = {layer.outputs, layer.inputs / layer.groups, layer.kernel, layer.kernel};
    if (layer.groups > 1) weights_ = {layer.groups, 1, 1, layer.kernel, layer.kernel};
    const bool binary = adds(layer.ending) && !in_place_;
    const Ending first = binary ? Ending::kNone : layer.ending;
    describe(layer, floats(x_, layout), floats(y_, layout), attributes(first, nullptr));
    if (!binary) return;
    // The operand's layout must be named: it is what oneDNN chose without it.
    const dnnl::memory::desc y = primitive_desc_.dst_desc();
    describe(layer, primitive_desc_.src_desc(), y, attributes(layer.ending, &y));
  }

  void describe(const Layer& layer, const dnnl::memory::desc& x, const dnnl::memory::desc& y,
                const dnnl::primitive_attr& attr) {
    const Dims before = {layer.before, layer.before};
    // What the windows cover: less than the stated padding where the stride leaves input unused.
    const int64_t covered = (layer.output_size() - 1) * layer.stride + layer.kernel;
    const Dims after(2, covered - layer.size - layer.before);
    const dnnl::convolution_forward::desc desc(
        dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct, x,
        floats(weights_, Tag::any), floats({layer.outputs}, Tag::x), y,
        {layer.stride, layer.stride}, before, after);
    primitive_desc_ = dnnl::convolution_forward::primitive_desc(desc, attr, cpu());
  }

  void fill(const Layer& layer, const LayerRun& data) {
    primitive_ = dnnl::convolution_forward(primitive_desc_);
    const auto laid_out = [](const dnnl::memory::desc& desc, const dnnl::memory& from) {
      dnnl::memory memory(desc, cpu());
      copy(from, memory);
      return memory;
    };
    arguments_[DNNL_ARG_SRC] =
        laid_out(primitive_desc_.src_desc(), plain_memory(x_, Tag::nhwc, data.x));
    arguments_[DNNL_ARG_WEIGHTS] =
        laid_out(primitive_desc_.weights_desc(),
                 plain_memory(weights_, layer.groups > 1 ? Tag::goihw : Tag::oihw, data.weights));
    arguments_[DNNL_ARG_BIAS] =
        laid_out(primitive_desc_.bias_desc(), plain_memory({layer.outputs}, Tag::x, data.bias));
    const dnnl::memory operand =
        laid_out(primitive_desc_.dst_desc(), plain_memory(y_, Tag::nhwc, data.operand));
    if (!adds(layer.ending) || in_place_) {
      arguments_[DNNL_ARG_DST] = operand;
      return;
    }
    arguments_[DNNL_ARG_DST] = dnnl::memory(primitive_desc_.dst_desc(), cpu());
    const int step = layer.ending == Ending::kSiluAdd ? 1 : 0;
    arguments_[DNNL_ARG_ATTR_MULTIPLE_POST_OP(step) | DNNL_ARG_SRC_1] = operand;
  }

  Dims x_;
  Dims y_;
  Dims weights_;
  bool in_place_;
  dnnl::convolution_forward::primitive_desc primitive_desc_;
  dnnl::convolution_forward primitive_;
  std::unordered_map<int, dnnl::memory> arguments_;
};

std::vector<LimitRun> limits_of(const Layer& layer, LayerRun& ours) {
  ours.run();
  std::vector<LimitRun> limits;
  for (const Tag layout : {Tag::any, Tag::nhwc, Tag::nChw16c, Tag::nChw8c}) {
    for (const Addition addition : {Addition::kIntoOutput, Addition::kOfOperand}) {
      if (addition == Addition::kOfOperand && !adds(layer.ending)) continue;
      auto limit = LimitRun::make(layer, ours, layout, addition);
      if (!limit) continue;
      limit->run();
      const double difference = limit->difference(ours.y);
      if (!(difference < 1e-4)) {
        fail(ErrorCode::kInternal, "{}: edgeopt and oneDNN ({}) differ by {}", layer.name(),
             limit->description(), difference);
      }
      limits.push_back(std::move(*limit));
    }
  }
  check(!limits.empty(), "oneDNN computes every convolution");
  return limits;
}

// Processor time of one call.
template <typename F>
double seconds_of(int calls, F f) {
  const std::clock_t start = std::clock();
  for (int i = 0; i < calls; ++i) f();
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC / calls;
}

double median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

struct Times {
  double ours = 0;
  double limit = 0;
};

Times measure(const Layer& layer, int rounds) {
  LayerRun ours(layer);
  std::vector<LimitRun> limits = limits_of(layer, ours);
  const double once = std::max(1e-6, seconds_of(3, [&] { ours.run(); }));
  const int calls = rounds > 1 ? std::max(1, static_cast<int>(kSlice / once)) : 1;
  std::vector<double> own;
  std::vector<std::vector<double>> others(limits.size());
  for (int round = 0; round < rounds; ++round) {
    own.push_back(seconds_of(calls, [&] { ours.run(); }));
    for (size_t i = 0; i < limits.size(); ++i) {
      others[i].push_back(seconds_of(calls, [&] { limits[i].run(); }));
    }
  }
  Times times{median(own), median(others[0])};
  size_t best = 0;
  for (size_t i = 1; i < limits.size(); ++i) {
    const double other = median(others[i]);
    if (other >= times.limit) continue;
    times.limit = other;
    best = i;
  }
  fmt::print("| {} | {} | {:.0f} | {:.1f} | {:.1f} | {:.0f} % | {} |\n", layer.name(), layer.count,
             layer.flops() * 1e-6, layer.flops() * 1e-9 / times.ours,
             layer.flops() * 1e-9 / times.limit, 100 * times.limit / times.ours,
             limits[best].description());
  return times;
}

int run(std::string_view name, int rounds) {
  for (const Network& network : networks()) {
    if (network.name != name) continue;
    fmt::print(
        "| {} | times | MFLOP | edgeopt GFLOP/s | oneDNN GFLOP/s | ratio | oneDNN's way |\n"
        "|---|---:|---:|---:|---:|---:|---|\n",
        name);
    Times sum;
    double flops = 0;
    int count = 0;
    for (const Layer& layer : network.layers) {
      const Times times = measure(layer, rounds);
      sum.ours += layer.count * times.ours;
      sum.limit += layer.count * times.limit;
      flops += layer.count * layer.flops();
      count += layer.count;
    }
    fmt::print("| **sum** | {} | {:.0f} | {:.1f} | {:.1f} | **{:.1f} %** | |\n", count,
               flops * 1e-6, flops * 1e-9 / sum.ours, flops * 1e-9 / sum.limit,
               100 * sum.limit / sum.ours);
    return 0;
  }
  fmt::print(stderr, "layers_bench: no network named '{}'\n", name);
  return 2;
}

}  // namespace
}  // namespace edgeopt::bench

int main(int argc, char** argv) {
  edgeopt::single_threaded_kernels();
  const int rounds = argc > 2 ? std::atoi(argv[2]) : edgeopt::bench::kRounds;
  return edgeopt::bench::run(argc > 1 ? argv[1] : "resnet50", std::max(1, rounds));
}
