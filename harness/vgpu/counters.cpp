#include "vgpu/counters.h"

#include "vgpu/device.h"

namespace assay::vgpu {

namespace {

std::uint64_t volume(const Dim3& dim) {
    return std::uint64_t{dim[0]} * dim[1] * dim[2];
}

} // namespace

std::uint64_t LaunchProfile::threads() const {
    return volume(grid) * volume(block);
}

std::uint64_t LaunchProfile::warps() const {
    return volume(grid) * ((volume(block) + warp_size - 1) / warp_size);
}

std::uint64_t Counters::flops() const {
    return of(Arithmetic::Fp64) + of(Arithmetic::Fp32) + of(Arithmetic::Fp16) + of(Arithmetic::Tensor);
}

void Counters::add(const InstructionProfile& instruction) {
    const Cost& cost = instruction.cost;
    const Tally& tally = instruction.tally;
    const auto count = [&](Executed& to) {
        to.warps += tally.warps;
        to.threads += tally.threads;
    };
    count(all);
    count(by_class[static_cast<std::size_t>(cost.kind)]);
    const std::uint64_t times = cost.by_warp ? tally.warps : tally.threads;
    operations[static_cast<std::size_t>(cost.arithmetic)] += cost.operations * times;
    traffic[static_cast<std::size_t>(cost.load_space)].loaded += cost.loaded * times;
    traffic[static_cast<std::size_t>(cost.load_space)].atomic += cost.atomic * times;
    traffic[static_cast<std::size_t>(cost.store_space)].stored += cost.stored * times;
    branches += cost.kind == InstructionClass::Control ? tally.warps : 0;
    parted += tally.parted;
    access += tally.access;
}

Counters total(std::span<const InstructionProfile> instructions) {
    Counters counters;
    for (const InstructionProfile& instruction : instructions) {
        counters.add(instruction);
    }
    return counters;
}

LaunchProfile make_profile(const Launch& launch, const Tallies& tallies, bool interpreted) {
    const isa::Program& program = launch.module->program;
    LaunchProfile profile;
    profile.kernel = program.functions[launch.kernel].name;
    profile.grid = launch.grid;
    profile.block = launch.block;
    profile.static_shared = isa::shared_layout(program, launch.kernel).static_bytes;
    profile.dynamic_shared = launch.dynamic_shared;
    profile.interpreted = interpreted;
    for (std::size_t function = 0; function < tallies.of.size(); ++function) {
        for (std::size_t i = 0; i < tallies.of[function].size(); ++i) {
            const Tally& tally = tallies.of[function][i];
            if (tally.warps == 0) {
                continue;
            }
            const isa::Instruction& instruction = program.functions[function].body[i];
            profile.instructions.push_back({.text = instruction.text,
                                            .source = instruction.source,
                                            .file = program.files.at(instruction.source.file),
                                            .outer_file = program.files.at(instruction.source.outer_file),
                                            .cost = cost_of(instruction),
                                            .tally = tally});
        }
    }
    return profile;
}

void set_counting(Counting counting) {
    Device::instance().set_counting(counting);
}
std::vector<LaunchProfile> take_profiles() {
    return Device::instance().take_profiles();
}

} // namespace assay::vgpu
