// TensorProto to Tensor and back.
#pragma once

#include <filesystem>
#include <string_view>

#include "edgeopt/tensor.h"
#include "onnx/protos.h"

namespace edgeopt {

// Where external data is looked for, and how messages name the file.
struct TensorOrigin {
  std::filesystem::path model;
};

// Moves raw data out of `proto` instead of copying it. External data is mapped from a file in the
// model's folder. Throws Error(kBadInput) naming the tensor when its data does not fit its shape
// and type.
Tensor tensor_from_proto(onnx::TensorProto& proto, const TensorOrigin& origin);

// Raw data, strings as string_data. `name` may be empty.
void tensor_to_proto(const Tensor& tensor, const std::string& name, onnx::TensorProto& proto);

}  // namespace edgeopt
