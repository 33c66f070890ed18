// Models: the reader, shape inference, the passes, the engine, and small models run.
//
// Mutations are those of the message, not of its bytes: a number becomes an extreme one, a name
// another name, an element of a list is doubled, dropped or swapped.
#include <google/protobuf/message.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <random>

#include "base/log.h"
#include "exec/engine.h"
#include "exec/shapes.h"
#include "fuzz/guard.h"
#include "onnx/model_io.h"
#include "onnx/protos.h"
#include "pipeline/default_pipeline.h"
#include "pipeline/macs.h"
#include "pipeline/pass_list.h"
#include "pipeline/policy.h"
#include "pipeline/prepare.h"
#include "pipeline/runner.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace edgeopt::fuzz {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int64_t kMostElements = 1 << 16;  // of all values of a model that is run

struct Place {
  Message* message;
  const FieldDescriptor* field;
  int index;  // in a repeated field; -1: a single one
};

void collect(Message& message, std::vector<Place>& places) {
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const bool nested = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (!field->is_repeated()) {
      places.push_back({&message, field, -1});
      if (nested) collect(*reflection.MutableMessage(&message, field), places);
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      places.push_back({&message, field, i});
      if (nested) collect(*reflection.MutableRepeatedMessage(&message, field, i), places);
    }
  }
}

class Mutator {
 public:
  explicit Mutator(unsigned seed) : random_(seed) {}

  void mutate(Message& message) {
    std::vector<Place> places;
    collect(message, places);
    if (places.empty()) return;
    const Place place = places[below(places.size())];
    const Reflection& reflection = *place.message->GetReflection();
    if (place.index >= 0 && below(4) == 0) return change_list(place, reflection);
    change_value(place, reflection, places);
  }

 private:
  size_t below(size_t count) { return random_() % count; }

  int64_t extreme_int() {
    constexpr std::array<int64_t, 24> kValues = {0,
                                                 1,
                                                 -1,
                                                 2,
                                                 -2,
                                                 3,
                                                 4,
                                                 5,
                                                 7,
                                                 8,
                                                 16,
                                                 64,
                                                 255,
                                                 65536,
                                                 1 << 20,
                                                 -(1 << 20),
                                                 INT32_MAX,
                                                 INT32_MIN,
                                                 INT64_MAX,
                                                 INT64_MIN,
                                                 int64_t{1} << 32,
                                                 int64_t{1} << 40,
                                                 int64_t{1} << 62,
                                                 -(int64_t{1} << 62)};
    return kValues[below(kValues.size())];
  }

  float extreme_float() {
    using Limits = std::numeric_limits<float>;
    const std::array<float, 12> values = {0,
                                          1,
                                          -1,
                                          0.5F,
                                          2,
                                          1e10F,
                                          -1e30F,
                                          1e-30F,
                                          Limits::infinity(),
                                          -Limits::infinity(),
                                          Limits::quiet_NaN(),
                                          3.7F};
    return values[below(values.size())];
  }

  void change_list(const Place& place, const Reflection& reflection) {
    const int size = reflection.FieldSize(*place.message, place.field);
    const int last = size - 1;
    reflection.SwapElements(place.message, place.field, place.index,
                            static_cast<int>(below(static_cast<size_t>(size))));
    if (below(2) == 0) {
      reflection.RemoveLast(place.message, place.field);
    } else if (place.field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      Message* added = reflection.AddMessage(place.message, place.field);
      added->CopyFrom(reflection.GetRepeatedMessage(*place.message, place.field, last));
    } else if (place.field->cpp_type() == FieldDescriptor::CPPTYPE_INT64) {
      reflection.AddInt64(place.message, place.field, extreme_int());
    } else if (place.field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      reflection.AddString(place.message, place.field, "");
    }
  }

  void change_value(const Place& place, const Reflection& reflection,
                    const std::vector<Place>& places) {
    Message* m = place.message;
    const FieldDescriptor* f = place.field;
    const bool list = place.index >= 0;
    switch (f->cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT64:
        list ? reflection.SetRepeatedInt64(m, f, place.index, extreme_int())
             : reflection.SetInt64(m, f, extreme_int());
        break;
      case FieldDescriptor::CPPTYPE_INT32: {
        const auto value = static_cast<int32_t>(below(2) == 0 ? below(18) : extreme_int());
        list ? reflection.SetRepeatedInt32(m, f, place.index, value)
             : reflection.SetInt32(m, f, value);
        break;
      }
      case FieldDescriptor::CPPTYPE_FLOAT:
        list ? reflection.SetRepeatedFloat(m, f, place.index, extreme_float())
             : reflection.SetFloat(m, f, extreme_float());
        break;
      case FieldDescriptor::CPPTYPE_ENUM:
        if (!list) reflection.SetEnumValue(m, f, static_cast<int>(below(16)));
        break;
      case FieldDescriptor::CPPTYPE_STRING: change_text(place, reflection, places); break;
      default:
        if (!list && below(8) == 0) reflection.ClearField(m, f);
    }
  }

