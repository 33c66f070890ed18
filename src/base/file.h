// Files: whole-file reads, memory maps, and atomic writes.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace edgeopt {

// Throws Error(kBadInput) naming the file and the reason when it cannot be read.
std::string read_file(const std::filesystem::path& path);

// A read-only mapping of a whole file; unmapped with the last reference.
struct MappedFile {
  const char* data = nullptr;
  size_t size = 0;
  std::shared_ptr<const void> owner;
};
MappedFile map_file(const std::filesystem::path& path);

// Writes to `path` + a temporary suffix in the same folder; commit() flushes and renames. Without
// commit() the destructor removes the temporary file, so a failed or interrupted run leaves the old
// file or none. Temporary files of an interrupted process are removed by remove_unfinished_files(),
// which is safe to call from a signal handler; those of a killed one by the next AtomicFile of the
// same path. Throws Error(kBadInput) naming the file when the
// folder is missing, not writable, or the disk is full.
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(const void* data, size_t size);
  void write(std::string_view text) { write(text.data(), text.size()); }
  void commit();

 private:
  std::filesystem::path path_;
  std::string temporary_;
  int descriptor_ = -1;
  int slot_ = -1;
};

// Makes the folder and those above it. Throws Error(kBadInput) naming it when that is not possible.
void make_folder(const std::filesystem::path& path);

void write_file_atomically(const std::filesystem::path& path, std::string_view content);
void remove_unfinished_files() noexcept;

}  // namespace edgeopt
