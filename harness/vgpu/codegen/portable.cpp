// The layout: a Header, the sites, the object file. Pointers to instructions and call sites are indices into the flat
// function, which is the same wherever the same program is decoded.
#include "vgpu/codegen/portable.h"

#include <cstring>

namespace assay::vgpu::codegen {

namespace {

struct Header {
    std::uint32_t frame_bytes = 0, sites = 0;
    std::uint64_t together = 0;
    std::uint64_t object_bytes = 0;
};

struct StoredSite {
    std::uint32_t instruction = 0;
    std::uint32_t call = 0; ///< one more than its index; 0: none
    Site site;              ///< its pointers are 0
};

} // namespace

std::vector<std::byte> pack(const Kernel& kernel, const Code& code, bool together, std::string_view object) {
    const auto count = static_cast<std::uint32_t>(code.sites.size());
    const Header header{code.frame_bytes, count, together, object.size()};
    std::vector<std::byte> bytes(sizeof header + count * sizeof(StoredSite) + object.size());
    std::byte* to = bytes.data();
    std::memcpy(to, &header, sizeof header);
    to += sizeof header;
    for (const Site& site : code.sites) {
        StoredSite stored;
        std::memset(static_cast<void*>(&stored), 0, sizeof stored); // the same code is the same bytes
        stored.instruction = static_cast<std::uint32_t>(site.instruction - kernel.flat.body.data());
        stored.call = site.call == nullptr ? 0 : static_cast<std::uint32_t>(site.call - kernel.flat.calls.data()) + 1;
        stored.site = site;
        stored.site.instruction = nullptr;
        stored.site.call = nullptr;
        std::memcpy(to, &stored, sizeof stored);
        to += sizeof stored;
    }
    std::memcpy(to, object.data(), object.size());
    return bytes;
}

Unpacked unpack(const Kernel& kernel, std::span<const std::byte> bytes) {
    Header header;
    if (bytes.size() < sizeof header) {
        return {};
    }
    std::memcpy(&header, bytes.data(), sizeof header);
    bytes = bytes.subspan(sizeof header);
    if (header.sites > bytes.size() / sizeof(StoredSite) ||
        header.object_bytes != bytes.size() - header.sites * sizeof(StoredSite) || header.frame_bytes < frame_header) {
        return {};
    }
    auto code = std::make_unique<Code>();
    code->frame_bytes = header.frame_bytes;
    for (std::uint32_t i = 0; i < header.sites; ++i) {
        StoredSite stored;
        std::memcpy(static_cast<void*>(&stored), bytes.data(), sizeof stored);
        bytes = bytes.subspan(sizeof stored);
        if (stored.instruction >= kernel.flat.body.size() || stored.call > kernel.flat.calls.size()) {
            return {};
        }
        Site& site = code->sites.emplace_back(stored.site);
        site.instruction = &kernel.flat.body[stored.instruction];
        site.call = stored.call == 0 ? nullptr : &kernel.flat.calls[stored.call - 1];
    }
    return {std::move(code), header.together != 0, {reinterpret_cast<const char*>(bytes.data()), bytes.size()}};
}

} // namespace assay::vgpu::codegen
