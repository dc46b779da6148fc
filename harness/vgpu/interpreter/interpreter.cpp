#include "vgpu/interpreter.h"

#include "vgpu/interpreter/machine.h"

namespace assay::vgpu {

std::optional<Fault> interpret(const Launch& launch) {
    return interpreter::Machine(launch).run();
}

} // namespace assay::vgpu
