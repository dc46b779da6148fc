#include "ptx/printer.h"

#include <gtest/gtest.h>

#include "fixtures.h"
#include "ptx/parser.h"

namespace assay::ptx {

TEST(Printer, Instructions) {
    for (const char* text : {
             "ret;",
             "@!%p1 ld.global.nc.v2.f32 {%f1, _}, [%rd1+-8];",
             "setp.lt.and.s32 %p1|%p2, %r1, -4, !%p3;",
             "tex.2d.v4.f32.s32 {%f0, %f1, %f2, %f3}, [picture+8, sampler, {%r1, %r2}];",
             "call.uni (%r1), f, (%r2, 5), prototype_0;",
             "call f, ();",
             "mov.u64 %rd1, table+9223372036854775807;",
             "mov.u64 %rd1, table+-9223372036854775808;",
             "mov.b32 %r1, (1 << 4) | 0xFU;",
         }) {
        EXPECT_EQ(print(instruction_of(text)), text);
    }
    EXPECT_EQ(print(instruction_of("@ p add .s32 a , b,c;")), "@p add.s32 a, b, c;");
}

TEST(Printer, AModule) {
    const std::string text = R"(.version 9.0
.target sm_90, debug
.address_size 64

.visible .const .align 4 .b8 table[2][3] = {{1, 2, 3}, {0xFF(generic(other)+1)}};

.visible .entry kernel(
	.param .u64 .ptr .global .align 16 x,
	.param .b32 n
)
.maxntid 128, 1, 1
.pragma "nounroll";
{
	.reg .pred %p<2>;
	.loc 1 2 3, function_name $L__info_string0, inlined_at 1 4 5
	{
		.reg .v2 .b32 v;
	LOOP:
		@%p1 bra LOOP;
	}
	T: .branchtargets A, B;
A:
B:
	P: .callprototype (.param .b32 _) _ (.param .b64 _) .noreturn;
	ret;
}

.extern .func (.param .b32 r) f();

.file 1 "a.cu"

.section .debug_loc { }

.alias f, g;
)";
    EXPECT_EQ(print(must_parse(text)), text);
}

TEST(Printer, NeedsNoItems) {
    Module module;
    module.version_major = 9;
    module.targets = {"sm_80"};
    EXPECT_EQ(print(module), ".version 9.0\n.target sm_80\n.address_size 64\n");
}

} // namespace assay::ptx
