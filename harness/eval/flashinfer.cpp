#include "eval/flashinfer.h"

#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <map>
#include <sstream>

#include "eval/candidate.h"
#include "eval/library.h"
#include "tasks/task.h"

namespace assay::eval {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::uintmax_t largest_file = 64 << 20;
constexpr const char* schema = "tasks/schema.json";

/// An object of one of the three kinds, and where it stands.
struct Found {
    ordered_json object;
    std::string where;
};

/// All that the files hold, by kind. Definitions and solutions are unique by name.
struct Collected {
    std::map<std::string, Found> definitions;
    std::map<std::string, std::vector<ordered_json>> workloads; ///< of each definition
    std::map<std::string, std::string> first_workload;          ///< of each definition: where
    std::vector<Found> solutions;
};

Result<> write_new(const fs::path& file, const std::string& text) {
    std::error_code error;
    fs::create_directories(file.parent_path(), error);
    if (fs::exists(file, error)) {
        return fail("is there already", file.string(), "remove it, or import into another folder");
    }
    std::ofstream stream(file, std::ios::binary);
    stream << text;
    if (!stream.flush()) {
        return fail("cannot be written", file.string());
    }
    return {};
}

class Import {
public:
    Import(const fs::path& root, const fs::path& out, forms::Importer& importer)
        : root_(root), out_(out), importer_(importer) {}

    Result<FlashInferImport> run(const std::vector<fs::path>& paths) {
        for (const fs::path& path : paths) {
            collect(path);
        }
        if (auto made = make_root(); !made) {
            return std::unexpected(std::move(made.error()));
        }
        for (const auto& [name, found] : collected_.definitions) {
            if (auto done = import_definition(found); !done) {
                return std::unexpected(std::move(done.error()));
            }
        }
        for (const auto& [name, where] : collected_.first_workload) {
            if (!collected_.definitions.contains(name)) {
                problem(fmt::format("{} workloads are of `{}`, of which there is no definition",
                                    collected_.workloads[name].size(), name),
                        where);
            }
        }
        const auto catalog = tasks::load_all(out_);
        if (!catalog) {
            return std::unexpected(catalog.error());
        }
        for (const Found& found : collected_.solutions) {
            if (auto done = import_solution(found, *catalog); !done) {
                return std::unexpected(std::move(done.error()));
            }
        }
        return std::move(result_);
    }

private:
    void problem(std::string what, std::string where, std::string hint = {}) {
        result_.problems.push_back({std::move(what), std::move(where), std::move(hint)});
    }

    void collect(const fs::path& path) {
        std::error_code error;
        if (!fs::is_directory(path, error)) {
            if (path.extension() == ".json" || path.extension() == ".jsonl") {
                read_file(path);
            } else {
                problem(fs::exists(path, error) ? "is neither a folder nor a .json or .jsonl file" : "no such file",
                        path.string());
            }
            return;
        }
        std::vector<fs::path> files;
        const auto options = fs::directory_options::skip_permission_denied;
        for (auto entry = fs::recursive_directory_iterator(path, options, error);
             !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
            const fs::path& file = entry->path();
            if ((file.extension() == ".json" || file.extension() == ".jsonl") && entry->is_regular_file(error)) {
                files.push_back(file);
            }
        }
        if (error) {
            problem("cannot be listed: " + error.message(), path.string());
        }
        std::ranges::sort(files);
        std::ranges::for_each(files, [&](const fs::path& file) { read_file(file); });
    }

    void read_file(const fs::path& file) {
        std::error_code error;
        const auto size = fs::file_size(file, error);
        if (error || size > largest_file) {
            problem(error ? "cannot be read: " + error.message() : "is larger than 64 MiB", file.string());
            return;
        }
        std::ifstream stream(file, std::ios::binary);
        if (file.extension() == ".json") {
            std::ostringstream text;
            text << stream.rdbuf();
            read_text(text.str(), file.string());
            return;
        }
        std::string line;
        for (std::size_t number = 1; std::getline(stream, line); ++number) {
            if (line.find_first_not_of(" \t\r") != line.npos) {
                read_text(line, fmt::format("{}:{}", file.string(), number));
            }
        }
    }

