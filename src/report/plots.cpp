#include "report/plots.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/format.h"
#include "report/html.h"

namespace edgeopt::html {
namespace {

// Geometry of the plots over the network, in pixels.
constexpr double kWidth = 1064;
constexpr double kLeft = 46;
constexpr double kRight = 8;
constexpr double kNarrowestSlot = 5;
constexpr double kWidestSlot = 42;
constexpr double kSqnrCeiling = 60;  // dB; more is drawn as that much

std::string line(double x1, double y1, double x2, double y2, const char* style) {
  return format(R"(<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" class="{}"/>)", x1, y1, x2,
                y2, style);
}

std::string rect(double x, double y, double width, double height, const char* style,
                 double radius = 0) {
  return format(
      R"(<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="{}" class="{}"/>)", x, y,
      std::max(width, 0.0), std::max(height, 0.0), radius, style);
}

std::string text(double x, double y, const std::string& content, const char* anchor = "start",
                 const char* style = "") {
  return format(R"(<text x="{:.1f}" y="{:.1f}" text-anchor="{}" class="{}">{}</text>)", x, y,
                anchor, style, escape(content));
}

std::string svg(double width, double height, const std::string& label, const std::string& body) {
  return format(R"(<svg role="img" aria-label="{}" width="{:.0f}" height="{:.0f}" )"
                R"(viewBox="0 0 {:.0f} {:.0f}">{}</svg>)",
                escape(label), width, height, width, height, body);
}

// Slots of equal width for the tensors, beside an axis.
struct Slots {
  explicit Slots(size_t tensors)
      : count(static_cast<double>(std::max<size_t>(tensors, 1))),
        slot(std::clamp((kWidth - kLeft - kRight) / count, kNarrowestSlot, kWidestSlot)),
        width(kLeft + slot * count + kRight) {}
  double begin(size_t i) const { return kLeft + slot * static_cast<double>(i); }
  double middle(size_t i) const { return begin(i) + slot / 2; }
  double bar() const { return std::max(slot * 0.72, slot - 6); }
  double count;
  double slot;
  double width;
};

std::string tip(const TensorReport& tensor) {
  return format("{}\n{} {}\nSQNR {} dB\nrange {} to {}\nseen {} to {}", tensor.name, tensor.op_type,
                tensor.node == "input" ? "graph input" : "", number(tensor.sqnr_db, 1),
                compact(tensor.minimum), compact(tensor.maximum), compact(tensor.observed_minimum),
                compact(tensor.observed_maximum));
}

// A slot that answers to the mouse, with what is drawn in it.
std::string mark(const Slots& slots, size_t i, double height, const TensorReport& tensor,
                 const std::string& drawn) {
  return format(R"(<g class="mark" data-tip="{}">{}{}</g>)", escape(tip(tensor)),
                rect(slots.begin(i), 0, slots.slot, height, "hit"), drawn);
}

std::set<size_t> worst_of(const std::vector<TensorReport>& tensors) {
  std::vector<size_t> order(tensors.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return tensors[a].sqnr_db < tensors[b].sqnr_db; });
  order.resize(std::min(order.size(), kWorstMarked));
  return {order.begin(), order.end()};
}

// Numbers of the tensors below the plot, as in the table.
std::string numbers_below(const Slots& slots, size_t count, double y) {
  const size_t step = slots.slot * 5 >= 40 ? 5 : slots.slot * 10 >= 40 ? 10 : 20;
  std::string body;
  for (size_t i = 0; i < count; ++i) {
    if (i > 0 && (i + 1) % step != 0) continue;
    body += text(slots.middle(i), y, format("{}", i + 1), "middle");
  }
  return body;
}

// Rows of one bar each, with a label to the left and the value behind the bar.
class Bars {
 public:
  explicit Bars(double largest) : largest_(largest) {}

  void add(const std::string& label, double value, const std::string& shown, const char* style) {
    const double width = largest_ > 0 ? kLength * value / largest_ : 0;
    body_ += text(kLabel - 10, y_ + kThick / 2 + 4, label, "end");
    body_ += rect(kLabel, y_, std::max(width, 2.0), kThick, style, 3);
    body_ += text(kLabel + width + 8, y_ + kThick / 2 + 4, shown, "start", "strong");
    y_ += kThick + kGap;
  }
  void leave_space() { y_ += 10; }
  std::string svg_text(const std::string& label) const {
    return svg(kLabel + kLength + 90, y_, label, body_);
  }

 private:
  static constexpr double kLabel = 118;
  static constexpr double kLength = 270;
  static constexpr double kThick = 20;
  static constexpr double kGap = 7;
  double largest_;
  double y_ = 2;
  std::string body_;
};

// Linear near zero, logarithmic beyond; about two decades above the unit.
class SignedLog {
 public:
  explicit SignedLog(double largest)
      : unit_(std::pow(10.0, std::floor(std::log10(std::max(largest, 1e-30))) - 1)) {}
  double operator()(double x) const {
    const double size = std::log10(1 + std::abs(x) / unit_);
    return x < 0 ? -size : size;
  }
  double unit() const { return unit_; }

 private:
  double unit_;
};

struct RangeScale {
  explicit RangeScale(const std::vector<TensorReport>& tensors) : scale(largest(tensors)) {
    for (const TensorReport& t : tensors) {
      low = std::min({low, scale(t.minimum), scale(t.observed_minimum)});
      high = std::max({high, scale(t.maximum), scale(t.observed_maximum)});
    }
    if (high - low < 1e-9) high = low + 1;
  }
  static double largest(const std::vector<TensorReport>& tensors) {
    double size = 0;
    for (const TensorReport& t : tensors) {
      size = std::max({size, std::abs(t.minimum), std::abs(t.maximum)});
    }
    return size;
  }
  double y(double value) const {
    return kTop + (high - scale(value)) / (high - low) * (kBottom - kTop);
  }
  static constexpr double kTop = 10;
  static constexpr double kBottom = 250;
  SignedLog scale;
  double low = 0;
  double high = 0;
};

