// Flags that several commands share.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "edgeopt/data.h"

namespace edgeopt::tool {

// --preset, --mean, --std, --resize, --crop, --letterbox, --channels, --class-offset into `spec`.
void add_preprocessing_flags(CLI::App& app, DataSpec& spec);

// --input-shape name:1,3,224,224 (repeatable) into `shapes`.
void add_input_shape_flag(CLI::App& app, InputShapes& shapes);

void add_threads_flag(CLI::App& app, int& threads);

}  // namespace edgeopt::tool
