#include "support/paths.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace edgeopt::test {

std::filesystem::path source_folder() { return EDGEOPT_SOURCE_DIR; }

std::filesystem::path build_folder() { return EDGEOPT_BINARY_DIR; }

std::filesystem::path shared_data() {
  const char* shared = std::getenv("EDGEOPT_SHARED");
  const auto folder =
      shared != nullptr ? std::filesystem::path(shared) : source_folder().parent_path() / "shared";
  return folder / "data";
}

std::filesystem::path scratch_folder() {
  const auto* info = testing::UnitTest::GetInstance()->current_test_info();
  std::string name = "scratch";
  if (info != nullptr) name = std::string(info->test_suite_name()) + "." + info->name();
  for (char& c : name) c = c == '/' ? '_' : c;
  const auto folder = build_folder() / "scratch" / name;
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

}  // namespace edgeopt::test
