#include "common_flags.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace edgeopt::tool {
namespace {

// "1,2.5,3" as numbers; nullopt when it is no such list.
template <typename T>
std::optional<std::vector<T>> parse_numbers(const std::string& text) {
  std::vector<T> numbers;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (true) {
    T number{};
    const auto [rest, error] = std::from_chars(at, end, number);
    if (error != std::errc{}) return std::nullopt;
    numbers.push_back(number);
    if (rest == end) return numbers;
    if (*rest != ',') return std::nullopt;
    at = rest + 1;
  }
}

Shape parse_dimensions(const std::string& text) {
  const auto shape = parse_numbers<int64_t>(text);
  if (!shape || std::any_of(shape->begin(), shape->end(), [](int64_t n) { return n < 1; })) {
    throw CLI::ValidationError("--input-shape", "'" + text + "' is not a list of positive numbers");
  }
  return *shape;
}

// One number, or one for each channel.
CLI::Option* add_channels_option(CLI::App& app, const std::string& name,
                                 std::vector<double>& values, const std::string& help) {
  return app
      .add_option_function<std::string>(
          name,
          [name, &values](const std::string& text) {
            const auto numbers = parse_numbers<double>(text);
            if (!numbers || numbers->size() > 4) {
              throw CLI::ValidationError(name,
                                         "'" + text + "' is not one to four numbers like 1,2,3");
            }
            values = *numbers;
          },
          help)
      ->type_name("X,...");
}

}  // namespace

void add_preprocessing_flags(CLI::App& app, DataSpec& spec) {
  const std::string group = "Images";
  app.add_option("--preset", spec.preset,
                 "Preprocessing by name; `edgeopt list presets` shows them; other flags refine it")
      ->type_name("NAME")
      ->group(group);
  add_channels_option(app, "--mean", spec.mean,
                      "y = (x - mean) / std with x in 0..255: one number or 123.7,116.3,103.5")
      ->group(group);
  add_channels_option(app, "--std", spec.std, "See --mean; also in 0..255 units")->group(group);
  app.add_option("--resize", spec.resize,
                 "256: the short side; 320x240: width x height (default: the model's input)")
      ->type_name("SIZE")
      ->group(group);
  app.add_option("--crop", spec.crop, "224 or 224x224 from the centre, after --resize")
      ->type_name("SIZE")
      ->group(group);
  app.add_option("--letterbox", spec.letterbox,
                 "Keep the aspect ratio and pad with 114: top-left or center")
      ->check(CLI::IsMember({"top-left", "center"}))
      ->group(group);
  app.add_option("--channels", spec.channels, "Channel order of the model: rgb or bgr")
      ->check(CLI::IsMember({"rgb", "bgr"}))
      ->group(group);
  app.add_option("--class-offset", spec.class_offset,
                 "Added to each label (1 for TensorFlow's 1001 classes)")
      ->group(group);
}

void add_input_shape_flag(CLI::App& app, InputShapes& shapes) {
  app.add_option_function<std::vector<std::string>>(
         "--input-shape",
         [&shapes](const std::vector<std::string>& values) {
           for (const std::string& value : values) {
             const size_t colon = value.rfind(':');
             if (colon == std::string::npos || colon == 0) {
               throw CLI::ValidationError("--input-shape",
                                          "'" + value + "' is not NAME:1,3,224,224");
             }
             shapes[value.substr(0, colon)] = parse_dimensions(value.substr(colon + 1));
           }
         },
         "NAME:1,3,224,224: shape of an input with symbolic dimensions (repeatable)")
      ->allow_extra_args(false)
      ->type_name("NAME:N,N,...")
      ->group("Model");
}

void add_threads_flag(CLI::App& app, int& threads) {
  app.add_option("--threads", threads, "Worker threads (default: one for each core)")
      ->check(CLI::Range(0, 1024))
      ->group("Run");
}

}  // namespace edgeopt::tool
