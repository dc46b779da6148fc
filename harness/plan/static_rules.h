// Static checks of what goes to the device: on PTX, not on source text, which macros and token pasting make into
// anything. Each is a rule with a name and a severity, and what was found is listed in the result.
//
// The rules are the second line. What cheating through a clock or a cache can gain is taken away by how candidates are
// measured: no run can be told from another, and timed outputs are verified like any.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "isa/program.h"

namespace assay::plan {

enum class Severity : std::uint8_t {
    Note,    ///< worth a look: code that no launch reaches, placement on multiprocessors
    Warning, ///< seldom honest, or honest and unfair to time: sleeping, cache priorities
    Reject,  ///< no kernel of a task needs it: the verdict is `rejected`
};
[[nodiscard]] std::string_view to_string(Severity severity); ///< "note", "warning", "reject"

struct RuleFinding {
    std::string rule; ///< "clock"
    Severity severity = Severity::Note;
    std::string kernel; ///< demangled
    std::string what;   ///< one sentence
    std::string file;
    std::uint32_t line = 0; ///< of the candidate's source; 0: unknown
};

struct Rule {
    std::string_view name;
    Severity severity;
    std::string_view why; ///< one sentence
};

/// All rules that `inspect` applies, for lists and documentation.
[[nodiscard]] const std::vector<Rule>& static_rules();

/// What the launched kernels, and what they reach, break; each rule once for a kernel. Kernels that nothing launches
/// are noted and not looked at: they never run. `kept` are the names that go to the device: whatever else is among
/// them, an indirect call through a made-up address could find, and it is looked at by itself.
[[nodiscard]] std::vector<RuleFinding> inspect(const isa::Program& program, const std::vector<std::string>& launched,
                                               const std::set<std::string>& kept = {});

} // namespace assay::plan
