// MaxPool, AveragePool, LpPool: one number for each window of each channel.
#include <algorithm>
#include <cmath>
#include <limits>

#include "ops/float_kernel.h"
#include "ops/op.h"
#include "ops/pool_kernel.h"
#include "ops/window.h"
#include "tensor/dispatch.h"

namespace edgeopt {
namespace {

template <typename Context>
Window pool_window(const Context& c, const Shape& x) {
  const Complain bad = complain_to(c);
  return read_window(c.node(), x, kernel_shape(c.node(), x, bad), bad);
}

void infer(InferContext& c) {
  const Shape& x = c.shape(0);
  const Shape y = windowed_shape(x, x[1], pool_window(c, x).output);
  c.set_output(0, c.type(0), y);
  if (c.output_count() > 1) c.set_output(1, DataType::kInt64, y);
}

// Calls f(position, first element of the channel's plane, index of the output element).
template <typename F>
void for_each_window(const Tensor& x, const Window& w, F f) {
  const int64_t planes = x.dim(0) * x.dim(1);
  const int64_t x_size = product(w.input);
  int64_t at = 0;
  for (int64_t plane = 0; plane < planes; ++plane) {
    for_each_position(w.output, [&](const Spatial& p, int64_t) { f(p, plane * x_size, at++); });
  }
}

// The place of a maximum as output 1 gives it: flat in the whole tensor, the spatial part
// row-major or, with storage_order 1, column-major.
int64_t place_of(const Window& w, int64_t plane, int64_t from, bool column_major) {
  if (!column_major) return plane + from;
  const int64_t i = from % w.input[2];
  const int64_t h = from / w.input[2] % w.input[1];
  const int64_t d = from / w.input[2] / w.input[1];
  return plane + (i * w.input[1] + h) * w.input[0] + d;
}

void compute_max(ComputeContext& c) {
  const Tensor& x = c.input(0);
  const Window w = pool_window(c, x.shape());
  const bool column_major = c.node().int_or("storage_order", 0) != 0;
  int64_t* places = c.has_output(1) ? c.output(1).mutable_data<int64_t>() : nullptr;
  using Types = Joined<FloatTypes, TypeList<int8_t, uint8_t>>;
  const bool known = dispatch(x.type(), Types(), [&]<typename T>(std::type_identity<T>) {
    using W = Wide<T>;
    const T* from = x.data<T>();
    T* to = c.output(0).mutable_data<T>();
    const W lowest = std::numeric_limits<W>::has_infinity ? -std::numeric_limits<W>::infinity()
                                                          : std::numeric_limits<W>::lowest();
    for_each_window(x, w, [&](const Spatial& p, int64_t plane, int64_t at) {
      W best = lowest;
      int64_t place = -1;
      for_each_tap(w, p, [&](int64_t, int64_t i) {
        const W value = from[plane + i];
        if (place >= 0 && !(value > best)) return;
        best = value;
        place = i;
      });
      to[at] = static_cast<T>(best);
      if (places != nullptr) places[at] = place_of(w, plane, place, column_major);
    });
  });
  if (!known) c.unsupported("type " + name_of(x.type()));
}

void compute_average(ComputeContext& c) {
  const Tensor& x = c.input(0);
  const Window w = pool_window(c, x.shape());
  const bool include_pad = c.node().int_or("count_include_pad", 0) != 0;
  const bool known = dispatch(x.type(), FloatTypes(), [&]<typename T>(std::type_identity<T>) {
    const T* from = x.data<T>();
    T* to = c.output(0).mutable_data<T>();
    for_each_window(x, w, [&](const Spatial& p, int64_t plane, int64_t at) {
      double sum = 0;
      int64_t count = 0;
      for_each_tap(w, p, [&](int64_t, int64_t i) {
        sum += from[plane + i];
        ++count;
      });
      if (include_pad) count = padded_taps(w, p);
      to[at] = static_cast<T>(static_cast<Wide<T>>(count == 0 ? 0 : sum / double(count)));
    });
  });
  if (!known) c.unsupported("type " + name_of(x.type()));
}

void compute_lp(ComputeContext& c) {
  const Tensor& x = c.input(0);
  const Window w = pool_window(c, x.shape());
  const auto power = static_cast<double>(c.node().int_or("p", 2));
  const bool known = dispatch(x.type(), FloatTypes(), [&]<typename T>(std::type_identity<T>) {
    const T* from = x.data<T>();
    T* to = c.output(0).mutable_data<T>();
    for_each_window(x, w, [&](const Spatial& p, int64_t plane, int64_t at) {
      double sum = 0;
      for_each_tap(w, p, [&](int64_t, int64_t i) {
        sum += std::pow(std::fabs(double(from[plane + i])), power);
      });
      to[at] = static_cast<T>(static_cast<Wide<T>>(std::pow(sum, 1 / power)));
    });
  });
  if (!known) c.unsupported("type " + name_of(x.type()));
}

std::unique_ptr<Kernel> prepare(const PrepareContext& c, Pooling::Kind kind) {
  const Complain bad = complain_of(c);
  const Shape& x = c.inputs[0].shape;
  Pooling pooling;
  pooling.kind = kind;
  pooling.window = read_window(*c.node, x, kernel_shape(*c.node, x, bad), bad);
  pooling.include_pad = c.node->int_or("count_include_pad", 0) != 0;
  return prepare_pooling(c, pooling);
}

std::unique_ptr<Kernel> prepare_max(const PrepareContext& c) {
  return prepare(c, Pooling::Kind::kMax);
}

std::unique_ptr<Kernel> prepare_average(const PrepareContext& c) {
  return prepare(c, Pooling::Kind::kAverage);
}

}  // namespace

extern const Operator op_MaxPool = {
    .name = "MaxPool",
    .domain = "",
    .infer = infer,
    .compute = compute_max,
    .traits = {.positively_homogeneous = true, .data_movement = true, .quantizable = true},
    .prepare = prepare_max,
};

extern const Operator op_AveragePool = {
    .name = "AveragePool",
    .domain = "",
    .infer = infer,
    .compute = compute_average,
    .traits = {.positively_homogeneous = true, .quantizable = true},
    .prepare = prepare_average,
};

extern const Operator op_LpPool = {
    .name = "LpPool",
    .domain = "",
    .infer = infer,
    .compute = compute_lp,
    .traits = {.positively_homogeneous = true},
};

}  // namespace edgeopt
