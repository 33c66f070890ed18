// Unique: the different elements, or slices along an axis, with where they first appear, which one
// each is, and how often they appear. The shapes of the results depend on data.
#include <algorithm>
#include <numeric>

#include "ops/axis.h"
#include "ops/movement.h"
#include "ops/op.h"
#include "tensor/dispatch.h"

namespace edgeopt {
namespace {

struct Groups {
  std::vector<int64_t> first;    // of each group, the first item
  std::vector<int64_t> inverse;  // of each item, its group
  std::vector<int64_t> count;    // of each group
};

template <typename Context>
AxisView view_of(const Context& c, const Tensor& x) {
  if (c.node().find_attribute("axis") == nullptr) return {Shape{x.size()}, 0};
  const auto rank = static_cast<int64_t>(x.rank());
  return {x.shape(), c.normalized_axis(c.node().int_or("axis", 0), rank)};
}

// Compares the slices a and b along the axis, element by element: negative, zero or positive.
template <typename T>
int compare(const T* data, const AxisView& view, int64_t a, int64_t b) {
  for (int64_t o = 0; o < view.outer; ++o) {
    const T* block = data + o * view.length * view.inner;
    for (int64_t i = 0; i < view.inner; ++i) {
      const T& x = block[a * view.inner + i];
      const T& y = block[b * view.inner + i];
      if (x < y) return -1;
      if (y < x) return 1;
    }
  }
  return 0;
}

template <typename T>
Groups group(const T* data, const AxisView& view, bool sorted) {
  std::vector<int64_t> order(static_cast<size_t>(view.length));
  std::iota(order.begin(), order.end(), int64_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](int64_t a, int64_t b) { return compare(data, view, a, b) < 0; });
  std::vector<std::vector<int64_t>> groups;
  for (const int64_t item : order) {
    const bool same = !groups.empty() && compare(data, view, groups.back()[0], item) == 0;
    if (!same) groups.emplace_back();
    groups.back().push_back(item);
  }
  if (!sorted) std::sort(groups.begin(), groups.end());  // by their first items
  Groups result{{}, std::vector<int64_t>(order.size()), {}};
  for (const std::vector<int64_t>& items : groups) {
    for (const int64_t item : items) {
      result.inverse[static_cast<size_t>(item)] = static_cast<int64_t>(result.first.size());
    }
    result.first.push_back(items[0]);
    result.count.push_back(static_cast<int64_t>(items.size()));
  }
  return result;
}

template <typename Context>
Groups groups_of(const Context& c, const Tensor& x) {
  using Types = Joined<NumericTypes, BoolTypes, StringTypes>;
  const bool sorted = c.node().int_or("sorted", 1) != 0;
  Groups groups;
  const bool known = dispatch(x.type(), Types(), [&]<typename T>(std::type_identity<T>) {
    groups = group(x.data<T>(), view_of(c, x), sorted);
  });
  if (!known) c.unsupported("type " + name_of(x.type()));
  return groups;
}

void infer(InferContext& c) {
  if (c.value(0) == nullptr) c.not_known("the shape of its output depends on data");
  const Groups groups = groups_of(c, *c.value(0));
  const auto count = static_cast<int64_t>(groups.first.size());
  Shape shape = {count};
  if (c.node().find_attribute("axis") != nullptr) {
    shape = c.shape(0);
    shape[static_cast<size_t>(c.normalized_axis(c.node().int_or("axis", 0), c.rank(0)))] = count;
  }
  c.set_output(0, c.type(0), std::move(shape));
  c.set_output(1, DataType::kInt64, {count});
  c.set_output(2, DataType::kInt64, {static_cast<int64_t>(groups.inverse.size())});
  c.set_output(3, DataType::kInt64, {count});
}

void compute(ComputeContext& c) {
  const Tensor& x = c.input(0);
  const Groups groups = groups_of(c, x);
  const AxisView view = view_of(c, x);
  const std::vector<int64_t>* lists[] = {nullptr, &groups.first, &groups.inverse, &groups.count};
  for (size_t i = 1; i < 4; ++i) {
    if (c.has_output(i)) {
      std::copy(lists[i]->begin(), lists[i]->end(), c.output(i).mutable_data<int64_t>());
    }
  }
  if (!c.has_output(0)) return;
  dispatch_movable(x.type(), [&]<typename T>(std::type_identity<T>) {
    T* to = c.output(0).mutable_data<T>();
    for (int64_t o = 0; o < view.outer; ++o) {
      for (const int64_t item : groups.first) {
        to = std::copy_n(x.data<T>() + (o * view.length + item) * view.inner, view.inner, to);
      }
    }
  });
}

}  // namespace

extern const Operator op_Unique = {
    .name = "Unique", .domain = "", .infer = infer, .compute = compute};

}  // namespace edgeopt
