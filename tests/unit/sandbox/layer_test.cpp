// Layers: for each attack, each layer that is meant to stop it is left alone in force and must stop it; and with all
// layers off the attack must get through, or the test would prove nothing.
#include "sandbox/layer.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "sandbox/landlock.h"
#include "sandbox/server.h"

namespace assay::sandbox {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
namespace fs = std::filesystem;

/// Things on this machine that an attack is after.
class Targets {
public:
    Targets() {
        std::string pattern = (fs::temp_directory_path() / "assay-target-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        fs::permissions(folder_, fs::perms::all);
        std::ofstream(folder_ / "file") << "secret";
        std::ofstream(folder_ / "private") << "secret";
        fs::permissions(folder_ / "private", fs::perms::owner_read);
        tcp_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof address;
        EXPECT_EQ(::bind(tcp_, reinterpret_cast<const sockaddr*>(&address), length), 0);
        EXPECT_EQ(::listen(tcp_, 8), 0);
        ::getsockname(tcp_, reinterpret_cast<sockaddr*>(&address), &length);
        port_ = ntohs(address.sin_port);
        name_ = "assay-target-" + std::to_string(::getpid());
        sockaddr_un local{};
        local.sun_family = AF_UNIX;
        std::memcpy(local.sun_path + 1, name_.data(), name_.size());
        abstract_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const auto local_length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name_.size());
        EXPECT_EQ(::bind(abstract_, reinterpret_cast<const sockaddr*>(&local), local_length), 0);
        EXPECT_EQ(::listen(abstract_, 8), 0);
        segment_ = ::shmget(key_, 4096, IPC_CREAT | 0666);
        EXPECT_GE(segment_, 0);
    }
    ~Targets() {
        ::close(tcp_);
        ::close(abstract_);
        ::shmctl(segment_, IPC_RMID, nullptr);
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }

