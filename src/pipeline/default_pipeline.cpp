#include "pipeline/default_pipeline.h"

namespace edgeopt {

std::string default_pipeline(const QuantizeOptions& options) {
  std::string text;
  // The operators' forms that all other passes know, within what the target takes.
  text += "upgrade-opset\n";
  // Shape arithmetic and dequantized weights become constants, which all later lines look for.
  text += "fold-constants\n";
  // One form of padding, clipping and reshaping, so that layers stand next to what follows them.
  text += "canonicalize\n";
  // A normalization that follows its layer would otherwise be quantized on its own.
  text += "fold-batch-norm\n";
  // One operation to quantize instead of five.
  text += "fuse-gelu\n";
  // Needs layers with their batch normalization inside; changes weights, not outputs.
  if (options.equalize) text += "equalize-layers\n";
  // Nothing that no output needs should get a quantizer.
  text += "eliminate-dead\n";
  // The graph has its final form: from here on only the table changes.
  text += "insert-fake-quant\n";
  // Activations are observed behind quantized weights, so these come first.
  text += "quantize-weights\n";
  text += "calibrate\n";
  return text;
}

}  // namespace edgeopt
