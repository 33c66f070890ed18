// Steps of an epilogue as oneDNN's post-operations.
#pragma once

#include <dnnl.hpp>
#include <optional>
#include <span>
#include <vector>

#include "kernels/epilogue.h"

namespace edgeopt::onednn {

// oneDNN 2.6 gives all post-operations of the same algorithm the parameters of the first one: each
// is used once. Functions return false, and may leave a part behind, where no algorithm is left or
// oneDNN lacks the step.
class PostOps {
 public:
  // Steps whose result is that of Epilogue: kRelu, kLeakyRelu, kClip. Values are counted in `unit`.
  bool append_exact(const EpilogueStep& step, float unit = 1);
  // kFakeQuant on at most 256 codes, by a product with 1 / scale: what lies within two units in the
  // last place of the border between two codes may get the other one.
  bool append_grid(const EpilogueStep& step);
  bool append_clip(float low, float high, float scale = 1);  // the result times `scale`
  bool append_round();                                       // half to even
  // Adds what is in the destination.
  void append_sum() { post_ops_.append_sum(1); }
  bool empty() const { return post_ops_.len() == 0; }

  // With scratch memory given by the caller.
  dnnl::primitive_attr attributes() const;

 private:
  bool append(dnnl::algorithm kind, float alpha, float beta, float scale = 1);

  dnnl::post_ops post_ops_;
  std::vector<dnnl::algorithm> used_;
};

// Those of the first steps, where oneDNN computes them exactly; `steps` keeps the others. `sums`: a
// kAdd before all others adds what is in the destination.
dnnl::primitive_attr attributes(std::span<const EpilogueStep>& steps, bool sums = false);

// Those of all steps, the last of which is a kFakeQuant; a kAdd before all others is such a sum.
// Nothing: some step has none, or values that lie on a grid already are quantized again. These may
// lie on borders between codes all over, while results of a layer hardly ever do.
std::optional<dnnl::primitive_attr> quantizing_attributes(std::span<const EpilogueStep> steps);

}  // namespace edgeopt::onednn
