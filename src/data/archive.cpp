#include "data/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <sys/mman.h>

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "base/file.h"
#include "base/format.h"
#include "base/log.h"

namespace edgeopt {
namespace {

// Reads an archive from its mapping from first to last entry.
class ArchiveReader {
 public:
  explicit ArchiveReader(const std::filesystem::path& path)
      : path_(path.string()), file_(map_file(path)), archive_(archive_read_new()) {
    check(archive_ != nullptr, "libarchive starts");
    archive_read_support_filter_all(archive_);
    archive_read_support_format_tar(archive_);
    archive_read_support_format_zip(archive_);
    archive_read_support_format_7zip(archive_);
    archive_read_support_format_cpio(archive_);
    archive_read_support_format_rar(archive_);
    archive_read_support_format_rar5(archive_);
    // A failing constructor runs no destructor.
    try {
      if (file_.size == 0) fail(ErrorCode::kBadInput, "{}: the file is empty", path_);
      require(archive_read_open_memory(archive_, file_.data, file_.size), "is not an archive");
    } catch (...) {
      archive_read_free(archive_);
      throw;
    }
  }
  ~ArchiveReader() { archive_read_free(archive_); }
  ArchiveReader(const ArchiveReader&) = delete;
  ArchiveReader& operator=(const ArchiveReader&) = delete;

  // Name of the next regular file; nothing at the end.
  std::optional<std::string> next() {
    archive_entry* entry = nullptr;
    for (;;) {
      const int status = archive_read_next_header(archive_, &entry);
      if (status == ARCHIVE_EOF) return std::nullopt;
      require(status, "is not an archive, or a corrupt one");
      let_go_of_pages();
      if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) != nullptr) {
        continue;
      }
      const char* name = archive_entry_pathname(entry);
      if (name == nullptr) name = archive_entry_pathname_utf8(entry);
      if (name == nullptr) fail(ErrorCode::kBadInput, "{}: has a name that cannot be read", path_);
      std::string text(name);
      while (text.starts_with("./")) text.erase(0, 2);
      return text;
    }
  }

  // The entry's bytes where they lie unpacked in the file, in one piece.
  struct Region {
    uint64_t offset = 0;
    uint64_t size = 0;
  };

  // Bytes of the current entry: a region of the file, or else `unpacked`.
  std::optional<Region> read(std::string& unpacked, uint64_t limit) {
    Region region;
    bool in_file = true;
    for (;;) {
      const void* data = nullptr;
      size_t size = 0;
      la_int64_t offset = 0;
      const int status = archive_read_data_block(archive_, &data, &size, &offset);
      if (status == ARCHIVE_EOF) break;
      require(status, "is corrupt or truncated");
      if (size == 0) continue;
      const char* bytes = static_cast<const char*>(data);
      const bool inside = bytes >= file_.data && bytes + size <= file_.data + file_.size;
      const uint64_t place = inside ? static_cast<uint64_t>(bytes - file_.data) : 0;
      if (in_file && inside && region.size == 0) region.offset = place;
      if (in_file && (!inside || place != region.offset + region.size ||
                      static_cast<uint64_t>(offset) != region.size)) {
        in_file = false;
        unpacked.assign(file_.data + region.offset, region.size);
      }
      if (in_file) {
        region.size += size;
        continue;
      }
      const uint64_t end = static_cast<uint64_t>(offset) + size;
      if (end > limit) refuse_size();
      if (unpacked.size() < end) unpacked.resize(end);
      std::copy(bytes, bytes + size, unpacked.begin() + offset);
    }
    if (!in_file) return std::nullopt;
    return region;
  }

  [[noreturn]] void refuse_size() const {
    fail(ErrorCode::kBadInput,
         "{}: is compressed, and too large to be unpacked to memory; unpack it to a folder, or "
         "store it as an uncompressed .tar",
         path_);
  }

 private:
  // What has been read of a mapped file counts as memory of this process until it is let go of.
  void let_go_of_pages() {
    constexpr size_t kStep = size_t{16} << 20;  // a multiple of the page size
    const auto position = static_cast<size_t>(archive_read_header_position(archive_));
    if (position > file_.size || position < released_ + 2 * kStep) return;
    const size_t end = position / kStep * kStep;
    ::madvise(const_cast<char*>(file_.data) + released_, end - released_, MADV_DONTNEED);
    released_ = end;
  }

  void require(int status, const char* what) {
    if (status == ARCHIVE_OK || status == ARCHIVE_WARN) return;
    const char* detail = archive_error_string(archive_);
    fail(ErrorCode::kBadInput, "{}: {}: {}", path_, what, detail != nullptr ? detail : "unknown");
  }

  std::string path_;
  MappedFile file_;
  archive* archive_;
  size_t released_ = 0;
};

}  // namespace

std::vector<std::string> list_archive(const std::filesystem::path& path) {
  ArchiveReader reader(path);
  std::vector<std::string> names;
  while (auto name = reader.next()) names.push_back(std::move(*name));
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::vector<Blob> open_entries(const std::filesystem::path& path,
                               const std::vector<std::string>& names, uint64_t limit) {
  std::unordered_map<std::string, std::vector<size_t>> wanted;
  for (size_t i = 0; i < names.size(); ++i) wanted[names[i]].push_back(i);
  std::vector<Blob> blobs(names.size());
  ArchiveReader reader(path);
  const auto file = std::make_shared<const OpenFile>(path);
  std::unordered_map<std::string, uint64_t> held;
  uint64_t unpacked = 0;
  while (const auto name = reader.next()) {
    const auto found = wanted.find(*name);
    if (found == wanted.end()) continue;
    unpacked -= held[*name];
    std::string bytes;
    const auto region = reader.read(bytes, limit - unpacked);
    unpacked += bytes.size();
    held[*name] = bytes.size();
    const std::string shown = format("{}:{}", path.string(), *name);
    const Blob blob =
        region ? Blob::of_region(file, region->offset, region->size, shown)
               : Blob::of_memory(std::make_shared<const std::string>(std::move(bytes)), shown);
    for (const size_t i : found->second) blobs[i] = blob;
  }
  for (size_t i = 0; i < names.size(); ++i) {
    if (blobs[i].name().empty()) {
      fail(ErrorCode::kBadInput, "{}: has no entry '{}'", path.string(), names[i]);
    }
  }
  if (unpacked > 0) {
    log_info(format("{}: compressed; {:.1f} MB of it are unpacked to memory", path.string(),
                    static_cast<double>(unpacked) * 1e-6));
  }
  return blobs;
}

}  // namespace edgeopt
