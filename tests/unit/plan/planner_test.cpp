// Recording in a worker process.
#include "plan/planner.h"

#include <fmt/format.h>

#include "isa/decode.h"
#include "plan/plan_json.h"
#include "plan/protocol.h"
#include "unit/plan/recording.h"

namespace assay::plan::testing {
namespace {

TEST(Planner, RecordsEveryBindingAndCutsOutTheDevicesPart) {
    Planner planner;
    const std::vector<tasks::Binding> bindings{unary(1000), unary(5), unary(123456)};
    const std::string ptx = read_source("ping_pong.ptx");
    const auto reply = planner.record(ptx, "solve", bindings);
    ASSERT_TRUE(reply) << reply.error().to_string();
    ASSERT_TRUE(*reply) << reply->error().to_string();
    const Recording& recording = **reply;
    ASSERT_EQ(recording.plans.size(), 3u);
    for (std::size_t i = 0; i < 3; ++i) {
        const auto here = record(program("ping_pong"), "solve", bindings[i]);
        ASSERT_TRUE(here);
        EXPECT_EQ(to_json(recording.plans[i]), to_json(*here)) << i;
    }
    const auto device = isa::decode_text(recording.device_ptx);
    ASSERT_TRUE(device) << device.error().to_string();
    EXPECT_EQ(device->functions.size(), 1u);
}

TEST(Planner, GivesTheCandidatesFaultAsItIs) {
    Planner planner;
    RecordLimits limits;
    limits.steps = 1'000'000;
    for (const char* entry : {"exits", "empty_grid", "loops", "launch_after_free"}) {
        const auto reply = planner.record(read_source("errors.ptx"), entry, {unary()}, {}, limits);
        ASSERT_TRUE(reply) << reply.error().to_string();
        ASSERT_FALSE(*reply) << entry;
        const PlanError here = error_of("errors", entry, unary(), limits);
        EXPECT_EQ(reply->error().to_string(), here.to_string());
        EXPECT_EQ(reply->error().kind, here.kind);
    }
}

TEST(Planner, KeepsSymbolsThatOnlyAStepNames) {
    Planner planner;
    const auto reply = planner.record(read_source("pointer_arrays.ptx"), "unused_symbol", {unary()});
    ASSERT_TRUE(reply) << reply.error().to_string();
    ASSERT_TRUE(*reply) << reply->error().to_string();
    EXPECT_NE((*reply)->device_ptx.find(".visible .const .align 4 .b8 coefficients[16];"), std::string::npos);
}

TEST(Planner, ChecksTheRulesFirst) {
    Planner planner;
    const auto reply = planner.record(read_source("device_launch.ptx"), "solve", {unary()});
    ASSERT_TRUE(reply) << reply.error().to_string();
    ASSERT_FALSE(*reply);
    EXPECT_EQ(reply->error().kind, PlanError::Kind::Rejected);
    EXPECT_EQ(reply->error().rule, "device-launch");
}

TEST(Planner, KillsARecordingThatRunsTooLongAndGoesOn) {
    Planner planner;
    RecordLimits limits;
    limits.steps = UINT64_MAX;
    const auto slow =
        planner.record(read_source("errors.ptx"), "loops", {unary()}, {}, limits, std::chrono::milliseconds(300));
    ASSERT_TRUE(slow) << slow.error().to_string();
    ASSERT_FALSE(*slow);
    EXPECT_EQ(slow->error().kind, PlanError::Kind::Limit);
    EXPECT_EQ(slow->error().what, "host code runs longer than 0.3 s");
    const auto after = planner.record(read_source("ping_pong.ptx"), "solve", {unary()});
    ASSERT_TRUE(after) << after.error().to_string();
    EXPECT_TRUE(*after);
}

TEST(Planner, BadPtxIsAnErrorWithItsPlace) {
    Planner planner;
    const auto reply =
        planner.record(".version 9.0\n.target sm_90\n.address_size 64\n.func f( { ret; }", "f", {unary()});
    ASSERT_FALSE(reply);
    EXPECT_TRUE(reply.error().where.starts_with("candidate.ptx:4")) << reply.error().to_string();
}

TEST(Protocol, ARequestKeepsEverything) {
    RecordingRequest request;
    request.ptx = "ptx";
    request.entry = "solve";
    request.bindings.push_back(Bind("task")
                                   .input("a", {2, 3}, tasks::DType::Float16)
                                   .output("b", {4})
                                   .axis("n", 2)
                                   .scalar("eps", tasks::DType::Float64, 0.1));
    request.device.name = "other";
    request.device.multiprocessors = 7;
    request.device.l2_bytes = 9;
    request.limits.steps = 5;
    request.limits.device_memory = 1ull << 40;
    const auto read = read_request(to_message(request));
    ASSERT_TRUE(read) << read.error().to_string();
    EXPECT_EQ(to_message(*read).header, to_message(request).header);
    EXPECT_EQ(read->ptx, "ptx");
    EXPECT_EQ(read->bindings.at(0).inputs.at(0).shape, (std::vector<std::int64_t>{2, 3}));
    EXPECT_EQ(read->bindings.at(0).scalars.at(1).value, 0.1);
    EXPECT_EQ(read->device.multiprocessors, 7);
    EXPECT_EQ(read->limits.device_memory, 1ull << 40);
}

TEST(Protocol, BadMessagesAreErrors) {
    sandbox::Message request = to_message(RecordingRequest{});
    request.header["limits"]["steps"] = "many";
    const auto bad = read_request(request);
    ASSERT_FALSE(bad);
    EXPECT_EQ(bad.error().where, "/limits/steps");
    EXPECT_FALSE(read_request({}));
    sandbox::Message reply;
    reply.header = nlohmann::json::object();
    EXPECT_FALSE(read_reply(reply)) << "no blob";
    reply.blobs.resize(2);
    EXPECT_FALSE(read_reply(reply)) << "an empty plan";
    reply.header["fault"] = {{"kind", "bad luck"}, {"rule", ""}, {"what", ""}, {"call", ""},
                             {"file", ""},         {"line", 1},  {"hint", ""}};
    const auto unknown = read_reply(reply);
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().where, "/fault/kind");
}

} // namespace
} // namespace assay::plan::testing
