#include <algorithm>
#include <cmath>
#include <limits>

#include "base/file.h"
#include "base/format.h"
#include "base/log.h"
#include "data/archive.h"
#include "data/image.h"
#include "data/listing.h"
#include "data/sources.h"

namespace edgeopt {
namespace {

namespace fs = std::filesystem;

// How listed names are found.
using Resolver = std::vector<Blob> (*)(const fs::path& origin,
                                       const std::vector<std::string>& names);

std::vector<FileSample> open_listed(std::vector<ListedSample> listed, int64_t limit,
                                    const fs::path& origin, Resolver resolve) {
  keep_evenly(listed, limit);
  std::vector<std::string> names;
  for (ListedSample& item : listed) {
    for (std::string& file : item.files) names.push_back(std::move(file));
  }
  std::vector<Blob> blobs = resolve(origin, names);
  std::vector<FileSample> samples(listed.size());
  size_t next = 0;
  for (size_t i = 0; i < listed.size(); ++i) {
    samples[i].label = listed[i].label;
    for (size_t k = 0; k < listed[i].files.size(); ++k) {
      samples[i].files.push_back(std::move(blobs[next++]));
    }
  }
  return samples;
}

std::vector<Blob> in_folder(const fs::path& folder, const std::vector<std::string>& names) {
  std::vector<Blob> blobs;
  for (const std::string& name : names) blobs.push_back(Blob::of_file(folder / name));
  return blobs;
}

// Relative to the list's folder; where nothing is there, to the working directory.
std::vector<Blob> of_list(const fs::path& list, const std::vector<std::string>& names) {
  std::vector<Blob> blobs;
  for (const std::string& name : names) {
    fs::path path = list.parent_path() / name;
    std::error_code ignored;
    if (!fs::exists(path, ignored) && fs::exists(name, ignored)) path = name;
    blobs.push_back(Blob::of_file(path));
  }
  return blobs;
}

std::vector<Blob> in_archive(const fs::path& archive, const std::vector<std::string>& names) {
  return open_entries(archive, names);
}

// The samples of a folder or archive with these names, by its labels.txt where it has one.
std::vector<ListedSample> list_tree(const fs::path& path, const std::vector<std::string>& names,
                                    const std::vector<InputSpec>& inputs, Resolver resolve) {
  const std::string labels = find_labels(names);
  if (labels.empty()) return list_samples(names, path.string());
  const Blob file = resolve(path, {labels}).front();
  auto listed = parse_list(file.read(), inputs, file.name(), true);
  const std::string folder = labels.substr(0, labels.size() - std::string("labels.txt").size());
  for (ListedSample& item : listed) {
    for (std::string& name : item.files) name = folder + name;
  }
  return listed;
}

// test_data_set_0, test_data_set_1, ... in a folder, or one of them itself; empty: neither.
std::vector<FileSample> list_test_data(const fs::path& folder, size_t inputs, int64_t limit) {
  std::vector<std::pair<int64_t, fs::path>> sets;
  std::error_code error;
  constexpr std::string_view kPrefix = "test_data_set_";
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(kPrefix) || !entry.is_directory(error)) continue;
    sets.emplace_back(std::atoll(name.c_str() + kPrefix.size()), entry.path());
  }
  if (sets.empty() && fs::exists(folder / "input_0.pb", error)) sets.emplace_back(0, folder);
  std::sort(sets.begin(), sets.end());
  keep_evenly(sets, limit);
  std::vector<FileSample> samples;
  for (const auto& [number, set] : sets) {
    FileSample sample;
    for (size_t i = 0; i < inputs; ++i) {
      sample.files.push_back(Blob::of_file(set / format("input_{}.pb", i)));
    }
    samples.push_back(std::move(sample));
  }
  return samples;
}

std::unique_ptr<DataSource> open_folder(const DataSpec& spec, const std::vector<InputSpec>& inputs,
                                        TensorParser parse) {
  const fs::path folder = spec.path;
  auto samples = list_test_data(folder, inputs.size(), spec.limit);
  if (samples.empty()) {
    auto listed = list_tree(folder, list_folder(folder), inputs, in_folder);
    samples = open_listed(std::move(listed), spec.limit, folder, in_folder);
  }
  return file_source(std::move(samples), spec, inputs, parse);
}

