// What the rewriting passes share: asking about a place in the graph, and the few edits that must
// mind names, graph outputs and subgraphs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "edgeopt/graph.h"

namespace edgeopt {

// --- asking

// A node of the ONNX domain with this operator.
bool is_op(const Node& node, std::string_view op_type);
// The node that makes `value` if it has this operator; else invalid.
NodeId maker(const Graph& graph, ValueId value, std::string_view op_type);
// Input `index` of the node; invalid when it is omitted.
ValueId input_of(const Node& node, size_t index);
// A subgraph reads the value by its name, so its uses cannot be moved to another value.
bool is_captured(const Graph& graph, ValueId value);
// Nothing but output 0 of the node is used or is a graph output.
bool only_first_output_used(const Graph& graph, NodeId id);
// The one element of a constant of type float; nullopt for all else.
std::optional<float> scalar_of(const Graph& graph, ValueId value);
// The elements of a constant integer tensor of any signed type; nullopt for all else.
std::optional<std::vector<int64_t>> ints_of(const Tensor* tensor);
std::optional<std::vector<int64_t>> constant_ints(const Graph& graph, ValueId value);

// --- editing

// Whether bypass() can be done: readers of output 0 can read input `input` instead, and the names
// of graph inputs and outputs and of what subgraphs read stay.
bool can_bypass(const Graph& graph, NodeId id, size_t input = 0);
// Removes the node; readers of its output 0 read input `input`. Where the output is a graph output,
// what made the input makes the output instead. Only where can_bypass().
void bypass(Graph& graph, NodeId id, size_t input = 0);

// The node is the only reader of its input `input`, so that what makes the input may be changed.
bool reads_alone(const Graph& graph, NodeId id, size_t input = 0);
// Removes the node; what makes its input `input` makes its output 0 instead, under that name. For
// nodes whose work the producer has taken over. Only where reads_alone() and only output 0 is used.
void merge_into_producer(Graph& graph, NodeId id, size_t input = 0);
// Removes the node if nothing reads its outputs.
void remove_if_unused(Graph& graph, NodeId id);

// Adds a constant int64 vector named after `stem`.
ValueId add_ints(Graph& graph, const std::string& stem, const std::vector<int64_t>& values);
ValueId add_scalar(Graph& graph, const std::string& stem, float value);
// Puts `tensor` in the place of the constant that the node reads as input `index`. A constant with
// other readers stays; the node gets a copy named after it.
void replace_constant(Graph& graph, NodeId id, size_t index, Tensor tensor);
// Sets input `index`, filling with omitted inputs up to there.
void put_input(Graph& graph, NodeId id, size_t index, ValueId value);
// Cuts the inputs to the first `count`.
void keep_inputs(Graph& graph, NodeId id, size_t count);
// The node becomes another operator on other inputs; name and outputs stay, attributes go.
void become_operator(Graph& graph, NodeId id, const std::string& op_type,
                     std::vector<ValueId> inputs);
// Cuts the outputs to the first `count`. Returns the node's id, which is new.
NodeId keep_outputs(Graph& graph, NodeId id, size_t count);

}  // namespace edgeopt
