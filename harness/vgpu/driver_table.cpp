#include "vgpu/api.h"
#include "vgpu/vgpu.h"

namespace assay::vgpu {

const driver::Table& driver_table() {
    static const driver::Table table = [] {
        driver::Table filled;
#define ASSAY_FILL(name) filled.name = &api::name;
        ASSAY_DRIVER_FUNCTIONS(ASSAY_FILL)
#undef ASSAY_FILL
        return filled;
    }();
    return table;
}

} // namespace assay::vgpu
