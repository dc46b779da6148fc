// No access of a kernel reaches the harness's memory: every form in which generated code accesses memory is aimed at a
// page outside the device's region. The launch must end in a fault, the page stay as it was, and nothing of it be in
// what the kernel wrote. Each form runs in the version for lanes that stay together, in the masked one, in that one
// with some lanes only, and with an address that depends on what the block has loaded, which no test at the block's
// beginning can cover; with the machine's instructions and with those of a processor without masks.
#include <algorithm>
#include <array>
#include <cstring>
#include <ostream>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <sys/mman.h>

#include "conformance/case.h"
#include "vgpu/codegen/generator.h"

namespace assay::vgpu::conformance {

namespace {

/// How lanes access: lines that compute an address in %a (of windows %w) from the forbidden one in %at, and the access.
/// %x and %y are the thread's coordinates, %four, %eight, %sixteen so many times x; %out is a buffer of its own.
struct Form {
    const char* name;
    const char* address;
    const char* access;
};

void PrintTo(const Form& form, std::ostream* out) {
    *out << form.name;
}

constexpr const char* uniform = "mov.u64 %a, %at;";
constexpr const char* contiguous = "add.s64 %a, %at, %four;";
constexpr const char* rows = "mul.wide.u32 %t, %y, 1024; add.s64 %a, %at, %t; add.s64 %a, %a, %four;";
constexpr const char* spaced = "add.s64 %a, %at, %sixteen;";
constexpr const char* backwards = "sub.s64 %a, %at, %eight; add.s64 %a, %a, 1024;";
constexpr const char* anywhere = "mul.lo.u32 %i, %x, %x; and.b32 %i, %i, 63; mul.wide.u32 %t, %i, 16;"
                                 "add.s64 %a, %at, %t;";
constexpr const char* one_lane = "setp.eq.u32 %p, %x, 7; add.s64 %a, %out, %eight; selp.b64 %a, %at, %a, %p;";
/// The last 8 indices are above 2^31 or 2^32 and wrap around: 16 GiB or 32 GiB away.
constexpr const char* wraps_signed =
    "add.u32 %i, %x, 0x7ffffff8; mul.wide.s32 %t, %i, 8; sub.s64 %a, %out, 0x3ffffffc0;"
    "add.s64 %a, %a, %t;";
constexpr const char* wraps_unsigned =
    "add.u32 %i, %x, 0xfffffff8; mul.wide.u32 %t, %i, 4; sub.s64 %a, %out, 0x3ffffffe0;"
    "add.s64 %a, %a, %t;";
/// A thread's own buffer in reach, so that only what a second access adds can be wrong.
constexpr const char* own = "add.s64 %a, %out, %eight;";

constexpr const char* load = "ld.global.u32 %r0, [%a];";
constexpr const char* load_two = "ld.global.v2.u32 {%r0, %r1}, [%a];";
constexpr const char* load_four = "ld.global.v4.u32 {%r0, %r1, %r2, %r3}, [%a];";
constexpr const char* load_long = "ld.global.u64 %l, [%a]; cvt.u32.u64 %r0, %l;";
constexpr const char* store = "st.global.u32 [%a], %r0;";
constexpr const char* store_two = "st.global.v2.u32 [%a], {%r0, %r1};";
constexpr const char* store_four = "st.global.v4.u32 [%a], {%r0, %r1, %r2, %r3};";
constexpr const char* store_long = "st.global.u64 [%a], %l;";

constexpr const char* in_window = "mov.u32 %w, 0x10000;";
constexpr const char* along_window = "shl.b32 %w, %x, 2; add.u32 %w, %w, 0x7fff0000;";
constexpr const char* below_window = "shl.b32 %w, %x, 2; sub.u32 %w, %w, 128;";
constexpr const char* anywhere_in_window = "mul.lo.u32 %w, %x, %x; shl.b32 %w, %w, 2; add.u32 %w, %w, 0x10000;";

constexpr auto forms = std::to_array<Form>({
    {"UniformLoad", uniform, load},
    {"UniformStore", uniform, store},
    {"UniformLoadOfTwo", uniform, load_two},
    {"UniformStoreOfFour", uniform, store_four},
    {"ContiguousLoad", contiguous, load},
    {"ContiguousStore", contiguous, store},
    {"GuardedLoad", contiguous, "setp.lt.u32 %p, %x, 20; @%p ld.global.u32 %r0, [%a];"},
    {"GuardedStore", contiguous, "setp.lt.u32 %p, %x, 20; @%p st.global.u32 [%a], %r0;"},
    {"RowsLoad", rows, load},
    {"RowsStore", rows, store},
    {"PairsLoad", "add.s64 %a, %at, %eight;", load_two},
    {"PairsStore", "add.s64 %a, %at, %eight;", store_two},
    {"QuadsLoad", spaced, load_four},
    {"QuadsStore", spaced, store_four},
    {"SpacedLoad", spaced, load},
    {"SpacedStore", spaced, store},
    {"SpacedLoadOfTwo", spaced, load_two},
    {"SpacedStoreOfTwo", spaced, store_two},
    {"BackwardsLoad", backwards, load},
    {"BackwardsStore", backwards, store},
    {"LongsLoad", "add.s64 %a, %at, %eight;", load_long},
    {"LongsStore", "add.s64 %a, %at, %eight;", store_long},
    {"BytesLoad", "cvt.u64.u32 %t, %x; add.s64 %a, %at, %t;", "ld.global.u8 %r0, [%a];"},
    {"BytesStore", "cvt.u64.u32 %t, %x; add.s64 %a, %at, %t;", "st.global.u8 [%a], %r0;"},
    {"HalvesLoad", spaced, "ld.global.s16 %r0, [%a];"},
    {"HalvesStore", spaced, "st.global.u16 [%a], %r0;"},
    {"AnywhereLoad", anywhere, load},
    {"AnywhereStore", anywhere, store},
    {"AnywhereLoadOfFour", anywhere, load_four},
    {"AnywhereStoreOfFour", anywhere, store_four},
    {"AnywhereLoadOfBytes", anywhere, "ld.global.u8 %r0, [%a];"},
    {"AnywhereStoreOfBytes", anywhere, "st.global.u8 [%a], %r0;"},
    {"OneLaneLoad", one_lane, load},
    {"OneLaneStore", one_lane, store},
    {"OneLaneStoreOfLongs", one_lane, store_long},
    {"SignedIndexWrapsLoad", wraps_signed, load},
    {"SignedIndexWrapsStore", wraps_signed, store},
    {"UnsignedIndexWrapsLoad", wraps_unsigned, load},
    {"UnsignedIndexWrapsStore", wraps_unsigned, store},
    {"GenericLoad", contiguous, "ld.u32 %r0, [%a];"},
    {"GenericStore", contiguous, "st.u32 [%a], %r0;"},
    {"ConstantLoad", contiguous, "ld.const.u32 %r0, [%a];"},
    {"VolatileLoad", contiguous, "ld.volatile.global.u32 %r0, [%a];"},
    {"VolatileStore", contiguous, "st.volatile.global.u32 [%a], %r0;"},
    {"AcquireLoad", anywhere, "ld.acquire.gpu.global.u32 %r0, [%a];"},
    {"ReleaseStore", anywhere, "st.release.gpu.global.u32 [%a], %r0;"},
    {"Atomic", contiguous, "atom.global.add.u32 %r0, [%a], 1;"},
    {"AtomicOfOnePlace", uniform, "red.global.add.u32 [%a], 1;"},
    {"CompareAndSwap", anywhere, "atom.global.cas.b32 %r0, [%a], 0, 1;"},
    {"AsynchronousCopy", spaced,
     "shl.b32 %w, %x, 4; cp.async.ca.shared.global [%w], [%a], 16; cp.async.wait_all; ld.shared.u32 %r0, [%w];"},
    {"MatrixLoad", uniform,
     "mov.u32 %i, 16; wmma.load.a.sync.aligned.row.m16n16k16.global.f16 {%r0, %r1, %r2, %r3, %r4, %r5, %r6, %r7}, "
     "[%a], %i;"},
    {"MatrixStore", uniform,
     "mov.u32 %i, 16; wmma.store.d.sync.aligned.row.m16n16k16.global.f16 [%a], {%r0, %r1, %r2, %r3}, %i;"},
    {"MatrixLoadWithFarRows", "mov.u64 %a, %out;",
     "mov.u32 %i, 0x7ffffff0; wmma.load.a.sync.aligned.row.m16n16k16.global.f16 {%r0, %r1, %r2, %r3, %r4, %r5, %r6, "
     "%r7},"
     "[%a], %i;"},
    // Accesses by one register: what is tested for the one must hold for the others.
    {"SecondLoadBelow", own, "ld.global.u32 %r0, [%a]; ld.global.u32 %r1, [%a+-2147483648]; add.u32 %r0, %r0, %r1;"},
    {"SecondStoreBelow", own, "st.global.u32 [%a], %r0; st.global.u32 [%a+-2147483648], %r1;"},
    {"LoadsAround", "add.s64 %a, %out, %eight; add.s64 %a, %a, 0x8000000000000008;",
     "ld.global.u32 %r1, [%a+-9223372036854775808]; ld.global.u32 %r0, [%a]; ld.global.u32 %r2, "
     "[%a+9223372036854775804]; add.u32 %r0, %r0, %r1; add.u32 %r0, %r0, %r2;"},
    {"StoresAround", "add.s64 %a, %out, %eight; add.s64 %a, %a, 0x8000000000000008;",
     "st.global.u32 [%a+-9223372036854775808], %r0; st.global.u32 [%a], %r0; st.global.u32 [%a+9223372036854775804], "
     "%r0;"},
    {"WindowStoresAround", "mov.u32 %w, 0;",
     "st.shared.u32 [%w+-9223372036854775808], %r0; st.shared.u32 [%w+0x70000000], %r0;"
     "st.shared.u32 [%w+9223372036854775804], %r0;"},
    // Windows: nothing beyond them, and so nothing beyond the region.
    {"SharedUniformLoad", in_window, "ld.shared.u32 %r0, [%w];"},
    {"SharedUniformStore", in_window, "st.shared.u32 [%w], %r0;"},
    {"SharedLoad", along_window, "ld.shared.u32 %r0, [%w];"},
    {"SharedStore", along_window, "st.shared.u32 [%w], %r0;"},
    {"SharedLoadBelow", below_window, "ld.shared.u32 %r0, [%w];"},
    {"SharedStoreBelow", below_window, "st.shared.u32 [%w], %r0;"},
    {"SharedLoadAnywhere", anywhere_in_window, "ld.shared.u32 %r0, [%w];"},
    {"SharedStoreAnywhere", anywhere_in_window, "st.shared.u32 [%w], %r0;"},
    {"SharedSecondStore", "shl.b32 %w, %x, 2;", "st.shared.u32 [%w], %r0; st.shared.u32 [%w+65536], %r0;"},
    {"SharedRows", in_window, "ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%r0, %r1, %r2, %r3}, [%w];"},
    // Of a cluster of two: another block's window, and blocks that are not there.
    {"ClusterLoad", "mov.u32 %w, 0x2010000;", "ld.shared::cluster.u32 %r0, [%w];"},
    {"ClusterStore", "mov.u32 %w, 0x2010000;", "st.shared::cluster.u32 [%w], %r0;"},
    {"ClusterStoreAlong", "shl.b32 %w, %x, 2; add.u32 %w, %w, 0x2000400;", "st.shared::cluster.u32 [%w], %r0;"},
    {"ClusterStoreBelow", "shl.b32 %w, %x, 2; sub.u32 %w, %w, 128;", "st.shared::cluster.u32 [%w], %r0;"},
    {"ClusterLoadOfNoBlock", "mov.u32 %w, 0x3000000;", "ld.shared::cluster.u32 %r0, [%w];"},
    {"ClusterStoreToNoBlock", "mul.lo.u32 %w, %x, 0x1000000; add.u32 %w, %w, 0x3000000;",
     "st.shared::cluster.v2.u32 [%w], {%r0, %r1};"},
    {"ClusterAtomic", "mov.u32 %w, 0x2010000;", "atom.shared::cluster.add.u32 %r0, [%w], 1;"},
    {"ClusterAtomicOfNoBlock", "mov.u32 %w, 0xff000000;", "red.shared::cluster.add.u32 [%w], 1;"},
    {"ClusterMappedStore", uniform, "mapa.u64 %a, %a, 1; st.u32 [%a], %r0;"},
    {"ClusterMappedLoads", contiguous, "and.b32 %i, %x, 1; mapa.u64 %a, %a, %i; ld.u32 %r0, [%a];"},
    {"ClusterMapOfNoRank", in_window, "mapa.shared::cluster.u32 %w, %w, 2; st.shared::cluster.u32 [%w], %r0;"},
    {"ClusterMapOfSomeNoRank", in_window,
     "shr.u32 %i, %x, 3; mapa.shared::cluster.u32 %w, %w, %i; st.shared::cluster.u32 [%w], %r0;"},
    {"ClusterConvertedStore", "mov.u64 %a, 0x5f000010;", "cvta.shared::cluster.u64 %a, %a; st.u32 [%a], %r0;"},
    {"ClusterConvertedThere", uniform,
     "cvta.to.shared::cluster.u64 %a, %a; cvt.u32.u64 %w, %a; or.b32 %w, %w, 0x4000000;"
     "st.shared::cluster.u32 [%w], %r0;"},
    {"ClusterArrival", "mov.u32 %w, 0x7000000;", "mbarrier.arrive.release.cluster.shared::cluster.b64 _, [%w];"},
    {"ClusterSend", "mov.u32 %w, 0x2010000;",
     "st.async.shared::cluster.mbarrier::complete_tx::bytes.u32 [%w], %r0, [%w];"},
    {"ClusterBulkCopy", "mov.u32 %w, 0x4000000;",
     "mov.u32 %i, 0; cp.async.bulk.shared::cluster.shared::cta.mbarrier::complete_tx::bytes [%w], [%i], 16, [%w];"},
    {"LocalLoad", in_window, "ld.local.u32 %r0, [%w];"},
    {"LocalStore", in_window, "st.local.u32 [%w], %r0;"},
    {"LocalStoreAnywhere", anywhere_in_window, "st.local.u32 [%w], %r0;"},
    {"ParameterFarBehind", "", "ld.param.u32 %r0, [at+1099511693312];"},
    {"ParameterFarBefore", "", "ld.param.u32 %r0, [at+-1099511693312];"},
    {"ParameterThroughRegister", along_window, "ld.param.u32 %r0, [%w];"},
});

constexpr std::uint32_t secret = 0x5ec2e7ed;
constexpr std::size_t page = 4096;

/// Memory of the host that a kernel is told the address of.
class Forbidden {
public:
    Forbidden()
        : words_(static_cast<std::uint32_t*>(
              mmap(nullptr, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {
        std::fill_n(words_, page / 4, secret);
    }
    ~Forbidden() { munmap(words_, page); }
    Forbidden(const Forbidden&) = delete;
    Forbidden& operator=(const Forbidden&) = delete;
    [[nodiscard]] std::uint64_t address() const { return reinterpret_cast<std::uint64_t>(words_); }
    [[nodiscard]] bool untouched() const {
        return std::all_of(words_, words_ + page / 4, [](std::uint32_t word) { return word == secret; });
    }

private:
    std::uint32_t* words_;
};

std::string kernel(const Form& form, bool parted, bool behind_load) {
    std::string text = R"(.version 8.6
.target sm_90
.address_size 64
.visible .entry probe(.param .u64 at, .param .u64 out)
{
.reg .pred %p, %q;
.reg .b32 %x, %y, %i, %w, %z, %r<8>;
.reg .b64 %at, %out, %own, %a, %t, %l, %four, %eight, %sixteen, %wide;
.shared .align 16 .b8 window[1024];
.local .align 16 .b8 depot[64];
ld.param.u64 %at, [at];
ld.param.u64 %out, [out];
mov.u32 %x, %tid.x;
mov.u32 %y, %tid.y;
mul.wide.u32 %four, %x, 4;
mul.wide.u32 %eight, %x, 8;
mul.wide.u32 %sixteen, %x, 16;
add.s64 %own, %out, %four;
mov.u64 %l, 0;
st.shared.u32 [window], %x;
st.local.u32 [depot], %x;
)";
    for (int i = 0; i < 8; ++i) {
        text += fmt::format("mov.u32 %r{}, 0;\n", i);
    }
    if (parted) {
        text += "setp.gt.u32 %q, %x, 12;\n@%q bra END;\n";
    }
    if (behind_load) { // zeros
        text += "ld.global.u32 %z, [%own];\ncvt.u64.u32 %wide, %z;\nadd.s64 %at, %at, %wide;\nadd.u32 %x, %x, %z;\n"
                "mul.wide.u32 %four, %x, 4;\nmul.wide.u32 %eight, %x, 8;\nmul.wide.u32 %sixteen, %x, 16;\n";
    }
    text += fmt::format("{}\n{}\n", form.address, form.access);
    text += "st.global.u32 [%own], %r0;\nEND:\nst.global.u32 [%own+2048], %r0;\nret;\n}\n";
    return text;
}

/// This machine's processor, and one without masks and gathers of its own.
constexpr const char* without_masks = "x86-64-v3";

std::vector<const char*> targets() {
    std::vector<const char*> result{""};
    if (__builtin_cpu_supports("x86-64-v4") != 0) {
        result.push_back(without_masks);
    }
    return result;
}

std::vector<std::pair<Form, const char*>> cases() {
    std::vector<std::pair<Form, const char*>> result;
    for (const char* cpu : targets()) {
        for (const Form& form : forms) {
            result.emplace_back(form, cpu);
        }
    }
    return result;
}

class Confinement : public testing::TestWithParam<std::pair<Form, const char*>> {};

TEST_P(Confinement, NoAccessReachesTheHost) {
    const auto& [form, cpu] = GetParam();
    const Forbidden forbidden;
    Argument at, out;
    at.type = "u64";
    at.contents = std::to_string(forbidden.address());
    out.buffer = true;
    out.type = "u32";
    out.count = 2048;
    out.contents = "zero";
    struct Target {
        explicit Target(const char* cpu) { codegen::set_target(cpu); }
        ~Target() { codegen::set_target(""); }
    };
    const Target target(cpu);
    for (const Dim3& block : {Dim3{64, 1, 1}, Dim3{16, 4, 1}, Dim3{31, 1, 1}}) {
        for (const bool parted : {false, true}) {
            for (const bool behind_load : {false, true}) {
                SCOPED_TRACE(fmt::format("block of {} x {}{}{}", block[0], block[1], parted ? ", parted" : "",
                                         behind_load ? ", behind a load" : ""));
                LaunchCase launch;
                launch.kernel = "probe";
                launch.block = block;
                launch.grid = launch.cluster = {std::string_view(form.name).starts_with("Cluster") ? 2u : 1u, 1, 1};
                launch.arguments = {at, out};
                const Outcome outcome = run_case(kernel(form, parted, behind_load), launch, Engine::Generator);
                ASSERT_EQ(outcome.unsupported, "");
                EXPECT_TRUE(forbidden.untouched());
                ASSERT_TRUE(outcome.fault);
                EXPECT_EQ(outcome.fault->kind, Fault::Kind::IllegalAddress) << outcome.fault->message;
                std::array<std::uint32_t, 2048> written{};
                std::memcpy(written.data(), outcome.buffers.at(0).data(), sizeof written);
                EXPECT_EQ(std::ranges::count(written, secret), 0);
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Forms, Confinement, testing::ValuesIn(cases()), [](const auto& param) {
    return std::string(param.param.first.name) + (*param.param.second != 0 ? "WithoutMasks" : "");
});

} // namespace

} // namespace assay::vgpu::conformance
