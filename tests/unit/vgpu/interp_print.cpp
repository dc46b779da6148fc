// Device printf, and the formatting itself on formats that no compiler would let through.
#include <gtest/gtest.h>

#include "unit/vgpu/launch_fixture.h"

namespace assay::vgpu::test {
namespace {

TEST(InterpretPrint, WhatCWouldPrint) {
    Session s(read_kernel("kernels/printing.ptx"));
    ASSERT_FALSE(s.launch("hello", {.grid = {2, 1, 1}, .block = {4, 1, 1}}));
    const std::string tail = "-5 18446744073709551615 7 -3 200 1.500000e+10 0.0001 0x1234\n"
                             "     1|2   |2.000|+5| 6|0xff|10|     right|cu\n"
                             "no arguments\n";
    EXPECT_EQ(s.output(), "block 0 thread 1: text,  3.14|42    |0000ff|z%\n" + tail +
                              "block 1 thread 1: text,  3.14|42    |0000ff|z%\n" + tail);
}

class FormatPrint : public testing::Test {
protected:
    Memory memory{1ull << 28};

    std::uint64_t string(const std::string& text) {
        const std::uint64_t address = memory.allocate(text.size() + 1).value();
        std::memcpy(reinterpret_cast<void*>(address), text.c_str(), text.size() + 1);
        return address;
    }
    std::string print(const std::string& format, const std::vector<std::uint64_t>& arguments = {}) {
        std::uint64_t address = 0;
        if (!arguments.empty()) {
            address = memory.allocate(arguments.size() * 8).value();
            std::memcpy(reinterpret_cast<void*>(address), arguments.data(), arguments.size() * 8);
        }
        return format_print(memory, string(format), address);
    }
};

TEST_F(FormatPrint, ArgumentsAreAlignedToTheirSize) {
    // int, then double: the double is at offset 8.
    EXPECT_EQ(print("%d %g %lld", {7, 0x3ff8000000000000, 9}), "7 1.5 9");
    EXPECT_EQ(print("%d %d", {0x0000000200000001}), "1 2");
}

TEST_F(FormatPrint, StringsAreReadWithChecks) {
    EXPECT_EQ(print("<%s>", {0}), "<(null)>");
    EXPECT_EQ(print("<%s>", {memory.base() + 17}), "<(invalid pointer)>");
    int host = 0;
    EXPECT_EQ(print("<%s>", {reinterpret_cast<std::uint64_t>(&host)}), "<(invalid pointer)>");
    const std::uint64_t unterminated = memory.allocate(4).value();
    std::memset(reinterpret_cast<void*>(unterminated), 'x', 4);
    EXPECT_EQ(print("<%s>", {unterminated}), "<xxxx>");
    EXPECT_EQ(format_print(memory, 0, 0), "(null)");
}

TEST_F(FormatPrint, MissingArgumentsAreZero) {
    EXPECT_EQ(print("%d %s %f"), "0 (null) 0.000000");
}

TEST_F(FormatPrint, HostileFormats) {
    EXPECT_EQ(print("%n%d", {1, 2}), "2");
    EXPECT_EQ(print("%999999999d", {1}).size(), 1024u);
    EXPECT_LE(print("%.999999999f", {0}).size(), 1100u);
    EXPECT_EQ(print("%*d|", {static_cast<std::uint32_t>(-2147483647 - 1) | 5ull << 32}).size(), 1025u);
    EXPECT_EQ(print("%"), "%");
    EXPECT_EQ(print("%y %-", {1}), "%y %");
    EXPECT_EQ(print("100%% %5%"), "100% %");
}

} // namespace
} // namespace assay::vgpu::test
