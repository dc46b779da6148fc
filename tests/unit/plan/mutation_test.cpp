// Damaged programs: whatever the host code does, recording ends, within its limits, with a sound plan or an error.
#include <random>

#include "isa/decode.h"
#include "plan/plan_json.h"
#include "unit/plan/recording.h"

namespace assay::plan::testing {
namespace {

constexpr int mutants_of_each = 400;
constexpr int mutants_of_each_error = 20;
constexpr int text_mutants_of_each = 40;

const char* const sources[] = {"softmax",    "ping_pong", "network", "pointer_arrays",
                               "attributes", "streams",   "globals", "reuse"};

RecordLimits small_limits() {
    return {.steps = 20'000, .memory = 1 << 20, .call_depth = 20, .device_memory = 1 << 20, .plan_steps = 200};
}

void check(const isa::Program& program, const tasks::Binding& binding, const std::string& entry = "solve") {
    const RecordLimits limits = small_limits();
    const auto plan = record(program, entry, binding, {}, limits);
    if (!plan) {
        EXPECT_FALSE(plan.error().to_string().empty());
        return;
    }
    EXPECT_LE(plan->host_steps, limits.steps);
    EXPECT_LE(plan->steps.size(), limits.plan_steps);
    // What is recorded is sound: every pointer in its buffer, every text printable.
    const auto read = from_json(nlohmann::json::parse(to_json(*plan).dump()));
    EXPECT_TRUE(read) << read.error().to_string();
    EXPECT_FALSE(to_text(*plan).empty());
}

using Random = std::mt19937;

std::size_t below(Random& random, std::size_t end) {
    return std::uniform_int_distribution<std::size_t>(0, end - 1)(random);
}

std::uint64_t odd_value(Random& random) {
    constexpr std::uint64_t values[] = {
        0,          1,          7,          8,  0x7FFFFFFF,         0x80000000,        0xFFFFFFFF,
        UINT64_MAX, 1ull << 32, 1ull << 63, 64, 0xED00000100000000, 0xDD2B170000000000};
    return values[below(random, std::size(values))];
}

/// Changes an operand to another of its kind.
void mutate(isa::Operand& operand, const isa::Function& function, const isa::Program& program, Random& random) {
    switch (operand.kind) {
    case isa::Operand::Kind::Register: {
        // Any register of the same type: the decoder promises widths.
        const auto index = static_cast<std::uint32_t>(below(random, function.registers.size()));
        if (function.registers[index] == operand.type) {
            operand.index = index;
        }
        break;
    }
    case isa::Operand::Kind::Immediate:
        operand.bits = odd_value(random);
        break;
    case isa::Operand::Kind::Function:
        operand.index = static_cast<std::uint32_t>(below(random, program.functions.size()));
        break;
    case isa::Operand::Kind::Variable:
        operand.index = static_cast<std::uint32_t>(below(random, program.variables.size()));
        break;
    case isa::Operand::Kind::Address:
        operand.offset = static_cast<std::int64_t>(static_cast<std::uint64_t>(operand.offset) + odd_value(random));
        mutate(operand.elements[0], function, program, random);
        break;
    case isa::Operand::Kind::Vector:
        mutate(operand.elements[below(random, operand.elements.size())], function, program, random);
        break;
    default:
        break;
    }
}

void mutate(isa::Function& function, const isa::Program& program, Random& random) {
    auto& body = function.body;
    isa::Instruction& instruction = body[below(random, body.size())];
    switch (below(random, 6)) {
    case 0: // as good as deleted; branch targets stay what they are
        instruction = {};
        instruction.opcode = isa::Opcode::Fence;
        break;
    case 1:
        std::swap(instruction, body[below(random, body.size())]);
        break;
    case 2:
        for (std::uint32_t& target : instruction.targets) {
            target = static_cast<std::uint32_t>(below(random, body.size() + 1));
        }
        break;
    case 3:
        instruction.guard_negated = !instruction.guard_negated;
        break;
    case 4:
        if (!instruction.dst.empty()) {
            mutate(instruction.dst[0], function, program, random);
        }
        break;
    default:
        if (!instruction.src.empty()) {
            mutate(instruction.src[below(random, instruction.src.size())], function, program, random);
        }
        break;
    }
}

class Mutation : public ::testing::TestWithParam<const char*> {};

TEST_P(Mutation, OfInstructions) {
    const Bind binding = std::string(GetParam()) == "softmax"
                             ? Bind().input("x", {70}).output("y", {70}).axis("rows", 7).axis("cols", 10)
                             : unary(100);
    isa::Program damaged = program(GetParam());
    Random random(20240607);
    std::vector<std::uint32_t> host;
    for (std::uint32_t i = 0; i < damaged.functions.size(); ++i) {
        if (damaged.functions[i].defined && !damaged.functions[i].entry && !damaged.functions[i].body.empty()) {
            host.push_back(i);
        }
    }
    for (int mutant = 0; mutant < mutants_of_each; ++mutant) {
        isa::Function& function = damaged.functions[host[below(random, host.size())]];
        const isa::Function original = function;
        for (std::size_t changes = 1 + below(random, 3); changes > 0; --changes) {
            mutate(function, damaged, random);
        }
        SCOPED_TRACE(mutant);
        check(damaged, binding);
        function = original;
    }
}

TEST_P(Mutation, OfLinesOfTheText) {
    const std::string text = read_source(std::string(GetParam()) + ".ptx");
    std::vector<std::string> lines;
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t end = std::min(text.find('\n', start), text.size() - 1) + 1;
        lines.push_back(text.substr(start, end - start));
        start = end;
    }
    Random random(20240608);
    int decoded = 0;
    for (int mutant = 0; mutant < text_mutants_of_each; ++mutant) {
        std::vector<std::string> damaged = lines;
        for (std::size_t changes = 1 + below(random, 3); changes > 0; --changes) {
            damaged.erase(damaged.begin() + static_cast<std::ptrdiff_t>(below(random, damaged.size())));
        }
        std::string joined;
        for (const std::string& line : damaged) {
            joined += line;
        }
        if (const auto program = isa::decode_text(joined)) {
            SCOPED_TRACE(mutant);
            check(*program, unary(100));
            ++decoded;
        }
    }
    EXPECT_GT(decoded, 0);
}

/// Entries that are wrong already, each damaged further: they reach the answers that good ones do not.
TEST(MutationOfErrors, OfInstructions) {
    isa::Program damaged = program("errors");
    Random random(20240609);
    for (std::uint32_t i = 0; i < damaged.functions.size(); ++i) {
        isa::Function& function = damaged.functions[i];
        if (!function.defined || function.entry || function.parameters.size() != 3 || function.body.empty()) {
            continue;
        }
        const isa::Function original = function;
        for (int mutant = 0; mutant < mutants_of_each_error; ++mutant) {
            mutate(function, damaged, random);
            SCOPED_TRACE(original.name);
            check(damaged, unary(100), original.name);
            function = original;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Sources, Mutation, ::testing::ValuesIn(sources),
                         [](const auto& info) { return std::string(info.param); });

} // namespace
} // namespace assay::plan::testing
