// How MatMul and its integer forms multiply: batches of matrices that broadcast as in NumPy.
#pragma once

#include <functional>

#include "ops/broadcast.h"
#include "ops/window.h"

namespace edgeopt {

struct MatmulShape {
  int64_t rows = 1;
  int64_t columns = 1;
  int64_t depth = 1;
  Shape batch;    // broadcast
  Shape batch_a;  // leading dimensions of the operands
  Shape batch_b;
  Shape output;
};

inline MatmulShape matmul_shape(Shape a, Shape b, const Complain& bad) {
  if (a.empty() || b.empty()) bad("an operand is a scalar");
  const bool vector_a = a.size() == 1;
  const bool vector_b = b.size() == 1;
  if (vector_a) a.insert(a.begin(), 1);
  if (vector_b) b.push_back(1);
  MatmulShape s;
  s.rows = a[a.size() - 2];
  s.depth = a.back();
  s.columns = b.back();
  s.batch_a.assign(a.begin(), a.end() - 2);
  s.batch_b.assign(b.begin(), b.end() - 2);
  const Shape batches[] = {s.batch_a, s.batch_b};
  const auto batch = broadcast(batches);
  if (!batch || b[b.size() - 2] != s.depth) {
    bad("shapes " + to_string(a) + " and " + to_string(b) + " cannot be multiplied");
  }
  s.batch = *batch;
  s.output = s.batch;
  if (!vector_a) s.output.push_back(s.rows);
  if (!vector_b) s.output.push_back(s.columns);
  return s;
}

// Calls f(index of the matrix of a, of b, of the output) for each product.
template <typename F>
void for_each_matrix(const MatmulShape& s, F f) {
  const Shape batches[] = {s.batch_a, s.batch_b};
  const BroadcastPlan plan(s.batch, batches);
  plan.for_each_row([&](int64_t at, std::span<const int64_t> offsets) {
    for (int64_t i = 0; i < plan.row(); ++i) {
      f(offsets[0] + i * plan.step(0), offsets[1] + i * plan.step(1), at + i);
    }
  });
}

}  // namespace edgeopt
