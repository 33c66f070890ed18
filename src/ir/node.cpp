// Attribute access of Node.
#include <algorithm>

#include "base/format.h"
#include "edgeopt/graph.h"

namespace edgeopt {
namespace {

template <typename T>
T attribute_or(const Node& node, std::string_view name, T fallback, const char* kind) {
  const Attribute* attribute = node.find_attribute(name);
  if (attribute == nullptr) return fallback;
  if (const T* value = std::get_if<T>(&attribute->value)) return *value;
  fail(ErrorCode::kBadInput, "{} '{}': attribute {} is not {}", node.op_type, node.name, name,
       kind);
}

}  // namespace

const Attribute* Node::find_attribute(std::string_view wanted) const {
  for (const Attribute& attribute : attributes) {
    if (attribute.name == wanted) return &attribute;
  }
  return nullptr;
}

int64_t Node::int_or(std::string_view attribute, int64_t fallback) const {
  return attribute_or<int64_t>(*this, attribute, fallback, "an integer");
}

float Node::float_or(std::string_view attribute, float fallback) const {
  return attribute_or<float>(*this, attribute, fallback, "a number");
}

std::string Node::string_or(std::string_view attribute, std::string fallback) const {
  return attribute_or<std::string>(*this, attribute, std::move(fallback), "a string");
}

std::vector<int64_t> Node::ints_or(std::string_view attribute,
                                   std::vector<int64_t> fallback) const {
  return attribute_or<std::vector<int64_t>>(*this, attribute, std::move(fallback),
                                            "a list of integers");
}

std::vector<float> Node::floats_or(std::string_view attribute, std::vector<float> fallback) const {
  return attribute_or<std::vector<float>>(*this, attribute, std::move(fallback),
                                          "a list of numbers");
}

void Node::set_attribute(std::string_view attribute, AttributeValue value) {
  for (Attribute& existing : attributes) {
    if (existing.name == attribute) {
      existing.value = std::move(value);
      return;
    }
  }
  attributes.push_back({std::string(attribute), std::move(value), {}, {}});
}

void Node::remove_attribute(std::string_view attribute) {
  std::erase_if(attributes, [&](const Attribute& a) { return a.name == attribute; });
}

}  // namespace edgeopt
