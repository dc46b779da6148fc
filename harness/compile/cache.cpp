// An entry is a file KEY.json or KEY.bin: a first line with a hash of its name and of the rest, then JSON or bytes. It
// is written under another name and renamed, so that a reader sees a whole entry or none, whoever else writes at the
// time; and the hash finds what a crash of the machine or a bad disk left, and an entry under the name of another. Two
// processes that store the same key write the same content, so the last one may win.
#include "compile/cache.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "sandbox/descriptor.h"

namespace assay::compile {

namespace {

namespace fs = std::filesystem;
using sandbox::Descriptor;

constexpr std::string_view of_json = ".json";
constexpr std::string_view of_bytes = ".bin";
constexpr std::string_view unfinished = ".part";
/// One entry takes at most this part of what all may take: none drives out the others.
constexpr std::uint64_t largest_part = 4;

bool is_entry(const fs::path& file) {
    return file.extension() == of_json || file.extension() == of_bytes;
}

/// As much of the file as there is, up to `bytes`.
std::string read_file(const Descriptor& file, std::size_t bytes) {
    std::string text(bytes, '\0');
    std::size_t have = 0;
    while (have < bytes) {
        const ssize_t count = ::read(file.get(), text.data() + have, bytes - have);
        if (count == 0 || (count < 0 && errno != EINTR)) {
            break;
        }
        have += count < 0 ? 0 : static_cast<std::size_t>(count);
    }
    text.resize(have);
    return text;
}

std::string seal(const std::string& name, std::string_view content) {
    return hash_hex(fmt::format("{}\n{}", name, content));
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

void Cache::warn(const std::string& kind, const std::string& text) {
    if (std::ranges::find(warned_, kind) == warned_.end()) {
        warned_.push_back(kind);
        warnings_.push_back(text);
    }
}

std::optional<std::string> Cache::read(const std::string& name) {
    if (folder_.empty()) {
        return {};
    }
    const fs::path path = folder_ / name;
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status{};
    if (file.get() < 0 || ::fstat(file.get(), &status) != 0) {
        return {};
    }
    if ((status.st_uid != ::geteuid() && status.st_uid != 0) || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        warn("foreign", fmt::format("{}: belongs to another user, or others may write it: what the cache holds there "
                                    "is made again",
                                    path.string()));
        return {};
    }
    auto text = read_file(file, static_cast<std::size_t>(status.st_size));
    const auto line_end = text.find('\n');
    if (line_end != text.npos && seal(name, std::string_view(text).substr(line_end + 1)) == text.substr(0, line_end)) {
        ::utimensat(AT_FDCWD, path.c_str(), nullptr, 0); // used now; fails harmlessly where the cache is read-only
        return text.erase(0, line_end + 1);
    }
    drop_corrupt(path);
    return {};
}

std::optional<nlohmann::json> Cache::find(const std::string& key) {
    const std::string name = key + std::string(of_json);
    const auto text = read(name);
    if (!text) {
        return {};
    }
    auto value = nlohmann::json::parse(*text, nullptr, false);
    if (value.is_discarded()) {
        drop_corrupt(folder_ / name);
        return {};
    }
    return value;
}

void Cache::drop_corrupt(const fs::path& path) {
    warn("corrupt", fmt::format("{}: a corrupt entry of the cache is dropped and made again", path.string()));
    std::error_code ignored;
    fs::remove(path, ignored);
}

void Cache::store(const std::string& key, const nlohmann::json& value) {
    write(key + std::string(of_json), value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

std::optional<std::string> Cache::find_bytes(const std::string& key) {
    return read(key + std::string(of_bytes));
}

void Cache::store_bytes(const std::string& key, std::string_view content) {
    write(key + std::string(of_bytes), content);
}

void Cache::write(const std::string& name, std::string_view content) {
    if (folder_.empty() || content.size() > max_bytes_ / largest_part) {
        return;
    }
    std::error_code error;
    fs::create_directories(folder_, error);
    const std::string text = fmt::format("{}\n{}", seal(name, content), content);
    static std::atomic<unsigned long> serial = 0;
    const fs::path part = folder_ / fmt::format("{}.{}.{}{}", name, ::getpid(), serial++, unfinished);
    if (!write_file(part, text) || ::rename(part.c_str(), (folder_ / name).c_str()) != 0) {
        warn("unwritable", fmt::format("{}: the cache cannot be written ({}); everything is made anew",
                                       folder_.string(), std::strerror(errno)));
        fs::remove(part, error);
        return;
    }
    stored_since_trim_ += text.size();
    if (!trimmed_once_ || stored_since_trim_ > max_bytes_ / 8) {
        trim();
    }
}

std::uint64_t Cache::bytes() const {
    std::uint64_t total = 0;
    std::error_code error;
    for (const auto& file : fs::directory_iterator(folder_, error)) {
        std::error_code gone; // another process may remove a file meanwhile
        const std::uint64_t bytes = is_entry(file.path()) ? file.file_size(gone) : 0;
        total += gone ? 0 : bytes;
    }
    return total;
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
        } else if (is_entry(entry.path)) {
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
