// One function's body: scopes, frames, labels, calls, and each instruction against the table.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "isa/module.h"
#include "isa/names.h"
#include "isa/table.h"

namespace assay::isa {

/// Decodes the body of `source` into `function`, whose head is filled in. False: `module` has the error.
[[nodiscard]] bool decode_function(ModuleDecoder& module, const ptx::Function& source, Function& function);

/// Which of the mbarrier instructions a row is.
[[nodiscard]] MbarrierMode mbarrier_mode(const Form& form);

class FunctionDecoder {
public:
    FunctionDecoder(ModuleDecoder& module, const ptx::Function& source, Function& function)
        : module_(module), source_(source), function_(function) {}

    [[nodiscard]] bool decode();

private:
    /// The text's operands in the order of a form's slots; null: absent.
    using Arguments = std::vector<const ptx::Operand*>;
    /// What an operand's place asks for.
    struct Expected {
        Type type = Type::None;
        bool wider = false, negatable = false, destination = false, sink = false;
        bool special = false; ///< a special register may be read
    };

    // decode_function.cpp: structure
    bool formal_parameters();
    bool declare(const ptx::Variable& variable);
    bool declare(const ptx::RegisterDeclaration& declaration);
    bool declare_labels(const ptx::Scope& scope);
    bool scope(const ptx::Scope& scope);
    bool statement(const ptx::Statement& statement);
    void location(const ptx::Location& location);
    void patch_labels();
    void launch_bounds();
    [[nodiscard]] std::uint32_t add_register(Type type, std::string name);
    [[nodiscard]] std::optional<Name> find(std::string_view name) const { return names_.find(name); }
    [[nodiscard]] bool allocate_parameter(const ptx::Variable& variable, std::uint64_t bytes, std::uint32_t alignment,
                                          ParamSlot& slot);

    // decode_instruction.cpp: choice of the form, finishing
    bool instruction(const ptx::Instruction& source);
    bool match_form(const ptx::Instruction& source, Instruction& result, const Form*& form, Arguments& arguments);
    bool no_form(const ptx::Instruction& source, std::span<const Form> forms);
    bool fill_operands(const Form& form, const Arguments& arguments, Instruction& result);
    bool finish(const ptx::Instruction& source, const Form& form, Instruction& result);
    bool check_comparison(const ptx::Instruction& source, Type type, Compare compare);
    bool check_conversion(const ptx::Instruction& source, const Modifiers& mod);
    bool mov(const ptx::Instruction& source, Instruction& result);
    bool cp_async(const ptx::Instruction& source, const Arguments& arguments, Instruction& result);
    bool branch(const ptx::Instruction& source, Instruction& result);
    bool indexed_branch(const ptx::Instruction& source, Instruction& result);
    void emit(Instruction instruction) { function_.body.push_back(std::move(instruction)); }

    // decode_async.cpp
    bool completion(const ptx::Instruction& source, std::span<const ptx::Operand* const> arguments,
                    Instruction& result);
    bool bulk_copy(const ptx::Instruction& source, const Arguments& arguments, Instruction& result);
    bool tensor_copy(const ptx::Instruction& source, const Arguments& arguments, Instruction& result);
    bool wgmma(const ptx::Instruction& source, const Arguments& arguments, Instruction& result);

    // decode_call.cpp
    bool call(const ptx::Instruction& source, Instruction& result);
    bool call_arguments(const std::vector<ptx::Operand>& list, const std::vector<ParamSlot>* formals, bool returns,
                        Instruction& call, std::vector<ParamSlot>& slots, std::vector<Instruction>& moves);
    [[nodiscard]] Instruction parameter_move(Opcode opcode, Type type, std::uint32_t offset, Operand value) const;
    bool prototype_formals(const ptx::CallPrototype& prototype, std::vector<ParamSlot>& arguments,
                           std::vector<ParamSlot>& returns);
    void load_register_parameters();
    void store_register_returns();

    // decode_operands.cpp
    bool operand(const ptx::Operand& source, const Expected& expected, Operand& result);
    bool identifier(const ptx::Operand& source, const Expected& expected, Operand& result);
    bool address(const ptx::Operand& source, Space space, Operand& result, Space* found_space);
    bool reference(const ptx::Operand& source, Operand& result);
    bool vector(const ptx::Operand& source, std::size_t length, const Expected& element, Operand& result);
    bool matrix(const ptx::Operand& source, const Instruction& instruction, unsigned position, Operand& result);
    bool register_operand(const ptx::Operand& source, const Name& name, const Expected& expected, Operand& result);
    [[nodiscard]] std::optional<Operand> symbol(const ptx::Operand& source) const;
    [[nodiscard]] std::optional<Space> symbol_space(const Operand& symbol) const;
    [[nodiscard]] Operand make_register(std::uint32_t index) const;

    ModuleDecoder& module_;
    const ptx::Function& source_;
    Function& function_;
    Names names_;
    Source place_; ///< of the last .loc
    std::uint32_t place_column_ = 0;
    std::vector<std::uint32_t> labels_; ///< label → instruction index
    std::uint32_t parameter_end_ = 0;   ///< of the parameter frame in this scope
    struct RegisterFormal {
        std::uint32_t index;
        std::uint32_t offset;
    };
    std::vector<RegisterFormal> register_parameters_, register_returns_; ///< formals in the .reg space
};

} // namespace assay::isa
