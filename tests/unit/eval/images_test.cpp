#include "eval/images.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace assay::eval {
namespace {

constexpr std::uint8_t zone = 0x7F;

/// One input and one output of 8 bytes, one scratch buffer of 100, and what an honest run leaves of them.
struct RunImages {
    plan::LaunchPlan plan;
    tasks::Binding binding;
    std::vector<Bytes> inputs{Bytes(8, std::byte{1})};
    std::vector<Bytes> images;

    RunImages() {
        using Role = plan::Buffer::Role;
        plan.buffers = {{Role::Input, 0, "x", 8},
                        {Role::Output, 0, "y", 8},
                        {Role::Scratch, 0, "scratch0", 100},
                        {Role::Symbol, 0, "table", 16}};
        binding.inputs.push_back({.name = "x", .shape = {2}, .distribution = {}});
        binding.outputs.push_back({.name = "y", .shape = {2}, .distribution = {}});
        images = {
            image(0, std::byte{1}), image(1, std::byte{2}), Bytes(2 * zone_bytes, std::byte{zone_byte(zone, 2)}), {}};
    }

    static Bytes image(std::size_t buffer, std::byte data) {
        Bytes bytes(2 * zone_bytes + 8, std::byte{zone_byte(zone, buffer)});
        std::fill_n(bytes.begin() + zone_bytes, 8, data);
        return bytes;
    }

    [[nodiscard]] std::optional<Damage> damage() const { return find_damage(plan, binding, images, inputs, zone); }
};

TEST(Images, OfAnHonestRunShowNoDamage) {
    const RunImages run;
    EXPECT_FALSE(run.damage().has_value());
    EXPECT_EQ(output_bytes(run.plan, run.images, 0), Bytes(8, std::byte{2}));
}

TEST(Images, OneByteBehindAnOutputIsSeen) {
    RunImages run;
    run.images[1][zone_bytes + 8] = std::byte{0};
    ASSERT_TRUE(run.damage());
    EXPECT_EQ(run.damage()->check, "red-zone");
    EXPECT_EQ(run.damage()->detail,
              "1 bytes behind the end of output 'y' were overwritten, from 0 to 0 bytes behind it");
}

TEST(Images, OneByteBeforeAnInputIsSeen) {
    RunImages run;
    run.images[0][zone_bytes - 1] = std::byte{0};
    ASSERT_TRUE(run.damage());
    EXPECT_EQ(run.damage()->detail,
              "1 bytes before the start of input 'x' were overwritten, the farthest 1 bytes before it");
}

TEST(Images, ACopyFromOneZoneToAnotherIsSeen) {
    for (std::size_t from : {0, 2}) {
        RunImages run;
        run.images[1][zone_bytes + 8] = run.images[from].back();
        ASSERT_TRUE(run.damage());
        EXPECT_NE(run.damage()->detail.find("output 'y'"), std::string::npos);
    }
}

TEST(Images, BothZonesOfScratchAreLookedAt) {
    for (const std::size_t at : {std::size_t{0}, 2 * zone_bytes - 1}) {
        RunImages run;
        run.images[2][at] = std::byte{0};
        ASSERT_TRUE(run.damage()) << at;
        EXPECT_NE(run.damage()->detail.find("scratch0"), std::string::npos);
    }
}

TEST(Images, AChangedInputIsSeen) {
    RunImages run;
    run.images[0][zone_bytes + 5] = std::byte{9};
    ASSERT_TRUE(run.damage());
    EXPECT_EQ(run.damage()->check, "inputs-unchanged");
    EXPECT_EQ(run.damage()->detail, "input 'x' was modified, first at byte 5");
}

} // namespace
} // namespace assay::eval
