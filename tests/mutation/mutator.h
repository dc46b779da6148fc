// Wrong kernels out of right ones: single changes of a PTX module's kernels, each a mistake that people and models
// make.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "ptx/syntax.h"

namespace assay::mutation {

/// What is changed; `to_string` has the names that reports use.
enum class Operator : std::uint8_t {
    ComparisonFlipped, ///< lt becomes ge, eq becomes ne, ...
    BoundOffByOne,     ///< lt becomes le, ge becomes gt, ...; or the number compared with is one more
    BarrierDropped,
    ConstantChanged,   ///< an integer is one more, a floating-point number twice as much (zero: one)
    IndexScaled,       ///< the stride that makes an address of an index is doubled, or the offset moved by an element
    StoreSkipped,      ///< of shared or global memory, or an atomic update
    HalfAccumulation,  ///< every link of a chain of sums is rounded to fp16
    BrainAccumulation, ///< or to bf16
    ArithmeticChanged, ///< add becomes subtract, minimum becomes maximum, ...
};
[[nodiscard]] std::string_view to_string(Operator kind);

/// One change of one kernel. Its identity is its text, which survives a change of line numbers.
struct Mutant {
    Operator kind = Operator::ComparisonFlipped;
    std::string kernel;            ///< mangled
    std::size_t statement = 0;     ///< number of the instruction in the kernel, nested scopes included
    unsigned variant = 0;          ///< where one instruction has several mutants of a kind
    std::uint32_t source_line = 0; ///< of the candidate's file, as the nearest .loc before it says; 0: unknown
    std::string before, after;     ///< the instruction, printed
};

/// All mutants of the kernels (not of other functions) of a module, in the order of the text.
[[nodiscard]] std::vector<Mutant> find_mutants(ptx::Module& module);

/// The text `ptx` with a trap in the place of the mutant's instruction: if that passes, no check ever gets there.
[[nodiscard]] std::string probe(const std::string& ptx, const Mutant& mutant);

/// Whether a mutant is about the value of a register: the next two are for such ones.
[[nodiscard]] bool has_value(const Mutant& mutant);

/// The text `ptx` with a trap where the mutant's instruction gives another value than the original: if that passes, the
/// two are the same program in every run of the checks.
[[nodiscard]] std::string probe_value(const std::string& ptx, const Mutant& mutant);

/// The text `ptx` with all bits of the instruction's value the other way round: if that passes, nothing that shows
/// comes of the value in any run.
[[nodiscard]] std::string probe_use(const std::string& ptx, const Mutant& mutant);

/// The text `ptx` with one change; `mutant` is of the module that it is parsed to.
[[nodiscard]] std::string mutate(const std::string& ptx, const Mutant& mutant);

} // namespace assay::mutation
