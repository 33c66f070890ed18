// Where tests find files.
#pragma once

#include <filesystem>

namespace edgeopt::test {

std::filesystem::path source_folder();  // the checkout
std::filesystem::path build_folder();
// Models and images that are not part of the project (../shared/data beside the checkout, or what
// EDGEOPT_SHARED names). Tests skip with a message where it does not exist. Read only.
std::filesystem::path shared_data();
// A fresh empty folder in the build folder for the running test.
std::filesystem::path scratch_folder();

}  // namespace edgeopt::test
