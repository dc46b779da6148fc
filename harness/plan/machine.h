// The interpreter: one scalar thread that runs host functions of a program.
//
// What an instruction computes is `isa/evaluate.h`'s business; here are memory, control flow and calls. A function call
// makes two regions, the parameter frame and the local frame; registers live on one stack. Everything is bounded:
// instructions, call depth, memory. Calls to functions without a body go to a handler.
//
// Host code has no threads, blocks or clock: %tid is 0 and %ntid 1, a barrier or a clock is refused.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "isa/evaluate.h"
#include "isa/program.h"
#include "plan/checked.h"
#include "plan/host_call.h"
#include "plan/host_memory.h"

namespace assay::plan {

class Machine {
public:
    using CallHandler = std::function<Checked<>(const isa::Function& callee, HostCall& call)>;

    Machine(const isa::Program& program, HostMemory& memory, const RecordLimits& limits, CallHandler handler);

    /// Runs a function until it returns. `arguments`: the bytes of its parameters by position.
    [[nodiscard]] Checked<> run(std::uint32_t function, std::span<const std::vector<std::byte>> arguments);

    [[nodiscard]] std::uint64_t steps() const { return steps_; }
    /// The line of the candidate's source that runs now; 0 when unknown.
    [[nodiscard]] std::uint32_t line() const;

private:
    struct Frame {
        std::uint32_t function = 0;
        std::uint32_t next = 0;            ///< the instruction after the current one
        std::size_t registers = 0;         ///< where this frame's begin
        Address parameters = 0, local = 0; ///< 0: it has none
        isa::Flags flags;
    };

    [[nodiscard]] Checked<> enter(std::uint32_t function);
    [[nodiscard]] Checked<> leave();
    [[nodiscard]] Checked<> step();
    [[nodiscard]] Checked<> execute(const isa::Instruction& instruction);
    [[nodiscard]] Checked<> load(const isa::Instruction& instruction);
    [[nodiscard]] Checked<> store(const isa::Instruction& instruction);
    [[nodiscard]] Checked<> atomic(const isa::Instruction& instruction);
    [[nodiscard]] Checked<> compute(const isa::Instruction& instruction);
    [[nodiscard]] Checked<> move(const isa::Instruction& instruction);
    [[nodiscard]] Checked<> call(const isa::Instruction& instruction);
    [[nodiscard]] Checked<> call_external(const isa::Function& callee, const isa::CallSite& site);
    [[nodiscard]] Checked<std::uint32_t> callee_of(const isa::Instruction& instruction, const isa::CallSite& site);
    [[nodiscard]] bool in_space(Address address, isa::Space space) const;

    [[nodiscard]] isa::Value read(const isa::Operand& operand) const;
    void write(const isa::Operand& operand, isa::Value value);
    [[nodiscard]] Address address_of(const isa::Operand& operand) const;
    [[nodiscard]] Checked<isa::Value> load_value(Address address, isa::Type type);
    [[nodiscard]] Checked<> store_value(Address address, isa::Type type, isa::Value value);

    [[nodiscard]] std::uint32_t line_of(const Frame& frame) const;
    void locate(PlanError& error) const;

    const isa::Program& program_;
    HostMemory& memory_;
    RecordLimits limits_;
    CallHandler handler_;
    std::uint32_t candidate_file_ = 0;
    std::uint64_t steps_ = 0;
    std::vector<Frame> frames_;
    std::vector<isa::Value> registers_;
    std::vector<isa::Value> operands_, results_; ///< scratch of `compute`
};

} // namespace assay::plan
