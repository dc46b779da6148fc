// Reads the rows of table_rows.h once, and fits the modifiers of an instruction to them.
//
// A modifier slot that is a named set and a slot that is a plain word differ only in what the word does to `Modifiers`:
// `.and` is a BoolOp after setp, an atomic operation after atom and a reduction after bar.red. So the effect of a word
// is looked up by the slot's set first (`kSets`), and among the plain words (`kWords`) otherwise.
#include "isa/table.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "isa/table_rows.h"

namespace assay::isa {

namespace {

using Effect = void (*)(Modifiers&);

struct Word {
    std::string_view set, word;
    Effect effect;
};

void nothing(Modifiers& /*unused*/) {}

// clang-format off: a table
/// The words of the named sets.
constexpr Word kSets[] = {
    {"rnd", "rn", [](Modifiers& m) { m.rounding = Rounding::Rn; }},
    {"rnd", "rz", [](Modifiers& m) { m.rounding = Rounding::Rz; }},
    {"rnd", "rm", [](Modifiers& m) { m.rounding = Rounding::Rm; }},
    {"rnd", "rp", [](Modifiers& m) { m.rounding = Rounding::Rp; }},
    {"cvtrnd", "rn", [](Modifiers& m) { m.rounding = Rounding::Rn; }},
    {"cvtrnd", "rz", [](Modifiers& m) { m.rounding = Rounding::Rz; }},
    {"cvtrnd", "rm", [](Modifiers& m) { m.rounding = Rounding::Rm; }},
    {"cvtrnd", "rp", [](Modifiers& m) { m.rounding = Rounding::Rp; }},
    {"cvtrnd", "rni", [](Modifiers& m) { m.rounding = Rounding::Rni; }},
    {"cvtrnd", "rzi", [](Modifiers& m) { m.rounding = Rounding::Rzi; }},
    {"cvtrnd", "rmi", [](Modifiers& m) { m.rounding = Rounding::Rmi; }},
    {"cvtrnd", "rpi", [](Modifiers& m) { m.rounding = Rounding::Rpi; }},
    {"cmp", "eq", [](Modifiers& m) { m.compare = Compare::Eq; }},
    {"cmp", "ne", [](Modifiers& m) { m.compare = Compare::Ne; }},
    {"cmp", "lt", [](Modifiers& m) { m.compare = Compare::Lt; }},
    {"cmp", "le", [](Modifiers& m) { m.compare = Compare::Le; }},
    {"cmp", "gt", [](Modifiers& m) { m.compare = Compare::Gt; }},
    {"cmp", "ge", [](Modifiers& m) { m.compare = Compare::Ge; }},
    {"cmp", "lo", [](Modifiers& m) { m.compare = Compare::Lo; }},
    {"cmp", "ls", [](Modifiers& m) { m.compare = Compare::Ls; }},
    {"cmp", "hi", [](Modifiers& m) { m.compare = Compare::Hi; }},
    {"cmp", "hs", [](Modifiers& m) { m.compare = Compare::Hs; }},
    {"cmp", "equ", [](Modifiers& m) { m.compare = Compare::Equ; }},
    {"cmp", "neu", [](Modifiers& m) { m.compare = Compare::Neu; }},
    {"cmp", "ltu", [](Modifiers& m) { m.compare = Compare::Ltu; }},
    {"cmp", "leu", [](Modifiers& m) { m.compare = Compare::Leu; }},
    {"cmp", "gtu", [](Modifiers& m) { m.compare = Compare::Gtu; }},
    {"cmp", "geu", [](Modifiers& m) { m.compare = Compare::Geu; }},
    {"cmp", "num", [](Modifiers& m) { m.compare = Compare::Num; }},
    {"cmp", "nan", [](Modifiers& m) { m.compare = Compare::Nan; }},
    {"bool", "and", [](Modifiers& m) { m.combine = Combine::And; }},
    {"bool", "or", [](Modifiers& m) { m.combine = Combine::Or; }},
    {"bool", "xor", [](Modifiers& m) { m.combine = Combine::Xor; }},
    {"lop3bool", "and", [](Modifiers& m) { m.combine = Combine::And; m.lop3_predicate = true; }},
    {"lop3bool", "or", [](Modifiers& m) { m.combine = Combine::Or; m.lop3_predicate = true; }},
    {"dp2ahalf", "lo", nothing},
    {"dp2ahalf", "hi", [](Modifiers& m) { m.high_half = true; }},
    {"classtest", "finite", [](Modifiers& m) { m.test = ClassTest::Finite; }},
    {"classtest", "infinite", [](Modifiers& m) { m.test = ClassTest::Infinite; }},
    {"classtest", "number", [](Modifiers& m) { m.test = ClassTest::Number; }},
    {"classtest", "notanumber", [](Modifiers& m) { m.test = ClassTest::NotANumber; }},
    {"classtest", "normal", [](Modifiers& m) { m.test = ClassTest::Normal; }},
    {"classtest", "subnormal", [](Modifiers& m) { m.test = ClassTest::Subnormal; }},
    {"permute", "f4e", [](Modifiers& m) { m.permute = PermuteMode::F4e; }},
    {"permute", "b4e", [](Modifiers& m) { m.permute = PermuteMode::B4e; }},
    {"permute", "rc8", [](Modifiers& m) { m.permute = PermuteMode::Rc8; }},
    {"permute", "ecl", [](Modifiers& m) { m.permute = PermuteMode::Ecl; }},
    {"permute", "ecr", [](Modifiers& m) { m.permute = PermuteMode::Ecr; }},
    {"permute", "rc16", [](Modifiers& m) { m.permute = PermuteMode::Rc16; }},
    {"space", "global", [](Modifiers& m) { m.space = Space::Global; }},
    {"space", "shared", [](Modifiers& m) { m.space = Space::Shared; }},
    {"space", "shared::cta", [](Modifiers& m) { m.space = Space::Shared; }},
    {"space", "shared::cluster", [](Modifiers& m) { m.space = Space::SharedCluster; }},
    {"space", "local", [](Modifiers& m) { m.space = Space::Local; }},
    {"space", "const", [](Modifiers& m) { m.space = Space::Const; }},
    {"space", "param", [](Modifiers& m) { m.space = Space::Param; }},
    {"space", "param::entry", [](Modifiers& m) { m.space = Space::Param; }},
    {"space", "param::func", [](Modifiers& m) { m.space = Space::Param; }},
    {"vec", "v2", [](Modifiers& m) { m.vector = 2; }},
    {"vec", "v4", [](Modifiers& m) { m.vector = 4; }},
    {"vec", "v8", [](Modifiers& m) { m.vector = 8; }},
    {"ldsem", "weak", nothing},
    {"ldsem", "volatile", [](Modifiers& m) { m.semantics = Semantics::Volatile; }},
    {"ldsem", "relaxed", [](Modifiers& m) { m.semantics = Semantics::Relaxed; }},
    {"ldsem", "mmio", [](Modifiers& m) { m.semantics = Semantics::Relaxed; }},
    {"ldsem", "acquire", [](Modifiers& m) { m.semantics = Semantics::Acquire; }},
    {"stsem", "weak", nothing},
    {"stsem", "volatile", [](Modifiers& m) { m.semantics = Semantics::Volatile; }},
    {"stsem", "relaxed", [](Modifiers& m) { m.semantics = Semantics::Relaxed; }},
    {"stsem", "mmio", [](Modifiers& m) { m.semantics = Semantics::Relaxed; }},
    {"stsem", "release", [](Modifiers& m) { m.semantics = Semantics::Release; }},
    {"atomsem", "relaxed", [](Modifiers& m) { m.semantics = Semantics::Relaxed; }},
    {"atomsem", "acquire", [](Modifiers& m) { m.semantics = Semantics::Acquire; }},
    {"atomsem", "release", [](Modifiers& m) { m.semantics = Semantics::Release; }},
    {"atomsem", "acq_rel", [](Modifiers& m) { m.semantics = Semantics::AcqRel; }},
    {"fencesem", "acquire", [](Modifiers& m) { m.semantics = Semantics::Acquire; }},
    {"fencesem", "release", [](Modifiers& m) { m.semantics = Semantics::Release; }},
    {"fencesem", "acq_rel", [](Modifiers& m) { m.semantics = Semantics::AcqRel; }},
    {"fencesem", "sc", [](Modifiers& m) { m.semantics = Semantics::Sc; }},
    {"scope", "cta", [](Modifiers& m) { m.scope = Scope::Cta; }},
    {"scope", "cluster", [](Modifiers& m) { m.scope = Scope::Cluster; }},
    {"scope", "gpu", [](Modifiers& m) { m.scope = Scope::Gpu; }},
    {"scope", "sys", [](Modifiers& m) { m.scope = Scope::Sys; }},
    {"membarscope", "cta", [](Modifiers& m) { m.scope = Scope::Cta; }},
    {"membarscope", "gl", [](Modifiers& m) { m.scope = Scope::Gpu; }},
    {"membarscope", "sys", [](Modifiers& m) { m.scope = Scope::Sys; }},
    {"barop", "popc", [](Modifiers& m) { m.bar = BarMode::RedPopc; }},
    {"barop", "and", [](Modifiers& m) { m.bar = BarMode::RedAnd; }},
    {"barop", "or", [](Modifiers& m) { m.bar = BarMode::RedOr; }},
    {"vote", "all", [](Modifiers& m) { m.vote = VoteMode::All; }},
    {"vote", "any", [](Modifiers& m) { m.vote = VoteMode::Any; }},
    {"vote", "uni", [](Modifiers& m) { m.vote = VoteMode::Uni; }},
    {"shuffle", "up", [](Modifiers& m) { m.shuffle = ShuffleMode::Up; }},
    {"shuffle", "down", [](Modifiers& m) { m.shuffle = ShuffleMode::Down; }},
    {"shuffle", "bfly", [](Modifiers& m) { m.shuffle = ShuffleMode::Bfly; }},
    {"shuffle", "idx", [](Modifiers& m) { m.shuffle = ShuffleMode::Idx; }},
    {"alayout", "row", [](Modifiers& m) { m.a_layout = MatrixLayout::Row; }},
    {"alayout", "col", [](Modifiers& m) { m.a_layout = MatrixLayout::Col; }},
    {"blayout", "row", [](Modifiers& m) { m.b_layout = MatrixLayout::Row; }},
    {"blayout", "col", [](Modifiers& m) { m.b_layout = MatrixLayout::Col; }},
    {"fragab", "a", [](Modifiers& m) { m.fragment = Fragment::A; }},
    {"fragab", "b", [](Modifiers& m) { m.fragment = Fragment::B; }},
    {"fragc", "c", [](Modifiers& m) { m.fragment = Fragment::C; }},
    {"fragd", "d", [](Modifiers& m) { m.fragment = Fragment::D; }},
    {"matrices", "x1", nothing},
    {"matrices", "x2", [](Modifiers& m) { m.matrices = 2; }},
    {"matrices", "x4", [](Modifiers& m) { m.matrices = 4; }},
    {"cache", "ca", nothing}, {"cache", "cg", nothing}, {"cache", "cs", nothing}, {"cache", "lu", nothing},
    {"cache", "cv", nothing}, {"cache", "wb", nothing}, {"cache", "wt", nothing}, {"cache", "nc", nothing},
    {"cache", "unified", nothing},
    {"cache", "L1::evict_normal", nothing}, {"cache", "L1::evict_unchanged", nothing},
    {"cache", "L1::evict_first", nothing}, {"cache", "L1::evict_last", nothing},
    {"cache", "L1::no_allocate", nothing}, {"cache", "L2::cache_hint", nothing},
    {"cache", "L2::evict_normal", nothing}, {"cache", "L2::evict_first", nothing},
    {"cache", "L2::evict_last", nothing}, {"cache", "L2::evict_unchanged", nothing},
    {"cache", "L2::64B", nothing}, {"cache", "L2::128B", nothing}, {"cache", "L2::256B", nothing},
};

/// Words that stand for themselves. A word that is not here changes nothing (`sync`, `lo`, `rc`).
constexpr Word kWords[] = {
    {"", "rn", [](Modifiers& m) { m.rounding = Rounding::Rn; }},
    {"", "rz", [](Modifiers& m) { m.rounding = Rounding::Rz; }},
    {"", "rm", [](Modifiers& m) { m.rounding = Rounding::Rm; }},
    {"", "rp", [](Modifiers& m) { m.rounding = Rounding::Rp; }},
    {"", "rna", [](Modifiers& m) { m.rounding = Rounding::Rna; }},
    {"", "ftz", [](Modifiers& m) { m.ftz = true; }},
    {"", "sat", [](Modifiers& m) { m.sat = true; }},
    {"", "satfinite", [](Modifiers& m) { m.satfinite = true; }},
    {"", "relu", [](Modifiers& m) { m.relu = true; }},
    {"", "NaN", [](Modifiers& m) { m.nan = true; }},
    {"", "xorsign", [](Modifiers& m) { m.xorsign_abs = true; }},
    {"", "approx", [](Modifiers& m) { m.approx = true; }},
    {"", "full", [](Modifiers& m) { m.full = true; }},
    {"", "wide", [](Modifiers& m) { m.wide = true; }},
    {"", "hi", [](Modifiers& m) { m.high = true; }},
    {"", "cc", [](Modifiers& m) { m.carry_out = true; }},
    {"", "noftz", [](Modifiers& m) { m.noftz = true; }},
    {"", "uni", [](Modifiers& m) { m.uniform = true; }},
    {"", "l", [](Modifiers& m) { m.left = true; }},
    {"", "wrap", [](Modifiers& m) { m.wrap = true; }},
    {"", "shiftamt", [](Modifiers& m) { m.shift_amount = true; }},
    {"", "trans", [](Modifiers& m) { m.transposed = true; }},
    {"", "arrive", [](Modifiers& m) { m.bar = BarMode::Arrive; }},
    {"", "ballot", [](Modifiers& m) { m.vote = VoteMode::Ballot; }},
    {"", "and", [](Modifiers& m) { m.atomic = AtomicOp::And; }},
    {"", "or", [](Modifiers& m) { m.atomic = AtomicOp::Or; }},
    {"", "xor", [](Modifiers& m) { m.atomic = AtomicOp::Xor; }},
    {"", "cas", [](Modifiers& m) { m.atomic = AtomicOp::Cas; }},
    {"", "exch", [](Modifiers& m) { m.atomic = AtomicOp::Exch; }},
    {"", "add", [](Modifiers& m) { m.atomic = AtomicOp::Add; }},
    {"", "inc", [](Modifiers& m) { m.atomic = AtomicOp::Inc; }},
    {"", "dec", [](Modifiers& m) { m.atomic = AtomicOp::Dec; }},
    {"", "min", [](Modifiers& m) { m.atomic = AtomicOp::Min; }},
    {"", "max", [](Modifiers& m) { m.atomic = AtomicOp::Max; }},
};
// clang-format on

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(separator), text.size());
        if (end > 0) {
            parts.push_back(text.substr(0, end));
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

bool is_type_slot(std::string_view word) {
    return word.size() > 2 && word[1] == ':';
}

Type type_of_table(std::string_view name) {
    const auto type = type_from(name);
    if (!type) {
        throw std::logic_error("the instruction table names an unknown type: " + std::string(name));
    }
    return *type;
}

ModifierSlot parse_modifier_slot(std::string_view word) {
    ModifierSlot slot;
    if (word.back() == '?') {
        slot.optional = true;
        word.remove_suffix(1);
    } else if (word.back() == '*') {
        slot.optional = slot.repeated = true;
        word.remove_suffix(1);
    }
    if (is_type_slot(word)) {
        slot.type_slot = word[0];
        for (const std::string_view name : split(word.substr(2), ',')) {
            slot.types |= std::uint64_t{1} << static_cast<unsigned>(type_of_table(name));
        }
        return slot;
    }
    slot.set = word;
    for (const Word& entry : kSets) {
        if (entry.set == word) {
            slot.words.push_back(entry.word);
        }
    }
    if (slot.words.empty() && word != "any") {
        slot.words = split(word, '|');
    }
    return slot;
}

OperandSlot parse_operand_slot(std::string_view word) {
    OperandSlot slot;
    const auto take = [&word](char mark) {
        const bool found = word.front() == mark;
        word.remove_prefix(found ? 1 : 0);
        return found;
    };
    slot.pair_second = take('|');
    slot.destination = take('>');
    slot.doubled = take('2');
    for (;; word.remove_suffix(1)) {
        switch (word.back()) {
        case '+':
            slot.wider = true;
            continue;
        case '!':
            slot.negatable = true;
            continue;
        case '*':
            slot.vector = true;
            continue;
        case '?':
            slot.optional = true;
            continue;
        case '_':
            slot.sink = true;
            continue;
        default:
            break;
        }
        break;
    }
    if (word == "addr") {
        slot.kind = OperandSlot::Kind::Address;
    } else if (word == "vec") {
        slot.kind = OperandSlot::Kind::Vector;
    } else if (word == "imm") {
        slot.kind = OperandSlot::Kind::Literal;
    } else if (word == "ref") {
        slot.kind = OperandSlot::Kind::Reference;
    } else if (word.size() == 1) {
        slot.type_slot = word[0];
    } else {
        slot.type = type_of_table(word);
    }
    return slot;
}

/// By the first word of the mnemonic, longest mnemonics first.
bool comes_before(const Form& a, const Form& b) {
    if (a.mnemonic[0] != b.mnemonic[0]) {
        return a.mnemonic[0] < b.mnemonic[0];
    }
    if (a.mnemonic.size() != b.mnemonic.size()) {
        return a.mnemonic.size() > b.mnemonic.size();
    }
    return a.mnemonic < b.mnemonic;
}

/// Sorted; rows of one mnemonic keep their order.
std::vector<Form> parse_rows() {
    std::vector<Form> forms;
    for (const Row& row : kRows) {
        Form form{.opcode = row.opcode, .mnemonic = split(row.mnemonic, '.'), .modifiers = {}, .operands = {}};
        for (const std::string_view word : split(row.modifiers, ' ')) {
            form.modifiers.push_back(parse_modifier_slot(word));
        }
        for (const std::string_view word : split(row.operands, ' ')) {
            form.operands.push_back(parse_operand_slot(word));
        }
        const auto place = std::ranges::upper_bound(forms, form, comes_before);
        forms.insert(place, std::move(form));
    }
    return forms;
}

const std::vector<Form>& all_forms() {
    static const std::vector<Form> forms = parse_rows();
    return forms;
}

void apply_word(const ModifierSlot& slot, std::string_view word, Modifiers& result) {
    for (const Word& entry : kSets) {
        if (entry.set == slot.set && entry.word == word) {
            entry.effect(result);
            return;
        }
    }
    for (const Word& entry : kWords) {
        if (entry.word == word) {
            entry.effect(result);
            return;
        }
    }
    unsigned number[3] = {0, 0, 0}; // a shape: mMnNkK
    std::size_t at = 0;
    for (const char letter : {'m', 'n', 'k'}) {
        if (at >= word.size() || word[at] != letter) {
            return;
        }
        unsigned& value = number[letter == 'm' ? 0 : letter == 'n' ? 1 : 2];
        for (++at; at < word.size() && word[at] >= '0' && word[at] <= '9'; ++at) {
            value = value * 10 + static_cast<unsigned>(word[at] - '0');
        }
    }
    result.m = static_cast<std::uint16_t>(number[0]);
    result.n = static_cast<std::uint16_t>(number[1]);
    result.k = static_cast<std::uint16_t>(number[2]);
}

void apply_type(char type_slot, Type type, Modifiers& result) {
    switch (type_slot) {
    case 'T':
        result.type = type;
        return;
    case 'S':
        result.source_type = type;
        return;
    case 'D':
        result.d_type = type;
        return;
    case 'A':
        result.a_type = type;
        return;
    case 'B':
        result.b_type = type;
        return;
    case 'C':
        result.c_type = type;
        return;
    default:
        throw std::logic_error("a type slot of the instruction table has no name");
    }
}

} // namespace

std::span<const Form> find_forms(std::string_view opcode, std::span<const std::string> modifiers) {
    const std::vector<Form>& forms = all_forms();
    const auto range = std::ranges::equal_range(forms, opcode, {}, [](const Form& form) { return form.mnemonic[0]; });
    const auto matches = [&modifiers](const Form& form) {
        return form.mnemonic.size() <= modifiers.size() + 1 &&
               std::equal(form.mnemonic.begin() + 1, form.mnemonic.end(), modifiers.begin());
    };
    const auto first = std::ranges::find_if(range, matches); // the longest, by the order of the table
    if (first == range.end()) {
        return {};
    }
    auto last = first;
    while (last != range.end() && last->mnemonic == first->mnemonic) {
        ++last;
    }
    return {first, last};
}

bool match_modifiers(const Form& form, std::span<const std::string> modifiers, Modifiers& result) {
    std::array<bool, 24> filled{};
    for (const std::string& word : modifiers) {
        const std::optional<Type> type = type_from(word);
        bool taken = false;
        for (std::size_t i = 0; i < form.modifiers.size() && !taken; ++i) {
            const ModifierSlot& slot = form.modifiers[i];
            if (filled.at(i)) {
                continue;
            }
            if (slot.type_slot != 0) {
                taken = type && ((slot.types >> static_cast<unsigned>(*type)) & 1) != 0;
                if (taken) {
                    apply_type(slot.type_slot, *type, result);
                }
            } else {
                taken = slot.words.empty() || std::ranges::find(slot.words, word) != slot.words.end();
                if (taken) {
                    apply_word(slot, word, result);
                }
            }
            filled.at(i) = taken && !slot.repeated;
            if (!taken && slot.type_slot != 0 && type) {
                return false; // types come in the order of the slots
            }
        }
        if (!taken) {
            return false;
        }
    }
    for (std::size_t i = 0; i < form.modifiers.size(); ++i) {
        if (!filled.at(i) && !form.modifiers[i].optional) {
            return false;
        }
    }
    return true;
}

Type slot_type(const OperandSlot& slot, const Modifiers& modifiers) {
    switch (slot.type_slot) {
    case 'T':
        return modifiers.type;
    case 'S':
        return modifiers.source_type;
    case 'D':
        return modifiers.d_type;
    case 'A':
        return modifiers.a_type;
    case 'B':
        return modifiers.b_type;
    case 'C':
        return modifiers.c_type;
    default:
        return slot.type;
    }
}

} // namespace assay::isa
