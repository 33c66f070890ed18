// .npy, and archives: .npz, .tar, .zip and what else libarchive reads.
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>

#include "base/file.h"
#include "base/log.h"
#include "data/archive.h"
#include "data/npy.h"
#include "data/sources.h"
#include "fuzz/guard.h"
#include "onnx/model_io.h"

namespace edgeopt::fuzz {
namespace {

constexpr uint64_t kUnpacked = uint64_t{1} << 24;

void read_array(const std::string& bytes) {
  const NpyArray array(Blob::of_memory(std::make_shared<const std::string>(bytes), "fuzzed.npy"));
  Shape shape = array.shape();
  for (const DataType type : {DataType::kFloat, DataType::kInt64, DataType::kBool}) {
    const InputSpec input{"x", type, shape};
    if (array.samples(input) > 0) array.load(0, input);
  }
}

void read_archive(const std::string& bytes) {
  // Archives are mapped, so they are files.
  static const std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("edgeopt-fuzz-" + std::to_string(::getpid()));
  write_file_atomically(path, bytes);
  const auto names = list_archive(path);
  for (const Blob& blob : open_entries(path, names, kUnpacked)) {
    if (blob.size() < kUnpacked) blob.read();
  }
}

}  // namespace
}  // namespace edgeopt::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace edgeopt;
  set_log_level(LogLevel::kOff);
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  fuzz::expect_no_defect([&] { fuzz::read_array(bytes); });
  fuzz::expect_no_defect([&] { fuzz::read_archive(bytes); });
  fuzz::expect_no_defect([&] { parse_tensor(bytes, "fuzzed.pb"); });
  return 0;
}
