// The framed channel: see channel.h for the frame.
//
// The peer may be hostile, so nothing it says is believed before it is bounded: the counts are checked before anything
// is allocated, a blob's memory is touched only as its bytes arrive, and the JSON text is checked for depth before it
// is parsed (the parser does not recurse, but copying or printing a deep value does). All calls on the socket are
// non-blocking ones behind a poll, so that a deadline holds whatever the peer does. A memory file is believed only when
// it is sealed: from then on nobody can change it under the reader (sealed.h).
#include "sandbox/channel.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <poll.h>
#include <span>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include "sandbox/pass.h"
#include "sandbox/sealed.h"

namespace assay::sandbox {

namespace {

static_assert(std::endian::native == std::endian::little, "lengths are copied as they are");

constexpr std::string_view magic = "ASY2";
constexpr std::uint32_t max_header_bytes = 64U << 20;
constexpr std::uint32_t max_blobs = 4096;
constexpr std::uint32_t in_memory_file = 1U << 31; ///< flag of the blob count
/// From here on passing a descriptor is cheaper than passing bytes.
constexpr std::uint64_t least_for_memory_file = 64U << 10;
constexpr int max_header_depth = 64;
constexpr std::size_t read_step = 4U << 20;
constexpr std::size_t max_reserve = 1U << 30;

constexpr std::string_view closed = "the channel is closed";
constexpr std::string_view timed_out = "the channel's deadline has passed";

std::unexpected<Error> system_failure(std::string_view call) {
    return fail(fmt::format("{} failed: {}", call, std::strerror(errno)), "channel");
}

/// Waits until the socket is ready for `events`.
Result<> wait_for(int descriptor, short events, const std::optional<Deadline>& deadline) {
    while (true) {
        int timeout = -1;
        if (deadline) {
            const auto left =
                std::chrono::ceil<std::chrono::milliseconds>(*deadline - std::chrono::steady_clock::now());
            // A poll of zero still reports what is ready by now; a long wait is cut into hours.
            timeout = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 3'600'000));
        }
        pollfd poll_entry{descriptor, events, 0};
        const int ready = ::poll(&poll_entry, 1, timeout);
        if (ready > 0) {
            return {};
        }
        if (ready < 0 && errno != EINTR) {
            return system_failure("poll");
        }
        if (ready == 0 && deadline && std::chrono::steady_clock::now() >= *deadline) {
            return fail(std::string(timed_out), "channel");
        }
    }
}

Result<> write_all(int descriptor, std::span<const std::byte> data, const std::optional<Deadline>& deadline) {
    while (!data.empty()) {
        const ssize_t count = ::send(descriptor, data.data(), data.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count >= 0) {
            data = data.subspan(static_cast<std::size_t>(count));
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            if (auto ready = wait_for(descriptor, POLLOUT, deadline); !ready) {
                return ready;
            }
        } else if (errno == EPIPE || errno == ECONNRESET) {
            return fail(std::string(closed), "channel");
        } else if (errno != EINTR) {
            return system_failure("send");
        }
    }
    return {};
}

/// Fills `data`; the number of bytes that came before an end of file, which is less than its size only then.
Result<std::size_t> read_all(int descriptor, std::span<std::byte> data, const std::optional<Deadline>& deadline) {
    std::size_t filled = 0;
    while (filled < data.size()) {
        const ssize_t count = ::recv(descriptor, data.data() + filled, data.size() - filled, MSG_DONTWAIT);
        if (count > 0) {
            filled += static_cast<std::size_t>(count);
        } else if (count == 0 || errno == ECONNRESET) {
            return filled;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            if (auto ready = wait_for(descriptor, POLLIN, deadline); !ready) {
                return std::unexpected(ready.error());
            }
        } else if (errno != EINTR) {
            return system_failure("recv");
        }
    }
    return filled;
}

/// `read_all` in the middle of a frame, where an end of file is a fault.
Result<> read_frame_part(int descriptor, std::span<std::byte> data, const std::optional<Deadline>& deadline) {
    const auto filled = read_all(descriptor, data, deadline);
    if (!filled) {
        return std::unexpected(filled.error());
    }
    if (*filled < data.size()) {
        return fail("the peer ended in the middle of a frame", "channel");
    }
    return {};
}

