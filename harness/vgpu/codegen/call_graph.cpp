#include "vgpu/codegen/call_graph.h"

#include <algorithm>
#include <functional>

namespace assay::vgpu::codegen {

using isa::Instruction;
using isa::Opcode;
using isa::Operand;

namespace {

void each_operand(const std::vector<Operand>& operands, const std::function<void(const Operand&)>& visit) {
    for (const Operand& operand : operands) {
        visit(operand);
        each_operand(operand.elements, visit);
    }
}

/// The registers that are alive before each instruction of a body, and behind the last.
std::vector<std::vector<bool>> find_alive(const isa::Function& function) {
    const std::size_t count = function.body.size();
    std::vector<std::vector<bool>> alive(count + 1, std::vector<bool>(function.registers.size(), false));
    for (bool changed = true; changed;) {
        changed = false;
        for (std::size_t i = count; i-- > 0;) {
            const Instruction& instruction = function.body[i];
            std::vector<bool> now(function.registers.size(), false);
            const auto join = [&](std::size_t target) {
                for (std::size_t reg = 0; reg < now.size(); ++reg) {
                    now[reg] = now[reg] || alive[target][reg];
                }
            };
            const bool leaves = instruction.opcode == Opcode::Bra || instruction.opcode == Opcode::BrxIdx ||
                                instruction.opcode == Opcode::Ret || instruction.opcode == Opcode::Exit;
            if (!leaves || instruction.guard) {
                join(i + 1);
            }
            if (!instruction.guard && instruction.opcode != Opcode::Wgmma) {
                each_operand(instruction.dst, [&](const Operand& operand) {
                    if (operand.kind == Operand::Kind::Register) {
                        now[operand.index] = false;
                    }
                });
            }
            for (const std::uint32_t target : instruction.targets) {
                join(target);
            }
            each_operand(instruction.src, [&](const Operand& operand) {
                if (operand.kind == Operand::Kind::Register) {
                    now[operand.index] = true;
                }
            });
            if (instruction.guard) {
                now[*instruction.guard] = true;
            }
            if (now != alive[i]) {
                alive[i] = std::move(now);
                changed = true;
            }
        }
    }
    return alive;
}

} // namespace

CallGraph::CallGraph(const isa::Program& program)
    : program_(program), address_taken_(program.functions.size(), false),
      calls_itself_(program.functions.size(), false) {
    const std::size_t count = program.functions.size();
    for (const isa::Variable& variable : program.variables) {
        for (const isa::Relocation& relocation : variable.relocations) {
            if (relocation.function) {
                address_taken_[*relocation.function] = true;
            }
        }
    }
    for (const isa::Function& function : program.functions) {
        for (const Instruction& instruction : function.body) {
            each_operand(instruction.src, [&](const Operand& operand) {
                if (operand.kind == Operand::Kind::Function) {
                    address_taken_[operand.index] = true;
                }
            });
        }
    }
    std::vector<std::vector<std::uint32_t>> callees(count);
    for (std::size_t from = 0; from < count; ++from) {
        for (const isa::CallSite& site : program.functions[from].calls) {
            if (site.callee) {
                callees[from].push_back(*site.callee);
            } else {
                std::ranges::copy(candidates(site), std::back_inserter(callees[from]));
            }
        }
    }
    for (std::uint32_t start = 0; start < count; ++start) {
        std::vector<bool> seen(count, false);
        std::vector<std::uint32_t> work = callees[start];
        while (!work.empty()) {
            const std::uint32_t function = work.back();
            work.pop_back();
            if (!seen[function]) {
                seen[function] = true;
                work.insert(work.end(), callees[function].begin(), callees[function].end());
            }
        }
        calls_itself_[start] = seen[start];
    }
}

std::vector<std::uint32_t> CallGraph::candidates(const isa::CallSite& site) const {
    const auto fit = [](const std::vector<isa::ParamSlot>& a, const std::vector<isa::ParamSlot>& b) {
        return std::ranges::equal(a, b, {}, &isa::ParamSlot::bytes, &isa::ParamSlot::bytes);
    };
    std::vector<std::uint32_t> result;
    for (std::uint32_t index = 0; index < program_.functions.size(); ++index) {
        const isa::Function& function = program_.functions[index];
        if (address_taken_[index] && function.defined && !function.entry && fit(site.arguments, function.parameters) &&
            fit(site.returns, function.returns)) {
            result.push_back(index);
        }
    }
    return result;
}

std::vector<std::uint32_t> CallGraph::alive_across(std::uint32_t function, std::uint32_t position) {
    auto& alive = alive_[function];
    if (alive.empty()) {
        alive = find_alive(program_.functions[function]);
    }
    std::vector<std::uint32_t> result;
    for (std::uint32_t reg = 0; reg < alive[position + 1].size(); ++reg) {
        if (alive[position + 1][reg]) {
            result.push_back(reg);
        }
    }
    return result;
}

} // namespace assay::vgpu::codegen
