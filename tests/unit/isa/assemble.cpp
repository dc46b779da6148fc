#include "unit/isa/assemble.h"

#include <stdexcept>

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

std::vector<std::uint64_t> Operation::all(std::initializer_list<std::uint64_t> sources, Flags& flags) const {
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
