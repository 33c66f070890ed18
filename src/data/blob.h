// Bytes that can be read in parts from several threads: a file, or an entry of an archive.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

namespace edgeopt {

// An open file that is read at given places, without a shared position.
class OpenFile {
 public:
  // Throws Error(kBadInput) naming the file.
  explicit OpenFile(const std::filesystem::path& path);
  ~OpenFile();
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  uint64_t size() const { return size_; }
  // Throws Error(kBadInput) when the file has not that many bytes there.
  void read(uint64_t offset, std::span<char> bytes) const;

 private:
  std::string path_;
  int descriptor_ = -1;
  uint64_t size_ = 0;
};

// Cheap to copy. A file on its own is opened for each read, so that any number of them can be
// listed; an archive's entries share one open file, or lie in memory.
class Blob {
 public:
  static Blob of_file(const std::filesystem::path& path);
  static Blob of_region(std::shared_ptr<const OpenFile> file, uint64_t offset, uint64_t size,
                        std::string name);
  static Blob of_memory(std::shared_ptr<const std::string> bytes, std::string name);

  const std::string& name() const { return name_; }  // for messages
  // All throw Error(kBadInput) naming it.
  std::string read() const;
  void read(uint64_t offset, std::span<char> bytes) const;
  std::string read(uint64_t offset, uint64_t size) const;
  uint64_t size() const;

 private:
  Blob opened() const;  // itself, unless it is a file on its own
  void require_inside(uint64_t offset, uint64_t size) const;

  std::string name_;
  std::shared_ptr<const OpenFile> file_;
  std::shared_ptr<const std::string> memory_;
  uint64_t offset_ = 0;
  uint64_t size_ = 0;
};

}  // namespace edgeopt