/// Reads `size` bytes. Memory is reserved ahead but only touched as the bytes arrive, so a length alone costs nothing.
template <class Buffer>
Result<Buffer> read_buffer(int descriptor, std::uint64_t size, const std::optional<Deadline>& deadline) {
    Buffer buffer;
    try {
        buffer.reserve(std::min<std::uint64_t>(size, max_reserve));
        while (buffer.size() < size) {
            const std::size_t at = buffer.size();
            buffer.resize(std::min<std::uint64_t>(size, at + read_step));
            const auto part = std::as_writable_bytes(std::span(buffer)).subspan(at);
            if (auto read = read_frame_part(descriptor, part, deadline); !read) {
                return std::unexpected(read.error());
            }
        }
    } catch (const std::bad_alloc&) {
        return fail(fmt::format("no memory for a part of {} bytes", size), "channel");
    }
    return buffer;
}

bool is_shallow(std::string_view json) {
    int depth = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < json.size(); i++) {
        const char c = json[i];
        if (in_string) {
            if (c == '\\') {
                i++;
            } else if (c == '"') {
                in_string = false;
            }
        } else if (c == '"') {
            in_string = true;
        } else if (c == '[' || c == '{') {
            if (++depth > max_header_depth) {
                return false;
            }
        } else if (c == ']' || c == '}') {
            depth--;
        }
    }
    return true;
}

Result<nlohmann::json> parse_header(std::string_view text) {
    if (!is_shallow(text)) {
        return fail(fmt::format("a header nested deeper than {}", max_header_depth), "channel");
    }
    auto header = nlohmann::json::parse(text, nullptr, false);
    if (header.is_null()) {
        return nlohmann::json::object();
    }
    if (!header.is_object()) {
        return fail("a header that is no JSON object", "channel");
    }
    return header;
}

struct Counts {
    std::uint32_t header_bytes = 0;
    std::uint32_t blobs = 0;
    bool in_file = false;
};

/// Checks the first twelve bytes of a frame.
Result<Counts> parse_counts(std::span<const std::byte, 12> start) {
    if (std::memcmp(start.data(), magic.data(), magic.size()) != 0) {
        return fail("a frame without the magic \"ASY2\"", "channel");
    }
    Counts counts;
    std::memcpy(&counts.header_bytes, start.data() + 4, 4);
    std::memcpy(&counts.blobs, start.data() + 8, 4);
    counts.in_file = (counts.blobs & in_memory_file) != 0;
    counts.blobs &= ~in_memory_file;
    if (counts.header_bytes > max_header_bytes || counts.blobs > max_blobs) {
        return fail(fmt::format("a frame of {} header bytes and {} blobs is over the bounds of {} and {}",
                                counts.header_bytes, counts.blobs, max_header_bytes, max_blobs),
                    "channel");
    }
    return counts;
}

/// The sum of the sizes.
Result<std::uint64_t> check_blob_sizes(std::span<const std::uint64_t> sizes, std::uint64_t bound) {
    std::uint64_t total = 0;
    for (const std::uint64_t size : sizes) {
        if (size > bound - total) {
            return fail(fmt::format("the blobs of a frame are over the bound of {} bytes", bound), "channel");
        }
        total += size;
    }
    return total;
}

Result<std::vector<Bytes>> receive_blobs(int descriptor, std::span<const std::uint64_t> sizes,
                                         const std::optional<Deadline>& deadline) {
    std::vector<Bytes> blobs;
    blobs.reserve(sizes.size());
    for (const std::uint64_t size : sizes) {
        auto blob = read_buffer<Bytes>(descriptor, size, deadline);
        if (!blob) {
            return std::unexpected(blob.error());
        }
        blobs.push_back(std::move(*blob));
    }
    return blobs;
}

