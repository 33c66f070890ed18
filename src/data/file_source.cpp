#include <algorithm>
#include <optional>

#include "base/format.h"
#include "base/log.h"
#include "data/elements.h"
#include "data/image.h"
#include "data/listing.h"
#include "data/sources.h"

namespace edgeopt {
namespace {

enum class FileKind { kImage, kNpy, kRaw, kProto };

FileKind kind_of(const std::string& name) {
  if (has_extension(name, ".npy")) return FileKind::kNpy;
  if (is_raw(name)) return FileKind::kRaw;
  if (has_extension(name, ".pb")) return FileKind::kProto;
  return FileKind::kImage;
}

void warn_unprepared(const DataSpec& spec, const InputSpec& input) {
  const bool said =
      (!spec.preset.empty() && spec.preset != "none") || !spec.mean.empty() || !spec.std.empty();
  if (said || !is_float(input.type)) return;
  log_warning(
      format("{}: no --preset, --mean or --std given: pixels are fed as 0..255 (--preset "
             "raw says that this is meant)",
             spec.path));
}

class FileSource : public DataSource {
 public:
  FileSource(std::vector<FileSample> samples, const DataSpec& spec,
             const std::vector<InputSpec>& inputs, TensorParser parse)
      : samples_(std::move(samples)), path_(spec.path), inputs_(inputs), parse_(parse) {
    const auto& files = samples_.front().files;
    images_ = std::any_of(files.begin(), files.end(), [](const Blob& file) {
      return kind_of(file.name()) == FileKind::kImage;
    });
    const bool proto = std::any_of(files.begin(), files.end(), [](const Blob& file) {
      return kind_of(file.name()) == FileKind::kProto;
    });
    if (proto && parse_ == nullptr) {
      fail(ErrorCode::kUnsupported, "{}: .pb tensors are not read here", path_);
    }
    if (images_ && inputs.size() != 1) {
      fail(ErrorCode::kBadInput,
           "{}: pictures feed one input, the model has {}; give a .npz or a list of `name:=file`",
           path_, inputs.size());
    }
    if (images_) {
      preprocessor_.emplace(spec, image_input(inputs.front()));
      warn_unprepared(spec, inputs.front());
    }
    labelled_ = std::all_of(samples_.begin(), samples_.end(),
                            [](const FileSample& sample) { return sample.label >= 0; });
    offset_ = with_preset(spec).class_offset;
  }

  int64_t size() const override { return static_cast<int64_t>(samples_.size()); }
  bool has_labels() const override { return labelled_; }
  std::string describe() const override {
    const char* what = images_ ? "image" : "sample";
    return format("{} {}{} of '{}'", size(), what, size() == 1 ? "" : "s", path_);
  }

  Sample load(int64_t index) const override {
    const FileSample& from = samples_.at(static_cast<size_t>(index));
    Sample sample;
    sample.name = from.files.front().name();
    sample.label = from.label < 0 ? -1 : from.label + offset_;
    for (size_t i = 0; i < inputs_.size(); ++i) {
      sample.inputs.push_back(load_file(from.files[i], inputs_[i]));
    }
    return sample;
  }

 private:
  Tensor load_file(const Blob& file, const InputSpec& input) const {
    switch (kind_of(file.name())) {
      case FileKind::kNpy: {
        const NpyArray array(file);
        const int64_t samples = array.samples(input);
        if (samples != 1) {
          fail(ErrorCode::kBadInput, "{}: holds {} samples; a file of a list or folder holds one",
               file.name(), samples);
        }
        return array.load(0, input);
      }
      case FileKind::kRaw: return to_input(file.read(), DataType::kFloat, input, file.name());
      case FileKind::kProto: return to_input(parse_(file.read(), file.name()), input, file.name());
      case FileKind::kImage: break;
    }
    if (!preprocessor_) {
      fail(ErrorCode::kBadInput, "{}: a picture among files of another kind", file.name());
    }
    const Image image = decode_image(file.read(), file.name(), preprocessor_->input().channels);
    return preprocessor_->apply(image, file.name());
  }

  std::vector<FileSample> samples_;
  std::string path_;
  std::vector<InputSpec> inputs_;
  TensorParser parse_ = nullptr;
  std::optional<Preprocessor> preprocessor_;
  bool images_ = false;
  bool labelled_ = false;
  int64_t offset_ = 0;
};

}  // namespace

std::unique_ptr<DataSource> file_source(std::vector<FileSample> samples, const DataSpec& spec,
                                        const std::vector<InputSpec>& inputs, TensorParser parse) {
  return std::make_unique<FileSource>(std::move(samples), spec, inputs, parse);
}

}  // namespace edgeopt
