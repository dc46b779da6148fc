#include "eval/resources.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>

#include "compile/assembler.h"
#include "driver/occupancy.h"

namespace assay::eval {

namespace {

using nlohmann::json;

/// "sm_90a" if the PTX is for that and the GPU is an sm_90, else the GPU's own.
std::string assembled_for(const std::string& ptx, const std::string& architecture) {
    constexpr std::string_view directive = ".target ";
    const auto at = ptx.find(directive);
    if (at != ptx.npos) {
        const auto start = at + directive.size();
        const std::string target = ptx.substr(start, ptx.find_first_of(" ,\n\r", start) - start);
        if (target == architecture + "a") {
            return target;
        }
    }
    return architecture;
}

} // namespace

Result<driver::DeviceDescription> description_of(const tasks::DeviceProfile& gpu) {
    const auto has = driver::multiprocessor_of(gpu.architecture);
    constexpr std::string_view prefix = "sm_";
    std::uint32_t capability = 0;
    if (has && gpu.architecture.starts_with(prefix)) {
        std::from_chars(gpu.architecture.data() + prefix.size(), gpu.architecture.data() + gpu.architecture.size(),
                        capability);
    }
    if (capability == 0) {
        return fail(fmt::format("nothing is known about multiprocessors of architecture {}", gpu.architecture),
                    gpu.name, "driver/occupancy.cpp has the table");
    }
    driver::DeviceDescription device;
    device.name = gpu.name;
    device.compute_major = capability / 10;
    device.compute_minor = capability % 10;
    device.multiprocessors = static_cast<std::uint32_t>(gpu.multiprocessors);
    device.max_shared_per_block = 48 * 1024;
    device.max_shared_optin = has->block_shared_bytes;
    return device;
}

void add_resources(json& profile, const tasks::DeviceProfile& gpu, const compile::Toolkit& toolkit,
                   const std::string& ptx) {
    json& about = profile["gpu"] = {{"name", gpu.name}, {"architecture", gpu.architecture}};
    const auto assembled = compile::assemble(toolkit, ptx, assembled_for(ptx, gpu.architecture));
    if (!assembled) {
        about["problem"] = assembled.error().to_string();
        return;
    }
    const driver::Multiprocessor has = driver::multiprocessor_of(gpu.architecture).value_or(driver::Multiprocessor{});
    for (json& launch : profile.at("launches")) {
        const auto kernel =
            std::ranges::find(*assembled, launch.at("kernel").get<std::string>(), &compile::KernelResources::kernel);
        if (kernel == assembled->end()) {
            about["problem"] = "the assembler says nothing of " + launch.at("kernel").get<std::string>();
            continue;
        }
        const auto block = launch.at("block").get<std::array<std::uint32_t, 3>>();
        // Of static shared memory the assembler's account counts: it holds what the GPU adds.
        const auto occupancy = driver::occupancy_of(
            has, {.threads = block[0] * block[1] * block[2],
                  .registers = kernel->registers,
                  .shared_bytes = kernel->shared_bytes + launch.at("dynamic_shared").get<std::uint32_t>(),
                  .barriers = kernel->barriers});
        launch["resources"] = {{"registers", kernel->registers},
                               {"stack_bytes", kernel->stack_bytes},
                               {"spill_stores", kernel->spill_store_bytes},
                               {"spill_loads", kernel->spill_load_bytes},
                               {"static_shared", kernel->shared_bytes},
                               {"barriers", kernel->barriers}};
        launch["occupancy"] = {{"blocks", occupancy.blocks},
                               {"warps", occupancy.warps},
                               {"fraction", occupancy.fraction},
                               {"limit", occupancy.limit}};
    }
}

} // namespace assay::eval
