// Einsum: sums of products over named axes, "ij,jk->ik".
#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <set>

#include "base/format.h"
#include "ops/matmul_kernel.h"
#include "ops/movement.h"
#include "ops/op.h"
#include "tensor/dispatch.h"
#include "tensor/limits.h"

namespace edgeopt {
namespace {

// For one output element: their places are listed.
constexpr int64_t kMostSummed = 1 << 26;

// Axes behind an ellipsis get the labels '0', '1', ... counted from the last one.
using Labels = std::string;

struct Equation {
  std::vector<Labels> operands;
  Labels output;
  std::map<char, int64_t> sizes;
  Labels summed;  // labels that the output does not have
};

// Writes "..." as the digits of `hidden` axes.
template <typename Context>
Labels expanded(const Context& c, const std::string& term, int64_t hidden) {
  Labels labels;
  for (size_t i = 0; i < term.size(); ++i) {
    if (term[i] == '.') {
      if (term.substr(i, 3) != "...") c.bad("its equation has a lone dot");
      for (int64_t k = hidden; k-- > 0;) labels += static_cast<char>('0' + k);
      i += 2;
    } else if (std::isalpha(static_cast<unsigned char>(term[i])) != 0) {
      labels += term[i];
    } else {
      c.bad(format("its equation has a '{}'", term[i]));
    }
  }
  return labels;
}

int64_t letters(const std::string& term) {
  return std::count_if(term.begin(), term.end(), [](char x) { return x != '.'; });
}

// Without "->": the ellipsis, then every letter that appears once, in alphabetical order.
Labels implied_output(const std::vector<Labels>& operands, int64_t hidden) {
  std::map<char, int> seen;
  for (const Labels& labels : operands) {
    for (const char label : labels) ++seen[label];
  }
  Labels output;
  for (int64_t k = hidden; k-- > 0;) output += static_cast<char>('0' + k);
  for (const auto& [label, count] : seen) {
    if (std::isalpha(static_cast<unsigned char>(label)) != 0 && count == 1) output += label;
  }
  return output;
}

std::vector<std::string> split_terms(const std::string& text) {
  std::vector<std::string> terms(1);
  for (const char x : text) {
    if (x == ',') {
      terms.emplace_back();
    } else {
      terms.back() += x;
    }
  }
  return terms;
}

template <typename Context>
Equation parse(const Context& c, const std::vector<Shape>& shapes) {
  std::string text = c.node().string_or("equation", "");
  text.erase(std::remove(text.begin(), text.end(), ' '), text.end());
  const size_t arrow = text.find("->");
  const std::vector<std::string> terms = split_terms(text.substr(0, arrow));
  if (terms.size() != shapes.size()) {
    c.bad(format("its equation has {} operands, the node {}", terms.size(), shapes.size()));
  }
  Equation e;
  int64_t widest = 0;
  for (size_t i = 0; i < terms.size(); ++i) {
    const int64_t hidden = static_cast<int64_t>(shapes[i].size()) - letters(terms[i]);
    const bool ellipsis = terms[i].find('.') != std::string::npos;
    if (hidden < 0 || hidden > 9 || (hidden > 0 && !ellipsis)) {
      c.bad(format("'{}' does not name the axes of {}", terms[i], to_string(shapes[i])));
    }
    e.operands.push_back(expanded(c, terms[i], hidden));
    widest = std::max(widest, hidden);
    for (size_t k = 0; k < shapes[i].size(); ++k) {
      int64_t& size = e.sizes.try_emplace(e.operands[i][k], 1).first->second;
      if (size != 1 && shapes[i][k] != 1 && size != shapes[i][k]) {
        c.bad(format("axis '{}' has two lengths", e.operands[i][k]));
      }
      size = size == 0 || shapes[i][k] == 0 ? 0 : std::max(size, shapes[i][k]);
    }
  }
  e.output = arrow == std::string::npos ? implied_output(e.operands, widest)
                                        : expanded(c, text.substr(arrow + 2), widest);
  for (const char label : e.output) {
    if (!e.sizes.contains(label)) c.bad(format("its result has an axis '{}' of no operand", label));
  }
  for (const auto& [label, size] : e.sizes) {
    if (e.output.find(label) == std::string::npos) e.summed += label;
  }
  return e;
}

// The operand's places as the labels walk, 0 where it is repeated; a label that it has twice walks
// along the diagonal.
Strided walk(const Equation& e, const Labels& labels, const Labels& operand, const Shape& shape) {
  const std::vector<int64_t> strides = row_major_strides(shape);
  Strided at;
  for (const char label : labels) {
    at.shape.push_back(e.sizes.at(label));
    at.strides.push_back(0);
    for (size_t k = 0; k < operand.size(); ++k) {
      if (operand[k] == label && shape[k] != 1) at.strides.back() += strides[k];
    }
  }
  return at;
}

std::vector<int64_t> places(const Strided& at) {
  std::vector<int64_t> result;
  for_each_place(at, [&](int64_t offset) { result.push_back(offset); });
  return result;
}

template <typename Context, typename ShapeOf>
std::vector<Shape> shapes_of(const Context& c, ShapeOf shape_of) {
  std::vector<Shape> shapes;
  for (size_t i = 0; i < c.input_count(); ++i) shapes.push_back(shape_of(i));
  return shapes;
}

void infer(InferContext& c) {
  c.require_same_types();
  const Equation e = parse(c, shapes_of(c, [&](size_t i) { return c.shape(i); }));
  Shape shape;
  for (const char label : e.output) shape.push_back(e.sizes.at(label));
  int64_t summed = 1;
  for (const char label : e.summed) summed = axis_product(summed, e.sizes.at(label));
  if (summed > kMostSummed) c.unsupported(format("sums of {} products", summed));
  c.set_output(0, c.type(0), std::move(shape));
}

template <typename T>
void sum_products(ComputeContext& c, const Equation& e) {
  // Integers wrap around.
  using A = std::conditional_t<std::is_floating_point_v<Wide<T>>, double, uint64_t>;
  std::vector<std::vector<int64_t>> outer;
  std::vector<std::vector<int64_t>> inner;
  for (size_t i = 0; i < c.input_count(); ++i) {
    const Shape& shape = c.input(i).shape();
    outer.push_back(places(walk(e, e.output, e.operands[i], shape)));
    inner.push_back(places(walk(e, e.summed, e.operands[i], shape)));
  }
  T* to = c.output(0).mutable_data<T>();
  for (size_t o = 0; o < static_cast<size_t>(c.output(0).size()); ++o) {
    A sum = 0;
    for (size_t k = 0; k < inner[0].size(); ++k) {
      A product = 1;
      for (size_t i = 0; i < outer.size(); ++i) {
        const T value = c.input(i).data<T>()[outer[i][o] + inner[i][k]];
        product *= static_cast<A>(static_cast<Wide<T>>(value));
      }
      sum += product;
    }
    to[o] = static_cast<T>(static_cast<Wide<T>>(sum));
  }
}

bool has(const Labels& labels, char label) { return labels.find(label) != std::string::npos; }

// Two operands as batches of matrices: rows are of the first alone, columns of the second alone.
struct Product {
  Labels batch;
  Labels rows;
  Labels depth;
  Labels columns;
};

// nullopt where one operand has a sum of its own, or the result a diagonal.
std::optional<Product> product_of(const Equation& e) {
  const std::set<char> distinct(e.output.begin(), e.output.end());
  if (e.operands.size() != 2 || distinct.size() != e.output.size()) return std::nullopt;
  Product p;
  for (const auto& [label, size] : e.sizes) {
    const bool first = has(e.operands[0], label);
    const bool second = has(e.operands[1], label);
    const bool kept = has(e.output, label);
    if (!kept && !(first && second)) return std::nullopt;
    (!kept ? p.depth : !second ? p.rows : !first ? p.columns : p.batch) += label;
  }
  return p;
}

int64_t size_of(const Equation& e, const Labels& labels) {
  int64_t size = 1;
  for (const char label : labels) size *= e.sizes.at(label);
  return size;
}

std::vector<float> packed(const Tensor& x, const Strided& at) {
  std::vector<float> elements;
  elements.reserve(static_cast<size_t>(element_count(at.shape)));
  for_each_place(at, [&](int64_t offset) { elements.push_back(x.data<float>()[offset]); });
  return elements;
}

// The products of matrices, for which there are fast kernels. False: it is more than that.
bool multiply_matrices(ComputeContext& c, const Equation& e) {
  const std::optional<Product> p = product_of(e);
  if (!p || c.input(0).size() == 0 || c.input(1).size() == 0) return false;
  const auto at = [&](const Labels& labels, size_t i) {
    return walk(e, labels, e.operands[i], c.input(i).shape());
  };
  const std::vector<float> a = packed(c.input(0), at(p->batch + p->rows + p->depth, 0));
  const std::vector<float> b = packed(c.input(1), at(p->batch + p->depth + p->columns, 1));
  const int64_t batch = size_of(e, p->batch);
  const int64_t depth = size_of(e, p->depth);
  const MatmulShape shape = matmul_shape({batch, size_of(e, p->rows), depth},
                                         {batch, depth, size_of(e, p->columns)}, complain_to(c));
  std::vector<float> y(static_cast<size_t>(c.output(0).size()));
  run_matmul(matmul_batch(shape), a.data(), b.data(), y.data());
  float* to = c.output(0).mutable_data<float>();
  const float* from = y.data();
  for_each_place(walk(e, p->batch + p->rows + p->columns, e.output, c.output(0).shape()),
                 [&](int64_t offset) { to[offset] = *from++; });
  return true;
}

void compute(ComputeContext& c) {
  const Equation e = parse(c, shapes_of(c, [&](size_t i) { return c.input(i).shape(); }));
  if (c.input(0).type() == DataType::kFloat && multiply_matrices(c, e)) return;
  const DataType type = c.input(0).type();
  const bool known = dispatch(type, NumericTypes(),
                              [&]<typename T>(std::type_identity<T>) { sum_products<T>(c, e); });
  if (!known) c.unsupported("type " + name_of(type));
}

}  // namespace

extern const Operator op_Einsum = {.name = "Einsum",
                                   .domain = "",
                                   .infer = infer,
                                   .compute = compute,
                                   .traits = {.quantizable = true}};

}  // namespace edgeopt
