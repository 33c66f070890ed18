#include "pipeline/compare.h"

#include <algorithm>
#include <chrono>

#include "base/format.h"

namespace edgeopt {
namespace {

// Enough micro-batches to keep every worker busy, few enough to stay small.
constexpr int64_t kMicroBatchesPerChunk = 8;

// Engine memory is reused after a callback: what is kept is copied.
Tensor owned(const Tensor& tensor) {
  Tensor copy(tensor.type(), tensor.shape(), tensor.layout());
  if (tensor.byte_size() > 0) {
    std::copy_n(tensor.data<char>(), tensor.byte_size(), copy.mutable_data<char>());
  }
  return copy;
}

class Comparer {
 public:
  explicit Comparer(const DataSource& data) : data_(data) {}

  void run_chunk(Engine& reference, Engine& candidate, int64_t first, int64_t count) {
    samples_.assign(static_cast<size_t>(count), {});
    expected_.assign(static_cast<size_t>(count), {});
    reference.run(
        count,
        [&](int64_t i) {
          Sample& kept = samples_[static_cast<size_t>(i)];
          kept = data_.load(first + i);
          return kept.inputs;
        },
        [&](int64_t i, const std::vector<Tensor>& outputs) {
          for (const Tensor& output : outputs) {
            expected_[static_cast<size_t>(i)].push_back(owned(output));
          }
        });
    const auto start = std::chrono::steady_clock::now();
    candidate.run(
        count, [&](int64_t i) { return samples_[static_cast<size_t>(i)].inputs; },
        [&](int64_t i, const std::vector<Tensor>& outputs) {
          add(samples_[static_cast<size_t>(i)], expected_[static_cast<size_t>(i)], outputs);
          expected_[static_cast<size_t>(i)].clear();
          samples_[static_cast<size_t>(i)].inputs.clear();
        });
    result_.candidate_seconds +=
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }

  Comparison finish() {
    if (result_.samples > 0) {
      result_.agreement =
          100.0 * static_cast<double>(same_class_) / static_cast<double>(result_.samples);
    }
    return result_;
  }

 private:
  void add(const Sample& sample, const std::vector<Tensor>& expected,
           const std::vector<Tensor>& outputs) {
    check(expected.size() == outputs.size(), "compared models have as many outputs");
    for (size_t k = 0; k < outputs.size(); ++k) {
      if (expected[k].size() != outputs[k].size() || expected[k].type() != outputs[k].type()) {
        fail(ErrorCode::kBadInput, "output {} is {} {}, the reference's is {} {}", k + 1,
             name_of(outputs[k].type()), to_string(outputs[k].shape()), name_of(expected[k].type()),
             to_string(expected[k].shape()));
      }
      if (outputs[k].type() != DataType::kFloat) continue;
      result_.outputs.add(expected[k].data<float>(), outputs[k].data<float>(), outputs[k].size());
    }
    ++result_.samples;
    if (outputs.empty() || outputs[0].type() != DataType::kFloat || outputs[0].size() == 0) return;
    const int64_t classes = outputs[0].size();
    result_.classes = classes;
    const float* a = expected[0].data<float>();
    const float* b = outputs[0].data<float>();
    same_class_ += arg_max(a, classes) == arg_max(b, classes) ? 1 : 0;
    if (sample.label < 0) return;
    result_.labelled = true;
    result_.reference.add(a, classes, sample.label);
    result_.candidate.add(b, classes, sample.label);
  }

  const DataSource& data_;
  int64_t same_class_ = 0;
  Comparison result_;
  std::vector<Sample> samples_;
  std::vector<std::vector<Tensor>> expected_;
};

}  // namespace

Comparison compare_engines(Engine& reference, Engine& candidate, const DataSource& data,
                           int64_t count, const std::function<void(int64_t, int64_t)>& progress) {
  Comparer comparer(data);
  const int64_t micro_batch = std::max(reference.micro_batch(), candidate.micro_batch());
  const int64_t step = std::max<int64_t>(1, micro_batch) * kMicroBatchesPerChunk;
  for (int64_t first = 0; first < count; first += step) {
    const int64_t size = std::min(step, count - first);
    comparer.run_chunk(reference, candidate, first, size);
    if (progress) progress(first + size, count);
  }
  return comparer.finish();
}

std::string poor_accuracy(double top1, int64_t samples, int64_t classes) {
  constexpr int64_t kEnough = 20;
  constexpr double kTimesChance = 2;
  if (samples < kEnough || classes < 3) return "";
  if (top1 > kTimesChance * 100.0 / static_cast<double>(classes)) return "";
  return format(
      "only {:.1f} % of {} samples get the class of their label: check --preset, --mean, --std, "
      "--channels, --class-offset and the labels",
      top1, samples);
}

}  // namespace edgeopt
