// FakeQuant (domain "edgeopt"): marks a tensor that is quantized. Its attribute `encoding` is the
// key in the quantization table. By itself it passes its input through; the interpreter and the
// engine simulate it when they are given a table with a ready entry (quant/encoding.h).
#include <cstring>

#include "ops/op.h"

namespace edgeopt {
namespace {

void compute(ComputeContext& c) {
  std::memcpy(c.output(0).mutable_raw(), c.input(0).raw(), c.input(0).byte_size());
}

}  // namespace

extern const Operator op_FakeQuant = {
    .name = "FakeQuant",
    .domain = "edgeopt",
    .infer = [](InferContext& c) { c.same_as_input(); },
    .compute = compute,
    .traits = {.elementwise = true, .same_elements = true},
};

}  // namespace edgeopt
