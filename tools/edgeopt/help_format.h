// How --help looks: choices spelled out, defaults in words, lines of at most 96 columns.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>

namespace edgeopt::tool {

std::shared_ptr<CLI::FormatterBase> help_format();

}  // namespace edgeopt::tool
