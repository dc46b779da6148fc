// Which bytes of a program's buffers its launches, copies and fills touch: what it has to move however it is written,
// as opposed to what its instructions ask for.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vgpu/core/cost.h"
#include "vgpu/core/finding.h"

namespace assay::vgpu {

/// Whether the addresses of an access can be those of a buffer; those of shared memory are offsets.
[[nodiscard]] inline bool may_be_global(const AccessShape& shape) {
    return shape.space == isa::Space::Global || shape.space == isa::Space::Generic;
}

/// Of one buffer: different bytes that were read, and that were written. An atomic does both.
struct Touched {
    std::string name;
    std::uint64_t bytes = 0, read = 0, written = 0;
};

/// Whoever makes one takes the footprint of all that runs on the device until it is destroyed; one at a time.
class Footprint {
public:
    /// Buffers that do not overlap.
    explicit Footprint(std::vector<MemoryObject> buffers);
    ~Footprint();
    Footprint(const Footprint&) = delete;
    Footprint& operator=(const Footprint&) = delete;

    /// The one that is being taken, or none.
    [[nodiscard]] static Footprint* taken();

    /// An access of `bytes` at each address of the lanes in `mask`; what lies in no buffer is left out. Several host
    /// threads may call it at once.
    void add(Use use, std::uint32_t bytes, std::uint32_t mask, const std::uint64_t* addresses);
    void add(Use use, std::uint64_t address, std::uint64_t bytes);

    /// In the order of the constructor's buffers.
    [[nodiscard]] std::vector<Touched> count() const;

private:
    struct Buffer {
        MemoryObject known;
        std::vector<std::uint8_t> touched; ///< by byte: bit 0 read, bit 1 written
    };
    std::vector<Buffer> buffers_;
    std::vector<std::size_t> by_address_; ///< indices
};

} // namespace assay::vgpu
