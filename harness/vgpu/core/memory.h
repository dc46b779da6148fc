// The device memory of the virtual GPU: one reserved region of the address space, and the only memory a kernel reaches.
//
// A device address *is* a host address inside the region, so generated code pays no translation; whoever executes a
// kernel's load, store or atomic must first have proven that it lies inside [base, base + size). Pages that nothing is
// allocated on are inaccessible: an access that stays inside the region but misses every allocation raises SIGSEGV,
// which `run_guarded` turns into a fault. Around each allocation lie at least 4 KiB of inaccessible pages, and its end
// is aligned to the end of a page where 256-byte alignment of the start allows it.
//
// Shared and local windows of the executing host threads and a launch's parameter block come from here too, so that a
// generic address is always a plain address of the region.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

namespace assay::vgpu {

/// A device address as the host sees it. The caller has checked it.
template <class T> [[nodiscard]] T* pointer_at(std::uint64_t address) {
    return reinterpret_cast<T*>(address); // NOLINT(performance-no-int-to-ptr): they are the same by design
}

class Memory {
public:
    /// Reserves `region_bytes` (a power of two) without committing them; `capacity` bounds what can be allocated at
    /// once. Throws std::bad_alloc if the address space refuses.
    explicit Memory(std::uint64_t region_bytes = 1ull << 38, std::uint64_t capacity = 16ull << 30);
    ~Memory();
    Memory(const Memory&) = delete;
    Memory& operator=(const Memory&) = delete;

    /// Bytes behind the region that are inaccessible as well: an access of at most so many bytes that begins inside the
    /// region reaches nothing else.
    static constexpr std::uint64_t overhang = 64ull << 10;

    [[nodiscard]] std::uint64_t base() const { return base_; }
    [[nodiscard]] std::uint64_t size() const { return size_; }
    [[nodiscard]] std::uint64_t capacity() const { return capacity_; }
    [[nodiscard]] std::uint64_t allocated() const;

    /// 256-byte aligned, zero-filled pages; nullopt when the capacity is spent or `bytes` is 0.
    [[nodiscard]] std::optional<std::uint64_t> allocate(std::uint64_t bytes);
    /// False if `address` is not the start of an allocation.
    bool free(std::uint64_t address);

    struct Allocation {
        std::uint64_t address = 0, bytes = 0;
    };
    /// The allocation that holds `address`, if any. Thread-safe.
    [[nodiscard]] std::optional<Allocation> find(std::uint64_t address) const;
    /// True if [address, address + bytes) lies inside one allocation: the precise check of the reference interpreter
    /// and of host copies.
    [[nodiscard]] bool contains(std::uint64_t address, std::uint64_t bytes) const;

    /// Runs `work` on this thread with SIGSEGV and SIGBUS inside the region turned into a return of the faulting
    /// address; frames of `work` are abandoned without unwinding, so it must own nothing. Faults elsewhere stay fatal.
    [[nodiscard]] std::optional<std::uint64_t> run_guarded(const std::function<void()>& work) const;

private:
    struct State;
    std::uint64_t base_ = 0, size_ = 0, capacity_ = 0;
    std::unique_ptr<State> state_;
};

} // namespace assay::vgpu
