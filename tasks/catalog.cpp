// What lies below a root: the tasks, the suites, and the root itself.
#include <algorithm>
#include <cstdlib>
#include <set>
#include <tuple>

#include <fmt/ranges.h>

#include "tasks/reader.h"
#include "tasks/task.h"

namespace assay::tasks {

namespace fs = std::filesystem;

namespace {

constexpr const char* marker = "tasks/schema.json"; ///< what makes a folder a root

/// The nearest folder at or above `start` that is a root.
std::optional<fs::path> root_above(const fs::path& start) {
    std::error_code ignored;
    for (fs::path folder = start; !folder.empty(); folder = folder.parent_path()) {
        if (fs::exists(folder / marker, ignored)) {
            return folder;
        }
        if (folder == folder.parent_path()) {
            break;
        }
    }
    return std::nullopt;
}

Result<fs::path> named_root(const fs::path& given, std::string_view by) {
    std::error_code ignored;
    if (!fs::exists(given / marker, ignored)) {
        return fail(fmt::format("{} names no root of Assay: {} is not there", by, marker), given.string());
    }
    return fs::absolute(given).lexically_normal();
}

} // namespace

namespace {

/// Adds the tasks that a suite's "select" describes, by level and name.
Result<> select_tasks(const fs::path& root, const Field& suite_field, Suite& suite) {
    if (suite_field.has("tasks")) {
        suite_field.member("select").fail("\"tasks\" is there already", "give one of them");
    }
    const Field select = suite_field.member("select");
    select.only({"prefix", "category"});
    const std::string prefix = select.has("prefix") ? select.member("prefix").text() : "";
    const std::string category = select.has("category") ? select.member("category").text() : "";
    const auto catalog = load_all(root);
    if (!catalog) {
        return std::unexpected(catalog.error());
    }
    for (const Task& task : catalog->tasks) {
        if (task.name.starts_with(prefix) && (category.empty() || task.category == category)) {
            suite.tasks.push_back(task.name);
        }
    }
    if (suite.tasks.empty()) {
        select.fail("no task is selected");
    }
    return {};
}

} // namespace

const Task* Catalog::find(std::string_view name) const {
    const auto found = std::ranges::find(tasks, name, &Task::name);
    return found == tasks.end() ? nullptr : &*found;
}

Result<Catalog> load_all(const fs::path& root) {
    const fs::path folder = root / "tasks";
    std::error_code problem;
    std::vector<fs::path> files;
    for (auto entry = fs::recursive_directory_iterator(folder, problem);
         !problem && entry != fs::recursive_directory_iterator(); entry.increment(problem)) {
        const fs::path& path = entry->path();
        if (path.extension() == ".json" && path.parent_path().filename().string().starts_with("level")) {
            files.push_back(path);
        }
    }
    if (problem) {
        return fail(fmt::format("cannot list the tasks: {}", problem.message()), folder.string());
    }
    std::ranges::sort(files);
    Catalog catalog;
    for (const fs::path& file : files) {
        auto task = load(file);
        if (!task) {
            catalog.errors.push_back(std::move(task.error()));
        } else if (const Task* const other = catalog.find(task->name)) {
            catalog.errors.push_back(
                {fmt::format("another task is called \"{}\" already: {}", task->name, other->file.string()),
                 file.string() + "#/name", "names are unique over all levels"});
        } else {
            catalog.tasks.push_back(std::move(*task));
        }
    }
    std::ranges::sort(catalog.tasks, {}, [](const Task& task) { return std::tie(task.level, task.name); });
    return catalog;
}

Result<Suite> load_suite(const fs::path& root, std::string_view name) {
    const fs::path folder = root / "datasets" / "suites";
    const fs::path file = folder / (std::string(name) + ".json");
    std::error_code problem;
    if (!fs::exists(file, problem)) {
        std::set<std::string> known;
        for (auto entry = fs::directory_iterator(folder, problem); !problem && entry != fs::directory_iterator();
             entry.increment(problem)) {
            known.insert(entry->path().stem().string());
        }
        std::string hint = known.empty() ? "there is none" : fmt::format("known: {}", fmt::join(known, ", "));
        return fail(fmt::format("no suite is called \"{}\"", name), file.string(), std::move(hint));
    }
    Reader reader(file);
    const Field root_field = reader.root();
    root_field.only({"name", "title", "tasks", "select"});
    Suite suite{.name = root_field.member("name").text(), .title = root_field.member("title").text(), .tasks = {}};
    if (suite.name != name) {
        root_field.member("name").fail(fmt::format("\"{}\" is not the name of its file", suite.name));
    }
    if (root_field.has("select")) {
        if (auto selected = select_tasks(root, root_field, suite); !selected) {
            return std::unexpected(std::move(selected.error()));
        }
    } else {
        for (const Field& element : root_field.member("tasks").elements()) {
            std::string task = element.text();
            if (std::ranges::find(suite.tasks, task) != suite.tasks.end()) {
                element.fail(fmt::format("\"{}\" stands twice", task));
            }
            suite.tasks.push_back(std::move(task));
        }
    }
    if (const auto& error = reader.error()) {
        return std::unexpected(*error);
    }
    return suite;
}

Result<fs::path> find_root(const fs::path& given) {
    if (!given.empty()) {
        return named_root(given, "--root");
    }
    if (const char* const environment = std::getenv("ASSAY_ROOT"); environment != nullptr && *environment != '\0') {
        return named_root(environment, "ASSAY_ROOT");
    }
    std::error_code ignored;
    const fs::path executable = fs::read_symlink("/proc/self/exe", ignored);
    for (const fs::path& start : {executable.parent_path(), fs::current_path(ignored)}) {
        if (auto root = root_above(start)) {
            return *root;
        }
    }
    return fail(fmt::format("no root of Assay: {} is in no folder above {} or the working directory", marker,
                            executable.string()),
                {}, "give one with --root or ASSAY_ROOT");
}

} // namespace assay::tasks
