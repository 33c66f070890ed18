#include "pipeline/compare.h"

#include <algorithm>
#include <chrono>

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
  Comparer(const DataSource& data, size_t output_count)
      : data_(data), output_count_(output_count) {}

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
    return std::move(result_);
  }

 private:
  void add(const Sample& sample, const std::vector<Tensor>& expected,
           const std::vector<Tensor>& outputs) {
    result_.fetched.resize(outputs.size());
    for (size_t k = 0; k < outputs.size(); ++k) {
      if (outputs[k].type() != DataType::kFloat) continue;
      const float* a = expected[k].data<float>();
      const float* b = outputs[k].data<float>();
      result_.fetched[k].add(a, b, outputs[k].size());
      if (k < output_count_) result_.outputs.add(a, b, outputs[k].size());
    }
    ++result_.samples;
    if (outputs.empty() || outputs[0].type() != DataType::kFloat || outputs[0].size() == 0) return;
    const int64_t classes = outputs[0].size();
    const float* a = expected[0].data<float>();
    const float* b = outputs[0].data<float>();
    same_class_ += arg_max(a, classes) == arg_max(b, classes) ? 1 : 0;
    if (sample.label < 0) return;
    result_.labelled = true;
    result_.reference.add(a, classes, sample.label);
    result_.candidate.add(b, classes, sample.label);
  }

  const DataSource& data_;
  size_t output_count_;
  int64_t same_class_ = 0;
  Comparison result_;
  std::vector<Sample> samples_;
  std::vector<std::vector<Tensor>> expected_;
};

}  // namespace

Comparison compare_engines(Engine& reference, Engine& candidate, const DataSource& data,
                           int64_t count, size_t output_count,
                           const std::function<void(int64_t, int64_t)>& progress) {
  Comparer comparer(data, output_count);
  const int64_t micro_batch = std::max(reference.micro_batch(), candidate.micro_batch());
  const int64_t step = std::max<int64_t>(1, micro_batch) * kMicroBatchesPerChunk;
  for (int64_t first = 0; first < count; first += step) {
    const int64_t size = std::min(step, count - first);
    comparer.run_chunk(reference, candidate, first, size);
    if (progress) progress(first + size, count);
  }
  return comparer.finish();
}

}  // namespace edgeopt
