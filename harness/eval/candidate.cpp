#include "eval/candidate.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/hash.h"
#include "base/json.h"
#include "compile/compiler.h"
#include "eval/reply.h"
#include "plan/launch_list.h"
#include "sandbox/text.h"

namespace assay::eval {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// A source may be cut off behind `max_source_bytes`: set_source says that it is too long.
Result<std::string> read_text(const fs::path& path, bool is_source = false) {
    std::error_code error;
    const auto size = fs::file_size(path, error);
    if (error) {
        return fail("cannot read: " + error.message(), path.string());
    }
    if (size > max_source_bytes && !is_source) {
        return fail("larger than 1 MiB", path.string());
    }
    std::ifstream file(path, std::ios::binary);
    std::string text(std::min<std::uintmax_t>(size, max_source_bytes + 1), '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!file) {
        return fail("cannot read", path.string());
    }
    return text;
}

/// A file that somebody else's folder names is read only where it lies in that folder, links followed: its text ends up
/// in messages and results.
Result<> require_inside(const fs::path& file, const fs::path& folder) {
    if (lies_in(file, folder)) {
        return {};
    }
    return fail("leads out of the candidate's folder, or to nothing", file.string(),
                "a candidate is what its folder holds: copy the file there");
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
    if (const auto inside = require_inside(manifest, folder); !inside) {
        return std::unexpected(inside.error());
    }
    const auto fields = parse_json(*text);
    if (!fields || !fields->is_object()) {
        return fail(fields ? "is not an object" : fields.error().what, manifest.string());
    }
    Candidate candidate;
    candidate.name = folder.filename().string();
    fs::path source;
    json launches = json::object();
    try {
        for (const auto& [key, value] : fields->items()) {
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
    if (const auto inside = require_inside(source, folder); !inside) {
        return std::unexpected(inside.error());
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
        if (is_source && source.find(name) != source.npos && lies_in(entry.path(), file.parent_path())) {
            if (auto text = read_text(entry.path())) {
                files[name] = std::move(*text);
            }
        }
    }
    return files;
}

/// Without what no compiler sees: blanks at the ends of lines and empty lines at the end. Texts of more than one line
/// can hold such blanks, and a backslash before them joins lines or does not: then they count.
std::string plain(const std::string& source) {
    const bool blanks_count = std::ranges::any_of(std::array{"R\"", "\"\"\"", "'''", "\\ ", "\\\t", "\\\r"},
                                                  [&](const char* mark) { return source.find(mark) != source.npos; });
    std::istringstream lines(source);
    std::string text;
    for (std::string line; std::getline(lines, line);) {
        if (!blanks_count) {
            line.erase(line.find_last_not_of(" \t\r") + 1);
        }
        text += line + "\n";
    }
    text.erase(text.find_last_not_of('\n') + 1);
    return text;
}

} // namespace

bool lies_in(const fs::path& file, const fs::path& folder) {
    std::error_code error, other;
    const fs::path real = fs::canonical(file, error);
    const fs::path root = fs::canonical(folder.empty() ? "." : folder, other);
    return !error && !other && std::ranges::mismatch(root, real).in1 == root.end();
}

bool is_candidate_file(const fs::path& path) {
    return path.extension() == ".cu" || path.extension() == ".py" || is_reply_file(path);
}

void set_source(Candidate& candidate, std::string text, bool is_reply) {
    if (text.size() > max_source_bytes) {
        candidate.unusable = Unusable{.stage = "compile",
                                      .check = "no-source",
                                      .error = {"longer than 1 MiB", {}, "a candidate is one source file"}};
    }
    candidate.source = std::move(text);
    candidate.name = sandbox::clean_text(candidate.name, max_name_bytes);
    std::ranges::replace_if(candidate.name, [](char c) { return c == '\n' || c == '\t'; }, ' ');
    if (candidate.unusable) {
        // Nothing of it is read; its hash tells it from others.
    } else if (is_reply) {
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
    // Zero bytes divide: a text that holds one is no source (the compiler's front refuses it), and stands for itself.
    const bool is_text = candidate.source.find('\0') == candidate.source.npos;
    std::string hashed =
        candidate.entry.name + '\0' + (is_text ? plain(candidate.source) : hash_hex(candidate.source) + " is no text");
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
    if (candidate.unusable) { // no empty source is the duplicate of a reply without code
        hashed += '\0' + candidate.unusable->error.what;
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
    auto source = read_text(candidate.path, true);
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
