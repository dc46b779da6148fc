// What a Worker is made of. Internal to sandbox/: a worker is made by `Worker::start` and by `Server::spawn`.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <thread>

#include "sandbox/cgroup.h"
#include "sandbox/log.h"
#include "sandbox/process.h"
#include "sandbox/worker.h"

namespace assay::sandbox {

struct Worker::State {
    State(Channel end, std::uint64_t log_bytes) : channel(std::move(end)), log(log_bytes) {}
    void identify(pid_t its_pid);
    /// Puts the process into a control group, or notes why not.
    void confine();
    [[nodiscard]] bool ended() const;
    /// Adds the worker's own report to what this side knows.
    void adopt(const Layers& report) {
        for (const Layer layer : all_layers) {
            if (!layers.applies(layer) && report.holds(layer)) {
                layers.hold(layer);
            } else if (!layers.applies(layer) && report.applies(layer)) {
                layers.miss(layer, report.reason(layer));
            }
        }
    }

    Channel channel;
    pid_t pid = -1;
    Descriptor process;
    std::function<int()> reap; ///< waits for its end; the status is that of waitpid
    Layers layers;
    std::optional<Cgroup> cgroup; ///< goes after the process
    LogReader log;                ///< the watcher's until it has been joined
    std::thread watcher;
    std::unique_ptr<const Exit> exit; ///< once it has been reaped
    double cpu_seconds = 0;           ///< once it has been reaped
};

} // namespace assay::sandbox
