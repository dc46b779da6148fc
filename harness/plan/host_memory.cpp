#include "plan/host_memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace assay::plan {

namespace {

/// What an allocation costs besides its bytes, so that a loop over malloc ends.
constexpr std::uint64_t bookkeeping = 96;
constexpr std::uint64_t most_regions = 1u << 24;
/// An address below is a null pointer with an index.
constexpr Address first_page = 4096;

std::string_view noun(HostMemory::Kind kind) {
    switch (kind) {
    case HostMemory::Kind::Frame:
        return "local frame";
    case HostMemory::Kind::Parameters:
        return "parameter buffer";
    case HostMemory::Kind::Heap:
        return "heap block";
    case HostMemory::Kind::Pinned:
        return "pinned host block";
    case HostMemory::Kind::Variable:
        return "variable";
    }
    return "memory";
}

std::uint64_t offset_of(Address address) {
    return address & ((Address{1} << host_offset_bits) - 1);
}

} // namespace

HostMemory::HostMemory(const isa::Program& program, std::uint64_t capacity)
    : program_(program), capacity_(capacity), regions_(program.variables.size()) {
    for (std::size_t i = 0; i < regions_.size(); ++i) {
        regions_[i].kind = Kind::Variable;
        regions_[i].present = false;
        regions_[i].size = program.variables[i].bytes;
    }
}

Checked<> HostMemory::charge(std::uint64_t bytes) {
    if (bytes > capacity_ || used_ > capacity_ - bytes) {
        return refuse(PlanError::Kind::Limit,
                      fmt::format("host code needs more than {} MiB of host memory", capacity_ >> 20),
                      "data belongs in device memory");
    }
    used_ += bytes;
    return {};
}

Checked<Address> HostMemory::allocate(Kind kind, std::uint64_t bytes) {
    const bool frame = kind == Kind::Frame;
    const std::uint64_t cost = frame ? 0 : bookkeeping;
    if (bytes > capacity_) {
        return std::unexpected(charge(bytes).error());
    }
    if (auto charged = charge(bytes + cost); !charged) {
        return std::unexpected(charged.error());
    }
    std::uint64_t index = regions_.size();
    if (frame && !free_frames_.empty()) {
        index = free_frames_.back();
        free_frames_.pop_back();
        regions_[index].live = true;
    } else {
        if (index >= most_regions) {
            return refuse(PlanError::Kind::Limit, "host code makes too many allocations");
        }
        regions_.emplace_back();
    }
    Region& region = regions_[index];
    region.kind = kind;
    region.size = bytes;
    region.bytes.assign(bytes, std::byte{0});
    return window_base(Window::Host) | (index + 1) << host_offset_bits;
}

Checked<> HostMemory::release(Kind kind, Address address) {
    const std::uint64_t index = region_of(address);
    if (index == no_region || regions_[index].kind != kind || offset_of(address) != 0) {
        return refuse(fmt::format("what is freed is {}, not the start of a {}", describe(address), noun(kind)));
    }
    Region& region = regions_[index];
    if (!region.live) {
        return refuse(fmt::format("a {} of {} bytes is freed twice", noun(kind), region.size));
    }
    used_ -= region.size;
    region.live = false;
    if (kind == Kind::Frame) {
        region.bytes.clear();
        free_frames_.push_back(static_cast<std::uint32_t>(index));
    } else {
        region.bytes = {};
    }
    return {};
}

std::uint64_t HostMemory::region_of(Address address) const {
    if (!in_window(address, Window::Host)) {
        return no_region;
    }
    const std::uint64_t number = (address >> host_offset_bits) & (most_regions - 1);
    return number == 0 || number > regions_.size() ? no_region : number - 1;
}

Checked<std::span<std::byte>> HostMemory::bytes(Address address, std::uint64_t count, Access access) {
    const std::uint64_t index = region_of(address);
    const std::uint64_t offset = offset_of(address);
    if (index == no_region || !regions_[index].live || offset > regions_[index].size ||
        count > regions_[index].size - offset) {
        return std::unexpected(bad_access(address, count, access));
    }
    if (!regions_[index].present) {
        if (auto made = materialize(static_cast<std::uint32_t>(index)); !made) {
            return std::unexpected(made.error());
        }
    }
    Region& region = regions_[index];
    if (region.hidden && access == Access::Read) {
        return refuse(
            fmt::format("host code reads `{}`, which a kernel may have written before", program_.variables[index].name),
            "the host's copy of a __device__ variable does not change: copy the device's with cudaMemcpyFromSymbol");
    }
    region.modified = region.modified || access == Access::Write;
    return std::span(region.bytes).subspan(offset, count);
}

