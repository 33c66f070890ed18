// Where samples come from and how images become inputs, as flags and recipes say it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "edgeopt/tensor.h"

namespace edgeopt {

struct DataSpec {
  // A folder or archive of images, a list, a .npy / .npz array, an SNPE input_list.txt, ONNX test
  // data; see docs/data.md.
  std::string path;
  int64_t limit = 0;   // at most this many samples, evenly spaced; 0: all
  std::string preset;  // "imagenet", "yolox", ...; empty: "none"
  std::vector<double>
      mean;  // y = (x - mean) / std, x in 0..255; one number or one for each channel
  std::vector<double> std;
  std::string resize;        // "256" (short side) or "WIDTHxHEIGHT"
  std::string crop;          // "224" or "WIDTHxHEIGHT", from the centre
  std::string letterbox;     // "", "top-left" or "center"
  std::string channels;      // "", "rgb" or "bgr"
  int64_t class_offset = 0;  // added to each label (1 for TensorFlow's 1001 classes)
};

// `--input-shape name:1,3,224,224`, by input name.
using InputShapes = std::map<std::string, Shape>;

}  // namespace edgeopt
