// The table of the real driver. libcuda.so.1 belongs to the kernel module of the machine, so it is found at run time
// and never shipped or linked; a machine without it is a normal machine.
#include <atomic>
#include <string_view>

#include <dlfcn.h>

#include "driver/device.h"
#include "driver/libcuda.h"

namespace assay::driver {

namespace {

constexpr const char* library_name = "libcuda.so.1";

std::atomic<const Table*> given_out = nullptr;

/// cuEventElapsedTime_v2 came with CUDA 12.8; before, its predecessor did the same under the same signature.
const char* older_name_of(std::string_view name) {
    return name == "cuEventElapsedTime_v2" ? "cuEventElapsedTime" : nullptr;
}

struct Loaded {
    Table table;
    Result<const Table*> result = nullptr;
};

Loaded& loaded() {
    static Loaded instance = [] {
        Loaded fresh;
        void* library = dlopen(library_name, RTLD_NOW | RTLD_LOCAL);
        if (library == nullptr) {
            fresh.result = fail("there is no NVIDIA driver on this machine", library_name,
                                "install the driver, or use the virtual GPU: --device vgpu");
            return fresh;
        }
        if (auto filled = fill_table(fresh.table, [&](const char* name) { return dlsym(library, name); }); !filled) {
            fresh.result = std::unexpected(filled.error());
        }
        return fresh;
    }();
    return instance;
}

} // namespace

Result<> fill_table(Table& table, const std::function<void*(const char*)>& find) {
    const auto resolve = [&](const char* name) {
        void* symbol = find(name);
        if (const char* older = older_name_of(name); symbol == nullptr && older != nullptr) {
            symbol = find(older);
        }
        return symbol;
    };
#define ASSAY_RESOLVE(name)                                                                                            \
    table.name = reinterpret_cast<decltype(table.name)>(resolve(#name));                                               \
    if (table.name == nullptr) {                                                                                       \
        return fail("the NVIDIA driver has no function " #name, library_name,                                          \
                    "install a driver for CUDA 12 or newer");                                                          \
    }
    ASSAY_DRIVER_FUNCTIONS(ASSAY_RESOLVE)
#undef ASSAY_RESOLVE
    return {};
}

Result<const Table*> load_libcuda() {
    Loaded& driver = loaded();
    if (!driver.result) {
        return driver.result;
    }
    given_out = &driver.table;
    return &driver.table;
}

bool is_libcuda(const Table& table) {
    return &table == &loaded().table;
}

} // namespace assay::driver