    [[nodiscard]] json aim(const std::string& name) const {
        json request{{"do", "attack"}, {"attack", name}};
        request["path"] = name == "exec"    ? "/bin/true"
                          : name == "write" ? (folder_ / "new").string()
                                            : (folder_ / "file").string();
        request["port"] = port_;
        request["name"] = name_;
        request["key"] = key_;
        request["pid"] = ::getpid();
        request["address"] = reinterpret_cast<std::uint64_t>(&secret_);
        return request;
    }

private:
    fs::path folder_;
    int tcp_ = -1, abstract_ = -1, segment_ = -1;
    std::uint16_t port_ = 0;
    std::string name_;
    key_t key_ = 0x4153 + ::getpid();
    std::uint64_t secret_ = 42;
};

/// What came of an attack with some layers off: "through", "refused", or "killed".
std::string outcome(const std::string& role, const json& aimed, const std::string& without, Layers* layers = nullptr) {
    ::setenv("ASSAY_WITHOUT_LAYERS", without.c_str(), 1);
    const auto server = Server::start(role, {}, 60s);
    auto worker = server ? (*server)->spawn({.file_bytes = 1 << 20}) : std::unexpected(server.error());
    ::unsetenv("ASSAY_WITHOUT_LAYERS");
    if (!worker) {
        return worker.error().to_string();
    }
    if (layers != nullptr) {
        *layers = worker->layers();
    }
    const auto reply = worker->call({aimed, {}}, 60s);
    if (!reply) {
        return reply.error().kind == CallError::Kind::Violation ? "killed" : reply.error().to_string();
    }
    return reply->header.at("through") == true ? "through" : "refused";
}

std::string all_but(Layer kept) {
    std::string names;
    for (const Layer layer : all_layers) {
        if (layer != kept) {
            names += std::string(to_string(layer)) + ",";
        }
    }
    return names;
}

struct Case {
    std::string name;
    std::string role;
    std::vector<Layer> layers; ///< each stops it alone
    int landlock = 1;          ///< the ABI from which Landlock does
};

void PrintTo(const Case& c, std::ostream* out) {
    *out << c.name;
}

using enum Layer;

class Attack : public testing::TestWithParam<Case> {};

TEST_P(Attack, IsStoppedByEachOfItsLayersAlone) {
    const Targets targets;
    const Case& c = GetParam();
    const json aimed = targets.aim(c.name);
    EXPECT_EQ(outcome(c.role, aimed, "all"), "through") << "it would prove nothing";
    for (const Layer layer : c.layers) {
        if (layer == Layer::Landlock && landlock_abi() < c.landlock) {
            continue;
        }
        Layers layers;
        const std::string came = outcome(c.role, aimed, all_but(layer), &layers);
        if (layers.applies(layer) && !layers.holds(layer)) {
            GTEST_SKIP() << to_string(layer) << " is not to be had here: " << layers.reason(layer);
        }
        EXPECT_TRUE(came == "refused" || came == "killed") << to_string(layer) << ": " << came;
    }
    const std::string guarded = outcome(c.role, aimed, "");
    EXPECT_TRUE(guarded == "refused" || guarded == "killed") << guarded;
}

INSTANTIATE_TEST_SUITE_P(
    All, Attack,
    testing::Values(Case{"read", "plan", {MinimalRoot, Landlock, Seccomp}}, Case{"exists", "compile", {MinimalRoot}},
                    Case{"write", "compile", {MinimalRoot, Landlock, Seccomp}},
                    Case{"tcp", "run", {NetworkNamespace, Seccomp, Landlock}, 4},
                    Case{"abstract", "run", {NetworkNamespace, Seccomp, Landlock}, 6},
                    Case{"signal", "run", {PidNamespace, Landlock}, 6}, Case{"memory", "run", {PidNamespace, Seccomp}},
                    Case{"shm", "run", {IpcNamespace, Seccomp}},
                    Case{"exec", "compile", {MinimalRoot, Landlock, Seccomp}}, Case{"fork", "run", {Seccomp}},
                    Case{"code", "plan", {Mdwe, Seccomp}}, Case{"code-in-place", "run", {Seccomp}},
                    Case{"io_uring", "run", {Seccomp}}, Case{"int80", "run", {Seccomp}}),
    [](const auto& info) {
        std::string name = info.param.name;
        std::ranges::replace(name, '-', '_');
        return name;
    });

TEST(Layers, ThreadsRunWhereThePolicyHasThem) {
    const json aimed{{"do", "attack"}, {"attack", "thread"}};
    EXPECT_EQ(outcome("run", aimed, ""), "through");
    EXPECT_EQ(outcome("plan", aimed, ""), "refused");
}

TEST(Layers, AVisibleFolderIsReadAndNotWritten) {
    const Targets targets;
    const json read = targets.aim("read");
    const fs::path folder = fs::path(read.at("path").get<std::string>()).parent_path();
    const auto server = Server::start("compile", {{{"visible", folder.string()}}, {}}, 60s);
    ASSERT_TRUE(server) << server.error().to_string();
    for (const auto& [name, through] : {std::pair("read", true), {"write", false}}) {
        auto worker = (*server)->spawn({});
        ASSERT_TRUE(worker) << worker.error().to_string();
        const auto reply = worker->call({targets.aim(name), {}}, 60s);
        ASSERT_TRUE(reply) << reply.error().to_string();
        EXPECT_EQ(reply->header.at("through"), through) << name << reply->header.dump();
    }
}

TEST(Layers, AreReportedWithTheirReasons) {
    Layers layers;
    EXPECT_EQ(outcome("plan", {{"do", "attack"}, {"attack", "fork"}}, "seccomp", &layers), "refused");
    EXPECT_FALSE(layers.holds(Seccomp));
    EXPECT_EQ(layers.reason(Seccomp), "switched off by ASSAY_WITHOUT_LAYERS");
    EXPECT_TRUE(layers.holds(Limits));
    EXPECT_TRUE(layers.holds(Dumpable));
    EXPECT_TRUE(layers.applies(Pidfd));
    const auto json = layers.to_json();
    EXPECT_EQ(json.at("limits"), "on");
    EXPECT_EQ(Layers::from_json(json).to_json(), json);
}

TEST(Layers, AReportIsNotTrusted) {
    EXPECT_EQ(Layers::from_json(3).to_json(), json::object());
    EXPECT_EQ(Layers::from_json({{"seccomp", 1}, {"limits", "maybe"}, {"nonsense", "on"}}).to_json(), json::object());
    EXPECT_FALSE(Layers::from_json({{"seccomp", "off: "}}).applies(Seccomp));
}

TEST(Layers, HaveNamesAndSentences) {
    for (const Layer layer : all_layers) {
        EXPECT_EQ(layer_from(to_string(layer)), layer);
        EXPECT_FALSE(protects(layer).empty());
    }
    EXPECT_FALSE(layer_from("armour"));
}

} // namespace
} // namespace assay::sandbox
