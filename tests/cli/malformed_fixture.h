// Bad files given to the program: it must end soon, in little memory, with one clear line and exit
// status 3 or 4, and leave nothing behind.
#pragma once

#include <string>
#include <vector>

#include "cli/fixture.h"

namespace edgeopt::test {

class MalformedTest : public CliTest {
 protected:
  // Runs the program with `-q` and checks all that holds for any input. Results go to "out", which
  // is removed afterwards. Returns the exit status; `message`, where asked for, gets the one line.
  int survive(const std::vector<std::string>& arguments, std::string* message = nullptr);
  // The same, and the file must be refused by a line that contains `named`.
  void expect_refused(const std::vector<std::string>& arguments, const std::string& named);

  // What a user can do with a model file.
  static std::vector<std::vector<std::string>> uses_of_model(const std::string& file);
};

}  // namespace edgeopt::test
