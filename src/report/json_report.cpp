// report_json: everything a QuantizeResult holds, and the environment.
#include <sys/utsname.h>

#include <filesystem>

#include "base/json.h"
#include "edgeopt/quantize.h"

namespace edgeopt {
namespace {

Json tensors_json(const QuantizeResult& result) {
  Json rows = Json::array();
  for (const TensorReport& tensor : result.tensors) {
    rows.push_back({{"name", tensor.name},
                    {"node", tensor.node},
                    {"op", tensor.op_type},
                    {"grid", tensor.grid},
                    {"min", tensor.minimum},
                    {"max", tensor.maximum},
                    {"observed_min", tensor.observed_minimum},
                    {"observed_max", tensor.observed_maximum},
                    {"sqnr_db", tensor.sqnr_db}});
  }
  return rows;
}

Json weights_json(const QuantizeResult& result) {
  Json rows = Json::array();
  for (const WeightReport& weight : result.weights) {
    rows.push_back({{"name", weight.name},
                    {"op", weight.op_type},
                    {"elements", weight.elements},
                    {"bits", weight.bits},
                    {"scales", weight.channels},
                    {"sqnr_db", weight.sqnr_db}});
  }
  return rows;
}

Json accuracy_json(const AccuracyReport& accuracy) {
  Json json{
      {"data", accuracy.data}, {"samples", accuracy.samples}, {"labelled", accuracy.labelled}};
  if (accuracy.labelled) {
    json["top1_float"] = accuracy.top1_float;
    json["top1_quantized"] = accuracy.top1_quantized;
    json["top5_float"] = accuracy.top5_float;
    json["top5_quantized"] = accuracy.top5_quantized;
  }
  json["agreement"] = accuracy.agreement;
  json["sqnr_db"] = accuracy.sqnr_db;
  return json;
}

// Names beside the report: folders differ between runs.
Json files_json(const QuantizeResult& result) {
  Json files = Json::object();
  for (const auto& [kind, path] : result.files) {
    files[kind] = std::filesystem::path(path).filename().string();
  }
  return files;
}

// What differs between runs and machines stands here and nowhere else in the report.
Json environment_json(const QuantizeResult& result) {
  utsname system{};
  ::uname(&system);
  Json seconds = Json::array();
  for (const PassReport& pass : result.passes) {
    seconds.push_back({{"step", pass.name}, {"seconds", pass.seconds}});
  }
  return {{"edgeopt", EDGEOPT_VERSION},
          {"system", system.sysname},
          {"machine", system.machine},
          {"threads", result.threads},
          {"model", result.model},
          {"folder", std::filesystem::path(result.files.at("model")).parent_path().string()},
          {"steps", std::move(seconds)},
          {"total_seconds", result.seconds}};
}

}  // namespace

std::string report_json(const QuantizeResult& result) {
  Json passes = Json::array();
  for (const PassReport& pass : result.passes) {
    passes.push_back({{"name", pass.name}, {"changes", pass.changes}});
  }
  const Json report{{"model", std::filesystem::path(result.model).filename().string()},
                    {"target", result.target},
                    {"calibrator", result.calibrator},
                    {"calibration", result.calibration},
                    {"files", files_json(result)},
                    {"bytes_before", result.bytes_before},
                    {"bytes_after", result.bytes_after},
                    {"quantized_nodes", result.quantized_nodes},
                    {"float_nodes", result.float_nodes},
                    {"accuracy", accuracy_json(result.accuracy)},
                    {"notes", result.notes},
                    {"unmet", result.unmet},
                    {"passes", std::move(passes)},
                    {"tensors", tensors_json(result)},
                    {"weights", weights_json(result)},
                    {"environment", environment_json(result)}};
  return json_text(report);
}

}  // namespace edgeopt
