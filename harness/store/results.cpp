// Results files: see results.h.
//
// What is promised is that a line reported as written survives, whole, whatever happens next. So each append is one
// write of a whole line under an exclusive lock of the file (several runs may share one), followed by fsync; a write
// that comes up short, as on a full disk, is undone by cutting the file to its former length. What can still happen is
// a crash in the middle of a write: the file then ends in a line without its newline. Nobody was told that this line
// is written, so whoever next has the lock cuts it off; the newline is the mark of a complete line, not its contents.
#include "store/results.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <span>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "base/json.h"

namespace assay::store {

namespace {

std::unexpected<Error> system_failure(std::string_view call, const std::filesystem::path& file, std::string hint = {}) {
    return fail(fmt::format("{} failed: {}", call, std::strerror(errno)), file.string(), std::move(hint));
}

/// The lock of a file for one operation.
class Lock {
public:
    explicit Lock(int descriptor) : descriptor_(descriptor) {
        int result = -1;
        do {
            result = ::flock(descriptor_, LOCK_EX);
        } while (result != 0 && errno == EINTR);
        held_ = result == 0;
    }
    ~Lock() {
        if (held_) {
            ::flock(descriptor_, LOCK_UN);
        }
    }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;
    [[nodiscard]] bool held() const { return held_; }

private:
    int descriptor_;
    bool held_ = false;
};

Result<off_t> size_of(int descriptor, const std::filesystem::path& file) {
    struct stat status{};
    if (::fstat(descriptor, &status) != 0) {
        return system_failure("fstat", file);
    }
    if (!S_ISREG(status.st_mode)) {
        return fail("is no regular file", file.string());
    }
    return status.st_size;
}

/// The length of the file up to the end of its last complete line.
Result<off_t> complete_size(int descriptor, off_t size, const std::filesystem::path& file) {
    std::array<char, 4096> block{};
    for (off_t end = size; end > 0;) {
        const off_t start = end > static_cast<off_t>(block.size()) ? end - static_cast<off_t>(block.size()) : 0;
        const ssize_t count = ::pread(descriptor, block.data(), static_cast<std::size_t>(end - start), start);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count != end - start) {
            return system_failure("pread", file);
        }
        const std::string_view text(block.data(), static_cast<std::size_t>(count));
        if (const auto newline = text.rfind('\n'); newline != std::string_view::npos) {
            return start + static_cast<off_t>(newline) + 1;
        }
        end = start;
    }
    return 0;
}

struct Cut {
    off_t size = 0; ///< of the file, all of it complete lines
    bool torn = false;
};

/// Cuts off a torn last line; the lock must be held.
Result<Cut> cut_torn_line(int descriptor, const std::filesystem::path& file) {
    const auto size = size_of(descriptor, file);
    if (!size) {
        return std::unexpected(size.error());
    }
    const auto complete = complete_size(descriptor, *size, file);
    if (!complete) {
        return std::unexpected(complete.error());
    }
    if (*complete < *size && ::ftruncate(descriptor, *complete) != 0) {
        return system_failure("ftruncate", file);
    }
    return Cut{*complete, *complete < *size};
}

Result<> write_all(int descriptor, std::string_view text, const std::filesystem::path& file) {
    while (!text.empty()) {
        const ssize_t count = ::write(descriptor, text.data(), text.size());
        if (count < 0 && errno != EINTR) {
            return system_failure("write", file, "make room on the disk");
        }
        if (count > 0) {
            text.remove_prefix(static_cast<std::size_t>(count));
        }
    }
    return {};
}

/// Makes the file's name survive a crash as its lines do.
Result<> sync_folder_of(const std::filesystem::path& file) {
    const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) {
        return system_failure("open", folder);
    }
    // Some file systems cannot sync a folder and say EINVAL; they need not.
    const bool synced = ::fsync(descriptor) == 0 || errno == EINVAL;
    auto result = synced ? Result<>() : system_failure("fsync", folder);
    ::close(descriptor);
    return result;
}

Result<Evaluation> parse_line(const std::string& line) {
    const auto parsed = parse_json(line);
    if (!parsed) {
        return std::unexpected(parsed.error());
    }
    return evaluation_from_json(*parsed);
}

} // namespace

Result<ResultsWriter> ResultsWriter::open(const std::filesystem::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (descriptor < 0) {
        return system_failure("open", file);
    }
    ResultsWriter writer(descriptor, file);
    const Lock lock(descriptor);
    if (!lock.held()) {
        return system_failure("flock", file);
    }
    const auto cut = cut_torn_line(descriptor, file);
    if (!cut) {
        return std::unexpected(cut.error());
    }
    writer.repaired_ = cut->torn;
    if (auto synced = sync_folder_of(file); !synced) {
        return std::unexpected(synced.error());
    }
    return writer;
}

ResultsWriter::~ResultsWriter() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
    }
}

ResultsWriter::ResultsWriter(ResultsWriter&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), file_(std::move(other.file_)), repaired_(other.repaired_) {}

ResultsWriter& ResultsWriter::operator=(ResultsWriter&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(file_, other.file_);
    std::swap(repaired_, other.repaired_);
    return *this;
}

Result<> ResultsWriter::append(const Evaluation& evaluation) {
    const std::string line = to_json(evaluation).dump() + '\n';
    const Lock lock(descriptor_);
    if (!lock.held()) {
        return system_failure("flock", file_);
    }
    // Another process that shares the file may have died in the middle of its line since we opened it.
    const auto before = cut_torn_line(descriptor_, file_);
    if (!before) {
        return std::unexpected(before.error());
    }
    auto written = write_all(descriptor_, line, file_);
    if (written && ::fsync(descriptor_) != 0) {
        written = system_failure("fsync", file_);
    }
    if (!written && ::ftruncate(descriptor_, before->size) != 0) {
        written.error().hint =
            fmt::format("its last line may be torn: cutting it off failed: {}", std::strerror(errno));
    }
    return written;
}

Result<std::vector<Evaluation>> read_results(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
        return system_failure("open", file);
    }
    std::vector<Evaluation> evaluations;
    std::string line;
    for (std::size_t number = 1; std::getline(stream, line); number++) {
        if (stream.eof()) {
            break; // no newline: torn, or still being written
        }
        auto evaluation = parse_line(line);
        if (!evaluation) {
            Error error = std::move(evaluation.error());
            error.where = error.where.empty() ? fmt::format("{}:{}", file.string(), number)
                                              : fmt::format("{}:{}#{}", file.string(), number, error.where);
            return std::unexpected(std::move(error));
        }
        evaluations.push_back(std::move(*evaluation));
    }
    if (stream.bad()) {
        return system_failure("read", file);
    }
    return evaluations;
}

} // namespace assay::store
