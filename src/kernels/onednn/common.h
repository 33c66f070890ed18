// What the oneDNN kernels share.
#pragma once

#include <dnnl.hpp>
#include <span>

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
// oneDNN computes them exactly; `steps` keeps the others.
dnnl::primitive_attr attributes(std::span<const EpilogueStep>& steps);

}  // namespace edgeopt::onednn
