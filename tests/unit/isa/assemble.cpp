#include "unit/isa/assemble.h"

#include <algorithm>
#include <cctype>
#include <sstream>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace assay::isa {

namespace {

std::size_t element_count(const std::vector<Operand>& operands) {
    std::size_t count = 0;
    for (const Operand& operand : operands) {
        count += operand.kind == Operand::Kind::Vector ? operand.elements.size() : 1;
    }
    return count;
}

} // namespace

std::string module_around(const std::string& text) {
    return ".version 9.0\n.target sm_90a\n.address_size 64\n"
           ".shared .align 16 .b8 sh[128];\n.global .align 16 .b8 gl[128];\n.const .align 16 .b8 co[128];\n"
           ".visible .entry kernel(.param .u64 par)\n{\n"
           ".reg .pred p<8>; .reg .b16 h<8>; .reg .b32 r<8>; .reg .b64 d<8>; .reg .b128 q<4>;\n"
           ".local .align 8 .b8 lo[16];\n" +
           text + "\nhere:\nret;\n}\n";
}

Instruction assemble(const std::string& text) {
    const auto program = decode_text(module_around(text), "test");
    if (!program) {
        throw std::invalid_argument(text + ": " + program.error().to_string());
    }
    const std::vector<Instruction>& body = program->find_function("kernel")->body;
    if (body.size() != 2) {
        throw std::invalid_argument(text + ": is not one instruction");
    }
    return body[0];
}

std::string form_of(const Instruction& instruction) {
    std::istringstream parts(instruction.text.substr(0, instruction.text.find_first_of(" ;")));
    std::vector<std::string> words, types;
    std::string opcode;
    std::getline(parts, opcode, '.');
    for (std::string word; std::getline(parts, word, '.');) {
        // A type is a letter or two and a number of bits: s32, bf16x2, e4m3x2.
        const bool type = word == "pred" || (word.size() > 1 && std::isdigit(word[1]) != 0 && word[0] != 'L') ||
                          word.starts_with("bf16") || word.starts_with("tf32");
        (type ? types : words).push_back(word);
    }
    std::ranges::sort(words);
    return fmt::format("{}{}{}.{}", opcode, words.empty() ? "" : ".", fmt::join(words, "."), fmt::join(types, "."));
}

namespace {

std::set<std::string>& noted_forms() {
    static std::set<std::string> forms;
    return forms;
}

} // namespace

const std::set<std::string>& evaluated_forms() {
    return noted_forms();
}

Operation::Operation(const std::string& text) : instruction_(assemble(text)) {
    noted_forms().insert(form_of(instruction_));
}

std::vector<std::uint64_t> Operation::all(const std::vector<std::uint64_t>& sources, Flags& flags) const {
    std::vector<Value> src;
    for (const std::uint64_t bits : sources) {
        src.push_back({bits, 0});
    }
    if (src.size() != element_count(instruction_.src)) {
        throw std::invalid_argument(instruction_.text + ": another number of sources is expected");
    }
    std::vector<Value> dst(element_count(instruction_.dst));
    evaluate(instruction_, src, dst, flags);
    std::vector<std::uint64_t> result;
    for (const Value& value : dst) {
        result.push_back(value.bits);
    }
    return result;
}

} // namespace assay::isa