std::unique_ptr<DataSource> open_any(const DataSpec& spec, const std::vector<InputSpec>& inputs,
                                     TensorParser parse) {
  const fs::path path = spec.path;
  std::error_code error;
  const auto status = fs::status(path, error);
  if (!fs::exists(status)) {
    fail(ErrorCode::kBadInput, "{}: there is no such file or folder", spec.path);
  }
  if (fs::is_directory(status)) return open_folder(spec, inputs, parse);
  if (has_extension(spec.path, ".npy")) return npy_source(spec, inputs);
  if (has_extension(spec.path, ".npz")) return npz_source(spec, inputs);
  if (has_extension(spec.path, ".txt") || has_extension(spec.path, ".lst") ||
      has_extension(spec.path, ".list")) {
    auto listed = parse_list(read_file(path), inputs, spec.path, false);
    return file_source(open_listed(std::move(listed), spec.limit, path, of_list), spec, inputs,
                       parse);
  }
  if (has_image_extension(spec.path) || is_raw(spec.path) || has_extension(spec.path, ".pb")) {
    if (inputs.size() != 1) {
      fail(ErrorCode::kBadInput, "{}: one file for {} inputs; give a list of `name:=file` lines",
           spec.path, inputs.size());
    }
    return file_source({{{Blob::of_file(path)}, -1}}, spec, inputs, parse);
  }
  auto listed = list_tree(path, list_archive(path), inputs, in_archive);
  return file_source(open_listed(std::move(listed), spec.limit, path, in_archive), spec, inputs,
                     parse);
}

struct Summary {
  double minimum = std::numeric_limits<double>::infinity();
  double maximum = -std::numeric_limits<double>::infinity();
  double mean = 0;
  bool finite = true;
};

Summary summarize(const Tensor& tensor) {
  const InputSpec as_double = {"", DataType::kDouble, tensor.shape()};
  const Tensor values = to_input(tensor, as_double, "");
  Summary summary;
  for (int64_t i = 0; i < values.size(); ++i) {
    const double value = values.data<double>()[i];
    summary.finite = summary.finite && std::isfinite(value);
    summary.minimum = std::min(summary.minimum, value);
    summary.maximum = std::max(summary.maximum, value);
    summary.mean += value;
  }
  summary.mean /= static_cast<double>(std::max<int64_t>(1, values.size()));
  return summary;
}

// Whether values that are meant as N,C,H,W look like N,H,W,C: neighbours three values apart, one
// pixel in N,H,W,C, are then more alike than adjacent ones.
bool looks_channels_last(const Tensor& tensor) {
  const auto distance = [&](int64_t step) {
    double sum = 0;
    const float* values = tensor.data<float>();
    for (int64_t i = 3; i < tensor.size(); ++i) sum += std::abs(values[i] - values[i - step]);
    return sum;
  };
  constexpr double kClearly = 0.9;
  return tensor.type() == DataType::kFloat && tensor.rank() == 4 && tensor.dim(1) == 3 &&
         tensor.dim(2) > 3 && tensor.dim(3) > 3 && distance(3) < kClearly * distance(1);
}

// What the first sample looks like, so that wrong preprocessing shows at once.
void report_first(const DataSource& source, const DataSpec& spec,
                  const std::vector<InputSpec>& inputs) {
  const Sample sample = source.load(0);
  for (size_t i = 0; i < inputs.size(); ++i) {
    const Summary summary = summarize(sample.inputs[i]);
    log_info(format("{}: input '{}' of {}: min {:.4g}, max {:.4g}, mean {:.4g}", spec.path,
                    inputs[i].name, sample.name, summary.minimum, summary.maximum, summary.mean));
    if (!summary.finite) {
      log_warning(format("{}: has values that are not finite", sample.name));
    } else if (summary.minimum == summary.maximum && sample.inputs[i].size() > 1) {
      log_warning(format("{}: all values are {:.4g}", sample.name, summary.minimum));
    } else if (is_raw(sample.name) && looks_channels_last(sample.inputs[i])) {
      log_warning(format("{}: looks like N,H,W,C, but input '{}' is {}: transpose the raw files",
                         sample.name, inputs[i].name, to_string(inputs[i].shape)));
    }
  }
}

}  // namespace

std::unique_ptr<DataSource> open_data(const DataSpec& spec, const std::vector<InputSpec>& inputs,
                                      TensorParser parse) {
  if (inputs.empty()) {
    fail(ErrorCode::kBadInput, "{}: the model has no inputs to feed", spec.path);
  }
  if (spec.limit < 0) fail(ErrorCode::kUsage, "the number of samples is negative: {}", spec.limit);
  auto source = open_any(spec, inputs, parse);
  report_first(*source, spec, inputs);
  return source;
}

}  // namespace edgeopt
