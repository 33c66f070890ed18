#include "exec/engine_worker.h"

#include <cstdlib>
#include <cstring>

#include "base/blame.h"
#include "base/format.h"
#include "tensor/relayout.h"

namespace edgeopt {
namespace {

constexpr size_t kAlignment = 64;

size_t bytes_of(DataType type, int64_t elements) {
  return (static_cast<size_t>(elements) * static_cast<size_t>(bits_of(type)) + 7) / 8;
}

bool is_aligned(const void* memory) {
  return reinterpret_cast<uintptr_t>(memory) % kAlignment == 0;
}

}  // namespace

BatchResults make_results(const Plan& plan) {
  BatchResults results(static_cast<size_t>(plan.batch));
  for (std::vector<Tensor>& sample : results) {
    for (const PlanFetch& fetch : plan.fetches) {
      sample.push_back(fetch.place.valid() ? Tensor(fetch.type, fetch.sample_shape)
                                           : fetch.constant);
    }
  }
  return results;
}

void Worker::Free::operator()(void* p) const { std::free(p); }

Worker::Worker(const Plan& plan, int index) : plan_(plan), index_(index) {
  const size_t bytes = (plan.arena_bytes / kAlignment + 1) * kAlignment;
  arena_.reset(static_cast<char*>(std::aligned_alloc(kAlignment, bytes)));
  if (arena_ == nullptr) {
    fail(ErrorCode::kBadInput, "the model's activations of {} bytes do not fit in memory", bytes);
  }
  for (const PlanBuffer& buffer : plan.buffers) buffers_.push_back(arena_.get() + buffer.offset);
  for (const PlanStep& step : plan.steps) {
    Addresses& addresses = steps_.emplace_back();
    for (const Place& place : step.inputs) addresses.inputs.push_back(address(place));
    for (const Place& place : step.outputs) addresses.outputs.push_back(address(place));
    if (step.scratch >= 0) addresses.scratch = buffers_[static_cast<size_t>(step.scratch)];
  }
  collect_users();
}

char* Worker::address(const Place& place) const {
  return place.valid() ? buffers_[static_cast<size_t>(place.buffer)] + place.offset : nullptr;
}

void Worker::collect_users() {
  for (const PlanFeed& feed : plan_.feeds) {
    if (feed.lent) users_[feed.place.buffer] = {};
  }
  for (const PlanFetch& fetch : plan_.fetches) {
    if (fetch.lent) users_[fetch.place.buffer] = {};
  }
  for (size_t i = 0; i < steps_.size(); ++i) {
    const PlanStep& step = plan_.steps[i];
    for (size_t k = 0; k < step.inputs.size(); ++k) {
      const auto users = users_.find(step.inputs[k].buffer);
      if (users == users_.end()) continue;
      users->second.inputs.emplace_back(&steps_[i].inputs[k], step.inputs[k].offset);
    }
    for (size_t k = 0; k < step.outputs.size(); ++k) {
      const auto users = users_.find(step.outputs[k].buffer);
      if (users == users_.end()) continue;
      users->second.outputs.emplace_back(&steps_[i].outputs[k], step.outputs[k].offset);
    }
  }
}

void Worker::move_buffer(int32_t buffer, void* memory) {
  const auto index = static_cast<size_t>(buffer);
  char* base =
      memory == nullptr ? arena_.get() + plan_.buffers[index].offset : static_cast<char*>(memory);
  if (buffers_[index] == base) return;
  buffers_[index] = base;
  const Users& users = users_.at(buffer);
  for (const auto& [input, offset] : users.inputs) *input = base + offset;
  for (const auto& [output, offset] : users.outputs) *output = base + offset;
}

void Worker::feed(int64_t place_in_batch, int64_t sample, std::vector<Tensor> inputs) {
  if (inputs.size() != plan_.feeds.size()) {
    fail(ErrorCode::kBadInput, "sample {} has {} tensors, the model takes {} inputs", sample,
         inputs.size(), plan_.feeds.size());
  }
  for (size_t i = 0; i < inputs.size(); ++i) {
    const PlanFeed& feed = plan_.feeds[i];
    const Tensor& tensor = inputs[i];
    if (tensor.type() != feed.place.type || tensor.shape() != feed.sample_shape) {
      fail(ErrorCode::kBadInput, "input '{}' is {} {}, sample {} gives {} {}", feed.name,
           name_of(feed.place.type), to_string(feed.sample_shape), sample, name_of(tensor.type()),
           to_string(tensor.shape()));
    }
    if (!feed.place.valid()) continue;
    const bool as_planned =
        tensor.layout() == feed.place.layout || layouts_coincide(tensor.shape());
    const bool stays = feed.lent && as_planned && is_aligned(tensor.raw());
    if (feed.lent)
      move_buffer(feed.place.buffer, stays ? const_cast<void*>(tensor.raw()) : nullptr);
    if (stays) continue;
    char* to = address(feed.place) + bytes_of(tensor.type(), place_in_batch * tensor.size());
    relayout(tensor.type(), tensor.shape(), tensor.raw(), tensor.layout(), to, feed.place.layout);
  }
  if (plan_.batch == 1) fed_ = std::move(inputs);
}

void Worker::fill(int64_t samples) {
  for (const PlanFeed& feed : plan_.feeds) {
    if (!feed.place.valid()) continue;
    const size_t bytes = bytes_of(feed.place.type, element_count(feed.sample_shape));
    char* data = address(feed.place);
    const char* last = data + static_cast<size_t>(samples - 1) * bytes;
    for (int64_t s = samples; s < plan_.batch; ++s) {
      std::memcpy(data + static_cast<size_t>(s) * bytes, last, bytes);
    }
  }
}

void Worker::run(int64_t first, int64_t samples, const ObserveValue& observe, StepTimes* times) {
  if (observe) {
    for (const auto& [value, constant] : plan_.observed_constants) {
      for (int64_t s = 0; s < samples; ++s) observe(index_, first + s, value, constant);
    }
    observe_places(plan_.observed_feeds, first, samples, observe);
  }
  for (size_t i = 0; i < steps_.size(); ++i) {
    const PlanStep& step = plan_.steps[i];
    const StepTimer timer(times, i);
    blaming([&] { return step.name; },
            [&] { step.kernel->run(steps_[i].inputs, steps_[i].outputs, steps_[i].scratch); });
    if (observe && !step.observed.empty()) observe_places(step.observed, first, samples, observe);
  }
}

void Worker::observe_places(const std::vector<PlanObservation>& observed, int64_t first,
                            int64_t samples, const ObserveValue& observe) const {
  for (const PlanObservation& o : observed) {
    Shape shape = o.place.shape;
    if (plan_.batch > 1) shape[0] /= plan_.batch;
    const int64_t count = element_count(shape);
    auto* data = reinterpret_cast<float*>(address(o.place));
    for (int64_t s = 0; s < samples; ++s) {
      observe(index_, first + s, o.value,
              Tensor::view(DataType::kFloat, shape, data + s * count, o.place.layout));
    }
  }
}

void Worker::lend(BatchResults& results) {
  for (size_t k = 0; k < plan_.fetches.size(); ++k) {
    const PlanFetch& fetch = plan_.fetches[k];
    if (fetch.lent) move_buffer(fetch.place.buffer, results[0][k].mutable_raw());
  }
}

void Worker::fetch(int64_t samples, BatchResults& results) {
  for (size_t k = 0; k < plan_.fetches.size(); ++k) {
    const PlanFetch& fetch = plan_.fetches[k];
    if (!fetch.place.valid() || fetch.lent) continue;
    const int64_t count = element_count(fetch.sample_shape);
    for (int64_t s = 0; s < samples; ++s) {
      const char* from = address(fetch.place) + bytes_of(fetch.type, s * count);
      void* to = results[static_cast<size_t>(s)][k].mutable_raw();
      relayout(fetch.type, fetch.sample_shape, from, fetch.place.layout, to, Layout::kPlain);
    }
  }
  fed_.clear();
}

}  // namespace edgeopt
