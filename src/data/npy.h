// NumPy's .npy form.
#pragma once

#include <string>
#include <string_view>

#include "data/blob.h"
#include "data/elements.h"

namespace edgeopt {

struct NpyHeader {
  DataType type = DataType::kUndefined;
  bool big_endian = false;
  Shape shape;
  uint64_t data = 0;  // offset of the first element
};

// `bytes`: the start of the file, `size` the whole file's bytes. Throws Error(kBadInput) naming
// `name`: not .npy, an element type that is not a number, Fortran order, fewer bytes than the
// shape needs.
NpyHeader parse_npy_header(std::string_view bytes, uint64_t size, const std::string& name);

// An array in a file or archive whose first axis counts samples.
class NpyArray {
 public:
  explicit NpyArray(Blob blob);

  const std::string& name() const { return blob_.name(); }
  const Shape& shape() const { return header_.shape; }
  // Samples for an input: the array is the input's shape behind an axis of samples that takes the
  // place of the batch or is added to it, or the input's shape without the batch (one sample).
  // Throws Error(kBadInput) naming both shapes when it is neither.
  int64_t samples(const InputSpec& input) const;
  Tensor load(int64_t index, const InputSpec& input) const;

 private:
  Blob blob_;
  NpyHeader header_;
};

}  // namespace edgeopt
