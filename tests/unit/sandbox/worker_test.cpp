// Workers: that they answer, and that nothing they do, by accident or by malice, harms the supervisor.
#include "sandbox/worker.h"

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <set>
#include <thread>
#include <unistd.h>

namespace assay::sandbox {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

Worker start(const std::string& role = "tool", const Limits& limits = {}) {
    auto worker = Worker::start(role, limits);
    EXPECT_TRUE(worker) << worker.error().to_string();
    return std::move(*worker);
}

Message request(json header) {
    return {std::move(header), {}};
}

/// True once no process has this id; a killed orphan stays a zombie until init reaps it, which counts as gone.
bool is_gone(pid_t pid) {
    for (int i = 0; i < 5000; i++) {
        if (::kill(pid, 0) != 0) {
            return true;
        }
        std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
        std::string text;
        std::getline(stat, text);
        if (const auto name_end = text.rfind(')'); name_end != std::string::npos && text.substr(name_end, 3) == ") Z") {
            return true;
        }
        std::this_thread::sleep_for(1ms);
    }
    return false;
}

TEST(Worker, AsksBeforeItReplies) {
    Worker worker = start();
    auto reply = worker.call(request({{"do", "ask"}, {"times", 2}}), 60s);
    for (int i = 0; i < 2; i++) {
        ASSERT_TRUE(reply) << reply.error().to_string();
        EXPECT_EQ(reply->header, json({{"question", i}}));
        reply = worker.call(request({{"answer", 10 * i}}), 60s);
    }
    ASSERT_TRUE(reply) << reply.error().to_string();
    EXPECT_EQ(reply->header, json({{"answers", {0, 10}}}));
    EXPECT_TRUE(worker.call(request({{"do", "echo"}}), 60s)); // what comes next is a request again
}

TEST(Worker, Echoes) {
    Worker worker = start();
    Message sent{{{"do", "echo"}, {"text", "héllo"}},
                 {Bytes(3, std::byte{7}), Bytes(), Bytes(20'000'000, std::byte{1})}};
    for (int i = 0; i < 3; i++) {
        const auto reply = worker.call(sent, 60s);
        ASSERT_TRUE(reply) << reply.error().to_string();
        EXPECT_EQ(reply->header, sent.header);
        EXPECT_EQ(reply->blobs, sent.blobs);
    }
    EXPECT_TRUE(worker.alive());
    EXPECT_GT(worker.cpu_seconds(), 0);
}

TEST(Worker, ReportsAnError) {
    Worker worker = start();
    const auto reply = worker.call(request({{"do", "error"}}), 60s);
    ASSERT_TRUE(reply);
    const auto error = reply_error(*reply);
    ASSERT_TRUE(error);
    EXPECT_EQ(error->to_string(), "here: it did not work (try again)");
    EXPECT_FALSE(reply_error(request({{"fine", true}})));
    EXPECT_EQ(reply_error(request({{"error", 3}}))->what, "");
    EXPECT_EQ(reply_error(request({{"error", {{"what", 3}}}}))->what, "");
}

TEST(Worker, CrashIsNamed) {
    Worker worker = start();
    const auto reply = worker.call(request({{"do", "abort"}}), 60s);
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().kind, CallError::Kind::Died);
    EXPECT_EQ(reply.error().exit.to_string(), "killed by SIGABRT");
    EXPECT_NE(reply.error().exit.log.find("last words"), std::string::npos);
    EXPECT_NE(reply.error().to_string().find("SIGABRT"), std::string::npos);
    EXPECT_FALSE(worker.alive());
    const auto again = worker.call(request({{"do", "echo"}}), 60s);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().exit.to_string(), "killed by SIGABRT");
}

TEST(Worker, EarlyExitIsNamed) {
    Worker worker = start();
    const auto reply = worker.call(request({{"do", "exit"}}), 60s);
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().exit.to_string(), "exit status 7");
}

TEST(Worker, HangIsKilledAtItsDeadline) {
    Worker worker = start();
    const auto reply = worker.call(request({{"do", "hang"}}), 200ms);
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().kind, CallError::Kind::Timeout);
    EXPECT_EQ(reply.error().exit.to_string(), "killed by SIGKILL");
    EXPECT_FALSE(worker.alive());
}

