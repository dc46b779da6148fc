// A piece of code as bytes: an object file, and what the runtime has to know beside it. Only of code that does not
// count: counters are for a look at one run.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "vgpu/codegen/generator_kernel.h"

namespace assay::vgpu::codegen {

/// `together`: the object file has the version for lanes that stay together besides the masked one.
[[nodiscard]] std::vector<std::byte> pack(const Kernel& kernel, const Code& code, bool together,
                                          std::string_view object);

struct Unpacked {
    std::unique_ptr<Code> code; ///< not linked yet; nullptr if the bytes are not of this kernel
    bool together = false;
    std::string_view object; ///< in the bytes
};
[[nodiscard]] Unpacked unpack(const Kernel& kernel, std::span<const std::byte> bytes);

} // namespace assay::vgpu::codegen