    void read_text(const std::string& text, const std::string& where) {
        try {
            const auto parsed = ordered_json::parse(text);
            if (parsed.is_array()) {
                for (std::size_t i = 0; i < parsed.size(); ++i) {
                    sort_in(parsed[i], fmt::format("{}#/{}", where, i));
                }
            } else {
                sort_in(parsed, where);
            }
        } catch (const json::exception& error) {
            problem(fmt::format("is not JSON: {}", error.what()), where);
        }
    }

    void sort_in(const ordered_json& object, const std::string& where) {
        const auto text = [&](const char* key) {
            const auto found = object.is_object() ? object.find(key) : object.end();
            return object.is_object() && found != object.end() && found->is_string() ? found->get<std::string>() : "";
        };
        if (object.is_object() && object.contains("sources") && object.contains("spec")) {
            collected_.solutions.push_back({object, where});
        } else if (object.is_object() && object.contains("reference") && object.contains("axes")) {
            const auto [at, made] = collected_.definitions.try_emplace(text("name"), Found{object, where});
            if (!made && at->second.object != object) {
                problem(fmt::format("another definition is called `{}` already: {}", at->first, at->second.where),
                        where);
            }
        } else if (object.is_object() && object.contains("workload") && !text("definition").empty()) {
            if (object.at("workload").is_object()) { // a trace has one, too; its results are not ours
                collected_.workloads[text("definition")].push_back(object);
                collected_.first_workload.try_emplace(text("definition"), where);
            } else {
                problem("its workload is no object", where);
            }
        } else {
            problem("is neither a definition, nor a workload, nor a solution of FlashInfer-Bench", where);
        }
    }

    /// What every root has.
    Result<> make_root() {
        std::error_code error;
        if (fs::exists(out_ / schema, error)) {
            return {};
        }
        fs::create_directories(out_ / "tasks", error);
        fs::create_directories(out_ / "reference", error);
        fs::copy(root_ / "reference" / "ops", out_ / "reference" / "ops",
                 fs::copy_options::recursive | fs::copy_options::skip_existing, error);
        if (error) {
            return fail("cannot be made: " + error.message(), out_.string());
        }
        const auto suite =
            write_new(out_ / "datasets" / "suites" / "flashinfer.json",
                      "{\"name\": \"flashinfer\", \"title\": \"All that was imported\", \"select\": {}}\n");
        if (!suite) {
            return suite;
        }
        fs::create_directories(out_ / "datasets" / "candidates", error);
        fs::copy_file(root_ / schema, out_ / schema, error); // last: with it, it is a root
        return error ? Result<>(fail("cannot be written: " + error.message(), (out_ / schema).string())) : Result<>();
    }

    /// Where a fault of a definition's or a solution's lies.
    static std::string place(const Found& found, const forms::ImportFault& fault, const char* part) {
        return fault.line == 0 ? found.where : fmt::format("{}, line {} of its {}", found.where, fault.line, part);
    }

