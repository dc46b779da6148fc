#include "compile/diagnostics.h"

#include <gtest/gtest.h>
#include <tuple>

namespace assay::compile {
namespace {

bool everything(std::string_view) {
    return true;
}

TEST(ParseLog, TakesBlocksApart) {
    const char* const log = "candidate.cu(12): error: identifier \"foo\" is undefined\n"
                            "    x = foo;\n"
                            "        ^\n"
                            "\n"
                            "dir/a(1).h(3): warning #177-D: variable \"y\" was declared but never referenced\n"
                            "  int y;\n"
                            "      ^\n"
                            "          detected during instantiation of \"f\" at line 9 of candidate.cu\n"
                            "\n"
                            "Remark: The warnings can be suppressed with \"-diag-suppress <warning-number>\"\n"
                            "\n"
                            "candidate.cu(14): catastrophic error: cannot open source file \"z: y\"\n"
                            "b.h(2): note #3327-D: candidate function\n"
                            "1 error detected in the compilation of \"candidate.cu\".\n";
    const auto parsed = parse_log(log, everything);
    EXPECT_EQ(parsed.log, log);
    ASSERT_EQ(parsed.diagnostics.size(), 4U);
    EXPECT_EQ(parsed.diagnostics[0].file, "candidate.cu");
    EXPECT_EQ(parsed.diagnostics[0].line, 12U);
    EXPECT_EQ(parsed.diagnostics[0].column, 7U);
    EXPECT_EQ(parsed.diagnostics[0].severity, Severity::Error);
    EXPECT_EQ(parsed.diagnostics[0].message, "identifier \"foo\" is undefined");
    EXPECT_EQ(parsed.diagnostics[1].file, "dir/a(1).h");
    EXPECT_EQ(parsed.diagnostics[1].line, 3U);
    EXPECT_EQ(parsed.diagnostics[1].column, 5U);
    EXPECT_EQ(parsed.diagnostics[1].severity, Severity::Warning);
    EXPECT_EQ(parsed.diagnostics[1].message, "variable \"y\" was declared but never referenced\n"
                                             "detected during instantiation of \"f\" at line 9 of candidate.cu");
    EXPECT_EQ(parsed.diagnostics[2].severity, Severity::Error);
    EXPECT_EQ(parsed.diagnostics[2].column, 0U);
    EXPECT_EQ(parsed.diagnostics[2].message, "cannot open source file \"z: y\"");
    EXPECT_EQ(parsed.diagnostics[3].severity, Severity::Remark);
}

TEST(ParseLog, KeepsTheLinesOfAMessage) {
    const auto parsed = parse_log("c.cu(2): error: more than one instance matches:\n"
                                  "            function \"sqrt(float)\"\n"
                                  "            argument types are: (int)\n"
                                  "  sqrt(a);\n"
                                  "  ^\n",
                                  everything);
    ASSERT_EQ(parsed.diagnostics.size(), 1U);
    EXPECT_EQ(parsed.diagnostics[0].message,
              "more than one instance matches:\nfunction \"sqrt(float)\"\nargument types are: (int)");
    EXPECT_EQ(parsed.diagnostics[0].column, 1U);
}

TEST(Brief, LeavesOutHowAHeaderWasComeTo) {
    const std::string types(1000, 'T');
    const auto parsed = parse_log("deep.h(20): error: cannot pass this\n"
                                  "      kernel(x);\n"
                                  "             ^\n"
                                  "          detected during:\n"
                                  "            instantiation of \"" +
                                      types +
                                      "\" at line 388 of scan.h\n"
                                      "            instantiation of \"" +
                                      types +
                                      "\" at line 7 of c.cu\n"
                                      "b.h(3): error: no\n"
                                      "          detected during instantiation of \"f\" at line 9 of c.cu\n"
                                      "c.cu(4): error: what is\n"
                                      "            meant\n",
                                  everything);
    ASSERT_EQ(parsed.diagnostics.size(), 3U);
    const auto& [deep, near, own] = std::tie(parsed.diagnostics[0], parsed.diagnostics[1], parsed.diagnostics[2]);
    EXPECT_EQ(line_in(deep, "c.cu"), 7U);
    EXPECT_EQ(line_in(near, "c.cu"), 9U);
    EXPECT_EQ(line_in(own, "c.cu"), 4U);
    EXPECT_EQ(line_in(deep, "other.cu"), 0U);
    const std::string text = brief(deep, "c.cu");
    EXPECT_TRUE(text.starts_with("deep.h:20: cannot pass this\ninstantiation of \"TTT")) << text;
    EXPECT_TRUE(text.ends_with("T ... at line 7 of c.cu")) << text;
    EXPECT_LT(text.size(), 500U);
    EXPECT_EQ(brief(near, "c.cu"), "b.h:3: no\ndetected during instantiation of \"f\" at line 9 of c.cu");
    EXPECT_EQ(brief(own, "c.cu"), "c.cu:4: what is\nmeant");
}

TEST(ParseLog, WithholdsFilesThatAreNotForTheCandidate) {
    const auto parsed = parse_log("/etc/passwd(1): error: identifier \"root\" is undefined\n"
                                  "  root:x:0:0:root:/root:/bin/bash\n"
                                  "  ^\n"
                                  "c.cu(2): error: expected a declaration\n",
                                  [](std::string_view file) { return file == "c.cu"; });
    EXPECT_EQ(parsed.log.find("root"), std::string::npos);
    ASSERT_EQ(parsed.diagnostics.size(), 2U);
    EXPECT_EQ(parsed.diagnostics[0].file, "/etc/passwd");
    EXPECT_EQ(parsed.diagnostics[0].message.find("root"), std::string::npos);
    EXPECT_EQ(parsed.diagnostics[1].message, "expected a declaration");
}

TEST(ParseLog, AnythingElseIsText) {
    for (const char* log :
         {"", "\n\n", "(3): error: x", "a.cu(x): error: y\n", "a.cu(3): odd: y\n", "a.cu(3): error y\n",
          "nvrtc: error: unrecognized option\n", " a.cu(3): error: indented\n", "): "}) {
        EXPECT_TRUE(parse_log(log, everything).diagnostics.empty()) << log;
    }
}

} // namespace
} // namespace assay::compile
