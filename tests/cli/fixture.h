// What tests of the program share: a fresh folder with small models and data in it.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/json.h"
#include "edgeopt/graph.h"
#include "support/program.h"

namespace edgeopt::test {

class CliTest : public testing::Test {
 protected:
  CliTest();

  // Runs in the test's folder.
  ProgramResult edgeopt(const std::vector<std::string>& arguments, ProgramOptions options = {});
  // The same, expecting a status; returns what came out.
  std::string out_of(const std::vector<std::string>& arguments, int status = 0);
  std::string err_of(const std::vector<std::string>& arguments, int status);

  // Files of the folder, sorted, below it too.
  std::vector<std::string> files() const;
  bool exists(const std::string& name) const { return std::filesystem::exists(folder_ / name); }
  std::string content(const std::string& name) const;
  Json json(const std::string& name) const { return Json::parse(content(name)); }
  void write(const std::string& name, const std::string& content) const;

  // A classifier N,3,8,8 -> N,4 of two convolutions with batch normalization, and a dense layer.
  void write_classifier(const std::string& name = "model.onnx", int64_t opset = 13) const;
  void write_model(const std::string& name, Model model) const;
  // NAME.npy: `count` samples of noise for it; NAME.labels.npy: labels 0, 1, 2, 3, 0, ...
  void write_data(const std::string& name, int64_t count = 12) const;

  std::filesystem::path folder_;
};

}  // namespace edgeopt::test
