// Warp-level instructions without matrices (9.7.13.3, 9.7.9.6 and following, 9.7.13.9 to 9.7.13.13): `lanes` are those
// of the membermask that have not exited, all waiting. They may stand at different places of the program; each reads
// and writes its own operands.
#include <array>
#include <bit>
#include <cmath>

#include <fmt/format.h>

#include "vgpu/interpreter/machine.h"

namespace assay::vgpu::interpreter {

void Machine::execute_warp(Block& block, Warp& warp, Lanes lanes) {
    using enum isa::Opcode;
    const auto first = static_cast<std::uint32_t>(std::countr_zero(lanes));
    switch (context_of(block, warp, first).instruction.opcode) {
    case BarWarp:
        return; // to have met is all
    case Shfl:
        return shuffle(block, warp, lanes);
    case Vote:
        return vote(block, warp, lanes);
    case Match:
        return match(block, warp, lanes);
    case Redux:
        return reduce(block, warp, lanes);
    case Wgmma:
        return multiply_warpgroup(block, warp, lanes);
    case Elect:
        return elect(block, warp, lanes);
    default:
        return matrix(block, warp, lanes);
    }
}

/// 9.7.9.6, by its pseudo-code. A source lane that does not take part gives the reader's own value, where the ISA
/// leaves it undefined.
void Machine::shuffle(Block& block, Warp& warp, Lanes lanes) {
    std::array<isa::Value, warp_size> sources{};
    for_each_lane(lanes, [&](std::uint32_t lane) {
        const Context context = context_of(block, warp, lane);
        sources[lane] = read(context, context.instruction.src[0]);
    });
    for_each_lane(lanes, [&](std::uint32_t lane) {
        const Context context = context_of(block, warp, lane);
        const isa::Instruction& instruction = context.instruction;
        const auto b = static_cast<int>(read(context, instruction.src[1]).bits & 0x1f);
        const auto c = static_cast<std::uint32_t>(read(context, instruction.src[2]).bits);
        const auto clamp = static_cast<int>(c & 0x1f);
        const auto segment = static_cast<int>(c >> 8 & 0x1f);
        const auto self = static_cast<int>(lane);
        const int lowest = self & segment;
        const int limit = lowest | (clamp & ~segment & 0x1f);
        int from = self;
        bool in_range = false;
        switch (instruction.mod.shuffle) {
        case isa::ShuffleMode::Up:
            from = self - b;
            in_range = from >= limit;
            break;
        case isa::ShuffleMode::Down:
            from = self + b;
            in_range = from <= limit;
            break;
        case isa::ShuffleMode::Bfly:
            from = self ^ b;
            in_range = from <= limit;
            break;
        case isa::ShuffleMode::Idx:
            from = lowest | (b & ~segment & 0x1f);
            in_range = from <= limit;
            break;
        }
        const bool takes = in_range && (lanes >> from & 1) != 0;
        if (in_range && !takes && launch_.checker != nullptr) {
            launch_.checker->report(
                Finding::Kind::InactiveShuffle, accessing(context),
                fmt::format("`{}` takes the value of lane {}, which does not take part", instruction.text, from));
        }
        write(context, instruction.dst[0], sources[takes ? static_cast<std::size_t>(from) : lane]);
        if (instruction.dst.size() > 1) {
            write(context, instruction.dst[1], {in_range ? 1ull : 0ull});
        }
    });
}

void Machine::vote(Block& block, Warp& warp, Lanes lanes) {
    Lanes holding = 0;
    for_each_lane(lanes, [&](std::uint32_t lane) {
        const Context context = context_of(block, warp, lane);
        holding |= read(context, context.instruction.src[0]).bits != 0 ? 1u << lane : 0;
    });
    for_each_lane(lanes, [&](std::uint32_t lane) {
        const Context context = context_of(block, warp, lane);
        std::uint64_t result = 0;
        switch (context.instruction.mod.vote) {
        case isa::VoteMode::All:
            result = holding == lanes ? 1 : 0;
            break;
        case isa::VoteMode::Any:
            result = holding != 0 ? 1 : 0;
            break;
        case isa::VoteMode::Uni:
            result = holding == lanes || holding == 0 ? 1 : 0;
            break;
        case isa::VoteMode::Ballot:
            result = holding;
            break;
        }
        write(context, context.instruction.dst[0], {result});
    });
}

void Machine::match(Block& block, Warp& warp, Lanes lanes) {
    std::array<isa::Value, warp_size> values{};
    for_each_lane(lanes, [&](std::uint32_t lane) {
        const Context context = context_of(block, warp, lane);
        values[lane] = read(context, context.instruction.src[0]);
    });
    for_each_lane(lanes, [&](std::uint32_t lane) {
        const Context context = context_of(block, warp, lane);
        Lanes equal = 0;
        for_each_lane(lanes, [&](std::uint32_t other) { equal |= values[other] == values[lane] ? 1u << other : 0; });
        if (context.instruction.mod.match == isa::MatchMode::Any) {
            write(context, context.instruction.dst[0], {equal});
            return;
        }
        const bool all = equal == lanes;
        write(context, context.instruction.dst[0], {all ? lanes : 0});
        if (context.instruction.dst.size() > 1) {
            write(context, context.instruction.dst[1], {all ? 1ull : 0ull});
        }
    });
}

void Machine::reduce(Block& block, Warp& warp, Lanes lanes) {
    // The same arithmetic as that of the atomics of these names.
    const auto first = static_cast<std::uint32_t>(std::countr_zero(lanes));
    const Context leader = context_of(block, warp, first);
    isa::Value result = read(leader, leader.instruction.src[0]);
    for_each_lane(lanes & (lanes - 1), [&](std::uint32_t lane) {
        const Context context = context_of(block, warp, lane);
        result = isa::apply_atomic(leader.instruction.mod, result, read(context, context.instruction.src[0]), {});
    });
    for_each_lane(lanes, [&](std::uint32_t lane) {
        const Context context = context_of(block, warp, lane);
        write(context, context.instruction.dst[0], result);
    });
}

void Machine::elect(Block& block, Warp& warp, Lanes lanes) {
    const auto leader = static_cast<std::uint32_t>(std::countr_zero(lanes));
    for_each_lane(lanes, [&](std::uint32_t lane) {
        const Context context = context_of(block, warp, lane);
        write(context, context.instruction.dst[0], {leader});
        if (context.instruction.dst.size() > 1) {
            write(context, context.instruction.dst[1], {lane == leader ? 1ull : 0ull});
        }
    });
}

} // namespace assay::vgpu::interpreter
