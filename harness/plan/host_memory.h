// The memory of the interpreted host code: regions of known size, every access checked against one of them.
//
// A region is a frame of a function, a block of the heap, a module variable or the parameter buffer of a launch. It has
// a slot of 4 GiB of addresses, so that the region of an address is a shift, and an index that runs out of its
// region meets nothing. Freed blocks keep their slot: a later use is named as such. Slots of frames are used again.
//
// Variables have the first slots, one each, in the order of the program. Their bytes come into being at the first
// access: most variables are device arrays that host code never touches.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "isa/program.h"
#include "plan/address.h"
#include "plan/checked.h"

namespace assay::plan {

enum class Access : std::uint8_t { Read, Write };

class HostMemory {
public:
    enum class Kind : std::uint8_t { Frame, Parameters, Heap, Pinned, Variable };

    /// `capacity`: bytes of all live regions together; each allocation costs some more, for good.
    HostMemory(const isa::Program& program, std::uint64_t capacity);

    /// Zero-filled. An Error is a Limit. `bytes` may be 0: an address that nothing can be read from.
    [[nodiscard]] Checked<Address> allocate(Kind kind, std::uint64_t bytes);
    /// Frees a block of that kind by the address of its start.
    [[nodiscard]] Checked<> release(Kind kind, Address address);

    /// `count` bytes at `address`, valid until the next allocate or release.
    [[nodiscard]] Checked<std::span<std::byte>> bytes(Address address, std::uint64_t count, Access access);
    [[nodiscard]] Checked<std::uint64_t> load(Address address, unsigned bytes); ///< 1 to 8, zero-extended
    [[nodiscard]] Checked<> store(Address address, std::uint64_t value, unsigned bytes);
    /// The text up to the terminating zero; longer than `longest` is cut.
    [[nodiscard]] Checked<std::string> text(Address address, std::size_t longest);

    /// Whether an access of one byte would succeed.
    [[nodiscard]] bool holds(Address address) const;
    [[nodiscard]] std::optional<Kind> kind_of(Address address) const;
    /// What the address is, for messages: "offset 8 of a heap block of 40 bytes".
    [[nodiscard]] std::string describe(Address address) const;

    [[nodiscard]] Address variable_address(std::uint32_t variable) const;
    struct VariablePlace {
        std::uint32_t variable = 0;
        std::uint64_t offset = 0;
    };
    [[nodiscard]] std::optional<VariablePlace> variable_at(Address address) const;
    /// Whether host code has written the variable.
    [[nodiscard]] bool modified(std::uint32_t variable) const { return regions_[variable].modified; }
    /// From now on host code may not read it: a kernel may have changed the device's copy.
    void hide(std::uint32_t variable) { regions_[variable].hidden = true; }

    /// Bytes that live outside the regions but on the candidate's account (the plan itself).
    [[nodiscard]] Checked<> charge(std::uint64_t bytes);

private:
    struct Region {
        Kind kind = Kind::Heap;
        bool live = true;
        bool present = true; ///< false: a variable without bytes so far
        bool modified = false, hidden = false;
        std::uint64_t size = 0;
        std::vector<std::byte> bytes;
    };
    static constexpr std::uint64_t no_region = UINT64_MAX;

    [[nodiscard]] std::uint64_t region_of(Address address) const;
    [[nodiscard]] Checked<> materialize(std::uint32_t variable);
    [[nodiscard]] PlanError bad_access(Address address, std::uint64_t count, Access access) const;

    const isa::Program& program_;
    std::uint64_t capacity_;
    std::uint64_t used_ = 0;
    std::vector<Region> regions_;
    std::vector<std::uint32_t> free_frames_;
};

} // namespace assay::plan
