// Encodings against files that AIMET itself wrote (aimet_export in the shared data): every scale to
// 1e-6 relative, every offset exactly.
//
// Left out, as the README beside the files names them: bounds of Clip and the pad value, which are
// activations to AIMET, average_out and upsample_out, which carry their input's encoding there, and
// reshape_out behind them; pad_out, whose Pad edgeopt folds into the Conv. A bias that is added by
// Add is the bias of a MatMul in default_config. The variants tf_enhanced and percentile99 depend
// on AIMET's histogram: see docs/numerics.md.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <map>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/json.h"
#include "edgeopt/quantize.h"
#include "support/paths.h"

namespace edgeopt {
namespace {

const std::set<std::string> kExceptions{"zero",         "six",         "pad_value", "average_out",
                                        "upsample_out", "reshape_out", "pad_out"};

struct Variant {
  std::string name;
  std::string target;
  std::vector<std::string> models;
  bool per_channel = true;
  bool symmetric_activations = false;
  bool strict = false;
  int weight_bits = 8;
  int activation_bits = 8;
};

const std::vector<Variant>& variants() {
  static const std::vector<std::string> all{"cnn", "concat_net", "matmul_net", "convt_net"};
  static const std::vector<Variant> list{
      {.name = "minmax", .target = "aimet-per-op", .models = all},
      {.name = "default_config", .target = "aimet", .models = all},
      {.name = "pertensor_minmax", .target = "aimet-per-op", .models = all, .per_channel = false},
      {.name = "symmetric_activations",
       .target = "aimet-per-op",
       .models = {"cnn", "concat_net"},
       .symmetric_activations = true},
      {.name = "strict_symmetric", .target = "aimet-per-op", .models = {"cnn"}, .strict = true},
      {.name = "a16", .target = "aimet-per-op", .models = {"cnn"}, .activation_bits = 16},
      {.name = "w4", .target = "aimet-per-op", .models = {"cnn", "matmul_net"}, .weight_bits = 4},
  };
  return list;
}

struct Case {
  Variant variant;
  std::string model;
  std::string version;
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << c.variant.name << " " << c.model << " " << c.version;
}

std::vector<Case> cases() {
  std::vector<Case> list;
  for (const Variant& variant : variants()) {
    for (const std::string& model : variant.models) {
      for (const char* version : {"0.6.1", "1.0.0", "2.0.0"}) {
        list.push_back({variant, model, version});
      }
    }
  }
  return list;
}

// An entry of any version: scales, and offsets or zero points (0 where they are left out).
struct Entry {
  std::vector<double> scale;
  std::vector<double> offset;
};

std::vector<double> numbers(const Json& value) {
  if (value.is_number()) return {value.get<double>()};
  return value.get<std::vector<double>>();
}

Entry entry_of(const Json& json) {
  Entry entry;
  if (json.is_array()) {  // 0.6.1: one object for each channel
    for (const Json& channel : json) {
      entry.scale.push_back(channel.at("scale").get<double>());
      entry.offset.push_back(channel.at("offset").get<double>());
    }
  } else if (json.contains("y_scale")) {
    entry.scale = numbers(json.at("y_scale"));
    const bool given = json.contains("y_zero_point") && !json.at("y_zero_point").is_null();
    entry.offset =
        given ? numbers(json.at("y_zero_point")) : std::vector<double>(entry.scale.size(), 0.0);
  } else {
    entry.scale = numbers(json.at("scale"));
    entry.offset = numbers(json.at("offset"));
  }
  return entry;
}

std::map<std::string, Entry> entries_of(const std::filesystem::path& path) {
  const Json json = Json::parse(read_file(path));
  std::map<std::string, Entry> entries;
  for (const char* section : {"activation_encodings", "param_encodings", "encodings"}) {
    if (!json.contains(section)) continue;
    for (const auto& [key, value] : json.at(section).items()) {
      entries[value.is_array() ? key : value.at("name").get<std::string>()] = entry_of(value);
    }
  }
  return entries;
}

std::filesystem::path quantize_case(const Case& c, const std::filesystem::path& folder) {
  QuantizeOptions options;
  options.model = (folder / "model.onnx").string();
  options.output_folder = test::scratch_folder().string();
  options.target = c.variant.target;
  options.calibration.path = (folder / "calib.npy").string();
  options.calibrator = "min-max";
  options.weight_range = c.variant.strict ? "narrow" : "aimet";
  options.per_channel = c.variant.per_channel;
  options.symmetric_activations = c.variant.symmetric_activations;
  options.weight_bits = c.variant.weight_bits;
  options.activation_bits = c.variant.activation_bits;
  options.encodings_version = c.version;
  return quantize(options).files.at("encodings");
}

// A strict grid is declared with the full one's offset: SNPE refuses AIMET's -127 (which is a zero
// point of -1 in version 2.0.0).
double declared(const Case& c, double offset) {
  if (!c.variant.strict) return offset;
  if (offset == -127) return -128;
  return offset == -1 ? 0 : offset;
}

class AimetGolden : public testing::TestWithParam<Case> {};

TEST_P(AimetGolden, ScalesAndOffsetsAreEqual) {
  const Case& c = GetParam();
  const auto folder = test::shared_data() / "aimet_export" / c.model;
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not there";
  const auto ours = entries_of(quantize_case(c, folder));
  const auto golden = entries_of(folder / (c.variant.name + "_v" + c.version + ".encodings.json"));
  int compared = 0;
  for (const auto& [name, expected] : golden) {
    if (kExceptions.contains(name)) continue;
    if (c.variant.name == "default_config" && name == "first.bias") continue;
    const auto found = ours.find(name);
    ASSERT_NE(found, ours.end()) << name;
    const Entry& got = found->second;
    ASSERT_EQ(got.scale.size(), expected.scale.size()) << name;
    for (size_t i = 0; i < expected.scale.size(); ++i) {
      EXPECT_NEAR(got.scale[i] / expected.scale[i], 1.0, 1e-6) << name << " channel " << i;
    }
    for (size_t i = 0; i < expected.offset.size(); ++i) {
      EXPECT_EQ(got.offset[i], declared(c, expected.offset[i])) << name << " channel " << i;
    }
    ++compared;
  }
  EXPECT_GT(compared, 4);
}

INSTANTIATE_TEST_SUITE_P(Files, AimetGolden, testing::ValuesIn(cases()), [](const auto& tested) {
  std::string name =
      tested.param.variant.name + "_" + tested.param.model + "_" + tested.param.version;
  for (char& ch : name) ch = ch == '.' ? '_' : ch;
  return name;
});

}  // namespace
}  // namespace edgeopt
