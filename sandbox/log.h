// What a worker prints: read so that it never blocks, kept up to a cap, never parsed.
#pragma once

#include <cstdint>
#include <string>

#include "sandbox/descriptor.h"

namespace assay::sandbox {

class LogReader {
public:
    explicit LogReader(std::uint64_t cap) : cap_(cap) {}
    /// False: errno says why.
    [[nodiscard]] bool open();
    /// Reads a pipe until `finish`; a thread of its own does this.
    void read(Descriptor pipe);
    /// The process has been reaped: what is in the pipe now is all there is.
    void finish();
    /// Once `read` has returned: cleaned, with a line on what was not kept.
    [[nodiscard]] std::string text() const;

private:
    std::uint64_t cap_;
    Descriptor finished_; ///< an eventfd
    std::string log_;
    std::uint64_t dropped_ = 0;
};

} // namespace assay::sandbox
