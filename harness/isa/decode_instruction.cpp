// One instruction: choosing its row of the table, resolving its operands, and what the rows cannot say.
#include <algorithm>

#include <fmt/format.h>

#include "isa/decode_function.h"
#include "ptx/printer.h"

namespace assay::isa {

namespace {

/// Words of forms that the ISA has and that this decoder does not: later architectures' types and fields. Such an
/// instruction is Unsupported, not wrong.
bool is_exotic(std::string_view word) {
    constexpr std::string_view words[] = {
        "oob",    "rs",   "e2m1x2", "e2m3x2",      "e3m2x2", "ue8m0x2",   "e4m3x4",    "e5m2x4", "e2m1x4", "e2m3x4",
        "e3m2x4", "e2m1", "e2m3",   "e3m2",        "b8x16",  "b6x16_p32", "b4x16_p64", "m16n16", "m8n16",  "u2",
        "s2",     "u8x4", "s8x4",   "block_scale", "async",  "abs",       "tf32x2",    "scaled", "s2f6x2",
    };
    return word.starts_with("kind::") || word.starts_with("scale_vec::") ||
           std::ranges::find(words, word) != std::end(words);
}

/// Special registers of debuggers, profilers and graphs.
bool is_exotic_special(const ptx::Operand& operand) {
    return operand.name.starts_with("%reserved_smem_offset_") || operand.name.starts_with("%current_graph_exec") ||
           (operand.name.starts_with("%pm") && operand.name.size() > 3 && operand.name[3] >= '0' &&
            operand.name[3] <= '7');
}

Type doubled(Type type) {
    switch (type) {
    case Type::U16:
        return Type::U32;
    case Type::S16:
        return Type::S32;
    case Type::U32:
        return Type::U64;
    default:
        return Type::S64;
    }
}

bool is_custom(Opcode opcode) {
    return opcode == Opcode::Mov || opcode == Opcode::CpAsync || opcode == Opcode::Bra || opcode == Opcode::BrxIdx ||
           opcode == Opcode::Call || opcode == Opcode::BulkCopy || opcode == Opcode::TensorCopy ||
           opcode == Opcode::Wgmma || opcode == Opcode::Hint || opcode == Opcode::Unsupported;
}

/// Gives each slot its operand of the text; nullopt when they do not fit in number.
std::optional<std::vector<const ptx::Operand*>> assign(const Form& form, std::span<const ptx::Operand> operands) {
    std::vector<const ptx::Operand*> result;
    if (is_custom(form.opcode)) {
        for (const ptx::Operand& operand : operands) {
            result.push_back(&operand);
        }
        return result;
    }
    if (form.opcode == Opcode::Fence && form.mnemonic.size() > 1) {
        return result; // a fence of a proxy may name the memory it is about
    }
    std::size_t next = 0;
    const ptx::Operand* second = nullptr;
    for (const OperandSlot& slot : form.operands) {
        if (slot.pair_second) {
            if (second == nullptr && !slot.optional) {
                return std::nullopt;
            }
            result.push_back(std::exchange(second, nullptr));
            continue;
        }
        if (second != nullptr) {
            return std::nullopt;
        }
        if (next == operands.size()) {
            if (!slot.optional) {
                return std::nullopt;
            }
            result.push_back(nullptr);
            continue;
        }
        const ptx::Operand& operand = operands[next++];
        if (operand.kind == ptx::Operand::Kind::Pair) {
            result.push_back(&operand.elements[0]);
            second = &operand.elements[1];
        } else {
            result.push_back(&operand);
        }
    }
    if (second != nullptr || next != operands.size()) {
        return std::nullopt;
    }
    return result;
}

} // namespace

/// Why nothing fits: a modifier that no form has, a combination that none has, or the operands.
bool FunctionDecoder::no_form(const ptx::Instruction& source, std::span<const Form> forms) {
    const std::span<const std::string> modifiers = std::span(source.modifiers).subspan(forms[0].mnemonic.size() - 1);
    std::string combination = source.opcode;
    for (const std::string& word : source.modifiers) {
        combination += "." + word;
    }
    for (const std::string& word : modifiers) {
        const auto type = type_from(word);
        const auto takes = [&](const ModifierSlot& slot) {
            return slot.type_slot != 0 ? type && ((slot.types >> static_cast<unsigned>(*type)) & 1) != 0
                                       : slot.words.empty() || std::ranges::find(slot.words, word) != slot.words.end();
        };
        if (std::ranges::none_of(forms, [&](const Form& f) { return std::ranges::any_of(f.modifiers, takes); })) {
            return module_.fail(source.position, fmt::format("{} does not take .{}", source.opcode, word));
        }
    }
    const bool operands = std::ranges::any_of(forms, [&](const Form& form) {
        Modifiers mod;
        return match_modifiers(form, modifiers, mod);
    });
    return module_.fail(source.position, operands ? fmt::format("{} takes another number of operands than {}",
                                                                combination, source.operands.size())
                                                  : fmt::format("there is no {}", combination));
}

bool FunctionDecoder::match_form(const ptx::Instruction& source, Instruction& result, const Form*& form,
                                 Arguments& arguments) {
    const std::span<const Form> forms = find_forms(source.opcode, source.modifiers);
    const auto fits = [&source](const Form& candidate) {
        Modifiers mod;
        return match_modifiers(candidate, std::span(source.modifiers).subspan(candidate.mnemonic.size() - 1), mod);
    };
    const bool exotic = std::ranges::any_of(source.operands, is_exotic_special) ||
                        (std::ranges::any_of(source.modifiers, is_exotic) && std::ranges::none_of(forms, fits));
    if (forms.empty() || exotic) {
        form = nullptr;
        return true;
    }
    std::span<const ptx::Operand> operands = source.operands;
    if (!operands.empty() && std::ranges::find(source.modifiers, "L2::cache_hint") != source.modifiers.end()) {
        Operand policy;
        if (!operand(operands.back(), {.type = Type::B64}, policy)) {
            return false;
        }
        operands = operands.first(operands.size() - 1);
    }
    for (const Form& candidate : forms) {
        Modifiers mod;
        if (candidate.opcode != Opcode::Unsupported &&
            !match_modifiers(candidate, std::span(source.modifiers).subspan(candidate.mnemonic.size() - 1), mod)) {
            continue;
        }
        if (auto assigned = assign(candidate, operands)) {
            form = candidate.opcode == Opcode::Unsupported ? nullptr : &candidate;
            result.opcode = candidate.opcode;
            result.mod = mod;
            arguments = std::move(*assigned);
            return true;
        }
    }
    return no_form(source, forms);
}

bool FunctionDecoder::fill_operands(const Form& form, const Arguments& arguments, Instruction& result) {
    if (result.opcode == Opcode::WmmaMma && result.mod.a_type == Type::None) {
        result.mod.a_type = result.mod.b_type = Type::F16;
    }
    unsigned vectors = result.opcode == Opcode::WmmaStore || result.opcode == Opcode::Stmatrix ? 1 : 0;
    for (std::size_t i = 0; i < form.operands.size(); ++i) {
        const OperandSlot& slot = form.operands[i];
        if (arguments[i] == nullptr) {
            continue;
        }
        const ptx::Operand& source = *arguments[i];
        Operand target;
        const Type type = slot_type(slot, result.mod);
        const Expected expected{.type = slot.doubled ? doubled(type) : type,
                                .wider = slot.wider,
                                .negatable = slot.negatable,
                                .destination = slot.destination,
                                .sink = slot.sink || (slot.destination && slot.vector && result.mod.vector > 1),
                                .special = result.opcode == Opcode::Cvt};
        bool good = true;
        switch (slot.kind) {
        case OperandSlot::Kind::Address:
            good = address(source, result.mod.space, target, &result.mod.space);
            break;
        case OperandSlot::Kind::Reference:
            good = reference(source, target);
            break;
        case OperandSlot::Kind::Vector:
            good = matrix(source, result, vectors++, target);
            break;
        case OperandSlot::Kind::Literal:
            good = (source.kind == ptx::Operand::Kind::Literal && operand(source, {.type = Type::U64}, target)) ||
                   module_.fail(source.position, "a literal is expected here");
            break;
        case OperandSlot::Kind::Scalar:
            good = slot.vector && result.mod.vector > 1 && source.kind != ptx::Operand::Kind::Sink
                       ? vector(source, result.mod.vector, expected, target)
                       : operand(source, expected, target);
            break;
        }
        if (!good) {
            return false;
        }
        (slot.destination ? result.dst : result.src).push_back(std::move(target));
    }
    return true;
}

/// A rounding must be named exactly where the conversion can round.
bool FunctionDecoder::check_conversion(const ptx::Instruction& source, const Modifiers& mod) {
    const bool to_float = is_float(mod.type);
    const bool from_float = is_float(mod.source_type);
    const bool named = mod.rounding != Rounding::None;
    const bool to_integral = mod.rounding >= Rounding::Rni;
    const bool packed = is_packed(mod.type) || is_packed(mod.source_type) || mod.type == Type::TF32;
    bool good = true;
    if (packed) {
        good = named;
    } else if (!to_float && !from_float) {
        good = !named;
    } else if (to_float != from_float) {
        good = named && to_integral == from_float;
    } else if (mod.type == mod.source_type) {
        good = !named || to_integral;
    } else {
        const bool exact = bits_of(mod.type) > bits_of(mod.source_type);
        good = exact ? !named : named && !to_integral;
    }
    return good || module_.fail(source.position,
                                fmt::format("a conversion from .{} to .{} takes {}", to_string(mod.source_type),
                                            to_string(mod.type), named ? "another rounding or none" : "a rounding"));
}

/// Bits can only be equal or not; lo, ls, hi, hs are of unsigned integers; equ and the like of floats.
bool FunctionDecoder::check_comparison(const ptx::Instruction& source, Type type, Compare compare) {
    const std::string_view name = to_string(type);
    bool good = compare <= Compare::Ne;
    if (is_float(type)) {
        good = compare <= Compare::Ge || compare >= Compare::Equ;
    } else if (name[0] != 'b') {
        good = compare <= (is_signed(type) ? Compare::Ge : Compare::Hs);
    }
    return good || module_.fail(source.position, fmt::format("there is no such comparison of a .{}", name));
}

/// What the rows cannot say: defaults, literals that are modifiers, absent operands that keep their place.
bool FunctionDecoder::finish(const ptx::Instruction& source, const Form& form, Instruction& result) {
    Modifiers& mod = result.mod;
    const auto has_word = [&source](std::string_view word) {
        return std::ranges::find(source.modifiers, word) != source.modifiers.end();
    };
    switch (result.opcode) {
    case Opcode::Lop3:
        if (result.src[3].bits > 0xff) {
            return module_.fail(source.position, "the table of lop3 has eight bits");
        }
        mod.lop3_table = static_cast<std::uint8_t>(result.src[3].bits);
        result.src.erase(result.src.begin() + 3);
        break;
    case Opcode::Cvt:
        return check_conversion(source, mod);
    case Opcode::Set:
        return check_comparison(source, mod.source_type, mod.compare);
    case Opcode::Setp:
        return check_comparison(source, mod.type, mod.compare);
    case Opcode::Atom:
    case Opcode::Red:
        mod.semantics = mod.semantics == Semantics::Weak ? Semantics::Relaxed : mod.semantics;
        mod.scope = mod.scope == Scope::None ? Scope::Gpu : mod.scope;
        break;
    case Opcode::Fence:
        if (source.opcode == "membar" || form.mnemonic.size() > 1) {
            mod.semantics = Semantics::Sc;
            mod.scope = mod.scope == Scope::None ? Scope::Sys : mod.scope;
        } else if (mod.semantics == Semantics::Weak) {
            mod.semantics = Semantics::AcqRel;
        }
        break;
    case Opcode::Bar:
        mod.aligned = source.opcode == "bar" || has_word("aligned");
        if (mod.bar == BarMode::Sync || mod.bar == BarMode::Arrive) {
            result.src.resize(2);
        } else {
            if (result.src.size() == 2) {
                result.src.insert(result.src.begin() + 1, Operand{});
            }
            if ((mod.bar == BarMode::RedPopc) != (mod.type == Type::U32)) {
                return module_.fail(source.position, "bar.red.popc gives a .u32, .and and .or a .pred");
            }
        }
        break;
    case Opcode::Match:
        mod.match = form.mnemonic[1] == "all" ? MatchMode::All : MatchMode::Any;
        break;
    case Opcode::Mbarrier:
        mod.mbarrier = mbarrier_mode(form);
        break;
    case Opcode::ClusterBarrier:
        mod.bar = form.mnemonic[2] == "arrive" ? BarMode::Arrive : BarMode::Sync;
        break;
    case Opcode::CpAsyncWait:
        mod.immediate = static_cast<std::uint32_t>(result.src[0].bits);
        result.src.clear();
        break;
    case Opcode::Cvta:
        mod.to_space = form.mnemonic.size() == 2;
        break;
    case Opcode::WmmaLoad:
    case Opcode::WmmaStore: {
        const std::size_t given = result.opcode == Opcode::WmmaLoad ? 2 : 3;
        if (result.src.size() < given) {
            const unsigned rows = mod.fragment == Fragment::B ? mod.k : mod.m;
            const unsigned columns = mod.fragment == Fragment::A ? mod.k : mod.n;
            Operand& stride = result.src.emplace_back();
            stride.kind = Operand::Kind::Immediate;
            stride.bits = mod.a_layout == MatrixLayout::Row ? columns : rows;
        }
        break;
    }
    default:
        break;
    }
    return true;
}

bool FunctionDecoder::mov(const ptx::Instruction& source, Instruction& result) {
    const auto count = source.operands.size();
    if (count != 2) {
        return module_.fail(source.position, fmt::format("mov takes 2 operands, {} are given", count));
    }
    const ptx::Operand& to = source.operands[0];
    const ptx::Operand& from = source.operands[1];
    Modifiers& mod = result.mod;
    const bool unpack = to.kind == ptx::Operand::Kind::Vector;
    const bool pack = from.kind == ptx::Operand::Kind::Vector;
    const unsigned width = bits_of(mod.type);
    Operand& destination = result.dst.emplace_back();
    Operand& origin = result.src.emplace_back();
    if (unpack || pack) {
        const ptx::Operand& list = unpack ? to : from;
        const std::size_t length = list.elements.size();
        const bool fits = (length == 2 || length == 4) && unpack != pack && width / length >= 16;
        const Type element = width / length == 64 ? Type::B64 : width / length == 32 ? Type::B32 : Type::B16;
        if (!fits) {
            return module_.fail(list.position, fmt::format("a mov of {} bits cannot have {} elements", width, length));
        }
        mod.vector = static_cast<std::uint8_t>(length);
        const Expected part{.type = element, .destination = unpack, .sink = unpack};
        const Expected whole{.type = mod.type, .destination = pack};
        return vector(list, length, part, unpack ? destination : origin) &&
               operand(unpack ? from : to, whole, unpack ? origin : destination);
    }
    if (!operand(to, {.type = mod.type, .destination = true}, destination)) {
        return false;
    }
    if (from.kind == ptx::Operand::Kind::Identifier && mod.type != Type::Pred) {
        if (auto address = symbol(from)) {
            origin = std::move(*address);
            return width == 64 || width == 32 ||
                   module_.fail(from.position, fmt::format("{} is an address", from.name));
        }
    }
    return operand(from, {.type = mod.type, .special = true}, origin);
}

/// Source sizes and ignore predicates are told apart by their type.
bool FunctionDecoder::cp_async(const ptx::Instruction& source, const Arguments& arguments, Instruction& result) {
    if (arguments.size() < 3 || arguments.size() > 4) {
        return module_.fail(source.position, "cp.async takes 3 or 4 operands");
    }
    result.src.resize(4);
    Operand size;
    if (!address(*arguments[0], Space::Shared, result.src[0], nullptr) ||
        !address(*arguments[1], Space::Global, result.src[1], nullptr) ||
        !operand(*arguments[2], {.type = Type::U32}, size)) {
        return false;
    }
    const bool bypass = source.modifiers[1] == "cg";
    if (size.kind != Operand::Kind::Immediate || (size.bits != 16 && (bypass || (size.bits != 4 && size.bits != 8)))) {
        return module_.fail(arguments[2]->position,
                            bypass ? "cp.async.cg copies 16 bytes" : "cp.async.ca copies 4, 8 or 16 bytes");
    }
    result.mod.immediate = static_cast<std::uint32_t>(size.bits);
    result.mod.space = Space::Shared;
    result.src[2] = size;
    if (arguments.size() == 4) {
        const ptx::Operand& last = *arguments[3];
        const auto name = last.kind == ptx::Operand::Kind::Identifier ? find(last.name) : std::nullopt;
        const bool ignore =
            name && name->kind == Name::Kind::Register && function_.registers[name->index] == Type::Pred;
        return ignore ? operand(last, {.type = Type::Pred, .negatable = true}, result.src[3])
                      : operand(last, {.type = Type::U32}, result.src[2]);
    }
    return true;
}

bool FunctionDecoder::branch(const ptx::Instruction& source, Instruction& result) {
    if (source.operands.size() != 1 || source.operands[0].kind != ptx::Operand::Kind::Identifier) {
        return module_.fail(source.position, "bra takes a label");
    }
    const auto name = find(source.operands[0].name);
    if (!name || name->kind != Name::Kind::Label) {
        return module_.fail(source.operands[0].position, fmt::format("unknown label {}", source.operands[0].name));
    }
    result.targets.push_back(name->index);
    return true;
}

bool FunctionDecoder::indexed_branch(const ptx::Instruction& source, Instruction& result) {
    if (source.operands.size() != 2) {
        return module_.fail(source.position, "brx.idx takes an index and a table of labels");
    }
    const auto name = find(source.operands[1].name);
    if (!name || name->kind != Name::Kind::Targets) {
        return module_.fail(source.operands[1].position,
                            fmt::format("unknown table of labels {}", source.operands[1].name));
    }
    result.targets = name->labels;
    return operand(source.operands[0], {.type = Type::U32}, result.src.emplace_back());
}

bool FunctionDecoder::instruction(const ptx::Instruction& source) {
    Instruction result;
    result.source = place_;
    result.source.ptx_line = source.position.line;
    result.text = ptx::print(source);
    if (source.guard) {
        const auto name = find(source.guard->predicate);
        if (!name || name->kind != Name::Kind::Register || function_.registers[name->index] != Type::Pred) {
            return module_.fail(source.position, fmt::format("{} is not a predicate", source.guard->predicate));
        }
        result.guard = name->index;
        result.guard_negated = source.guard->negated;
    }
    const Form* form = nullptr;
    Arguments arguments;
    if (!match_form(source, result, form, arguments)) {
        return false;
    }
    if (form == nullptr) {
        result.opcode = Opcode::Unsupported;
        emit(std::move(result));
        return true;
    }
    bool good = true;
    switch (result.opcode) {
    case Opcode::Mov:
        good = mov(source, result);
        break;
    case Opcode::CpAsync:
        good = cp_async(source, arguments, result);
        break;
    case Opcode::BulkCopy:
        good = bulk_copy(source, arguments, result);
        break;
    case Opcode::TensorCopy:
        good = tensor_copy(source, arguments, result);
        break;
    case Opcode::Wgmma:
        good = wgmma(source, arguments, result);
        break;
    case Opcode::Bra:
        good = branch(source, result);
        break;
    case Opcode::BrxIdx:
        good = indexed_branch(source, result);
        break;
    case Opcode::Call:
        return call(source, result);
    case Opcode::Ret:
        store_register_returns();
        break;
    default:
        break;
    }
    good =
        good && (is_custom(result.opcode) || fill_operands(*form, arguments, result)) && finish(source, *form, result);
    if (good) {
        emit(std::move(result));
    }
    return good;
}

} // namespace assay::isa
