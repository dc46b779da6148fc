#include "vgpu/core/footprint.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <numeric>
#include <ranges>

namespace assay::vgpu {

namespace {

constexpr std::uint8_t was_read = 1, was_written = 2;

std::uint8_t bits_of(Use use) {
    switch (use) {
    case Use::Read:
        return was_read;
    case Use::Write:
        return was_written;
    case Use::Atomic:
        break;
    }
    return was_read | was_written;
}

std::atomic<Footprint*> current;

} // namespace

Footprint* Footprint::taken() {
    return current.load(std::memory_order_relaxed);
}

Footprint::~Footprint() {
    current = nullptr;
}

Footprint::Footprint(std::vector<MemoryObject> buffers) : by_address_(buffers.size()) {
    for (MemoryObject& buffer : buffers) {
        const std::size_t bytes = buffer.bytes;
        buffers_.push_back({std::move(buffer), std::vector<std::uint8_t>(bytes)});
    }
    std::iota(by_address_.begin(), by_address_.end(), std::size_t{0});
    std::ranges::sort(by_address_, {}, [&](std::size_t i) { return buffers_[i].known.address; });
    current = this;
}

void Footprint::add(Use use, std::uint64_t address, std::uint64_t bytes) {
    const auto after =
        std::ranges::upper_bound(by_address_, address, {}, [&](std::size_t i) { return buffers_[i].known.address; });
    if (after == by_address_.begin()) {
        return;
    }
    Buffer& buffer = buffers_[*std::prev(after)];
    const std::uint64_t first = address - buffer.known.address;
    const std::uint64_t last = std::min(first + bytes, buffer.known.bytes);
    const std::uint8_t bits = bits_of(use);
    for (std::uint64_t i = first; i < last; ++i) {
        const std::atomic_ref byte(buffer.touched[i]);
        if ((byte.load(std::memory_order_relaxed) & bits) != bits) {
            byte.fetch_or(bits, std::memory_order_relaxed);
        }
    }
}

void Footprint::add(Use use, std::uint32_t bytes, std::uint32_t mask, const std::uint64_t* addresses) {
    for (std::uint32_t rest = mask; rest != 0; rest &= rest - 1) {
        add(use, addresses[std::countr_zero(rest)], bytes);
    }
}

std::vector<Touched> Footprint::count() const {
    std::vector<Touched> all;
    for (const Buffer& buffer : buffers_) {
        const auto with = [&](std::uint8_t bit) {
            return static_cast<std::uint64_t>(
                std::ranges::count_if(buffer.touched, [bit](std::uint8_t byte) { return (byte & bit) != 0; }));
        };
        all.push_back({buffer.known.name, buffer.known.bytes, with(was_read), with(was_written)});
    }
    return all;
}

} // namespace assay::vgpu
