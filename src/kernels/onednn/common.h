// What the oneDNN kernels share.
#pragma once

#include <dnnl.hpp>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

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
