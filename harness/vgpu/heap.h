// What device code gets from malloc: pieces of one arena in device memory.
//
// Kernels allocate thousands of small pieces; pages of their own for each would cost the host a mapping each.
// Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>

#include "vgpu/core/memory.h"

namespace assay::vgpu {

class DeviceHeap {
public:
    explicit DeviceHeap(Memory& memory) : memory_(memory) {}

    /// 16-byte aligned; 0 when the heap is spent or `bytes` is 0.
    [[nodiscard]] std::uint64_t allocate(std::uint64_t bytes);
    /// Ignores what is no allocation of this heap.
    void free(std::uint64_t address);

    /// Size of the arena, CUDA's 8 MiB until set; false once it is in use.
    [[nodiscard]] bool set_limit(std::uint64_t bytes);
    /// Gives the arena back and restores the limit; what was allocated is gone.
    void reset();

private:
    static constexpr std::uint64_t default_limit = 8ull << 20;

    Memory& memory_;
    std::mutex mutex_;
    std::uint64_t limit_ = default_limit;
    std::uint64_t arena_ = 0;                     ///< 0: not allocated yet
    std::map<std::uint64_t, std::uint64_t> free_; ///< address to bytes
    std::map<std::uint64_t, std::uint64_t> used_;
};

} // namespace assay::vgpu
