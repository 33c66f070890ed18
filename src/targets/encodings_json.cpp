#include "targets/encodings_json.h"

#include <algorithm>

#include "base/format.h"
#include "base/json.h"
#include "quant/storage.h"

namespace edgeopt {
namespace {

// AIMET counts offsets from the bottom of an unsigned grid, and a narrow grid is declared with the
// full one's offset: SNPE refuses -127.
int64_t aimet_offset(const QuantSpec& spec, int32_t zero_point) {
  const int64_t signed_shift = spec.is_signed ? int64_t{1} << (spec.bits - 1) : 0;
  return -(int64_t{zero_point} + signed_shift);
}

Json entry_0_6_1(const TensorEncoding& encoding) {
  const QuantSpec& spec = encoding.spec;
  Json list = Json::array();
  for (size_t i = 0; i < encoding.scale.size(); ++i) {
    const double scale = encoding.scale[i];
    const int64_t offset = aimet_offset(spec, encoding.zero_point[i]);
    const int64_t steps = (int64_t{1} << spec.bits) - 1;
    list.push_back({{"bitwidth", spec.bits},
                    {"dtype", "int"},
                    {"is_symmetric", spec.symmetric ? "True" : "False"},
                    {"max", scale * static_cast<double>(steps + offset)},
                    {"min", scale * static_cast<double>(offset)},
                    {"offset", offset},
                    {"scale", scale}});
  }
  return list;
}

Json entry_1_0_0(const NamedEncoding& named) {
  const TensorEncoding& encoding = *named.encoding;
  Json offsets = Json::array();
  Json scales = Json::array();
  for (size_t i = 0; i < encoding.scale.size(); ++i) {
    scales.push_back(static_cast<double>(encoding.scale[i]));
    offsets.push_back(aimet_offset(encoding.spec, encoding.zero_point[i]));
  }
  return {{"name", named.name},
          {"enc_type", encoding.spec.axis >= 0 ? "PER_CHANNEL" : "PER_TENSOR"},
          {"dtype", "INT"},
          {"bw", encoding.spec.bits},
          {"is_sym", encoding.spec.symmetric},
          {"scale", std::move(scales)},
          {"offset", std::move(offsets)}};
}

Json entry_2_0_0(const NamedEncoding& named) {
  const TensorEncoding& encoding = *named.encoding;
  Json entry{{"name", named.name}, {"output_dtype", name_of(storage_type(encoding.spec))}};
  const bool per_channel = encoding.spec.axis >= 0;
  const auto value = [&](const auto& numbers) -> Json {
    if (!per_channel) return numbers[0];
    return numbers;
  };
  entry["y_scale"] = value(std::vector<double>(encoding.scale.begin(), encoding.scale.end()));
  const bool zero = std::all_of(encoding.zero_point.begin(), encoding.zero_point.end(),
                                [](int32_t z) { return z == 0; });
  if (!zero) entry["y_zero_point"] = value(encoding.zero_point);
  if (per_channel) entry["axis"] = encoding.spec.axis;
  return entry;
}

Json quantizer_args(const std::vector<NamedEncoding>& encodings, const std::string& calibrator,
                    bool boolean_strings) {
  int activation_bits = 8;
  int parameter_bits = 8;
  bool symmetric = false;
  bool per_channel = false;
  for (const NamedEncoding& named : encodings) {
    const QuantSpec& spec = named.encoding->spec;
    if (named.encoding->is_bias) continue;
    (named.is_parameter ? parameter_bits : activation_bits) = spec.bits;
    if (named.is_parameter) {
      per_channel = per_channel || spec.axis >= 0;
    } else {
      symmetric = spec.symmetric;
    }
  }
  const auto boolean = [&](bool value) -> Json {
    if (boolean_strings) return value ? "True" : "False";
    return value;
  };
  return {{"activation_bitwidth", activation_bits},
          {"dtype", "int"},
          {"is_symmetric", boolean(symmetric)},
          {"param_bitwidth", parameter_bits},
          {"per_channel_quantization", boolean(per_channel)},
          {"quant_scheme", calibrator}};
}

Json legacy(const std::vector<NamedEncoding>& encodings, const std::string& version,
            const std::string& calibrator) {
  const bool lists = version == "1.0.0";
  Json activations = lists ? Json::array() : Json::object();
  Json parameters = activations;
  for (const NamedEncoding& named : encodings) {
    if (named.encoding->is_bias) continue;
    Json& section = named.is_parameter ? parameters : activations;
    if (lists) {
      section.push_back(entry_1_0_0(named));
    } else {
      section[named.name] = entry_0_6_1(*named.encoding);
    }
  }
  return {{"version", version},
          {"activation_encodings", std::move(activations)},
          {"param_encodings", std::move(parameters)},
          {"quantizer_args", quantizer_args(encodings, calibrator, !lists)}};
}

}  // namespace

const std::vector<std::string>& encodings_versions() {
  static const std::vector<std::string> versions{"1.0.0", "0.6.1", "2.0.0"};
  return versions;
}

Json encodings_json(const std::vector<NamedEncoding>& encodings, const std::string& version,
                    const std::string& calibrator, const Graph& exported) {
  for (const NamedEncoding& named : encodings) {
    if (exported.find_value(named.name)) continue;
    fail(ErrorCode::kInternal, "encodings name '{}', which the exported graph does not have",
         named.name);
  }
  if (version == "0.6.1" || version == "1.0.0") return legacy(encodings, version, calibrator);
  if (version != "2.0.0") {
    fail(ErrorCode::kUsage, "--encodings-version {}: must be 0.6.1, 1.0.0 or 2.0.0", version);
  }
  Json list = Json::array();
  for (const NamedEncoding& named : encodings) list.push_back(entry_2_0_0(named));
  return {{"version", version},
          {"producer", {{"package", "edgeopt"}, {"version", EDGEOPT_VERSION}}},
          {"encodings", std::move(list)}};
}

}  // namespace edgeopt
