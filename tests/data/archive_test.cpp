#include "data/archive.h"

#include <gtest/gtest.h>

#include "support/data_files.h"
#include "support/paths.h"

namespace edgeopt {
namespace {

using test::error_text;

TEST(Archive, NamesAreSortedAndUnique) {
  const auto path = test::scratch_folder() / "x.tar";
  test::write_archive(path, "tar", {{"./b", "1"}, {"a/c", "2"}, {"b", "3"}});
  EXPECT_EQ(list_archive(path), (std::vector<std::string>{"a/c", "b"}));
  EXPECT_EQ(open_entries(path, {"b"}).front().read(), "3");  // the last one counts
}

TEST(Archive, PartsOfEntries) {
  for (const char* form : {"tar", "tar.gz", "zip", "zip-stored"}) {
    const auto path = test::scratch_folder() / form;
    test::write_archive(path, form, {{"x", "0123456789"}, {"empty", ""}});
    const auto blobs = open_entries(path, {"empty", "x"});
    EXPECT_EQ(blobs[0].size(), 0U);
    EXPECT_EQ(blobs[0].read(), "");
    EXPECT_EQ(blobs[1].size(), 10U);
    EXPECT_EQ(blobs[1].read(3, 4), "3456");
    EXPECT_NE(error_text([&] { blobs[1].read(8, 3); }).find("is truncated"), std::string::npos);
  }
}

TEST(Archive, LongNamesAndLargeEntries) {
  const auto path = test::scratch_folder() / "x.tar";
  const std::string name = std::string(180, 'a') + "/" + std::string(120, 'b');
  const std::string content(3'000'000, 'x');
  test::write_archive(path, "tar", {{"first", content}, {name, "yes"}, {"last", content + "y"}});
  const auto blobs = open_entries(path, {name, "last"});
  EXPECT_EQ(blobs[0].read(), "yes");
  EXPECT_EQ(blobs[1].read(), content + "y");
}

// More than the reader keeps of the mapped file.
TEST(Archive, PagesThatWereLetGoOfAreReadAgain) {
  const auto path = test::scratch_folder() / "x.tar";
  test::Entries entries;
  std::vector<std::string> names;
  for (int i = 0; i < 50; ++i) {
    names.push_back(std::to_string(i));
    entries.emplace_back(names.back(), std::string(1'000'000, static_cast<char>('0' + i)));
  }
  test::write_archive(path, "tar", entries);
  const auto blobs = open_entries(path, names);
  for (size_t i = 0; i < blobs.size(); ++i) EXPECT_EQ(blobs[i].read(), entries[i].second) << i;
  std::filesystem::remove(path);
}

TEST(Archive, TooMuchToUnpackIsRefused) {
  const auto path = test::scratch_folder() / "x.tar.gz";
  test::write_archive(path, "tar.gz", {{"a", std::string(1000, 'a')}, {"b", "b"}});
  EXPECT_EQ(open_entries(path, {"a", "b"}, 1001).size(), 2U);
  EXPECT_EQ(error_text([&] {
              open_entries(path, {"a", "b"}, 1000);
            }),
            "3: " + path.string() +
                ": is compressed, and too large to be unpacked to memory; unpack it to a folder, "
                "or store it as an uncompressed .tar");
  EXPECT_EQ(open_entries(path, {"b"}, 1000).size(), 1U);
}

TEST(Archive, MissingEntry) {
  const auto path = test::scratch_folder() / "x.zip";
  test::write_archive(path, "zip", {{"a", "1"}});
  EXPECT_EQ(error_text([&] { open_entries(path, {"b"}); }),
            "3: " + path.string() + ": has no entry 'b'");
}

}  // namespace
}  // namespace edgeopt
