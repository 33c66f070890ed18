// input_list.txt and labels.txt, recipes' lists of passes.
#include <cstddef>
#include <cstdint>

#include "base/log.h"
#include "data/listing.h"
#include "fuzz/guard.h"
#include "pipeline/pass_list.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace edgeopt;
  set_log_level(LogLevel::kOff);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const InputSpec one{"x", DataType::kFloat, {1, 3, 8, 8}};
  const InputSpec two{"y", DataType::kFloat, {1, 4}};
  fuzz::expect_no_defect([&] { parse_list(text, {one}, "list", size % 2 == 0); });
  fuzz::expect_no_defect([&] { parse_list(text, {one, two}, "list", false); });
  fuzz::expect_no_defect([&] { parse_pass_list(text); });
  return 0;
}
