// What happens to a model between its file and the first pass.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "data/data_source.h"
#include "edgeopt/graph.h"
#include "targets/target.h"

namespace edgeopt {

// Reads the file, refuses nodes without what their operator needs (require_node_forms), writes the
// shapes that the user gave into the graph inputs' declarations and brings operators to the forms
// that edgeopt executes (pass `upgrade-opset`).
Model load_executable(const std::filesystem::path& path, const InputShapes& shapes);
// The same for a model that is read already.
Model made_executable(Model model, const InputShapes& shapes);

// The feeds as data sources fill them. Throws Error(kUsage) naming the input and --input-shape when
// a dimension other than the batch is not known.
std::vector<InputSpec> input_specs(const Model& model, const InputShapes& shapes);

// open_data that reads ONNX tensors as well.
std::unique_ptr<DataSource> open_samples(const DataSpec& spec,
                                         const std::vector<InputSpec>& inputs);

// Sets each open first dimension of a graph input to 1, and the first ones of other values that
// have the same name. Returns the names of these inputs.
std::vector<std::string> fix_batch(Model& model);

// Bytes of the file that `model` was read from or written to, external data included.
int64_t stored_bytes(const std::filesystem::path& path, const Model& model);

// Throws Error(kUsage) listing the known ones.
const Target& target_named(const std::string& name);

// `count` samples of another source, evenly spaced; all of them when it has no more.
class Subset : public DataSource {
 public:
  Subset(const DataSource& whole, int64_t count);
  int64_t size() const override { return size_; }
  Sample load(int64_t index) const override;
  bool has_labels() const override { return whole_.has_labels(); }
  std::string describe() const override;

 private:
  const DataSource& whole_;
  int64_t size_;
};

}  // namespace edgeopt
