#include <algorithm>
#include <numeric>

#include "base/format.h"
#include "data/archive.h"
#include "data/listing.h"
#include "data/sources.h"

namespace edgeopt {
namespace {

constexpr std::string_view kNpy = ".npy";

std::vector<int64_t> read_labels(const NpyArray& array) {
  const InputSpec label = {"labels", DataType::kInt64, {1}};
  const int64_t count = array.samples(label);
  std::vector<int64_t> labels(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) {
    labels[static_cast<size_t>(i)] = array.load(i, label).data<int64_t>()[0];
  }
  return labels;
}

class ArraySource : public DataSource {
 public:
  ArraySource(const DataSpec& spec, const std::vector<InputSpec>& inputs,
              std::vector<NpyArray> arrays, std::vector<int64_t> labels)
      : path_(spec.path), inputs_(inputs), arrays_(std::move(arrays)), labels_(std::move(labels)) {
    const int64_t count = arrays_.front().samples(inputs_.front());
    for (size_t i = 1; i < arrays_.size(); ++i) {
      if (const int64_t other = arrays_[i].samples(inputs_[i]); other != count) {
        fail(ErrorCode::kBadInput, "{}: {} samples for input '{}', {} for '{}'", path_, count,
             inputs_.front().name, other, inputs_[i].name);
      }
    }
    if (count == 0) fail(ErrorCode::kBadInput, "{}: has no samples", path_);
    if (!labels_.empty() && static_cast<int64_t>(labels_.size()) != count) {
      fail(ErrorCode::kBadInput, "{}: {} samples, but {} labels", path_, count, labels_.size());
    }
    rows_.resize(static_cast<size_t>(count));
    std::iota(rows_.begin(), rows_.end(), int64_t{0});
    keep_evenly(rows_, spec.limit);
    offset_ = spec.class_offset;
  }

  int64_t size() const override { return static_cast<int64_t>(rows_.size()); }
  bool has_labels() const override { return !labels_.empty(); }
  std::string describe() const override {
    return format("{} sample{} of '{}'", size(), size() == 1 ? "" : "s", path_);
  }

  Sample load(int64_t index) const override {
    const int64_t row = rows_.at(static_cast<size_t>(index));
    Sample sample;
    sample.name = format("{}[{}]", path_, row);
    if (!labels_.empty()) {
      const int64_t label = labels_[static_cast<size_t>(row)];
      sample.label = label < 0 ? -1 : label + offset_;
    }
    for (size_t i = 0; i < arrays_.size(); ++i) {
      sample.inputs.push_back(arrays_[i].load(row, inputs_[i]));
    }
    return sample;
  }

 private:
  std::string path_;
  std::vector<InputSpec> inputs_;
  std::vector<NpyArray> arrays_;  // one for each input
  std::vector<int64_t> labels_;   // of all rows
  std::vector<int64_t> rows_;     // the chosen ones
  int64_t offset_ = 0;
};

}  // namespace

std::unique_ptr<DataSource> npy_source(const DataSpec& spec, const std::vector<InputSpec>& inputs) {
  if (inputs.size() != 1) {
    fail(ErrorCode::kBadInput, "{}: one array for {} inputs; give a .npz with an array for each",
         spec.path, inputs.size());
  }
  const std::filesystem::path path = spec.path;
  std::vector<NpyArray> arrays = {NpyArray(Blob::of_region(std::make_shared<const OpenFile>(path),
                                                           0, OpenFile(path).size(), spec.path))};
  const auto beside = std::filesystem::path(path).replace_extension(".labels.npy");
  std::vector<int64_t> labels;
  if (std::filesystem::exists(beside)) labels = read_labels(NpyArray(Blob::of_file(beside)));
  return std::make_unique<ArraySource>(spec, inputs, std::move(arrays), std::move(labels));
}

std::unique_ptr<DataSource> npz_source(const DataSpec& spec, const std::vector<InputSpec>& inputs) {
  std::vector<std::string> keys;
  for (std::string& name : list_archive(spec.path)) {
    if (name.ends_with(kNpy)) keys.push_back(name.substr(0, name.size() - kNpy.size()));
  }
  const auto has = [&](const std::string& key) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
  };
  const auto is_input = [&](const std::string& key) {
    return std::any_of(inputs.begin(), inputs.end(),
                       [&](const InputSpec& input) { return input.name == key; });
  };
  const bool labelled = has("labels") && !is_input("labels");
  std::vector<std::string> wanted;
  for (const InputSpec& input : inputs) wanted.push_back(input.name);
  // One array for one input may have any name.
  if (inputs.size() == 1 && !has(wanted.front()) && keys.size() == (labelled ? 2U : 1U)) {
    wanted.front() = keys.front() == "labels" ? keys.back() : keys.front();
  }
  for (const std::string& key : wanted) {
    if (has(key)) continue;
    fail(ErrorCode::kBadInput, "{}: has no array '{}' for that input; it has {}", spec.path, key,
         fmt::join(keys, ", "));
  }
  if (labelled) wanted.emplace_back("labels");
  for (std::string& key : wanted) key += kNpy;
  std::vector<NpyArray> arrays;
  for (Blob& blob : open_entries(spec.path, wanted)) arrays.emplace_back(std::move(blob));
  std::vector<int64_t> labels;
  if (labelled) {
    labels = read_labels(arrays.back());
    arrays.pop_back();
  }
  return std::make_unique<ArraySource>(spec, inputs, std::move(arrays), std::move(labels));
}

}  // namespace edgeopt
