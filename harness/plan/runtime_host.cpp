// The C library: heap, printf, and the ways to stop.
#include <algorithm>
#include <cstring>
#include <fmt/format.h>

#include "plan/print_format.h"
#include "plan/runtime.h"

namespace assay::plan {

namespace {

constexpr std::size_t longest_output = 64u * 1024;
constexpr std::size_t longest_message = 1024;

} // namespace

Checked<> Runtime::host_malloc(HostCall& call) {
    auto made = memory_.allocate(HostMemory::Kind::Heap, call.u64(0));
    if (!made) {
        return std::unexpected(std::move(made.error()));
    }
    call.answer(*made);
    return {};
}

Checked<> Runtime::host_free(HostCall& call) {
    const Address address = call.address(0);
    if (address == 0) {
        return {};
    }
    if (device_.known(address)) {
        return refuse(fmt::format("the device pointer {} is freed as host memory", device_.describe(address)),
                      "use cudaFree");
    }
    return memory_.release(HostMemory::Kind::Heap, address);
}

Checked<> Runtime::print(HostCall& call) {
    // What does not fit is not formatted either: a loop that prints costs no more than its instructions.
    if (plan_.printed.size() >= longest_output) {
        return {};
    }
    auto text = format_print(memory_, call.address(0), call.address(1), longest_output - plan_.printed.size());
    if (!text) {
        return std::unexpected(std::move(text.error()));
    }
    plan_.printed += *text;
    call.answer(static_cast<std::uint32_t>(text->size()));
    return {};
}

Checked<> Runtime::format(HostCall& call) {
    auto text = format_print(memory_, call.address(2), call.address(3), longest_output);
    if (!text) {
        return std::unexpected(std::move(text.error()));
    }
    if (const std::uint64_t room = call.u64(1); room > 0) {
        const std::uint64_t kept = std::min<std::uint64_t>(text->size(), room - 1);
        auto bytes = memory_.bytes(call.address(0), kept + 1, Access::Write);
        if (!bytes) {
            return std::unexpected(std::move(bytes.error()));
        }
        std::memcpy(bytes->data(), text->c_str(), kept);
        (*bytes)[kept] = std::byte{0};
    }
    call.answer(static_cast<std::uint32_t>(text->size()));
    return {};
}

Checked<> Runtime::assert_fail(HostCall& call) {
    auto message = memory_.text(call.address(0), longest_message);
    if (!message) {
        return std::unexpected(std::move(message.error()));
    }
    return refuse(fmt::format("the assertion `{}` failed", *message));
}

Checked<> Runtime::exit(HostCall& call) {
    return refuse(fmt::format("host code exits with status {}", call.i32(0)));
}

Checked<> Runtime::abort(HostCall&) {
    return refuse("host code aborts");
}

Checked<> Runtime::throw_exception(HostCall& call) {
    std::string what = "an exception";
    if (call.address(0) != 0) {
        auto message = memory_.text(call.address(0), longest_message);
        if (!message) {
            return std::unexpected(std::move(message.error()));
        }
        what = *message;
    }
    return refuse(fmt::format("host code throws: {}", what));
}

} // namespace assay::plan
