// What the ISA calls asynchronous (core/async.h), for a thread or a warp of the interpreter.
#include <array>

#include <fmt/format.h>

#include "vgpu/core/async.h"
#include "vgpu/interpreter/machine.h"

namespace assay::vgpu::interpreter {

/// The memory of a thread of the machine.
class Machine::Access final : public ThreadMemory {
public:
    Access(Machine& machine, const Context& context) : machine_(machine), context_(context) {}
    std::byte* resolve(isa::Space space, std::uint64_t address, std::uint64_t bytes, std::uint64_t alignment) override {
        at_ = machine_.resolve_range(context_, space, address, bytes, alignment);
        if (at_ != nullptr && machine_.launch_.checker != nullptr &&
            context_.instruction.opcode != isa::Opcode::Wgmma) {
            machine_.check_copied(context_, at_, bytes);
        }
        return at_;
    }
    void fail(Fault::Kind kind, const std::string& what) override { machine_.fail(context_, kind, what); }
    void heard(const std::byte* mbarrier) override {
        if (machine_.launch_.checker != nullptr) {
            context_.block.cluster->heard[reinterpret_cast<std::uint64_t>(mbarrier)] = machine_.accessing(context_);
        }
    }
    /// Where that of an instruction on an mbarrier lies.
    [[nodiscard]] const std::byte* mbarrier() const {
        return context_.instruction.opcode == isa::Opcode::Mbarrier ? at_ : nullptr;
    }

private:
    Machine& machine_;
    const Context& context_;
    std::byte* at_ = nullptr; ///< what was asked for last
};

void Machine::execute_async(const Context& context) {
    constexpr std::size_t most_sources = 12;
    const isa::Instruction& instruction = context.instruction;
    std::array<isa::Value, most_sources> values{};
    std::array<std::uint64_t, most_sources> sources{};
    const std::size_t count = read_all(context, instruction.src, values);
    for (std::size_t i = 0; i < count; ++i) {
        sources.at(i) = values.at(i).bits;
    }
    Access access(*this, context);
    std::uint64_t result = 0;
    if (!run_async(access, instruction, std::span(sources).first(count), result)) {
        return;
    }
    if (launch_.checker != nullptr && access.mbarrier() != nullptr) {
        check_mbarrier(context, reinterpret_cast<std::uint64_t>(access.mbarrier()), result != 0);
    }
    if (!instruction.dst.empty()) {
        write(context, instruction.dst[0], {result});
    }
    context.warp.contacts += has_to_wait(instruction, result) ? patience : 0;
}

void Machine::multiply_warpgroup(Block& block, Warp& warp, Lanes lanes) {
    const Context leader = context_of(block, warp, static_cast<std::uint32_t>(std::countr_zero(lanes)));
    const isa::Instruction& instruction = leader.instruction;
    if (lanes != all_lanes) {
        fail(leader, Fault::Kind::LaunchFailure, fmt::format("`{}` without all lanes of its warp", instruction.text));
        return;
    }
    const auto gather = [&](const isa::Operand& operand) {
        std::vector<std::uint64_t> registers(operand.elements.size() * warp_size);
        for (std::uint32_t lane = 0; lane < warp_size; ++lane) {
            const Context context = context_of(block, warp, lane);
            for (std::size_t i = 0; i < operand.elements.size(); ++i) {
                registers[i * warp_size + lane] = read(context, operand.elements[i]).bits;
            }
        }
        return registers;
    };
    std::vector<std::uint64_t> a = gather(instruction.src[0]);
    if (a.empty()) {
        a.push_back(read(leader, instruction.src[0]).bits);
    }
    std::vector<std::uint64_t> d = gather(instruction.dst[0]);
    Access access(*this, leader);
    if (!run_wgmma(access, instruction, warp.index, a, read(leader, instruction.src[1]).bits,
                   read(leader, instruction.src[2]).bits != 0, d)) {
        return;
    }
    for (std::uint32_t lane = 0; lane < warp_size; ++lane) {
        const Context context = context_of(block, warp, lane);
        for (std::size_t i = 0; i < instruction.dst[0].elements.size(); ++i) {
            write(context, instruction.dst[0].elements[i], {d[i * warp_size + lane]});
        }
    }
}

} // namespace assay::vgpu::interpreter
