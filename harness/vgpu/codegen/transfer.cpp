// How an instruction changes the shape of values.
//
// One rule makes the emitter simple: the pattern of an affine value is zero in the first lane of each part. So the base
// of a result is the instruction itself applied to the sources in the first lane of each part, whatever the instruction
// is; what is decided here is only whether the other lanes then follow by adding a constant.
#include <algorithm>
#include <bit>

#include "vgpu/codegen/analysis.h"

namespace assay::vgpu::codegen {

using isa::Opcode;
using isa::Operand;
using isa::Special;
using isa::Type;

const std::uint64_t* constant_of(const Leaf& leaf) {
    return leaf.operand != nullptr && leaf.operand->kind == Operand::Kind::Immediate ? &leaf.operand->bits : nullptr;
}

Shape Transfer::special(Special special) {
    const std::uint32_t x = known_.block[0], y = known_.block[1], z = known_.block[2];
    const auto constant = [&](auto entry, unsigned limit = 64) {
        Pattern pattern;
        for (unsigned lane = 0; lane < lanes; ++lane) {
            pattern[lane] = entry(lane);
        }
        return Shape::of(patterns_.intern(normalize(pattern, 1, 32).pattern), 1, pattern[0] == 0 ? 32 : 0, limit);
    };
    // Thread t = 32 * warp + lane has the coordinates (t % x, t / x % y, t / x / y): t / below % extent.
    const auto coordinate = [&](std::uint32_t below, std::uint32_t extent) {
        const std::uint32_t row = below * extent;
        const bool last = static_cast<std::uint64_t>(row) >= static_cast<std::uint64_t>(x) * y * z;
        const auto limit = static_cast<unsigned>(std::bit_width(extent - 1));
        if (extent == 1) {
            return Shape::scalar(32, 0);
        }
        if (below % lanes == 0) { // the same for all lanes of a warp
            return Shape::scalar(0, limit);
        }
        if (lanes % below == 0 && (row % lanes == 0 || last)) { // base + lane / below: no warp straddles a row
            Shape shape = constant([&](unsigned lane) { return static_cast<std::int64_t>(lane / below); }, limit);
            shape.zeros = static_cast<std::uint8_t>(trailing_zeros(lanes / below, 32));
            return shape;
        }
        if (lanes % row == 0) { // the same in every warp
            return constant([&](unsigned lane) { return static_cast<std::int64_t>(lane / below % extent); }, limit);
        }
        return Shape::any();
    };
    switch (special) {
    case Special::TidX:
        return coordinate(1, x);
    case Special::TidY:
        return coordinate(x, y);
    case Special::TidZ:
        return coordinate(x * y, z);
    case Special::LaneId:
        return constant([](unsigned lane) { return static_cast<std::int64_t>(lane); }, 5);
    case Special::NtidX:
        return Shape::scalar(trailing_zeros(x, 32), static_cast<unsigned>(std::bit_width(x)));
    case Special::NtidY:
        return Shape::scalar(trailing_zeros(y, 32), static_cast<unsigned>(std::bit_width(y)));
    case Special::NtidZ:
        return Shape::scalar(trailing_zeros(z, 32), static_cast<unsigned>(std::bit_width(z)));
    case Special::CtaidX: // the largest grid is 2^31 - 1 by 2^16 - 1 by 2^16 - 1
        return Shape::scalar(0, 31);
    case Special::CtaidY:
    case Special::CtaidZ:
        return Shape::scalar(0, 16);
    case Special::WarpId:
        return Shape::scalar(0, 5);
    case Special::LanemaskEq:
        return constant([](unsigned lane) { return sign_extend(1u << lane, 32); });
    case Special::LanemaskLt:
        return constant([](unsigned lane) { return sign_extend((1u << lane) - 1, 32); });
    case Special::LanemaskLe:
        return constant([](unsigned lane) { return sign_extend((2ull << lane) - 1, 32); });
    case Special::LanemaskGt:
        return constant([](unsigned lane) { return sign_extend(~((2ull << lane) - 1) & 0xffffffff, 32); });
    case Special::LanemaskGe:
        return constant([](unsigned lane) { return sign_extend(~((1ull << lane) - 1) & 0xffffffff, 32); });
    default:
        return Shape::scalar();
    }
}

Shape Transfer::operand(const Operand& operand, std::uint32_t bits) {
    switch (operand.kind) {
    case Operand::Kind::Immediate:
        return Shape::scalar(trailing_zeros(operand.bits, bits), static_cast<unsigned>(std::bit_width(operand.bits)));
    case Operand::Kind::Special:
        return special(operand.special);
    default:
        return Shape::scalar();
    }
}

PatternId Transfer::pattern_at(const Shape& shape, unsigned parts, unsigned bits) {
    return patterns_.intern(normalize(patterns_[shape.pattern], parts, bits).pattern);
}

unsigned Transfer::flat_parts(const std::vector<Shape>& shapes, unsigned limit) {
    for (unsigned parts = 1; parts <= limit; parts *= 2) {
        const bool fits = std::ranges::all_of(shapes, [&](const Shape& shape) {
            return shape.affine() && shape.wrap == 0 && shape.parts <= parts && pattern_at(shape, parts, 64) == 0;
        });
        if (fits) {
            return parts;
        }
    }
    return 0;
}

Shape Transfer::add(const Shape& a, const Shape& b, bool subtract, unsigned bits) {
    if (!a.affine() || !b.affine() || (a.wrap != 0 && b.wrap != 0)) {
        return Shape::any();
    }
    const unsigned parts = std::max(a.parts, b.parts);
    const std::uint32_t wrap = std::max(a.wrap, b.wrap);
    if (wrap != 0 && (a.wrap != 0 ? a : b).parts != parts) {
        return Shape::any();
    }
    const Pattern pa = normalize(patterns_[a.pattern], parts, bits).pattern;
    const Pattern pb = normalize(patterns_[b.pattern], parts, bits).pattern;
    Pattern sum;
    for (unsigned lane = 0; lane < lanes; ++lane) {
        const auto left = static_cast<std::uint64_t>(pa[lane]), right = static_cast<std::uint64_t>(pb[lane]);
        sum[lane] = sign_extend(subtract ? left - right : left + right, bits);
    }
    Shape result = Shape::of(patterns_.intern(sum), parts, std::min(a.zeros, b.zeros));
    if (parts != a.parts || parts != b.parts) {
        result.zeros = 0; // a base took over a part of the pattern
    }
    result.wrap = wrap;
    const unsigned limit = std::max(a.limit, b.limit) + 1u;
    result.limit = static_cast<std::uint8_t>(subtract || limit >= bits ? 64 : limit);
    return result;
}

Shape Transfer::scale(const Shape& a, std::uint64_t factor, unsigned bits) {
    if (!a.affine()) {
        return a;
    }
    Pattern product = patterns_[a.pattern];
    for (std::int64_t& entry : product) {
        entry = sign_extend(static_cast<std::uint64_t>(entry) * factor, bits);
    }
    Shape result = a;
    result.pattern = patterns_.intern(product);
    result.zeros = static_cast<std::uint8_t>(std::min(bits, a.zeros + trailing_zeros(factor, bits)));
    const unsigned limit = a.limit + static_cast<unsigned>(std::has_single_bit(factor) ? std::countr_zero(factor)
                                                                                       : std::bit_width(factor));
    result.limit = static_cast<std::uint8_t>(limit >= bits ? 64 : limit);
    return result;
}

Shape Transfer::extend(const Shape& a, unsigned from, unsigned to) {
    if (!a.affine() || to <= from) {
        return a;
    }
    Shape result = a;
    result.zeros = std::min<std::uint8_t>(a.zeros, static_cast<std::uint8_t>(from));
    if (a.zeros >= from) {
        result.zeros = static_cast<std::uint8_t>(to); // the base is zero
    }
    if (a.limit >= from) {
        result.limit = 64; // extension by sign may set what lies above
    }
    const Pattern& pattern = patterns_[a.pattern];
    if (a.pattern == 0) {
        return result;
    }
    if (a.limit < from && from >= 32 && a.wrap == 0) {
        return result; // not negative in any lane: base + pattern is the same number in more bits
    }
    const bool small = std::ranges::all_of(
        pattern, [&](std::int64_t entry) { return entry >= 0 && (a.zeros >= 62 || entry < (1ll << a.zeros)); });
    if (small) {
        return result; // base | pattern: no carry reaches the sign, so it does not matter how it is extended
    }
    if (a.wrap != 0 || from != 32 || to != 64 ||
        std::ranges::any_of(pattern, [](std::int64_t entry) { return entry < 0; })) {
        return Shape::any();
    }
    result.wrap = a.pattern;
    return result;
}

Shape Transfer::truncate(const Shape& a, unsigned to) {
    if (!a.affine()) {
        return a;
    }
    if (a.wrap != 0 && to > 32) {
        return a;
    }
    Shape result = a;
    Pattern pattern = patterns_[a.pattern];
    for (std::int64_t& entry : pattern) {
        entry = sign_extend(static_cast<std::uint64_t>(entry), to);
    }
    result.pattern = patterns_.intern(pattern);
    result.zeros = std::min<std::uint8_t>(a.zeros, static_cast<std::uint8_t>(to));
    result.wrap = 0; // the unit is a multiple of 2^32
    result.limit = a.limit < to ? a.limit : 64;
    return result;
}

Shape Transfer::shift_right(const Shape& a, unsigned amount) {
    if (a.affine() && a.limit <= amount) {
        return Shape::scalar(64, 0);
    }
    const Pattern& pattern = patterns_[a.pattern];
    const bool small = std::ranges::all_of(
        pattern, [&](std::int64_t entry) { return entry >= 0 && (a.zeros >= 62 || entry < (1ll << a.zeros)); });
    if (!a.affine() || a.wrap != 0 || !small || amount >= 64) {
        return Shape::any();
    }
    Pattern shifted = pattern;
    for (std::int64_t& entry : shifted) {
        entry >>= amount;
    }
    return Shape::of(patterns_.intern(shifted), a.parts, a.zeros > amount ? a.zeros - amount : 0,
                     a.limit < 64 ? a.limit - amount : 64);
}

Shape Transfer::bitwise(Opcode opcode, const Shape& a, std::uint64_t mask, unsigned bits) {
    if (opcode == Opcode::And && a.affine() && a.limit < bits) {
        const std::uint64_t kept = (1ull << a.limit) - 1;
        if ((mask & kept) == kept) {
            return a;
        }
    }
    const Pattern& pattern = patterns_[a.pattern];
    const bool small = std::ranges::all_of(
        pattern, [&](std::int64_t entry) { return entry >= 0 && (a.zeros >= 62 || entry < (1ll << a.zeros)); });
    if (!a.affine() || a.wrap != 0 || !small) {
        return Shape::any();
    }
    // base and pattern share no bit, so each is masked by itself.
    const std::uint64_t low = mask & (a.zeros >= 64 ? ~0ull : (1ull << a.zeros) - 1);
    Pattern result;
    for (unsigned lane = 0; lane < lanes; ++lane) {
        const auto entry = static_cast<std::uint64_t>(pattern[lane]);
        const std::uint64_t with = opcode == Opcode::And  ? entry & low
                                   : opcode == Opcode::Or ? (entry | low) - low
                                                          : (entry ^ low) - low;
        result[lane] = sign_extend(with, bits);
    }
    const unsigned zeros = opcode == Opcode::And ? std::max<unsigned>(a.zeros, trailing_zeros(mask, bits))
                                                 : std::min<unsigned>(a.zeros, trailing_zeros(mask, bits));
    const std::uint64_t cut = bits >= 64 ? mask : mask & ((1ull << bits) - 1);
    const auto width = static_cast<unsigned>(std::bit_width(cut));
    const unsigned limit =
        opcode == Opcode::And ? std::min<unsigned>(a.limit, width) : std::max<unsigned>(a.limit, width);
    return Shape::of(patterns_.intern(result), a.parts, std::min(zeros, bits), limit >= bits ? 64 : limit);
}

/// True of a comparison by size of an affine value with a uniform one that comes out alike in all lanes: the lanes
/// differ in bits that are below the lowest bit of the bound, or all of them lie on one side of it.
bool Transfer::compares_alike(const Node& node, const std::vector<Shape>& sources) {
    using isa::Compare;
    const isa::Modifiers& mod = node.instruction->mod;
    const unsigned bits = isa::bits_of(mod.type);
    if (isa::is_float(mod.type) || isa::is_packed(mod.type) || bits < 32 || mod.combine != isa::Combine::None) {
        return false;
    }
    const Compare compare = mod.compare;
    const bool greater = compare == Compare::Gt || compare == Compare::Hi;
    const bool less = compare == Compare::Lt || compare == Compare::Lo;
    const bool at_least = compare == Compare::Ge || compare == Compare::Hs;
    const bool at_most = compare == Compare::Le || compare == Compare::Ls;
    if (!greater && !less && !at_least && !at_most) {
        return false;
    }
    for (const std::size_t i : {0u, 1u}) {
        const Shape &a = sources[i], &b = sources[1 - i];
        if (!a.affine() || a.wrap != 0 || !b.uniform()) {
            continue;
        }
        // It says whether a is at least the bound, or the opposite of that.
        const bool above = i == 0 ? greater || at_most : less || at_least;
        unsigned low = above ? 0 : b.zeros;
        if (const std::uint64_t* constant = constant_of(node.src[1 - i]); constant != nullptr) {
            const std::uint64_t bound = (*constant + (above ? 1 : 0)) & (bits >= 64 ? ~0ull : (1ull << bits) - 1);
            if (a.limit < bits && (bound == 0 || bound >> a.limit != 0)) {
                return true;
            }
            low = trailing_zeros(bound, bits);
        }
        low = std::min<unsigned>({low, a.zeros, 62});
        const bool below = std::ranges::all_of(patterns_[a.pattern],
                                               [&](std::int64_t entry) { return entry >= 0 && entry < (1ll << low); });
        if (a.parts == 1 && below) {
            return true;
        }
    }
    return false;
}

Shape Transfer::multiply(const Node& node, std::size_t first, const std::vector<Shape>& sources, unsigned bits) {
    const isa::Modifiers& mod = node.instruction->mod;
    const unsigned from = isa::bits_of(mod.type);
    const auto widened = [&](std::size_t i) { return mod.wide ? extend(sources[i], from, bits) : sources[i]; };
    const auto factor = [&](std::size_t i) -> std::uint64_t {
        const std::uint64_t value = node.src[i].operand->bits;
        return isa::is_signed(mod.type) ? static_cast<std::uint64_t>(sign_extend(value, from))
                                        : value & (from >= 64 ? ~0ull : (1ull << from) - 1);
    };
    if (constant_of(node.src[first + 1]) != nullptr) {
        return scale(widened(first), factor(first + 1), bits);
    }
    if (constant_of(node.src[first]) != nullptr) {
        return scale(widened(first + 1), factor(first), bits);
    }
    const unsigned parts = flat_parts({sources[first], sources[first + 1]}, 4);
    const unsigned limit = sources[first].limit + sources[first + 1].limit;
    return parts == 0
               ? Shape::any()
               : Shape::of(0, parts,
                           parts == 1 ? std::min<unsigned>(bits, sources[first].zeros + sources[first + 1].zeros) : 0,
                           limit >= from ? 64 : limit);
}

Shape Transfer::convert(const isa::Instruction& instruction, const Shape& a, unsigned bits) {
    const isa::Modifiers& mod = instruction.mod;
    if (isa::is_float(mod.type) || isa::is_float(mod.source_type) || mod.sat || isa::is_packed(mod.type) ||
        isa::is_packed(mod.source_type)) {
        return Shape::any();
    }
    const unsigned from = isa::bits_of(mod.source_type), to = isa::bits_of(mod.type);
    if (from < 32 || to < 32 || bits != to) {
        return Shape::any();
    }
    return to > from ? extend(a, from, to) : truncate(a, to);
}

Shape Transfer::pure(const Node& node, std::uint32_t bits, const std::vector<Shape>& sources) {
    const isa::Instruction& instruction = *node.instruction;
    const isa::Modifiers& mod = instruction.mod;
    const bool plain = !isa::is_float(mod.type) && !isa::is_packed(mod.type) && !mod.sat && !mod.carry_out;
    const unsigned width = isa::bits_of(mod.type);
    if (node.dst.size() > 1) { // all results in one form
        return flat_parts(sources, 1) != 0 ? Shape::scalar() : Shape::any();
    }
    // Moving a value keeps its shape, whatever its type.
    if (instruction.opcode == Opcode::Mov && sources.size() == 1) {
        return sources[0];
    }
    Shape best = Shape::any();
    if (plain && bits == (mod.wide ? 2 * width : width) && width >= 32) {
        switch (instruction.opcode) {
        case Opcode::Add:
        case Opcode::Sub:
            best = add(sources[0], sources[1], instruction.opcode == Opcode::Sub, bits);
            break;
        case Opcode::Mul:
            best = mod.high ? best : multiply(node, 0, sources, bits);
            break;
        case Opcode::Mad:
            best = mod.high ? best : add(multiply(node, 0, sources, bits), sources[2], false, bits);
            break;
        case Opcode::Shl:
            if (const auto* amount = constant_of(node.src[1]); amount != nullptr && *amount < bits) {
                best = scale(sources[0], 1ull << *amount, bits);
            }
            break;
        case Opcode::Shr:
            if (const auto* amount = constant_of(node.src[1]); amount != nullptr && *amount < bits) {
                best = shift_right(sources[0], static_cast<unsigned>(*amount));
            }
            break;
        case Opcode::And:
        case Opcode::Or:
        case Opcode::Xor:
            for (const std::size_t i : {0u, 1u}) {
                if (const auto* mask = constant_of(node.src[1 - i]); mask != nullptr) {
                    best = bitwise(instruction.opcode, sources[i], *mask, bits);
                }
            }
            break;
        default:
            break;
        }
    }
    if (instruction.opcode == Opcode::Cvt) {
        best = convert(instruction, sources[0], bits);
    }
    if (instruction.opcode == Opcode::Selp && sources[2].uniform()) {
        best = join(sources[0], sources[1]);
        best.zeros = std::min(sources[0].zeros, sources[1].zeros);
        if (best.wrap != 0) {
            best = Shape::any();
        }
    }
    if (instruction.opcode == Opcode::Setp && compares_alike(node, sources)) {
        best = Shape::scalar();
    }
    if (best.vector()) {
        // The same in each part: compute it once for each. Floating point in more than two parts is cheaper as a
        // vector.
        const unsigned parts = flat_parts(sources, bits == 1 ? 1 : isa::is_float(mod.type) ? 2 : 4);
        if (parts != 0) {
            best = Shape::of(0, parts);
        }
    }
    return best;
}

Shape Transfer::address(const Leaf& leaf, const Shape& base) {
    const Operand& inner = leaf.operand->elements.at(0);
    if (inner.kind == Operand::Kind::Local) {
        return Shape::scalar();
    }
    return leaf.value == none ? Shape::scalar() : base;
}

bool Transfer::reads_one_lane(const Node& node, const std::vector<Shape>& sources) {
    const std::uint64_t* clamp = constant_of(node.src[2]);
    return node.instruction->mod.shuffle == isa::ShuffleMode::Idx && sources[1].uniform() && clamp != nullptr &&
           (*clamp & 0x1f1f) == 0x1f;
}

Shape Transfer::result(const Node& node, std::size_t index, std::uint32_t bits, const std::vector<Shape>& sources,
                       const Shape* guard, const Shape* previous) {
    const isa::Instruction& instruction = *node.instruction;
    if (std::ranges::any_of(sources, [](const Shape& shape) { return shape.unknown(); })) {
        return {};
    }
    Shape shape = Shape::any();
    switch (instruction.opcode) {
    case Opcode::Ld:
        // Local memory is each thread's own: the same offset is not the same place.
        if (instruction.mod.space != isa::Space::Local) {
            const Shape where = address(node.src[0], sources[0]);
            const std::int64_t bytes =
                std::max(1u, isa::bits_of(instruction.mod.type) / 8) * std::max<unsigned>(1, instruction.mod.vector);
            // What the emitter loads lane by lane has no parts.
            const unsigned parts = where.affine() && instruction.mod.space != isa::Space::SharedCluster &&
                                           is_regular(patterns_[where.pattern], bytes)
                                       ? flat_parts({where}, 4)
                                       : 0;
            if (parts == 1 || (parts > 1 && instruction.mod.semantics == isa::Semantics::Weak)) {
                shape = Shape::of(0, parts);
            }
        }
        break;
    case Opcode::Mapa:
    case Opcode::Getctarank:
        shape = std::ranges::all_of(sources, &Shape::uniform) ? Shape::scalar() : Shape::any();
        break;
    case Opcode::Cvta:
        if (instruction.mod.space == isa::Space::SharedCluster) {
            shape = sources[0].uniform() ? Shape::scalar() : Shape::any();
        } else if (instruction.mod.space != isa::Space::Local) { // each thread has a local window of its own
            shape = sources[0];
            shape.zeros = 0;
            shape.limit = 64;
        }
        break;
    case Opcode::Bar:
    case Opcode::Activemask:
        shape = Shape::scalar();
        break;
    case Opcode::Vote:
    case Opcode::Redux:
        // A warp-wide result, if all lanes name the same members.
        shape = sources.back().uniform() ? Shape::scalar() : Shape::any();
        break;
    case Opcode::Shfl:
        // The same in all lanes, or from one lane that all of them name.
        if (index == 0 && (sources[0].uniform() ||
                           ((node.dst.size() == 1 || node.dst[1] == none) && reads_one_lane(node, sources)))) {
            shape = Shape::scalar();
        }
        break;
    default:
        if (computes(instruction)) {
            shape = pure(node, bits, sources);
        }
        break;
    }
    if (guard != nullptr && previous != nullptr) {
        if (guard->unknown() || previous->unknown()) {
            return {};
        }
        shape = guard->uniform() ? join(shape, *previous) : Shape::any();
        shape.zeros = 0;
    }
    return shape;
}

} // namespace assay::vgpu::codegen
