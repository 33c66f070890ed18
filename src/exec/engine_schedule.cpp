#include "exec/engine_schedule.h"

#include <utility>

namespace edgeopt {

Schedule::Schedule(int64_t batches, int64_t slots, std::function<void(int64_t, int64_t)> deliver)
    : batches_(batches),
      slots_(slots),
      deliver_(std::move(deliver)),
      ready_(static_cast<size_t>(slots), 0) {}

std::optional<Schedule::Ticket> Schedule::next() {
  std::unique_lock lock(mutex_);
  slot_freed_.wait(lock, [&] {
    return error_ != nullptr || handed_out_ == batches_ || handed_out_ < delivered_ + slots_;
  });
  if (error_ != nullptr || handed_out_ == batches_) return std::nullopt;
  const int64_t batch = handed_out_++;
  return Ticket{batch, batch % slots_};
}

void Schedule::finish(const Ticket& ticket) {
  std::unique_lock lock(mutex_);
  ready_[static_cast<size_t>(ticket.slot)] = 1;
  if (!delivering_) deliver_ready(lock);
}

void Schedule::deliver_ready(std::unique_lock<std::mutex>& lock) {
  delivering_ = true;
  while (error_ == nullptr && ready_[static_cast<size_t>(delivered_ % slots_)] != 0) {
    const int64_t batch = delivered_;
    lock.unlock();
    std::exception_ptr error;
    try {
      deliver_(batch, batch % slots_);
    } catch (...) {
      error = std::current_exception();
    }
    lock.lock();
    if (error != nullptr && error_ == nullptr) error_ = error;
    ready_[static_cast<size_t>(batch % slots_)] = 0;
    ++delivered_;
    slot_freed_.notify_all();
  }
  delivering_ = false;
}

void Schedule::abort(std::exception_ptr error) {
  const std::lock_guard lock(mutex_);
  if (error_ == nullptr) error_ = std::move(error);
  slot_freed_.notify_all();
}

void Schedule::rethrow() const {
  if (error_ != nullptr) std::rethrow_exception(error_);
}

}  // namespace edgeopt
