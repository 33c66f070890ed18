// ONNX's own backend test cases, spoiled: inputs of other types, shapes and values, attributes of
// other values. Whatever comes is computed or refused; the sanitizers watch that nothing else
// happens.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstring>
#include <ctime>
#include <functional>
#include <limits>

#include "base/format.h"
#include "conformance/onnx_cases.h"
#include "edgeopt/error.h"
#include "ops/op.h"

namespace edgeopt {
namespace {

using test::LoadedCase;
using test::Runner;

constexpr double kMostSeconds = 10;  // of the processor, for one run
constexpr int64_t kMostKilobytes = int64_t{2} << 20;

using Feeds = std::map<std::string, Tensor>;

double processor_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

int64_t peak_kilobytes() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return used.ru_maxrss;
}

// As many elements of `like` as the shape holds, over and over.
Tensor with_shape(const Tensor& like, const Shape& shape) {
  Tensor made(like.type(), shape);
  const int bits = bits_of(like.type());
  if (bits < 8 || like.size() == 0) return made;
  const size_t width = static_cast<size_t>(bits) / 8;
  char* to = static_cast<char*>(made.mutable_raw());
  const char* from = static_cast<const char*>(like.raw());
  for (int64_t i = 0; i < made.size(); ++i) {
    std::memcpy(to + i * width, from + (i % like.size()) * width, width);
  }
  return made;
}

std::vector<Tensor> of_other_types(const Tensor& feed) {
  std::vector<Tensor> all;
  for (const DataType type :
       {DataType::kFloat, DataType::kDouble, DataType::kFloat16, DataType::kInt8, DataType::kUint8,
        DataType::kInt32, DataType::kInt64, DataType::kBool, DataType::kString, DataType::kInt4}) {
    if (type != feed.type()) all.emplace_back(type, feed.shape());
  }
  return all;
}

std::vector<Tensor> of_other_shapes(const Tensor& feed) {
  std::vector<Tensor> all = {with_shape(feed, {})};
  Shape more = feed.shape();
  more.insert(more.begin(), 1);
  all.push_back(with_shape(feed, more));
  more.insert(more.begin(), 2);
  all.push_back(with_shape(feed, more));
  for (size_t axis = 0; axis < feed.rank(); ++axis) {
    Shape shape = feed.shape();
    shape.erase(shape.begin() + static_cast<ptrdiff_t>(axis));
    all.push_back(with_shape(feed, shape));
    for (const int64_t length : {int64_t{0}, int64_t{1}, feed.dim(axis) + 1, 2 * feed.dim(axis)}) {
      shape = feed.shape();
      shape[axis] = length;
      if (length != feed.dim(axis)) all.push_back(with_shape(feed, shape));
    }
  }
  return all;
}

constexpr int64_t kExtremes[] = {-1,
                                 0,
                                 1,
                                 30,
                                 int64_t{1} << 40,
                                 std::numeric_limits<int64_t>::max(),
                                 std::numeric_limits<int64_t>::min()};
constexpr float kFloatExtremes[] = {-1,
                                    0,
                                    0.3F,
                                    1e30F,
                                    -1e30F,
                                    std::numeric_limits<float>::infinity(),
                                    -std::numeric_limits<float>::infinity(),
                                    std::numeric_limits<float>::quiet_NaN()};

std::vector<Tensor> of_other_values(const Tensor& feed) {
  std::vector<Tensor> all;
  const auto add = [&](auto value) {
    Tensor changed = feed;
    using T = decltype(value);
    for (int64_t i = 0; i < feed.size(); ++i) changed.mutable_data<T>()[i] = value;
    all.push_back(changed);
    changed = feed;
    if (feed.size() > 1) {
      changed.mutable_data<T>()[feed.size() - 1] = value;
      all.push_back(changed);
    }
  };
  if (feed.type() == DataType::kInt64) {
    for (const int64_t value : kExtremes) add(value);
  } else if (feed.type() == DataType::kInt32) {
    for (const int64_t value : kExtremes) add(static_cast<int32_t>(value));
  } else if (feed.type() == DataType::kFloat) {
    for (const float value : kFloatExtremes) add(value);
  }
  return all;
}

template <typename T>
std::vector<AttributeValue> lists_of(const std::vector<T>& values, const auto& extremes) {
  std::vector<AttributeValue> all = {std::vector<T>{}};
  std::vector<T> changed = values;
  changed.push_back(1);
  all.emplace_back(changed);
  if (values.empty()) return all;
  all.emplace_back(std::vector<T>(values.begin(), values.end() - 1));
  for (const size_t at : {size_t{0}, values.size() - 1}) {
    for (const T value : extremes) {
      changed = values;
      changed[at] = value;
      all.emplace_back(changed);
    }
  }
  return all;
}

std::vector<AttributeValue> other_values(const AttributeValue& value) {
  std::vector<AttributeValue> all = {Tensor::scalar(1), std::string("?")};
  if (std::holds_alternative<int64_t>(value)) {
    all.insert(all.end(), std::begin(kExtremes), std::end(kExtremes));
  } else if (std::holds_alternative<float>(value)) {
    all.insert(all.end(), std::begin(kFloatExtremes), std::end(kFloatExtremes));
  } else if (const auto* ints = std::get_if<std::vector<int64_t>>(&value)) {
    const auto lists = lists_of(*ints, kExtremes);
    all.insert(all.end(), lists.begin(), lists.end());
  } else if (const auto* floats = std::get_if<std::vector<float>>(&value)) {
    const auto lists = lists_of(*floats, kFloatExtremes);
    all.insert(all.end(), lists.begin(), lists.end());
  } else {
    all.emplace_back(int64_t{1});
  }
  return all;
}

class SpoiledCases : public testing::TestWithParam<Runner> {
 protected:
  void spoil(const LoadedCase& whole) {
    for (const auto& [name, feed] : whole.feeds) {
      what_ = "input " + name;
      for (const auto make : {of_other_types, of_other_shapes, of_other_values}) {
        for (const Tensor& tensor : make(feed)) run_with(whole, name, tensor);
      }
    }
    for (const NodeId id : whole.model.graph.topological_order()) {
      for (const Attribute& attribute : whole.model.graph.node(id).attributes) {
        spoil_attribute(whole, id, attribute);
      }
      omit_inputs(whole, id);
    }
  }