  static std::string text_of(const Place& place) {
    const Reflection& reflection = *place.message->GetReflection();
    return place.index >= 0 ? reflection.GetRepeatedString(*place.message, place.field, place.index)
                            : reflection.GetString(*place.message, place.field);
  }

  void change_text(const Place& place, const Reflection& reflection,
                   const std::vector<Place>& places) {
    std::string text = text_of(place);
    if (place.field->type() == FieldDescriptor::TYPE_BYTES) {
      change_bytes(text);
    } else {
      const Place& other = places[below(places.size())];
      const bool suits = other.field->type() == FieldDescriptor::TYPE_STRING;
      text = suits ? text_of(other) : "";
    }
    place.index >= 0 ? reflection.SetRepeatedString(place.message, place.field, place.index, text)
                     : reflection.SetString(place.message, place.field, text);
  }

  // Mostly the raw data of a tensor.
  void change_bytes(std::string& bytes) {
    const int64_t number = extreme_int();
    const float real = extreme_float();
    if (bytes.size() >= sizeof(number) && below(2) == 0) {
      const size_t at = below(bytes.size() / sizeof(number)) * sizeof(number);
      std::memcpy(bytes.data() + at, &number, sizeof(number));
    } else if (bytes.size() >= sizeof(real)) {
      const size_t at = below(bytes.size() / sizeof(real)) * sizeof(real);
      std::memcpy(bytes.data() + at, &real, sizeof(real));
    } else if (!bytes.empty()) {
      bytes[below(bytes.size())] = static_cast<char>(number);
    }
  }

  std::mt19937 random_;
};

bool is_small(const Model& model) {
  const InferredGraph inferred =
      infer_shapes(model.graph, model.opset(), resolve_feed_shapes(model.graph, {}, 1));
  int64_t elements = 0;
  for (const InferredValue& value : inferred.values) {
    if (value.shape) elements = std::min(elements + element_count(*value.shape), kMostElements);
  }
  return elements < kMostElements && count_macs(model, {}) < kMostElements;
}

void run_engine(const Model& model, const QuantTable* table) {
  const auto specs = input_specs(model, {});
  EngineOptions options;
  options.threads = 1;
  options.table = table;
  Engine engine(model.graph, model.opset(), options);
  if (!is_small(model)) return;
  const auto data = synthetic_data(specs, 1, 1);
  engine.run(
      1, [&](int64_t i) { return data->load(i).inputs; },
      [](int64_t, const std::vector<Tensor>&) {});
}

// What quantize does, on one synthetic sample.
void quantize_small(const std::string& bytes) {
  Model model = made_executable(parse_model(bytes, "fuzzed.onnx"), {});
  if (!is_small(model)) return;
  QuantizeOptions options;
  const Target& target = target_named(options.target);
  const auto data = synthetic_data(input_specs(model, {}), 1, 1);
  PassContext context;
  context.threads = 1;
  context.target = &target;
  context.policy = policy_for(options, target);
  context.calibration = data.get();
  QuantTable table;
  options.equalize = true;
  run_passes(model, table, context, parse_pass_list(default_pipeline(options)), {});
  run_engine(model, &table);
  serialize_model(target.lower(model, table));
}

}  // namespace
}  // namespace edgeopt::fuzz

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned seed) {
  onnx::ModelProto model;
  constexpr unsigned kBytesInstead = 16;
  if (seed % kBytesInstead == 0 || !model.ParseFromArray(data, static_cast<int>(size))) {
    return LLVMFuzzerMutate(data, size, max_size);
  }
  edgeopt::fuzz::Mutator(seed).mutate(model);
  const std::string bytes = model.SerializeAsString();
  if (bytes.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
  std::memcpy(data, bytes.data(), bytes.size());
  return bytes.size();
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace edgeopt;
  set_log_level(LogLevel::kOff);
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  fuzz::expect_no_defect(
      [&] { fuzz::run_engine(made_executable(parse_model(bytes, "fuzzed.onnx"), {}), nullptr); });
  fuzz::expect_no_defect([&] { fuzz::quantize_small(bytes); });
  return 0;
}
