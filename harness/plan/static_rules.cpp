#include "plan/static_rules.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <utility>

#include "plan/names.h"
#include "plan/reach.h"

namespace assay::plan {

namespace {

using isa::Instruction;
using isa::Opcode;
using isa::Special;

/// Whether it reads one of these special registers, wherever in its operands.
bool reads(const Instruction& instruction, std::initializer_list<Special> specials) {
    const auto is_one = [&](const auto& self, const isa::Operand& operand) -> bool {
        return (operand.kind == isa::Operand::Kind::Special &&
                std::ranges::find(specials, operand.special) != specials.end()) ||
               std::ranges::any_of(operand.elements, [&](const isa::Operand& element) { return self(self, element); });
    };
    return std::ranges::any_of(instruction.src, [&](const isa::Operand& operand) { return is_one(is_one, operand); });
}

/// Whether it is one that no engine of ours runs and names such a register: a GPU's assembler may take it.
bool names(const Instruction& instruction, std::string_view name) {
    return instruction.opcode == Opcode::Unsupported && instruction.text.find(name) != instruction.text.npos;
}

/// The clock, or a counter of events (%pm0 to %pm7).
bool is_clock(const Instruction& i) {
    return reads(i, {Special::Clock, Special::ClockHi, Special::Clock64}) || names(i, "%clock") || names(i, "%pm");
}

bool is_timer(const Instruction& i) {
    return reads(i, {Special::GlobalTimer, Special::GlobalTimerLo, Special::GlobalTimerHi}) || names(i, "%globaltimer");
}

bool is_sleep(const Instruction& i) {
    return i.opcode == Opcode::Nanosleep;
}

bool is_grid_number(const Instruction& i) {
    return reads(i, {Special::GridId}) || names(i, "%gridid") || names(i, "%current_graph_exec");
}

bool is_placement(const Instruction& i) {
    return reads(i, {Special::SmId, Special::NsmId, Special::WarpId, Special::NwarpId});
}

/// evict_last keeps data through a flush of the cache (PTX ISA 9.7.9.2, cache eviction priority hints). A policy is a
/// number, so it need not come from createpolicy.
bool is_cache_priority(const Instruction& i) {
    return i.opcode == Opcode::Createpolicy || i.opcode == Opcode::Applypriority ||
           i.text.find("evict_last") != i.text.npos || i.text.find("L2::cache_hint") != i.text.npos;
}

/// Reads, orders or changes memory that is visible beyond the device: for pinned or managed memory of the host.
bool is_system_scope(const Instruction& i) {
    return i.mod.scope == isa::Scope::Sys &&
           (i.opcode == Opcode::Atom || i.opcode == Opcode::Red || i.opcode == Opcode::Ld || i.opcode == Opcode::St);
}

/// Asks of which space an address is, or makes one of another block's: honest code knows its pointers.
bool is_address_space(const Instruction& i) {
    return i.opcode == Opcode::Isspacep || i.opcode == Opcode::Mapa;
}

bool is_debugging(const Instruction& i) {
    return i.opcode == Opcode::Pmevent || i.opcode == Opcode::Brkpt;
}

struct Check {
    Rule rule;
    bool (*breaks)(const Instruction&);
    std::string_view what;
};

const std::vector<Check>& checks() {
    static const std::vector<Check> all{
        {{"clock", Severity::Reject, "a kernel that sees time pass can tell a timed run from a check"},
         is_clock,
         "reads the clock of its multiprocessor"},
        {{"timer", Severity::Reject, "a kernel that sees time pass can tell a timed run from a check"},
         is_timer,
         "reads the global timer"},
        {{"grid-number", Severity::Reject, "the number of a launch tells a first run from a later one"},
         is_grid_number,
         "reads the number of its launch (%gridid)"},
        {{"sleep", Severity::Warning, "sleeping computes nothing; pauses can raise the clock of a device"},
         is_sleep,
         "sleeps (nanosleep)"},
        {{"cache-priority", Severity::Warning, "what is kept in the cache can outlast the flush before a timed run"},
         is_cache_priority,
         "asks the cache to keep data (evict_last or a policy)"},
        {{"system-scope", Severity::Note, "a task's buffers are the device's own: nothing beyond it reads them"},
         is_system_scope,
         "changes memory atomically at system scope, as for memory of the host"},
        {{"address-space", Severity::Note, "asking what an address is prepares for what is no buffer of the task"},
         is_address_space,
         "asks of which space an address is (isspacep, mapa)"},
        {{"debugging", Severity::Note, "a profiler's or debugger's instruction has no place in a finished kernel"},
         is_debugging,
         "has an instruction for profilers or debuggers"},
        {{"placement", Severity::Note, "where a block runs is chance, and need not be the same when it is timed"},
         is_placement,
         "asks on which multiprocessor or warp slot it runs"},
    };
    return all;
}

constexpr Rule absolute_address{"absolute-address", Severity::Warning,
                                "where buffers lie is told by parameters: an address in the source is a guess at "
                                "somebody else's memory"};
constexpr Rule device_heap{"device-heap", Severity::Reject,
                           "what is allocated there outlives the call, so that a later one could find it: use "
                           "cudaMalloc in host code"};
constexpr Rule unreachable_code{"unreachable-code", Severity::Note, "code that no launch reaches is not judged"};

RuleFinding finding(const isa::Program& program, const Check& check, const std::string& kernel,
                    const Instruction& instruction) {
    const isa::Source& source = instruction.source;
    const bool inlined = source.outer_line != 0;
    return {.rule = std::string(check.rule.name),
            .severity = check.rule.severity,
            .kernel = kernel,
            .what = fmt::format("kernel {} {}", kernel, check.what),
            .file = file_name(program, inlined ? source.outer_file : source.file),
            .line = inlined ? source.outer_line : source.line};
}

/// The first place where what a kernel reaches breaks a rule.
std::optional<RuleFinding> apply(const isa::Program& program, const Check& check, const std::string& kernel,
                                 const Reach& reached) {
    for (const std::uint32_t function : reached.functions) {
        const auto& body = program.functions[function].body;
        if (const auto found = std::ranges::find_if(body, check.breaks); found != body.end()) {
            return finding(program, check, kernel, *found);
        }
    }
    return {};
}

/// The device's heap, where what a kernel allocates stays until another frees it.
std::optional<RuleFinding> find_device_heap(const isa::Program& program, const std::string& kernel,
                                            const Reach& reached) {
    for (const std::uint32_t index : reached.functions) {
        const isa::Function& function = program.functions[index];
        if (!function.defined && (function.name == "malloc" || function.name == "free")) {
            const isa::Instruction* use = find_use(program, reached, index);
            return finding(program, {device_heap, nullptr, "uses the device's heap (malloc, free, new or delete)"},
                           kernel, use == nullptr ? Instruction{} : *use);
        }
    }
    return {};
}

/// Registers that hold a number from the source, whatever happens.
std::vector<bool> constant_registers(const isa::Function& function) {
    std::vector<bool> assigned(function.registers.size());
    std::vector<bool> constant(function.registers.size());
    for (const Instruction& instruction : function.body) {
        const bool is_number = instruction.opcode == Opcode::Mov && instruction.src.size() == 1 &&
                               instruction.src[0].kind == isa::Operand::Kind::Immediate;
        for (const isa::Operand& result : instruction.dst) {
            if (result.kind == isa::Operand::Kind::Register) {
                constant[result.index] = is_number && (!assigned[result.index] || constant[result.index]);
                assigned[result.index] = true;
            }
            for (const isa::Operand& element : result.elements) {
                if (element.kind == isa::Operand::Kind::Register) {
                    constant[element.index] = false;
                    assigned[element.index] = true;
                }
            }
        }
    }
    return constant;
}

/// An access of global or generic memory at an address that stands in the source.
std::optional<RuleFinding> find_absolute_address(const isa::Program& program, const std::string& kernel,
                                                 const Reach& reached) {
    for (const std::uint32_t index : reached.functions) {
        const isa::Function& function = program.functions[index];
        const std::vector<bool> constant = constant_registers(function);
        const auto is_absolute = [&](const isa::Operand& operand) {
            if (operand.kind != isa::Operand::Kind::Address || operand.elements.empty()) {
                return false;
            }
            const isa::Operand& base = operand.elements[0];
            return base.kind == isa::Operand::Kind::Immediate ||
                   (base.kind == isa::Operand::Kind::Register && constant[base.index]);
        };
        for (const Instruction& instruction : function.body) {
            const bool outside =
                instruction.mod.space == isa::Space::Global || instruction.mod.space == isa::Space::Generic;
            if (outside && std::ranges::any_of(instruction.src, is_absolute)) {
                return finding(program, {absolute_address, nullptr, "uses an address that stands in its source"},
                               kernel, instruction);
            }
        }
    }
    return {};
}

} // namespace

std::string_view to_string(Severity severity) {
    switch (severity) {
    case Severity::Note:
        return "note";
    case Severity::Warning:
        return "warning";
    case Severity::Reject:
        return "reject";
    }
    std::unreachable();
}

const std::vector<Rule>& static_rules() {
    static const std::vector<Rule> rules = [] {
        std::vector<Rule> all;
        for (const Check& check : checks()) {
            all.push_back(check.rule);
        }
        all.push_back(device_heap);
        all.push_back(absolute_address);
        all.push_back(unreachable_code);
        return all;
    }();
    return rules;
}

std::vector<RuleFinding> inspect(const isa::Program& program, const std::vector<std::string>& launched,
                                 const std::set<std::string>& kept) {
    std::vector<RuleFinding> findings;
    const auto look_at = [&](const std::string& kernel, const Reach& reached) {
        for (const Check& check : checks()) {
            if (auto found = apply(program, check, kernel, reached)) {
                findings.push_back(std::move(*found));
            }
        }
        for (const auto find : {find_device_heap, find_absolute_address}) {
            if (auto found = find(program, kernel, reached)) {
                findings.push_back(std::move(*found));
            }
        }
    };
    const std::set<std::string> live(launched.begin(), launched.end());
    std::vector<bool> seen(program.functions.size());
    for (std::uint32_t index = 0; index < program.functions.size(); ++index) {
        const isa::Function& function = program.functions[index];
        if (!function.entry || !function.defined) {
            continue;
        }
        const std::string kernel = demangle(function.name);
        if (!live.contains(function.name)) {
            findings.push_back({.rule = std::string(unreachable_code.name),
                                .severity = unreachable_code.severity,
                                .kernel = kernel,
                                .what = fmt::format("nothing launches kernel {}", kernel),
                                .file = file_name(program, function.source.file),
                                .line = function.source.line});
            continue;
        }
        const Reach reached = reach(program, index);
        look_at(kernel, reached);
        for (const std::uint32_t each : reached.functions) {
            seen[each] = true;
        }
    }
    for (std::uint32_t index = 0; index < program.functions.size(); ++index) {
        const isa::Function& function = program.functions[index];
        if (!seen[index] && kept.contains(function.name)) {
            look_at(demangle(function.name), reach(program, index));
        }
    }
    std::ranges::stable_sort(findings, std::ranges::greater{}, &RuleFinding::severity);
    return findings;
}

} // namespace assay::plan
