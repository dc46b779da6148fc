// The buffers of a plan as the virtual GPU's tools know them.
#pragma once

#if ASSAY_VGPU
#include <string>
#include <vector>

#include "eval/executor.h"
#include "vgpu/core/finding.h"

namespace assay::eval {

/// In the plan's order; `names` are those of its buffers. A symbol, whose allocation nobody knows, has no room.
[[nodiscard]] inline std::vector<vgpu::MemoryObject> memory_objects(const PreparedPlan& plan,
                                                                    const std::vector<std::string>& names) {
    std::vector<vgpu::MemoryObject> objects;
    for (const PreparedPlan::Place& place : plan.places()) {
        objects.push_back({.name = names.at(objects.size()),
                           .address = place.data,
                           .bytes = place.bytes,
                           .room = place.room,
                           .room_bytes = place.room_bytes,
                           .initialised = place.initialised});
    }
    return objects;
}

} // namespace assay::eval
#endif
