#include "vgpu/core/tensor_map.h"

#include <cstring>
#include <type_traits>

namespace assay::vgpu {

namespace {

/// What the 128 bytes hold.
struct Image {
    std::uint64_t mark = 0;
    TensorMap map;
};
static_assert(sizeof(Image) <= TensorMap::bytes && std::is_trivially_copyable_v<Image>);

constexpr std::uint64_t mark_of_tensor_maps = 0x70616d2d61737379;

} // namespace

void TensorMap::write(std::span<std::byte, bytes> to) const {
    Image image;
    std::memset(static_cast<void*>(&image), 0, sizeof(image));
    image.mark = mark_of_tensor_maps;
    image.map = *this;
    std::memset(to.data(), 0, to.size());
    std::memcpy(to.data(), &image, sizeof(image));
}

std::optional<TensorMap> TensorMap::read(std::span<const std::byte, bytes> from) {
    Image image;
    std::memcpy(static_cast<void*>(&image), from.data(), sizeof(image));
    const auto scalar = [](isa::Type type) {
        const unsigned bits =
            static_cast<unsigned>(type) <= static_cast<unsigned>(isa::Type::B128) ? isa::bits_of(type) : 0;
        return bits >= 8 && bits <= 64;
    };
    // A kernel may have changed any of the bytes.
    bool good = image.mark == mark_of_tensor_maps && image.map.rank >= 1 && image.map.rank <= max_rank &&
                scalar(image.map.type) && (image.map.swizzle_bytes & (image.map.swizzle_bytes - 1)) == 0;
    for (unsigned i = 0; good && i < image.map.rank; ++i) {
        good = image.map.box.at(i) >= 1 && image.map.box.at(i) <= 256 && image.map.element_steps.at(i) >= 1;
    }
    return good ? std::optional(image.map) : std::nullopt;
}

} // namespace assay::vgpu
