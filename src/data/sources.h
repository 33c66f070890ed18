// The kinds of data sources that open_data chooses from.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "data/blob.h"
#include "data/data_source.h"
#include "data/npy.h"
#include "data/preprocess.h"

namespace edgeopt {

// A sample whose bytes are known where to find: one blob for each input.
struct FileSample {
  std::vector<Blob> files;
  int64_t label = -1;
};

// Samples in files of their own. What a file holds follows from its name: .npy, .raw / .bin / .f32
// (float32), .pb (through `parse`), else a picture. Throws Error(kUsage) for bad preprocessing;
// warns when pictures are fed without any.
std::unique_ptr<DataSource> file_source(std::vector<FileSample> samples, const DataSpec& spec,
                                        const std::vector<InputSpec>& inputs, TensorParser parse);

// A .npy array, or the arrays of a .npz by input name; labels beside them.
std::unique_ptr<DataSource> npy_source(const DataSpec& spec, const std::vector<InputSpec>& inputs);
std::unique_ptr<DataSource> npz_source(const DataSpec& spec, const std::vector<InputSpec>& inputs);

}  // namespace edgeopt
