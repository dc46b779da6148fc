// Worker processes, the worker's side: requests come in on file descriptor 3, one reply goes out for each.
#include "sandbox/worker.h"

#include <cstdio>
#include <sys/stat.h>

namespace assay::sandbox {

namespace {

constexpr int channel_descriptor = 3;
/// A worker's exit status when its surroundings, not a request, are at fault.
constexpr int exit_harness = 3;
constexpr int exit_usage = 2;

Message error_reply(const Error& error) {
    return {{{"error", {{"what", error.what}, {"where", error.where}, {"hint", error.hint}}}}, {}};
}

} // namespace

int serve(const std::function<Result<Message>(const Message&)>& handler) {
    struct stat status{};
    if (::fstat(channel_descriptor, &status) != 0 || !S_ISSOCK(status.st_mode)) {
        std::fputs("a worker is started by assay itself: file descriptor 3 is no channel\n", stderr);
        return exit_usage;
    }
    Channel channel(channel_descriptor);
    while (true) {
        const auto request = channel.receive();
        if (!request) {
            if (is_closed(request.error())) {
                return 0;
            }
            std::fprintf(stderr, "%s\n", request.error().to_string().c_str());
            return exit_harness;
        }
        const auto reply = handler(*request);
        if (const auto sent = channel.send(reply ? *reply : error_reply(reply.error())); !sent) {
            if (is_closed(sent.error())) {
                return 0;
            }
            std::fprintf(stderr, "%s\n", sent.error().to_string().c_str());
            return exit_harness;
        }
    }
}

std::optional<Error> reply_error(const Message& reply) {
    const auto error = reply.header.find("error");
    if (error == reply.header.end()) {
        return {};
    }
    // A reply comes from a process that may have been taken over: a field of the wrong type is empty, not fatal.
    const auto text = [&](const char* field) {
        const auto value = error->is_object() ? error->find(field) : error->end();
        return error->is_object() && value != error->end() && value->is_string() ? value->get<std::string>()
                                                                                 : std::string();
    };
    return Error{text("what"), text("where"), text("hint")};
}

} // namespace assay::sandbox