  std::string case_;
  size_t computed_ = 0;
  size_t refused_ = 0;

 private:
  void run_with(const LoadedCase& whole, const std::string& name, const Tensor& tensor) {
    LoadedCase spoiled = whole;
    Graph& graph = spoiled.model.graph;
    ValueType type;
    type.type = tensor.type();
    type.dims.emplace();
    for (const int64_t length : tensor.shape()) type.dims->push_back({length, ""});
    graph.set_type(*graph.find_value(name), type);
    spoiled.feeds[name] = tensor;
    survive(spoiled);
  }

  void spoil_attribute(const LoadedCase& whole, NodeId id, const Attribute& attribute) {
    what_ = "attribute " + attribute.name;
    LoadedCase spoiled = whole;
    spoiled.model.graph.edit(id).remove_attribute(attribute.name);
    survive(spoiled);
    for (const AttributeValue& value : other_values(attribute.value)) {
      spoiled.model.graph.edit(id).set_attribute(attribute.name, value);
      survive(spoiled);
    }
  }

  void omit_inputs(const LoadedCase& whole, NodeId id) {
    for (size_t i = 0; i < whole.model.graph.node(id).inputs.size(); ++i) {
      what_ = format("without input {}", i);
      LoadedCase spoiled = whole;
      std::vector<ValueId> inputs = spoiled.model.graph.node(id).inputs;
      inputs[i] = ValueId();
      spoiled.model.graph.set_inputs(id, inputs);
      survive(spoiled);
      inputs.resize(i);
      spoiled.model.graph.set_inputs(id, inputs);
      survive(spoiled);
    }
  }

  void survive(const LoadedCase& spoiled) {
    SCOPED_TRACE(case_ + ", " + what_);
    const double start = processor_seconds();
    try {
      require_node_forms(spoiled.model.graph);
      test::run_on(spoiled.model, spoiled.feeds, GetParam());
      ++computed_;
    } catch (const Error& error) {
      const bool blames =
          error.code() == ErrorCode::kBadInput || error.code() == ErrorCode::kUnsupported;
      EXPECT_TRUE(blames) << error.what();
      ++refused_;
    }
    EXPECT_LT(processor_seconds() - start, kMostSeconds);
  }

  std::string what_;
};

TEST_P(SpoiledCases, AreComputedOrRefused) {
  const std::filesystem::path data = test::onnx_test_data();
  if (data.empty()) GTEST_SKIP() << "ONNX's test data is not installed";
  for (const std::filesystem::path& folder : test::onnx_cases(data)) {
    case_ = folder.filename();
    try {
      spoil(test::load_case(folder));
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kUnsupported) << case_ << ": " << error.what();
    }
  }
  EXPECT_LT(peak_kilobytes(), kMostKilobytes);
  EXPECT_GT(computed_, 1000);
  EXPECT_GT(refused_, 1000);
  std::cout << computed_ << " computed, " << refused_ << " refused\n";
}

INSTANTIATE_TEST_SUITE_P(, SpoiledCases, testing::Values(Runner::kInterpreter, Runner::kEngine),
                         [](const testing::TestParamInfo<Runner>& runner) {
                           return runner.param == Runner::kInterpreter ? "Interpreter" : "Engine";
                         });

}  // namespace
}  // namespace edgeopt
