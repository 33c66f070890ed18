// A small network quantized and written for a target, to look at what the target asked for.
#pragma once

#include <string>
#include <vector>

#include "edgeopt/graph.h"
#include "edgeopt/quantize.h"
#include "quant/table.h"

namespace edgeopt::test {

// x -> Conv (bias) -> Relu -> MaxPool -> Conv -> Add with the pool -> Relu -> y, opset 13, batch N.
// Quantized with synthetic inputs; the model as written.
Model lowered_for(const std::string& target, QuantizeOptions options = {});
// The same of another model.
Model lowered_for(const std::string& target, QuantizeOptions options, const Model& model);

// How many nodes have this operator.
int64_t count_ops(const Model& model, const std::string& op_type);
// The types of all zero points of QuantizeLinear nodes, each once, in order of appearance.
std::vector<DataType> activation_types(const Model& model);
// Every zero point in the file is zero.
bool all_zero_points_are_zero(const Model& model);
// What input `index` of the first Conv is made of: "DequantizeLinear(int8)", "float", ...
std::string form_of_conv_input(const Model& model, size_t index);
// Names of the tensors that have an entry in the encodings JSON of the last lowered_for().
std::vector<std::string> encoded_names();

}  // namespace edgeopt::test
