#include "vgpu/core/tally.h"

#include <algorithm>
#include <bit>
#include <span>

namespace assay::vgpu {

namespace {

constexpr std::uint64_t sector_bytes = 32, bank_bytes = 4;
constexpr unsigned lanes = 32, banks = 32;

/// Counts distinct numbers. Addresses of neighbouring lanes mostly rise, so it sorts only when they do not.
class Distinct {
public:
    void add(std::uint64_t number) {
        if (count_ != 0 && numbers_[count_ - 1] == number) {
            return;
        }
        rising_ = rising_ && (count_ == 0 || numbers_[count_ - 1] < number);
        numbers_[count_++] = number;
    }
    /// Each number once, in order.
    [[nodiscard]] std::span<const std::uint64_t> get() {
        if (!rising_) {
            const auto end = numbers_.begin() + static_cast<std::ptrdiff_t>(count_);
            std::sort(numbers_.begin(), end);
            count_ = static_cast<std::size_t>(std::unique(numbers_.begin(), end) - numbers_.begin());
            rising_ = true;
        }
        return {numbers_.data(), count_};
    }

private:
    std::array<std::uint64_t, 4 * lanes> numbers_; // NOLINT(cppcoreguidelines-pro-type-member-init): of `count_`
    std::size_t count_ = 0;
    bool rising_ = true;
};

void add_global(AccessTally& tally, std::uint32_t bytes, std::uint32_t mask, const std::uint64_t* addresses) {
    Distinct sectors;
    for (std::uint32_t rest = mask; rest != 0; rest &= rest - 1) {
        const std::uint64_t address = addresses[std::countr_zero(rest)];
        for (std::uint64_t s = address / sector_bytes; s <= (address + bytes - 1) / sector_bytes; ++s) {
            sectors.add(s);
        }
    }
    ++tally.global_requests;
    tally.sectors += sectors.get().size();
}

void add_shared(AccessTally& tally, std::uint32_t bytes, std::uint32_t mask, const std::uint64_t* addresses) {
    ++tally.shared_requests;
    const unsigned together = bytes >= 16 ? 8 : bytes >= 8 ? 16 : 32;
    for (unsigned first = 0; first < lanes; first += together) {
        const std::uint32_t turn = mask >> first & (together == lanes ? ~0u : (1u << together) - 1);
        if (turn == 0) {
            continue;
        }
        // The first word of each bank; only if a bank has to give another one are the words counted.
        std::array<std::uint32_t, banks> given; // NOLINT(cppcoreguidelines-pro-type-member-init): those of `busy`
        std::uint32_t busy = 0;
        bool conflict = false;
        Distinct words;
        for (std::uint32_t rest = turn; rest != 0; rest &= rest - 1) {
            // Addresses of the space have 32 bits.
            const auto offset =
                static_cast<std::uint32_t>(addresses[first + static_cast<unsigned>(std::countr_zero(rest))]);
            for (std::uint32_t w = offset / bank_bytes; w <= (offset + bytes - 1) / bank_bytes; ++w) {
                const std::uint32_t bank = w % banks;
                conflict = conflict || ((busy >> bank & 1) != 0 && given[bank] != w);
                busy |= 1u << bank;
                given[bank] = w;
                words.add(w);
            }
        }
        std::uint8_t passes = 1;
        if (conflict) {
            std::array<std::uint8_t, banks> wanted{};
            for (const std::uint64_t word : words.get()) {
                passes = std::max(passes, ++wanted[word % banks]);
            }
        }
        tally.passes += passes;
        tally.conflicts += passes - 1u;
    }
}

bool within(std::uint64_t address, std::uint64_t start, std::uint64_t length) {
    return address - start < length;
}

} // namespace

AccessTally& AccessTally::operator+=(const AccessTally& other) {
    global_requests += other.global_requests;
    sectors += other.sectors;
    shared_requests += other.shared_requests;
    passes += other.passes;
    conflicts += other.conflicts;
    return *this;
}

Tallies::Tallies(const isa::Program& program, std::uint32_t kernel) : of(program.functions.size()) {
    for (const std::uint32_t function : isa::reachable_functions(program, kernel)) {
        of[function].resize(program.functions[function].body.size());
    }
}

void add_access(AccessTally& tally, isa::Space space, std::uint32_t bytes, std::uint32_t mask,
                const std::uint64_t* addresses, const WindowRanges& windows) {
    if (space == isa::Space::Shared || space == isa::Space::SharedCluster) {
        if (mask != 0) {
            add_shared(tally, bytes, mask, addresses);
        }
        return;
    }
    std::uint32_t global = mask, shared = 0;
    if (space == isa::Space::Generic) {
        for (std::uint32_t rest = mask; rest != 0; rest &= rest - 1) {
            const std::uint32_t lane = rest & ~(rest - 1);
            const std::uint64_t address = addresses[std::countr_zero(rest)];
            if (within(address, windows.shared, windows.shared_bytes)) {
                shared |= lane;
                global &= ~lane;
            } else if (within(address, windows.local, windows.local_bytes)) {
                global &= ~lane;
            }
        }
    }
    if (global != 0) {
        add_global(tally, bytes, global, addresses);
    }
    if (shared != 0) { // a window is aligned to a multiple of all banks
        add_shared(tally, bytes, shared, addresses);
    }
}

} // namespace assay::vgpu