    Result<> import_definition(const Found& found) {
        const std::string name = found.object.value("name", "");
        json operators = json::object();
        for (const LibraryCall& call : library_calls()) {
            operators[std::string(call.name)] = {call.header, call.code};
        }
        const auto workloads = collected_.workloads.find(name);
        // As texts: the order of a definition's inputs is that of its parameters.
        const auto answer = importer_.flashinfer(
            {{"definition", found.object.dump()},
             {"workloads", workloads == collected_.workloads.end() ? "[]" : ordered_json(workloads->second).dump()},
             {"operators", operators}});
        if (!answer) {
            return std::unexpected(answer.error());
        }
        if (!*answer) {
            problem(fmt::format("the definition `{}` is left out: {}", name, answer->error().what),
                    place(found, answer->error(), "reference"));
            return {};
        }
        try {
            const json& reply = **answer;
            const std::string task = reply.at("name");
            // From here on a text of the worker's names files.
            if (task.empty() || task.find_first_not_of(
                                    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != task.npos) {
                problem(fmt::format("the definition `{}` is left out: `{}` is no name of a task", name, task),
                        found.where);
                return {};
            }
            const fs::path definition = out_ / "tasks" / "level1" / (task + ".json");
            const fs::path reference = out_ / "reference" / "level1" / (task + ".cu");
            for (const auto& [file, text] : {std::pair(definition, reply.at("task").get<std::string>()),
                                             std::pair(reference, reply.at("reference").get<std::string>())}) {
                if (const auto written = write_new(file, text); !written) {
                    result_.problems.push_back(written.error());
                    return {};
                }
            }
            if (const auto loaded = tasks::load(definition); !loaded) {
                std::error_code ignored;
                fs::remove(definition, ignored);
                fs::remove(reference, ignored);
                problem(fmt::format("the definition `{}` makes no task: {}", name, loaded.error().to_string()),
                        found.where);
                return {};
            }
            tasks_[name] = task;
            result_.tasks.push_back(task);
            for (const json& note : reply.at("notes")) {
                result_.notes.push_back(note);
            }
        } catch (const json::exception& error) {
            problem(fmt::format("the definition `{}` is left out: its process gives no answer: {}", name, error.what()),
                    found.where);
        }
        return {};
    }

    Result<> import_solution(const Found& found, const tasks::Catalog& catalog) {
        const std::string name = text_of(found.object, "name");
        const std::string of = text_of(found.object, "definition");
        const auto definition = collected_.definitions.find(of);
        const auto made = tasks_.find(of);
        const std::string task = made != tasks_.end() ? made->second : of;
        const auto left_out = [&](const std::string& why, const std::string& where) {
            problem(fmt::format("the solution `{}` is left out: {}", name, why), where);
            return Result<>();
        };
        if (catalog.find(task) == nullptr) {
            return left_out(definition == collected_.definitions.end() ? fmt::format("there is no definition `{}`", of)
                                                                       : fmt::format("so is its definition `{}`", of),
                            found.where);
        }
        const auto answer = importer_.flashinfer(
            {{"solution", found.object.dump()},
             {"definition", definition == collected_.definitions.end() ? "null" : definition->second.object.dump()}});
        if (!answer) {
            return std::unexpected(answer.error());
        }
        if (!*answer) {
            return left_out(answer->error().what, place(found, answer->error(), "source"));
        }
        try {
            return write_solution(found, name, task, **answer);
        } catch (const json::exception& error) {
            return left_out(fmt::format("its process gives no answer: {}", error.what()), found.where);
        }
    }

    Result<> write_solution(const Found& found, const std::string& name, const std::string& task, const json& reply) {
        std::string folder_name = name;
        std::ranges::replace_if(
            folder_name, [](unsigned char c) { return std::isalnum(c) == 0 && c != '-' && c != '_' && c != '.'; }, '_');
        if (folder_name.find_first_not_of('.') == folder_name.npos) {
            folder_name = "solution";
        }
        const fs::path folder = out_ / "datasets" / "candidates" / task / folder_name;
        ordered_json description{
            {"name", name.empty() ? folder_name : name}, {"task", task}, {"author", text_of(found.object, "author")}};
        if (const std::string entry = reply.at("entry"); !entry.empty()) {
            description["entry"] = entry;
        }
        description["source"] = reply.at("source");
        std::error_code error;
        if (fs::exists(folder, error)) {
            problem(fmt::format("the solution `{}` is left out: another is there already", name), folder.string(),
                    "give it another name, or import into another folder");
            return {};
        }
        for (const auto& [file, text] : reply.at("files").items()) {
            if (file.find('/') != file.npos || file.starts_with('.')) {
                problem(fmt::format("the solution `{}` is left out: a file of it is called `{}`", name, file),
                        found.where);
                return {};
            }
            if (auto written = write_new(folder / file, text.get<std::string>()); !written) {
                return written;
            }
        }
        if (auto written = write_new(folder / "candidate.json", description.dump(2) + "\n"); !written) {
            return written;
        }
        if (const auto loaded = load_candidate(folder); !loaded) {
            fs::remove_all(folder, error);
            problem(fmt::format("the solution `{}` is left out: {}", name, loaded.error().to_string()), found.where);
            return {};
        }
        result_.candidates.push_back(fmt::format("{}/{}", task, folder_name));
        return {};
    }

    static std::string text_of(const ordered_json& object, const char* key) {
        const auto found = object.find(key);
        return found != object.end() && found->is_string() ? found->get<std::string>() : "";
    }

    const fs::path& root_;
    const fs::path& out_;
    forms::Importer& importer_;
    Collected collected_;
    std::map<std::string, std::string> tasks_; ///< of each definition that became one
    FlashInferImport result_;
};

} // namespace

Result<FlashInferImport> import_flashinfer(const std::vector<fs::path>& paths, const fs::path& root,
                                           const fs::path& out, forms::Importer& importer) {
    return Import(root, out, importer).run(paths);
}

} // namespace assay::eval
