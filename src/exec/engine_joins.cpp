#include "exec/engine_joins.h"

#include <algorithm>

#include "ops/join_moves.h"

namespace edgeopt {
namespace {

struct Reader {
  size_t step;
  size_t input;
};

// Who uses a buffer.
struct Use {
  size_t writers = 0;
  std::vector<size_t> readers;  // steps, each once
  bool kept = false;            // it must hold its elements: fed, fetched, observed
};

class Joiner {
 public:
  explicit Joiner(Plan& plan) : plan_(plan), uses_(plan.buffers.size()) {
    const auto keep = [&](const Place& place) {
      if (place.valid()) use_of(place).kept = true;
    };
    for (const PlanFeed& feed : plan_.feeds) keep(feed.place);
    for (const PlanFetch& fetch : plan_.fetches) keep(fetch.place);
    for (const PlanObservation& o : plan_.observed_feeds) keep(o.place);
    for (size_t i = 0; i < plan_.steps.size(); ++i) {
      const PlanStep& step = plan_.steps[i];
      for (const PlanObservation& o : step.observed) keep(o.place);
      for (const Place& place : step.inputs) add_reader(place, i);
      for (const Place& place : step.outputs) {
        if (place.valid()) ++use_of(place).writers;
      }
    }
  }

  void run() {
    for (size_t i = 0; i < plan_.steps.size(); ++i) {
      for (size_t k = 0; k < plan_.steps[i].outputs.size(); ++k) join(i, k);
    }
    std::erase_if(plan_.steps, [](const PlanStep& step) {
      return std::none_of(step.outputs.begin(), step.outputs.end(),
                          [](const Place& place) { return place.valid(); });
    });
  }

 private:
  Use& use_of(const Place& place) { return uses_[static_cast<size_t>(place.buffer)]; }

  void add_reader(const Place& place, size_t step) {
    if (!place.valid()) return;
    std::vector<size_t>& readers = use_of(place).readers;
    if (std::find(readers.rbegin(), readers.rend(), step) == readers.rend()) {
      readers.push_back(step);
    }
  }

  // The inputs that lie in the buffer; empty if a step reads it twice.
  std::vector<Reader> readers_of(const Place& written) {
    std::vector<Reader> result;
    for (const size_t at : use_of(written).readers) {
      const std::vector<Place>& inputs = plan_.steps[at].inputs;
      const auto reads = [&](const Place& place) { return place.buffer == written.buffer; };
      const auto input = std::find_if(inputs.begin(), inputs.end(), reads);
      if (std::find_if(input + 1, inputs.end(), reads) != inputs.end()) return {};
      result.push_back({at, static_cast<size_t>(input - inputs.begin())});
    }
    return result;
  }

  // Output `k` of step `at` moves into the steps that read it, if all of them can take it over.
  void join(size_t at, size_t k) {
    PlanStep& step = plan_.steps[at];
    const MovePlan* first = step.kernel->move_plan();
    const Place place = step.outputs[k];
    if (first == nullptr || first->zeros || !first->epilogue.empty() || !place.valid()) return;
    if (!step.observed.empty()) return;
    if (use_of(place).writers != 1 || use_of(place).kept) return;
    const std::vector<Reader> readers = readers_of(place);
    if (readers.empty()) return;
    std::vector<MovePlan> plans;
    int64_t read = 0;
    for (const Reader& reader : readers) {
      const auto joined = join_into(*first, k, place, reader);
      if (!joined) return;
      plans.push_back(*joined);
      for (const Move& move : plan_.steps[reader.step].kernel->move_plan()->moves) {
        if (move.input == reader.input) read += element_count(move.shape);
      }
    }
    if (read > element_count(place.shape)) return;  // the way there would be gone more than once
    for (size_t i = 0; i < plans.size(); ++i) commit(step, readers[i], std::move(plans[i]));
    MovePlan rest = *first;
    std::erase_if(rest.moves, [&](const Move& move) { return move.output == k; });
    step.outputs[k] = {};
    step.kernel = moves_kernel(std::move(rest));
  }

  // The reader's plan with the inputs of `first` behind its own.
  std::optional<MovePlan> join_into(const MovePlan& first, size_t output, const Place& place,
                                    const Reader& reader) const {
    const PlanStep& step = plan_.steps[reader.step];
    const MovePlan* second = step.kernel->move_plan();
    if (second == nullptr || second->type != first.type) return std::nullopt;
    const size_t own = second->constants.size();
    if (reader.input >= own) return std::nullopt;  // an operand of the epilogue
    std::vector<Move> written;
    std::copy_if(first.moves.begin(), first.moves.end(), std::back_inserter(written),
                 [&](const Move& move) { return move.output == output; });
    const auto bytes =
        static_cast<int64_t>(step.inputs[reader.input].offset) - static_cast<int64_t>(place.offset);
    const int64_t shift = bytes * 8 / bits_of(first.type);
    MovePlan result = *second;
    result.moves.clear();
    for (const Move& move : second->moves) {
      if (move.input != reader.input) {
        result.moves.push_back(move);
        continue;
      }
      for (const Move& before : written) {
        std::optional<Move> both;
        if (written.size() == 1) both = pulled(before, move, shift);
        if (!both) both = pushed(before, move, shift);
        if (!both) return std::nullopt;
        both->input += own;
        result.moves.push_back(std::move(*both));
      }
    }
    result.constants.insert(result.constants.end(), first.constants.begin(), first.constants.end());
    return result;
  }

  void commit(const PlanStep& first, const Reader& reader, MovePlan plan) {
    PlanStep& step = plan_.steps[reader.step];
    const size_t own = step.kernel->move_plan()->constants.size();
    step.inputs[reader.input] = {};
    step.inputs.insert(step.inputs.begin() + static_cast<std::ptrdiff_t>(own), first.inputs.begin(),
                       first.inputs.end());
    for (const Place& place : first.inputs) add_reader(place, reader.step);
    step.kernel = moves_kernel(std::move(plan));
    if (step.op_type == "(relayout)") {
      step.op_type = first.op_type;
      step.name = first.name + " + relayout";
    } else {
      step.name += " + " + first.op_type;
    }
  }

  Plan& plan_;
  std::vector<Use> uses_;  // by buffer
};

}  // namespace

void join_moves(Plan& plan) { Joiner(plan).run(); }

}  // namespace edgeopt
