// The static rules, on PTX as text: each names what it finds, and only in what a launch reaches.
#include "plan/static_rules.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "isa/decode.h"
#include "plan/record.h"
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
        {"mov.u32 %r1, %pm0;", "clock", Severity::Reject},
        {"mov.u64 %rd2, %pm1_64;", "clock", Severity::Reject},
        {"mov.u64 %rd2, %current_graph_exec;", "grid-number", Severity::Reject},
        {"nanosleep.u32 100;", "sleep", Severity::Warning},
        {"ld.global.L2::cache_hint.u32 %r1, [%rd1], %rd2;", "cache-priority", Severity::Warning},
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

/// A module whose kernel `used` calls what its body says; `helper` reads the clock, `heap` uses the device's heap.
std::vector<RuleFinding> findings_with_calls(const std::string& body, const std::string& globals = "") {
    const std::string text = fmt::format(R"(.version 8.0
.target sm_90
.address_size 64
.extern .func (.param .b64 result) malloc(.param .b64 bytes);
.func helper()
{{
    .reg .u32 %r<2>;
    mov.u32 %r1, %clock;
    ret;
}}
.func heap()
{{
    {{
        .param .b64 bytes, result;
        st.param.b64 [bytes], 16;
        call (result), malloc, (bytes);
    }}
    ret;
}}
{1}
.visible .entry used(.param .u64 out)
{{
    .reg .u64 %rd<4>;
    {0}
    ret;
}}
)",
                                         body, globals);
    const auto module = ptx::parse(text, "test.ptx");
    EXPECT_TRUE(module) << module.error().to_string();
    const auto program = isa::decode(*module, "test.ptx");
    EXPECT_TRUE(program) << program.error().to_string();
    return inspect(*program, {"used"}, device_names(*module, {"used"}));
}

TEST(StaticRules, WhatIsCalledInAnyWayIsLookedAt) {
    const std::string table = ".global .u64 table[1] = {helper};";
    const std::string indirect = "prototype: .callprototype _ (); call %rd1, (), prototype;";
    for (const auto& [body, globals] : std::vector<std::pair<std::string, std::string>>{
             {"call helper;", ""},
             {"mov.u64 %rd1, helper; " + indirect, ""},
             {"ld.global.u64 %rd1, [table]; " + indirect, table},
             {"mov.u64 %rd1, 16; targets: .calltargets helper; call %rd1, (), targets;", ""},
         }) {
        const auto findings = findings_with_calls(body, globals);
        ASSERT_EQ(findings.size(), 1U) << body;
        EXPECT_EQ(findings[0].rule, "clock") << body;
    }
    EXPECT_TRUE(findings_with_calls("").empty());
}

TEST(StaticRules, TheDevicesHeapIsFoundByItsName) {
    const auto findings = findings_with_calls("call heap;");
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].rule, "device-heap");
    EXPECT_EQ(findings[0].severity, Severity::Reject);
    EXPECT_EQ(findings[0].kernel, "used");
}

TEST(StaticRules, EachHasAReasonAndIsListed) {
    EXPECT_EQ(static_rules().size(), 12U);
    for (const Rule& rule : static_rules()) {
        EXPECT_FALSE(rule.why.empty()) << rule.name;
    }
}

} // namespace
} // namespace assay::plan
