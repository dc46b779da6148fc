// The worker's side of worker.h and server.h: what `assay --worker ROLE` runs. Each function returns the exit code.
#pragma once

#include <functional>
#include <vector>

#include "base/error.h"
#include "sandbox/channel.h"
#include "sandbox/policy.h"

namespace assay::sandbox {

/// An Error is sent back as the reply {"error": {what, where, hint}}, which the caller reads with `reply_error`.
using Handler = std::function<Result<Message>(const Message&)>;

/// Of a handler: sends a question as the reply so far, and hands over the next request, which is the answer to it. An
/// Error if the supervisor asks no further.
[[nodiscard]] Result<Message> ask(const Message& question);

/// What a role loads before anything of a candidate comes near, and the files it needs after that.
struct Opened {
    Message reply;
    std::vector<Visible> visible;
};

struct Service {
    Policy policy;
    std::function<Result<Opened>(const Message&)> open; ///< starts no thread, in a server: threads do not survive forks
    Handler handle;
};

/// Answers requests on file descriptor 3 until the supervisor closes it, unlocked.
int serve(const Handler& handler);

/// Opens on the first request, locks itself, and answers the others. If the first request has "unlocked", a reason, it
/// stays as it is and reports that.
int serve_locked(const Service& service);

/// Opens on the first request, and then forks a locked child for each that the supervisor asks for (`Server::spawn`).
int serve_children(const Service& service);

} // namespace assay::sandbox