TEST(Worker, BrokenProtocolIsDeath) {
    Worker worker = start("garbage");
    const auto reply = worker.call(request({{"do", "echo"}}), 60s);
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().kind, CallError::Kind::Died);
    EXPECT_NE(reply.error().detail.find("magic"), std::string::npos);
    EXPECT_FALSE(worker.alive());
}

TEST(Worker, UnknownRoleIsDeath) {
    Worker worker = start("nobody");
    const auto reply = worker.call(request({{"do", "echo"}}), 60s);
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().exit.to_string(), "exit status 2");
}

TEST(Worker, FloodOfOutputIsCappedAndStopsNothing) {
    Limits limits;
    limits.log_bytes = 1000;
    Worker worker = start("tool", limits);
    const auto reply = worker.call(request({{"do", "flood"}, {"bytes", 4 << 20}}), 60s);
    ASSERT_TRUE(reply) << reply.error().to_string();
    const Exit exit = worker.stop();
    EXPECT_EQ(exit.log.substr(0, 1000), std::string(1000, 'x'));
    EXPECT_EQ(exit.log.substr(1000), "\n[4193304 more bytes not kept]\n");
}

TEST(Worker, LogIsCleaned) {
    Worker worker = start();
    ASSERT_TRUE(worker.call(request({{"do", "print"}, {"text", "a\x1b[31mb\u202ec\r\nd\te\u00e9"}}), 60s));
    EXPECT_EQ(worker.stop().log, "a?[31mb?c?\nd\te\u00e9");
}

TEST(Worker, CpuLimit) {
    Limits limits;
    limits.cpu_seconds = 1;
    Worker worker = start("tool", limits);
    const auto reply = worker.call(request({{"do", "burn"}}), 60s);
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().exit.to_string(), "killed by SIGXCPU");
    EXPECT_GE(worker.cpu_seconds(), 0.5); // the limit counts whole clock ticks: some machines stop it earlier
}

#ifndef __SANITIZE_ADDRESS__
TEST(Worker, MemoryLimit) {
    Limits limits;
    limits.address_space = 512U << 20;
    Worker worker = start("tool", limits);
    const auto reply = worker.call(request({{"do", "eat"}}), 60s);
    ASSERT_TRUE(reply) << reply.error().to_string();
    EXPECT_LE(reply->header["bytes"].get<std::uint64_t>(), limits.address_space);
    EXPECT_GT(reply->header["bytes"].get<std::uint64_t>(), limits.address_space / 2);
}
#endif

TEST(Worker, FileLimit) {
    const auto path = std::filesystem::temp_directory_path() / ("assay_sandbox_" + std::to_string(::getpid()));
    Worker none = start();
    auto reply = none.call(request({{"do", "write"}, {"path", path.string()}}), 60s);
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->header["wrote"], -1);
    Limits limits;
    limits.file_bytes = 60;
    Worker some = start("tool", limits);
    reply = some.call(request({{"do", "write"}, {"path", path.string()}}), 60s);
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->header["wrote"], 60);
    std::filesystem::remove(path);
}

TEST(Worker, WholeGroupIsKilled) {
    Worker worker = start();
    const auto reply = worker.call(request({{"do", "child"}}), 60s);
    ASSERT_TRUE(reply);
    const pid_t child = reply->header["pid"].get<pid_t>();
    ASSERT_GT(child, 0);
    EXPECT_EQ(::kill(child, 0), 0);
    worker.stop();
    EXPECT_TRUE(is_gone(child));
}

TEST(Worker, DiesWithItsSupervisor) {
    Worker supervisor = start("supervisor");
    const auto reply = supervisor.call(request({}), 60s);
    ASSERT_TRUE(reply);
    const pid_t worker = reply->header["pid"].get<pid_t>();
    ASSERT_GT(worker, 0);
    EXPECT_EQ(::kill(worker, 0), 0);
    supervisor.stop(); // its worker leads a group of its own: this kill does not reach it
    EXPECT_TRUE(is_gone(worker));
}