std::string range_axis(const RangeScale& scale, double right) {
  std::string body = line(kLeft, scale.y(0), right, scale.y(0), "zero") +
                     text(kLeft - 8, scale.y(0) + 4, "0", "end");
  for (double tick = scale.scale.unit(); scale.scale(tick) < 4; tick *= 10) {
    for (const double value : {tick, -tick}) {
      const double at = scale.scale(value);
      if (at > scale.high || at < scale.low) continue;
      body += line(kLeft, scale.y(value), right, scale.y(value), "grid") +
              text(kLeft - 8, scale.y(value) + 4, format("{}{:g}", value < 0 ? "\u2212" : "", tick),
                   "end");
    }
  }
  return body;
}

// What was seen: within the represented range, and beyond it (clamped by the calibrator's choice).
std::string observed_lines(const TensorReport& t, const RangeScale& scale, double x) {
  const double low = std::max(t.observed_minimum, t.minimum);
  const double high = std::min(t.observed_maximum, t.maximum);
  std::string body = line(x, scale.y(low), x, scale.y(high), "seen");
  const double slack = 0.02 * (t.maximum - t.minimum);
  if (t.observed_maximum > t.maximum + slack) {
    body += line(x, scale.y(t.maximum), x, scale.y(t.observed_maximum), "cut");
  }
  if (t.observed_minimum < t.minimum - slack) {
    body += line(x, scale.y(t.minimum), x, scale.y(t.observed_minimum), "cut");
  }
  return body;
}

}  // namespace

std::string size_plot(const QuantizeResult& result) {
  Bars bars(static_cast<double>(std::max(result.bytes_before, result.bytes_after)));
  bars.add("before", static_cast<double>(result.bytes_before), bytes(result.bytes_before), "f");
  bars.add("after", static_cast<double>(result.bytes_after), bytes(result.bytes_after), "q");
  return bars.svg_text("File sizes before and after");
}

std::string accuracy_plot(const AccuracyReport& accuracy) {
  Bars bars(100);
  const auto percent = [](double value) { return number(value, 2) + " %"; };
  if (accuracy.labelled) {
    bars.add("top-1, float", accuracy.top1_float, percent(accuracy.top1_float), "f");
    bars.add("quantized", accuracy.top1_quantized, percent(accuracy.top1_quantized), "q");
    bars.leave_space();
    bars.add("top-5, float", accuracy.top5_float, percent(accuracy.top5_float), "f");
    bars.add("quantized", accuracy.top5_quantized, percent(accuracy.top5_quantized), "q");
    bars.leave_space();
  }
  bars.add("same class", accuracy.agreement, percent(accuracy.agreement), "q");
  return bars.svg_text("Accuracy before and after");
}

std::string sqnr_plot(const std::vector<TensorReport>& tensors) {
  constexpr double kTop = 22;
  constexpr double kBottom = 232;
  double most = 10;
  for (const TensorReport& t : tensors) most = std::max(most, std::min(t.sqnr_db, kSqnrCeiling));
  const double ceiling = 10 * std::ceil(most / 10);
  const auto y = [&](double db) {
    return kBottom - std::clamp(db / ceiling, 0.0, 1.0) * (kBottom - kTop);
  };
  const Slots slots(tensors.size());
  std::string body;
  for (double db = 0; db <= ceiling; db += 10) {
    body += line(kLeft, y(db), slots.width - kRight, y(db), db == 0 ? "zero" : "grid");
    body += text(kLeft - 8, y(db) + 4, format("{:.0f} dB", db), "end");
  }
  const std::set<size_t> worst = worst_of(tensors);
  for (size_t i = 0; i < tensors.size(); ++i) {
    const double top = std::min(y(tensors[i].sqnr_db), kBottom - 2);
    std::string drawn = rect(slots.middle(i) - slots.bar() / 2, top, slots.bar(), kBottom - top,
                             worst.contains(i) ? "w" : "q", slots.slot > 8 ? 2 : 0);
    if (worst.contains(i) && slots.slot >= 9) {
      drawn += text(slots.middle(i), top - 6, number(tensors[i].sqnr_db, slots.slot < 30 ? 0 : 1),
                    "middle", "worst");
    }
    body += mark(slots, i, kBottom, tensors[i], drawn);
  }
  body += numbers_below(slots, tensors.size(), kBottom + 19);
  return svg(slots.width, kBottom + 28, "SQNR of each quantized tensor in network order", body);
}

std::string range_plot(const std::vector<TensorReport>& tensors) {
  const Slots slots(tensors.size());
  const RangeScale scale(tensors);
  std::string body = range_axis(scale, slots.width - kRight);
  for (size_t i = 0; i < tensors.size(); ++i) {
    const TensorReport& t = tensors[i];
    const double top = scale.y(t.maximum);
    const std::string drawn = rect(slots.middle(i) - slots.bar() / 2, top, slots.bar(),
                                   scale.y(t.minimum) - top, "wide", slots.slot > 8 ? 2 : 0) +
                              observed_lines(t, scale, slots.middle(i));
    body += mark(slots, i, RangeScale::kBottom, t, drawn);
  }
  body += numbers_below(slots, tensors.size(), RangeScale::kBottom + 19);
  return svg(slots.width, RangeScale::kBottom + 28, "Ranges of quantized tensors", body);
}

}  // namespace edgeopt::html
