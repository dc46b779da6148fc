// Module level: symbols, variables with their initial bytes, parameter lists. Function bodies are
// decode_function.cpp's.
#include "isa/module.h"

#include <algorithm>
#include <bit>
#include <charconv>

#include <fmt/format.h>

#include "isa/decode.h"
#include "isa/decode_function.h"
#include "ptx/parser.h"

namespace assay::isa {

namespace {

/// Above this a variable is taken for a mistake or an attack: no GPU has as much.
constexpr std::uint64_t kMaximumBytes = std::uint64_t{1} << 38;
constexpr std::uint64_t kMaximumShared = std::uint64_t{1} << 24;
constexpr std::uint64_t kMaximumInitialBytes = std::uint64_t{1} << 30;
constexpr std::uint32_t kOpaqueBytes = 8; ///< a texture, sampler or surface reference is a handle

bool has(const std::vector<std::string>& words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
}

std::optional<Space> space_from(std::string_view name) {
    for (const Space space : {Space::Global, Space::Const, Space::Shared, Space::Local, Space::Param}) {
        if (to_string(space) == name) {
            return space;
        }
    }
    return name == "tex" ? std::optional(Space::Global) : std::nullopt;
}

void store(std::vector<std::byte>& bytes, std::uint64_t offset, std::uint64_t value, unsigned count) {
    for (unsigned i = 0; i < count && i < sizeof value; ++i) {
        bytes[offset + i] = static_cast<std::byte>(value >> (8 * i));
    }
}

} // namespace

std::uint64_t round_up(std::uint64_t value, std::uint64_t alignment) {
    return (value + alignment - 1) / alignment * alignment;
}

std::optional<Extent> extent_of(const ptx::Variable& variable) {
    Extent extent;
    if (const auto type = type_from(variable.type)) {
        extent.element = *type;
        extent.element_bytes = (bits_of(*type) + 7) / 8;
    } else if (variable.type == "texref" || variable.type == "samplerref" || variable.type == "surfref") {
        extent.element_bytes = kOpaqueBytes;
    } else {
        return std::nullopt;
    }
    const unsigned vector = variable.vector.empty() ? 1 : static_cast<unsigned>(variable.vector[1] - '0');
    extent.bytes = std::uint64_t{extent.element_bytes} * vector;
    extent.alignment = variable.alignment.value_or(static_cast<std::uint32_t>(extent.bytes));
    if (!std::has_single_bit(extent.alignment)) {
        return std::nullopt;
    }
    for (const auto& dimension : variable.dimensions) {
        const std::uint64_t count = dimension.value_or(0);
        if (count > kMaximumBytes || extent.bytes * count > kMaximumBytes) {
            return std::nullopt;
        }
        extent.bytes *= count;
    }
    return extent;
}

std::optional<std::uint64_t> literal_bits(const ptx::Operand& literal, Type type) {
    using Literal = ptx::Operand::Literal;
    const auto as_float = [&literal] {
        return literal.literal == Literal::Float32 ? std::bit_cast<float>(static_cast<std::uint32_t>(literal.bits))
                                                   : static_cast<float>(std::bit_cast<double>(literal.bits));
    };
    if (type == Type::Pred) {
        return literal.literal == Literal::Integer ? std::optional<std::uint64_t>(literal.bits != 0) : std::nullopt;
    }
    if (type == Type::F32 || type == Type::F64) {
        if (literal.literal == Literal::Integer) {
            return std::nullopt;
        }
        if ((literal.literal == Literal::Float32) == (type == Type::F32)) {
            return literal.bits;
        }
        return type == Type::F32 ? std::bit_cast<std::uint32_t>(as_float())
                                 : std::bit_cast<std::uint64_t>(static_cast<double>(as_float()));
    }
    if (literal.literal == Literal::Integer) {
        return is_float(type) ? std::nullopt : std::optional(literal.bits);
    }
    const bool same_width = literal.literal == Literal::Float32 ? type == Type::B32 : type == Type::B64;
    return same_width ? std::optional(literal.bits) : std::nullopt;
}

bool ModuleDecoder::fail(ptx::Position position, std::string what, std::string hint) {
    if (!error_) {
        error_ =
            Error{std::move(what), fmt::format("{}:{}:{}", name_, position.line, position.column), std::move(hint)};
    }
    return false;
}

std::uint32_t ModuleDecoder::file(std::uint32_t number) const {
    const auto found = files_.find(number);
    return found == files_.end() ? 0 : found->second;
}

bool ModuleDecoder::collect(const ptx::Function& function) {
    const auto [place, fresh] = functions_.try_emplace(function.name, &function);
    if (!fresh && function.body) {
        if (place->second->body) {
            return fail(function.position, fmt::format("the function {} is defined twice", function.name));
        }
        place->second = &function;
    }
    return true;
}

bool ModuleDecoder::collect(const ptx::Variable& variable) {
    const auto [place, fresh] = variables_.try_emplace(variable.name, &variable);
    if (!fresh && !has(variable.linkage, "extern")) {
        if (!has(place->second->linkage, "extern")) {
            return fail(variable.position, fmt::format("the variable {} is defined twice", variable.name));
        }
        place->second = &variable;
    }
    return true;
}

void ModuleDecoder::collect(const ptx::File& file) {
    files_[file.index] = static_cast<std::uint32_t>(program_.files.size());
    program_.files.push_back(file.path);
}

/// `.alias f, g`: a call of f is a call of g.
void ModuleDecoder::collect_alias(const ptx::Directive& directive) {
    const std::size_t comma = directive.text.find(", ");
    aliases_[directive.text.substr(0, comma)] = directive.text.substr(comma + 2);
}

bool ModuleDecoder::collect() {
    program_.files.emplace_back();
    for (const ptx::TopLevel& item : module_.items) {
        bool good = true;
        if (const auto* function = std::get_if<ptx::Function>(&item)) {
            good = collect(*function);
        } else if (const auto* variable = std::get_if<ptx::Variable>(&item)) {
            good = collect(*variable);
        } else if (const auto* file = std::get_if<ptx::File>(&item)) {
            collect(*file);
        } else if (const auto* directive = std::get_if<ptx::Directive>(&item);
                   directive && directive->name == "alias") {
            collect_alias(*directive);
        }
        if (!good) {
            return false;
        }
    }
    for (const std::string& target : module_.targets) {
        if (target.starts_with("sm_")) {
            std::from_chars(target.data() + 3, target.data() + target.size(), program_.sm);
        }
    }
    return true;
}

bool ModuleDecoder::declare_parameters(const std::vector<ptx::Variable>& list, std::uint32_t& end,
                                       std::vector<ParamSlot>& slots) {
    for (const ptx::Variable& parameter : list) {
        const auto extent = extent_of(parameter);
        if (!extent || extent->bytes > (1U << 24)) {
            return fail(parameter.position,
                        fmt::format("the size of the parameter {} is not supported", parameter.name));
        }
        ParamSlot slot;
        slot.offset = static_cast<std::uint32_t>(round_up(end, extent->alignment));
        slot.bytes = static_cast<std::uint32_t>(extent->bytes);
        slot.alignment = extent->alignment;
        slot.name = parameter.name;
        end = slot.offset + slot.bytes;
        slots.push_back(std::move(slot));
    }
    return true;
}

std::optional<std::uint32_t> ModuleDecoder::refer_function(std::string_view name) {
    if (const auto alias = aliases_.find(name); alias != aliases_.end()) {
        name = alias->second;
    }
    const auto found = functions_.find(name);
    if (found == functions_.end()) {
        return std::nullopt;
    }
    if (const auto known = program_.function_index.find(found->first); known != program_.function_index.end()) {
        return known->second;
    }
    const ptx::Function& source = *found->second;
    const auto index = static_cast<std::uint32_t>(program_.functions.size());
    program_.function_index.emplace(source.name, index);
    Function function;
    function.name = source.name;
    function.entry = source.entry;
    function.defined = source.body.has_value();
    std::uint32_t end = 0;
    if (!declare_parameters(source.parameters, end, function.parameters)) {
        return std::nullopt;
    }
    function.parameter_bytes = end;
    if (!declare_parameters(source.returns, end, function.returns)) {
        return std::nullopt;
    }
    function.frame_bytes = end;
    function.source.ptx_line = source.position.line;
    program_.functions.push_back(std::move(function));
    if (source.body) {
        bodies_.emplace_back(&source, index);
    }
    return index;
}

std::optional<std::uint32_t> ModuleDecoder::refer_variable(std::string_view name) {
    const auto found = variables_.find(name);
    if (found == variables_.end()) {
        return std::nullopt;
    }
    if (const auto known = program_.variable_index.find(found->first); known != program_.variable_index.end()) {
        return known->second;
    }
    const auto index = add_variable(*found->second);
    if (index) {
        program_.variable_index.emplace(found->first, *index);
    }
    return index;
}

std::optional<std::uint32_t> ModuleDecoder::add_variable(const ptx::Variable& source) {
    const auto extent = extent_of(source);
    const auto space = space_from(source.space);
    if (!extent || !space) {
        fail(source.position, fmt::format("the type or the size of the variable {} is not supported", source.name));
        return std::nullopt;
    }
    if (*space == Space::Shared && extent->bytes > kMaximumShared) {
        fail(source.position, fmt::format("{} is larger than any shared memory", source.name));
        return std::nullopt;
    }
    const auto index = static_cast<std::uint32_t>(program_.variables.size());
    Variable variable;
    variable.name = source.name;
    variable.space = *space;
    variable.bytes = extent->bytes;
    variable.alignment = extent->alignment;
    variable.external = has(source.linkage, "extern");
    program_.variables.push_back(std::move(variable));
    if (source.initializer) {
        initial_.emplace_back(&source, index);
    }
    return index;
}

bool ModuleDecoder::initialise_element(const ptx::Initializer& element, const Extent& extent, std::uint64_t offset,
                                       Variable& variable) {
    if (extent.element == Type::None) {
        return true; // the fields of a sampler
    }
    const auto& operand = std::get<ptx::Operand>(element.value);
    const unsigned width = extent.element_bytes;
    if (operand.kind == ptx::Operand::Kind::Literal) {
        const auto bits = literal_bits(operand, extent.element);
        if (!bits) {
            return fail(operand.position,
                        fmt::format("{} does not initialise a .{}", operand.text, to_string(extent.element)));
        }
        store(variable.initial, offset, *bits, width);
        return true;
    }
    Relocation relocation;
    relocation.offset = offset;
    relocation.addend = operand.offset;
    relocation.generic = element.generic;
    relocation.variable = refer_variable(operand.name);
    if (!relocation.variable) {
        relocation.function = refer_function(operand.name);
    }
    if (!relocation.variable && !relocation.function) {
        return fail(operand.position, fmt::format("unknown name {}", operand.name));
    }
    // `0xFF00(symbol)` in an array of bytes is one byte of an address. Compilers write all eight, lowest first.
    if (element.mask && width == 1) {
        const auto byte = static_cast<unsigned>(std::countr_zero(*element.mask)) / 8;
        if (*element.mask != std::uint64_t{0xff} << (8 * byte)) {
            return fail(operand.position, "a mask selects one byte of an address");
        }
        if (byte == 0) {
            variable.relocations.push_back(relocation);
            return true;
        }
        const bool continued = !variable.relocations.empty() && variable.relocations.back().offset + byte == offset &&
                               variable.relocations.back().variable == relocation.variable &&
                               variable.relocations.back().function == relocation.function;
        return continued || fail(operand.position, "a part of an address without its lower bytes is not supported");
    }
    if (width != 8) {
        return fail(operand.position, "an address needs an element of 64 bits");
    }
    variable.relocations.push_back(relocation);
    return true;
}

/// Fills the variable in row-major order; short lists leave zeros. Iterative: lists nest as deep as the dimensions.
bool ModuleDecoder::initialise(const ptx::Variable& source, std::uint32_t index) {
    const auto declared = extent_of(source);
    if (!declared || !source.initializer) {
        return true;
    }
    const Extent extent = *declared;
    const ptx::Initializer& whole = *source.initializer;
    Variable variable = std::move(program_.variables[index]); // references may add variables meanwhile
    bool good = true;
    if (source.dimensions.size() == 1 && !source.dimensions[0]) { // `x[] = {1, 2}`
        const auto* list = std::get_if<std::vector<ptx::Initializer>>(&whole.value);
        variable.bytes = (list != nullptr ? list->size() : 0) * extent.element_bytes;
    }
    if (variable.bytes > kMaximumInitialBytes) {
        return fail(source.position, fmt::format("{} is too large to be initialised", source.name));
    }
    variable.initial.resize(variable.bytes);
    struct Level {
        const ptx::Initializer* element;
        std::uint64_t offset, bytes;
        std::size_t depth;
    };
    std::vector<Level> pending{{&whole, 0, variable.bytes, 0}};
    while (good && !pending.empty()) {
        const Level level = pending.back();
        pending.pop_back();
        const auto* list = std::get_if<std::vector<ptx::Initializer>>(&level.element->value);
        if (list == nullptr) {
            good = level.bytes >= extent.element_bytes
                       ? initialise_element(*level.element, extent, level.offset, variable)
                       : fail(source.position, fmt::format("{} has too many initial values", source.name));
            continue;
        }
        const std::uint64_t count =
            level.depth < source.dimensions.size() ? source.dimensions[level.depth].value_or(0) : 0;
        const std::uint64_t inner = count > 0 ? level.bytes / count : extent.element_bytes;
        if (list->size() * inner > level.bytes) {
            good = fail(source.position, fmt::format("{} has too many initial values", source.name));
            break;
        }
        for (std::size_t i = list->size(); i-- > 0;) {
            pending.push_back({&(*list)[i], level.offset + i * inner, inner, level.depth + 1});
        }
    }
    program_.variables[index] = std::move(variable);
    return good;
}

bool ModuleDecoder::refer_roots() {
    for (const ptx::TopLevel& item : module_.items) {
        if (const auto* function = std::get_if<ptx::Function>(&item)) {
            const bool visible = function->body && has(function->linkage, "visible");
            if ((function->entry || visible) && !refer_function(function->name)) {
                return false;
            }
        } else if (const auto* variable = std::get_if<ptx::Variable>(&item)) {
            const bool visible = has(variable->linkage, "visible") || has(variable->linkage, "common");
            if (visible && !refer_variable(variable->name)) {
                return false;
            }
        }
    }
    return true;
}

Result<Program> ModuleDecoder::decode() {
    bool good = collect() && refer_roots();
    // Decoding a body refers to further functions and variables, whose turn then comes.
    while (good && (!bodies_.empty() || !initial_.empty())) {
        if (!initial_.empty()) {
            const auto [source, index] = initial_.back();
            initial_.pop_back();
            good = initialise(*source, index);
        } else {
            const auto [source, index] = bodies_.back();
            bodies_.pop_back();
            Function function = program_.functions[index];
            good = decode_function(*this, *source, function);
            program_.functions[index] = std::move(function);
        }
    }
    if (error_) {
        return std::unexpected(std::move(*error_));
    }
    return std::move(program_);
}

Result<Program> decode(const ptx::Module& module, std::string_view name) {
    return ModuleDecoder(module, name).decode();
}

Result<Program> decode_text(std::string_view text, std::string_view name) {
    const auto module = ptx::parse(text, name);
    if (!module) {
        return std::unexpected(module.error());
    }
    return decode(*module, name);
}

} // namespace assay::isa
