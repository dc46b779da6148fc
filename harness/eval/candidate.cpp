#include "eval/candidate.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/hash.h"
#include "compile/compiler.h"

namespace assay::eval {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

Result<std::string> read_text(const fs::path& path) {
    std::error_code error;
    const auto size = fs::file_size(path, error);
    if (error) {
        return fail("cannot read: " + error.message(), path.string());
    }
    if (size > max_source_bytes) {
        return fail("larger than 1 MiB", path.string(), "a candidate is one source file");
    }
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) {
        return fail("cannot read", path.string());
    }
    return text.str();
}

/// The only .cu file of a folder.
Result<fs::path> single_source(const fs::path& folder) {
    std::vector<fs::path> sources;
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (entry.path().extension() == ".cu") {
            sources.push_back(entry.path());
        }
    }
    if (sources.size() != 1) {
        return fail(sources.empty() ? "no .cu file here" : "more than one .cu file here", folder.string(),
                    "name it in candidate.json: \"source\": \"kernel.cu\"");
    }
    return sources.front();
}

std::string trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r");
    return first == text.npos ? "" : std::string(text.substr(first, text.find_last_not_of(" \t\r") + 1 - first));
}

/// Lines `// assay: entry = NAME` and `// assay: arguments = x, w, 3`, unless candidate.json has said it.
void read_directives(Candidate& candidate) {
    std::istringstream lines(candidate.source);
    constexpr std::string_view mark = "// assay:";
    for (std::string line; std::getline(lines, line);) {
        const std::string text = trimmed(line);
        const auto equals = text.find('=');
        if (!text.starts_with(mark) || equals == text.npos) {
            continue;
        }
        const std::string key = trimmed(std::string_view(text).substr(mark.size(), equals - mark.size()));
        const std::string value = trimmed(std::string_view(text).substr(equals + 1));
        if (key == "entry" && candidate.entry.name.empty()) {
            candidate.entry.name = value;
        } else if (key == "arguments" && candidate.entry.arguments.empty()) {
            std::istringstream list(value);
            for (std::string argument; std::getline(list, argument, ',');) {
                candidate.entry.arguments.push_back(trimmed(argument));
            }
        }
    }
}

Result<Candidate> load_folder(const fs::path& folder) {
    const fs::path manifest = folder / "candidate.json";
    const auto text = read_text(manifest);
    if (!text) {
        return std::unexpected(text.error());
    }
    Candidate candidate;
    candidate.name = folder.filename().string();
    fs::path source;
    try {
        const json j = json::parse(*text);
        if (!j.is_object()) {
            return fail("is not an object", manifest.string());
        }
        for (const auto& [key, value] : j.items()) {
            const std::string where = manifest.string() + "#/" + key;
            const bool is_list = key == "options" || key == "arguments";
            if (is_list ? !value.is_array() : !value.is_string()) {
                return fail(is_list ? "is not a list" : "is not a string", where);
            }
            if (key == "name") {
                candidate.name = value;
            } else if (key == "task") {
                candidate.task = value;
            } else if (key == "author") {
                candidate.author = value;
            } else if (key == "entry") {
                candidate.entry.name = value;
            } else if (key == "source") {
                source = folder / value.get<std::string>();
            } else if (key == "arguments") {
                candidate.entry.arguments = value.get<std::vector<std::string>>();
            } else if (is_list) {
                candidate.options = value.get<std::vector<std::string>>();
            } else {
                return fail("unknown field", where, "known: name, task, author, entry, arguments, source, options");
            }
        }
    } catch (const json::exception& error) {
        return fail(error.what(), manifest.string());
    }
    if (source.empty()) {
        const auto single = single_source(folder);
        if (!single) {
            return std::unexpected(single.error());
        }
        source = *single;
    }
    if (const auto checked = compile::check_options(candidate.options); !checked) {
        Error error = checked.error();
        error.where = manifest.string() + "#/options";
        return std::unexpected(std::move(error));
    }
    candidate.path = source;
    return candidate;
}

} // namespace

Result<Candidate> load_candidate(const fs::path& path) {
    std::error_code ignored;
    Candidate candidate;
    if (fs::is_directory(path, ignored)) {
        auto loaded = load_folder(path);
        if (!loaded) {
            return loaded;
        }
        candidate = std::move(*loaded);
    } else if (path.extension() == ".cu") {
        candidate.name = path.stem().string();
        candidate.path = path;
    } else {
        return fail(fs::exists(path, ignored) ? "not a candidate" : "no such file", path.string(),
                    "a candidate is a .cu file or a folder with a candidate.json");
    }
    const auto source = read_text(candidate.path);
    if (!source) {
        return std::unexpected(source.error());
    }
    candidate.source = *source;
    read_directives(candidate);
    std::string hashed = candidate.entry.name + '\0' + candidate.source;
    for (const std::string& argument : candidate.entry.arguments) {
        hashed += '\0' + argument + ',';
    }
    for (const std::string& option : candidate.options) {
        hashed += '\0' + option;
    }
    candidate.hash = hash_hex(hashed);
    return candidate;
}

Result<std::vector<Candidate>> load_candidates(const fs::path& root) {
    std::error_code error;
    std::vector<fs::path> paths;
    for (const auto& task : fs::directory_iterator(root, error)) {
        if (!task.is_directory()) {
            continue;
        }
        for (const auto& entry : fs::directory_iterator(task.path())) {
            if (entry.path().extension() == ".cu" || fs::exists(entry.path() / "candidate.json")) {
                paths.push_back(entry.path());
            }
        }
    }
    if (error) {
        return fail("cannot read: " + error.message(), root.string());
    }
    std::ranges::sort(paths);
    std::vector<Candidate> candidates;
    for (const fs::path& path : paths) {
        auto candidate = load_candidate(path);
        if (!candidate) {
            return std::unexpected(candidate.error());
        }
        candidate->task = path.parent_path().filename().string();
        candidates.push_back(std::move(*candidate));
    }
    return candidates;
}

} // namespace assay::eval
