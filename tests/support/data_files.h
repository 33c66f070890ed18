// Files of data for tests: pictures and arrays that tests/data/make_golden.py wrote, and small
// arrays and archives made on the spot.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "data/data_source.h"
#include "data/image.h"
#include "edgeopt/error.h"

namespace edgeopt::test {

std::string golden_path(const std::string& name);
// A height x width x channels uint8 .npy file of the golden folder.
Image golden_array(const std::string& name);
// The largest difference of two pictures; -1 when their sizes differ.
int largest_difference(const Image& a, const Image& b);

void write_text(const std::filesystem::path& path, const std::string& text);

// .npy bytes; `descr` as NumPy spells it ("<f4").
std::string npy_text(const std::string& descr, const Shape& shape, const std::string& data,
                     bool fortran = false);
template <typename T>
std::string bytes_of(const std::vector<T>& values) {
  return std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
}

// Writes an archive of name, content pairs. Form: "tar", "tar.gz", "zip" (deflated) or
// "zip-stored".
using Entries = std::vector<std::pair<std::string, std::string>>;
void write_archive(const std::filesystem::path& path, const std::string& form,
                   const Entries& entries);

// The message of the Error that it throws, after its code ("3: ..."); empty when it throws none.
template <typename F>
std::string error_text(F&& function) {
  try {
    function();
  } catch (const Error& error) {
    return std::to_string(static_cast<int>(error.code())) + ": " + error.what();
  }
  return {};
}

}  // namespace edgeopt::test
