// The names that are visible at a point of a function body.
//
// Registers, labels and variables live in the `{ }` scope that declares them; inline assembly repeats them from one
// scope to the next. `%r<13>` declares thirteen registers at once and is kept as a range, since a large kernel has tens
// of thousands.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ptx/syntax.h"

namespace assay::isa {

struct Name {
    enum class Kind : std::uint8_t { Register, RegisterVector, Variable, Local, Param, Label, Targets, Prototype };
    Kind kind = Kind::Register;
    std::uint32_t index = 0;                            ///< register, variable, label; of a vector: its first register
    std::uint32_t count = 1;                            ///< registers of a vector
    std::uint32_t offset = 0, bytes = 0, alignment = 1; ///< of Local and Param
    std::vector<std::uint32_t> labels;                  ///< of branch targets
    const ptx::CallPrototype* prototype = nullptr;
};

class Names {
public:
    void enter() { scopes_.emplace_back(); }
    void leave() { scopes_.pop_back(); }

    /// False when the innermost scope has the name already.
    [[nodiscard]] bool declare(const std::string& name, Name what);
    /// `prefix<count>`: prefix0 … are the registers from `first` on.
    [[nodiscard]] bool declare_range(const std::string& prefix, std::uint32_t count, std::uint32_t first);

    [[nodiscard]] std::optional<Name> find(std::string_view name) const;

private:
    struct Range {
        std::uint32_t count, first;
    };
    struct Scope {
        std::map<std::string, Name, std::less<>> names;
        std::map<std::string, Range, std::less<>> ranges;
    };
    [[nodiscard]] static std::optional<Name> find_in(const Scope& scope, std::string_view name, std::string_view prefix,
                                                     std::uint64_t number);

    std::vector<Scope> scopes_;
};

} // namespace assay::isa
