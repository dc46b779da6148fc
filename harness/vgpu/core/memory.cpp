// Theory of operation.
//
// The region is one PROT_NONE reservation whose base is aligned to its size, so that "inside the region" is one mask
// and one comparison. It is divided into spans of whole pages: a span is one inaccessible page followed by the pages of
// the allocation, and the region ends in one more inaccessible page. So every allocation has at least one inaccessible
// page on either side, and adding a guard costs address space only.
//
// Free spans are kept by address and merged with their neighbours; the first that fits is taken. The region is
// far larger than the capacity (256 GiB against 16), so fragmentation is no concern and first-fit is enough. Freeing
// maps the pages anew instead of clearing them: that returns them to the host and makes the next owner see zeros.
#include "vgpu/core/memory.h"

#include <algorithm>
#include <bit>
#include <map>
#include <mutex>
#include <new>
#include <shared_mutex>
#include <stdexcept>

#include <sys/mman.h>
#include <sys/random.h>

namespace assay::vgpu {

namespace {

constexpr std::uint64_t page_bytes = 4096;
constexpr std::uint64_t allocation_alignment = 256;
/// From here on huge pages spare the host thousands of page faults and TLB misses.
constexpr std::uint64_t huge_page_threshold = 4ull << 20;

constexpr std::uint64_t round_up(std::uint64_t value, std::uint64_t multiple) {
    return (value + multiple - 1) / multiple * multiple;
}

constexpr int reservation_flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;

/// Reserves `bytes` and the overhang at a multiple of `bytes`: twice as much, with the ends given back.
std::uint64_t reserve_aligned(std::uint64_t bytes) {
    void* whole = mmap(nullptr, 2 * bytes + Memory::overhang, PROT_NONE, reservation_flags, -1, 0);
    if (whole == MAP_FAILED) {
        throw std::bad_alloc();
    }
    const auto start = reinterpret_cast<std::uint64_t>(whole);
    const std::uint64_t base = round_up(start, bytes);
    if (base != start) {
        munmap(whole, base - start);
    }
    if (base != start + bytes) {
        munmap(pointer_at<void>(base + bytes + Memory::overhang), start + bytes - base);
    }
    return base;
}

/// Where allocations begin. A large region begins at one of the few multiples of its size that the system gives out, so
/// a page is drawn: an address that stands in a kernel's source is none that is in use.
std::uint64_t first_span(std::uint64_t region_bytes) {
    constexpr std::uint64_t large = 1ull << 32;
    std::uint64_t drawn = 0;
    if (region_bytes < large || getrandom(&drawn, sizeof drawn, GRND_NONBLOCK) != sizeof drawn) {
        return 0;
    }
    return drawn % (region_bytes / 2 / page_bytes) * page_bytes;
}

} // namespace

struct Memory::State {
    struct Block {
        std::uint64_t bytes = 0;      ///< as asked for
        std::uint64_t span = 0;       ///< start of the span, the guard page
        std::uint64_t span_bytes = 0; ///< guard page included
    };

    mutable std::shared_mutex mutex;
    std::map<std::uint64_t, Block> blocks;             ///< by address
    std::map<std::uint64_t, std::uint64_t> free_spans; ///< start to length
    std::uint64_t allocated = 0;                       ///< bytes of accessible pages

    void release_span(std::uint64_t start, std::uint64_t bytes) {
        auto next = free_spans.lower_bound(start);
        if (next != free_spans.end() && start + bytes == next->first) {
            bytes += next->second;
            next = free_spans.erase(next);
        }
        if (next != free_spans.begin()) {
            auto previous = std::prev(next);
            if (previous->first + previous->second == start) {
                previous->second += bytes;
                return;
            }
        }
        free_spans.emplace(start, bytes);
    }
};

Memory::Memory(std::uint64_t region_bytes, std::uint64_t capacity)
    : size_(region_bytes), capacity_(capacity), state_(std::make_unique<State>()) {
    if (!std::has_single_bit(region_bytes) || region_bytes < 16 * page_bytes) {
        throw std::invalid_argument("Memory: the region must be a power of two of at least 64 KiB");
    }
    base_ = reserve_aligned(region_bytes);
    const std::uint64_t first = first_span(region_bytes);
    state_->free_spans.emplace(base_ + first, size_ - page_bytes - first);
}

Memory::~Memory() {
    munmap(pointer_at<void>(base_), size_ + overhang);
}

std::uint64_t Memory::allocated() const {
    const std::shared_lock lock(state_->mutex);
    return state_->allocated;
}

std::optional<std::uint64_t> Memory::allocate(std::uint64_t bytes) {
    if (bytes == 0 || bytes > capacity_ || bytes > size_) {
        return std::nullopt;
    }
    const std::uint64_t usable = round_up(bytes, page_bytes);
    const std::uint64_t wanted = usable + page_bytes;

    const std::unique_lock lock(state_->mutex);
    if (usable > capacity_ - std::min(capacity_, state_->allocated)) {
        return std::nullopt;
    }
    const auto found =
        std::ranges::find_if(state_->free_spans, [&](const auto& span) { return span.second >= wanted; });
    if (found == state_->free_spans.end()) {
        return std::nullopt;
    }
    const auto [span, available] = *found;
    const std::uint64_t pages = span + page_bytes;
    if (mprotect(pointer_at<void>(pages), usable, PROT_READ | PROT_WRITE) != 0) {
        return std::nullopt; // the host is out of mappings
    }
    if (usable >= huge_page_threshold) {
        madvise(pointer_at<void>(pages), usable, MADV_HUGEPAGE);
    }
    state_->free_spans.erase(found);
    if (available > wanted) {
        state_->free_spans.emplace(span + wanted, available - wanted);
    }
    // At the end of its pages, so that the first byte after it (up to alignment) is inaccessible.
    const std::uint64_t address = pages + usable - round_up(bytes, allocation_alignment);
    state_->blocks.emplace(address, State::Block{bytes, span, wanted});
    state_->allocated += usable;
    return address;
}

bool Memory::free(std::uint64_t address) {
    const std::unique_lock lock(state_->mutex);
    const auto found = state_->blocks.find(address);
    if (found == state_->blocks.end()) {
        return false;
    }
    const auto [bytes, span, span_bytes] = found->second;
    if (mmap(pointer_at<void>(span), span_bytes, PROT_NONE, reservation_flags | MAP_FIXED, -1, 0) == MAP_FAILED) {
        throw std::bad_alloc();
    }
    state_->blocks.erase(found);
    state_->allocated -= span_bytes - page_bytes;
    state_->release_span(span, span_bytes);
    return true;
}

std::optional<Memory::Allocation> Memory::find(std::uint64_t address) const {
    const std::shared_lock lock(state_->mutex);
    auto after = state_->blocks.upper_bound(address);
    if (after == state_->blocks.begin()) {
        return std::nullopt;
    }
    const auto& [start, block] = *std::prev(after);
    if (address - start >= block.bytes) {
        return std::nullopt;
    }
    return Allocation{start, block.bytes};
}

bool Memory::contains(std::uint64_t address, std::uint64_t bytes) const {
    const auto allocation = find(address);
    return allocation && bytes <= allocation->bytes - (address - allocation->address);
}

} // namespace assay::vgpu
