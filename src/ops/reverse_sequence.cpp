// ReverseSequence: the first steps of each sequence in reverse, as many as its length says.
#include <algorithm>

#include "base/format.h"
#include "ops/movement.h"
#include "ops/op.h"

namespace edgeopt {
namespace {

void infer(InferContext& c) {
  if (c.rank(0) < 2) c.bad("its input has less than 2 dimensions");
  const int64_t time = c.node().int_or("time_axis", 0);
  const int64_t batch = c.node().int_or("batch_axis", 1);
  if (time < 0 || time > 1 || batch < 0 || batch > 1 || time == batch) {
    c.bad(format("time_axis {} and batch_axis {} are not 0 and 1", time, batch));
  }
  if (c.shape(1) != Shape{c.shape(0)[static_cast<size_t>(batch)]}) {
    c.bad("does not have one length for each sequence");
  }
  c.same_as_input();
}

void compute(ComputeContext& c) {
  const Tensor& x = c.input(0);
  const bool time_first = c.node().int_or("time_axis", 0) == 0;
  const int64_t steps = x.dim(time_first ? 0 : 1);
  const int64_t inner = x.size() == 0 ? 0 : x.size() / (x.dim(0) * x.dim(1));
  const int64_t step_stride = time_first ? x.dim(1) * inner : inner;
  const int64_t batch_stride = time_first ? inner : steps * inner;
  const std::vector<int64_t> lengths = c.ints(1);
  const bool known = dispatch_movable(x.type(), [&]<typename T>(std::type_identity<T>) {
    for (size_t b = 0; b < lengths.size(); ++b) {
      if (lengths[b] < 0 || lengths[b] > steps) c.bad(format("a length is {}", lengths[b]));
      const T* from = x.data<T>() + static_cast<int64_t>(b) * batch_stride;
      T* to = c.output(0).mutable_data<T>() + static_cast<int64_t>(b) * batch_stride;
      for (int64_t t = 0; t < steps; ++t) {
        const int64_t source = t < lengths[b] ? lengths[b] - 1 - t : t;
        std::copy_n(from + source * step_stride, inner, to + t * step_stride);
      }
    }
  });
  if (!known) c.unsupported("type " + name_of(x.type()));
}

}  // namespace

extern const Operator op_ReverseSequence = {
    .name = "ReverseSequence",
    .domain = "",
    .infer = infer,
    .compute = compute,
    .traits = {.positively_homogeneous = true, .data_movement = true},
};

}  // namespace edgeopt
