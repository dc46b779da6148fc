// An entry is a file KEY.json: a first line with a hash of the rest, then JSON. It is written under another name and
// renamed, so that a reader sees a whole entry or none, whoever else writes at the time; and the hash finds what a
// crash of the machine or a bad disk left. Two processes that store the same key write the same content, so the last
// one may win.
#include "compile/cache.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "sandbox/descriptor.h"

namespace assay::compile {

namespace {

namespace fs = std::filesystem;
using sandbox::Descriptor;

constexpr std::string_view suffix = ".json";
constexpr std::string_view unfinished = ".part";

std::optional<std::string> read_file(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return {};
    }
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// Writes a new file; false with errno when that fails, in which case nothing is left of it.
bool write_file(const fs::path& path, std::string_view text) {
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    if (file.get() < 0) {
        return false;
    }
    while (!text.empty()) {
        const ssize_t count = ::write(file.get(), text.data(), text.size());
        if (count < 0 && errno != EINTR) {
            const int error = errno;
            ::unlink(path.c_str());
            errno = error;
            return false;
        }
        text.remove_prefix(count < 0 ? 0 : static_cast<std::size_t>(count));
    }
    return true;
}

} // namespace

Cache::Cache(fs::path folder, std::uint64_t max_bytes) : folder_(std::move(folder)), max_bytes_(max_bytes) {}

fs::path Cache::path_of(const std::string& key) const {
    return folder_ / (key + std::string(suffix));
}

void Cache::warn(const std::string& kind, const std::string& text) {
    if (std::ranges::find(warned_, kind) == warned_.end()) {
        warned_.push_back(kind);
        warnings_.push_back(text);
    }
}

std::optional<nlohmann::json> Cache::find(const std::string& key) {
    if (folder_.empty()) {
        return {};
    }
    const fs::path path = path_of(key);
    const auto text = read_file(path);
    if (!text) {
        return {};
    }
    const auto line_end = text->find('\n');
    if (line_end != text->npos && hash_hex(std::string_view(*text).substr(line_end + 1)) == text->substr(0, line_end)) {
        auto value = nlohmann::json::parse(text->begin() + static_cast<std::ptrdiff_t>(line_end) + 1, text->end(),
                                           nullptr, false);
        if (!value.is_discarded()) {
            ::utimensat(AT_FDCWD, path.c_str(), nullptr, 0); // used now; fails harmlessly where the cache is read-only
            return value;
        }
    }
    warn("corrupt", fmt::format("{}: a corrupt entry of the compile cache is dropped and made again", path.string()));
    std::error_code ignored;
    fs::remove(path, ignored);
    return {};
}

void Cache::store(const std::string& key, const nlohmann::json& value) {
    if (folder_.empty()) {
        return;
    }
    std::error_code error;
    fs::create_directories(folder_, error);
    const std::string content = value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    const std::string text = hash_hex(content) + "\n" + content;
    static unsigned long serial = 0;
    const fs::path part = folder_ / fmt::format("{}.{}.{}{}", key, ::getpid(), serial++, unfinished);
    if (!write_file(part, text) || ::rename(part.c_str(), path_of(key).c_str()) != 0) {
        warn("unwritable", fmt::format("{}: the compile cache cannot be written ({}); every source is compiled anew",
                                       folder_.string(), std::strerror(errno)));
        fs::remove(part, error);
        return;
    }
    stored_since_trim_ += text.size();
    if (!trimmed_once_ || stored_since_trim_ > max_bytes_ / 8) {
        trim();
    }
}

void Cache::trim() {
    struct Entry {
        fs::file_time_type used;
        std::uint64_t bytes;
        fs::path path;
    };
    trimmed_once_ = true;
    stored_since_trim_ = 0;
    std::vector<Entry> entries;
    std::uint64_t total = 0;
    std::error_code error;
    const auto abandoned = fs::file_time_type::clock::now() - std::chrono::hours(1);
    for (const auto& file : fs::directory_iterator(folder_, error)) {
        // Another process may remove a file between any two of these calls.
        const Entry entry{file.last_write_time(error), file.file_size(error), file.path()};
        if (error) {
            continue;
        }
        if (entry.path.extension() == unfinished && entry.used < abandoned) {
            fs::remove(entry.path, error); // its writer was killed
        } else if (entry.path.extension() == suffix) {
            total += entry.bytes;
            entries.push_back(entry);
        }
    }
    std::ranges::sort(entries, {}, &Entry::used);
    for (auto entry = entries.begin(); entry != entries.end() && total > max_bytes_; ++entry) {
        fs::remove(entry->path, error);
        total -= entry->bytes;
    }
}

} // namespace assay::compile
