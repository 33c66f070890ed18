#include <gtest/gtest.h>

#include "base/format.h"
#include "data/data_source.h"
#include "support/data_files.h"
#include "support/paths.h"

namespace edgeopt {
namespace {

using test::bytes_of;
using test::error_text;
using test::npy_text;
using test::scratch_folder;
using test::write_text;

const std::vector<InputSpec> kVector = {{"x", DataType::kFloat, {1, 3}}};
const std::vector<InputSpec> kTwo = {{"a", DataType::kFloat, {1, 2}},
                                     {"b", DataType::kInt64, {1, 1}}};

std::unique_ptr<DataSource> open(const std::filesystem::path& path,
                                 const std::vector<InputSpec>& inputs, int64_t limit = 0) {
  DataSpec spec;
  spec.path = path.string();
  spec.limit = limit;
  return open_data(spec, inputs);
}

std::string counting(const std::string& descr, Shape shape) {
  std::vector<float> values(static_cast<size_t>(element_count(shape)));
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
  return npy_text(descr, shape, bytes_of(values));
}

TEST(ArraySource, FirstAxisCountsSamples) {
  const auto path = scratch_folder() / "x.npy";
  write_text(path, counting("<f4", {5, 3}));
  const auto source = open(path, kVector);
  ASSERT_EQ(source->size(), 5);
  const Sample sample = source->load(2);
  EXPECT_EQ(sample.inputs[0].shape(), (Shape{1, 3}));
  EXPECT_EQ(sample.inputs[0].data<float>()[1], 7.0F);
  EXPECT_EQ(sample.label, -1);
  EXPECT_EQ(open(path, kVector, 2)->load(1).name, path.string() + "[2]");
}

TEST(ArraySource, OneSampleWithoutBatchAxis) {
  const auto path = scratch_folder() / "x.npy";
  write_text(path, counting("<f4", {3}));
  EXPECT_EQ(open(path, kVector)->size(), 1);
}

TEST(ArraySource, AnInputWithoutABatch) {
  const std::vector<InputSpec> picture = {{"x", DataType::kFloat, {3, 2, 2}}};
  const auto path = scratch_folder() / "x.npy";
  write_text(path, counting("<f4", {4, 3, 2, 2}));
  const auto source = open(path, picture);
  ASSERT_EQ(source->size(), 4);
  EXPECT_EQ(source->load(3).inputs[0].shape(), (Shape{3, 2, 2}));
  EXPECT_EQ(source->load(3).inputs[0].data<float>()[0], 36.0F);
  write_text(path, counting("<f4", {3, 2, 2}));
  EXPECT_EQ(open(path, picture)->size(), 1);
}

TEST(ArraySource, ConvertsElementTypes) {
  const auto path = scratch_folder() / "x.npy";
  const auto second = [&](const std::string& descr, const std::string& data) {
    write_text(path, npy_text(descr, {2, 3}, data));
    return open(path, kVector)->load(1).inputs[0].data<float>()[0];
  };
  EXPECT_EQ(second("|u1", bytes_of<uint8_t>({1, 2, 3, 200, 5, 6})), 200.0F);
  EXPECT_EQ(second("<f8", bytes_of<double>({1, 2, 3, 0.5, 5, 6})), 0.5F);
  EXPECT_EQ(second("<i8", bytes_of<int64_t>({1, 2, 3, -4, 5, 6})), -4.0F);
  EXPECT_EQ(second("<f2", bytes_of<uint16_t>({0, 0, 0, 0x3c00, 0, 0})), 1.0F);
  EXPECT_EQ(second(">i2", bytes_of<uint16_t>({0, 0, 0, 0x0201, 0, 0})), 0x0102 * 1.0F);
  EXPECT_EQ(second("|b1", std::string("\0\0\0\1\0\0", 6)), 1.0F);
}

TEST(ArraySource, IntegersAreNotRounded) {
  const auto path = scratch_folder() / "x.npy";
  const std::vector<InputSpec> ids = {{"ids", DataType::kInt32, {1, 2}}};
  write_text(path, npy_text("<f4", {1, 2}, bytes_of<float>({1, 2.5F})));
  EXPECT_NE(error_text([&] { open(path, ids); }).find("the value 2.5 does not fit input 'ids'"),
            std::string::npos);
  write_text(path, npy_text("<i8", {1, 2}, bytes_of<int64_t>({1, int64_t{1} << 40})));
  EXPECT_NE(error_text([&] { open(path, ids); }).find("does not fit"), std::string::npos);
}

TEST(ArraySource, LabelsBesideTheArray) {
  const auto folder = scratch_folder();
  write_text(folder / "x.npy", counting("<f4", {3, 3}));
  write_text(folder / "x.labels.npy", npy_text("<i4", {3}, bytes_of<int32_t>({4, 0, 2})));
  const auto source = open(folder / "x.npy", kVector);
  EXPECT_TRUE(source->has_labels());
  EXPECT_EQ(source->load(2).label, 2);
  write_text(folder / "x.labels.npy", npy_text("<i4", {2}, bytes_of<int32_t>({4, 0})));
  EXPECT_NE(error_text([&] { open(folder / "x.npy", kVector); }).find("3 samples, but 2 labels"),
            std::string::npos);
}

class EveryZip : public testing::TestWithParam<const char*> {};

TEST_P(EveryZip, NpzByInputName) {
  const auto path = scratch_folder() / "x.npz";
  test::write_archive(path, GetParam(),
                      {{"b.npy", npy_text("<i8", {4, 1}, bytes_of<int64_t>({5, 6, 7, 8}))},
                       {"labels.npy", npy_text("<i8", {4}, bytes_of<int64_t>({3, 2, 1, 0}))},
                       {"a.npy", counting("<f4", {4, 2})}});
  const auto source = open(path, kTwo);
  ASSERT_EQ(source->size(), 4);
  const Sample sample = source->load(3);
  EXPECT_EQ(sample.inputs.at(0).data<float>()[0], 6.0F);
  EXPECT_EQ(sample.inputs.at(1).data<int64_t>()[0], 8);
  EXPECT_EQ(sample.label, 0);
}

INSTANTIATE_TEST_SUITE_P(ArraySource, EveryZip, testing::Values("zip", "zip-stored"));

TEST(ArraySource, NpzOfOneArrayNeedsNoName) {
  const auto path = scratch_folder() / "x.npz";
  test::write_archive(path, "zip", {{"arr_0.npy", counting("<f4", {2, 3})}});
  EXPECT_EQ(open(path, kVector)->size(), 2);
}

TEST(ArraySource, NpzThatDoesNotFit) {
  const auto path = scratch_folder() / "x.npz";
  test::write_archive(path, "zip", {{"a.npy", counting("<f4", {4, 2})}});
  EXPECT_NE(error_text([&] { open(path, kTwo); }).find("has no array 'b' for that input; it has a"),
            std::string::npos);
  test::write_archive(path, "zip",
                      {{"a.npy", counting("<f4", {4, 2})}, {"b.npy", counting("<f4", {3, 1})}});
  EXPECT_NE(error_text([&] { open(path, kTwo); }).find("4 samples for input 'a', 3 for 'b'"),
            std::string::npos);
}

TEST(ArraySource, BadArrays) {
  const auto path = scratch_folder() / "x.npy";
  const auto refuse = [&](const std::string& bytes) {
    write_text(path, bytes);
    return error_text([&] { open(path, kVector); });
  };
  EXPECT_NE(refuse("").find("is not a .npy array"), std::string::npos);
  EXPECT_NE(refuse(counting("<f4", {5, 3}).substr(0, 150)).find("is truncated"), std::string::npos);
  EXPECT_NE(refuse(counting("<f4", {5, 4})).find("shape 5x4 does not fit input 'x' of shape 1x3"),
            std::string::npos);
  EXPECT_NE(refuse(npy_text("<f4", {2, 3}, std::string(24, '\0'), true)).find("Fortran order"),
            std::string::npos);
  EXPECT_NE(refuse(npy_text("<c8", {2, 3}, std::string(48, '\0'))).find("are not numbers"),
            std::string::npos);
  EXPECT_NE(refuse(npy_text("<f4", {int64_t{1} << 40, 3}, "")).find("is truncated"),
            std::string::npos);
  EXPECT_NE(refuse(npy_text("<f4", {0, 3}, "")).find("has no samples"), std::string::npos);
}

// Every cut and every flipped byte of the header ends in an error or in values, never in a crash.
TEST(ArraySource, CorruptHeaders) {
  const auto path = scratch_folder() / "x.npy";
  const std::string whole = counting("<f4", {5, 3});
  int refused = 0;
  for (size_t i = 0; i < 128; ++i) {
    std::string bytes = whole;
    bytes[i] = static_cast<char>(bytes[i] ^ 0x15);
    write_text(path, bytes);
    const std::string error = error_text([&] { open(path, kVector); });
    if (!error.empty()) {
      EXPECT_EQ(error.substr(0, 2), "3:");
      ++refused;
    }
  }
  EXPECT_GT(refused, 20);
}

}  // namespace
}  // namespace edgeopt
