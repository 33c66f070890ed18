// On which quantization grid the elements of a value lie.
#pragma once

#include <map>
#include <optional>
#include <set>

#include "edgeopt/graph.h"
#include "kernels/fake_quantize.h"
#include "quant/table.h"

namespace edgeopt {

// Of the codes of a QuantizeLinear or DequantizeLinear with constant parameters, where it is one
// grid for the tensor (ops/quantize_linear.h). `codes` kUndefined: of the type of the zero point.
std::optional<Grid> grid_of_codes(const Graph& graph, const Node& node, DataType codes);

class Grids {
 public:
  Grids(const Graph& graph, const QuantTable& table) : graph_(graph), table_(table) {}

  // That of the simulated FakeQuant or the DequantizeLinear (one scale, at most 16 bits) that makes
  // the value, or whose elements are moved or joined to it. Nothing: not known to lie on one.
  std::optional<Grid> of(ValueId value);

 private:
  std::optional<Grid> find(const Node& producer);

  const Graph& graph_;
  const QuantTable& table_;
  std::map<ValueId, std::optional<Grid>> known_;
};

// FakeQuant nodes whose input lies on their grid already do nothing: users of them read the input.
// Those that must come to be (`kept` says so) stay.
void skip_repeated_quantizers(Graph& graph, const std::set<ValueId>& kept, const QuantTable& table);

}  // namespace edgeopt
