#include "cli/command.h"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "sandbox/text.h"
#include "scoring/terminal.h"

namespace assay::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t shown_bytes = 64U << 20;

/// ASSAY_CACHE, else $XDG_CACHE_HOME/assay, else ~/.cache/assay; "none" if there is no home.
fs::path default_cache() {
    if (const char* set = std::getenv("ASSAY_CACHE"); set != nullptr) {
        return set;
    }
    if (const char* base = std::getenv("XDG_CACHE_HOME"); base != nullptr && *base != '\0') {
        return fs::path(base) / "assay";
    }
    if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') {
        return fs::path(home) / ".cache" / "assay";
    }
    return "none";
}

/// Edits that turn one name into the other (Levenshtein 1966).
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) {
        row[j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
        }
    }
    return row[b.size()];
}

/// The layers that --require-layers names.
Result<std::vector<sandbox::Layer>> parse_layers(const std::string& names) {
    std::vector<sandbox::Layer> layers;
    for (std::size_t at = 0; at < names.size();) {
        const std::size_t end = std::min(names.find(',', at), names.size());
        const std::string name = names.substr(at, end - at);
        at = end + 1;
        if (name == "all") {
            std::ranges::copy_if(sandbox::all_layers, std::back_inserter(layers),
                                 [](sandbox::Layer layer) { return layer != sandbox::Layer::Cgroup; });
        } else if (const auto layer = sandbox::layer_from(name)) {
            layers.push_back(*layer);
        } else {
            return fail("no such layer: '" + name + "'", "--require-layers", "`assay doctor` lists them");
        }
    }
    return layers;
}

} // namespace

void add_root(CLI::App& command, Common& common) {
    command.add_option("--root", common.root,
                       "Folder that holds tasks/, reference/ and datasets/ (default: ASSAY_ROOT, or found above the "
                       "program)");
}

void add_json(CLI::App& command, Common& common) {
    command.add_flag("--json", common.json, "Print JSON instead of text");
}

void add_device(CLI::App& command, Common& common) {
    add_root(command, common);
    add_json(command, common);
    command.add_option("--device", common.device, "vgpu, cuda:N, or auto: a GPU if there is one")
        ->capture_default_str();
    command.add_option("--cache", common.cache,
                       "Folder of the cache of compilations and machine code (default: ASSAY_CACHE or ~/.cache/assay; "
                       "'none': no cache)");
    command.add_option(
        "--require-layers", common.require_layers,
        "Refuse to judge (exit code 4) without these layers of the sandbox: names, separated by commas, as "
        "`assay doctor` lists them, or 'all': those that an ordinary user of a recent Linux has");
}

void add_evaluation(CLI::App& command, Common& common) {
    add_device(command, common);
    command.add_flag("--no-time", common.no_time, "Judge correctness only");
    command.add_option("--time-budget", common.time_budget, "Seconds of timing for one candidate")
        ->capture_default_str()
        ->check(CLI::Range(0.1, 3600.0));
    command
        .add_option(
            "--library", common.library,
            "What becomes of candidates that leave work to operators of PyTorch, CUB's device-wide algorithms or "
            "Thrust: allow, count (say which), or reject (default: what the task says, or count)")
        ->check(CLI::IsMember({"allow", "count", "reject"}));
    command.add_option("--problems", common.problems,
                       "KernelBench's folder of problems (level1/, level2/, ...), for Python files without "
                       "get_init_inputs()");
}

Result<eval::Settings> settings(const Common& common) {
    const auto root = tasks::find_root(common.root);
    if (!root) {
        return std::unexpected(root.error());
    }
    eval::Settings settings;
    settings.root = *root;
    settings.device = common.device;
    settings.cache = common.cache.empty() ? default_cache() : fs::path(common.cache);
    if (settings.cache == "none") {
        settings.cache.clear();
    }
    auto layers = parse_layers(common.require_layers);
    if (!layers) {
        return std::unexpected(layers.error());
    }
    settings.required_layers = std::move(*layers);
    settings.problems = common.problems;
    settings.library = tasks::library_rule_from(common.library);
    settings.time = !common.no_time;
    settings.time_budget = std::chrono::milliseconds(static_cast<long>(common.time_budget * 1e3));
    return settings;
}

std::string shown(const std::string& text) {
    return sandbox::clean_text(text, shown_bytes);
}

int report(const Error& error, int code) {
    fmt::print(stderr, "assay: {}\n", shown(error.to_string()));
    return code;
}

Result<tasks::Task> find_task(const tasks::Catalog& catalog, const std::string& name) {
    if (const tasks::Task* task = catalog.find(name)) {
        return *task;
    }
    for (const Error& error : catalog.errors) { // it may be there, but broken
        if (fs::path(error.where.substr(0, error.where.find('#'))).stem() == name) {
            return std::unexpected(error);
        }
    }
    const tasks::Task* nearest = nullptr;
    for (const tasks::Task& task : catalog.tasks) {
        if (nearest == nullptr || distance(task.name, name) < distance(nearest->name, name)) {
            nearest = &task;
        }
    }
    const bool near = nearest != nullptr && distance(nearest->name, name) <= std::max<std::size_t>(2, name.size() / 3);
    return fail("no such task: '" + name + "'", {},
                near ? "did you mean '" + nearest->name + "'?" : "`assay tasks list` shows all");
}

Result<const tasks::Workload*> find_workload(const tasks::Task& task, const std::string& name) {
    if (name.empty()) {
        return &task.workloads.front();
    }
    if (const tasks::Workload* workload = task.find_workload(name)) {
        return workload;
    }
    std::string known;
    for (const tasks::Workload& workload : task.workloads) {
        known += (known.empty() ? "" : ", ") + workload.name;
    }
    return fail("no such workload: '" + name + "'", task.name, "known: " + known);
}

ProgressLine::ProgressLine() : terminal_(isatty(STDERR_FILENO) != 0) {}

ProgressLine::~ProgressLine() {
    if (shown_) {
        fmt::print(stderr, "\r\033[K");
    }
}

void ProgressLine::update(const std::string& text) {
    if (terminal_) {
        winsize size{};
        const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 10;
        fmt::print(stderr, "\r\033[K{}", scoring::shortened(scoring::printable(text), known ? size.ws_col - 1U : 79U));
        std::fflush(stderr);
        shown_ = true;
    }
}

void ProgressLine::done(const std::string& text) {
    fmt::print(stderr, "{}{}\n", terminal_ ? "\r\033[K" : "", scoring::printable(text));
    shown_ = false;
}

scoring::TableOptions table_options() {
    scoring::TableOptions options;
    winsize size{};
    if (isatty(STDOUT_FILENO) != 0) {
        options.color = std::getenv("NO_COLOR") == nullptr;
        if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 60) {
            options.width = size.ws_col;
        }
    }
    return options;
}

std::string one_line(const store::Evaluation& evaluation) {
    std::string text(store::to_string(evaluation.status));
    if (evaluation.timing) {
        text += fmt::format(" {:.2f}x [{:.2f}, {:.2f}]", evaluation.timing->speedup, evaluation.timing->low,
                            evaluation.timing->high);
    }
    if (!evaluation.findings.empty()) {
        const std::string& detail = evaluation.findings.front().detail;
        text += ": " + detail.substr(0, detail.find('\n'));
    }
    return text;
}

} // namespace assay::cli
