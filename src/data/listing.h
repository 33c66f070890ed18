// Which samples there are: from folders, archives and lists. Nothing is read but names and lists.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "data/blob.h"
#include "data/data_source.h"

namespace edgeopt {

// A sample before it is opened.
struct ListedSample {
  std::vector<std::string> files;  // one for each input of the model
  int64_t label = -1;
};

// `limit` of the items, evenly spaced: item i * size / limit for each i; all when there are fewer
// or limit is 0.
template <typename T>
void keep_evenly(std::vector<T>& items, int64_t limit) {
  const auto size = static_cast<int64_t>(items.size());
  if (limit <= 0 || limit >= size) return;
  std::vector<T> kept;
  kept.reserve(static_cast<size_t>(limit));
  for (int64_t i = 0; i < limit; ++i) {
    kept.push_back(std::move(items[static_cast<size_t>(i * size / limit)]));
  }
  items = std::move(kept);
}

// Names of all regular files under `folder`, relative to it with '/', without hidden ones.
std::vector<std::string> list_folder(const std::filesystem::path& folder);

// The samples among the names of a folder or archive: its pictures; where there are none, its .npy
// files; where there are none of them either, its .raw and .bin files. In sorted order, bytewise.
// When all of them lie in class folders (the first component after what all of them have in
// common), and there are at least two such folders, the sorted folder's position is the label.
// Throws Error(kBadInput) naming `origin` when there are none.
std::vector<ListedSample> list_samples(std::vector<std::string> names, const std::string& origin);

// The name of the `labels.txt` among the names that is nearest to the root; empty: none.
std::string find_labels(const std::vector<std::string>& names);

// Lines of `path` or `path class`, or for several inputs `in1:=path in2:=path` or one path for each
// input in order. Blank lines and lines that start with # or % are ignored. Sorted by path where
// each line is one picture; other lists stay in order. `origin` names the list in messages.
// Throws Error(kBadInput) naming the line; with `need_labels`, also for a line without class.
std::vector<ListedSample> parse_list(std::string_view text, const std::vector<InputSpec>& inputs,
                                     const std::string& origin, bool need_labels);

// Has the extension (".raw"), in any case.
bool has_extension(std::string_view name, std::string_view extension);
bool is_raw(std::string_view name);  // .raw, .bin, .f32

}  // namespace edgeopt
