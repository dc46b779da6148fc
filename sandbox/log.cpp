#include "sandbox/log.h"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "sandbox/text.h"

namespace assay::sandbox {

namespace {

/// What is read after the process has been reaped: no more than a full pipe can be its own.
constexpr std::size_t max_last_words = 1U << 20;

} // namespace

bool LogReader::open() {
    finished_ = Descriptor(::eventfd(0, EFD_CLOEXEC));
    return finished_.get() >= 0;
}

void LogReader::read(Descriptor pipe) {
    ::fcntl(pipe.get(), F_SETFL, O_NONBLOCK);
    std::size_t last_words = 0;
    bool is_reaped = false;
    std::array<char, 65536> buffer{};
    while (last_words < max_last_words) {
        if (!is_reaped) {
            std::array<pollfd, 2> entries{pollfd{pipe.get(), POLLIN, 0}, pollfd{finished_.get(), POLLIN, 0}};
            ::poll(entries.data(), entries.size(), -1);
            is_reaped = entries[1].revents != 0;
        }
        const ssize_t count = ::read(pipe.get(), buffer.data(), buffer.size());
        if (count > 0) {
            const auto bytes = static_cast<std::size_t>(count);
            const auto kept = std::min<std::uint64_t>(bytes, cap_ - log_.size());
            log_.append(buffer.data(), kept);
            dropped_ += bytes - kept;
            last_words += is_reaped ? bytes : 0;
        } else if (is_reaped) {
            return;
        } else if (count == 0) {
            // It has closed its output: all that is left is to outlive it.
            pollfd entry{finished_.get(), POLLIN, 0};
            ::poll(&entry, 1, -1);
            is_reaped = true;
        }
    }
}

void LogReader::finish() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(finished_.get(), &one, sizeof one);
}

std::string LogReader::text() const {
    auto text = clean_text(log_, cap_);
    if (dropped_ != 0) {
        text += fmt::format("\n[{} more bytes not kept]\n", dropped_);
    }
    return text;
}

} // namespace assay::sandbox
