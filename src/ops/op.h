// What an operator is to edgeopt: shape inference, execution, and traits that passes ask for.
//
// An operator is one file `ops/NAME.cpp`, one line in `ops.def`, one test. All forms are those of
// opset 13 or later; older models are rewritten at load by the pass `upgrade-opset`.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "edgeopt/error.h"
#include "edgeopt/graph.h"
#include "edgeopt/tensor.h"

namespace edgeopt {

class Kernel;
class PrepareContext;

// What is known of a value while shapes are inferred.
struct ValueInfo {
  DataType type = DataType::kUndefined;
  std::optional<Shape> shape;  // nullopt: not known before execution
  const Tensor* value =
      nullptr;  // the value itself where it is constant (or, in the interpreter, always)
};

// What a shape depends on is not known before the model runs: data, or an operator that is not
// known. Its code is kUnsupported.
class NotKnownBefore : public Error {
 public:
  explicit NotKnownBefore(const std::string& message) : Error(ErrorCode::kUnsupported, message) {}
};

// Handed to Operator::infer. Reads throw Error(kBadInput) naming the node when an input is missing
// or of an impossible form, Error(kUnsupported) when something needed (a shape, a constant) is not
// known.
class InferContext {
 public:
  InferContext(const Graph& graph, const Node& node, int64_t opset, std::vector<ValueInfo> inputs);

  const Node& node() const { return node_; }
  int64_t opset() const { return opset_; }
  size_t input_count() const { return inputs_.size(); }  // trailing omitted inputs included
  size_t output_count() const { return outputs_.size(); }
  bool has_input(size_t i) const {
    return i < inputs_.size() && inputs_[i].type != DataType::kUndefined;
  }
  bool has_output(size_t i) const;  // the output is named in the node
  DataType type(size_t i) const;
  const Shape& shape(size_t i) const;
  int64_t rank(size_t i) const { return static_cast<int64_t>(shape(i).size()); }
  // The constant value of an input, nullptr when it is not known.
  const Tensor* value(size_t i) const { return i < inputs_.size() ? inputs_[i].value : nullptr; }
  // The same, for inputs that must be known: axes, target shapes, pads. Integer tensors of any
  // type, or floats. Integers are clamped to what an axis can have (to_axis_length), so that sums
  // of a few do not overflow.
  std::vector<int64_t> ints(size_t i) const;
  int64_t integer(size_t i) const;  // the only element
  // An attribute's integers, clamped likewise.
  std::vector<int64_t> lengths(std::string_view attribute,
                               std::vector<int64_t> fallback = {}) const;
  std::vector<float> floats(size_t i) const;
  // Refuses inputs of another type than the first; inputs before `from` and omitted ones are not
  // looked at.
  void require_same_types(size_t from = 1) const;
  // `axis` in [-rank, rank) made non-negative.
  int64_t normalized_axis(int64_t axis, int64_t rank) const;
  // Axes from attribute `axes` or, if absent, from input `i`; nullopt when neither is there. Not
  // yet normalized.
  std::optional<std::vector<int64_t>> axes(size_t i) const;

  void set_output(size_t i, DataType type, Shape shape);
  // Like input 0, the most common case.
  void same_as_input() { set_output(0, type(0), shape(0)); }
  // The output's value follows from shapes alone (Shape, Size, ...).
  void set_output_value(size_t i, Tensor value);

  std::string describe() const;                                 // the node: "Conv 'x'"
  [[noreturn]] void bad(const std::string& why) const;          // Error(kBadInput) "Conv 'x': why"
  [[noreturn]] void unsupported(const std::string& why) const;  // Error(kUnsupported)
  [[noreturn]] void not_known(const std::string& why) const;    // NotKnownBefore

  struct Output {
    DataType type = DataType::kUndefined;
    std::optional<Shape> shape;
    std::optional<Tensor> value;
  };
  const std::vector<Output>& outputs() const { return outputs_; }

 private:
  const ValueInfo& input(size_t i) const;
  const Graph& graph_;
  const Node& node_;
  int64_t opset_;
  std::vector<ValueInfo> inputs_;
  std::vector<Output> outputs_;
};

// Handed to Operator::compute: inputs in plain layout, outputs already allocated with the inferred
// types and shapes.
class ComputeContext {
 public:
  ComputeContext(const Graph& graph, const Node& node, int64_t opset,
                 std::vector<const Tensor*> inputs, std::vector<Tensor*> outputs);

