// The functions of the driver table under the names that a driver library exports.
//
// Each is an indirect function (GNU ifunc): when a program is loaded, its symbol is bound to the function of
// `vgpu/api.h`, whose type the compiler checks. Functions that the table does not have are in more.cpp.
#include "vgpu/api.h"

#define ASSAY_EXPORT(name)                                                                                             \
    extern "C" decltype(&::name) assay_resolve_##name() {                                                              \
        return &assay::vgpu::api::name;                                                                                \
    }                                                                                                                  \
    extern "C" [[gnu::visibility("default"), gnu::ifunc("assay_resolve_" #name)]] decltype(::name) name;

ASSAY_DRIVER_FUNCTIONS(ASSAY_EXPORT)
