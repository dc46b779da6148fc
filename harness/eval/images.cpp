#include "eval/images.h"

#include <algorithm>
#include <fmt/format.h>
#include <span>

namespace assay::eval {

namespace {

std::string buffer_name(const plan::Buffer& buffer, const tasks::Binding& binding) {
    switch (buffer.role) {
    case plan::Buffer::Role::Input:
        return fmt::format("input '{}'", binding.inputs.at(buffer.index).name);
    case plan::Buffer::Role::Output:
        return fmt::format("output '{}'", binding.outputs.at(buffer.index).name);
    default:
        return fmt::format("scratch buffer {} ({} bytes)", buffer.name, buffer.bytes);
    }
}

/// Changed bytes of a red zone, first and last offset and count.
struct Changes {
    std::size_t first = 0, last = 0, count = 0;
};

Changes find_changes(std::span<const std::byte> bytes, std::byte expected) {
    Changes changes;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (bytes[i] != expected) {
            changes.first = changes.count == 0 ? i : changes.first;
            changes.last = i;
            ++changes.count;
        }
    }
    return changes;
}

} // namespace

std::vector<std::string> buffer_names(const plan::LaunchPlan& plan, const tasks::Binding& binding) {
    std::vector<std::string> names;
    for (const plan::Buffer& buffer : plan.buffers) {
        names.push_back(buffer_name(buffer, binding));
    }
    return names;
}

bool are_images_of(const plan::LaunchPlan& plan, const std::vector<Bytes>& images) {
    using enum plan::Buffer::Role;
    return std::ranges::equal(plan.buffers, images, [](const plan::Buffer& buffer, const Bytes& image) {
        const std::uint64_t data = buffer.role == Scratch ? 0 : buffer.bytes;
        return image.size() == (buffer.role == Symbol ? 0 : data + 2 * zone_bytes);
    });
}

std::optional<Damage> find_damage(const plan::LaunchPlan& plan, const tasks::Binding& binding,
                                  const std::vector<Bytes>& images, const std::vector<Bytes>& inputs,
                                  std::uint8_t zone) {
    for (std::size_t i = 0; i < plan.buffers.size(); ++i) {
        const plan::Buffer& buffer = plan.buffers[i];
        if (buffer.role == plan::Buffer::Role::Symbol) {
            continue;
        }
        const std::span<const std::byte> image = images.at(i);
        const std::byte whole{zone_byte(zone, i)};
        const auto before = find_changes(image.first(zone_bytes), whole);
        const auto after = find_changes(image.last(zone_bytes), whole);
        if (before.count > 0) {
            return Damage{
                "red-zone",
                fmt::format("{} bytes before the start of {} were overwritten, the farthest {} bytes before it",
                            before.count, buffer_name(buffer, binding), zone_bytes - before.first),
                "an index is negative: check the offsets"};
        }
        if (after.count > 0) {
            return Damage{"red-zone",
                          fmt::format("{} bytes behind the end of {} were overwritten, from {} to {} bytes behind it",
                                      after.count, buffer_name(buffer, binding), after.first, after.last),
                          "the last block has more threads than elements are left: test the index against the size"};
        }
        if (buffer.role != plan::Buffer::Role::Input) {
            continue;
        }
        const auto data = image.subspan(zone_bytes, buffer.bytes);
        const auto [now, original] = std::ranges::mismatch(data, inputs.at(buffer.index));
        if (now != data.end()) {
            return Damage{
                "inputs-unchanged",
                fmt::format("{} was modified, first at byte {}", buffer_name(buffer, binding), now - data.begin()),
                "inputs are read-only: write to the output or to scratch memory"};
        }
    }
    return std::nullopt;
}

Bytes output_bytes(const plan::LaunchPlan& plan, const std::vector<Bytes>& images, std::uint32_t index) {
    for (std::size_t i = 0; i < plan.buffers.size(); ++i) {
        const plan::Buffer& buffer = plan.buffers[i];
        if (buffer.role == plan::Buffer::Role::Output && buffer.index == index) {
            const Bytes& image = images.at(i);
            const auto start = image.begin() + static_cast<std::ptrdiff_t>(zone_bytes);
            return {start, start + static_cast<std::ptrdiff_t>(buffer.bytes)};
        }
    }
    return {};
}

} // namespace assay::eval
