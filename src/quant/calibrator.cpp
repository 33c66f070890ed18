#include "quant/calibrator.h"

#include <array>

#include "base/format.h"

namespace edgeopt {

#define EDGEOPT_CALIBRATOR(name) extern const Calibrator calibrator_##name;
#include "quant/calibrators.def"
#undef EDGEOPT_CALIBRATOR

namespace {

constexpr std::array kCalibrators = {
#define EDGEOPT_CALIBRATOR(name) &calibrator_##name,
#include "quant/calibrators.def"
#undef EDGEOPT_CALIBRATOR
};

}  // namespace

const Calibrator& find_calibrator(std::string_view name) {
  std::string names;
  for (const Calibrator* calibrator : kCalibrators) {
    if (calibrator->name == name) return *calibrator;
    names += (names.empty() ? "" : ", ") + std::string(calibrator->name);
  }
  fail(ErrorCode::kUsage, "there is no calibrator '{}'; known ones: {}", name, names);
}

std::span<const Calibrator* const> all_calibrators() { return kCalibrators; }

}  // namespace edgeopt
