// The structure of a body: declarations, scopes, labels, frames and source places.
//
// Scopes are walked once. Labels of a scope are declared on entry, so that branches can go forward, and stand for a
// number until the end, when the instruction indices are known. The `.param` variables of a call sequence take room in
// the parameter frame as a stack does: sibling scopes share it. `.local` variables never share, since their addresses
// may outlive the scope.
#include "isa/decode_function.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include <fmt/format.h>

namespace assay::isa {

namespace {

constexpr std::uint32_t kMaximumRegisters = 1U << 21;
constexpr std::uint64_t kMaximumFrame = std::uint64_t{1} << 30;
constexpr std::uint32_t kUnplaced = std::numeric_limits<std::uint32_t>::max();

} // namespace

bool decode_function(ModuleDecoder& module, const ptx::Function& source, Function& function) {
    return FunctionDecoder(module, source, function).decode();
}

bool FunctionDecoder::decode() {
    parameter_end_ = function_.frame_bytes;
    place_.ptx_line = source_.position.line;
    launch_bounds();
    names_.enter();
    const bool good = formal_parameters() && (load_register_parameters(), !source_.body || scope(*source_.body));
    names_.leave();
    if (good) {
        patch_labels();
        const bool falls_off = function_.body.empty() || function_.body.back().opcode != Opcode::Ret;
        if (falls_off) {
            store_register_returns();
        }
        const auto first =
            std::ranges::find_if(function_.body, [](const Instruction& i) { return i.source.line != 0; });
        if (first != function_.body.end()) {
            function_.source.file = first->source.outer_line != 0 ? first->source.outer_file : first->source.file;
            function_.source.line = first->source.outer_line != 0 ? first->source.outer_line : first->source.line;
        }
    }
    return good;
}

void FunctionDecoder::launch_bounds() {
    const auto numbers = [](const std::string& text, std::span<std::uint32_t> into) {
        const char* at = text.data();
        const char* const end = at + text.size();
        std::ranges::fill(into, 1U);
        for (std::uint32_t& value : into) {
            at = std::find_if(at, end, [](char c) { return c >= '0' && c <= '9'; });
            at = std::from_chars(at, end, value).ptr;
        }
    };
    LaunchBounds& bounds = function_.bounds;
    for (const ptx::Directive& directive : source_.directives) {
        if (directive.name == "maxntid") {
            numbers(directive.text, bounds.max_threads);
        } else if (directive.name == "reqntid") {
            numbers(directive.text, bounds.required_threads);
        } else if (directive.name == "reqnctapercluster") {
            numbers(directive.text, bounds.required_cluster);
        } else if (directive.name == "minnctapersm") {
            numbers(directive.text, {&bounds.min_blocks, 1});
        } else if (directive.name == "maxnreg") {
            numbers(directive.text, {&bounds.max_registers, 1});
        }
    }
}

bool FunctionDecoder::formal_parameters() {
    const auto declare_list = [this](const std::vector<ptx::Variable>& list, const std::vector<ParamSlot>& slots,
                                     std::vector<RegisterFormal>& registers) {
        for (std::size_t i = 0; i < list.size(); ++i) {
            Name name;
            if (list[i].space == "reg") {
                name.index = add_register(type_from(list[i].type).value_or(Type::B64), list[i].name);
                registers.push_back({name.index, slots[i].offset});
            } else {
                name.kind = Name::Kind::Param;
                name.offset = slots[i].offset;
                name.bytes = slots[i].bytes;
                name.alignment = slots[i].alignment;
            }
            if (!names_.declare(list[i].name, std::move(name))) {
                return module_.fail(list[i].position, fmt::format("{} is declared twice", list[i].name));
            }
        }
        return true;
    };
    return declare_list(source_.parameters, function_.parameters, register_parameters_) &&
           declare_list(source_.returns, function_.returns, register_returns_);
}

std::uint32_t FunctionDecoder::add_register(Type type, std::string name) {
    function_.registers.push_back(type);
    function_.register_names.push_back(std::move(name));
    return static_cast<std::uint32_t>(function_.registers.size() - 1);
}

bool FunctionDecoder::declare(const ptx::RegisterDeclaration& declaration) {
    const auto type = type_from(declaration.type);
    if (!type) {
        return module_.fail(declaration.position, fmt::format("a register cannot be a .{}", declaration.type));
    }
    const std::uint32_t lanes =
        declaration.vector.empty() ? 1 : static_cast<std::uint32_t>(declaration.vector[1] - '0');
    for (const auto& [name, count] : declaration.names) {
        const std::uint64_t total = std::uint64_t{count.value_or(1)} * lanes;
        if (function_.registers.size() + total > kMaximumRegisters) {
            return module_.fail(declaration.position, fmt::format("{} has too many registers", function_.name));
        }
        Name what;
        what.index = static_cast<std::uint32_t>(function_.registers.size());
        bool fresh = true;
        if (count && lanes > 1) {
            return module_.fail(declaration.position, "a range of vector registers is not supported");
        }
        if (count) {
            fresh = names_.declare_range(name, *count, what.index);
            for (std::uint32_t i = 0; i < *count; ++i) {
                (void)add_register(*type, fmt::format("{}{}", name, i));
            }
        } else if (lanes > 1) {
            constexpr std::string_view suffixes[] = {"x", "y", "z", "w"};
            constexpr std::string_view colours[] = {"r", "g", "b", "a"};
            if (lanes > std::size(suffixes)) {
                return module_.fail(declaration.position, "vector registers have two or four elements");
            }
            for (std::uint32_t i = 0; i < lanes; ++i) {
                Name lane;
                lane.index = add_register(*type, fmt::format("{}.{}", name, suffixes[i]));
                fresh = fresh && names_.declare(function_.register_names.back(), lane) &&
                        names_.declare(fmt::format("{}.{}", name, colours[i]), lane);
            }
            what.kind = Name::Kind::RegisterVector;
            what.count = lanes;
            fresh = fresh && names_.declare(name, what);
        } else {
            (void)add_register(*type, name);
            fresh = names_.declare(name, what);
        }
        if (!fresh) {
            return module_.fail(declaration.position, fmt::format("{} is declared twice", name));
        }
    }
    return true;
}

bool FunctionDecoder::allocate_parameter(const ptx::Variable& variable, std::uint64_t bytes, std::uint32_t alignment,
                                         ParamSlot& slot) {
    const std::uint64_t offset = round_up(parameter_end_, alignment);
    if (offset + bytes > kMaximumFrame) {
        return module_.fail(variable.position, fmt::format("{} has too large a parameter frame", function_.name));
    }
    slot.offset = static_cast<std::uint32_t>(offset);
    slot.bytes = static_cast<std::uint32_t>(bytes);
    slot.alignment = alignment;
    slot.name = variable.name;
    parameter_end_ = slot.offset + slot.bytes;
    function_.frame_bytes = std::max(function_.frame_bytes, parameter_end_);
    return true;
}

bool FunctionDecoder::declare(const ptx::Variable& variable) {
    const auto extent = extent_of(variable);
    if (!extent) {
        return module_.fail(variable.position,
                            fmt::format("the type or the size of {} is not supported", variable.name));
    }
    Name name;
    name.bytes = static_cast<std::uint32_t>(std::min(extent->bytes, kMaximumFrame));
    name.alignment = extent->alignment;
    if (variable.space == "param") {
        ParamSlot slot;
        if (!allocate_parameter(variable, extent->bytes, extent->alignment, slot)) {
            return false;
        }
        name.kind = Name::Kind::Param;
        name.offset = slot.offset;
    } else if (variable.space == "local") {
        const std::uint64_t offset = round_up(function_.local_bytes, extent->alignment);
        if (offset + extent->bytes > kMaximumFrame) {
            return module_.fail(variable.position, fmt::format("{} has too much local memory", function_.name));
        }
        name.kind = Name::Kind::Local;
        name.offset = static_cast<std::uint32_t>(offset);
        function_.local_bytes = static_cast<std::uint32_t>(offset + extent->bytes);
        function_.local_alignment = std::max(function_.local_alignment, extent->alignment);
    } else {
        const auto index = module_.add_variable(variable);
        if (!index) {
            return false;
        }
        name.kind = Name::Kind::Variable;
        name.index = *index;
    }
    return names_.declare(variable.name, std::move(name)) ||
           module_.fail(variable.position, fmt::format("{} is declared twice", variable.name));
}

/// Declares the scope's labels, then its tables of them, which may name labels that come later.
bool FunctionDecoder::declare_labels(const ptx::Scope& scope) {
    for (const ptx::Statement& statement : scope.statements) {
        Name name;
        if (const auto* label = std::get_if<ptx::Label>(&statement)) {
            name.kind = Name::Kind::Label;
            name.index = static_cast<std::uint32_t>(labels_.size());
            labels_.push_back(kUnplaced);
            if (!names_.declare(label->name, std::move(name))) {
                return module_.fail(label->position, fmt::format("{} is declared twice", label->name));
            }
        } else if (const auto* prototype = std::get_if<ptx::CallPrototype>(&statement)) {
            name.kind = Name::Kind::Prototype;
            name.prototype = prototype;
            if (!names_.declare(prototype->label, std::move(name))) {
                return module_.fail(prototype->position, fmt::format("{} is declared twice", prototype->label));
            }
        }
    }
    for (const ptx::Statement& statement : scope.statements) {
        const auto* targets = std::get_if<ptx::Targets>(&statement);
        if (targets == nullptr) {
            continue;
        }
        Name name;
        name.kind = Name::Kind::Targets;
        for (const std::string& target : targets->names) {
            const auto label = targets->call ? std::nullopt : find(target);
            if (targets->call ? !module_.refer_function(target) : !label || label->kind != Name::Kind::Label) {
                return module_.fail(targets->position, fmt::format("unknown target {}", target));
            }
            if (label) {
                name.labels.push_back(label->index);
            }
        }
        if (!names_.declare(targets->label, std::move(name))) {
            return module_.fail(targets->position, fmt::format("{} is declared twice", targets->label));
        }
    }
    return true;
}

bool FunctionDecoder::scope(const ptx::Scope& scope) {
    names_.enter();
    const std::uint32_t parameter_end = parameter_end_;
    bool good = declare_labels(scope);
    for (std::size_t i = 0; good && i < scope.statements.size(); ++i) {
        good = statement(scope.statements[i]);
    }
    parameter_end_ = parameter_end;
    names_.leave();
    return good;
}

bool FunctionDecoder::statement(const ptx::Statement& statement) {
    if (const auto* source = std::get_if<ptx::Instruction>(&statement)) {
        return instruction(*source);
    }
    if (const auto* label = std::get_if<ptx::Label>(&statement)) {
        if (const auto name = find(label->name)) {
            labels_[name->index] = static_cast<std::uint32_t>(function_.body.size());
        }
        return true;
    }
    if (const auto* place = std::get_if<ptx::Location>(&statement)) {
        location(*place);
        return true;
    }
    if (const auto* registers = std::get_if<ptx::RegisterDeclaration>(&statement)) {
        return declare(*registers);
    }
    if (const auto* variable = std::get_if<ptx::Variable>(&statement)) {
        return declare(*variable);
    }
    if (const auto* inner = std::get_if<std::unique_ptr<ptx::Scope>>(&statement)) {
        return scope(**inner);
    }
    return true; // pragmas; targets and prototypes were declared on entry
}

/// NVRTC writes the outer place first, then one .loc for each level of inlining, each naming the place it was inlined
/// at. `outer` becomes the outermost of them: the line of the function itself.
void FunctionDecoder::location(const ptx::Location& location) {
    Source place;
    place.file = module_.file(location.file);
    place.line = location.line;
    if (location.inlined_line != 0) {
        place.outer_file = module_.file(location.inlined_file);
        place.outer_line = location.inlined_line;
        const bool continues = place_.outer_line != 0 && place_.file == place.outer_file &&
                               place_.line == place.outer_line && place_column_ == location.inlined_column;
        if (continues) {
            place.outer_file = place_.outer_file;
            place.outer_line = place_.outer_line;
        }
    }
    place_ = place;
    place_column_ = location.column;
}

void FunctionDecoder::patch_labels() {
    for (Instruction& instruction : function_.body) {
        for (std::uint32_t& target : instruction.targets) {
            target = labels_[target];
        }
    }
}

} // namespace assay::isa
