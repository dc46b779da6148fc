// Streams, events and the error state.
#include <fmt/format.h>

#include <bit>

#include "plan/runtime.h"

namespace assay::plan {

namespace {

/// The default stream, cudaStreamLegacy and cudaStreamPerThread.
constexpr Address last_default_stream = 2;
constexpr std::size_t most_handles = 1 << 20;

struct ErrorText {
    std::uint32_t code;
    const char *name, *text;
};

/// Those that host code can meet here or name itself.
constexpr ErrorText error_texts[] = {
    {0, "cudaSuccess", "no error"},
    {1, "cudaErrorInvalidValue", "invalid argument"},
    {2, "cudaErrorMemoryAllocation", "out of memory"},
    {9, "cudaErrorInvalidConfiguration", "invalid configuration argument"},
    {98, "cudaErrorInvalidDeviceFunction", "invalid device function"},
    {101, "cudaErrorInvalidDevice", "invalid device ordinal"},
    {400, "cudaErrorInvalidResourceHandle", "invalid resource handle"},
    {600, "cudaErrorNotReady", "device not ready"},
    {700, "cudaErrorIllegalAddress", "an illegal memory access was encountered"},
    {701, "cudaErrorLaunchOutOfResources", "too many resources requested for launch"},
    {719, "cudaErrorLaunchFailure", "unspecified launch failure"},
    {801, "cudaErrorNotSupported", "operation not supported"},
    {999, "cudaErrorUnknown", "unknown error"},
};

ErrorText error_text_of(std::uint32_t code) {
    for (const ErrorText& text : error_texts) {
        if (text.code == code) {
            return text;
        }
    }
    return {code, "unrecognized error code", "unrecognized error code"};
}

} // namespace

Checked<Address> Runtime::make_handle(Handle kind) {
    if (handles_.size() >= most_handles) {
        return refuse(PlanError::Kind::Limit, "host code creates too many streams, events and graphs");
    }
    handles_.push_back({kind, true});
    return window_base(Window::Handle) | handles_.size() << 4;
}

Checked<std::uint64_t> Runtime::handle(Handle kind, Address address) const {
    if (kind == Handle::Stream && address <= last_default_stream) {
        return 0;
    }
    constexpr std::pair<std::string_view, std::string_view> kinds[] = {{"stream", "cudaStreamCreate"},
                                                                       {"event", "cudaEventCreate"},
                                                                       {"graph", "cudaStreamEndCapture"},
                                                                       {"executable graph", "cudaGraphInstantiate"}};
    const auto [noun, maker] = kinds[static_cast<std::size_t>(kind)];
    const std::uint64_t number = (address & ((Address{1} << window_shift) - 1)) >> 4;
    if (!in_window(address, Window::Handle) || number == 0 || number > handles_.size() ||
        handles_[number - 1].kind != kind) {
        return refuse(fmt::format("{:#x} is no {}", address, noun), fmt::format("create it with {}", maker));
    }
    if (!handles_[number - 1].live) {
        return refuse(fmt::format("the {} was destroyed", noun));
    }
    return number;
}

Checked<> Runtime::drop_handle(Handle kind, Address address) {
    auto number = handle(kind, address);
    if (!number) {
        return std::unexpected(std::move(number.error()));
    }
    if (*number == 0) {
        return refuse("the default stream is destroyed");
    }
    handles_[*number - 1].live = false;
    return {};
}

Checked<> Runtime::nothing(HostCall&) {
    return {};
}

Checked<> Runtime::stream_create(HostCall& call) {
    auto made = make_handle(Handle::Stream);
    return made ? memory_.store(call.address(0), *made, 8) : std::unexpected(std::move(made.error()));
}

Checked<> Runtime::stream_destroy(HostCall& call) {
    return drop_handle(Handle::Stream, call.address(0));
}

Checked<> Runtime::stream_use(HostCall& call) {
    auto number = handle(Handle::Stream, call.address(0));
    return number ? Checked<>{} : std::unexpected(std::move(number.error()));
}

Checked<> Runtime::stream_wait(HostCall& call) {
    auto stream = handle(Handle::Stream, call.address(0));
    auto event = handle(Handle::Event, call.address(1));
    if (!stream || !event) {
        return std::unexpected(std::move((stream ? event : stream).error()));
    }
    return {};
}

Checked<> Runtime::event_create(HostCall& call) {
    auto made = make_handle(Handle::Event);
    return made ? memory_.store(call.address(0), *made, 8) : std::unexpected(std::move(made.error()));
}

Checked<> Runtime::event_destroy(HostCall& call) {
    return drop_handle(Handle::Event, call.address(0));
}

Checked<> Runtime::event_use(HostCall& call) {
    auto number = handle(Handle::Event, call.address(0));
    return number ? Checked<>{} : std::unexpected(std::move(number.error()));
}

Checked<> Runtime::event_record(HostCall& call) {
    auto event = handle(Handle::Event, call.address(0));
    auto stream = handle(Handle::Stream, call.address(1));
    if (!stream || !event) {
        return std::unexpected(std::move((stream ? event : stream).error()));
    }
    return {};
}

Checked<> Runtime::event_elapsed(HostCall& call) {
    auto start = handle(Handle::Event, call.address(1));
    auto end = handle(Handle::Event, call.address(2));
    if (!start || !end) {
        return std::unexpected(std::move((start ? end : start).error()));
    }
    const float milliseconds = 1;
    return memory_.store(call.address(0), std::bit_cast<std::uint32_t>(milliseconds), 4);
}

Checked<> Runtime::last_error(HostCall& call) {
    call.answer(static_cast<std::uint32_t>(last_error_));
    last_error_ = CudaError::Success;
    return {};
}

Checked<> Runtime::peek_error(HostCall& call) {
    call.answer(static_cast<std::uint32_t>(last_error_));
    return {};
}

Checked<Address> Runtime::text(const std::string& text) {
    if (const auto known = texts_.find(text); known != texts_.end()) {
        return known->second;
    }
    auto place = memory_.allocate(HostMemory::Kind::Pinned, text.size() + 1);
    if (!place) {
        return place;
    }
    auto bytes = memory_.bytes(*place, text.size() + 1, Access::Write);
    if (!bytes) {
        return std::unexpected(std::move(bytes.error()));
    }
    std::memcpy(bytes->data(), text.c_str(), text.size() + 1);
    texts_.emplace(text, *place);
    return place;
}

Checked<> Runtime::error_string(HostCall& call) {
    auto address = text(error_text_of(call.u32(0)).text);
    if (!address) {
        return std::unexpected(std::move(address.error()));
    }
    call.answer(*address);
    return {};
}

Checked<> Runtime::error_name(HostCall& call) {
    auto address = text(error_text_of(call.u32(0)).name);
    if (!address) {
        return std::unexpected(std::move(address.error()));
    }
    call.answer(*address);
    return {};
}

} // namespace assay::plan
