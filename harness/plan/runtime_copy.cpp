// Fills, copies, uploads, what is read back, and symbols.
#include <fmt/format.h>

#include <algorithm>

#include "plan/runtime.h"

namespace assay::plan {

namespace {

enum CopyKind : std::uint8_t { HostToHost, HostToDevice, DeviceToHost, DeviceToDevice, Default };

std::string_view name_of(std::uint32_t kind) {
    constexpr std::string_view names[] = {"cudaMemcpyHostToHost", "cudaMemcpyHostToDevice", "cudaMemcpyDeviceToHost",
                                          "cudaMemcpyDeviceToDevice", "cudaMemcpyDefault"};
    return names[kind];
}

/// Whether every row of a 2D copy or fill follows the one before it, so that all are one piece.
bool is_dense(std::uint64_t width, std::uint64_t height, std::initializer_list<std::uint64_t> pitches) {
    for (const std::uint64_t pitch : pitches) {
        if (pitch != width && height > 1) {
            return false;
        }
    }
    std::uint64_t bytes = 0;
    return !__builtin_mul_overflow(width, height, &bytes);
}

} // namespace

Checked<Pointer> Runtime::writable(Address to, std::uint64_t bytes) const {
    auto pointer = device_.resolve(to, bytes);
    if (pointer && device_.buffers()[pointer->buffer].role == Buffer::Role::Input) {
        return refuse(fmt::format("host code writes the input `{}`", device_.buffers()[pointer->buffer].name),
                      "inputs are read only: write a buffer of your own");
    }
    return pointer;
}

Checked<> Runtime::fill(Address to, std::uint32_t value, std::uint32_t width, std::uint64_t count) {
    if (count == 0) {
        return {};
    }
    if (memory_.kind_of(to)) {
        return refuse(fmt::format("the destination is {}, not device memory", memory_.describe(to)), "use memset");
    }
    auto destination = writable(to, count * width);
    if (!destination) {
        return std::unexpected(std::move(destination.error()));
    }
    return add_step(Fill{*destination, value, width, count, line_}, 0);
}

Checked<> Runtime::memset(HostCall& call) {
    return fill(call.address(0), call.u32(1) & 0xFF, 1, call.u64(2));
}

Checked<> Runtime::memset_2d(HostCall& call) {
    const Address to = call.address(0);
    const std::uint64_t pitch = call.u64(1), width = call.u64(3), height = call.u64(4);
    if (width > pitch) {
        return answer(call, CudaError::InvalidValue);
    }
    if (is_dense(width, height, {pitch})) {
        return fill(to, call.u32(2) & 0xFF, 1, width * height);
    }
    for (std::uint64_t row = 0; width > 0 && row < height; ++row) {
        if (auto done = fill(to + row * pitch, call.u32(2) & 0xFF, 1, width); !done) {
            return done;
        }
    }
    return {};
}

Checked<> Runtime::upload(Address to, Address from, std::uint64_t bytes) {
    auto destination = writable(to, bytes);
    if (!destination) {
        return std::unexpected(std::move(destination.error()));
    }
    auto source = memory_.bytes(from, bytes, Access::Read);
    if (!source) {
        return std::unexpected(std::move(source.error()));
    }
    // Charged before it is copied; the step itself costs nothing more.
    if (auto charged = memory_.charge(bytes); !charged) {
        return charged;
    }
    Upload step;
    step.destination = *destination;
    step.data.assign(source->begin(), source->end());
    step.line = line_;
    if (auto plain = refuse_tensor_maps(step.data); !plain) {
        return plain;
    }
    auto relocations = relocate(step.data, destination->offset);
    if (!relocations) {
        return std::unexpected(std::move(relocations.error()));
    }
    step.relocations = std::move(*relocations);
    return add_step(std::move(step), 0);
}

Checked<> Runtime::upload_bytes(Address to, std::vector<std::byte> bytes) {
    auto destination = writable(to, bytes.size());
    if (!destination) {
        return std::unexpected(std::move(destination.error()));
    }
    const std::uint64_t size = bytes.size();
    return add_step(Upload{*destination, std::move(bytes), {}, line_}, size);
}

Checked<std::vector<std::byte>> Runtime::read_back(Address from, std::uint64_t bytes) {
    auto source = device_.resolve(from, bytes);
    if (!source) {
        return std::unexpected(std::move(source.error()));
    }
    if (capture_) {
        return refuse("host code copies device memory back while it captures a graph",
                      "what is captured has not run: launch the graph first");
    }
    if (++reads_ > limits_.reads) {
        return refuse(PlanError::Kind::Limit,
                      fmt::format("host code copies device memory back more than {} times", limits_.reads),
                      "decide less often: let kernels run several rounds before the host looks");
    }
    if (bytes > limits_.read_bytes - read_bytes_) {
        auto error = refuse(PlanError::Kind::Rejected,
                            fmt::format("host code copies data back, {} bytes where {} are enough to decide on",
                                        read_bytes_ + bytes, limits_.read_bytes),
                            "the task's work is for kernels: let them reduce the data, and copy back a flag, a count, "
                            "a table or the sums of blocks");
        error.error().rule = "host-work";
        return error;
    }
    read_bytes_ += bytes;
    if (auto allowed = work(bytes); !allowed) {
        return std::unexpected(std::move(allowed.error()));
    }
    if (auto added = add_step(Read{*source, bytes, line_}, 0); !added) {
        return std::unexpected(std::move(added.error()));
    }
    auto data = ask_();
    if (data && data->size() != bytes) {
        return refuse(fmt::format("{} bytes were read where {} were asked for", data->size(), bytes));
    }
    return data;
}

Checked<> Runtime::copy_on_device(Address to, Address from, std::uint64_t bytes) {
    return copy(to, from, bytes, DeviceToDevice);
}

Checked<> Runtime::copy(Address to, Address from, std::uint64_t bytes, std::uint32_t kind) {
    if (kind > Default) {
        return refuse(fmt::format("{} is no cudaMemcpyKind", kind));
    }
    if (bytes == 0) {
        return {};
    }
    const auto is_device = [](Address address) { return in_window(address, Window::Device); };
    const std::uint32_t actual = is_device(to) ? (is_device(from) ? DeviceToDevice : HostToDevice)
                                               : (is_device(from) ? DeviceToHost : HostToHost);
    if (kind != Default && kind != actual) {
        const bool wants_device = kind == HostToDevice || kind == DeviceToDevice;
        const bool destination = is_device(to) != wants_device;
        const Address wrong = destination ? to : from;
        const auto variable = memory_.variable_at(wrong);
        return refuse(
            fmt::format("the copy is {}, but its {} is {}", name_of(kind), destination ? "destination" : "source",
                        is_device(wrong) ? "the device pointer " + device_.describe(wrong) : memory_.describe(wrong)),
            variable ? "a __device__ or __constant__ variable is copied with cudaMemcpyToSymbol" : "");
    }
    switch (actual) {
    case HostToHost: {
        if (auto allowed = work(bytes); !allowed) {
            return allowed;
        }
        auto source = memory_.bytes(from, bytes, Access::Read);
        auto destination = memory_.bytes(to, bytes, Access::Write);
        if (!source || !destination) {
            return std::unexpected(std::move((source ? destination : source).error()));
        }
        std::memmove(destination->data(), source->data(), bytes);
        return {};
    }
    case HostToDevice:
        return upload(to, from, bytes);
    case DeviceToHost: {
        // Before the device is asked: a destination that does not hold the bytes is no reason to run anything.
        if (auto destination = memory_.bytes(to, bytes, Access::Write); !destination) {
            return std::unexpected(std::move(destination.error()));
        }
        auto data = read_back(from, bytes);
        if (!data) {
            return std::unexpected(std::move(data.error()));
        }
        auto destination = memory_.bytes(to, bytes, Access::Write);
        if (!destination) {
            return std::unexpected(std::move(destination.error()));
        }
        std::ranges::copy(*data, destination->begin());
        return {};
    }
    default: {
        auto destination = writable(to, bytes);
        auto source = device_.resolve(from, bytes);
        if (!source || !destination) {
            return std::unexpected(std::move((source ? destination : source).error()));
        }
        return add_step(Copy{*destination, *source, bytes, line_}, 0);
    }
    }
}

Checked<> Runtime::memcpy(HostCall& call) {
    return copy(call.address(0), call.address(1), call.u64(2), call.u32(3));
}

Checked<> Runtime::memcpy_2d(HostCall& call) {
    const Address to = call.address(0), from = call.address(2);
    const std::uint64_t to_pitch = call.u64(1), from_pitch = call.u64(3), width = call.u64(4), height = call.u64(5);
    if (width > to_pitch || width > from_pitch) {
        return answer(call, CudaError::InvalidValue);
    }
    if (is_dense(width, height, {to_pitch, from_pitch})) {
        return copy(to, from, width * height, call.u32(6));
    }
    for (std::uint64_t row = 0; width > 0 && row < height; ++row) {
        if (auto done = copy(to + row * to_pitch, from + row * from_pitch, width, call.u32(6)); !done) {
            return done;
        }
    }
    return {};
}

Checked<> Runtime::memcpy_to_symbol(HostCall& call) {
    auto to = symbol(call.address(0));
    if (!to) {
        return std::unexpected(std::move(to.error()));
    }
    return copy(*to + call.u64(3), call.address(1), call.u64(2), call.u32(4));
}

Checked<> Runtime::memcpy_from_symbol(HostCall& call) {
    auto from = symbol(call.address(1));
    if (!from) {
        return std::unexpected(std::move(from.error()));
    }
    return copy(call.address(0), *from + call.u64(3), call.u64(2), call.u32(4));
}

Checked<> Runtime::symbol_address(HostCall& call) {
    auto address = symbol(call.address(1));
    if (!address) {
        return std::unexpected(std::move(address.error()));
    }
    return memory_.store(call.address(0), *address, 8);
}

} // namespace assay::plan
