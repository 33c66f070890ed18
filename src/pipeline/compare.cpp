#include "pipeline/compare.h"

#include <algorithm>
#include <chrono>

#include "base/format.h"

namespace edgeopt {
namespace {

// Enough micro-batches to keep every worker busy, few enough to stay small.
constexpr int64_t kMicroBatchesPerChunk = 8;
// So many samples, with inputs and outputs of so many bytes, are all kept from the reference to the
// candidate. A number, so that memory is the same for 100 samples and for 1,000.
constexpr int64_t kKeptSamples = 32;
constexpr size_t kKeptBytes = size_t{32} << 20;

// Engine memory is reused after a callback: what is kept is copied.
Tensor owned(const Tensor& tensor) {
  Tensor copy = Tensor::unset(tensor.type(), tensor.shape(), tensor.layout());
  if (tensor.byte_size() > 0) {
    std::copy_n(tensor.data<char>(), tensor.byte_size(), copy.mutable_data<char>());
  }
  return copy;
}

class Comparer {
 public:
  explicit Comparer(const DataSource& data) : data_(data) {}

  // Runs the reference over the next `count` samples and keeps them with their results.
  void expect(Engine& reference, int64_t count) {
    const size_t before = kept_.size();
    const int64_t first = taken_ + static_cast<int64_t>(before);
    kept_.resize(before + static_cast<size_t>(count));
    reference.run(
        count,
        [&](int64_t i) {
          Sample& sample = kept_[before + static_cast<size_t>(i)].sample;
          sample = data_.load(first + i);
          return sample.inputs;
        },
        [&](int64_t i, const std::vector<Tensor>& outputs) {
          Kept& kept = kept_[before + static_cast<size_t>(i)];
          for (const Tensor& output : outputs) kept.expected.push_back(owned(output));
        });
  }

  // Runs the candidate over the samples that are kept, and lets them go.
  void judge(Engine& candidate) {
    const auto start = std::chrono::steady_clock::now();
    candidate.run(
        static_cast<int64_t>(kept_.size()),
        [&](int64_t i) { return std::move(kept_[static_cast<size_t>(i)].sample.inputs); },
        [&](int64_t i, const std::vector<Tensor>& outputs) {
          Kept& kept = kept_[static_cast<size_t>(i)];
          add(kept.sample, kept.expected, outputs);
          kept.expected.clear();
        });
    result_.candidate_seconds +=
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    taken_ += static_cast<int64_t>(kept_.size());
    kept_.clear();
  }

  int64_t taken() const { return taken_; }
  // Of one sample with its results, on average.
  size_t bytes_of_sample() const {
    size_t bytes = 0;
    for (const Kept& kept : kept_) {
      for (const Tensor& input : kept.sample.inputs) bytes += input.byte_size();
      for (const Tensor& output : kept.expected) bytes += output.byte_size();
    }
    return bytes / std::max<size_t>(1, kept_.size());
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

  struct Kept {
    Sample sample;
    std::vector<Tensor> expected;
  };

  const DataSource& data_;
  int64_t same_class_ = 0;
  Comparison result_;
  int64_t taken_ = 0;  // samples that both have seen
  std::vector<Kept> kept_;
};

int64_t chunk_of(int64_t micro_batch) {
  return std::max<int64_t>(1, micro_batch) * kMicroBatchesPerChunk;
}

}  // namespace

Comparison compare_engines(Engine& reference, Engine& candidate, const DataSource& data,
                           int64_t count, const std::function<void(int64_t, int64_t)>& progress) {
  Comparer comparer(data);
  const int64_t chunk = chunk_of(std::max(reference.micro_batch(), candidate.micro_batch()));
  while (comparer.taken() < count) {
    comparer.expect(reference, std::min(chunk, count - comparer.taken()));
    comparer.judge(candidate);
    if (progress) progress(comparer.taken(), count);
  }
  return comparer.finish();
}

Comparison compare_engines(const MakeEngine& make_reference, const MakeEngine& make_candidate,
                           const DataSource& data, int64_t count,
                           const std::function<void(int64_t, int64_t)>& progress) {
  Comparer comparer(data);
  std::shared_ptr<Engine> reference = make_reference();
  const int64_t first = std::min(count, chunk_of(reference->micro_batch()));
  comparer.expect(*reference, first);
  const size_t bytes = comparer.bytes_of_sample() * static_cast<size_t>(count);
  if (count <= kKeptSamples && bytes <= kKeptBytes) {
    comparer.expect(*reference, count - first);
    reference.reset();
  }
  const std::shared_ptr<Engine> candidate = make_candidate();
  comparer.judge(*candidate);
  if (progress) progress(comparer.taken(), count);
  while (comparer.taken() < count) {
    comparer.expect(*reference, std::min(first, count - comparer.taken()));
    comparer.judge(*candidate);
    if (progress) progress(comparer.taken(), count);
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
