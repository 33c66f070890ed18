#include "data/listing.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

#include "base/format.h"
#include "base/log.h"
#include "data/image.h"

namespace edgeopt {
namespace {

constexpr std::string_view kBlank = " \t\r";

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (;;) {
    line = trimmed(line);
    if (line.empty()) return words;
    const size_t end = std::min(line.find_first_of(kBlank), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
}

std::optional<int64_t> integer_of(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Length of the part up to and including a '/' that all names start with.
size_t common_folder(const std::vector<std::string>& sorted) {
  const std::string& first = sorted.front();
  const std::string& last = sorted.back();
  size_t same = 0;
  while (same < first.size() && same < last.size() && first[same] == last[same]) ++same;
  const size_t slash = same == 0 ? std::string::npos : first.rfind('/', same - 1);
  return slash == std::string::npos ? 0 : slash + 1;
}

// People expect 10_ship to be class 10, not the class after 1_car: say when it is not.
void warn_about_numbers(const std::map<std::string, int64_t>& classes, const std::string& origin) {
  for (const auto& [folder, label] : classes) {
    int64_t number = 0;
    const auto [end, error] = std::from_chars(folder.data(), folder.data() + folder.size(), number);
    if (error != std::errc() || number == label) continue;
    const std::string_view rest(end, static_cast<size_t>(folder.data() + folder.size() - end));
    if (!rest.empty() && rest[0] != '_' && rest[0] != '-' && rest[0] != ' ') continue;
    log_warning(
        format("{}: class folder '{}' is class {}, its place among the sorted names; a "
               "labels.txt of `path class` lines says otherwise",
               origin, folder, label));
    return;
  }
}

void label_by_folder(const std::vector<std::string>& sorted, std::vector<ListedSample>& samples,
                     const std::string& origin) {
  const size_t begin = common_folder(sorted);
  std::map<std::string, int64_t> classes;
  for (const std::string& name : sorted) {
    const size_t slash = name.find('/', begin);
    if (slash == std::string::npos) return;
    classes[name.substr(begin, slash - begin)] = 0;
  }
  if (classes.size() < 2) return;
  int64_t next = 0;
  for (auto& [folder, label] : classes) label = next++;
  warn_about_numbers(classes, origin);
  for (size_t i = 0; i < sorted.size(); ++i) {
    samples[i].label = classes[sorted[i].substr(begin, sorted[i].find('/', begin) - begin)];
  }
}

bool is_hidden(std::string_view name) {
  return name.starts_with('.') || name.starts_with("__MACOSX/") ||
         name.find("/.") != std::string_view::npos;
}

ListedSample parse_named(const std::vector<std::string_view>& words,
                         const std::vector<InputSpec>& inputs, const std::string& where) {
  ListedSample item;
  item.files.resize(inputs.size());
  for (const std::string_view word : words) {
    const size_t sign = word.find(":=");
    const std::string_view name = word.substr(0, sign);
    const auto input = std::find_if(inputs.begin(), inputs.end(),
                                    [&](const InputSpec& spec) { return spec.name == name; });
    if (sign == std::string_view::npos || input == inputs.end()) {
      std::string names;
      for (const InputSpec& spec : inputs) names += (names.empty() ? "" : ", ") + spec.name;
      fail(ErrorCode::kBadInput, "{}: '{}' names no input of the model; it has {}", where, word,
           names);
    }
    item.files[static_cast<size_t>(input - inputs.begin())] = word.substr(sign + 2);
  }
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (item.files[i].empty()) {
      fail(ErrorCode::kBadInput, "{}: no file for input '{}'", where, inputs[i].name);
    }
  }
  return item;
}

ListedSample parse_line(std::string_view line, const std::vector<InputSpec>& inputs,
                        const std::string& where, bool need_labels) {
  const auto words = words_of(line);
  if (line.find(":=") != std::string_view::npos) return parse_named(words, inputs, where);
  ListedSample item;
  if (inputs.size() > 1) {
    if (words.size() != inputs.size()) {
      fail(ErrorCode::kBadInput, "{}: {} files for {} inputs; write name:=file for each", where,
           words.size(), inputs.size());
    }
    item.files.assign(words.begin(), words.end());
    return item;
  }
  const auto label = words.size() > 1 ? integer_of(words.back()) : std::nullopt;
  if (need_labels && !label) {
    fail(ErrorCode::kBadInput, "{}: '{}' is not `path class` with a class number", where, line);
  }
  if (label && *label < 0) {
    fail(ErrorCode::kBadInput, "{}: class {} is negative", where, *label);
  }
  if (label) {
    item.label = *label;
    line.remove_suffix(words.back().size());
  }
  item.files.emplace_back(trimmed(line));
  return item;
}

}  // namespace

bool has_extension(std::string_view name, std::string_view extension) {
  if (name.size() <= extension.size()) return false;
  const std::string_view end = name.substr(name.size() - extension.size());
  return std::equal(end.begin(), end.end(), extension.begin(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
}

bool is_raw(std::string_view name) {
  return has_extension(name, ".raw") || has_extension(name, ".bin") || has_extension(name, ".f32");
}

std::vector<std::string> list_folder(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  std::vector<std::string> names;
  std::error_code error;
  fs::recursive_directory_iterator at(folder, fs::directory_options::follow_directory_symlink,
                                      error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    if (at->path().filename().string().starts_with('.')) {
      at.disable_recursion_pending();
      continue;
    }
    std::error_code ignored;
    if (at->is_regular_file(ignored)) {
      names.push_back(at->path().lexically_relative(folder).generic_string());
    }
  }
  if (error) {
    fail(ErrorCode::kBadInput, "{}: cannot be listed: {}", folder.string(), error.message());
  }
  return names;
}

std::vector<ListedSample> list_samples(std::vector<std::string> names, const std::string& origin) {
  std::erase_if(names, is_hidden);
  std::sort(names.begin(), names.end());
  std::vector<std::string> chosen;
  const auto choose = [&](auto&& wanted) {
    if (chosen.empty())
      std::copy_if(names.begin(), names.end(), std::back_inserter(chosen), wanted);
  };
  choose([](const std::string& name) { return has_image_extension(name); });
  choose([](const std::string& name) { return has_extension(name, ".npy"); });
  choose([](const std::string& name) { return is_raw(name); });
  size_t foreign = 0;
  for (const char* extension : {".bmp", ".gif", ".webp", ".tif", ".tiff", ".heic", ".avif"}) {
    foreign += std::count_if(names.begin(), names.end(), [&](const std::string& name) {
      return has_extension(name, extension);
    });
  }
  if (chosen.empty()) {
    fail(ErrorCode::kBadInput, "{}: no pictures (.jpg, .jpeg, .png), .npy or .raw files in it{}",
         origin,
         foreign > 0 ? format("; {} pictures of other formats: convert them", foreign) : "");
  }
  if (foreign > 0) {
    log_warning(format("{}: {} pictures that are not JPEG or PNG are left out", origin, foreign));
  }
  std::vector<ListedSample> samples(chosen.size());
  for (size_t i = 0; i < chosen.size(); ++i) samples[i].files = {chosen[i]};
  label_by_folder(chosen, samples, origin);
  return samples;
}

std::string find_labels(const std::vector<std::string>& names) {
  std::string best;
  const auto depth = [](const std::string& name) {
    return std::count(name.begin(), name.end(), '/');
  };
  for (const std::string& name : names) {
    if (name != "labels.txt" && !name.ends_with("/labels.txt")) continue;
    if (best.empty() || depth(name) < depth(best)) best = name;
  }
  return best;
}

std::vector<ListedSample> parse_list(std::string_view text, const std::vector<InputSpec>& inputs,
                                     const std::string& origin, bool need_labels) {
  std::vector<ListedSample> items;
  int64_t number = 0;
  bool pictures = inputs.size() == 1;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.empty() || line[0] == '#' || line[0] == '%') continue;
    if (line.find('\0') != std::string_view::npos) {
      fail(ErrorCode::kBadInput, "{}: is not a text file", origin);
    }
    items.push_back(parse_line(line, inputs, format("{}:{}", origin, number), need_labels));
    pictures = pictures && has_image_extension(items.back().files.front());
  }
  if (items.empty()) fail(ErrorCode::kBadInput, "{}: the list is empty", origin);
  if (pictures) {
    std::stable_sort(items.begin(), items.end(), [](const ListedSample& a, const ListedSample& b) {
      return a.files < b.files;
    });
  }
  return items;
}

}  // namespace edgeopt
