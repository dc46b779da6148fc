// What the ISA calls asynchronous (core/async.h), for generated code.
#include <array>
#include <bit>
#include <vector>

#include <fmt/format.h>

#include "vgpu/codegen/block_run.h"
#include "vgpu/core/async.h"

namespace assay::vgpu::codegen {

namespace {

class LaneMemory final : public ThreadMemory {
public:
    LaneMemory(Context& context, const Frame& frame, const isa::Instruction& instruction, unsigned lane)
        : context_(context), frame_(frame), instruction_(instruction), lane_(lane) {}

    std::byte* resolve(isa::Space space, std::uint64_t address, std::uint64_t bytes, std::uint64_t alignment) override {
        const auto illegal = [&](std::string_view why) {
            raise_fault(context_, frame_, instruction_.source, lane_, Fault::Kind::IllegalAddress, address,
                        fmt::format("`{}` accesses {} bytes at {:#x}, {}", instruction_.text, bytes, address, why));
            return nullptr;
        };
        if (address % alignment != 0) {
            raise_fault(context_, frame_, instruction_.source, lane_, Fault::Kind::Misaligned, address,
                        fmt::format("`{}` accesses {:#x}, which is not aligned to its {} bytes", instruction_.text,
                                    address, alignment));
            return nullptr;
        }
        if (space == isa::Space::SharedCluster) {
            const auto at = cluster_address(context_, address, bytes);
            return at ? pointer_at<std::byte>(*at) : illegal("which is in no block of the cluster");
        }
        if (space == isa::Space::Shared) {
            const std::uint64_t offset = address & 0xffffffffu;
            const std::uint64_t length = context_.shared_bytes;
            return length < bytes || offset > length - bytes ? illegal("which is past the block's shared memory")
                                                             : pointer_at<std::byte>(context_.shared_base + offset);
        }
        return context_.run->launch->memory->contains(address, bytes) ? pointer_at<std::byte>(address)
                                                                      : illegal("which is on no allocation");
    }
    void fail(Fault::Kind kind, const std::string& what) override {
        raise_fault(context_, frame_, instruction_.source, lane_, kind, 0, what);
    }

private:
    Context& context_;
    const Frame& frame_;
    const isa::Instruction& instruction_;
    unsigned lane_;
};

} // namespace

bool runtime_async(Context* context, Frame* frame, const Site* site, std::uint32_t mask, const std::uint64_t* sources,
                   std::uint64_t* results) {
    constexpr std::size_t most_sources = 12;
    const isa::Instruction& instruction = *site->instruction;
    for (; mask != 0; mask &= mask - 1) {
        const auto lane = static_cast<unsigned>(std::countr_zero(mask));
        std::array<std::uint64_t, most_sources> own{};
        for (std::size_t i = 0; i < site->sources; ++i) {
            own.at(i) = sources[i * warp_size + lane];
        }
        LaneMemory memory(*context, *frame, instruction, lane);
        results[lane] = 0;
        if (!run_async(memory, instruction, std::span(own).first(site->sources), results[lane])) {
            return false;
        }
    }
    return true;
}

bool runtime_wgmma(Context* context, Frame* frame, const Site* site, std::uint32_t mask, const std::uint64_t* a,
                   const std::uint64_t* descriptor, const std::uint64_t* scale, std::uint64_t* d) {
    const isa::Instruction& instruction = *site->instruction;
    LaneMemory memory(*context, *frame, instruction, 0);
    if (mask != ~0u) {
        memory.fail(Fault::Kind::LaunchFailure, fmt::format("`{}` without all lanes of its warp", instruction.text));
        return false;
    }
    const std::size_t of_a = std::max<std::size_t>(instruction.src[0].elements.size(), 1);
    return run_wgmma(memory, instruction, frame->warp, {a, of_a * warp_size}, *descriptor, (*scale & 1) != 0,
                     {d, instruction.dst[0].elements.size() * warp_size});
}

} // namespace assay::vgpu::codegen
