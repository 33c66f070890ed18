// Every model of the ONNX backend test data, and the real models where they are, survive a round
// trip.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <functional>

#include "base/file.h"
#include "onnx/model_io.h"
#include "onnx/protos.h"
#include "support/paths.h"

namespace edgeopt {
namespace {

namespace fs = std::filesystem;

// Weights may be stored in another field: both are brought to raw data by the tensor reader.
std::string canonical(onnx::ModelProto model) {
  std::function<void(onnx::TensorProto&)> tensor = [](onnx::TensorProto& proto) {
    const Tensor parsed = parse_tensor(proto.SerializeAsString());
    const std::string name = proto.name();
    proto.Clear();
    proto.ParseFromString(serialize_tensor(parsed, name));
  };
  auto& graph = *model.mutable_graph();
  for (auto& initializer : *graph.mutable_initializer()) tensor(initializer);
  for (auto& node : *graph.mutable_node()) {
    if (node.domain().empty()) node.clear_domain();  // set to nothing, or not set: the same
    if (node.name().empty()) node.clear_name();
    for (auto& attribute : *node.mutable_attribute()) {
      if (attribute.doc_string().empty()) attribute.clear_doc_string();
    }
    for (auto& attribute : *node.mutable_attribute()) {
      if (attribute.has_t()) tensor(*attribute.mutable_t());
    }
  }
  std::sort(model.mutable_opset_import()->begin(), model.mutable_opset_import()->end(),
            [](const auto& a, const auto& b) { return a.domain() < b.domain(); });
  for (auto& opset : *model.mutable_opset_import()) opset.set_domain(opset.domain());
  const auto by_name = [](const auto& a, const auto& b) { return a.name() < b.name(); };
  std::sort(graph.mutable_value_info()->begin(), graph.mutable_value_info()->end(), by_name);
  if (model.producer_version().empty()) model.clear_producer_version();
  if (model.producer_name().empty()) model.clear_producer_name();
  return model.DebugString();
}

int check_folder(const fs::path& folder) {
  int models = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".onnx") continue;
    const std::string bytes = read_file(entry.path());
    onnx::ModelProto before;
    onnx::ModelProto after;
    EXPECT_TRUE(before.ParseFromString(bytes)) << entry.path();
    EXPECT_TRUE(after.ParseFromString(serialize_model(load_model(entry.path())))) << entry.path();
    EXPECT_EQ(canonical(before), canonical(after)) << entry.path();
    ++models;
  }
  return models;
}

TEST(RoundTrip, BackendTestData) {
  const fs::path folder = "/usr/share/libonnx-testdata/data";
  if (!fs::exists(folder)) GTEST_SKIP() << "the Debian package libonnx-testdata is not installed";
  EXPECT_GE(check_folder(folder), 1000);
}

TEST(RoundTrip, RealModels) {
  const fs::path folder = test::shared_data();
  if (!fs::exists(folder)) GTEST_SKIP() << "no ../shared/data here";
  EXPECT_GE(check_folder(folder), 20);
}

}  // namespace
}  // namespace edgeopt
