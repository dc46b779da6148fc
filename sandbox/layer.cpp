#include "sandbox/layer.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace assay::sandbox {

namespace {

constexpr std::string_view on = "on";
constexpr std::string_view off = "off: ";

} // namespace

std::string_view to_string(Layer layer) {
    switch (layer) {
    case Layer::MinimalRoot:
        return "minimal-root";
    case Layer::PidNamespace:
        return "pid-namespace";
    case Layer::NetworkNamespace:
        return "network-namespace";
    case Layer::IpcNamespace:
        return "ipc-namespace";
    case Layer::Privileges:
        return "privileges";
    case Layer::Seccomp:
        return "seccomp";
    case Layer::Landlock:
        return "landlock";
    case Layer::Limits:
        return "limits";
    case Layer::Dumpable:
        return "non-dumpable";
    case Layer::Mdwe:
        return "mdwe";
    case Layer::Pidfd:
        return "pidfd";
    case Layer::Cgroup:
        return "cgroup";
    }
    std::unreachable();
}

std::optional<Layer> layer_from(std::string_view name) {
    const auto* const found = std::ranges::find(all_layers, name, [](Layer layer) { return to_string(layer); });
    return found == all_layers.end() ? std::nullopt : std::optional(*found);
}

std::string_view protects(Layer layer) {
    switch (layer) {
    case Layer::MinimalRoot:
        return "files: a read-only root that holds only what the role reads; whether another file exists cannot be "
               "told";
    case Layer::PidNamespace:
        return "other processes: they cannot be seen or signalled, and whatever a candidate's process starts dies with "
               "it";
    case Layer::NetworkNamespace:
        return "the network: there is no interface, not even loopback";
    case Layer::IpcNamespace:
        return "shared memory and message queues of System V and POSIX, and the host's name";
    case Layer::Privileges:
        return "the user's rights: no capability, none to be gained by exec, and root becomes nobody";
    case Layer::Seccomp:
        return "the kernel: only the system calls that the role needs";
    case Layer::Landlock:
        return "files, device ioctls, TCP, and signals to other processes, without any privilege";
    case Layer::Limits:
        return "the machine's time, memory and disk";
    case Layer::Dumpable:
        return "the worker's memory: no core dumps, no tracing, no /proc/PID/mem";
    case Layer::Mdwe:
        return "against new machine code: memory is never both writable and executable";
    case Layer::Pidfd:
        return "bystanders: a kill reaches the process that was meant, whatever became of its number";
    case Layer::Cgroup:
        return "the machine's memory and process count, as a sum over a server and its children";
    }
    std::unreachable();
}

bool Layers::holds(Layer layer) const {
    const auto found = missing_.find(layer);
    return found != missing_.end() && found->second.empty();
}

std::string Layers::reason(Layer layer) const {
    const auto found = missing_.find(layer);
    return found == missing_.end() ? std::string() : found->second;
}

nlohmann::json Layers::to_json() const {
    auto json = nlohmann::json::object();
    for (const auto& [layer, reason] : missing_) {
        json[std::string(to_string(layer))] = reason.empty() ? std::string(on) : std::string(off) + reason;
    }
    return json;
}

Layers Layers::from_json(const nlohmann::json& json) {
    Layers layers;
    if (!json.is_object()) {
        return layers;
    }
    for (const auto& [name, value] : json.items()) {
        const auto layer = layer_from(name);
        if (!layer || !value.is_string()) {
            continue;
        }
        const auto& text = value.get_ref<const std::string&>();
        if (text == on) {
            layers.hold(*layer);
        } else if (text.starts_with(off) && text.size() > off.size()) {
            layers.miss(*layer, text.substr(off.size()));
        }
    }
    return layers;
}

bool is_switched_off(Layer layer) {
    const char* const value = std::getenv("ASSAY_WITHOUT_LAYERS");
    if (value == nullptr) {
        return false;
    }
    std::string_view rest = value;
    while (!rest.empty()) {
        const auto comma = std::min(rest.find(','), rest.size());
        const auto name = rest.substr(0, comma);
        if (name == "all" || name == to_string(layer)) {
            return true;
        }
        rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    return false;
}

} // namespace assay::sandbox
