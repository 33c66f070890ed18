#include "exec/engine_builds.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace edgeopt {
namespace {

// Counts its builds, and reads the constant it was prepared with.
class CountingKernel : public Kernel {
 public:
  explicit CountingKernel(const Tensor& constant) : constant_(constant.data<float>()) {}
  void build() override {
    ++builds_;
    seen_ = *constant_;
  }
  void run(std::span<const void* const>, std::span<void* const>, void*) const override {}
  int builds() const { return builds_; }
  float seen() const { return seen_; }

 private:
  const float* constant_;
  std::atomic<int> builds_{0};
  float seen_ = 0;
};

class FailingKernel : public Kernel {
 public:
  explicit FailingKernel(int number) : number_(number) {}
  void build() override { throw std::runtime_error(std::to_string(number_)); }
  void run(std::span<const void* const>, std::span<void* const>, void*) const override {}

 private:
  int number_;
};

// Of up to 4 MB each, so that more is added than may wait.
TEST(KernelBuilds, BuildsEachKernelOnceWithItsConstants) {
  for (const int threads : {1, 2, 4}) {
    std::vector<std::unique_ptr<CountingKernel>> kernels;
    KernelBuilds builds(threads);
    for (int i = 0; i < 40; ++i) {
      Tensor constant(DataType::kFloat, {i % 10 == 0 ? int64_t{1} << 20 : 1});
      *constant.mutable_data<float>() = static_cast<float>(i);
      kernels.push_back(std::make_unique<CountingKernel>(constant));
      builds.add(*kernels.back(), {constant});
    }
    builds.finish();
    for (int i = 0; i < 40; ++i) {
      EXPECT_EQ(kernels[static_cast<size_t>(i)]->builds(), 1);
      EXPECT_EQ(kernels[static_cast<size_t>(i)]->seen(), static_cast<float>(i));
    }
  }
}

TEST(KernelBuilds, TheFirstFailureIsRethrown) {
  for (const int threads : {1, 2, 4}) {
    std::vector<FailingKernel> kernels;
    for (int i = 0; i < 20; ++i) kernels.emplace_back(i);
    KernelBuilds builds(threads);
    for (FailingKernel& kernel : kernels) builds.add(kernel, {});
    try {
      builds.finish();
      FAIL();
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "0");
    }
  }
}

// As when a later node cannot be planned.
TEST(KernelBuilds, CanBeGivenUp) {
  const Tensor constant(DataType::kFloat, {1});
  std::vector<std::unique_ptr<CountingKernel>> kernels;
  {
    KernelBuilds builds(3);
    for (int i = 0; i < 100; ++i) {
      kernels.push_back(std::make_unique<CountingKernel>(constant));
      builds.add(*kernels.back(), {constant});
    }
  }
  for (const auto& kernel : kernels) EXPECT_LE(kernel->builds(), 1);
}

}  // namespace
}  // namespace edgeopt