TEST(Worker, AKilledSupervisorLeavesNoControlGroup) {
    Worker supervisor = start("supervisor");
    if (!supervisor.layers().holds(Layer::Cgroup)) {
        GTEST_SKIP() << supervisor.layers().reason(Layer::Cgroup);
    }
    ASSERT_TRUE(supervisor.call(request({}), 60s));
    const auto groups = [prefix = "assay-" + std::to_string(supervisor.pid()) + "-"] {
        namespace fs = std::filesystem;
        std::size_t count = 0;
        for (const auto& entry : fs::recursive_directory_iterator("/sys/fs/cgroup")) {
            count += entry.path().filename().string().starts_with(prefix) ? 1 : 0;
        }
        return count;
    };
    EXPECT_GT(groups(), 0U);
    ::kill(supervisor.pid(), SIGKILL);
    for (int i = 0; i < 1000 && groups() > 0; ++i) {
        std::this_thread::sleep_for(10ms);
    }
    EXPECT_EQ(groups(), 0U);
}

TEST(Worker, OutlivesTheThreadThatStartedIt) {
    std::optional<Worker> worker;
    std::thread([&] { worker = start(); }).join();
    const auto reply = worker->call(request({{"do", "echo"}}), 60s);
    EXPECT_TRUE(reply) << reply.error().to_string();
}

TEST(Worker, InheritsOnlyWhatItNeeds) {
    const int leak = ::fcntl(STDIN_FILENO, F_DUPFD, 100); // without close-on-exec, as a library might open it
    ASSERT_GE(leak, 100);
    ASSERT_EQ(::setenv("ASSAY_TEST_KEPT", "1", 1), 0);
    ASSERT_EQ(::setenv("SECRET_TOKEN", "1", 1), 0);
    Worker worker = start();
    const auto reply = worker.call(request({{"do", "surroundings"}}), 60s);
    ::close(leak);
    ::unsetenv("ASSAY_TEST_KEPT");
    ::unsetenv("SECRET_TOKEN");
    ASSERT_TRUE(reply) << reply.error().to_string();
    EXPECT_EQ(reply->header["descriptors"], json({0, 1, 2, 3}));
    const auto names = reply->header["environment"].get<std::set<std::string>>();
    EXPECT_TRUE(names.contains("ASSAY_TEST_KEPT"));
    EXPECT_FALSE(names.contains("SECRET_TOKEN"));
    EXPECT_FALSE(names.contains("PATH"));
    EXPECT_FALSE(names.contains("HOME"));
    EXPECT_EQ(reply->header["no_new_privileges"], 1);
    EXPECT_EQ(reply->header["parent_death_signal"], SIGKILL);
    EXPECT_EQ(reply->header["leads_its_group"], true);
    EXPECT_EQ(reply->header["core"], 0);
    EXPECT_EQ(reply->header["input_ends"], true);
    EXPECT_EQ(reply->header["terminable"], true);
}

TEST(Worker, StartsWhereLowDescriptorsAreFree) {
    // Descriptor 3 free while the worker is launched: whatever the launch opens there must not end up as the channel.
    const int saved = ::dup(3);
    ::close(3);
    Worker worker = start();
    const auto reply = worker.call(request({{"do", "surroundings"}}), 60s);
    if (saved >= 0) {
        ::dup2(saved, 3);
        ::close(saved);
    }
    ASSERT_TRUE(reply) << reply.error().to_string();
    EXPECT_EQ(reply->header["descriptors"], json({0, 1, 2, 3}));
}

TEST(Worker, MissingProgramIsAnError) {
    const auto worker = Worker::start("tool", {}, "/nonexistent/assay");
    ASSERT_FALSE(worker);
    EXPECT_EQ(worker.error().where, "/nonexistent/assay");
    EXPECT_NE(worker.error().what.find("No such file"), std::string::npos) << worker.error().what;
}

TEST(Worker, Moves) {
    Worker first = start();
    Worker second = start();
    const int second_pid = second.pid();
    first = std::move(second);
    EXPECT_EQ(first.pid(), second_pid);
    EXPECT_TRUE(first.call(request({{"do", "echo"}}), 60s));
}

} // namespace
} // namespace assay::sandbox
