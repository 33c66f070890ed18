// Recipes: the options of a command in a TOML file.
//
//   calib = "photos"
//   preset = "imagenet"
//   mean = [123.7, 116.3, 103.5]     # several values: an array
//   per-tensor = true                # a flag: true or false
//   skip = ["/head/*"]
//   [calibrator-option]              # NAME=VALUE flags: a table
//   percentile = 99.9
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace edgeopt::tool {

// Declares --recipe, whose path goes to `file`.
void add_recipe_flag(CLI::App& app, std::string& file);

// Sets the options that the file gives and the command line does not. Call it after parsing, before
// the options are read. Nothing happens when `file` is empty. Throws Error(kUsage) with file and
// line: not TOML, an unknown key (lists the valid ones), a value that the option refuses.
void apply_recipe(CLI::App& app, const std::string& file);

}  // namespace edgeopt::tool
