#include "plan/device_space.h"

#include <fmt/format.h>

namespace assay::plan {

namespace {

/// Slot numbers start where neither their bits nor those of an offset look like something else.
constexpr std::uint64_t first_slot = 0x2B17;
constexpr std::uint64_t most_slots = (1u << 16) - first_slot - 1;
constexpr std::uint64_t slot_bytes = 1ull << device_offset_bits;

} // namespace

Checked<Address> DeviceSpace::add_slot(std::uint32_t buffer) {
    if (slots_.size() >= most_slots) {
        return refuse(PlanError::Kind::Limit, fmt::format("host code makes more than {} device buffers", most_slots),
                      "allocate once and use the buffer again");
    }
    if (buffers_[buffer].bytes >= slot_bytes / 2) {
        return refuse(PlanError::Kind::Limit, fmt::format("`{}` has {} bytes, more than any device",
                                                          buffers_[buffer].name, buffers_[buffer].bytes));
    }
    slots_.push_back({buffer, true});
    return window_base(Window::Device) | (first_slot + slots_.size() - 1) << device_offset_bits;
}

Checked<Address> DeviceSpace::add(Buffer buffer) {
    buffers_.push_back(std::move(buffer));
    return add_slot(static_cast<std::uint32_t>(buffers_.size() - 1));
}

Checked<Address> DeviceSpace::allocate(std::uint64_t bytes) {
    if (bytes > capacity_ || scratch_bytes_ > capacity_ - bytes) {
        if (const auto again = freed_.find(bytes); again != freed_.end()) {
            const std::uint32_t buffer = again->second;
            freed_.erase(again);
            return add_slot(buffer);
        }
        return refuse(PlanError::Kind::Limit,
                      fmt::format("host code allocates {} bytes of device memory on top of {}; the limit is {}", bytes,
                                  scratch_bytes_, capacity_));
    }
    Buffer buffer;
    buffer.role = Buffer::Role::Scratch;
    buffer.index = scratch_count_++;
    buffer.name = fmt::format("scratch{}", buffer.index);
    buffer.bytes = bytes;
    scratch_bytes_ += bytes;
    return add(std::move(buffer));
}

Checked<> DeviceSpace::release(Address address) {
    const auto place = slot_of(address);
    if (!place) {
        return refuse("what is freed is no device pointer");
    }
    Slot& slot = slots_[place->slot];
    const Buffer& buffer = buffers_[slot.buffer];
    if (buffer.role != Buffer::Role::Scratch) {
        return refuse(fmt::format("`{}` is freed, which the host code did not allocate", buffer.name),
                      "inputs and outputs belong to the caller");
    }
    if (place->offset != 0) {
        return refuse(fmt::format("{} is freed, which is not the start of an allocation", describe(address)));
    }
    if (!slot.live) {
        return refuse(fmt::format("`{}` is freed twice", buffer.name));
    }
    slot.live = false;
    freed_.emplace(buffer.bytes, slot.buffer);
    return {};
}

bool DeviceSpace::become_output(Address address, const Buffer& output) {
    const auto place = slot_of(address);
    if (!place || place->offset != 0 || !slots_[place->slot].live) {
        return false;
    }
    Buffer& buffer = buffers_[slots_[place->slot].buffer];
    if (buffer.role != Buffer::Role::Scratch || buffer.bytes != output.bytes) {
        return false;
    }
    buffer = output;
    return true;
}

Checked<Address> DeviceSpace::symbol(std::uint32_t variable, const std::string& name, std::uint64_t bytes) {
    if (const auto found = symbols_.find(variable); found != symbols_.end()) {
        return found->second;
    }
    auto address = add({.role = Buffer::Role::Symbol, .index = 0, .name = name, .bytes = bytes});
    if (address) {
        symbols_.emplace(variable, *address);
    }
    return address;
}

std::optional<DeviceSpace::Place> DeviceSpace::slot_of(Address address) const {
    if (!in_window(address, Window::Device)) {
        return std::nullopt;
    }
    const std::uint64_t number = (address >> device_offset_bits) & 0xFFFF;
    const std::uint64_t offset = address & (slot_bytes - 1);
    // An address in the upper half of a slot is one a little before the next.
    const bool before = offset >= slot_bytes / 2;
    const std::uint64_t slot = number + (before ? 1 : 0);
    if (slot < first_slot || slot - first_slot >= slots_.size()) {
        return std::nullopt;
    }
    return Place{static_cast<std::uint32_t>(slot - first_slot),
                 static_cast<std::int64_t>(offset) - (before ? static_cast<std::int64_t>(slot_bytes) : 0)};
}

Checked<Pointer> DeviceSpace::resolve(Address address, std::uint64_t count) const {
    const auto place = slot_of(address);
    if (!place) {
        return refuse(fmt::format("{:#x} is no device pointer", address));
    }
    const Slot& slot = slots_[place->slot];
    const Buffer& buffer = buffers_[slot.buffer];
    if (!slot.live) {
        return refuse(fmt::format("`{}` is used after it was freed", buffer.name));
    }
    const auto offset = static_cast<std::uint64_t>(place->offset);
    if (place->offset < 0 || offset > buffer.bytes || count > buffer.bytes - offset) {
        if (count == 0) {
            return refuse(
                fmt::format("{} is outside of `{}`, which has {} bytes", describe(address), buffer.name, buffer.bytes));
        }
        return refuse(fmt::format("{} bytes at {} go beyond `{}`, which has {} bytes", count, describe(address),
                                  buffer.name, buffer.bytes),
                      "look at the pointer and at the count, which is of bytes");
    }
    return Pointer{slot.buffer, offset};
}

std::string DeviceSpace::describe(Address address) const {
    const auto place = slot_of(address);
    if (!place) {
        return fmt::format("{:#x}", address);
    }
    const std::string& name = buffers_[slots_[place->slot].buffer].name;
    return place->offset == 0 ? name : fmt::format("{}{:+}", name, place->offset);
}

} // namespace assay::plan
