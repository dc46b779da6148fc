#include "vgpu/interpreter/order.h"

#include <algorithm>

namespace assay::vgpu {

void HappensBefore::start(std::uint32_t threads) {
    threads_ = threads;
    known_.clear();
    handed_on_.clear();
}

void HappensBefore::join(Clock& to, const Clock& from) {
    std::ranges::transform(to, from, to.begin(), [](std::uint32_t a, std::uint32_t b) { return std::max(a, b); });
}

void HappensBefore::arrive(std::uint32_t thread, std::uint64_t mbarrier) {
    if (known_.empty()) {
        known_.assign(threads_, Clock(threads_, 0));
    }
    ++known_[thread][thread];
    join(handed_on_.try_emplace(mbarrier, Clock(threads_, 0)).first->second, known_[thread]);
}

void HappensBefore::wait(std::uint32_t thread, std::uint64_t mbarrier) {
    if (const auto found = handed_on_.find(mbarrier); found != handed_on_.end()) {
        join(known_[thread], found->second);
    }
}

void HappensBefore::meet(std::uint32_t first, std::uint32_t count) {
    if (known_.empty()) {
        return;
    }
    Clock all(threads_, 0);
    for (std::uint32_t thread = first; thread < first + count; ++thread) {
        ++known_[thread][thread];
        join(all, known_[thread]);
    }
    std::fill_n(known_.begin() + first, count, all);
}

} // namespace assay::vgpu
