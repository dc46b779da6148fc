// Questions about a decoded program.
#include "isa/program.h"

#include <algorithm>
#include <limits>
#include <set>

#include <fmt/format.h>

#include "isa/decode.h"

namespace assay::isa {

namespace {

/// Calls `visit` for every operand of the instruction, those inside vectors and addresses too.
template <class Visit> void for_each_operand(const std::vector<Operand>& operands, const Visit& visit) {
    for (const Operand& operand : operands) {
        visit(operand);
        for_each_operand(operand.elements, visit);
    }
}

template <class Visit> void for_each_operand(const Function& function, const Visit& visit) {
    for (const Instruction& instruction : function.body) {
        for_each_operand(instruction.src, visit);
        for_each_operand(instruction.dst, visit);
    }
}

/// Functions whose address something takes, entries apart: those are launched, not called.
std::set<std::uint32_t> address_taken(const Program& program) {
    std::set<std::uint32_t> taken;
    for (const Function& function : program.functions) {
        for_each_operand(function, [&taken](const Operand& operand) {
            if (operand.kind == Operand::Kind::Function) {
                taken.insert(operand.index);
            }
        });
    }
    for (const Variable& variable : program.variables) {
        for (const Relocation& relocation : variable.relocations) {
            if (relocation.function) {
                taken.insert(*relocation.function);
            }
        }
    }
    std::erase_if(taken, [&program](std::uint32_t index) { return program.functions[index].entry; });
    return taken;
}

/// Rounded up to the alignment; a sum beyond 32 bits stays at their end, where no launch accepts it.
std::uint32_t round_up(std::uint64_t value, std::uint32_t alignment) {
    constexpr std::uint64_t end = std::numeric_limits<std::uint32_t>::max();
    return static_cast<std::uint32_t>(std::min((value + alignment - 1) / alignment * alignment, end));
}

} // namespace

const Function* Program::find_function(const std::string& name) const {
    const auto found = function_index.find(name);
    return found == function_index.end() ? nullptr : &functions[found->second];
}

std::vector<std::uint32_t> reachable_functions(const Program& program, std::uint32_t root) {
    std::vector<std::uint32_t> reached{root};
    std::set<std::uint32_t> known{root};
    const auto reach = [&reached, &known](std::uint32_t index) {
        if (known.insert(index).second) {
            reached.push_back(index);
        }
    };
    bool indirect = false;
    for (std::size_t i = 0; i < reached.size(); ++i) {
        for (const CallSite& call : program.functions[reached[i]].calls) {
            if (call.callee) {
                reach(*call.callee);
            } else if (!indirect) {
                indirect = true;
                std::ranges::for_each(address_taken(program), reach);
            }
        }
    }
    return reached;
}

SharedLayout shared_layout(const Program& program, std::uint32_t kernel) {
    constexpr std::uint32_t minimum_alignment = 16; // of dynamic shared memory, as the driver has it
    std::set<std::uint32_t> used;
    for (const std::uint32_t function : reachable_functions(program, kernel)) {
        for_each_operand(program.functions[function], [&](const Operand& operand) {
            if (operand.kind == Operand::Kind::Variable && program.variables[operand.index].space == Space::Shared) {
                used.insert(operand.index);
            }
        });
    }
    SharedLayout layout;
    std::uint32_t alignment = minimum_alignment;
    for (const std::uint32_t index : used) {
        const Variable& variable = program.variables[index];
        if (variable.external) {
            alignment = std::max(alignment, variable.alignment);
            continue;
        }
        const std::uint32_t offset = round_up(layout.static_bytes, variable.alignment);
        layout.offsets[index] = offset;
        layout.static_bytes = round_up(offset + variable.bytes, 1);
    }
    layout.dynamic_offset = round_up(layout.static_bytes, alignment);
    for (const std::uint32_t index : used) {
        if (program.variables[index].external) {
            layout.offsets[index] = layout.dynamic_offset;
        }
    }
    return layout;
}

std::string describe(const Program& program, const Source& source) {
    const bool file = source.file != 0 && source.file < program.files.size();
    std::string result;
    if (file && source.line != 0) {
        result = fmt::format("{}:{}", program.files[source.file], source.line);
    }
    if (source.outer_file != 0 && source.outer_file < program.files.size() && source.outer_line != 0) {
        result += fmt::format(", inlined at {}:{}", program.files[source.outer_file], source.outer_line);
    }
    if (source.ptx_line != 0) {
        result += result.empty() ? fmt::format("ptx line {}", source.ptx_line)
                                 : fmt::format(" (ptx line {})", source.ptx_line);
    }
    return result.empty() ? "unknown place" : result;
}

std::string_view to_string(Opcode opcode) {
    constexpr std::string_view names[] = {
        "abs",
        "add",
        "addc",
        "sub",
        "subc",
        "mul",
        "mul24",
        "mad",
        "madc",
        "mad24",
        "sad",
        "div",
        "rem",
        "neg",
        "min",
        "max",
        "popc",
        "clz",
        "bfind",
        "fns",
        "brev",
        "bfe",
        "bfi",
        "szext",
        "bmsk",
        "dp4a",
        "dp2a",
        "fma",
        "rcp",
        "sqrt",
        "rsqrt",
        "sin",
        "cos",
        "lg2",
        "ex2",
        "tanh",
        "copysign",
        "testp",
        "set",
        "setp",
        "selp",
        "slct",
        "and",
        "or",
        "xor",
        "not",
        "cnot",
        "lop3",
        "shf",
        "shl",
        "shr",
        "prmt",
        "mov",
        "ld",
        "st",
        "prefetch",
        "isspacep",
        "cvta",
        "cvt",
        "cvt.pack",
        "mapa",
        "getctarank",
        "applypriority",
        "discard",
        "createpolicy",
        "cp.async",
        "cp.async.commit_group",
        "cp.async.wait_group",
        "cp.async.wait_all",
        "cp.async.bulk",
        "cp.async.bulk.tensor",
        "st.async",
        "red.async",
        "mbarrier",
        "bra",
        "brx.idx",
        "call",
        "ret",
        "exit",
        "trap",
        "brkpt",
        "nanosleep",
        "pmevent",
        "bar",
        "bar.warp.sync",
        "fence",
        "atom",
        "red",
        "vote",
        "match",
        "redux",
        "activemask",
        "shfl",
        "elect",
        "barrier.cluster",
        "mma",
        "wmma.load",
        "wmma.store",
        "wmma.mma",
        "ldmatrix",
        "stmatrix",
        "movmatrix",
        "wgmma",
        "hint",
        "unsupported",
    };
    static_assert(std::size(names) == static_cast<std::size_t>(Opcode::Unsupported) + 1);
    return names[static_cast<std::size_t>(opcode)];
}

} // namespace assay::isa
