// The channel: frames survive it, and no sequence of bytes from the peer does more than close it.
#include "sandbox/channel.h"

#include <array>
#include <cstring>
#include <gtest/gtest.h>
#include <random>
#include <span>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace assay::sandbox {
namespace {

using namespace std::chrono_literals;

Deadline in(std::chrono::milliseconds time) {
    return std::chrono::steady_clock::now() + time;
}

std::pair<Channel, Channel> make_pair() {
    auto pair = Channel::make_pair();
    EXPECT_TRUE(pair);
    return std::move(*pair);
}

std::string frame(const std::string& header, const std::vector<std::string>& blobs) {
    std::string bytes = "ASY2";
    const auto append = [&](auto number) { bytes.append(reinterpret_cast<const char*>(&number), sizeof number); };
    append(static_cast<std::uint32_t>(header.size()));
    append(static_cast<std::uint32_t>(blobs.size()));
    for (const auto& blob : blobs) {
        append(static_cast<std::uint64_t>(blob.size()));
    }
    bytes += header;
    for (const auto& blob : blobs) {
        bytes += blob;
    }
    return bytes;
}

/// What the far end makes of raw bytes followed by an end of file.
Result<Message> receive_raw(const std::string& bytes) {
    auto [near, far] = make_pair();
    {
        const Channel sender = std::move(near);
        EXPECT_EQ(::send(sender.descriptor(), bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
    }
    return far.receive(in(10s));
}

TEST(Channel, RoundTrip) {
    auto [near, far] = make_pair();
    const std::vector<Message> messages{
        {nlohmann::json::object(), {}},
        {{{"number", 1}, {"list", {1, 2.5, nullptr, "x"}}}, {}},
        {{{"text", "\u00e9"}}, {Bytes(), Bytes(1, std::byte{9}), Bytes(100'000, std::byte{3})}},
    };
    for (const auto& message : messages) {
        ASSERT_TRUE(near.send(message));
        const auto received = far.receive();
        ASSERT_TRUE(received) << received.error().to_string();
        EXPECT_EQ(received->header, message.header);
        EXPECT_EQ(received->blobs, message.blobs);
    }
}

TEST(Channel, WireFormatIsTheDocumentedOne) {
    auto [near, far] = make_pair();
    ASSERT_TRUE(near.send({{{"a", 1}}, {Bytes(2, std::byte{'b'}), Bytes(1, std::byte{'c'})}}));
    std::array<char, 256> buffer{};
    const ssize_t count = ::recv(far.descriptor(), buffer.data(), buffer.size(), 0);
    ASSERT_GT(count, 0);
    EXPECT_EQ(std::string(buffer.data(), static_cast<std::size_t>(count)), frame(R"({"a":1})", {"bb", "c"}));
}

TEST(Channel, LargeMessagesGoBothWays) {
    auto [near, far] = make_pair();
    Message large{{{"n", 5}}, {Bytes(30U << 20)}};
    for (std::size_t i = 0; i < large.blobs[0].size(); i += 4096) {
        large.blobs[0][i] = static_cast<std::byte>(i >> 12);
    }
    std::thread echo([&far] {
        const auto message = far.receive();
        ASSERT_TRUE(message);
        EXPECT_TRUE(far.send(*message));
    });
    EXPECT_TRUE(near.send(large));
    const auto back = near.receive();
    echo.join();
    ASSERT_TRUE(back);
    EXPECT_EQ(back->blobs, large.blobs);
}

TEST(Channel, MemoryFileThatNeverComesIsLateOrAnError) {
    std::string promise = frame("{}", {"x"});
    promise[11] = static_cast<char>(0x80); // the top bit of the blob count
    EXPECT_FALSE(receive_raw(promise));
    auto [near, far] = make_pair();
    promise.pop_back();
    ASSERT_GT(::send(near.descriptor(), promise.data(), promise.size(), 0), 0);
    const auto message = far.receive(in(20ms));
    ASSERT_FALSE(message);
    EXPECT_TRUE(is_timeout(message.error()));
}

TEST(Channel, BlobsAreBounded) {
    auto [near, far] = make_pair();
    far.bound_blobs(100'000);
    ASSERT_TRUE(near.send({{}, {Bytes(50'000), Bytes(50'000)}}));
    EXPECT_TRUE(far.receive(in(10s)));
    ASSERT_TRUE(near.send({{}, {Bytes(50'000), Bytes(50'001)}}));
    const auto message = far.receive(in(10s));
    ASSERT_FALSE(message);
    EXPECT_NE(message.error().what.find("bound of 100000"), std::string::npos);
}

TEST(Channel, TextThatIsNoUtf8IsReplaced) {
    auto [near, far] = make_pair();
    ASSERT_TRUE(near.send({{{"log", "a\xff\xc0z"}}, {}}));
    const auto message = far.receive();
    ASSERT_TRUE(message);
    EXPECT_EQ(message->header["log"], "a\ufffd\ufffdz");
}

TEST(Channel, EndOfFileBetweenFramesIsClosed) {
    const auto message = receive_raw("");
    ASSERT_FALSE(message);
    EXPECT_TRUE(is_closed(message.error()));
    EXPECT_FALSE(is_timeout(message.error()));
}

TEST(Channel, SendingToNobodyIsClosed) {
    auto [near, far] = make_pair();
    {
        const Channel gone = std::move(far);
    }
    const auto sent = near.send({});
    ASSERT_FALSE(sent);
    EXPECT_TRUE(is_closed(sent.error()));
}

TEST(Channel, DeadlineBeforeAFrameKeepsTheChannel) {
    auto [near, far] = make_pair();
    const auto nothing = far.receive(in(5ms));
    ASSERT_FALSE(nothing);
    EXPECT_TRUE(is_timeout(nothing.error()));
    ASSERT_TRUE(near.send({{{"a", 1}}, {}}));
    EXPECT_TRUE(far.receive(in(10s)));
}

TEST(Channel, DeadlineInsideAFrameEndsTheChannel) {
    auto [near, far] = make_pair();
    ASSERT_EQ(::send(near.descriptor(), "ASY2", 4, 0), 4);
    const auto part = far.receive(in(5ms));
    ASSERT_FALSE(part);
    EXPECT_TRUE(is_timeout(part.error()));
    const auto after = far.receive(in(10s));
    ASSERT_FALSE(after);
    EXPECT_TRUE(is_closed(after.error()));
}

TEST(Channel, DeadlineOfASendThatNobodyReads) {
    auto [near, far] = make_pair();
    const auto sent = near.send({{{"text", std::string(30U << 20, 'x')}}, {}}, in(20ms));
    ASSERT_FALSE(sent);
    EXPECT_TRUE(is_timeout(sent.error()));
    EXPECT_TRUE(is_closed(near.send({}).error()));
}

TEST(Channel, EveryTruncationIsAnError) {
    const std::string whole = frame(R"({"a":[1,2]})", {"blob", ""});
    for (std::size_t length = 1; length < whole.size(); length++) {
        const auto message = receive_raw(whole.substr(0, length));
        ASSERT_FALSE(message) << length;
        EXPECT_FALSE(is_closed(message.error())) << length;
    }
    EXPECT_TRUE(receive_raw(whole));
}

TEST(Channel, BoundsAreCheckedBeforeAllocation) {
    const auto counts = [](std::uint32_t header, std::uint32_t blobs) {
        std::string bytes = "ASY2";
        bytes.append(reinterpret_cast<const char*>(&header), 4);
        bytes.append(reinterpret_cast<const char*>(&blobs), 4);
        return bytes;
    };
    EXPECT_NE(receive_raw(counts(0xffffffff, 0)).error().what.find("bounds"), std::string::npos);
    EXPECT_NE(receive_raw(counts(2, 0xffffffff)).error().what.find("bounds"), std::string::npos);
    std::string two_blobs = counts(2, 2);
    for (const std::uint64_t size : {std::uint64_t{1}, ~std::uint64_t{0}}) { // whose sum overflows
        two_blobs.append(reinterpret_cast<const char*>(&size), 8);
    }
    EXPECT_NE(receive_raw(two_blobs).error().what.find("bound"), std::string::npos);
    // Within the bounds, but never sent.
    std::string promise = counts(2, 1);
    const std::uint64_t size = 1ULL << 30;
    promise.append(reinterpret_cast<const char*>(&size), 8);
    EXPECT_NE(receive_raw(promise + "{}x").error().what.find("middle"), std::string::npos);
}

TEST(Channel, HeadersThatAreNoObject) {
    for (const char* header : {"", "{", "[1]", "3", "\"x\"", "{\"a\":1}}", "{\"a\":\xff}", "nul"}) {
        EXPECT_FALSE(receive_raw(frame(header, {}))) << header;
    }
    const auto null = receive_raw(frame("null", {}));
    ASSERT_TRUE(null);
    EXPECT_TRUE(null->header.is_object());
}

TEST(Channel, DeepHeaderIsAnError) {
    const std::string deep = "{\"a\":" + std::string(20'000, '[') + std::string(20'000, ']') + "}";
    const auto message = receive_raw(frame(deep, {}));
    ASSERT_FALSE(message);
    EXPECT_NE(message.error().what.find("nested"), std::string::npos);
    EXPECT_TRUE(
        receive_raw(frame(R"({"a":"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"[["})", {})));
}

TEST(Channel, MutatedFramesNeverHarm) {
    std::mt19937 random(20240611);
    const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
    int whole_frames = 0;
    for (int round = 0; round < 3000; round++) {
        std::string bytes = frame(R"({"kind":"run","sizes":[1,2,3],"text":"abc"})", {"0123456789", "x"});
        const std::size_t changes = 1 + below(4);
        for (std::size_t i = 0; i < changes && !bytes.empty(); i++) {
            const std::size_t at = below(bytes.size());
            switch (below(4)) {
            case 0:
                bytes[at] = static_cast<char>(random());
                break;
            case 1:
                bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
                break;
            case 2:
                bytes.erase(at, 1 + below(8));
                break;
            default:
                bytes.insert(at, bytes.substr(below(bytes.size()), below(16)));
                break;
            }
        }
        if (const auto message = receive_raw(bytes)) {
            whole_frames++;
            EXPECT_TRUE(message->header.is_object());
        } else {
            EXPECT_FALSE(message.error().what.empty());
        }
    }
    EXPECT_GT(whole_frames, 0); // a mutation inside a string or a blob leaves a frame: both outcomes are exercised
    EXPECT_LT(whole_frames, 3000);
}

} // namespace
} // namespace assay::sandbox
