// The channel, from both sides: raw bytes as a peer might send them, and what comes of a whole frame as a request and
// as a reply. Whatever is sent ends in messages or in an Error, never in a wait: the peer is gone when they are read.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <sys/socket.h>
#include <utility>

#include "plan/protocol.h"
#include "sandbox/channel.h"
#include "sandbox/layer.h"
#include "sandbox/worker.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace assay;
    auto ends = sandbox::Channel::make_pair();
    if (!ends || size > 100'000) { // a socket's buffer holds that much unread
        return 0;
    }
    {
        const auto sender = std::move(ends->first);
        if (::send(sender.descriptor(), data, size, MSG_DONTWAIT | MSG_NOSIGNAL) != static_cast<ssize_t>(size)) {
            return 0;
        }
    }
    ends->second.bound_blobs(1 << 20);
    while (true) {
        const auto message = ends->second.receive(std::chrono::steady_clock::now() + std::chrono::seconds(5));
        if (!message) {
            return 0;
        }
        (void)sandbox::reply_error(*message);
        (void)sandbox::Layers::from_json(message->header.value("layers", nlohmann::json()));
        (void)plan::read_request(*message);
        (void)plan::read_reply(*message);
    }
}
