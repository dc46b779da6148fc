// The device's buffers as host code sees them: opaque addresses, one slot of 1 TiB for each allocation.
//
// A slot is an address; a buffer is what the plan lists. They differ when a freed scratch buffer is used again for a
// later allocation: the old address stays dead, so that a use after free is recognised.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "plan/address.h"
#include "plan/checked.h"
#include "plan/launch_plan.h"

namespace assay::plan {

class DeviceSpace {
public:
    /// `capacity`: bytes of all scratch buffers together.
    explicit DeviceSpace(std::uint64_t capacity) : capacity_(capacity) {}

    /// An input, an output or a symbol.
    [[nodiscard]] Checked<Address> add(Buffer buffer);
    /// cudaMalloc. Freed buffers of the same size are used again once the capacity is spent.
    [[nodiscard]] Checked<Address> allocate(std::uint64_t bytes);
    [[nodiscard]] Checked<> release(Address address);
    /// Makes the scratch buffer that starts at `address` the task's output; false: it is no such buffer, or has other
    /// bytes than `output`.
    [[nodiscard]] bool become_output(Address address, const Buffer& output);
    /// The device's copy of a module variable.
    [[nodiscard]] Checked<Address> symbol(std::uint32_t variable, const std::string& name, std::uint64_t bytes);

    /// `count` bytes at `address` inside a live buffer.
    [[nodiscard]] Checked<Pointer> resolve(Address address, std::uint64_t count) const;
    /// Whether the address is in the slot of a buffer, live or not.
    [[nodiscard]] bool known(Address address) const { return slot_of(address).has_value(); }
    /// "scratch0+16"
    [[nodiscard]] std::string describe(Address address) const;

    [[nodiscard]] const std::vector<Buffer>& buffers() const { return buffers_; }
    [[nodiscard]] std::uint64_t scratch_bytes() const { return scratch_bytes_; }

private:
    struct Slot {
        std::uint32_t buffer = 0;
        bool live = true;
    };
    struct Place {
        std::uint32_t slot = 0;
        std::int64_t offset = 0;
    };
    [[nodiscard]] std::optional<Place> slot_of(Address address) const;
    [[nodiscard]] Checked<Address> add_slot(std::uint32_t buffer);

    std::uint64_t capacity_;
    std::uint64_t scratch_bytes_ = 0;
    std::uint32_t scratch_count_ = 0;
    std::vector<Buffer> buffers_;
    std::vector<Slot> slots_;
    std::unordered_map<std::uint32_t, Address> symbols_; ///< by variable
    std::multimap<std::uint64_t, std::uint32_t> freed_;  ///< scratch buffers by size, the first freed first
};

} // namespace assay::plan
