// GatherND, ScatterND: slices of the data named by the tuples in the last axis of an index tensor.
#include <algorithm>

#include "base/format.h"
#include "ops/scatter_reduction.h"

namespace edgeopt {
namespace {

int64_t product(const Shape& shape, size_t from, size_t to) {
  return element_count(Shape(shape.begin() + int64_t(from), shape.begin() + int64_t(to)));
}

// The data's offset that each tuple names, in order; the first `batch` axes of the indices count
// along those of the data.
template <typename Context>
std::vector<int64_t> offsets(const Context& c, const Shape& data, const Shape& indices,
                             size_t batch) {
  const std::vector<int64_t> picks = c.ints(1);
  const auto depth = static_cast<size_t>(indices.back());
  const std::vector<int64_t> strides = row_major_strides(data);
  const int64_t batches = product(data, 0, batch);
  const int64_t tuples = product(indices, 0, indices.size() - 1);
  const int64_t batch_size = product(data, batch, data.size());
  std::vector<int64_t> result;
  for (int64_t tuple = 0; tuple < tuples; ++tuple) {
    int64_t offset = tuple / (tuples / batches) * batch_size;
    for (size_t k = 0; k < depth; ++k) {
      const int64_t length = data[batch + k];
      const int64_t pick = picks[static_cast<size_t>(tuple) * depth + k];
      if (pick < -length || pick >= length) {
        c.bad(format("index {} is outside a dimension of {}", pick, length));
      }
      offset += (pick < 0 ? pick + length : pick) * strides[batch + k];
    }
    result.push_back(offset);
  }
  return result;
}

// What a gather makes: a slice of the data for each tuple.
Shape gathered(const InferContext& c, size_t batch) {
  const Shape& data = c.shape(0);
  const Shape& indices = c.shape(1);
  if (indices.empty() || data.size() < batch || indices.size() <= batch) {
    c.bad("the ranks do not fit");
  }
  if (!std::equal(data.begin(), data.begin() + int64_t(batch), indices.begin())) {
    c.bad("the batch dimensions differ");
  }
  const int64_t depth = indices.back();
  if (depth < 0 || static_cast<size_t>(depth) > data.size() - batch) {
    c.bad(format("tuples of {} indices into data of shape {}", depth, to_string(data)));
  }
  Shape shape(indices.begin(), indices.end() - 1);
  shape.insert(shape.end(), data.begin() + int64_t(batch) + depth, data.end());
  return shape;
}

template <typename Context>
size_t batch_dims(const Context& c) {
  const int64_t batch = c.node().int_or("batch_dims", 0);
  if (batch < 0) c.bad("batch_dims is negative");
  return static_cast<size_t>(batch);
}

void infer_gather(InferContext& c) { c.set_output(0, c.type(0), gathered(c, batch_dims(c))); }

void compute_gather(ComputeContext& c) {
  const Tensor& data = c.input(0);
  const Shape& indices = c.input(1).shape();
  const size_t batch = batch_dims(c);
  const int64_t slice = product(data.shape(), batch + size_t(indices.back()), data.rank());
  const bool known = dispatch_movable(data.type(), [&]<typename T>(std::type_identity<T>) {
    T* to = c.output(0).mutable_data<T>();
    for (const int64_t offset : offsets(c, data.shape(), indices, batch)) {
      to = std::copy_n(data.data<T>() + offset, slice, to);
    }
  });
  if (!known) c.unsupported("type " + name_of(data.type()));
}

void infer_scatter(InferContext& c) {
  if (c.shape(2) != gathered(c, 0)) c.bad("the updates are not of the shape that indices name");
  if (c.type(2) != c.type(0)) c.bad("data and updates are of different types");
  c.same_as_input();
}

void compute_scatter(ComputeContext& c) {
  const Tensor& data = c.input(0);
  const Shape& indices = c.input(1).shape();
  copy_elements(data, c.output(0));
  const int64_t slice = product(data.shape(), size_t(indices.back()), data.rank());
  with_reduction(c, [&]<typename T>(std::type_identity<T>, auto merge) {
    const T* update = c.input(2).data<T>();
    T* to = c.output(0).mutable_data<T>();
    for (const int64_t offset : offsets(c, data.shape(), indices, 0)) {
      for (int64_t i = 0; i < slice; ++i) to[offset + i] = merge(to[offset + i], *update++);
    }
  });
}

}  // namespace

extern const Operator op_GatherND = {
    .name = "GatherND",
    .domain = "",
    .infer = infer_gather,
    .compute = compute_gather,
    .traits = {.positively_homogeneous = true, .data_movement = true},
};
extern const Operator op_ScatterND = {
    .name = "ScatterND", .domain = "", .infer = infer_scatter, .compute = compute_scatter};

}  // namespace edgeopt
