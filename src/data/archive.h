// Archives (tar, zip, 7-Zip, cpio, rar; any compression that libarchive knows) with random access
// to their entries.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "data/blob.h"

namespace edgeopt {

// Names of the regular files in an archive, without a leading "./"; unordered. Of entries with one
// name the last counts. Throws Error(kBadInput) when the file is no archive, corrupt or truncated.
std::vector<std::string> list_archive(const std::filesystem::path& archive);

// The entries of these names, in this order. Entries that are stored as they are (in a plain .tar,
// or stored in a .zip) are read from the file when they are needed. Compressed ones are unpacked
// here and held in memory; more than `limit` bytes of them are refused with the cure.
inline constexpr uint64_t kMaxUnpacked = uint64_t{1} << 30;
std::vector<Blob> open_entries(const std::filesystem::path& archive,
                               const std::vector<std::string>& names,
                               uint64_t limit = kMaxUnpacked);

}  // namespace edgeopt
