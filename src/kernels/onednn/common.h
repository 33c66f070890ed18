// What the oneDNN kernels share.
#pragma once

#include <dnnl.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "kernels/epilogue.h"

namespace edgeopt::onednn {

const dnnl::engine& cpu();
dnnl::stream& stream();  // of the calling thread

using Dims = dnnl::memory::dims;
using Tag = dnnl::memory::format_tag;

inline dnnl::memory::desc floats(const Dims& dims, Tag tag) {
  return {dims, dnnl::memory::data_type::f32, tag};
}
inline dnnl::memory memory_at(const dnnl::memory::desc& desc, const void* data) {
  return dnnl::memory(desc, cpu(), const_cast<void*>(data));
}

// Attributes with scratch memory given by the caller, and the first steps of an epilogue where
// oneDNN computes them exactly; `steps` keeps the others. `sums`: a kAdd before all others adds
// what is in the destination.
dnnl::primitive_attr attributes(std::span<const EpilogueStep>& steps, bool sums = false);

// The same with all steps, the only kAdd wherever it stands. kFakeQuant multiplies by 1 / scale:
// what lies within a unit in the last place of the border between two codes may get the other one.
// Nothing: oneDNN lacks a step, or a grid is so fine that this would be seen.
std::optional<dnnl::primitive_attr> attributes_of_all(std::span<const EpilogueStep> steps);

// What a primitive is called with. By the C functions, and nothing is set that is set already:
// oneDNN's C++ wrappers copy a map for each call, and a small convolution takes few microseconds.
class Arguments {
 public:
  Arguments(const dnnl::primitive_desc_base& desc, bool has_bias);
  // Source, destination, scratch memory or bias.
  void set(int argument, const void* data);
  // The whole memory: oneDNN writes zeros behind the ends of packed weights that are merely set.
  void put(int argument, const dnnl::memory& memory);
  void run(const dnnl::primitive& primitive) const;

 private:
  struct Argument {
    dnnl::memory memory;
    const void* data = nullptr;
  };
  Argument& of(int argument);

  std::vector<Argument> arguments_;
  std::vector<dnnl_exec_arg_t> list_;  // the same, as oneDNN's C functions take them
};

// Lends each caller arguments of its own, to any number of threads. Making them takes microseconds,
// as long as a small convolution: those that come back are lent again.
class ArgumentPool {
 public:
  struct GiveBack {
    ArgumentPool* pool;
    void operator()(Arguments* arguments) const;
  };
  using Loan = std::unique_ptr<Arguments, GiveBack>;

  ArgumentPool(dnnl::primitive_desc_base desc, bool has_bias)
      : desc_(std::move(desc)), has_bias_(has_bias) {}
  Loan borrow();

 private:
  dnnl::primitive_desc_base desc_;
  bool has_bias_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Arguments>> idle_;
};

}  // namespace edgeopt::onednn
