// Where samples come from. One interface for image folders, archives, lists, raw files, arrays and
// synthetic inputs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "edgeopt/data.h"
#include "edgeopt/tensor.h"

namespace edgeopt {

struct Sample {
  std::vector<Tensor> inputs;  // one for each feed of the model, batch dimension 1, plain layout
  int64_t label = -1;          // class index, -1: not known
  std::string name;            // file or row; for messages
};

// Random access; load() may be called from several threads at a time and decodes on the caller's
// thread, so that decoding overlaps with computing and no more samples are held than are being
// worked on.
class DataSource {
 public:
  virtual ~DataSource() = default;
  virtual int64_t size() const = 0;
  // Throws Error(kBadInput) naming the file when it cannot be read or decoded.
  virtual Sample load(int64_t index) const = 0;
  virtual bool has_labels() const { return false; }
  virtual std::string describe() const = 0;  // "128 images of 'photos/'"
};

// What a model wants to be fed: one for each feed, in order, batch dimension 1.
struct InputSpec {
  std::string name;
  DataType type = DataType::kFloat;
  Shape shape;
};

// Reads a serialized TensorProto (input_0.pb of ONNX test data); parse_tensor of onnx/model_io.h.
// `path` is for messages.
using TensorParser = Tensor (*)(std::string_view bytes, const std::filesystem::path& path);

// Opens whatever `spec.path` names; the forms: docs/data.md. Image sources need exactly one input
// that looks like an image (1,C,H,W or 1,H,W,C with C of 1, 3 or 4, or C,H,W or H,W,C with C of 3;
// its layout is taken from the shape). Throws Error(kUsage) for bad preprocessing values,
// Error(kBadInput) naming the path when there is nothing to read, or when a stored tensor does not
// fit the input it is for. Loads the first sample and logs its minimum, maximum and mean; warns
// when they look wrong. Without `parse`, .pb files are refused.
std::unique_ptr<DataSource> open_data(const DataSpec& spec, const std::vector<InputSpec>& inputs,
                                      TensorParser parse = nullptr);

// Inputs made from the seed alone; how: docs/data.md.
std::unique_ptr<DataSource> synthetic_data(const std::vector<InputSpec>& inputs, int64_t count,
                                           uint64_t seed);

// A named preprocessing.
struct Preset {
  std::string name;
  std::string summary;  // "RGB, ImageNet mean and deviation, short side 256, crop 224"
  DataSpec settings;    // mean, std, resize, crop, letterbox, channels
};
const std::vector<Preset>& all_presets();

}  // namespace edgeopt
