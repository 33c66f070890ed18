#include "ops/join_moves.h"

#include <algorithm>
#include <numeric>

namespace edgeopt {
namespace {

// One side of a move.
struct Side {
  const std::vector<int64_t>& strides;
  int64_t offset;
};

// Takes places in memory to those where the other side of a move has the same elements.
class PlaceMap {
 public:
  // Not valid where two elements lie at one place of `key`, or this cannot be told.
  PlaceMap(const Shape& shape, Side key, Side value) : offset_(value.offset), start_(key.offset) {
    std::vector<size_t> order(shape.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::sort(order.begin(), order.end(),
              [&](size_t a, size_t b) { return key.strides[a] > key.strides[b]; });
    for (const size_t axis : order) {
      if (shape[axis] == 1) continue;
      axes_.push_back({shape[axis], key.strides[axis], value.strides[axis], 0});
    }
    int64_t reach = 1;
    for (size_t i = axes_.size(); i-- > 0;) {
      if (axes_[i].key < reach) valid_ = false;
      reach = axes_[i].key * axes_[i].length;
    }
  }

  bool valid() const { return valid_; }
  int64_t offset() const { return offset_; }

  // The first place of a walk. False if nothing lies there.
  bool start_at(int64_t place) {
    int64_t rest = place - start_;
    if (rest < 0) return false;
    for (Axis& axis : axes_) {
      axis.last = rest / axis.key;
      offset_ += axis.last * axis.value;
      rest %= axis.key;
    }
    return rest == 0;
  }

  struct Piece {
    int64_t length;
    int64_t stride;
  };

  // `length` steps of `stride` as axes of the other side, innermost first; none if that fails.
  std::vector<Piece> walk(int64_t length, int64_t stride) {
    std::vector<Piece> pieces;
    while (length > 1) {
      if (stride == 0) return pieces.push_back({length, 0}), pieces;
      const auto axis = std::find_if(axes_.begin(), axes_.end(), [&](const Axis& a) {
        return a.key <= stride && stride % a.key == 0;
      });
      if (axis == axes_.end()) return {};
      const int64_t step = stride / axis->key;
      int64_t inner = length;
      if ((length - 1) * step >= axis->length) {  // on along the axes further out
        inner = axis->length / step;
        if (inner < 2 || axis->length % step != 0 || length % inner != 0) return {};
      }
      pieces.push_back({inner, step * axis->value});
      axis->last += (inner - 1) * step;
      length /= inner;
      stride *= inner;
    }
    return pieces;
  }

  // All places of the walks had something.
  bool kept_inside() const {
    return std::all_of(axes_.begin(), axes_.end(),
                       [](const Axis& axis) { return axis.last < axis.length; });
  }

 private:
  struct Axis {
    int64_t length;
    int64_t key;
    int64_t value;
    int64_t last;  // index of the last element that walks reach
  };
  std::vector<Axis> axes_;  // longest strides first
  int64_t offset_;
  int64_t start_;
  bool valid_ = true;
};

struct Walk {
  Shape shape;
  std::vector<int64_t> mapped;  // strides on the map's other side
  std::vector<int64_t> kept;    // strides on the walk's other side
};

std::optional<Walk> walk_through(PlaceMap& map, const Shape& shape, Side side,
                                 const std::vector<int64_t>& other) {
  if (!map.valid() || !map.start_at(side.offset)) return std::nullopt;
  Walk result;
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    if (shape[axis] == 1) continue;
    if (side.strides[axis] < 0) return std::nullopt;
    const std::vector<PlaceMap::Piece> pieces = map.walk(shape[axis], side.strides[axis]);
    if (pieces.empty()) return std::nullopt;
    int64_t stride = other[axis];
    for (const PlaceMap::Piece& piece : pieces) {
      result.shape.push_back(piece.length);
      result.mapped.push_back(piece.stride);
      result.kept.push_back(stride);
      stride *= piece.length;
    }
  }
  if (!map.kept_inside()) return std::nullopt;
  return result;
}

}  // namespace

std::optional<Move> pulled(const Move& first, const Move& second, int64_t shift) {
  PlaceMap map(first.shape, {first.to, first.to_offset}, {first.from, first.from_offset});
  const auto walk =
      walk_through(map, second.shape, {second.from, second.from_offset + shift}, second.to);
  if (!walk) return std::nullopt;
  return Move{first.input, second.output, walk->shape,     walk->mapped,
              walk->kept,  map.offset(),  second.to_offset};
}

std::optional<Move> pushed(const Move& first, const Move& second, int64_t shift) {
  PlaceMap map(second.shape, {second.from, second.from_offset + shift},
               {second.to, second.to_offset});
  const auto walk = walk_through(map, first.shape, {first.to, first.to_offset}, first.from);
  if (!walk) return std::nullopt;
  return Move{first.input,  second.output,     walk->shape, walk->kept,
              walk->mapped, first.from_offset, map.offset()};
}

}  // namespace edgeopt
