// GlobalAveragePool, GlobalMaxPool, GlobalLpPool: one number for each channel.
#include <cmath>
#include <limits>

#include "ops/op.h"
#include "ops/pool_kernel.h"
#include "ops/window.h"
#include "tensor/dispatch.h"

namespace edgeopt {
namespace {

void infer(InferContext& c) {
  Shape y = c.shape(0);
  if (y.size() < 2) c.bad("the input has the shape " + to_string(y) + ", not (N, C, ...)");
  std::fill(y.begin() + 2, y.end(), 1);
  c.set_output(0, c.type(0), std::move(y));
}

// y = f(pointer to the channel's elements, their number), in the wide type.
template <typename F>
void map_planes(ComputeContext& c, F f) {
  const Tensor& x = c.input(0);
  const int64_t planes = c.output(0).size();
  const int64_t size = planes == 0 ? 0 : x.size() / planes;
  const bool known = dispatch(x.type(), FloatTypes(), [&]<typename T>(std::type_identity<T>) {
    const T* from = x.data<T>();
    T* to = c.output(0).mutable_data<T>();
    for (int64_t i = 0; i < planes; ++i) {
      to[i] = static_cast<T>(static_cast<Wide<T>>(f(from + i * size, size)));
    }
  });
  if (!known) c.unsupported("type " + name_of(x.type()));
}

void compute_average(ComputeContext& c) {
  map_planes(c, [](const auto* x, int64_t size) {
    double sum = 0;
    for (int64_t i = 0; i < size; ++i) sum += x[i];
    return sum / static_cast<double>(size);
  });
}

void compute_max(ComputeContext& c) {
  map_planes(c, [](const auto* x, int64_t size) {
    double best = -std::numeric_limits<double>::infinity();
    for (int64_t i = 0; i < size; ++i) best = x[i] > best ? double(x[i]) : best;
    return best;
  });
}

void compute_lp(ComputeContext& c) {
  const auto power = static_cast<double>(c.node().int_or("p", 2));
  map_planes(c, [power](const auto* x, int64_t size) {
    double sum = 0;
    for (int64_t i = 0; i < size; ++i) sum += std::pow(std::fabs(double(x[i])), power);
    return std::pow(sum, 1 / power);
  });
}

// The window is the whole image; more than three spatial dimensions are not planned.
std::unique_ptr<Kernel> prepare(const PrepareContext& c, Pooling::Kind kind) {
  const Shape& x = c.inputs[0].shape;
  if (x.size() < 3 || x.size() > 5) return nullptr;
  Pooling pooling;
  pooling.kind = kind;
  pooling.window.input = to_spatial(Shape(x.begin() + 2, x.end()), 1);
  pooling.window.kernel = pooling.window.input;
  return prepare_pooling(c, pooling);
}

std::unique_ptr<Kernel> prepare_max(const PrepareContext& c) {
  return prepare(c, Pooling::Kind::kMax);
}

std::unique_ptr<Kernel> prepare_average(const PrepareContext& c) {
  return prepare(c, Pooling::Kind::kAverage);
}

}  // namespace

extern const Operator op_GlobalAveragePool = {
    .name = "GlobalAveragePool",
    .domain = "",
    .infer = infer,
    .compute = compute_average,
    .traits = {.positively_homogeneous = true, .quantizable = true},
    .prepare = prepare_average,
};

extern const Operator op_GlobalMaxPool = {
    .name = "GlobalMaxPool",
    .domain = "",
    .infer = infer,
    .compute = compute_max,
    .traits = {.positively_homogeneous = true, .data_movement = true, .quantizable = true},
    .prepare = prepare_max,
};

extern const Operator op_GlobalLpPool = {
    .name = "GlobalLpPool",
    .domain = "",
    .infer = infer,
    .compute = compute_lp,
    .traits = {.positively_homogeneous = true},
};

}  // namespace edgeopt
