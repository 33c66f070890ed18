#include "data/blob.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/format.h"

namespace edgeopt {

OpenFile::OpenFile(const std::filesystem::path& path) : path_(path.string()) {
  descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor_ < 0) {
    fail(ErrorCode::kBadInput, "{}: cannot be opened: {}", path_, std::strerror(errno));
  }
  struct stat info {};
  if (::fstat(descriptor_, &info) != 0 || !S_ISREG(info.st_mode)) {
    ::close(descriptor_);
    fail(ErrorCode::kBadInput, "{}: is not a regular file", path_);
  }
  size_ = static_cast<uint64_t>(info.st_size);
}

OpenFile::~OpenFile() { ::close(descriptor_); }

void OpenFile::read(uint64_t offset, std::span<char> bytes) const {
  if (offset > size_ || bytes.size() > size_ - offset) {
    fail(ErrorCode::kBadInput, "{}: is truncated: {} bytes, {} are needed", path_, size_,
         offset + bytes.size());
  }
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got = ::pread(descriptor_, bytes.data() + done, bytes.size() - done,
                                static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      fail(ErrorCode::kBadInput, "{}: cannot be read: {}", path_,
           got == 0 ? "it has become shorter" : std::strerror(errno));
    }
    done += static_cast<size_t>(got);
  }
}

Blob Blob::of_file(const std::filesystem::path& path) {
  Blob blob;
  blob.name_ = path.string();
  return blob;
}

Blob Blob::of_region(std::shared_ptr<const OpenFile> file, uint64_t offset, uint64_t size,
                     std::string name) {
  Blob blob;
  blob.name_ = std::move(name);
  blob.file_ = std::move(file);
  blob.offset_ = offset;
  blob.size_ = size;
  return blob;
}

Blob Blob::of_memory(std::shared_ptr<const std::string> bytes, std::string name) {
  Blob blob;
  blob.name_ = std::move(name);
  blob.size_ = bytes->size();
  blob.memory_ = std::move(bytes);
  return blob;
}

Blob Blob::opened() const {
  if (file_ != nullptr || memory_ != nullptr) return *this;
  auto file = std::make_shared<const OpenFile>(name_);
  const uint64_t size = file->size();
  return of_region(std::move(file), 0, size, name_);
}

void Blob::require_inside(uint64_t offset, uint64_t size) const {
  if (offset <= size_ && size <= size_ - offset) return;
  fail(ErrorCode::kBadInput, "{}: is truncated: {} bytes, {} are needed", name_, size_,
       offset + size);
}

uint64_t Blob::size() const { return opened().size_; }

std::string Blob::read() const {
  const Blob blob = opened();
  return blob.read(0, blob.size_);
}

std::string Blob::read(uint64_t offset, uint64_t size) const {
  const Blob blob = opened();
  blob.require_inside(offset, size);
  std::string bytes(size, '\0');
  blob.read(offset, bytes);
  return bytes;
}

void Blob::read(uint64_t offset, std::span<char> bytes) const {
  const Blob blob = opened();
  blob.require_inside(offset, bytes.size());
  if (memory_ == nullptr) return blob.file_->read(blob.offset_ + offset, bytes);
  std::copy_n(memory_->begin() + static_cast<std::ptrdiff_t>(offset), bytes.size(), bytes.begin());
}

}  // namespace edgeopt
