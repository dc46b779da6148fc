// What the parts of the decoder share: the program being made, the module's symbols, the first error.
//
// Symbols are resolved lazily. A function or a variable gets its place in the program when something refers to it, so
// what nothing refers to never enters it; `decode` starts from the entries and whatever is visible from outside.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "isa/program.h"
#include "ptx/syntax.h"

namespace assay::isa {

/// Size and alignment of a variable or parameter as declared; nullopt when they do not fit 32 bits (64 for module
/// scope) or the type is unknown. An open dimension `[]` counts as 0 bytes.
struct Extent {
    std::uint64_t bytes = 0;
    std::uint32_t alignment = 1;
    std::uint32_t element_bytes = 0; ///< of one scalar
    Type element = Type::None;       ///< None: an opaque texture, sampler or surface reference
};
[[nodiscard]] std::optional<Extent> extent_of(const ptx::Variable& variable);

[[nodiscard]] std::uint64_t round_up(std::uint64_t value, std::uint64_t alignment);

class ModuleDecoder {
public:
    ModuleDecoder(const ptx::Module& module, std::string_view name) : module_(module), name_(name) {}

    [[nodiscard]] Result<Program> decode();

    /// Records the first error; false, for `return fail(...)`.
    bool fail(ptx::Position position, std::string what, std::string hint = {});

    /// The function's or variable's index, made when it has none yet; nullopt when the module declares no such name.
    [[nodiscard]] std::optional<std::uint32_t> refer_function(std::string_view name);
    [[nodiscard]] std::optional<std::uint32_t> refer_variable(std::string_view name);

    /// A `.shared` variable of a function's scope.
    [[nodiscard]] std::optional<std::uint32_t> add_variable(const ptx::Variable& variable);

    [[nodiscard]] const Function& function(std::uint32_t index) const { return program_.functions[index]; }
    [[nodiscard]] Space variable_space(std::uint32_t index) const { return program_.variables[index].space; }

    /// The index into Program::files of a `.file` number; 0 when there is none.
    [[nodiscard]] std::uint32_t file(std::uint32_t number) const;

private:
    bool collect();
    bool collect(const ptx::Function& function);
    bool collect(const ptx::Variable& variable);
    void collect(const ptx::File& file);
    void collect_alias(const ptx::Directive& directive);
    bool refer_roots();
    bool declare_parameters(const std::vector<ptx::Variable>& list, std::uint32_t& end, std::vector<ParamSlot>& slots);
    bool initialise(const ptx::Variable& source, std::uint32_t index);
    bool initialise_element(const ptx::Initializer& element, const Extent& extent, std::uint64_t offset,
                            Variable& variable);

    const ptx::Module& module_;
    std::string_view name_;
    Program program_;
    std::optional<Error> error_;
    std::map<std::string, const ptx::Function*, std::less<>> functions_; ///< the definition, else a declaration
    std::map<std::string, const ptx::Variable*, std::less<>> variables_;
    std::map<std::string, std::string, std::less<>> aliases_;
    std::map<std::uint32_t, std::uint32_t> files_;
    std::vector<std::pair<const ptx::Function*, std::uint32_t>> bodies_;  ///< to be decoded
    std::vector<std::pair<const ptx::Variable*, std::uint32_t>> initial_; ///< to be initialised
};

/// The bits of a literal that an instruction reads as `type`; nullopt when the ISA does not allow it there (an integer
/// where a float is read, a float where an integer is).
[[nodiscard]] std::optional<std::uint64_t> literal_bits(const ptx::Operand& literal, Type type);

} // namespace assay::isa
