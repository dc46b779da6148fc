#include "sandbox/pass.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

namespace assay::sandbox {

namespace {

constexpr std::size_t max_descriptors = 4;

/// Room for a control message with a few descriptors, aligned for its header.
struct alignas(cmsghdr) Control {
    std::array<char, CMSG_SPACE(max_descriptors * sizeof(int))> bytes{};
};

std::unexpected<Error> system_failure(const char* call) {
    return fail(fmt::format("{}: {}", call, std::strerror(errno)), "descriptors");
}

/// Waits until the socket is ready for `events`; false: the deadline has passed.
bool is_ready(int socket, short events, const std::optional<Deadline>& deadline) {
    int timeout = -1;
    if (deadline) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - std::chrono::steady_clock::now());
        timeout = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 3'600'000));
    }
    pollfd entry{socket, events, 0};
    return ::poll(&entry, 1, timeout) > 0;
}

/// A call on the socket that does not block, repeated behind a poll until it is done, fails, or is late.
template <class Call> ssize_t persist(int socket, short events, const std::optional<Deadline>& deadline, Call call) {
    while (true) {
        const ssize_t done = call();
        const bool again = done < 0 && (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK);
        if (!again) {
            return done;
        }
        if (errno != EINTR && !is_ready(socket, events, deadline)) {
            errno = ETIMEDOUT;
            return -1;
        }
    }
}

} // namespace

Result<> pass_descriptors(int socket, std::span<const int> descriptors, std::optional<Deadline> deadline) {
    char byte = 0;
    iovec data{&byte, 1};
    Control control;
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = control.bytes.data();
    message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(descriptors.size_bytes());
    std::memcpy(CMSG_DATA(header), descriptors.data(), descriptors.size_bytes());
    const auto send = [&] { return ::sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT); };
    if (persist(socket, POLLOUT, deadline, send) != 1) {
        return system_failure("sendmsg");
    }
    return {};
}

Result<std::vector<Descriptor>> take_descriptors(int socket, std::size_t count, std::optional<Deadline> deadline) {
    char byte = 0;
    iovec data{&byte, 1};
    Control control;
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = control.bytes.data();
    message.msg_controllen = control.bytes.size();
    const auto receive = [&] { return ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT); };
    const ssize_t received = persist(socket, POLLIN, deadline, receive);
    if (received < 0) {
        return system_failure("recvmsg");
    }
    std::vector<Descriptor> descriptors;
    for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) {
            continue;
        }
        for (std::size_t at = CMSG_LEN(0); at + sizeof(int) <= header->cmsg_len; at += sizeof(int)) {
            int descriptor = -1;
            std::memcpy(&descriptor, reinterpret_cast<const char*>(header) + at, sizeof descriptor);
            descriptors.emplace_back(descriptor);
        }
    }
    if (received != 1 || descriptors.size() != count || (message.msg_flags & MSG_CTRUNC) != 0) {
        return fail(fmt::format("{} descriptors came, not {}", descriptors.size(), count), "descriptors");
    }
    return descriptors;
}

} // namespace assay::sandbox
