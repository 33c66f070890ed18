// Einsum as MatMul where it is one: runtimes have fast and quantized kernels for MatMul.
#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include "ops/movement.h"
#include "passes/canonical/rules.h"
#include "passes/rewrite.h"

namespace edgeopt {
namespace {

using Labels = std::string;

bool has(const Labels& labels, char label) { return labels.find(label) != Labels::npos; }

// "ij,jk->ik": letters only, none twice in a term.
struct Equation {
  Labels a;
  Labels b;
  Labels output;
};

bool is_plain(const Labels& labels) {
  const std::set<char> distinct(labels.begin(), labels.end());
  return distinct.size() == labels.size() && !has(labels, '.') && !has(labels, ',');
}

std::optional<Equation> equation_of(const Node& node) {
  std::string text = node.string_or("equation", "");
  std::erase(text, ' ');
  const size_t comma = text.find(',');
  const size_t arrow = text.find("->");
  if (node.inputs.size() != 2 || comma == std::string::npos || arrow == std::string::npos ||
      comma > arrow) {
    return std::nullopt;
  }
  Equation e{text.substr(0, comma), text.substr(comma + 1, arrow - comma - 1),
             text.substr(arrow + 2)};
  if (!is_plain(e.a) || !is_plain(e.b) || !is_plain(e.output)) return std::nullopt;
  return e;
}

struct Product {
  Labels batch;    // in the output's order, as are rows and columns
  Labels rows;     // of a alone
  Labels columns;  // of b alone
  Labels depth;    // summed
};

// nullopt where MatMul would need reshaped operands, or an operand has a sum of its own.
std::optional<Product> product_of(const Equation& e) {
  Product p;
  for (const char label : e.output) {
    const bool first = has(e.a, label);
    const bool second = has(e.b, label);
    (first && second ? p.batch : first ? p.rows : p.columns) += label;
  }
  for (const char label : e.a) {
    if (has(e.output, label)) continue;
    if (!has(e.b, label)) return std::nullopt;
    p.depth += label;
  }
  const bool rows_fit = p.rows.size() == 1 || (p.batch.empty() && !p.rows.empty());
  if (!rows_fit || p.columns.size() != 1 || p.depth.size() != 1) return std::nullopt;
  const size_t second = p.batch.size() + p.depth.size() + p.columns.size();
  return e.b.size() == second ? std::optional(p) : std::nullopt;
}

// Where each of `to` stands in `from`.
std::vector<int64_t> permutation(const Labels& from, const Labels& to) {
  std::vector<int64_t> order;
  for (const char label : to) order.push_back(static_cast<int64_t>(from.find(label)));
  return order;
}

Tensor transposed(const Tensor& tensor, const std::vector<int64_t>& order) {
  const std::vector<int64_t> strides = row_major_strides(tensor.shape());
  Strided at;
  for (const int64_t axis : order) {
    at.shape.push_back(tensor.dim(axis));
    at.strides.push_back(strides[static_cast<size_t>(axis)]);
  }
  Tensor result(tensor.type(), at.shape);
  float* to = result.mutable_data<float>();
  for_each_place(at, [&](int64_t offset) { *to++ = tensor.data<float>()[offset]; });
  return result;
}

ValueId transposed(Graph& graph, ValueId value, const std::vector<int64_t>& order) {
  if (std::is_sorted(order.begin(), order.end())) return value;
  const std::string name = graph.fresh_name(graph.value(value).name + "_transposed");
  const Tensor* constant = graph.constant(value);
  if (constant != nullptr && constant->type() == DataType::kFloat) {
    return graph.add_constant(name, transposed(*constant, order));
  }
  Node node;
  node.op_type = "Transpose";
  node.inputs = {value};
  const ValueId made = graph.add_value(name, {});
  node.outputs = {made};
  node.set_attribute("perm", order);
  graph.add_node(std::move(node));
  return made;
}

// Behind the product `id`, whose own output stays last.
void transpose_output(Graph& graph, NodeId id, const std::vector<int64_t>& order) {
  if (std::is_sorted(order.begin(), order.end())) return;
  Node product = graph.node(id);
  const ValueId output = product.outputs.at(0);
  graph.remove_node(id);
  const std::string name = graph.fresh_name(graph.value(output).name + "_product");
  product.outputs = {graph.add_value(name, {})};
  Node node;
  node.op_type = "Transpose";
  node.inputs = product.outputs;
  node.outputs = {output};
  node.set_attribute("perm", order);
  graph.add_node(std::move(product));
  graph.add_node(std::move(node));
}

bool einsum_to_matmul(Graph& graph, const KnownValues& known, NodeId id) {
  const auto e = equation_of(graph.node(id));
  const auto p = e ? product_of(*e) : std::nullopt;
  if (!p) return false;
  const ValueId a = graph.node(id).inputs[0];
  const ValueId b = graph.node(id).inputs[1];
  const int64_t depth = known.dim(a, e->a.find(p->depth));
  // Einsum repeats an axis of one element, MatMul does not sum along it.
  if (depth < 0 || known.dim(b, e->b.find(p->depth)) != depth) return false;
  const ValueId left = transposed(graph, a, permutation(e->a, p->batch + p->rows + p->depth));
  const ValueId right = transposed(graph, b, permutation(e->b, p->batch + p->depth + p->columns));
  become_operator(graph, id, "MatMul", {left, right});
  transpose_output(graph, id, permutation(p->batch + p->rows + p->columns, e->output));
  return true;
}

constexpr CanonicalRule kRules[] = {
    {"Einsum", einsum_to_matmul},
};

}  // namespace

std::span<const CanonicalRule> product_rules() { return kRules; }

}  // namespace edgeopt
