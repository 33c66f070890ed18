// Observed tensors of a known shape, and calibrators by name, for tests of single calibrators.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "quant/calibrator.h"

namespace edgeopt::test {

inline constexpr QuantSpec kUint8{.bits = 8};
inline constexpr QuantSpec kInt8{.bits = 8, .symmetric = true, .is_signed = true, .narrow = true};

// 10,000 values evenly over [0, 1) and `outliers` of the value 100.
inline ObservedTensor with_outliers(int outliers) {
  std::vector<float> values;
  for (int i = 0; i < 10000; ++i) values.push_back(static_cast<float>(i) / 10000);
  values.insert(values.end(), static_cast<size_t>(outliers), 100.0F);
  Observer observer({.histogram = true, .sampled = 0});
  observer.observe(values.data(), static_cast<int64_t>(values.size()));
  return observer.result();
}

inline Range chosen(const char* calibrator, const ObservedTensor& observed, const QuantSpec& spec,
                    const std::map<std::string, std::string>& options = {}) {
  const Calibrator& record = find_calibrator(calibrator);
  OptionValues values(record.name, record.options);
  for (const auto& [name, value] : options) values.set(name, value);
  return record.range(observed, spec, values);
}

}  // namespace edgeopt::test
