#include "vgpu/codegen/runtime_footprint.h"

#include "vgpu/core/footprint.h"

namespace assay::vgpu::codegen {

void runtime_touch(std::uint32_t use, std::uint32_t bytes, std::uint32_t mask, const std::uint64_t* addresses) {
    if (Footprint* const footprint = Footprint::taken(); footprint != nullptr) {
        footprint->add(static_cast<Use>(use), bytes, mask, addresses);
    }
}

} // namespace assay::vgpu::codegen
