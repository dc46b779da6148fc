#include "tasks/reference.h"

#include <string_view>
#include <vector>

#include "base/hash.h"
#include "tasks/reader.h"

namespace assay::tasks {

namespace {

/// The names in `#include "ops/..."` lines; those in angle brackets are the toolkit's.
std::vector<std::string> included(std::string_view text) {
    constexpr std::string_view directive = "#include \"";
    std::vector<std::string> names;
    for (auto at = text.find(directive); at != std::string_view::npos; at = text.find(directive, at)) {
        at += directive.size();
        if (const auto end = text.find('"', at); end != std::string_view::npos) {
            names.emplace_back(text.substr(at, end - at));
        }
    }
    return names;
}

} // namespace

Result<ReferenceSource> load_reference(const Task& task) {
    auto text = read_file(task.reference);
    if (!text) {
        return std::unexpected(std::move(text.error()));
    }
    ReferenceSource source{std::move(*text), {}};
    const auto folder = task.reference.parent_path().parent_path();
    std::vector<std::string> open = included(source.text);
    while (!open.empty()) {
        const std::string name = std::move(open.back());
        open.pop_back();
        if (source.headers.contains(name)) {
            continue;
        }
        auto header = read_file(folder / name);
        if (!header) {
            return std::unexpected(std::move(header.error()));
        }
        for (std::string& further : included(*header)) {
            open.push_back(std::move(further));
        }
        source.headers.emplace(name, std::move(*header));
    }
    return source;
}

std::string hash_of(const std::string& definition, const ReferenceSource& reference) {
    // The hash of the parts' hashes: where one part ends and the next begins cannot be confused.
    std::string parts = hash_hex(definition) + hash_hex(reference.text);
    for (const auto& [name, text] : reference.headers) {
        parts += hash_hex(name) + hash_hex(text);
    }
    return hash_hex(parts);
}

} // namespace assay::tasks
