// Encodings JSON: the side file that Qualcomm's converters read (--quantization_overrides), in the
// three schema generations of AIMET. Field meanings: AIMET's encoding specification, versions
// 0.6.1, 1.0.0 and 2.0.0.
#pragma once

#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "targets/qdq.h"

namespace edgeopt {

// The versions that can be written, the default first.
const std::vector<std::string>& encodings_versions();

// `calibrator` goes to quantizer_args. Biases are entries of version 2.0.0 only: the older
// converters derive them. Every name must be a value of `exported`; throws Error(kInternal) naming
// the tensor otherwise. Throws Error(kUsage) listing the versions when `version` is none of them.
Json encodings_json(const std::vector<NamedEncoding>& encodings, const std::string& version,
                    const std::string& calibrator, const Graph& exported);

}  // namespace edgeopt
