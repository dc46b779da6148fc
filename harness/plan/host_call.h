// One call of the interpreted host code to a function that the recorder answers.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "plan/address.h"

namespace assay::plan {

/// Arguments by position; the table of answers (`runtime_table.h`) has checked their number and sizes.
class HostCall {
public:
    HostCall(std::string name, std::vector<std::vector<std::byte>> arguments, std::uint32_t result_bytes)
        : name_(std::move(name)), arguments_(std::move(arguments)), result_(result_bytes) {}

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] std::size_t count() const { return arguments_.size(); }
    [[nodiscard]] std::size_t bytes(std::size_t index) const { return arguments_[index].size(); }

    template <class T> [[nodiscard]] T get(std::size_t index) const {
        T value{};
        const auto& bytes = arguments_[index];
        std::memcpy(&value, bytes.data(), std::min(sizeof value, bytes.size()));
        return value;
    }
    [[nodiscard]] Address address(std::size_t index) const { return get<Address>(index); }
    [[nodiscard]] std::uint64_t u64(std::size_t index) const { return get<std::uint64_t>(index); }
    [[nodiscard]] std::uint32_t u32(std::size_t index) const { return get<std::uint32_t>(index); }
    [[nodiscard]] std::int32_t i32(std::size_t index) const { return get<std::int32_t>(index); }
    /// A dim3.
    [[nodiscard]] std::array<std::uint32_t, 3> dim3(std::size_t index) const {
        return get<std::array<std::uint32_t, 3>>(index);
    }

    /// The value that the call gives back; without one it is 0, which is cudaSuccess.
    template <class T> void answer(T value) {
        std::memcpy(result_.data(), &value, std::min(sizeof value, result_.size()));
    }
    [[nodiscard]] const std::vector<std::byte>& result() const { return result_; }

private:
    std::string name_;
    std::vector<std::vector<std::byte>> arguments_;
    std::vector<std::byte> result_;
};

} // namespace assay::plan
