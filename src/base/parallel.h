// Independent pieces of work on several threads.
#pragma once

#include <cstdint>
#include <functional>

namespace edgeopt {

// The threads that a caller asks for; 0 stands for one for each core.
int thread_count(int wanted);

// Calls work(0) .. work(count - 1), each once, on up to `threads` threads (0: one for each core),
// in no order. Of the exceptions, that of the lowest index is rethrown; with one, later pieces may
// be left out.
void parallel_for(int threads, int64_t count, const std::function<void(int64_t index)>& work);

}  // namespace edgeopt
