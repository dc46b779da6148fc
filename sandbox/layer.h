// The layers between a candidate and the machine, each a mechanism of its own that holds when the others fail.
//
// What of them a machine has differs (containers forbid namespaces, gVisor has no Landlock), so a layer that cannot be
// taken is never fatal here: it is reported with the reason, recorded in every result, and `--require-layers` turns
// it into a refusal to judge.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay::sandbox {

enum class Layer : std::uint8_t {
    MinimalRoot,
    PidNamespace,
    NetworkNamespace,
    IpcNamespace,
    Privileges,
    Seccomp,
    Landlock,
    Limits,
    Dumpable,
    Mdwe,
    Pidfd,
    Cgroup,
};

inline constexpr std::array all_layers{Layer::MinimalRoot,  Layer::PidNamespace, Layer::NetworkNamespace,
                                       Layer::IpcNamespace, Layer::Privileges,   Layer::Seccomp,
                                       Layer::Landlock,     Layer::Limits,       Layer::Dumpable,
                                       Layer::Mdwe,         Layer::Pidfd,        Layer::Cgroup};

[[nodiscard]] std::string_view to_string(Layer layer); ///< "minimal-root"
[[nodiscard]] std::optional<Layer> layer_from(std::string_view name);
/// The sentence of what it protects, for people.
[[nodiscard]] std::string_view protects(Layer layer);

/// What became of each layer in one process. A layer that is not mentioned does not apply to the process's role.
class Layers {
public:
    void hold(Layer layer) { missing_[layer].clear(); }
    void miss(Layer layer, std::string reason) { missing_[layer] = std::move(reason); }
    [[nodiscard]] bool holds(Layer layer) const;
    /// Why it is not in force; empty if it is, or does not apply.
    [[nodiscard]] std::string reason(Layer layer) const;
    [[nodiscard]] bool applies(Layer layer) const { return missing_.contains(layer); }

    /// {"minimal-root": "on", "cgroup": "off: <reason>", ...}
    [[nodiscard]] nlohmann::json to_json() const;
    /// What is no layer or no text in `json` is left out: a worker's report may come from a process taken over.
    [[nodiscard]] static Layers from_json(const nlohmann::json& json);

private:
    std::map<Layer, std::string> missing_; ///< empty: it holds
};

/// Those that ASSAY_WITHOUT_LAYERS ("seccomp,landlock", or "all") switches off: so that tests can show that another
/// layer holds behind each. It is read from the harness's environment, which no candidate reaches.
[[nodiscard]] bool is_switched_off(Layer layer);

} // namespace assay::sandbox
