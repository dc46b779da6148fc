// The mutator: each operator changes what it says and nothing else, and the result is PTX.
#include "mutation/mutator.h"

#include <algorithm>
#include <gtest/gtest.h>

#include "isa/decode.h"
#include "ptx/parser.h"

namespace assay::mutation {
namespace {

const std::string text = R"(.version 8.0
.target sm_90
.address_size 64
.visible .entry sums(
	.param .u64 sums_in,
	.param .u32 sums_n
)
{
	.reg .pred 	%p<3>;
	.reg .f32 	%f<5>;
	.reg .b32 	%r<4>;
	.reg .b64 	%rd<4>;
	.shared .align 4 .b8 part[128];

	ld.param.u64 	%rd1, [sums_in];
	ld.param.u32 	%r1, [sums_n];
	mov.u32 	%r2, %tid.x;
	mov.f32 	%f1, 0f00000000;
	setp.lt.s32 	%p1, %r2, %r1;
	setp.gt.f32 	%p2, %f1, 0f3F800000;
	mul.wide.s32 	%rd2, %r2, 4;
	add.s64 	%rd3, %rd1, %rd2;
	ld.global.f32 	%f2, [%rd3];
	add.f32 	%f3, %f1, %f2;
	fma.rn.f32 	%f4, %f2, %f2, %f3;
	bar.sync 	0;
	st.global.f32 	[%rd3], %f4;
	ret;
}
.func helper()
{
	bar.sync 	0;
	ret;
}
)";

std::vector<Mutant> mutants() {
    auto module = ptx::parse(text);
    EXPECT_TRUE(module) << module.error().to_string();
    return find_mutants(*module);
}

/// The instruction after the only mutant of a kind with this one before it.
std::string after(Operator kind, const std::string& before) {
    const auto all = mutants();
    const auto fits = [&](const Mutant& m) { return m.kind == kind && m.before.starts_with(before); };
    EXPECT_EQ(std::ranges::count_if(all, fits), 1) << to_string(kind) << " of " << before;
    const auto found = std::ranges::find_if(all, fits);
    return found == all.end() ? "none" : found->after;
}

TEST(Mutator, ChangesWhatItsOperatorSays) {
    EXPECT_EQ(after(Operator::ComparisonFlipped, "setp.lt.s32"), "setp.ge.s32 %p1, %r2, %r1;");
    EXPECT_EQ(after(Operator::ComparisonFlipped, "setp.gt.f32"), "setp.leu.f32 %p2, %f1, 0f3F800000;");
    EXPECT_EQ(after(Operator::BoundOffByOne, "setp.lt.s32"), "setp.le.s32 %p1, %r2, %r1;");
    EXPECT_EQ(after(Operator::BarrierDropped, "bar.sync"), "");
    EXPECT_EQ(after(Operator::ConstantChanged, "mov.f32"), "mov.f32 %f1, 0f3F800000;");
    EXPECT_EQ(after(Operator::ConstantChanged, "setp.gt.f32"), "setp.gt.f32 %p2, %f1, 0f40000000;");
    EXPECT_EQ(after(Operator::IndexScaled, "mul.wide.s32"), "mul.wide.s32 %rd2, %r2, 8;");
    EXPECT_EQ(after(Operator::IndexScaled, "ld.global.f32"), "ld.global.f32 %f2, [%rd3+4];");
    EXPECT_EQ(after(Operator::StoreSkipped, "st.global.f32"), "");
    EXPECT_EQ(after(Operator::ArithmeticChanged, "add.f32"), "sub.f32 %f3, %f1, %f2;");
}

TEST(Mutator, LeavesOtherFunctionsAlone) {
    for (const Mutant& mutant : mutants()) {
        EXPECT_EQ(mutant.kernel, "sums");
    }
}

TEST(Mutator, EveryMutantIsAnotherProgramThatIsUnderstood) {
    const auto original = ptx::parse(text);
    for (const Mutant& mutant : mutants()) {
        const std::string changed = mutate(text, mutant);
        EXPECT_NE(changed, text);
        const auto module = ptx::parse(changed);
        ASSERT_TRUE(module) << module.error().to_string();
        EXPECT_TRUE(isa::decode(*module, "mutant.ptx")) << mutant.before << " -> " << mutant.after;
    }
}

TEST(Mutator, ProbesOfValuesAreProgramsWithTheOriginalInThem) {
    std::size_t probed = 0;
    for (const Mutant& mutant : mutants()) {
        if (mutant.kind == Operator::StoreSkipped || mutant.kind == Operator::BarrierDropped) {
            EXPECT_FALSE(has_value(mutant)) << mutant.before;
        }
        if (!has_value(mutant)) {
            continue;
        }
        ++probed;
        const std::string differs = probe_value(text, mutant), complement = probe_use(text, mutant);
        for (const std::string& probe : {differs, complement}) {
            const auto module = ptx::parse(probe);
            ASSERT_TRUE(module) << module.error().to_string();
            EXPECT_TRUE(isa::decode(*module, "probe.ptx")) << mutant.before << " -> " << mutant.after;
            EXPECT_NE(probe.find(mutant.before), std::string::npos) << mutant.before;
        }
        EXPECT_NE(differs.find("@%differs trap;"), std::string::npos) << differs;
        EXPECT_NE(complement.find("not."), std::string::npos) << complement;
    }
    EXPECT_GT(probed, 3U);
}

TEST(Mutator, RoundsEveryLinkOfAChain) {
    const auto all = mutants();
    const auto found = std::ranges::find(all, Operator::HalfAccumulation, &Mutant::kind);
    ASSERT_NE(found, all.end());
    const std::string changed = mutate(text, *found);
    std::size_t count = 0;
    for (std::size_t at = changed.find("cvt.rn.f16.f32"); at != std::string::npos;
         at = changed.find("cvt.rn.f16.f32", at + 1)) {
        ++count;
    }
    EXPECT_EQ(count, 2U) << "the sum and the product added to it:\n" << changed;
    EXPECT_EQ(std::ranges::count(all, Operator::HalfAccumulation, &Mutant::kind), 1) << "one chain";
}

TEST(Mutator, RefusesAMutantOfAnotherModule) {
    Mutant mutant = mutants().front();
    mutant.statement = 1000;
    EXPECT_THROW((void)mutate(text, mutant), std::invalid_argument);
}

} // namespace
} // namespace assay::mutation
