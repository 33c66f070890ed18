#include "support/data_files.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "base/file.h"
#include "base/format.h"
#include "data/npy.h"
#include "support/paths.h"

namespace edgeopt::test {

std::string golden_path(const std::string& name) {
  return (source_folder() / "tests" / "data" / "golden" / name).string();
}

Image golden_array(const std::string& name) {
  const std::string bytes = read_file(golden_path(name));
  const NpyHeader header = parse_npy_header(bytes, bytes.size(), name);
  Image image(header.shape.at(1), header.shape.at(0), header.shape.at(2));
  std::copy(bytes.begin() + static_cast<std::ptrdiff_t>(header.data), bytes.end(),
            image.pixels.begin());
  return image;
}

int largest_difference(const Image& a, const Image& b) {
  if (a.width != b.width || a.height != b.height || a.channels != b.channels) return -1;
  int largest = 0;
  for (int64_t i = 0; i < a.width * a.height * a.channels; ++i) {
    const auto at = static_cast<size_t>(i);
    largest = std::max(largest, std::abs(int{a.pixels[at]} - int{b.pixels[at]}));
  }
  return largest;
}

void write_text(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  write_file_atomically(path, text);
}

std::string npy_text(const std::string& descr, const Shape& shape, const std::string& data,
                     bool fortran) {
  std::string dimensions;
  for (const int64_t d : shape) dimensions += format("{}, ", d);
  std::string header = format("{{'descr': '{}', 'fortran_order': {}, 'shape': ({}), }}", descr,
                              fortran ? "True" : "False", dimensions);
  header.resize((header.size() + 11 + 63) / 64 * 64 - 10 - 1, ' ');
  header += '\n';
  std::string text = "\x93NUMPY\x01";
  text += '\0';
  text += static_cast<char>(header.size() & 0xff);
  text += static_cast<char>(header.size() >> 8);
  return text + header + data;
}

void write_archive(const std::filesystem::path& path, const std::string& form,
                   const Entries& entries) {
  archive* out = archive_write_new();
  if (form == "tar.gz") archive_write_add_filter_gzip(out);
  if (form.starts_with("tar")) archive_write_set_format_pax_restricted(out);
  if (form.starts_with("zip")) archive_write_set_format_zip(out);
  if (form == "zip-stored") archive_write_zip_set_compression_store(out);
  ASSERT_EQ(archive_write_open_filename(out, path.c_str()), ARCHIVE_OK);
  for (const auto& [name, content] : entries) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_size(entry, static_cast<la_int64_t>(content.size()));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    ASSERT_EQ(archive_write_header(out, entry), ARCHIVE_OK);
    archive_write_data(out, content.data(), content.size());
    archive_entry_free(entry);
  }
  archive_write_close(out);
  archive_write_free(out);
}

}  // namespace edgeopt::test
