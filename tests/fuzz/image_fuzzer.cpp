// JPEG and PNG.
#include <cstddef>
#include <cstdint>

#include "base/log.h"
#include "data/image.h"
#include "fuzz/guard.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace edgeopt;
  set_log_level(LogLevel::kOff);
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  fuzz::expect_no_defect([&] { decode_image(bytes, "fuzzed", 3); });
  return 0;
}
