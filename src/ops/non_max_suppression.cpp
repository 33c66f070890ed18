// NonMaxSuppression: for each batch and class, the best boxes that do not overlap a better one too
// much. The shape of the result depends on data.
#include <algorithm>
#include <array>
#include <limits>

#include "ops/op.h"

namespace edgeopt {
namespace {

struct Box {
  float y1, x1, y2, x2;
  float area() const { return (y2 - y1) * (x2 - x1); }
};

Box box_of(const float* values, bool centred) {
  if (centred) {  // x, y, width, height
    const float half_width = values[2] / 2;
    const float half_height = values[3] / 2;
    return {values[1] - half_height, values[0] - half_width, values[1] + half_height,
            values[0] + half_width};
  }
  return {std::min(values[0], values[2]), std::min(values[1], values[3]),
          std::max(values[0], values[2]), std::max(values[1], values[3])};
}

// Intersection over union; 0 for boxes without area.
float overlap(const Box& a, const Box& b) {
  const float height = std::min(a.y2, b.y2) - std::max(a.y1, b.y1);
  const float width = std::min(a.x2, b.x2) - std::max(a.x1, b.x1);
  if (height <= 0 || width <= 0 || a.area() <= 0 || b.area() <= 0) return 0;
  const float shared = height * width;
  return shared / (a.area() + b.area() - shared);
}

struct Limits {
  int64_t boxes = 0;
  float overlap = 0;
  float score = -std::numeric_limits<float>::infinity();
  bool centred = false;
};

// Indices of the chosen boxes, best first.
std::vector<int64_t> choose(const float* boxes, const float* scores, int64_t count,
                            const Limits& limits) {
  std::vector<int64_t> order;
  for (int64_t i = 0; i < count; ++i) {
    if (scores[i] > limits.score) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](int64_t a, int64_t b) { return scores[a] > scores[b]; });
  std::vector<int64_t> chosen;
  for (const int64_t i : order) {
    if (static_cast<int64_t>(chosen.size()) >= limits.boxes) break;
    const Box box = box_of(boxes + 4 * i, limits.centred);
    const bool covered = std::any_of(chosen.begin(), chosen.end(), [&](int64_t k) {
      return overlap(box, box_of(boxes + 4 * k, limits.centred)) > limits.overlap;
    });
    if (!covered) chosen.push_back(i);
  }
  return chosen;
}

// Triples (batch, class, box). `input` gives each input's value, nullptr when it is omitted.
template <typename Input>
std::vector<int64_t> selected(const Node& node, Input input) {
  const Tensor& boxes = *input(0);
  const Tensor& scores = *input(1);
  Limits limits;
  limits.centred = node.int_or("center_point_box", 0) != 0;
  if (const Tensor* most = input(2)) limits.boxes = most->data<int64_t>()[0];
  if (const Tensor* iou = input(3)) limits.overlap = iou->data<float>()[0];
  if (const Tensor* score = input(4)) limits.score = score->data<float>()[0];
  std::vector<int64_t> triples;
  const int64_t count = boxes.dim(1);
  for (int64_t batch = 0; batch < scores.dim(0); ++batch) {
    for (int64_t kind = 0; kind < scores.dim(1); ++kind) {
      const float* row = scores.data<float>() + (batch * scores.dim(1) + kind) * count;
      for (const int64_t i : choose(boxes.data<float>() + batch * count * 4, row, count, limits)) {
        triples.insert(triples.end(), {batch, kind, i});
      }
    }
  }
  return triples;
}

void infer(InferContext& c) {
  const Shape& boxes = c.shape(0);
  const Shape& scores = c.shape(1);
  if (boxes.size() != 3 || boxes[2] != 4 || scores.size() != 3 || scores[0] != boxes[0] ||
      scores[2] != boxes[1]) {
    c.bad("boxes are not [N, boxes, 4] or scores not [N, classes, boxes]");
  }
  constexpr std::array kTypes = {DataType::kFloat, DataType::kFloat, DataType::kInt64,
                                 DataType::kFloat, DataType::kFloat};
  for (size_t i = 0; i < kTypes.size(); ++i) {
    if (!c.has_input(i)) continue;
    if (c.type(i) != kTypes[i]) c.bad("an input is of type " + name_of(c.type(i)));
    if (c.value(i) == nullptr) c.not_known("the shape of its output depends on data");
    if (i > 1 && c.value(i)->size() != 1) c.bad("a limit is not one number");
  }
  const auto input = [&](size_t i) { return c.has_input(i) ? c.value(i) : nullptr; };
  const auto count = static_cast<int64_t>(selected(c.node(), input).size()) / 3;
  c.set_output(0, DataType::kInt64, {count, 3});
}

void compute(ComputeContext& c) {
  const std::vector<int64_t> triples =
      selected(c.node(), [&](size_t i) { return c.has_input(i) ? &c.input(i) : nullptr; });
  std::copy(triples.begin(), triples.end(), c.output(0).mutable_data<int64_t>());
}

}  // namespace

extern const Operator op_NonMaxSuppression = {.name = "NonMaxSuppression",
                                              .domain = "",
                                              .infer = infer,
                                              .compute = compute,
                                              .traits = {.shape_only = true}};

}  // namespace edgeopt