Checked<> HostMemory::materialize(std::uint32_t variable) {
    const isa::Variable& source = program_.variables[variable];
    if (source.space == isa::Space::Shared) {
        return refuse(fmt::format("host code uses the shared variable `{}`", source.name));
    }
    if (auto charged = charge(source.bytes); !charged) {
        return charged;
    }
    Region& region = regions_[variable];
    region.bytes.assign(source.bytes, std::byte{0});
    std::copy_n(source.initial.begin(), std::min<std::size_t>(source.initial.size(), region.bytes.size()),
                region.bytes.begin());
    for (const isa::Relocation& relocation : source.relocations) {
        const Address base = relocation.variable   ? variable_address(*relocation.variable)
                             : relocation.function ? function_address(*relocation.function)
                                                   : 0;
        const Address value = base + static_cast<Address>(relocation.addend);
        if (relocation.offset + sizeof value <= region.bytes.size()) {
            std::memcpy(region.bytes.data() + relocation.offset, &value, sizeof value);
        }
    }
    region.present = true;
    return {};
}

PlanError HostMemory::bad_access(Address address, std::uint64_t count, Access access) const {
    const bool read = access == Access::Read;
    const std::string_view verb = read ? "reads" : "writes";
    if (in_window(address, Window::Device)) {
        return refuse(fmt::format("host code {} device memory", verb),
                      read ? "only kernels can: copy it to host memory with cudaMemcpy"
                           : "only kernels, cudaMemset and cudaMemcpy can write it")
            .error();
    }
    if (address < first_page) {
        return refuse(fmt::format("host code {} through a null pointer", verb)).error();
    }
    const std::uint64_t index = region_of(address);
    if (index != no_region && !regions_[index].live) {
        return refuse(fmt::format("host code {} {}", verb, describe(address))).error();
    }
    return refuse(fmt::format("host code {} {} byte{} out of bounds, at {}", verb, count, count == 1 ? "" : "s",
                              describe(address)))
        .error();
}

Checked<std::uint64_t> HostMemory::load(Address address, unsigned count) {
    auto place = bytes(address, count, Access::Read);
    if (!place) {
        return std::unexpected(std::move(place.error()));
    }
    std::uint64_t value = 0;
    std::memcpy(&value, place->data(), count);
    return value;
}

Checked<> HostMemory::store(Address address, std::uint64_t value, unsigned count) {
    auto place = bytes(address, count, Access::Write);
    if (!place) {
        return std::unexpected(std::move(place.error()));
    }
    std::memcpy(place->data(), &value, count);
    return {};
}

Checked<std::string> HostMemory::text(Address address, std::size_t longest) {
    std::string result;
    while (result.size() < longest) {
        auto character = load(address + result.size(), 1);
        if (!character) {
            return std::unexpected(std::move(character.error()));
        }
        if (*character == 0) {
            break;
        }
        result += static_cast<char>(*character);
    }
    return result;
}

bool HostMemory::holds(Address address) const {
    const std::uint64_t index = region_of(address);
    return index != no_region && regions_[index].live && offset_of(address) < regions_[index].size;
}

std::optional<HostMemory::Kind> HostMemory::kind_of(Address address) const {
    const std::uint64_t index = region_of(address);
    if (index == no_region || !regions_[index].live) {
        return std::nullopt;
    }
    return regions_[index].kind;
}

std::string HostMemory::describe(Address address) const {
    if (address == 0) {
        return "a null pointer";
    }
    const std::uint64_t index = region_of(address);
    if (index == no_region) {
        return fmt::format("{:#x}, where nothing is", address);
    }
    const Region& region = regions_[index];
    const std::string name =
        region.kind == Kind::Variable
            ? fmt::format("the variable `{}` of {} bytes", program_.variables[index].name, region.size)
            : fmt::format("a {}{} of {} bytes", region.live ? "" : "freed ", noun(region.kind), region.size);
    return offset_of(address) == 0 ? name : fmt::format("offset {} of {}", offset_of(address), name);
}

Address HostMemory::variable_address(std::uint32_t variable) const {
    return window_base(Window::Host) | (Address{variable} + 1) << host_offset_bits;
}

std::optional<HostMemory::VariablePlace> HostMemory::variable_at(Address address) const {
    const std::uint64_t index = region_of(address);
    if (index == no_region || regions_[index].kind != Kind::Variable) {
        return std::nullopt;
    }
    return VariablePlace{static_cast<std::uint32_t>(index), offset_of(address)};
}

} // namespace assay::plan
