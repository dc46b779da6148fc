// Servers: that children answer, that what happens in one touches no other, and that nothing is left of them.
#include "sandbox/server.h"

#include <csignal>
#include <gtest/gtest.h>
#include <thread>
#include <unistd.h>

namespace assay::sandbox {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

std::shared_ptr<Server> start(const std::string& role = "plan") {
    auto server = Server::start(role, {}, 60s);
    EXPECT_TRUE(server) << server.error().to_string();
    return *server;
}

Worker spawn(Server& server, const Limits& limits = {}) {
    auto worker = server.spawn(limits);
    EXPECT_TRUE(worker) << worker.error().to_string();
    return std::move(*worker);
}

Message request(json header) {
    return {std::move(header), {}};
}

TEST(Server, ChildrenAnswer) {
    const auto server = start();
    EXPECT_EQ(server->opened().header.at("opened"), true);
    const Message sent{{{"do", "echo"}, {"text", "héllo"}}, {Bytes(3, std::byte{7}), Bytes(1'000'000, std::byte{1})}};
    Worker first = spawn(*server);
    Worker second = spawn(*server);
    for (Worker* worker : {&first, &second, &first}) {
        const auto reply = worker->call(sent, 60s);
        ASSERT_TRUE(reply) << reply.error().to_string();
        EXPECT_EQ(reply->blobs, sent.blobs);
    }
    EXPECT_NE(first.pid(), second.pid());
    EXPECT_GT(first.cpu_seconds(), 0);
}

TEST(Server, ACrashAHangAndAKillTouchNoOtherChild) {
    const auto server = start("run");
    Worker bystander = spawn(*server);
    for (const char* way : {"exit", "hang", "abort"}) {
        Worker worker = spawn(*server);
        const auto reply = worker.call(request({{"do", way}}), 500ms);
        ASSERT_FALSE(reply);
        EXPECT_EQ(reply.error().kind, std::string(way) == "hang" ? CallError::Kind::Timeout : CallError::Kind::Died);
        EXPECT_FALSE(worker.alive());
        if (std::string(way) == "exit") {
            EXPECT_EQ(reply.error().exit.to_string(), "exit status 7");
        }
        if (std::string(way) == "abort") {
            EXPECT_TRUE(reply.error().exit.signalled);
            EXPECT_NE(reply.error().exit.log.find("last words"), std::string::npos);
        }
    }
    Worker killed = spawn(*server);
    ::kill(killed.pid(), SIGKILL);
    EXPECT_EQ(killed.call(request({{"do", "echo"}}), 60s).error().exit.to_string(), "killed by SIGKILL");
    EXPECT_TRUE(bystander.call(request({{"do", "echo"}}), 60s));
    EXPECT_TRUE(server->alive());
}

TEST(Server, LimitsAreTheChilds) {
    const auto server = start();
    Worker burning = spawn(*server, {.cpu_seconds = 1});
    const auto burnt = burning.call(request({{"do", "burn"}}), 60s);
    ASSERT_FALSE(burnt);
    EXPECT_TRUE(burnt.error().exit.signalled);
    EXPECT_LT(burning.cpu_seconds(), 10);
#ifndef __SANITIZE_ADDRESS__
    Worker eating = spawn(*server, {.address_space = 256U << 20});
    const auto eaten = eating.call(request({{"do", "eat"}}), 60s);
    ASSERT_TRUE(eaten) << eaten.error().to_string();
    EXPECT_LE(eaten->header["bytes"].get<std::uint64_t>(), 256U << 20);
    EXPECT_GT(eaten->header["bytes"].get<std::uint64_t>(), 128U << 20);
#endif
}

TEST(Server, OutputIsCappedAndStopsNothing) {
    const auto server = start();
    Worker worker = spawn(*server, {.log_bytes = 1000});
    ASSERT_TRUE(worker.call(request({{"do", "flood"}, {"bytes", 4 << 20}}), 60s));
    EXPECT_EQ(worker.stop().log, std::string(1000, 'x') + "\n[4193304 more bytes not kept]\n");
}

TEST(Server, AChildHasNothingOfTheServersButItsOwnChannel) {
    const auto server = start("compile");
    Worker first = spawn(*server);
    Worker worker = spawn(*server);
    const auto reply = worker.call(request({{"do", "descriptors"}}), 60s);
    ASSERT_TRUE(reply) << reply.error().to_string();
    EXPECT_EQ(reply->header["descriptors"], json({0, 1, 2, 3}));
}

TEST(Server, ItsDeathIsTheDeathOfItsChildren) {
    const auto server = start();
    Worker worker = spawn(*server);
    ::kill(server->pid(), SIGKILL);
    for (int i = 0; i < 5000 && worker.alive(); i++) {
        std::this_thread::sleep_for(1ms);
    }
    EXPECT_FALSE(worker.alive());
    EXPECT_FALSE(worker.call(request({{"do", "echo"}}), 60s));
    EXPECT_FALSE(server->spawn({}));
    EXPECT_FALSE(server->alive());
}

TEST(Server, ThatCannotOpenIsItsOwnError) {
    const auto server = Server::start("plan", request({{"fail", true}}), 60s);
    ASSERT_FALSE(server);
    EXPECT_EQ(server.error().to_string(), "here: it cannot be opened (never mind)");
    EXPECT_FALSE(Server::start("nobody", {}, 60s));
}

} // namespace
} // namespace assay::sandbox
