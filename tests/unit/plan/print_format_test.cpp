// printf of host code, against the C library's where both are defined.
#include "plan/print_format.h"

#include <cstdarg>
#include <cstdio>

#include "unit/plan/recording.h"

namespace assay::plan::testing {
namespace {

class PrintFormat : public ::testing::Test {
protected:
    Address put(std::string_view text) {
        const Address address = *memory_.allocate(HostMemory::Kind::Heap, text.size() + 1);
        auto bytes = memory_.bytes(address, text.size(), Access::Write);
        std::memcpy(bytes->data(), text.data(), text.size());
        return address;
    }

    /// Lays the arguments out as the compiler does: each at its natural alignment.
    template <class... T> std::string format(std::string_view text, T... values) {
        std::vector<std::byte> packed;
        [[maybe_unused]] const auto add = [&](const auto& value) {
            packed.resize((packed.size() + sizeof value - 1) / sizeof value * sizeof value);
            const auto* bytes = reinterpret_cast<const std::byte*>(&value);
            packed.insert(packed.end(), bytes, bytes + sizeof value);
        };
        (add(values), ...);
        const Address arguments = *memory_.allocate(HostMemory::Kind::Heap, packed.size());
        std::ranges::copy(packed, memory_.bytes(arguments, packed.size(), Access::Write)->begin());
        auto result = format_print(memory_, put(text), arguments, 4096);
        return result ? *result : "error: " + result.error().what;
    }

    isa::Program program_;
    HostMemory memory_{program_, 1 << 20};
};

TEST_F(PrintFormat, Numbers) {
    EXPECT_EQ(format("%d %i %u %x %X %o|", -5, 6, 4000000000u, 255, 255, 8), "-5 6 4000000000 ff FF 10|");
    EXPECT_EQ(format("%ld %lld %lu %zu %llx", -5ll, 1ll << 40, ~0ull, 7ull, ~0ull),
              "-5 1099511627776 18446744073709551615 7 ffffffffffffffff");
    EXPECT_EQ(format("%hhd %hd %hhu %hu", 257, 65537, -1, -1), "1 1 255 65535");
    EXPECT_EQ(format("%5d|%-5d|%05d|%+d|% d|%.3d", 42, 42, 42, 42, 42, 7), "   42|42   |00042|+42| 42|007");
    EXPECT_EQ(format("%f %.2f %8.3f|%-8.1f|%e %g %G %a", 1.5, 2.345, 3.14159, 2.5, 12345.678, 1e-10, 1e20, 1.0),
              "1.500000 2.35    3.142|2.5     |1.234568e+04 1e-10 1E+20 0x1p+0");
    EXPECT_EQ(format("%c%c", int{'o'}, int{'k'}), "ok");
}

TEST_F(PrintFormat, StringsAndPointers) {
    EXPECT_EQ(format("[%s] [%6s] [%-6s] [%.2s]", put("abc"), put("abc"), put("abc"), put("abc")),
              "[abc] [   abc] [abc   ] [ab]");
    EXPECT_EQ(format("%s %p", std::uint64_t{0}, std::uint64_t{0x1234}), "(null) 0x1234");
    EXPECT_NE(format("%s", std::uint64_t{0xDEAD}).find("error: "), std::string::npos);
}

TEST_F(PrintFormat, StarsTakeArguments) {
    EXPECT_EQ(format("%*d|%-*d|%.*f|%*.*f", 5, 1, 4, 2, 2, 3.14159, 7, 1, 2.25), "    1|2   |3.14|    2.2");
    EXPECT_EQ(format("%*d|%.*f", -4, 1, -1, 0.5), "1   |0.500000") << "negative: left-aligned, no precision";
}

TEST_F(PrintFormat, AlignsEachArgument) {
    EXPECT_EQ(format("%d %f %d %s", 1, 2.0, 3, put("x")), "1 2.000000 3 x");
}

TEST_F(PrintFormat, WhatIsNoConversionStays) {
    EXPECT_EQ(format("100%% of %y, %", 1), "100% of %y, %");
    EXPECT_EQ(format("%ll"), "%ll");
    EXPECT_EQ(format("a%nb%d", std::uint64_t{0}, 5), "ab5") << "%n writes nothing";
}

TEST_F(PrintFormat, IsBounded) {
    EXPECT_EQ(format("%2000000000d", 1).size(), 512u);
    EXPECT_EQ(format("%.2000000000f", 1.0).size(), 514u);
    EXPECT_EQ(format(std::string(10000, 'x')).size(), 4096u);
    EXPECT_EQ(format("%s", put(std::string(10000, 'x'))).size(), 4096u);
    EXPECT_NE(format("%d %d", 1).find("error: host code reads 4 bytes out of bounds"), std::string::npos);
}

} // namespace
} // namespace assay::plan::testing