  const Node& node() const { return node_; }
  int64_t opset() const { return opset_; }
  size_t input_count() const { return inputs_.size(); }
  bool has_input(size_t i) const { return i < inputs_.size() && inputs_[i] != nullptr; }
  const Tensor& input(size_t i) const;
  size_t output_count() const { return outputs_.size(); }
  bool has_output(size_t i) const { return i < outputs_.size() && outputs_[i] != nullptr; }
  Tensor& output(size_t i) const;
  // As those of InferContext.
  std::vector<int64_t> ints(size_t i) const;
  int64_t integer(size_t i) const;
  std::vector<int64_t> lengths(std::string_view attribute,
                               std::vector<int64_t> fallback = {}) const;
  std::vector<float> floats(size_t i) const;
  std::optional<std::vector<int64_t>> axes(size_t i) const;  // as InferContext::axes
  int64_t normalized_axis(int64_t axis, int64_t rank) const;

  std::string describe() const;  // the node: "Conv 'x'"
  [[noreturn]] void bad(const std::string& why) const;
  [[noreturn]] void unsupported(const std::string& why) const;

 private:
  const Graph& graph_;
  const Node& node_;
  int64_t opset_;
  std::vector<const Tensor*> inputs_;
  std::vector<Tensor*> outputs_;
};

// What passes and the engine may ask about an operator, so that they need not compare operator
// names.
struct OpTraits {
  // Index of the weight input of a layer with weights (Conv 1, Gemm 1, ...), -1 for none. The bias,
  // where there is one, is the input after it.
  int weight_input = -1;
  // Its kernels serve PrepareContext::grid.
  bool writes_codes = false;
  // One output element depends on the element at the same place of each input alone (after
  // broadcasting).
  bool elementwise = false;
  // f(a x) = a f(x) for a > 0: Relu, LeakyRelu, MaxPool, ...
  bool positively_homogeneous = false;
  // The output is the input clamped to a range, which a quantization grid behind it can enforce:
  // Relu, Clip.
  bool clamps = false;
  // Every output element is an element of input 0 (or a pad of zero), or lies between some: output
  // and input share an encoding. Ask moves_data() where it depends on the node.
  bool data_movement = false;
  // The output is input 0's elements in the same order, perhaps under another shape: Reshape,
  // Identity, ...
  bool same_elements = false;
  // Inputs are joined: all inputs and the output share an encoding (Concat).
  bool joins_inputs = false;
  // Output depends on shapes only (Shape, Size), or is integers / indices: never quantized.
  bool shape_only = false;
  // Quantized runtimes compute it on integer inputs and outputs (Conv, Add, AveragePool, Sigmoid,
  // ...).
  bool quantizable = false;
  // The output's range is known whatever the input: Sigmoid [0,1], Softmax [0,1], Tanh [-1,1].
  std::optional<std::pair<float, float>> fixed_range = std::nullopt;
  // The same input gives different outputs (RandomNormal, ...): never folded.
  bool random = false;
};

struct Operator {
  std::string_view name;    // ONNX op_type
  std::string_view domain;  // "" is ONNX, "edgeopt" our own
  void (*infer)(InferContext&);
  void (*compute)(ComputeContext&);
  OpTraits traits = {};
  // A kernel planned once for fixed shapes, with layout choice and fused epilogue (exec/kernel.h);
  // nullptr: the engine calls `compute`. The function may return nullptr to decline a case.
  std::unique_ptr<Kernel> (*prepare)(const PrepareContext&) = nullptr;
  // Where `traits.data_movement` depends on the node: whether it holds for this one, which may add
  // values that the input does not have (Pad with a value, cubic Resize). nullptr: it always holds.
  bool (*moves_only)(const Graph&, const Node&) = nullptr;
  // Leading inputs that every node has, the weight anyway. Passes rely on it, and on the first
  // output.
  size_t required_inputs = 1;
};

// Throws Error(kBadInput) naming the first node of a known operator that lacks a required input or
// its first output.
void require_node_forms(const Graph& graph);

// Operator::infer and Operator::compute; errors name the node, want of memory is an Error.
void infer_outputs(const Operator& op, InferContext& context);
void compute_outputs(const Operator& op, ComputeContext& context);

// nullptr when edgeopt does not know the operator.
const Operator* find_operator(std::string_view name, std::string_view domain);
const Operator* find_operator(const Node& node);
// All operators, sorted by domain and name.
std::span<const Operator* const> all_operators();

// Traits of the node's operator; default traits for an unknown operator.
const OpTraits& traits_of(const Node& node);

// Data movement that adds no value beyond the ends of its input's range.
bool moves_data(const Graph& graph, const Node& node);

}  // namespace edgeopt
