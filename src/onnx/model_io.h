// Reading and writing ONNX files. What edgeopt does not interpret is carried through verbatim.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "edgeopt/graph.h"

namespace edgeopt {

// Reads .onnx with its external data (mapped, not copied). Weights of more than 1 kB refer to the
// mapped file. Throws Error(kBadInput) naming the file, and where known the node or tensor: not an
// ONNX model, truncated, cyclic, names that clash, tensors whose data does not fit their shape,
// external data missing or outside the folder.
Model load_model(const std::filesystem::path& path);
// The same from memory; `path` is for messages and external data.
Model parse_model(std::string_view bytes, const std::filesystem::path& path = {});

struct SaveOptions {
  // Tensors go to NAME.onnx.data beside the file when the model would exceed this many bytes
  // (protobuf's limit is 2 GB).
  int64_t external_data_above = 1'900'000'000;
};
// Atomic: writes to a temporary name and renames. Throws Error(kBadInput) naming the file when it
// cannot be written.
void save_model(const Model& model, const std::filesystem::path& path,
                const SaveOptions& options = {});
std::string serialize_model(const Model& model);

// A single TensorProto (input_0.pb of ONNX test data).
Tensor parse_tensor(std::string_view bytes, const std::filesystem::path& path = {});
std::string serialize_tensor(const Tensor& tensor, const std::string& name = {});

}  // namespace edgeopt
