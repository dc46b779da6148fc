#include "vgpu/heap.h"

#include <algorithm>
#include <iterator>

namespace assay::vgpu {

std::uint64_t DeviceHeap::allocate(std::uint64_t bytes) {
    const std::scoped_lock lock(mutex_);
    if (bytes == 0 || bytes > limit_) {
        return 0;
    }
    if (arena_ == 0) {
        const auto arena = memory_.allocate(limit_);
        if (!arena) {
            return 0;
        }
        arena_ = *arena;
        free_.emplace(arena_, limit_);
    }
    bytes = (bytes + 15) / 16 * 16;
    const auto found = std::ranges::find_if(free_, [&](const auto& piece) { return piece.second >= bytes; });
    if (found == free_.end()) {
        return 0;
    }
    const auto [address, available] = *found;
    free_.erase(found);
    if (available > bytes) {
        free_.emplace(address + bytes, available - bytes);
    }
    used_.emplace(address, bytes);
    return address;
}

void DeviceHeap::free(std::uint64_t address) {
    const std::scoped_lock lock(mutex_);
    const auto found = used_.find(address);
    if (found == used_.end()) {
        return;
    }
    std::uint64_t bytes = found->second;
    used_.erase(found);
    auto next = free_.lower_bound(address);
    if (next != free_.end() && address + bytes == next->first) {
        bytes += next->second;
        next = free_.erase(next);
    }
    if (next != free_.begin()) {
        const auto previous = std::prev(next);
        if (previous->first + previous->second == address) {
            previous->second += bytes;
            return;
        }
    }
    free_.emplace(address, bytes);
}

bool DeviceHeap::set_limit(std::uint64_t bytes) {
    const std::scoped_lock lock(mutex_);
    if (arena_ != 0) {
        return false;
    }
    limit_ = std::max<std::uint64_t>(bytes, 16) / 16 * 16;
    return true;
}

void DeviceHeap::reset() {
    const std::scoped_lock lock(mutex_);
    if (arena_ != 0) {
        memory_.free(arena_);
    }
    arena_ = 0;
    limit_ = default_limit;
    free_.clear();
    used_.clear();
}

} // namespace assay::vgpu
