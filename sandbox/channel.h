// Framed messages between a supervisor and one worker process.
//
// A message is a JSON header and any number of binary blobs. On the wire (a Unix stream socket, one for each worker):
//   magic "ASY2" | u32 header bytes | u32 blob count | u64 bytes of each blob | header as JSON text | blobs
// all little-endian. Large blobs (tensors) travel in a sealed memory file: the blob count has its top bit set, and
// instead of the blobs comes one byte with the file's descriptor (SCM_RIGHTS). Lengths are bounded before anything is
// allocated; a frame that breaks the bounds, a wrong magic or an end of file in the middle of a frame is an Error and
// the channel is dead from then on. A worker's standard output is never a channel: candidates can write to it with
// device printf.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "base/error.h"

namespace assay::sandbox {

using Bytes = std::vector<std::byte>;
using Deadline = std::chrono::steady_clock::time_point;

struct Message {
    nlohmann::json header;
    std::vector<Bytes> blobs;
};

/// Owns one end of a socket.
class Channel {
public:
    explicit Channel(int descriptor) : descriptor_(descriptor) {}
    ~Channel();
    Channel(Channel&& other) noexcept;
    Channel& operator=(Channel&& other) noexcept;

    [[nodiscard]] Result<> send(const Message& message, std::optional<Deadline> deadline = {});
    /// An orderly end of file before a frame starts is the Error "closed"; `is_closed` recognises it. A deadline that
    /// passes before a frame has begun leaves the channel usable; in the middle of one it does not.
    [[nodiscard]] Result<Message> receive(std::optional<Deadline> deadline = {});

    [[nodiscard]] int descriptor() const { return descriptor_; }
    /// Of all blobs of a received frame together, in bytes; a frame with more is an Error.
    void bound_blobs(std::uint64_t bytes) { bound_ = bytes; }
    /// A connected pair, both ends close-on-exec.
    [[nodiscard]] static Result<std::pair<Channel, Channel>> make_pair();

private:
    /// Closes it for good: nothing after a broken frame can be trusted.
    void shut();

    int descriptor_ = -1;
    std::uint64_t bound_ = 64ULL << 30;
};

[[nodiscard]] bool is_closed(const Error& error);
[[nodiscard]] bool is_timeout(const Error& error);

} // namespace assay::sandbox
