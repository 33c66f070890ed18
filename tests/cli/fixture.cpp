#include "cli/fixture.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "onnx/model_io.h"
#include "support/data_files.h"
#include "support/graphs.h"
#include "support/model_builder.h"
#include "support/paths.h"

namespace edgeopt::test {

namespace fs = std::filesystem;

CliTest::CliTest() : folder_(scratch_folder()) {}

ProgramResult CliTest::edgeopt(const std::vector<std::string>& arguments, ProgramOptions options) {
  options.folder = folder_;
  return run_program(arguments, options);
}

std::string CliTest::out_of(const std::vector<std::string>& arguments, int status) {
  const ProgramResult result = edgeopt(arguments);
  EXPECT_EQ(result.status, status) << result.err;
  return result.out;
}

std::string CliTest::err_of(const std::vector<std::string>& arguments, int status) {
  const ProgramResult result = edgeopt(arguments);
  EXPECT_EQ(result.status, status) << result.out << result.err;
  return result.err;
}

std::vector<std::string> CliTest::files() const {
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
    if (entry.is_regular_file()) names.push_back(fs::relative(entry.path(), folder_).string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string CliTest::content(const std::string& name) const {
  std::ifstream file(folder_ / name, std::ios::binary);
  EXPECT_TRUE(file.is_open()) << name;
  return {std::istreambuf_iterator<char>(file), {}};
}

void CliTest::write(const std::string& name, const std::string& content) const {
  fs::create_directories((folder_ / name).parent_path());
  std::ofstream(folder_ / name, std::ios::binary) << content;
}

void CliTest::write_model(const std::string& name, Model model) const {
  fs::create_directories((folder_ / name).parent_path());
  save_model(model, folder_ / name);
}

void CliTest::write_classifier(const std::string& name, int64_t opset) const {
  ModelBuilder b(opset);
  b.input("image", {-1, 3, 8, 8});
  b.weights("w1", {8, 3, 3, 3}).weights("w2", {8, 1, 3, 3});
  b.node("Conv", {"image", "w1"}, {"c1"}, {{"pads", Ints{1, 1, 1, 1}}}, "conv1");
  b.batch_norm("c1", "n1", 8).node("Relu", {"n1"}, {"r1"});
  b.node("Conv", {"r1", "w2"}, {"c2"}, {{"pads", Ints{1, 1, 1, 1}}, {"group", int64_t{8}}},
         "conv2");
  b.batch_norm("c2", "n2", 8).node("Relu", {"n2"}, {"r2"});
  b.node("GlobalAveragePool", {"r2"}, {"pooled"}).node("Flatten", {"pooled"}, {"flat"});
  b.weights("w3", {8, 4}).weights("b3", {4});
  b.node("Gemm", {"flat", "w3", "b3"}, {"scores"}, {}, "dense");
  write_model(name, b.output("scores").build());
}

void CliTest::write_data(const std::string& name, int64_t count) const {
  const Tensor noise = normal_tensor({count, 3, 8, 8}, 5);
  write(name + ".npy",
        npy_text("<f4", noise.shape(), std::string(noise.data<char>(), noise.byte_size())));
  std::vector<int64_t> labels;
  for (int64_t i = 0; i < count; ++i) labels.push_back(i % 4);
  write(name + ".labels.npy", npy_text("<i8", {count}, bytes_of(labels)));
}

}  // namespace edgeopt::test
