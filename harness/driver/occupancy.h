// How many blocks of a kernel a multiprocessor holds at once.
//
// Sources: CUDA C++ Programming Guide, "Technical Specifications per Compute Capability", for what a multiprocessor
// has; for the units in which it is handed out, the occupancy calculator's arithmetic, which NVIDIA publishes as
// cuda_occupancy.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace assay::driver {

/// What the blocks on a multiprocessor share.
struct Multiprocessor {
    std::uint32_t warps = 0, blocks = 0;
    std::uint32_t shared_bytes = 0;       ///< of all blocks
    std::uint32_t block_shared_bytes = 0; ///< of one block that has opted in
    std::uint32_t reserved_bytes = 0;     ///< of each block's, by the driver
    std::uint32_t shared_unit = 128;      ///< bytes
    std::uint32_t barriers = 0;           ///< of all blocks; 0: no limit (before 9.0)
    std::uint32_t registers = 65536;      ///< of 32 bits; a quarter of them for each of four partitions
};

/// Of "sm_90"; nullopt of one that is not in the table (7.5 to 9.0, 10.0, 12.0).
[[nodiscard]] std::optional<Multiprocessor> multiprocessor_of(std::string_view architecture);

struct BlockNeeds {
    std::uint32_t threads = 1;      ///< 1 to 1024
    std::uint32_t registers = 0;    ///< of a thread
    std::uint32_t shared_bytes = 0; ///< static and dynamic
    std::uint32_t barriers = 0;
};

struct Occupancy {
    std::uint32_t blocks = 0; ///< on a multiprocessor; 0: not even one fits
    std::uint32_t warps = 0;  ///< of these blocks
    double fraction = 0;      ///< of the warps that there could be
    std::string limit;        ///< what runs out first: "warps", "registers", "shared memory", "blocks", "barriers"
};

[[nodiscard]] Occupancy occupancy_of(const Multiprocessor& multiprocessor, const BlockNeeds& block);

} // namespace assay::driver
