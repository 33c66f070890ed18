// report_html.
#include "edgeopt/quantize.h"

namespace edgeopt {

std::string report_html(const QuantizeResult& result) {
  return "<!doctype html><title>" + result.model + "</title>";
}

}  // namespace edgeopt
