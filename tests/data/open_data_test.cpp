#include <gtest/gtest.h>

#include <thread>

#include "base/file.h"
#include "base/format.h"
#include "data/data_source.h"
#include "data/listing.h"
#include "onnx/model_io.h"
#include "support/data_files.h"
#include "support/paths.h"

namespace edgeopt {
namespace {

using test::bytes_of;
using test::error_text;
using test::npy_text;
using test::scratch_folder;
using test::write_text;

const std::vector<InputSpec> kImage = {{"x", DataType::kFloat, {1, 3, 13, 21}}};
const std::vector<InputSpec> kVector = {{"x", DataType::kFloat, {1, 3}}};
const std::vector<InputSpec> kTwo = {{"a", DataType::kFloat, {1, 2}},
                                     {"b", DataType::kInt64, {1, 1}}};

DataSpec spec_of(const std::filesystem::path& path, int64_t limit = 0) {
  DataSpec spec;
  spec.path = path.string();
  spec.limit = limit;
  spec.preset = "raw";
  return spec;
}

std::string picture() { return read_file(test::golden_path("rgb.jpg")); }

std::vector<int64_t> labels_of(const DataSource& source) {
  std::vector<int64_t> labels;
  for (int64_t i = 0; i < source.size(); ++i) labels.push_back(source.load(i).label);
  return labels;
}

TEST(OpenData, FolderOfPicturesSortedAndEvenlySpaced) {
  const auto folder = scratch_folder();
  for (int i = 0; i < 10; ++i) write_text(folder / format("sub/{}.jpg", i), picture());
  write_text(folder / ".hidden.jpg", "x");
  write_text(folder / "notes.md", "x");
  const auto all = open_data(spec_of(folder), kImage);
  EXPECT_EQ(all->size(), 10);
  EXPECT_FALSE(all->has_labels());
  EXPECT_EQ(all->describe(), "10 images of '" + folder.string() + "'");
  EXPECT_EQ(all->load(0).inputs.at(0).shape(), (Shape{1, 3, 13, 21}));
  const auto some = open_data(spec_of(folder, 4), kImage);
  ASSERT_EQ(some->size(), 4);
  for (const auto& [i, k] : {std::pair{0, 0}, {1, 2}, {2, 5}, {3, 7}}) {
    EXPECT_EQ(some->load(i).name, (folder / format("sub/{}.jpg", k)).string());
  }
}

TEST(OpenData, ClassFoldersGiveLabels) {
  const auto folder = scratch_folder();
  for (const char* name : {"val/cat/1.jpg", "val/ant/deep/1.jpg", "val/dog/1.jpg"}) {
    write_text(folder / name, picture());
  }
  DataSpec spec = spec_of(folder);
  spec.class_offset = 1;
  const auto source = open_data(spec, kImage);
  EXPECT_TRUE(source->has_labels());
  EXPECT_EQ(labels_of(*source), (std::vector<int64_t>{1, 2, 3}));
  EXPECT_EQ(source->load(1).name, (folder / "val/cat/1.jpg").string());
}

TEST(OpenData, LabelsFileOfAFolder) {
  const auto folder = scratch_folder();
  for (const char* name : {"a b.jpg", "c.jpg", "d.jpg"}) write_text(folder / name, picture());
  write_text(folder / "labels.txt", "c.jpg 7\r\n\n# comment\na b.jpg 3\n");
  const auto source = open_data(spec_of(folder), kImage);
  EXPECT_EQ(labels_of(*source), (std::vector<int64_t>{3, 7}));
  write_text(folder / "labels.txt", "c.jpg 7\na.jpg cat\n");
  EXPECT_EQ(error_text([&] { open_data(spec_of(folder), kImage); }),
            "3: " + (folder / "labels.txt").string() +
                ":2: 'a.jpg cat' is not `path class` with a class number");
}

class EveryArchive : public testing::TestWithParam<const char*> {};

TEST_P(EveryArchive, GivesWhatTheFolderGives) {
  const std::string form = GetParam();
  const auto path = scratch_folder() / (form + ".archive");
  const std::string other = read_file(test::golden_path("rgba.png"));
  test::write_archive(path, form,
                      {{"./1_b/2.png", other}, {"0_a/1.jpg", picture()}, {"readme", "text"}});
  const auto source = open_data(spec_of(path), kImage);
  ASSERT_EQ(source->size(), 2);
  EXPECT_EQ(labels_of(*source), (std::vector<int64_t>{0, 1}));
  EXPECT_EQ(source->load(0).name, path.string() + ":0_a/1.jpg");
  const auto alone = open_data(spec_of(test::golden_path("rgb.jpg")), kImage);
  const Tensor expected = alone->load(0).inputs[0];
  const Tensor got = source->load(0).inputs[0];
  EXPECT_EQ(std::memcmp(expected.raw(), got.raw(), expected.byte_size()), 0);
}

INSTANTIATE_TEST_SUITE_P(OpenData, EveryArchive,
                         testing::Values("tar", "tar.gz", "zip", "zip-stored"));

TEST(OpenData, LabelsFileOfAnArchive) {
  const auto path = scratch_folder() / "x.tar";
  test::write_archive(path, "tar", {{"set/a.jpg", picture()}, {"set/labels.txt", "a.jpg 5\n"}});
  EXPECT_EQ(labels_of(*open_data(spec_of(path), kImage)), (std::vector<int64_t>{5}));
}

TEST(OpenData, BadArchives) {
  const auto folder = scratch_folder();
  write_text(folder / "text.tar", std::string(2000, 'x'));
  EXPECT_NE(error_text([&] {
              open_data(spec_of(folder / "text.tar"), kImage);
            }).find("text.tar: is not an archive"),
            std::string::npos);
  test::write_archive(folder / "whole.tar", "tar", {{"a.jpg", picture()}, {"b.jpg", picture()}});
  const std::string whole = read_file(folder / "whole.tar");
  // Blocks of 512 bytes: header, 2 of content, header, 2 of content. Without a.jpg whole: an error.
  ASSERT_EQ((picture().size() + 511) / 512, 2U);
  for (size_t size = 0; size < 6 * 512; size += 128) {
    write_text(folder / "cut.tar", whole.substr(0, size));
    int64_t loaded = 0;
    const std::string error = error_text([&] {
      const auto source = open_data(spec_of(folder / "cut.tar"), kImage);
      for (; loaded < source->size(); ++loaded) source->load(loaded);
    });
    EXPECT_TRUE(error.empty() || error.starts_with("3: ")) << error;
    EXPECT_LE(loaded, size < 512 + picture().size() ? 0 : 1) << size;
    EXPECT_TRUE(loaded == 1 || !error.empty()) << size;
  }
  test::write_archive(folder / "empty.tar", "tar", {{"readme", "x"}});
  EXPECT_NE(
      error_text([&] { open_data(spec_of(folder / "empty.tar"), kImage); }).find("no pictures"),
      std::string::npos);
}

TEST(OpenData, ListsAreRelativeToTheirFolder) {
  const auto folder = scratch_folder();
  write_text(folder / "photos/a.jpg", picture());
  write_text(folder / "photos/b c.jpg", picture());
  write_text(folder / "list.txt", "photos/b c.jpg 2\nphotos/a.jpg 1\n");
  const auto labelled = open_data(spec_of(folder / "list.txt"), kImage);
  EXPECT_EQ(labels_of(*labelled), (std::vector<int64_t>{1, 2}));
  write_text(folder / "list.txt", "photos/b c.jpg\nphotos/a.jpg 1\n");
  EXPECT_FALSE(open_data(spec_of(folder / "list.txt"), kImage)->has_labels());
  write_text(folder / "list.txt", "photos/none.jpg\n");
  EXPECT_NE(error_text([&] {
              open_data(spec_of(folder / "list.txt"), kImage);
            }).find("photos/none.jpg: cannot be opened: No such file"),
            std::string::npos);
  write_text(folder / "list.txt", "\n");
  EXPECT_NE(error_text([&] {
              open_data(spec_of(folder / "list.txt"), kImage);
            }).find("the list is empty"),
            std::string::npos);
}

TEST(OpenData, RawInputListOfOneInput) {
  const auto folder = scratch_folder();
  write_text(folder / "9.raw", bytes_of<float>({1, 2, 3}));
  write_text(folder / "1.raw", bytes_of<float>({4, 5, 6}));
  write_text(folder / "input_list.txt", "%output_a output_b\n9.raw\n1.raw\n");
  const auto source = open_data(spec_of(folder / "input_list.txt"), kVector);
  ASSERT_EQ(source->size(), 2);  // in the order of the list
  EXPECT_EQ(source->load(0).inputs[0].data<float>()[2], 3.0F);
  EXPECT_EQ(source->describe(), "2 samples of '" + (folder / "input_list.txt").string() + "'");
  write_text(folder / "1.raw", "12345678");
  EXPECT_EQ(error_text([&] { source->load(1); }),
            "3: " + (folder / "1.raw").string() +
                ": 8 bytes, but input 'x' of shape 1x3 takes 12 (3 values of float)");
}

TEST(OpenData, RawInputListOfSeveralInputs) {
  const auto folder = scratch_folder();
  write_text(folder / "a.raw", bytes_of<float>({1, 2}));
  write_text(folder / "b.raw", bytes_of<float>({7}));
  write_text(folder / "list.txt", "#out\nb:=b.raw a:=a.raw\na.raw b.raw\n");
  const auto source = open_data(spec_of(folder / "list.txt"), kTwo);
  for (int64_t i = 0; i < 2; ++i) {
    const Sample sample = source->load(i);
    EXPECT_EQ(sample.inputs.at(0).data<float>()[1], 2.0F);
    EXPECT_EQ(sample.inputs.at(1).data<int64_t>()[0], 7);
  }
  const auto refuse = [&](const char* line) {
    write_text(folder / "list.txt", line);
    return error_text([&] { open_data(spec_of(folder / "list.txt"), kTwo); });
  };
  EXPECT_NE(refuse("c:=a.raw b:=b.raw").find("names no input of the model; it has a, b"),
            std::string::npos);
  EXPECT_NE(refuse("a:=a.raw").find("no file for input 'b'"), std::string::npos);
  EXPECT_NE(refuse("a.raw").find("1 files for 2 inputs"), std::string::npos);
}

TEST(OpenData, OnnxTestDataFolders) {
  const auto folder = scratch_folder();
  for (int i = 0; i < 12; ++i) {
    const Tensor a = Tensor::from_floats({1, 2}, {static_cast<float>(i), 2});
    write_text(folder / format("test_data_set_{}/input_0.pb", i), serialize_tensor(a));
    write_text(folder / format("test_data_set_{}/input_1.pb", i),
               serialize_tensor(Tensor::from_ints({1, 1}, {i})));
  }
  const auto source = open_data(spec_of(folder), kTwo, parse_tensor);
  ASSERT_EQ(source->size(), 12);
  EXPECT_EQ(source->load(2).inputs[1].data<int64_t>()[0], 2);  // by number, not by name
  EXPECT_EQ(source->load(11).inputs[0].data<float>()[0], 11.0F);
  const auto one = open_data(spec_of(folder / "test_data_set_3"), kTwo, parse_tensor);
  EXPECT_EQ(one->size(), 1);
  EXPECT_NE(error_text([&] {
              open_data(spec_of(folder), kVector, parse_tensor);
            }).find("shape 1x2, but input 'x' has 1x3"),
            std::string::npos);
}

TEST(OpenData, LoadsFromSeveralThreads) {
  const auto path = scratch_folder() / "x.tar";
  test::Entries entries;
  const std::vector<std::string> files = {"rgb.jpg", "rgba.png", "cmyk.jpg", "palette.png"};
  for (int i = 0; i < 40; ++i) {
    const std::string& file = files[static_cast<size_t>(i) % files.size()];
    entries.emplace_back(format("{:02}_{}", i, file), read_file(test::golden_path(file)));
  }
  test::write_archive(path, "tar", entries);
  const auto source = open_data(spec_of(path), kImage);
  std::vector<Tensor> expected;
  for (int64_t i = 0; i < source->size(); ++i) expected.push_back(source->load(i).inputs[0]);
  std::vector<int> equal(4, 0);
  std::vector<std::thread> threads;
  for (size_t t = 0; t < equal.size(); ++t) {
    threads.emplace_back([&, t] {
      for (int64_t i = 0; i < source->size(); ++i) {
        const int64_t at = (i * 7 + static_cast<int64_t>(t) * 11) % source->size();
        const Tensor got = source->load(at).inputs[0];
        const Tensor& want = expected[static_cast<size_t>(at)];
        if (std::memcmp(got.raw(), want.raw(), want.byte_size()) == 0) ++equal[t];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(equal, std::vector<int>(4, 40));
}

TEST(OpenData, SaysWhatIsMissing) {
  const auto folder = scratch_folder();
  EXPECT_EQ(error_text([&] { open_data(spec_of(folder / "none"), kImage); }),
            "3: " + (folder / "none").string() + ": there is no such file or folder");
  EXPECT_EQ(
      error_text([&] { open_data(spec_of(folder), kImage); }),
      "3: " + folder.string() + ": no pictures (.jpg, .jpeg, .png), .npy or .raw files in it");
  write_text(folder / "a.webp", "x");
  EXPECT_NE(error_text([&] { open_data(spec_of(folder), kImage); }).find("convert them"),
            std::string::npos);
  write_text(folder / "a.jpg", picture());
  EXPECT_NE(error_text([&] { open_data(spec_of(folder), kTwo); }).find("pictures feed one input"),
            std::string::npos);
  write_text(folder / "a.jpg", "garbage");
  EXPECT_EQ(error_text([&] { open_data(spec_of(folder), kImage); }),
            "3: " + (folder / "a.jpg").string() + ": is not a JPEG or PNG picture");
}

}  // namespace
}  // namespace edgeopt
