// The functions that device code can call without defining them: those of CUDA's device-side printf, malloc and assert,
// with the parameters that the NVIDIA compilers give them.
#include <algorithm>
#include <array>
#include <cstring>

#include <fmt/format.h>

#include "vgpu/core/execution.h"

namespace assay::vgpu {

namespace {

constexpr std::array<std::string_view, 4> externals = {"vprintf", "malloc", "free", "__assertfail"};

/// Parameter `index` of the callee, zero-extended; zero where the declaration has no such parameter.
std::uint64_t argument(const isa::Function& callee, std::span<const std::byte> arguments, std::size_t index) {
    if (index >= callee.parameters.size()) {
        return 0;
    }
    const isa::ParamSlot& slot = callee.parameters[index];
    std::uint64_t value = 0;
    if (slot.bytes <= sizeof value && slot.offset <= arguments.size() && slot.bytes <= arguments.size() - slot.offset) {
        std::memcpy(&value, arguments.data() + slot.offset, slot.bytes);
    }
    return value;
}

void give(std::span<std::byte> result, std::uint64_t value) {
    std::memcpy(result.data(), &value, std::min(result.size(), sizeof value));
}

} // namespace

std::optional<std::uint32_t> function_at(const isa::Program& program, std::uint64_t address) {
    if (address == 0 || address % 16 != 0 || address / 16 > program.functions.size()) {
        return std::nullopt;
    }
    return static_cast<std::uint32_t>(address / 16 - 1);
}

bool is_external(std::string_view name) {
    return std::ranges::find(externals, name) != externals.end();
}

bool call_external(const Launch& launch, const isa::Function& callee, std::span<const std::byte> arguments,
                   std::span<std::byte> result, std::optional<Fault>& fault) {
    const auto value = [&](std::size_t index) { return argument(callee, arguments, index); };
    if (callee.name == "vprintf") {
        const std::string text = format_print(*launch.memory, value(0), value(1));
        launch.services->print(text);
        give(result, text.size());
        return true;
    }
    if (callee.name == "malloc") {
        give(result, launch.services->heap_allocate(value(0)));
        return true;
    }
    if (callee.name == "free") {
        if (value(0) != 0) {
            launch.services->heap_free(value(0));
        }
        return true;
    }
    if (callee.name == "__assertfail") { // message, file, line, function, bytes of a character
        const std::string text =
            fmt::format("{}:{}: {}: assertion `{}` failed", read_string(*launch.memory, value(1)), value(2),
                        read_string(*launch.memory, value(3)), read_string(*launch.memory, value(0)));
        launch.services->print(text + "\n");
        fault.emplace();
        fault->kind = Fault::Kind::Assert;
        fault->message = text;
        fault->kernel = launch.module->program.functions[launch.kernel].name;
        return true;
    }
    return false;
}

} // namespace assay::vgpu