Result<Message> receive_rest(int descriptor, std::span<const std::byte, 12> start, std::uint64_t bound,
                             const std::optional<Deadline>& deadline) {
    const auto counts = parse_counts(start);
    if (!counts) {
        return std::unexpected(counts.error());
    }
    std::vector<std::uint64_t> sizes(counts->blobs);
    if (auto read = read_frame_part(descriptor, std::as_writable_bytes(std::span(sizes)), deadline); !read) {
        return std::unexpected(read.error());
    }
    const auto total = check_blob_sizes(sizes, bound);
    if (!total) {
        return std::unexpected(total.error());
    }
    const auto text = read_buffer<std::string>(descriptor, counts->header_bytes, deadline);
    if (!text) {
        return std::unexpected(text.error());
    }
    auto header = parse_header(*text);
    if (!header) {
        return std::unexpected(header.error());
    }
    auto blobs = [&]() -> Result<std::vector<Bytes>> {
        if (!counts->in_file) {
            return receive_blobs(descriptor, sizes, deadline);
        }
        const auto file = take_descriptors(descriptor, 1, deadline);
        if (!file && deadline && std::chrono::steady_clock::now() >= *deadline) {
            return fail(std::string(timed_out), "channel");
        }
        return file ? read_sealed(file->front(), sizes, *total) : std::unexpected(file.error());
    }();
    if (!blobs) {
        return std::unexpected(blobs.error());
    }
    return Message{std::move(*header), std::move(*blobs)};
}

/// Everything of a frame that comes before the blobs.
Result<std::string> frame_start(const Message& message, bool in_file) {
    using Json = nlohmann::json;
    // Texts from candidates may hold bytes that are no UTF-8; they must not make the dump throw.
    const std::string text = message.header.dump(-1, ' ', false, Json::error_handler_t::replace);
    if (text.size() > max_header_bytes || message.blobs.size() > max_blobs) {
        return fail(
            fmt::format("a message of {} header bytes and {} blobs is too large", text.size(), message.blobs.size()),
            "channel");
    }
    std::string start(magic);
    const auto append = [&](auto number) { start.append(reinterpret_cast<const char*>(&number), sizeof number); };
    append(static_cast<std::uint32_t>(text.size()));
    append(static_cast<std::uint32_t>(message.blobs.size()) | (in_file ? in_memory_file : 0));
    for (const Bytes& blob : message.blobs) {
        append(static_cast<std::uint64_t>(blob.size()));
    }
    return start + text;
}

} // namespace

Channel::~Channel() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
    }
}

Channel::Channel(Channel&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)), bound_(other.bound_) {}

Channel& Channel::operator=(Channel&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(bound_, other.bound_);
    return *this;
}

void Channel::shut() {
    ::close(std::exchange(descriptor_, -1));
}

Result<> Channel::send(const Message& message, std::optional<Deadline> deadline) {
    if (descriptor_ < 0) {
        return fail(std::string(closed), "channel");
    }
    std::uint64_t total = 0;
    for (const Bytes& blob : message.blobs) {
        total += blob.size();
    }
    const Descriptor file = total < least_for_memory_file ? Descriptor() : seal(message.blobs, total);
    const bool in_file = file.get() >= 0;
    const auto start = frame_start(message, in_file);
    if (!start) {
        return std::unexpected(start.error());
    }
    auto sent = write_all(descriptor_, std::as_bytes(std::span(*start)), deadline);
    if (sent && in_file) {
        const std::array passed{file.get()};
        sent = pass_descriptors(descriptor_, passed, deadline);
    }
    for (std::size_t i = 0; sent && !in_file && i < message.blobs.size(); i++) {
        sent = write_all(descriptor_, message.blobs[i], deadline);
    }
    if (!sent) {
        shut(); // half a frame may be out
    }
    return sent;
}

Result<Message> Channel::receive(std::optional<Deadline> deadline) {
    if (descriptor_ < 0) {
        return fail(std::string(closed), "channel");
    }
    if (auto ready = wait_for(descriptor_, POLLIN, deadline); !ready) {
        return std::unexpected(ready.error()); // nothing has been read: the channel stays usable
    }
    std::array<std::byte, 12> start{};
    const auto filled = read_all(descriptor_, start, deadline);
    auto message = [&]() -> Result<Message> {
        if (!filled) {
            return std::unexpected(filled.error());
        }
        if (*filled == 0) {
            return fail(std::string(closed), "channel");
        }
        if (*filled < start.size()) {
            return fail("the peer ended in the middle of a frame", "channel");
        }
        return receive_rest(descriptor_, start, bound_, deadline);
    }();
    if (!message) {
        shut();
    }
    return message;
}

Result<std::pair<Channel, Channel>> Channel::make_pair() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        return system_failure("socketpair");
    }
    return std::pair(Channel(ends[0]), Channel(ends[1]));
}

bool is_closed(const Error& error) {
    return error.what == closed;
}

bool is_timeout(const Error& error) {
    return error.what == timed_out;
}

} // namespace assay::sandbox
