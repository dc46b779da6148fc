// `assay doctor`: what this machine has, and what is missing.
#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>
#include <unistd.h>

#include "base/version.h"
#include "cli/command.h"
#include "compile/cache.h"
#include "compile/compiler.h"
#include "eval/kernel_code.h"
#include "eval/runner.h"
#include "eval/session.h"

namespace assay::cli {

namespace {

/// One line of the report.
struct Probe {
    std::string name;
    bool ok = false;
    bool required = true;
    std::string detail;
};

Probe probe_toolkit() {
    Probe probe{"nvrtc", false, true, {}};
    const auto toolkit = compile::find_toolkit();
    if (!toolkit) {
        probe.detail = toolkit.error().to_string();
        return probe;
    }
    compile::Compiler compiler(*toolkit, {});
    compile::Request request;
    request.source = "__global__ void k(float* x) { *x = 1; }";
    const auto compilation = compiler.compile(request);
    probe.ok = compilation && compilation->ptx;
    probe.detail = !compilation ? compilation.error().to_string()
                   : probe.ok   ? fmt::format("{} {}, a kernel compiles in {:.0f} ms", toolkit->nvrtc.string(),
                                              toolkit->version, compilation->seconds * 1e3)
                                : compilation->log;
    return probe;
}

Probe probe_device(const std::string& device, bool required) {
    const auto runner = eval::Runner::start(device);
    if (!runner) {
        return {device, false, required, runner.error().what};
    }
    const auto& d = runner->device();
    return {device, true, required,
            fmt::format("{}, compute capability {}.{}, {} multiprocessors, clock '{}'", d.name, d.compute_major,
                        d.compute_minor, d.multiprocessors, d.clock)};
}

Probe probe_root(const Common& common) {
    const auto root = tasks::find_root(common.root);
    if (!root) {
        return {"tasks", false, true, root.error().to_string()};
    }
    const auto catalog = tasks::load_all(*root);
    if (!catalog) {
        return {"tasks", false, true, catalog.error().to_string()};
    }
    return {"tasks", catalog->errors.empty() && !catalog->tasks.empty(), true,
            fmt::format("{} tasks in {}, {} broken", catalog->tasks.size(), root->string(), catalog->errors.size())};
}

Probe probe_cache(const Common& common) {
    const auto with = settings(common);
    if (!with || with->cache.empty()) {
        return {"cache", false, false, "none: everything is compiled each time"};
    }
    std::error_code error;
    std::filesystem::create_directories(with->cache, error);
    if (access(with->cache.c_str(), W_OK) != 0) {
        return {"cache", false, false, with->cache.string() + " is not writable"};
    }
    const auto megabytes = [](const std::filesystem::path& folder) {
        return static_cast<double>(compile::Cache(folder).bytes()) / (1 << 20);
    };
    return {"cache", true, false,
            fmt::format("{}: {:.1f} MiB of compilations, {:.1f} MiB of machine code, at most {} MiB of each",
                        with->cache.string(), megabytes(with->cache),
                        megabytes(eval::CodeCache::folder_of(with->cache)), compile::Cache::default_max_bytes >> 20)};
}

/// What each layer protects, and which roles' processes have it on this machine.
using RoleLayers = std::map<std::string, sandbox::Layers>;

Result<RoleLayers> probe_layers(const Common& common) {
    auto with = settings(common);
    if (!with) {
        return std::unexpected(with.error());
    }
    const auto evaluator = eval::Evaluator::open(std::move(*with));
    if (!evaluator) {
        return std::unexpected(evaluator.error());
    }
    return (*evaluator)->probe_layers();
}

/// "on (compile, plan, run)", or the roles without it and why.
std::string describe_layer(sandbox::Layer layer, const RoleLayers& roles) {
    std::vector<std::string> held;
    std::vector<std::string> missed;
    for (const auto& [role, layers] : roles) {
        if (layers.holds(layer)) {
            held.push_back(role);
        } else if (layers.applies(layer)) {
            missed.push_back(fmt::format("off for {}: {}", role, layers.reason(layer)));
        }
    }
    const std::string on = held.empty() ? "" : fmt::format("on for {}", fmt::join(held, ", "));
    return on + (on.empty() || missed.empty() ? "" : "; ") + fmt::format("{}", fmt::join(missed, "; "));
}

bool is_held(sandbox::Layer layer, const RoleLayers& roles) {
    return std::ranges::none_of(
        roles, [&](const auto& entry) { return entry.second.applies(layer) && !entry.second.holds(layer); });
}

void print_layers(const Result<RoleLayers>& roles) {
    if (!roles) {
        fmt::print("the sandbox cannot be examined: {}\n", roles.error().to_string());
        return;
    }
    fmt::print("sandbox: the layers between a candidate's processes and this machine\n");
    for (const sandbox::Layer layer : sandbox::all_layers) {
        fmt::print("{:<8} {:<17} {}\n{:<27}{}\n", is_held(layer, *roles) ? "on" : "PARTLY", sandbox::to_string(layer),
                   sandbox::protects(layer), "", describe_layer(layer, *roles));
    }
}

int run_doctor(const Common& common) {
    std::vector<Probe> probes;
    probes.push_back(
        {"processor", true, true,
         fmt::format("{} cores, AVX-512 {}, AVX2 {}", std::thread::hardware_concurrency(),
                     __builtin_cpu_supports("avx512f") ? "yes" : "no", __builtin_cpu_supports("avx2") ? "yes" : "no")});
    probes.push_back(probe_root(common));
    probes.push_back(probe_cache(common));
    probes.push_back(probe_toolkit());
    const Probe gpu = probe_device("cuda:0", !eval::has_vgpu());
    if (eval::has_vgpu()) {
        probes.push_back(probe_device("vgpu", true));
    }
    probes.push_back(gpu);
    const auto layers = probe_layers(common);
    bool healthy = true;
    for (const Probe& probe : probes) {
        healthy = healthy && (probe.ok || !probe.required);
    }
    if (common.json) {
        nlohmann::json json{{"schema", "assay.doctor/1"},
                            {"version", version},
                            {"healthy", healthy},
                            {"probes", nlohmann::json::array()}};
        json["layers"] = nlohmann::json::object();
        for (const auto& [role, layers] : layers ? *layers : RoleLayers{}) {
            json["layers"][role] = layers.to_json();
        }
        for (const Probe& probe : probes) {
            json["probes"].push_back(
                {{"name", probe.name}, {"ok", probe.ok}, {"required", probe.required}, {"detail", probe.detail}});
        }
        fmt::print("{}\n", json.dump());
    } else {
        for (const Probe& probe : probes) {
            fmt::print("{:<8} {:<10} {}\n",
                       probe.ok         ? "ok"
                       : probe.required ? "MISSING"
                                        : "absent",
                       probe.name, probe.detail);
        }
        print_layers(layers);
        fmt::print("{}\n", healthy ? "ready" : "not ready: see MISSING above");
    }
    return healthy ? Ok : Environment;
}

} // namespace

void add_doctor(CLI::App& app, Action& run) {
    auto common = std::make_shared<Common>();
    CLI::App* command = app.add_subcommand("doctor", "Check this machine: toolkit, devices, cache, tasks");
    command->add_option("--cache", common->cache, "Folder of the cache");
    add_root(*command, *common);
    add_json(*command, *common);
    command->callback([common, &run] { run = [common] { return run_doctor(*common); }; });
}

} // namespace assay::cli
