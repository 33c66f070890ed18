#include "base/file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>

#include "base/format.h"

namespace edgeopt {
namespace {

// Paths of unfinished temporary files, in storage that a signal handler may read.
constexpr size_t kSlots = 64;
constexpr size_t kPathLength = 4096;
std::array<std::array<char, kPathLength>, kSlots> unfinished{};
std::array<std::atomic<int>, kSlots> slot_state{};  // 0 free, 1 being filled, 2 valid

int remember(const std::string& path) {
  if (path.size() >= kPathLength) return -1;
  for (size_t i = 0; i < kSlots; ++i) {
    int free_state = 0;
    if (!slot_state[i].compare_exchange_strong(free_state, 1)) continue;
    std::memcpy(unfinished[i].data(), path.c_str(), path.size() + 1);
    slot_state[i].store(2);
    return static_cast<int>(i);
  }
  return -1;
}

void forget(int slot) {
  if (slot >= 0) slot_state[static_cast<size_t>(slot)].store(0);
}

constexpr std::string_view kSuffix = ".part";

std::string temporary_name(const std::filesystem::path& path) {
  return format("{}.{}{}", path.string(), ::getpid(), kSuffix);
}

// PATH.NUMBER.part: made for `path` by some process.
bool is_temporary_of(const std::filesystem::path& path, const std::string& name) {
  const std::string stem = path.filename().string() + ".";
  if (name.size() <= stem.size() + kSuffix.size()) return false;
  return name.starts_with(stem) && name.ends_with(kSuffix) &&
         std::all_of(name.begin() + static_cast<std::ptrdiff_t>(stem.size()),
                     name.end() - static_cast<std::ptrdiff_t>(kSuffix.size()),
                     [](char c) { return c >= '0' && c <= '9'; });
}

// Removes what killed processes have left. A file that is still being written is locked.
void remove_abandoned(const std::filesystem::path& path) {
  std::error_code error;
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  std::filesystem::directory_iterator at(folder, error);
  for (; !error && at != std::filesystem::directory_iterator(); at.increment(error)) {
    if (!is_temporary_of(path, at->path().filename().string())) continue;
    const int descriptor = ::open(at->path().c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) continue;
    if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) ::unlink(at->path().c_str());
    ::close(descriptor);
  }
}

// Another process may take the file for an abandoned one before it is locked: once more, then.
int open_locked(const std::string& path) {
  for (;;) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    struct stat info {};
    if (descriptor < 0 || ::flock(descriptor, LOCK_EX | LOCK_NB) != 0) return descriptor;
    if (::fstat(descriptor, &info) != 0 || info.st_nlink > 0) return descriptor;
    ::close(descriptor);
  }
}

std::string reason() { return std::strerror(errno); }

}  // namespace

std::string read_file(const std::filesystem::path& path) {
  const MappedFile file = map_file(path);
  return std::string(file.data, file.size);
}

MappedFile map_file(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    fail(ErrorCode::kBadInput, "{}: cannot be opened: {}", path.string(), reason());
  struct stat info {};
  if (::fstat(descriptor, &info) != 0 || !S_ISREG(info.st_mode)) {
    ::close(descriptor);
    fail(ErrorCode::kBadInput, "{}: is not a regular file", path.string());
  }
  const auto size = static_cast<size_t>(info.st_size);
  if (size == 0) {
    ::close(descriptor);
    return {"", 0, nullptr};
  }
  void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  ::close(descriptor);
  if (address == MAP_FAILED)
    fail(ErrorCode::kBadInput, "{}: cannot be read: {}", path.string(), reason());
  std::shared_ptr<const void> owner(
      address, [size](const void* p) { ::munmap(const_cast<void*>(p), size); });
  return {static_cast<const char*>(address), size, owner};
}

AtomicFile::AtomicFile(std::filesystem::path path) : path_(std::move(path)) {
  remove_abandoned(path_);
  temporary_ = temporary_name(path_);
  descriptor_ = open_locked(temporary_);
  if (descriptor_ < 0)
    fail(ErrorCode::kBadInput, "{}: cannot be written: {}", path_.string(), reason());
  slot_ = remember(temporary_);
}

AtomicFile::~AtomicFile() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
    ::unlink(temporary_.c_str());
  }
  forget(slot_);
}

void AtomicFile::write(const void* data, size_t size) {
  const char* rest = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t written = ::write(descriptor_, rest, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0)
      fail(ErrorCode::kBadInput, "{}: cannot be written: {}", path_.string(), reason());
    rest += written;
    size -= static_cast<size_t>(written);
  }
}

void AtomicFile::commit() {
  const bool closed = ::close(descriptor_) == 0;
  descriptor_ = -1;
  if (!closed || ::rename(temporary_.c_str(), path_.c_str()) != 0) {
    const std::string why = reason();
    ::unlink(temporary_.c_str());
    fail(ErrorCode::kBadInput, "{}: cannot be written: {}", path_.string(), why);
  }
  forget(slot_);
  slot_ = -1;
}

void make_folder(const std::filesystem::path& path) {
  if (path.empty()) return;
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error || !std::filesystem::is_directory(path, error)) {
    fail(ErrorCode::kBadInput, "{}: the folder cannot be made: {}", path.string(),
         error ? error.message() : "a file of that name is in the way");
  }
}

void write_file_atomically(const std::filesystem::path& path, std::string_view content) {
  AtomicFile file(path);
  file.write(content);
  file.commit();
}

void remove_unfinished_files() noexcept {
  for (size_t i = 0; i < kSlots; ++i) {
    if (slot_state[i].load() == 2) ::unlink(unfinished[i].data());
  }
}

}  // namespace edgeopt
