// Tensor maps: cuTensorMapEncodeTiled is recorded, and done by whoever runs the plan.
//
// What the driver writes into a CUtensorMap is its secret and holds a device address, so host code gets a mark and a
// number instead. A launch whose parameters hold such a mark carries the encoding (`TensorMap`) beside its parameters.
#include <cuda.h>

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "plan/runtime.h"

namespace assay::plan {

namespace {

constexpr std::uint64_t tensor_map_mark = 0x70616d5f726f7473;
constexpr std::uint64_t map_alignment = 64;
constexpr std::uint32_t most_dimensions = 5;
constexpr std::size_t most_maps = 4096;

/// The number in a marked CUtensorMap at `at`, if there is one.
std::optional<std::uint64_t> marked(std::span<const std::byte> bytes, std::uint64_t at) {
    std::uint64_t words[2] = {};
    if (at + TensorMap::bytes > bytes.size()) {
        return std::nullopt;
    }
    std::memcpy(words, bytes.data() + at, sizeof words);
    return words[0] == tensor_map_mark ? std::optional(words[1]) : std::nullopt;
}

} // namespace

Checked<> Runtime::encode_tensor(HostCall& call) {
    const Address map = call.address(0);
    const std::uint32_t rank = call.u32(2);
    if (map == 0 || map % map_alignment != 0 || rank == 0 || rank > most_dimensions) {
        call.answer(std::uint64_t{CUDA_ERROR_INVALID_VALUE});
        return {};
    }
    if (tensors_.size() == most_maps) {
        return refuse(PlanError::Kind::Limit, fmt::format("host code encodes more than {} tensor maps", most_maps));
    }
    EncodedTensor tensor;
    tensor.address = call.address(3);
    tensor.map.type = call.u32(1);
    const auto list = [&](Address from, std::uint32_t count,
                          std::uint64_t width) -> Checked<std::vector<std::uint64_t>> {
        std::vector<std::uint64_t> values;
        for (std::uint32_t i = 0; i < count; ++i) {
            auto value = memory_.load(from + i * width, width);
            if (!value) {
                return std::unexpected(std::move(value.error()));
            }
            values.push_back(*value);
        }
        return values;
    };
    const auto take = [&](Address from, std::uint32_t count, std::uint64_t width, std::vector<std::uint64_t>& into) {
        auto values = list(from, count, width);
        if (!values) {
            return Checked<>(std::unexpected(std::move(values.error())));
        }
        into = std::move(*values);
        return Checked<>();
    };
    for (auto taken :
         {take(call.address(4), rank, 8, tensor.map.extents), take(call.address(5), rank - 1, 8, tensor.map.strides),
          take(call.address(6), rank, 4, tensor.map.box), take(call.address(7), rank, 4, tensor.map.steps)}) {
        if (!taken) {
            return taken;
        }
    }
    tensor.map.interleave = call.u32(8);
    tensor.map.swizzle = call.u32(9);
    tensor.map.promotion = call.u32(10);
    tensor.map.fill = call.u32(11);
    auto place = memory_.bytes(map, TensorMap::bytes, Access::Write);
    if (!place) {
        return std::unexpected(std::move(place.error()));
    }
    const std::uint64_t words[2] = {tensor_map_mark, tensors_.size()};
    std::ranges::fill(*place, std::byte{0});
    std::memcpy(place->data(), words, sizeof words);
    tensors_.push_back(std::move(tensor));
    call.answer(std::uint64_t{CUDA_SUCCESS});
    return {};
}

Checked<std::vector<TensorMap>> Runtime::take_tensor_maps(std::span<std::byte> block) const {
    std::vector<TensorMap> maps;
    for (std::uint64_t at = 0; at + TensorMap::bytes <= block.size(); at += map_alignment) {
        const auto number = marked(block, at);
        if (!number || *number >= tensors_.size()) {
            continue;
        }
        const EncodedTensor& tensor = tensors_[*number];
        auto target = device_.resolve(tensor.address, 0);
        if (!target) {
            target.error().what = "a tensor map is of " + target.error().what;
            return std::unexpected(std::move(target.error()));
        }
        TensorMap map = tensor.map;
        map.at = at;
        map.target = *target;
        maps.push_back(std::move(map));
        std::ranges::fill(block.subspan(at, TensorMap::bytes), std::byte{0});
    }
    return maps;
}

Checked<> Runtime::refuse_tensor_maps(std::span<const std::byte> data) const {
    for (std::uint64_t at = 0; at + TensorMap::bytes <= data.size(); at += map_alignment) {
        if (marked(data, at)) {
            return refuse("a tensor map is copied to device memory, which a plan cannot hold",
                          "pass it to the kernel as a `const __grid_constant__ CUtensorMap` parameter");
        }
    }
    return {};
}

} // namespace assay::plan
