// Checked mode: for each kind of bug a kernel with it, which must be found where it is, and a twin without it, in which
// nothing must be.
#include <algorithm>

#include <gtest/gtest.h>

#include "unit/vgpu/driver_fixture.h"

namespace assay::vgpu::test {
namespace {

class Checked : public DriverTest {
protected:
    static constexpr std::uint64_t count = 64; ///< floats of each buffer

    /// Findings of a launch of `k(in, out)`, two buffers with room around; `out` starts unwritten.
    std::vector<Finding> check(const std::string& body, const Shape& shape, CUresult result = CUDA_SUCCESS,
                               std::chrono::milliseconds limit = std::chrono::minutes(10)) {
        const CUmodule module =
            load(".version 8.0\n.target sm_90\n.address_size 64\n"
                 ".visible .entry k(.param .u64 in, .param .u64 out) {\n"
                 ".reg .f32 %f<9>; .reg .b32 %r<9>; .reg .b64 %rd<9>; .reg .pred %p<9>;\n"
                 ".shared .align 16 .b8 tile[1024];\n"
                 "ld.param.u64 %rd1, [in]; ld.param.u64 %rd2, [out]; mov.u32 %r1, %tid.x; mul.wide.u32 %rd3, %r1, 4;\n"
                 "add.u64 %rd4, %rd1, %rd3; add.u64 %rd5, %rd2, %rd3; shl.b32 %r2, %r1, 2; mov.u32 %r3, tile;\n"
                 "add.u32 %r4, %r3, %r2;\n" +
                 body + "\nret;\n}\n");
        CUfunction kernel = nullptr;
        EXPECT_EQ(cu.cuModuleGetFunction(&kernel, module, "k"), CUDA_SUCCESS);
        constexpr std::uint64_t bytes = count * 4, zone = 256;
        std::vector<MemoryObject> objects;
        std::vector<CUdeviceptr> data;
        for (const char* name : {"input 'a'", "output 'c'"}) {
            const CUdeviceptr room = allocate(bytes + 2 * zone);
            data.push_back(room + zone);
            objects.push_back({.name = name,
                               .address = room + zone,
                               .bytes = bytes,
                               .room = room,
                               .room_bytes = bytes + 2 * zone,
                               .initialised = data.size() == 1});
        }
        start_checking(std::move(objects), std::chrono::steady_clock::now() + limit);
        EXPECT_EQ(launch(kernel, shape, data[0], data[1]), result);
        return stop_checking();
    }

