// Applies passes to models and holds what every pass promises.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "edgeopt/graph.h"
#include "passes/pass.h"

namespace edgeopt::test {

using PassOptions = std::map<std::string, std::string>;

// Runs the pass. Fails the test when the graph is broken afterwards, or when the number of changes
// is zero and the model differs, or the other way round. Returns the number of changes.
int64_t apply(Model& model, const std::string& pass, const PassOptions& options = {},
              PassContext context = {});
// Applies a pass and expects the outputs of the model to stay equal (see expect_same_outputs).
int64_t apply_checked(Model& model, const std::string& pass, const PassOptions& options = {},
                      const PassContext& context = {});

// Seeded normal noise for each feed (small numbers for integers); a symbolic first dimension is
// `batch`.
std::map<std::string, Tensor> feeds_of(const Model& model, int64_t batch = 2, uint64_t seed = 1);
// In the interpreter.
std::vector<Tensor> outputs_of(const Model& model, int64_t batch = 2, uint64_t seed = 1);
// Outputs of both on the same feeds: every difference at most `tolerance` of the largest magnitude
// of that output.
void expect_same_outputs(const Model& before, const Model& after, double tolerance = 1e-5,
                         int64_t batch = 2);

// The same with the engine, which is faster, on two samples.
void expect_same_engine_outputs(const Model& before, const Model& after, double tolerance);

// Operators in topological order: "Conv Relu Conv".
std::string ops(const Model& model);
// The only node with this operator; fails the test when there is none or more than one.
const Node& only(const Model& model, const std::string& op_type);
// The constant that input `index` of the node reads; fails the test when it is none.
Tensor constant_of(const Model& model, const Node& node, size_t index);

}  // namespace edgeopt::test
