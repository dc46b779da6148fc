// The static rules, on PTX as text: each names what it finds, and only in what a launch reaches.
#include "plan/static_rules.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "isa/decode.h"
#include "ptx/parser.h"

namespace assay::plan {
namespace {

/// A module with the kernels `used` and `idle`, which have the same body, and a device function that `used` calls.
std::vector<RuleFinding> findings_of(const std::string& body, const std::string& callee = "") {
    const std::string text = fmt::format(R"(.version 8.0
.target sm_90
.address_size 64
.func helper()
{{
    .reg .u32 %r<4>;
    .reg .u64 %rd<4>;
    {1}
    ret;
}}
.visible .entry used(.param .u64 out)
{{
    .reg .u32 %r<4>;
    .reg .u64 %rd<4>;
    ld.param.u64 %rd1, [out];
    {0}
    call helper;
    ret;
}}
.visible .entry idle(.param .u64 out)
{{
    .reg .u32 %r<4>;
    .reg .u64 %rd<4>;
    mov.u32 %r1, %clock;
    ret;
}}
)",
                                         body, callee);
    const auto module = ptx::parse(text, "test.ptx");
    EXPECT_TRUE(module) << module.error().to_string();
    const auto program = isa::decode(*module, "test.ptx");
    EXPECT_TRUE(program) << program.error().to_string();
    return inspect(*program, {"used"});
}

struct Case {
    std::string instruction, rule;
    Severity severity;
};

TEST(StaticRules, EachInstructionHasItsRule) {
    const std::vector<Case> cases{
        {"mov.u32 %r1, %clock;", "clock", Severity::Reject},
        {"mov.u64 %rd2, %clock64;", "clock", Severity::Reject},
        {"mov.u64 %rd2, %globaltimer;", "timer", Severity::Reject},
        {"mov.u32 %r1, %globaltimer_lo;", "timer", Severity::Reject},
        {"mov.u64 %rd2, %gridid;", "grid-number", Severity::Reject},
        {"nanosleep.u32 100;", "sleep", Severity::Warning},
        {"createpolicy.fractional.L2::evict_last.b64 %rd2, 1.0;", "cache-priority", Severity::Warning},
        {"atom.global.sys.add.u32 %r1, [%rd1], 1;", "system-scope", Severity::Note},
        {"ld.relaxed.sys.global.u32 %r1, [%rd1];", "system-scope", Severity::Note},
        {"ld.global.u32 %r1, [4096];", "absolute-address", Severity::Warning},
        {"mov.u64 %rd3, 140737488355328; st.global.u32 [%rd3+8], %r1;", "absolute-address", Severity::Warning},
        {"mov.u64 %rd3, 4096; ld.u32 %r1, [%rd3];", "absolute-address", Severity::Warning},
        {"{ .reg .pred %p; isspacep.shared %p, %rd1; }", "address-space", Severity::Note},
        {"pmevent 1;", "debugging", Severity::Note},
        {"mov.u32 %r1, %smid;", "placement", Severity::Note},
    };
    for (const Case& c : cases) {
        for (const bool in_callee : {false, true}) {
            const bool needs_address = c.instruction.find("%rd1") != std::string::npos;
            const auto findings =
                in_callee && !needs_address ? findings_of("", c.instruction) : findings_of(c.instruction);
            ASSERT_EQ(findings.size(), 2U) << c.instruction;
            EXPECT_EQ(findings[0].rule, c.rule) << c.instruction;
            EXPECT_EQ(findings[0].severity, c.severity) << c.instruction;
            EXPECT_EQ(findings[0].kernel, "used");
            EXPECT_EQ(findings[1].rule, "unreachable-code"); // `idle`: its clock is never read
            EXPECT_EQ(findings[1].kernel, "idle");
        }
    }
}

TEST(StaticRules, AnHonestKernelBreaksNone) {
    // An address that begins as a number and goes on as another is no address from the source.
    const auto findings = findings_of("mov.u32 %r1, %tid.x; st.global.u32 [%rd1], %r1;"
                                      "mov.u64 %rd3, 0; add.u64 %rd3, %rd3, %rd1; st.global.u32 [%rd3], %r1;"
                                      "st.shared.u32 [16], %r1;");
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].rule, "unreachable-code");
    EXPECT_EQ(findings[0].severity, Severity::Note);
}

TEST(StaticRules, EachHasAReasonAndIsListed) {
    EXPECT_EQ(static_rules().size(), 11U);
    for (const Rule& rule : static_rules()) {
        EXPECT_FALSE(rule.why.empty()) << rule.name;
    }
}

} // namespace
} // namespace assay::plan
