#include "eval/candidate.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/hash.h"
#include "compile/compiler.h"
#include "eval/reply.h"
#include "plan/launch_list.h"

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

/// The only .cu or .ptx file of a folder.
Result<fs::path> single_source(const fs::path& folder) {
    std::vector<fs::path> sources;
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (entry.path().extension() == ".cu" || entry.path().extension() == ".ptx") {
            sources.push_back(entry.path());
        }
    }
    if (sources.size() != 1) {
        return fail(sources.empty() ? "no .cu or .ptx file here" : "more than one source here", folder.string(),
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
    json launches = json::object();
    try {
        const json j = json::parse(*text);
        if (!j.is_object()) {
            return fail("is not an object", manifest.string());
        }
        for (const auto& [key, value] : j.items()) {
            const std::string where = manifest.string() + "#/" + key;
            if (key == "launches" || key == "scratch") {
                launches[key] = value;
                continue;
            }
            const bool is_list = key == "options" || key == "arguments";
            const bool is_count = key == "sample" || key == "reasoning_length";
            if (is_list ? !value.is_array() : is_count ? !value.is_number_unsigned() : !value.is_string()) {
                return fail(is_list ? "is not a list" : is_count ? "is not a count" : "is not a string", where);
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
            } else if (is_count || key == "model" || key == "prompt") {
                candidate.origin[key] = value;
            } else {
                return fail("unknown field", where,
                            "known: name, task, author, entry, arguments, source, options, launches, scratch, model, "
                            "sample, prompt, reasoning_length");
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
    if (source.extension() == ".ptx") {
        if (const auto list = plan::read_launches(launches); !list) {
            return fail(list.error().what, manifest.string() + "#" + list.error().where,
                        "a .ptx candidate says what is launched: \"launches\": [{\"kernel\", \"grid\", \"block\", "
                        "\"arguments\"}]");
        }
        candidate.entry.launches = launches.dump();
        candidate.ptx = true;
    } else if (!launches.empty()) {
        return fail("launches are for a .ptx source; this one has host code", manifest.string());
    }
    if (const auto checked = compile::check_options(candidate.options); !checked) {
        Error error = checked.error();
        error.where = manifest.string() + "#/options";
        return std::unexpected(std::move(error));
    }
    candidate.path = source;
    return candidate;
}

bool is_reply_file(const fs::path& path) {
    return path.extension() == ".md" || path.extension() == ".txt";
}

/// The sources beside a Python file that it names, for torch.utils.cpp_extension.load.
std::map<std::string, std::string> files_beside(const fs::path& file, const std::string& source) {
    std::map<std::string, std::string> files;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(file.parent_path().empty() ? "." : file.parent_path(), ignored)) {
        const std::string name = entry.path().filename().string();
        const std::string extension = entry.path().extension().string();
        const bool is_source = extension == ".cu" || extension == ".cuh" || extension == ".cpp" || extension == ".h";
        if (is_source && source.find(name) != source.npos) {
            if (auto text = read_text(entry.path())) {
                files[name] = std::move(*text);
            }
        }
    }
    return files;
}

/// Without what no compiler sees: blanks at the ends of lines and empty lines at the end.
std::string plain(const std::string& source) {
    std::istringstream lines(source);
    std::string text;
    for (std::string line; std::getline(lines, line);) {
        line.erase(line.find_last_not_of(" \t\r") + 1);
        text += line + "\n";
    }
    text.erase(text.find_last_not_of('\n') + 1);
    return text;
}

} // namespace

bool is_candidate_file(const fs::path& path) {
    return path.extension() == ".cu" || path.extension() == ".py" || is_reply_file(path);
}

void set_source(Candidate& candidate, std::string text, bool is_reply) {
    candidate.source = std::move(text);
    if (is_reply) {
        if (auto extracted = extract_code(candidate.source)) {
            candidate.source = std::move(extracted->code);
            candidate.origin["taken"] = extracted->how;
        } else {
            candidate.unusable = Unusable{.stage = "compile", .check = "no-source", .error = extracted.error()};
        }
    }
    candidate.python = !candidate.ptx && is_python(candidate.source);
    if (!candidate.ptx) {
        read_directives(candidate);
    }
    std::string hashed = candidate.entry.name + '\0' + plain(candidate.source);
    for (const std::string& argument : candidate.entry.arguments) {
        hashed += '\0' + argument + ',';
    }
    for (const std::string& option : candidate.options) {
        hashed += '\0' + option;
    }
    if (candidate.ptx) {
        hashed += '\0' + candidate.entry.launches;
    }
    for (const auto& [name, text] : candidate.files) {
        hashed += '\0' + name + '\0' + text;
    }
    candidate.hash = hash_hex(hashed);
    if (const auto model = candidate.origin.find("model");
        model != candidate.origin.end() && candidate.author.empty()) {
        candidate.author = model->get<std::string>();
    }
}

Result<Candidate> load_candidate(const fs::path& path) {
    std::error_code ignored;
    Candidate candidate;
    if (fs::is_directory(path, ignored)) {
        auto loaded = load_folder(path);
        if (!loaded) {
            return loaded;
        }
        candidate = std::move(*loaded);
    } else if (is_candidate_file(path)) {
        candidate.name = path.stem().string();
        candidate.path = path;
    } else {
        return fail(fs::exists(path, ignored) ? "not a candidate" : "no such file", path.string(),
                    "a candidate is a .cu or .py file, a reply (.md or .txt), or a folder with a candidate.json");
    }
    candidate.file = candidate.path.filename().string();
    auto source = read_text(candidate.path);
    if (!source) {
        return std::unexpected(source.error());
    }
    if (candidate.path.extension() == ".py") {
        candidate.files = files_beside(candidate.path, *source);
    }
    set_source(candidate, std::move(*source), is_reply_file(candidate.path));
    return candidate;
}

} // namespace assay::eval
