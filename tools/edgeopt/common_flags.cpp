#include "common_flags.h"

#include <algorithm>

namespace edgeopt::tool {
namespace {

Shape parse_dimensions(const std::string& text) {
  Shape shape;
  size_t begin = 0;
  while (begin <= text.size()) {
    const size_t end = std::min(text.find(',', begin), text.size());
    const std::string number = text.substr(begin, end - begin);
    size_t used = 0;
    int64_t value = -1;
    try {
      value = std::stoll(number, &used);
    } catch (const std::exception&) {
      used = 0;
    }
    if (used == 0 || used != number.size() || value < 1) {
      throw CLI::ValidationError("--input-shape",
                                 "'" + text + "' is not a list of positive numbers");
    }
    shape.push_back(value);
    begin = end + 1;
  }
  return shape;
}

}  // namespace

void add_preprocessing_flags(CLI::App& app, DataSpec& spec) {
  const std::string group = "Images";
  app.add_option("--preset", spec.preset,
                 "Preprocessing by name; `edgeopt list presets` shows them; other flags refine it")
      ->group(group);
  app.add_option("--mean", spec.mean,
                 "y = (x - mean) / std with x in 0..255: one number, or one for each channel")
      ->delimiter(',')
      ->expected(1, 4)
      ->group(group);
  app.add_option("--std", spec.std, "See --mean; also in 0..255 units")
      ->delimiter(',')
      ->expected(1, 4)
      ->group(group);
  app.add_option("--resize", spec.resize,
                 "256: the short side; 320x240: width x height (default: the model's input)")
      ->group(group);
  app.add_option("--crop", spec.crop, "224 or 224x224 from the centre, after --resize")
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
      ->group("Model");
}

void add_threads_flag(CLI::App& app, int& threads) {
  app.add_option("--threads", threads, "Worker threads (default: one for each core)")
      ->check(CLI::Range(0, 1024))
      ->group("Run");
}

}  // namespace edgeopt::tool