    void expect_one(const std::string& body, const Shape& shape, Finding::Kind kind, const std::string& says) {
        const auto findings = check(body, shape);
        ASSERT_EQ(findings.size(), 1u) << (findings.size() > 1 ? findings[0].message + "\n" + findings[1].message : "");
        EXPECT_EQ(to_string(findings[0].kind), to_string(kind));
        EXPECT_NE(findings[0].message.find(says), std::string::npos) << findings[0].message;
        EXPECT_NE(findings[0].message.find("kernel k"), std::string::npos) << findings[0].message;
    }
    /// Among others.
    void expect_some(const std::string& body, const Shape& shape, Finding::Kind kind, const std::string& says) {
        const auto findings = check(body, shape);
        EXPECT_TRUE(std::ranges::any_of(findings,
                                        [&](const Finding& finding) {
                                            return finding.kind == kind &&
                                                   finding.message.find(says) != std::string::npos;
                                        }))
            << findings.size() << " findings";
    }
    void expect_none(const std::string& body, const Shape& shape) {
        const auto findings = check(body, shape);
        EXPECT_TRUE(findings.empty()) << findings[0].message;
    }
};

constexpr const char* copy = "ld.global.f32 %f1, [%rd4]; st.global.f32 [%rd5], %f1;";

constexpr const char* use = "st.global.f32 [%rd5], %f1;";

TEST_F(Checked, OutOfBounds) {
    expect_none(copy, {.block = {64, 1, 1}});
    const auto findings = check(copy, {.block = {66, 1, 1}});
    ASSERT_EQ(findings.size(), 2u); // the load and the store
    EXPECT_EQ(findings[0].kind, Finding::Kind::OutOfBounds);
    EXPECT_NE(findings[0].message.find("index 64 of input 'a', 4 bytes past the end"), std::string::npos)
        << findings[0].message;
    EXPECT_EQ(findings[0].thread, (Dim3{64, 0, 0}));
    EXPECT_EQ(findings[0].times, 2u);
    expect_one("ld.global.f32 %f1, [%rd1+-4];", {}, Finding::Kind::OutOfBounds, "4 bytes before the start");
}

TEST_F(Checked, UninitialisedGlobalMemory) {
    expect_one("ld.global.f32 %f1, [%rd5]; st.global.f32 [%rd5], %f1;", {.block = {64, 1, 1}},
               Finding::Kind::UninitialisedRead, "index 0 of output 'c', which nothing has written");
    expect_none("st.global.f32 [%rd5], 0f00000000; ld.global.f32 %f1, [%rd5];", {.block = {64, 1, 1}});
}

TEST_F(Checked, UninitialisedSharedMemory) {
    expect_one(std::string("st.shared.f32 [%r4], 0f00000000; bar.sync 0; ld.shared.f32 %f1, [%r4+128];") + use,
               {.block = {64, 1, 1}}, Finding::Kind::UninitialisedRead,
               "offset 256 of shared memory, which nothing has written");
    expect_none("st.shared.f32 [%r4], 0f00000000; bar.sync 0; ld.shared.f32 %f1, [%r4];", {.block = {64, 1, 1}});
}

TEST_F(Checked, UninitialisedValuesThatDoNotMatter) {
    // Half of the words are there, and the others are loaded as well.
    const std::string load =
        "setp.lt.u32 %p1, %r1, 32; @%p1 st.shared.f32 [%r4], 0f3f800000; ld.shared.f32 %f1, [%r4];\n";
    const Shape shape{.block = {64, 1, 1}};
    const std::string says = "offset 128 of shared memory, which nothing has written";
    const auto matters = [&](const std::string& body) {
        expect_one(load + body, shape, Finding::Kind::UninitialisedRead, says);
    };
    expect_none(load, shape);
    expect_none(load + "add.f32 %f2, %f1, %f1; selp.f32 %f3, %f2, 0f00000000, %p1; st.global.f32 [%rd5], %f3;", shape);
    matters("add.f32 %f2, %f1, %f1; selp.f32 %f3, 0f00000000, %f2, %p1; st.global.f32 [%rd5], %f3;");
    const std::string compare = "setp.gt.f32 %p2, %f1, 0f00000000;\n";
    expect_none(load + compare + "and.pred %p3, %p1, %p2; @%p3 st.global.f32 [%rd5], %f1;", shape);
    matters(compare + "or.pred %p3, %p1, %p2; @%p3 bra ON; add.u32 %r5, %r1, 1; ON:");
    matters("mov.b32 %r5, %f1; and.b32 %r5, %r5, 4; add.u32 %r5, %r3, %r5; st.shared.u32 [%r5+512], 7;");
    matters("mov.b32 %r5, %f1; shfl.sync.idx.b32 %r6, %r5, 0, 31, -1;");
    matters("mov.b32 %r5, %f1; atom.global.add.u32 %r6, [%rd1], %r5;");
    matters("cvt.rni.s32.f32 %r5, %f1; st.shared.u32 [%r4+512], %r5;");
}

TEST_F(Checked, SharedRace) {
    // Each thread writes its word and reads that of the thread 32 further on.
    const std::string write = "cvt.rn.f32.u32 %f1, %r1; st.shared.f32 [%r4], %f1;";
    const std::string read = "xor.b32 %r5, %r2, 128; add.u32 %r5, %r3, %r5; ld.shared.f32 %f2, [%r5];";
    expect_one(write + "bar.sync 1, 32;" + "bar.warp.sync 0xffffffff; st.shared.f32 [tile], %f1;",
               {.block = {32, 1, 1}}, Finding::Kind::SharedRace,
               "offset 0 of shared memory that thread (1, 0, 0) of block (0, 0, 0) wrote");
    const auto findings = check(write + read, {.block = {64, 1, 1}});
    EXPECT_TRUE(std::ranges::any_of(findings, [](const Finding& f) { return f.kind == Finding::Kind::SharedRace; }));
    expect_none(write + "bar.sync 0;" + read, {.block = {64, 1, 1}});
    // All write the same: nobody can tell who was last.
    expect_none("st.shared.f32 [tile], 0f3f800000;", {.block = {64, 1, 1}});
}

// Lanes of the first warp write and arrive, those of the second wait and read.
class CheckedMbarrier : public Checked {
protected:
    static constexpr const char* two_warps = R"(
        add.u32 %r6, %r3, 512;
        setp.ne.u32 %p1, %r1, 0;
        @%p1 bra READY;
        mbarrier.init.shared.b64 [%r6], 32;
        mbarrier.init.shared.b64 [%r6+8], 32;
        READY: bar.sync 0;
        cvt.rn.f32.u32 %f1, %r1;
        setp.ge.u32 %p2, %r1, 32;
        @%p2 bra CONSUME;
        st.shared.f32 [%r4], %f1;
        mbarrier.arrive.shared.b64 %rd6, [%r6];
        bra.uni END;
        CONSUME:
    )";
    static constexpr const char* wait = "WAIT: mbarrier.test_wait.parity.shared.b64 %p3, [%r6], 0; @!%p3 bra WAIT;\n";
    static constexpr const char* read = "ld.shared.f32 %f2, [%r4+-128];\nEND:";
    Shape shape{.block = {64, 1, 1}};
};

TEST_F(CheckedMbarrier, OrdersWhatComesBeforeAnArrivalAndAfterAWait) {
    expect_none(std::string(two_warps) + wait + read, shape);
    expect_one(std::string(two_warps) + read, shape, Finding::Kind::SharedRace, "nothing between to order them");
}

TEST_F(CheckedMbarrier, DoesNotOrderTheLanesThatHaveNotWaited) {
    const std::string one_waits = std::string(two_warps) + "setp.ne.u32 %p4, %r1, 32;\n@%p4 bra ON;\n" + wait + "ON:";
    expect_none(one_waits + "bar.warp.sync 0xffffffff;" + read, shape);
    expect_one(one_waits + read, shape, Finding::Kind::SharedRace, "nothing between to order them");
}

TEST_F(CheckedMbarrier, DoesNotOrderWhatComesAfterTheArrival) {
    std::string late = two_warps;
    const std::string store = "st.shared.f32 [%r4], %f1;\n", arrive = "mbarrier.arrive.shared.b64 %rd6, [%r6];\n";
    late.replace(late.find(store), store.size(), "");
    late.insert(late.find(arrive) + arrive.size(), store);
    expect_one(late + wait + read, shape, Finding::Kind::SharedRace, "nothing between to order them");
}

TEST_F(CheckedMbarrier, WaitingForAnotherOneOrdersNothing) {
    std::string other = two_warps;
    other.insert(other.find("bra.uni END"), "mbarrier.arrive.shared.b64 %rd6, [%r6+8];\n");    // both have arrivals
    other.insert(other.find("st.shared.f32"), "mbarrier.arrive.shared.b64 %rd6, [%r6+16];\n"); // ... this one before
    other.replace(other.find("[%r6+8], 32;"), 12, "[%r6+8], 32; mbarrier.init.shared.b64 [%r6+16], 32;");
    const std::string wait_for = "WAIT: mbarrier.test_wait.parity.shared.b64 %p3, [%r6+";
    expect_none(other + wait_for + "8], 0; @!%p3 bra WAIT;" + read, shape);
    expect_one(other + wait_for + "16], 0; @!%p3 bra WAIT;" + read, shape, Finding::Kind::SharedRace,
               "nothing between to order them");
}

// A cluster of two blocks.
class CheckedCluster : public Checked {
protected:
    static constexpr const char* barrier = "barrier.cluster.arrive; barrier.cluster.wait;\n";
    Shape shape{.grid = {2, 1, 1}, .block = {64, 1, 1}, .cluster = {2, 1, 1}};
};

TEST_F(CheckedCluster, ItsBarrierOrdersTheThreadsOfABlock) {
    const std::string write = "cvt.rn.f32.u32 %f1, %r1; st.shared.f32 [%r4], %f1;\n";
    const std::string read = "xor.b32 %r5, %r2, 128; add.u32 %r5, %r3, %r5; ld.shared.f32 %f2, [%r5];";
    expect_none(write + barrier + read, shape);
    expect_some(write + read, shape, Finding::Kind::SharedRace, "of shared memory");
}

TEST_F(CheckedCluster, ItsBarrierOrdersItsBlocks) {
    // Each block writes its word, and reads that of the other where it lies.
    const std::string write = "mov.u32 %r5, %cluster_ctarank; add.u32 %r6, %r5, 7; st.shared.u32 [%r4], %r6;\n"
                              "xor.b32 %r5, %r5, 1; mapa.shared::cluster.u32 %r7, %r4, %r5;\n";
    const std::string read = "ld.shared::cluster.u32 %r8, [%r7];";
    expect_none(write + barrier + read, shape);
    expect_some(write + "barrier.cluster.arrive;" + read + "barrier.cluster.wait;", shape, Finding::Kind::SharedRace,
                "of another block's shared memory");
    // The same in global memory.
    const std::string word = "mov.u32 %r5, %cluster_ctarank; add.u32 %r6, %r5, 1; mul.wide.u32 %rd6, %r5, 4;\n"
                             "add.u64 %rd6, %rd2, %rd6; st.global.u32 [%rd6], %r6; xor.b32 %r5, %r5, 1;\n"
                             "mul.wide.u32 %rd6, %r5, 4; add.u64 %rd6, %rd2, %rd6;\n";
    shape.block = {1, 1, 1};
    expect_none(word + barrier + "ld.global.u32 %r8, [%rd6];", shape);
    expect_some(word + "ld.global.u32 %r8, [%rd6];", shape, Finding::Kind::GlobalRace, "of output 'c'");
}

TEST_F(CheckedCluster, MemoryOfTheOtherBlockIsReadAfterItWasWritten) {
    const std::string there = "mov.u32 %r5, %cluster_ctarank; xor.b32 %r5, %r5, 1;\n"
                              "mapa.shared::cluster.u32 %r7, %r4, %r5;\n";
    expect_none(there + "st.shared::cluster.u32 [%r7], %r1;\n" + barrier + "ld.shared.u32 %r8, [%r4];", shape);
    expect_one(there + barrier + "ld.shared::cluster.u32 %r8, [%r7]; st.global.u32 [%rd5], %r8;", shape,
               Finding::Kind::UninitialisedRead, "which nothing has written");
}

TEST_F(Checked, GlobalRaceOfBlocks) {
    const std::string value = "mov.u32 %r5, %ctaid.x; add.u32 %r5, %r5, 1;";
    expect_one(value + "st.global.u32 [%rd2], %r5;", {.grid = {2, 1, 1}}, Finding::Kind::GlobalRace,
               "index 0 of output 'c' that thread (0, 0, 0) of block (0, 0, 0) wrote");
    expect_none(value + "mul.wide.u32 %rd6, %r5, 4; add.u64 %rd6, %rd2, %rd6; st.global.u32 [%rd6], %r5;",
                {.grid = {2, 1, 1}});
}

TEST_F(Checked, BarrierDivergence) {
    const std::string test = "setp.lt.u32 %p1, %r1, 16;\n";
    expect_one(test + "@%p1 bra LOW;\nbar.sync 0;\nbra.uni JOIN;\nLOW:\nbar.sync 0;\nJOIN:", {.block = {32, 1, 1}},
               Finding::Kind::BarrierDivergence, "lanes of one warp that stand at different places");
    expect_none(test + "@%p1 bra JOIN;\nadd.u32 %r1, %r1, 1;\nJOIN:\nbar.sync 0;", {.block = {32, 1, 1}});
}

TEST_F(Checked, CopiesThatNobodyWaitedFor) {
    const std::string issue = "shl.b32 %r5, %r1, 4; add.u32 %r5, %r3, %r5; mul.wide.u32 %rd6, %r1, 16;\n"
                              "add.u64 %rd6, %rd1, %rd6; cp.async.cg.shared.global [%r5], [%rd6], 16;\n"
                              "cp.async.commit_group;\n";
    expect_one(issue + "ld.shared.f32 %f1, [%r5];" + use, {.block = {8, 1, 1}}, Finding::Kind::UninitialisedRead,
               "a cp.async copies that was not waited for");
    expect_one(issue + "cp.async.wait_group 1; ld.shared.f32 %f1, [%r5];" + use, {.block = {8, 1, 1}},
               Finding::Kind::UninitialisedRead, "a cp.async copies that was not waited for");
    expect_none(issue + "cp.async.wait_group 0; ld.shared.f32 %f1, [%r5];", {.block = {8, 1, 1}});
    expect_none(issue + "cp.async.wait_all; ld.shared.f32 %f1, [%r5];", {.block = {8, 1, 1}});
}

TEST_F(Checked, WhatABulkCopyBringsIsWritten) {
    // 64 of the input's floats, by the first thread; all wait for them at an mbarrier.
    const std::string copied = R"(
        setp.ne.u32 %p1, %r1, 0;
        @%p1 bra READY;
        mbarrier.init.shared.b64 [%r3+512], 1;
        mbarrier.arrive.expect_tx.shared.b64 %rd6, [%r3+512], 256;
        cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%r3], [%rd1], 256, [%r3+512];
        READY: bar.sync 0;
        WAIT: mbarrier.test_wait.parity.shared.b64 %p3, [%r3+512], 0;
        @!%p3 bra WAIT;
    )";
    const Shape shape{.block = {64, 1, 1}};
    expect_none(copied + "ld.shared.f32 %f1, [%r4];" + use, shape);
    expect_one(copied.substr(0, copied.find("WAIT:")), shape, Finding::Kind::UnfinishedCopy,
               "nobody has waited for `cp.async.bulk");
    expect_one(copied + "ld.shared.f32 %f1, [%r4+4];" + use, shape, Finding::Kind::UninitialisedRead,
               "offset 256 of shared memory, which nothing has written");
}

