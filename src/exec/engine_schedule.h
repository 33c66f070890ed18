// Hands out batches to workers and delivers their results in order.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

namespace edgeopt {

// At most `slots` batches are between their start and the end of their delivery. A slot is one set
// of result tensors; batch b uses slot b % slots.
class Schedule {
 public:
  // `deliver(batch, slot)` is called in order of the batches, never twice at a time, from whichever
  // worker finished the batch that was waited for.
  Schedule(int64_t batches, int64_t slots, std::function<void(int64_t, int64_t)> deliver);

  struct Ticket {
    int64_t batch = 0;
    int64_t slot = 0;
  };
  // The next batch; waits for a free slot. Nothing when all are handed out or the run has failed.
  std::optional<Ticket> next();
  // The results of the batch are in its slot.
  void finish(const Ticket& ticket);
  // Ends the run; the first error is kept.
  void abort(std::exception_ptr error);
  // Rethrows the error of the run, if there was one. Call after all workers have ended.
  void rethrow() const;

 private:
  void deliver_ready(std::unique_lock<std::mutex>& lock);

  int64_t batches_;
  int64_t slots_;
  std::function<void(int64_t, int64_t)> deliver_;
  std::mutex mutex_;
  std::condition_variable slot_freed_;
  int64_t handed_out_ = 0;
  int64_t delivered_ = 0;
  bool delivering_ = false;
  std::vector<char> ready_;  // by slot
  std::exception_ptr error_;
};

}  // namespace edgeopt
