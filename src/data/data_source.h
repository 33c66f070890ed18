// Where samples come from. One interface for image folders, archives, lists, raw files, arrays and
// synthetic inputs.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "edgeopt/tensor.h"

namespace edgeopt {

struct Sample {
  std::vector<Tensor> inputs;  // one for each feed of the model, batch dimension 1, plain layout
  int64_t label = -1;          // class index, -1: not known
  std::string name;            // file or row; for messages
};

// Random access; load() may be called from several threads at a time and decodes on the caller's
// thread, so that decoding overlaps with computing and no more samples are held than are being
// worked on.
class DataSource {
 public:
  virtual ~DataSource() = default;
  virtual int64_t size() const = 0;
  // Throws Error(kBadInput) naming the file when it cannot be read or decoded.
  virtual Sample load(int64_t index) const = 0;
  virtual bool has_labels() const { return false; }
  virtual std::string describe() const = 0;  // "128 images of 'photos/'"
};

}  // namespace edgeopt
