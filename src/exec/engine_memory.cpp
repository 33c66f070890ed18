#include "exec/engine_memory.h"

#include <algorithm>
#include <numeric>

#include "tensor/relayout.h"

namespace edgeopt {
namespace {

constexpr size_t kAlignment = 64;

size_t aligned(size_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

class MemoryPlanner {
 public:
  explicit MemoryPlanner(Plan& plan) : plan_(plan) {}

  void run() {
    find_lifetimes();
    share_in_place();
    if (plan_.batch == 1) {
      for (PlanFeed& feed : plan_.feeds) feed.lent = is_only_read(feed.place);
      for (PlanFetch& fetch : plan_.fetches) lend_result(fetch);
    }
    place_buffers();
  }

 private:
  PlanBuffer& buffer(int32_t index) { return plan_.buffers[static_cast<size_t>(index)]; }

  void touch(const Place& place, int32_t step) {
    if (place.valid()) touch(place.buffer, step);
  }
  void touch(int32_t index, int32_t step) {
    buffer(index).first = std::min(buffer(index).first, step);
    buffer(index).last = std::max(buffer(index).last, step);
  }

  void find_lifetimes() {
    const auto end = static_cast<int32_t>(plan_.steps.size());
    for (PlanBuffer& b : plan_.buffers) b = {b.bytes, end, -1, 0};
    for (const PlanFeed& feed : plan_.feeds) touch(feed.place, -1);
    for (int32_t i = 0; i < end; ++i) {
      const PlanStep& step = plan_.steps[static_cast<size_t>(i)];
      for (const Place& place : step.inputs) touch(place, i);
      for (const Place& place : step.outputs) touch(place, i);
      for (const PlanObservation& o : step.observed) touch(o.place, i);
      if (step.scratch >= 0) touch(step.scratch, i);
    }
    for (const PlanFetch& fetch : plan_.fetches) touch(fetch.place, end);
  }

  // The input whose memory output 0 of the step takes over; -1: none.
  int32_t taken_over(const PlanStep& step, int32_t at) {
    const Place& out = step.outputs[0];
    if (!out.valid()) return -1;
    for (size_t k = 0; k < step.inputs.size(); ++k) {
      const Place& in = step.inputs[k];
      if (!in.valid() || in.offset != 0 || !step.kernel->may_overwrite(k)) continue;
      if (buffer(in.buffer).last != at || buffer(in.buffer).bytes != buffer(out.buffer).bytes) {
        continue;
      }
      bool alone = in.buffer != out.buffer;
      for (size_t j = 0; j < step.inputs.size(); ++j) {
        if (step.inputs[j].buffer == in.buffer && !step.kernel->may_overwrite(j)) alone = false;
      }
      for (const PlanObservation& o : step.observed) {
        if (o.place.buffer == in.buffer) alone = false;  // read after the step has run
      }
      if (alone) return in.buffer;
    }
    return -1;
  }

  // Goes backwards, so that a chain of steps in place ends up in one buffer.
  void share_in_place() {
    std::vector<int32_t> owner(plan_.buffers.size());
    std::iota(owner.begin(), owner.end(), 0);
    for (size_t i = plan_.steps.size(); i-- > 0;) {
      const PlanStep& step = plan_.steps[i];
      const int32_t input = taken_over(step, static_cast<int32_t>(i));
      if (input < 0) continue;
      const int32_t output = step.outputs[0].buffer;
      owner[static_cast<size_t>(output)] = input;
      buffer(input).last = buffer(output).last;
    }
    const auto resolve = [&](Place& place) {
      while (place.valid() && owner[static_cast<size_t>(place.buffer)] != place.buffer) {
        place.buffer = owner[static_cast<size_t>(place.buffer)];
      }
    };
    for (PlanStep& step : plan_.steps) {
      for (Place& place : step.inputs) resolve(place);
      for (Place& place : step.outputs) resolve(place);
      for (PlanObservation& o : step.observed) resolve(o.place);
    }
    for (PlanFetch& fetch : plan_.fetches) resolve(fetch.place);
    for (size_t i = 0; i < owner.size(); ++i) {
      if (owner[i] != static_cast<int32_t>(i)) plan_.buffers[i].bytes = 0;
    }
  }

  // A whole buffer that is of this feed alone, and no step writes into it.
  bool is_only_read(const Place& place) const {
    if (!place.valid() || place.offset != 0) return false;
    const auto same = [&](const Place& other) { return other.buffer == place.buffer; };
    const auto written = [&](const PlanStep& step) {
      return std::any_of(step.outputs.begin(), step.outputs.end(), same);
    };
    return std::none_of(plan_.steps.begin(), plan_.steps.end(), written) &&
           std::count_if(plan_.feeds.begin(), plan_.feeds.end(),
                         [&](const PlanFeed& feed) { return same(feed.place); }) == 1;
  }

  // If the buffer holds just this result, as the caller wants it, and is not lent already.
  void lend_result(PlanFetch& fetch) {
    const Place& place = fetch.place;
    if (!place.valid() || place.offset != 0) return;
    const auto fed = [&](const PlanFeed& feed) { return feed.place.buffer == place.buffer; };
    if (std::any_of(plan_.feeds.begin(), plan_.feeds.end(), fed)) return;
    const bool plain = place.layout == Layout::kPlain || layouts_coincide(place.shape);
    const auto bits = static_cast<size_t>(element_count(fetch.sample_shape) * bits_of(fetch.type));
    if (!plain || buffer(place.buffer).bytes != (bits + 7) / 8) return;
    fetch.lent = true;
    buffer(place.buffer).bytes = 0;
  }

  void place_buffers() {
    std::vector<size_t> order(plan_.buffers.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
      return plan_.buffers[a].bytes > plan_.buffers[b].bytes;
    });
    std::vector<const PlanBuffer*> placed;  // by offset
    for (const size_t index : order) {
      PlanBuffer& b = plan_.buffers[index];
      if (b.bytes == 0) continue;
      size_t offset = 0;
      for (const PlanBuffer* other : placed) {
        if (other->last < b.first || other->first > b.last) continue;
        if (other->offset >= offset + aligned(b.bytes)) break;
        offset = std::max(offset, other->offset + aligned(other->bytes));
      }
      b.offset = offset;
      plan_.arena_bytes = std::max(plan_.arena_bytes, offset + aligned(b.bytes));
      const auto after = std::upper_bound(
          placed.begin(), placed.end(), &b,
          [](const PlanBuffer* x, const PlanBuffer* y) { return x->offset < y->offset; });
      placed.insert(after, &b);
    }
  }

  Plan& plan_;
};

}  // namespace

void lay_out_memory(Plan& plan) { MemoryPlanner(plan).run(); }

}  // namespace edgeopt
