#include "base/memory.h"

#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <fstream>

namespace edgeopt {

size_t memory_of_machine() {
  const auto all =
      static_cast<size_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  std::ifstream group("/sys/fs/cgroup/memory.max");
  size_t limit = SIZE_MAX;
  if (!(group >> limit)) limit = SIZE_MAX;  // no such file, or "max"
  return std::min(all, limit);
}

void share_heap() {
#ifdef M_ARENA_MAX  // glibc
  mallopt(M_ARENA_MAX, 1);
#endif
}

}  // namespace edgeopt
