#include "ir/verify.h"

#include <algorithm>
#include <map>

#include "base/format.h"

namespace edgeopt {
namespace {

class Verifier {
 public:
  explicit Verifier(const Graph& graph) : graph_(graph), listed_(graph.value_capacity()) {}

  std::vector<std::string> run() {
    for (const ValueId id : graph_.inputs()) {
      if (known(id, "a graph input")) listed_[static_cast<size_t>(id.index)] = true;
    }
    for (size_t i = 0; i < graph_.node_capacity(); ++i) {
      const NodeId id{static_cast<int32_t>(i)};
      if (graph_.alive(id)) check_node(id);
    }
    for (size_t i = 0; i < graph_.value_capacity(); ++i) {
      check_value(ValueId{static_cast<int32_t>(i)});
    }
    for (const ValueId id : graph_.outputs()) {
      if (known(id, "a graph output")) check_source(id, "graph output");
    }
    check_order();
    return std::move(problems_);
  }

 private:
  template <typename... Args>
  void report(fmt::format_string<Args...> text, Args&&... args) {
    problems_.push_back(fmt::format(text, std::forward<Args>(args)...));
  }

  bool known(ValueId id, const char* what) {
    const bool inside = id.valid() && static_cast<size_t>(id.index) < graph_.value_capacity();
    if (!inside) report("{} is not a value of the graph", what);
    return inside;
  }

  void check_source(ValueId id, const std::string& reader) {
    const Value& value = graph_.value(id);
    const bool listed = listed_[static_cast<size_t>(id.index)];
    if (value.producer.valid() || value.is_constant() || listed) return;
    // Sparse initializers stand in what is carried through.
    if (graph_.opaque.find(value.name) != std::string::npos) return;
    report("{} reads '{}', which nothing makes", reader, value.name);
  }

  void check_input(NodeId id, ValueId input, int32_t index) {
    if (!input.valid()) return;
    if (!known(input, "a node input")) return;
    ++expected_[input][Use{id, index}];
    check_source(input, graph_.describe(id));
  }

  void check_node(NodeId id) {
    const Node& node = graph_.node(id);
    if (node.id != id) report("{} carries another node's id", graph_.describe(id));
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      check_input(id, node.inputs[i], static_cast<int32_t>(i));
    }
    for (const ValueId captured : node.captured) check_input(id, captured, -1);
    for (const ValueId output : node.outputs) {
      if (!output.valid() || !known(output, "a node output")) continue;
      if (graph_.value(output).producer != id) {
        report("{} makes '{}', whose producer is another node", graph_.describe(id),
               graph_.value(output).name);
      }
    }
  }

  void check_value(ValueId id) {
    const Value& value = graph_.value(id);
    if (value.id != id) report("value '{}' carries another value's id", value.name);
    if (graph_.find_value(value.name) != id) report("the name '{}' is not unique", value.name);
    if (value.producer.valid()) {
      check_producer(value);
    }
    std::map<Use, int> uses;
    for (const Use& use : value.uses) ++uses[use];
    const auto expected = expected_.find(id);
    if (expected == expected_.end() ? !uses.empty() : uses != expected->second) {
      report("the use list of '{}' is wrong", value.name);
    }
  }

  void check_producer(const Value& value) {
    const size_t index = static_cast<size_t>(value.producer.index);
    if (index >= graph_.node_capacity() || !graph_.alive(value.producer)) {
      report("the producer of '{}' does not exist", value.name);
      return;
    }
    const std::vector<ValueId>& made = graph_.node(value.producer).outputs;
    if (std::count(made.begin(), made.end(), value.id) != 1) {
      report("the producer of '{}' does not make it once", value.name);
    }
    if (value.is_constant()) report("'{}' is both constant and made by a node", value.name);
    if (listed_[static_cast<size_t>(value.id.index)]) {
      report("'{}' is both a graph input and made by a node", value.name);
    }
  }

  void check_order() {
    if (!problems_.empty()) return;
    try {
      graph_.topological_order();
    } catch (const Error& error) {
      problems_.emplace_back(error.what());
    }
  }

  const Graph& graph_;
  std::vector<bool> listed_;                        // graph inputs, by value
  std::map<ValueId, std::map<Use, int>> expected_;  // as the nodes have it
  std::vector<std::string> problems_;
};

}  // namespace

std::vector<std::string> graph_problems(const Graph& graph) { return Verifier(graph).run(); }

void verify_graph(const Graph& graph, const std::string& culprit) {
  const std::vector<std::string> problems = graph_problems(graph);
  if (problems.empty()) return;
  fail(ErrorCode::kInternal, "{} broke the graph: {}", culprit, problems.front());
}

}  // namespace edgeopt
