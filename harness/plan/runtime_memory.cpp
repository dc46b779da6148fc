// Device and pinned memory.
#include <fmt/format.h>

#include "plan/runtime.h"

namespace assay::plan {

namespace {

/// What cudaMallocPitch aligns rows to.
constexpr std::uint64_t pitch_alignment = 512;

} // namespace

Checked<> Runtime::malloc_device(HostCall& call) {
    const std::uint64_t bytes = call.u64(1);
    Address address = 0; // what the runtime gives for no bytes
    if (bytes > 0) {
        auto made = device_.allocate(bytes);
        if (!made) {
            return std::unexpected(std::move(made.error()));
        }
        address = *made;
    }
    return memory_.store(call.address(0), address, 8);
}

Checked<> Runtime::malloc_pitch(HostCall& call) {
    const std::uint64_t width = call.u64(2), height = call.u64(3);
    if (width > limits_.device_memory || height > limits_.device_memory) {
        return refuse(PlanError::Kind::Limit,
                      fmt::format("host code allocates {} rows of {} bytes of device memory; the limit is {}", height,
                                  width, limits_.device_memory));
    }
    const std::uint64_t pitch = (width + pitch_alignment - 1) / pitch_alignment * pitch_alignment;
    Address address = 0;
    if (width > 0 && height > 0) {
        std::uint64_t bytes = 0;
        if (__builtin_mul_overflow(pitch, height, &bytes)) {
            bytes = UINT64_MAX;
        }
        auto made = device_.allocate(bytes);
        if (!made) {
            return std::unexpected(std::move(made.error()));
        }
        address = *made;
    }
    if (auto stored = memory_.store(call.address(1), pitch, 8); !stored) {
        return stored;
    }
    return memory_.store(call.address(0), address, 8);
}

Checked<> Runtime::free_device(HostCall& call) {
    const Address address = call.address(0);
    if (address == 0) {
        return {};
    }
    if (memory_.kind_of(address)) {
        return refuse(fmt::format("what is freed is {}, not device memory", memory_.describe(address)));
    }
    return device_.release(address);
}

Checked<> Runtime::malloc_pinned(HostCall& call) {
    auto made = memory_.allocate(HostMemory::Kind::Pinned, call.u64(1));
    if (!made) {
        return std::unexpected(std::move(made.error()));
    }
    return memory_.store(call.address(0), *made, 8);
}

Checked<> Runtime::free_pinned(HostCall& call) {
    return call.address(0) == 0 ? Checked<>{} : memory_.release(HostMemory::Kind::Pinned, call.address(0));
}

Checked<> Runtime::memory_info(HostCall& call) {
    std::uint64_t used = 0;
    for (const Buffer& buffer : device_.buffers()) {
        used += buffer.bytes;
    }
    const std::uint64_t total = properties_.memory_bytes;
    if (auto stored = memory_.store(call.address(0), used < total ? total - used : 0, 8); !stored) {
        return stored;
    }
    return memory_.store(call.address(1), total, 8);
}

} // namespace assay::plan
