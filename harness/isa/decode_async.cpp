// Copies of blocks of memory and of tensors, barriers in memory, and products of a warpgroup: instructions whose
// operands depend on more than the row of the table can say (9.7.9.25, 9.7.13.15, 9.7.15).
#include <algorithm>

#include <fmt/format.h>

#include "isa/decode_function.h"

namespace assay::isa {

namespace {

bool has_word(const ptx::Instruction& source, std::string_view word) {
    return std::ranges::find(source.modifiers, word) != source.modifiers.end();
}

/// The state spaces of the text in its order: destination, source.
std::vector<Space> spaces_of(const ptx::Instruction& source) {
    std::vector<Space> spaces;
    for (const std::string& word : source.modifiers) {
        if (word == "global") {
            spaces.push_back(Space::Global);
        } else if (word == "shared::cta") {
            spaces.push_back(Space::Shared);
        } else if (word == "shared::cluster") {
            spaces.push_back(Space::SharedCluster);
        }
    }
    return spaces;
}

} // namespace

MbarrierMode mbarrier_mode(const Form& form) {
    const auto has = [&form](std::string_view word) {
        return std::ranges::find(form.mnemonic, word) != form.mnemonic.end();
    };
    if (form.mnemonic[0] == "cp") {
        return has("noinc") ? MbarrierMode::ArriveCopiesNoinc : MbarrierMode::ArriveCopies;
    }
    const std::string_view what = form.mnemonic[1];
    if (what == "arrive") {
        return has("expect_tx") ? MbarrierMode::ArriveExpectTx : MbarrierMode::Arrive;
    }
    if (what == "arrive_drop") {
        return has("expect_tx") ? MbarrierMode::ArriveDropExpectTx : MbarrierMode::ArriveDrop;
    }
    if (what == "test_wait" || what == "try_wait") {
        return has("parity") ? MbarrierMode::TestParity : MbarrierMode::TestWait;
    }
    return what == "init"          ? MbarrierMode::Init
           : what == "inval"       ? MbarrierMode::Inval
           : what == "expect_tx"   ? MbarrierMode::ExpectTx
           : what == "complete_tx" ? MbarrierMode::CompleteTx
                                   : MbarrierMode::PendingCount;
}

/// The mbarrier and the mask that follow what a copy moves: `arguments` from the mbarrier on.
bool FunctionDecoder::completion(const ptx::Instruction& source, std::span<const ptx::Operand* const> arguments,
                                 Instruction& result) {
    const bool to_shared = result.mod.space != Space::Global;
    const bool multicast = has_word(source, "multicast::cluster");
    if (arguments.size() != (to_shared ? 1U : 0U) + (multicast ? 1U : 0U)) {
        return module_.fail(source.position, fmt::format("{} takes another number of operands than {}", source.opcode,
                                                         source.operands.size()));
    }
    Operand& barrier = result.src.emplace_back();
    if (to_shared && !address(*arguments[0], Space::SharedCluster, barrier, nullptr)) {
        return false;
    }
    Operand mask;
    if (multicast && !operand(*arguments[1], {.type = Type::B16}, mask)) {
        return false;
    }
    result.src.push_back(std::move(mask));
    return true;
}

bool FunctionDecoder::bulk_copy(const ptx::Instruction& source, const Arguments& arguments, Instruction& result) {
    const std::vector<Space> spaces = spaces_of(source);
    result.mod.space = spaces[0];
    result.mod.source_space = spaces[1];
    if (arguments.size() < 3) {
        return module_.fail(source.position, "a bulk copy takes a destination, a source and a number of bytes");
    }
    result.src.resize(3);
    return address(*arguments[0], spaces[0], result.src[0], nullptr) &&
           address(*arguments[1], spaces[1], result.src[1], nullptr) &&
           operand(*arguments[2], {.type = Type::U32}, result.src[2]) &&
           completion(source, std::span(arguments).subspan(3), result);
}

bool FunctionDecoder::tensor_copy(const ptx::Instruction& source, const Arguments& arguments, Instruction& result) {
    const std::vector<Space> spaces = spaces_of(source);
    result.mod.space = spaces[0];
    result.mod.source_space = spaces[1];
    const bool to_shared = spaces[0] != Space::Global;
    if (arguments.size() < 2) {
        return module_.fail(source.position, "a tensor copy takes an address and [tensor map, {coordinates}]");
    }
    const ptx::Operand& tensor = *arguments[to_shared ? 1 : 0];
    const ptx::Operand& shared = *arguments[to_shared ? 0 : 1];
    if (tensor.kind != ptx::Operand::Kind::Address || tensor.elements.size() != 2) {
        return module_.fail(tensor.position, "a tensor is written as [tensor map, {coordinates}]");
    }
    ptx::Operand map = tensor;
    map.elements.resize(1);
    const auto dimensions = std::ranges::find_if(source.modifiers, [](const std::string& word) {
        return word.size() == 2 && word[1] == 'd' && word[0] >= '1' && word[0] <= '5';
    });
    result.src.resize(3);
    return address(shared, to_shared ? spaces[0] : spaces[1], result.src[0], nullptr) &&
           address(map, Space::Generic, result.src[1], nullptr) &&
           vector(tensor.elements[1], static_cast<std::size_t>(dimensions->front() - '0'), {.type = Type::S32},
                  result.src[2]) &&
           completion(source, std::span(arguments).subspan(2), result);
}

/// wgmma.mma_async: d, a, b, scale-d, and the signs and layouts as literals (9.7.15.5.2).
bool FunctionDecoder::wgmma(const ptx::Instruction& source, const Arguments& arguments, Instruction& result) {
    Modifiers& mod = result.mod;
    const unsigned row_bits = 256; // of an operand in one instruction
    if (mod.m != 64 || mod.n == 0 || mod.n % 8 != 0 || mod.n > 256 || mod.k * bits_of(mod.a_type) != row_bits) {
        return module_.fail(source.position, "there is no wgmma of this shape and type");
    }
    const bool is_float = mod.d_type != Type::S32;
    const bool transposable = mod.a_type == Type::F16 || mod.a_type == Type::BF16;
    const bool a_in_registers = arguments.size() > 1 && arguments[1]->kind == ptx::Operand::Kind::Vector;
    const std::size_t transposes = transposable ? (a_in_registers ? 1 : 2) : 0;
    if (arguments.size() != 4 + (is_float ? 2 + transposes : 0)) {
        return module_.fail(source.position,
                            fmt::format("wgmma takes another number of operands than {}", source.operands.size()));
    }
    const auto literal = [&](std::size_t index, std::int64_t one, std::int64_t other, bool& is_other) {
        const ptx::Operand& given = *arguments[index];
        const auto value = static_cast<std::int64_t>(given.bits);
        if (given.kind != ptx::Operand::Kind::Literal || (value != one && value != other)) {
            return module_.fail(given.position, fmt::format("{} or {} is expected here", one, other));
        }
        is_other = value == other;
        return true;
    };
    result.dst.resize(1);
    result.src.resize(3);
    bool good = vector(*arguments[0], mod.n * bits_of(mod.d_type) / 64, {.type = Type::B32, .destination = true},
                       result.dst[0]);
    good = good && (a_in_registers ? vector(*arguments[1], 4, {.type = Type::B32}, result.src[0])
                                   : operand(*arguments[1], {.type = Type::B64}, result.src[0]));
    good = good && operand(*arguments[2], {.type = Type::B64}, result.src[1]) &&
           operand(*arguments[3], {.type = Type::Pred, .negatable = true}, result.src[2]);
    if (good && is_float) {
        good = literal(4, 1, -1, mod.negate_a) && literal(5, 1, -1, mod.negate_b);
    }
    bool a_transposed = false;
    bool b_transposed = false;
    if (good && transposes == 2) {
        good = literal(6, 0, 1, a_transposed);
    }
    if (good && transposes != 0) {
        good = literal(arguments.size() - 1, 0, 1, b_transposed);
    }
    mod.a_layout = a_transposed ? MatrixLayout::Col : MatrixLayout::Row;
    mod.b_layout = b_transposed ? MatrixLayout::Row : MatrixLayout::Col;
    return good;
}

} // namespace assay::isa
