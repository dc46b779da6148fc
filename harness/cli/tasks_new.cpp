// `assay tasks new NAME`: a task that loads, runs and is sound as it stands, to be changed into the one that is meant.
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/command.h"

namespace assay::cli {

namespace {

namespace fs = std::filesystem;

struct Arguments {
    Common common;
    std::string name, title, category = "activation";
    int level = 1;
};

constexpr const char* definition = R"json({{
  "name": "{name}", "title": "{title}", "level": {level}, "category": "{category}",
  "description": "y = max(x, 0)",
  "axes":    {{"rows": "var", "cols": "var"}},
  "inputs":  {{"x": {{"dtype": "float32", "shape": ["rows", "cols"]}}}},
  "outputs": {{"y": {{"dtype": "float32", "shape": ["rows", "cols"]}}}},
  "flops": "rows * cols",
  "workloads": [
    {{"name": "one",   "axes": {{"rows": 1, "cols": 37}},       "use": ["check"]}},
    {{"name": "odd",   "axes": {{"rows": 61, "cols": 83}},      "use": ["check"]}},
    {{"name": "small", "axes": {{"rows": 256, "cols": 1024}},   "use": ["check", "time:vgpu"]}},
    {{"name": "full",  "axes": {{"rows": 4096, "cols": 16384}}, "use": ["time:gpu"]}}
  ]
}}
)json";

constexpr const char* reference = R"cuda(#include "ops/activation.cuh"

using namespace ops;

extern "C" void solve(const f32* x, f32* y, int rows, int cols) {
    relu(tensor(x, rows, cols), y);
}
)cuda";

Result<> write_new(const fs::path& file, const std::string& text) {
    std::error_code error;
    fs::create_directories(file.parent_path(), error);
    std::FILE* stream = std::fopen(file.c_str(), "wbx"); // x: never over a file that is there
    if (stream == nullptr) {
        const bool there = errno == EEXIST;
        return fail(there ? "is there already" : std::string("cannot write: ") + std::strerror(errno), file.string(),
                    there ? "choose another name, or edit the file" : "");
    }
    const bool written = std::fwrite(text.data(), 1, text.size(), stream) == text.size();
    if (std::fclose(stream) != 0 || !written) {
        return fail("cannot write: the file is not whole", file.string());
    }
    return {};
}

int make_task(const Arguments& arguments) {
    const auto root = tasks::find_root(arguments.common.root);
    if (!root) {
        return report(root.error(), Usage);
    }
    const std::string& name = arguments.name;
    if (name.empty() || name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") !=
                            std::string::npos) {
        return report({"is no name of a task", name, "letters, digits and underscores"}, Usage);
    }
    if (const auto catalog = tasks::load_all(*root); catalog && catalog->find(name) != nullptr) {
        return report({"there is a task of this name already", catalog->find(name)->file.string(), ""}, Usage);
    }
    const std::string level = fmt::format("level{}", arguments.level);
    const fs::path json = *root / "tasks" / level / (name + ".json");
    const fs::path source = *root / "reference" / level / (name + ".cu");
    const std::string title = nlohmann::json(arguments.title.empty() ? name : arguments.title).dump();
    const std::string text = fmt::format(fmt::runtime(definition), fmt::arg("name", name),
                                         fmt::arg("title", title.substr(1, title.size() - 2)),
                                         fmt::arg("level", arguments.level), fmt::arg("category", arguments.category));
    if (const auto written = write_new(json, text); !written) {
        return report(written.error(), Usage);
    }
    std::error_code ignored;
    if (const auto written = write_new(source, reference); !written) {
        fs::remove(json, ignored);
        return report(written.error(), Usage);
    }
    if (const auto loaded = tasks::load(json); !loaded) { // a category or level that there is not
        fs::remove(json, ignored);
        fs::remove(source, ignored);
        return report(loaded.error(), Usage);
    }
    fmt::print("{}\n{}\n", json.string(), source.string());
    fmt::print(stderr,
               "Next: say what is computed in the first (assay tasks show {0}), compute it in the second, and run\n"
               "  assay tasks check {0}\n",
               name);
    return Ok;
}

} // namespace

void add_tasks_new(CLI::App& command, Action& run) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* new_command = command.add_subcommand("new", "Write the definition and reference of a new task");
    new_command->add_option("name", arguments->name, "Name of the task: letters, digits, underscores")->required();
    new_command->add_option("--title", arguments->title, "A few words (default: the name)");
    new_command->add_option("--level", arguments->level, "Number of the level")->capture_default_str();
    new_command->add_option("--category", arguments->category, "One of the categories of tasks/schema.json")
        ->capture_default_str();
    add_root(*new_command, arguments->common);
    new_command->footer("Example:\n"
                        "  assay tasks new cosine_similarity --title \"Cosine similarity of rows\" --category reduce");
    new_command->callback([arguments, &run] { run = [arguments] { return make_task(*arguments); }; });
}

} // namespace assay::cli