TEST_F(Checked, ACopyThatAnMbarrierHearsOfIsWaitedForThere) {
    const std::string issue = R"(
        setp.ne.u32 %p1, %r1, 0;
        @%p1 bra READY;
        mbarrier.init.shared.b64 [%r3+512], 8;
        READY: bar.sync 0;
        shl.b32 %r5, %r1, 4; add.u32 %r5, %r3, %r5; mul.wide.u32 %rd6, %r1, 16; add.u64 %rd6, %rd1, %rd6;
        cp.async.cg.shared.global [%r5], [%rd6], 16;
    )";
    const std::string arrive = "cp.async.mbarrier.arrive.noinc.shared.b64 [%r3+512];\n"
                               "WAIT: mbarrier.test_wait.parity.shared.b64 %p3, [%r3+512], 0; @!%p3 bra WAIT;\n";
    const std::string read = "xor.b32 %r6, %r2, 4; add.u32 %r6, %r3, %r6; ld.shared.f32 %f1, [%r6];";
    expect_none(issue + arrive + read + use, {.block = {8, 1, 1}});
    expect_some(issue + read + use, {.block = {8, 1, 1}}, Finding::Kind::UninitialisedRead,
                "a cp.async copies that was not waited for");
}

TEST_F(Checked, ShufflesFromAbsentLanes) {
    expect_one("shfl.sync.down.b32 %r5|%p1, %r1, 16, 31, 0xffffffff;", {.block = {24, 1, 1}},
               Finding::Kind::InactiveShuffle, "takes the value of lane 24");
    expect_none("shfl.sync.down.b32 %r5|%p1, %r1, 16, 31, 0xffffffff;", {.block = {32, 1, 1}});
}

TEST_F(Checked, AKernelThatDoesNotEndKeepsItsFindings) {
    const auto findings = check(std::string("ld.shared.f32 %f1, [%r4];") + use + "AGAIN: bra AGAIN;",
                                {.block = {8, 1, 1}}, CUDA_ERROR_LAUNCH_FAILED, std::chrono::milliseconds(100));
    EXPECT_EQ(findings.size(), 1u);
    ASSERT_TRUE(last_fault());
    EXPECT_NE(last_fault()->message.find("does not end: a thread is still at `bra AGAIN"), std::string::npos)
        << last_fault()->message;
}

TEST_F(Checked, EndsWithTheLastFinding) {
    (void)check(copy, {.block = {66, 1, 1}});
    EXPECT_TRUE(stop_checking().empty());
    EXPECT_EQ(launch(function("no_parameters"), {}), CUDA_SUCCESS);
}

} // namespace
} // namespace assay::vgpu::test
