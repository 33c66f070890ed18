// Dropout at inference: the input itself, and a mask of ones.
#include <algorithm>
#include <cstring>

#include "ops/op.h"
#include "tensor/dispatch.h"

namespace edgeopt {
namespace {

void infer(InferContext& c) {
  c.same_as_input();
  const DataType mask = c.opset() < 10 ? c.type(0) : DataType::kBool;
  if (c.has_output(1)) c.set_output(1, mask, c.shape(0));
}

void compute(ComputeContext& c) {
  const bool training = c.has_input(2) && c.integer(2) != 0;
  const bool drops = !c.has_input(1) || c.floats(1).at(0) > 0;
  if (training && drops) c.unsupported("Dropout in training mode");
  const Tensor& x = c.input(0);
  if (x.size() > 0) std::memcpy(c.output(0).mutable_raw(), x.raw(), x.byte_size());
  if (!c.has_output(1)) return;
  Tensor& mask = c.output(1);
  using Types = Joined<FloatTypes, BoolTypes>;
  dispatch(mask.type(), Types(), [&]<typename T>(std::type_identity<T>) {
    std::fill_n(mask.mutable_data<T>(), mask.size(), static_cast<T>(Wide<T>{1}));
  });
}

}  // namespace

extern const Operator op_Dropout = {
    .name = "Dropout",
    .domain = "",
    .infer = infer,
    .compute = compute,
    .traits = {.elementwise = true,
               .positively_homogeneous = true,
               .data_movement = true,
               .same_elements = true},
};

}  // namespace edgeopt
