// Trilu: the upper or lower triangle of each matrix; zero elsewhere.
#include "ops/movement.h"
#include "ops/op.h"

namespace edgeopt {
namespace {

void infer(InferContext& c) {
  if (c.rank(0) < 2) c.bad("its input has less than 2 dimensions");
  c.same_as_input();
}

void compute(ComputeContext& c) {
  const Tensor& x = c.input(0);
  const bool upper = c.node().int_or("upper", 1) != 0;
  const int64_t diagonal = c.has_input(1) ? c.integer(1) : 0;
  const int64_t rows = x.dim(x.rank() - 2);
  const int64_t columns = x.dim(x.rank() - 1);
  const bool known = dispatch_movable(x.type(), [&]<typename T>(std::type_identity<T>) {
    const T* from = x.data<T>();
    T* to = c.output(0).mutable_data<T>();
    for (int64_t i = 0; i < x.size(); ++i) {
      const int64_t row = i / columns % rows;
      const int64_t column = i % columns;
      const bool kept = upper ? column - row >= diagonal : column - row <= diagonal;
      to[i] = kept ? from[i] : T{};
    }
  });
  if (!known) c.unsupported("type " + name_of(x.type()));
}

}  // namespace

extern const Operator op_Trilu = {
    .name = "Trilu",
    .domain = "",
    .infer = infer,
    .compute = compute,
    .traits = {.positively_homogeneous = true, .data_movement = true},
};

}  // namespace edgeopt
