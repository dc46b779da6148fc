#include "eval/collection.h"

#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "compile/compiler.h"

namespace assay::eval {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// What is kept of a record goes into its result, which is nested deeper by that.
constexpr int max_record_depth = max_json_depth / 2;

/// What cannot be loaded is somebody's candidate all the same: it gets a verdict, and is in nobody else's way.
Candidate unreadable(const fs::path& path, const Error& error) {
    Candidate candidate;
    candidate.name = path.stem().string();
    candidate.path = path;
    candidate.file = path.filename().string();
    set_source(candidate, error.to_string(), false);
    candidate.unusable = Unusable{
        .status = store::Status::Rejected, .stage = "load", .check = "candidate", .error = {error.to_string(), {}, {}}};
    return candidate;
}

Result<std::vector<Candidate>> load_tree(const fs::path& root) {
    std::error_code error;
    std::vector<fs::path> paths;
    for (const auto& task : fs::directory_iterator(root, error)) {
        if (!task.is_directory()) {
            continue;
        }
        for (const auto& entry : fs::directory_iterator(task.path())) {
            const bool file = is_candidate_file(entry.path()) && entry.path().stem() != "README";
            if (file || fs::exists(entry.path() / "candidate.json")) {
                paths.push_back(entry.path());
            }
        }
    }
    if (error) {
        return fail("cannot read: " + error.message(), root.string());
    }
    std::ranges::sort(paths);
    std::vector<Candidate> candidates;
    std::map<std::pair<std::string, std::string>, fs::path> names; // of each task
    for (const fs::path& path : paths) {
        auto candidate = lies_in(path, root)
                             ? load_candidate(path)
                             : fail("leads out of the collection", path.string(), "copy the file there");
        if (!candidate) {
            candidate = unreadable(path, candidate.error());
        }
        candidate->task = path.parent_path().filename().string();
        const auto [at, is_new] = names.try_emplace({candidate->task, candidate->name}, path);
        if (!is_new) {
            return fail(fmt::format("the task '{}' has a candidate '{}' already: {}", candidate->task, candidate->name,
                                    at->second.filename().string()),
                        path.string(), "rename one of them");
        }
        candidates.push_back(std::move(*candidate));
    }
    return candidates;
}

/// One line of a file. The Error's `where` is the field.
class Record {
public:
    explicit Record(const json& fields) : fields_(fields) {}

    Result<Candidate> read(const std::string& line_name) {
        Candidate candidate;
        std::string source, reply;
        for (const auto& [key, value] : fields_.items()) {
            if (key == "task") {
                text(key, value, candidate.task);
            } else if (key == "name") {
                text(key, value, candidate.name);
            } else if (key == "author") {
                text(key, value, candidate.author);
            } else if (key == "source") {
                text(key, value, source);
            } else if (key == "reply") {
                text(key, value, reply);
            } else if (key == "entry") {
                text(key, value, candidate.entry.name);
            } else if (key == "arguments") {
                list(key, value, candidate.entry.arguments);
            } else if (key == "options") {
                list(key, value, candidate.options);
            } else {
                const bool is_text = key == "model" || key == "prompt";
                const bool is_count = key == "sample" || key == "reasoning_length";
                require(!is_text || value.is_string(), key, "is not a string");
                require(!is_count || value.is_number_unsigned(), key, "is not a count");
                candidate.origin[key] = value;
            }
        }
        require(!candidate.task.empty(), "task", "is missing");
        require(fields_.contains("source") != fields_.contains("reply"), "source",
                "is missing: a record has either \"source\" or \"reply\"");
        if (error_) {
            return std::unexpected(*error_);
        }
        if (const auto checked = compile::check_options(candidate.options); !checked) {
            return fail(checked.error().what, "/options", checked.error().hint);
        }
        if (candidate.name.empty()) {
            const std::string model = candidate.origin.value("model", "");
            candidate.name = candidate.origin.contains("sample")
                                 ? fmt::format("{}-{}", model.empty() ? "sample" : model,
                                               candidate.origin.at("sample").get<std::uint64_t>())
                                 : line_name;
        }
        const bool is_reply = fields_.contains("reply");
        std::string& content = is_reply ? reply : source;
        set_source(candidate, std::move(content), is_reply);
        candidate.file = candidate.name + (candidate.python ? ".py" : ".cu");
        std::ranges::replace(candidate.file, '/', '_');
        return candidate;
    }

private:
    void require(bool condition, const std::string& key, const std::string& what) {
        if (!condition && !error_) {
            error_ = Error{what, "/" + key, {}};
        }
    }
    void text(const std::string& key, const json& value, std::string& into) {
        require(value.is_string(), key, "is not a string");
        into = value.is_string() ? value.get<std::string>() : std::string();
    }
    void list(const std::string& key, const json& value, std::vector<std::string>& into) {
        const bool good =
            value.is_array() && std::ranges::all_of(value, [](const json& element) { return element.is_string(); });
        require(good, key, "is not a list of strings");
        if (good) {
            into = value.get<std::vector<std::string>>();
        }
    }

    const json& fields_;
    std::optional<Error> error_;
};

Result<std::vector<Candidate>> load_lines(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
        return fail("cannot be read", file.string());
    }
    std::vector<Candidate> candidates;
    std::map<std::pair<std::string, std::string>, std::size_t> names; // of each task, with their lines
    std::string line;
    for (std::size_t number = 1; std::getline(stream, line); ++number) {
        if (line.find_first_not_of(" \t\r") == line.npos) {
            continue;
        }
        const std::string where = fmt::format("{}:{}", file.string(), number);
        const auto fields = parse_json(line, max_record_depth);
        if (!fields) {
            return fail(fields.error().what, where, "each line is one object");
        }
        if (!fields->is_object()) {
            return fail("is not an object", where, "each line is one object");
        }
        auto candidate = Record(*fields).read(fmt::format("line{}", number));
        if (!candidate) {
            Error error = candidate.error();
            error.where = where + ": " + error.where;
            return std::unexpected(std::move(error));
        }
        candidate->path = fmt::format("{}:{}", file.string(), number);
        const auto [at, is_new] = names.try_emplace({candidate->task, candidate->name}, number);
        if (!is_new) {
            return fail(fmt::format("the task '{}' has a candidate '{}' already, in line {}", candidate->task,
                                    candidate->name, at->second),
                        where, "give each a \"name\", or another \"sample\"");
        }
        candidates.push_back(std::move(*candidate));
    }
    if (candidates.empty()) {
        return fail("holds no candidates", file.string());
    }
    return candidates;
}

} // namespace

Result<std::vector<Candidate>> load_candidates(const fs::path& root) {
    return root.extension() == ".jsonl" ? load_lines(root) : load_tree(root);
}

} // namespace assay::eval
