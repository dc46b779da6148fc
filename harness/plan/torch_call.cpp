#include "plan/torch_call.h"

#include <fmt/format.h>

#include <bit>
#include <cstring>

namespace assay::plan {

namespace {

using Kind = TorchArgument::Kind;

constexpr std::size_t longest_text = 4096;
constexpr std::int32_t longest_list = 1 << 20;

} // namespace

const TorchArgument& TorchCall::expect(std::size_t index, Kind kind, const char* name) {
    static const TorchArgument none;
    if (index >= arguments_.size() || arguments_[index].kind != kind) {
        fail(fmt::format("argument {} is not {}", index + 1, name));
        return none;
    }
    return arguments_[index];
}

template <class T> std::vector<T> TorchCall::list(const TorchArgument& argument) {
    if (argument.count <= 0) {
        return {};
    }
    if (argument.count > longest_list) {
        fail("the list is too long");
        return {};
    }
    std::vector<T> values(static_cast<std::size_t>(argument.count));
    const auto bytes = memory_.bytes(argument.bits, values.size() * sizeof(T), Access::Read);
    if (!bytes) {
        fail(bytes.error());
        return {};
    }
    std::memcpy(values.data(), bytes->data(), bytes->size());
    return values;
}

std::uint64_t TorchCall::tensor(std::size_t index) {
    return expect(index, Kind::Tensor, "a tensor").bits;
}

std::int64_t TorchCall::integer(std::size_t index) {
    const Kind given = kind(index);
    if (given == Kind::Boolean || given == Kind::Type || given == Kind::Place) {
        return static_cast<std::int64_t>(arguments_[index].bits);
    }
    return static_cast<std::int64_t>(expect(index, Kind::Integer, "an integer").bits);
}

double TorchCall::real(std::size_t index) {
    if (kind(index) == Kind::Real) {
        return std::bit_cast<double>(arguments_[index].bits);
    }
    return static_cast<double>(integer(index));
}

std::vector<std::int64_t> TorchCall::integers(std::size_t index) {
    if (kind(index) == Kind::Integer) {
        return {integer(index)};
    }
    return list<std::int64_t>(expect(index, Kind::Integers, "a list of integers"));
}

std::vector<double> TorchCall::reals(std::size_t index) {
    return list<double>(expect(index, Kind::Reals, "a list of numbers"));
}

std::vector<std::uint64_t> TorchCall::tensors(std::size_t index) {
    return list<std::uint64_t>(expect(index, Kind::Tensors, "a list of tensors"));
}

std::string TorchCall::text(std::size_t index) {
    const TorchArgument& argument = expect(index, Kind::Text, "a text");
    return failed() ? std::string() : take(memory_.text(argument.bits, longest_text));
}

TorchCall::Slice TorchCall::slice(std::size_t index) {
    const TorchArgument& argument = expect(index, Kind::Slice, "a slice");
    const auto parts = list<std::int64_t>({Kind::Slice, failed() ? 0 : 3, argument.bits});
    if (parts.size() != 3) {
        return {};
    }
    const auto part = [&](int i) {
        return (argument.count >> i & 1) != 0 ? std::optional(parts[static_cast<std::size_t>(i)]) : std::nullopt;
    };
    return {part(0), part(1), part(2)};
}

} // namespace assay::plan
