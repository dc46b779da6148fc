// What code that counts accesses calls besides runtime_count.
#pragma once

#include <cstdint>

namespace assay::vgpu::codegen {

/// Notes an access to global memory in the footprint that is being taken, if one is (core/footprint.h); `use` is a Use.
void runtime_touch(std::uint32_t use, std::uint32_t bytes, std::uint32_t mask, const std::uint64_t* addresses);

} // namespace assay::vgpu::codegen
