#include "vgpu/codegen/runtime.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <emmintrin.h>
#include <vector>

#include <fmt/format.h>
#include <time.h>

#include "isa/decode.h"
#include "isa/evaluate.h"
#include "vgpu/codegen/block_run.h"

namespace assay::vgpu::codegen {

namespace {

template <class Use> bool each_lane(std::uint32_t mask, Use use) {
    for (; mask != 0; mask &= mask - 1) {
        if (!use(static_cast<unsigned>(std::countr_zero(mask)))) {
            return false;
        }
    }
    return true;
}

std::uint64_t fetch(const void* from, unsigned bytes) {
    std::uint64_t value = 0;
    std::memcpy(&value, from, bytes);
    return value;
}

/// Copies what one lane moves, in one piece up to 16 bytes, as a GPU does where it is aligned: a look-back scan passes
/// a flag and its value so (ld.relaxed.gpu.v2.u32), and other host threads must see both or neither.
void move_whole(void* to, const void* from, unsigned bytes) {
    switch (bytes) {
    case 4:
        *static_cast<volatile std::uint32_t*>(to) = *static_cast<const volatile std::uint32_t*>(from);
        break;
    case 8:
        *static_cast<volatile std::uint64_t*>(to) = *static_cast<const volatile std::uint64_t*>(from);
        break;
    case 16: // atomic on every processor with AVX (Intel SDM, volume 3, 9.1.1)
        *static_cast<volatile __m128i*>(to) = *static_cast<const volatile __m128i*>(from);
        break;
    default:
        std::memcpy(to, from, bytes);
    }
}

constexpr std::size_t widest_access = 32; ///< bytes of a lane: v4.b64, v8.b32

std::string_view name_of(isa::Space space) {
    switch (space) {
    case isa::Space::Shared:
    case isa::Space::SharedCluster:
        return "shared";
    case isa::Space::Local:
        return "local";
    default:
        return "parameter";
    }
}

/// One atomic operation on memory that other host threads may access.
template <class Word> Word update(Word* at, const isa::Modifiers& mod, std::uint64_t b, std::uint64_t c) {
    Word old_value = __atomic_load_n(at, __ATOMIC_RELAXED);
    for (;;) {
        const auto next = static_cast<Word>(isa::apply_atomic(mod, {old_value, 0}, {b, 0}, {c, 0}).bits);
        if (__atomic_compare_exchange_n(at, &old_value, next, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)) {
            return old_value;
        }
    }
}

template <class Float, class Word> Word add_float(Word* at, std::uint64_t b) {
    Word old_value = __atomic_load_n(at, __ATOMIC_RELAXED);
    for (;;) {
        const Word next =
            std::bit_cast<Word>(std::bit_cast<Float>(old_value) + std::bit_cast<Float>(static_cast<Word>(b)));
        if (__atomic_compare_exchange_n(at, &old_value, next, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)) {
            return old_value;
        }
    }
}

std::uint64_t update_32(std::uint32_t* at, const isa::Modifiers& mod, std::uint64_t b, std::uint64_t c) {
    const auto operand = static_cast<std::uint32_t>(b);
    switch (mod.atomic) {
    case isa::AtomicOp::Add:
        if (mod.type == isa::Type::F32) {
            return add_float<float>(at, b);
        }
        if (mod.type == isa::Type::U32 || mod.type == isa::Type::S32) {
            return __atomic_fetch_add(at, operand, __ATOMIC_SEQ_CST);
        }
        break;
    case isa::AtomicOp::Exch:
        return __atomic_exchange_n(at, operand, __ATOMIC_SEQ_CST);
    case isa::AtomicOp::And:
        return __atomic_fetch_and(at, operand, __ATOMIC_SEQ_CST);
    case isa::AtomicOp::Or:
        return __atomic_fetch_or(at, operand, __ATOMIC_SEQ_CST);
    default:
        break;
    }
    return update(at, mod, b, c);
}

std::uint64_t update_64(std::uint64_t* at, const isa::Modifiers& mod, std::uint64_t b, std::uint64_t c) {
    if (mod.atomic == isa::AtomicOp::Add) {
        return mod.type == isa::Type::F64 ? add_float<double>(at, b) : __atomic_fetch_add(at, b, __ATOMIC_SEQ_CST);
    }
    return update(at, mod, b, c);
}

} // namespace

void raise_fault(Context& context, const Frame& frame, const isa::Source& source, unsigned lane, Fault::Kind kind,
                 std::uint64_t address, std::string what) {
    const Launch& launch = *context.run->launch;
    const std::uint32_t thread = frame.warp * warp_size + lane;
    Fault fault;
    fault.kind = kind;
    fault.kernel = launch.module->program.functions[launch.kernel].name;
    fault.source = source;
    fault.block = {context.block_index[0], context.block_index[1], context.block_index[2]};
    fault.thread = {thread % launch.block[0], thread / launch.block[0] % launch.block[1],
                    thread / launch.block[0] / launch.block[1]};
    fault.address = address;
    fault.message = fmt::format("{} at {}: {}; block ({}, {}, {}), thread ({}, {}, {})", fault.kernel,
                                isa::describe(launch.module->program, source), what, fault.block[0], fault.block[1],
                                fault.block[2], fault.thread[0], fault.thread[1], fault.thread[2]);
    context.run->fault = std::move(fault);
}

std::uint64_t checked_address(Context& context, const Frame& frame, const isa::Instruction& instruction,
                              isa::Space space, unsigned lane, std::uint64_t address, std::uint64_t bytes) {
    const auto fail = [&](Fault::Kind kind, std::string what) -> std::uint64_t {
        raise_fault(context, frame, instruction.source, lane, kind, address, std::move(what));
        return 0;
    };
    if (address % bytes != 0) {
        return fail(Fault::Kind::Misaligned, fmt::format("`{}` accesses {:#x}, which is not aligned to its {} bytes",
                                                         instruction.text, address, bytes));
    }
    std::uint64_t base = 0, length = 0;
    switch (space) {
    case isa::Space::SharedCluster:
        if (const auto at = cluster_address(context, address, bytes)) {
            return *at;
        }
        return fail(Fault::Kind::IllegalAddress,
                    fmt::format("`{}` accesses {:#x}, which is in no block of the cluster", instruction.text, address));
    case isa::Space::Shared:
        base = context.shared_base;
        length = context.shared_bytes;
        break;
    case isa::Space::Local:
        base = context.local_base + (std::uint64_t{frame.warp} * warp_size + lane) * context.local_stride;
        length = context.local_bytes;
        break;
    case isa::Space::Param:
        base = context.parameters;
        length = context.run->parameter_bytes;
        break;
    default:
        if (context.region_bytes < bytes || address - context.region_base > context.region_bytes - bytes) {
            return fail(Fault::Kind::IllegalAddress,
                        fmt::format("`{}` accesses {:#x}, which is no device memory", instruction.text, address));
        }
        return address;
    }
    const std::uint64_t offset = address & 0xffffffffu;
    if (length < bytes || offset > length - bytes) {
        return fail(Fault::Kind::IllegalAddress, fmt::format("`{}` accesses offset {} of the {} bytes of {} memory",
                                                             instruction.text, offset, length, name_of(space)));
    }
    return base + offset;
}

bool runtime_load(Context* context, Frame* frame, const Site* site, std::uint32_t mask, const std::uint64_t* addresses,
                  void* data) {
    const unsigned bytes = site->element_bytes;
    return each_lane(mask, [&](unsigned lane) {
        const std::uint64_t from = checked_address(*context, *frame, *site->instruction, site->space, lane,
                                                   addresses[lane], std::uint64_t{bytes} * site->elements);
        if (from == 0) {
            return false;
        }
        alignas(widest_access) std::array<std::byte, widest_access> whole;
        move_whole(whole.data(), reinterpret_cast<const void*>(from), bytes * site->elements);
        for (unsigned i = 0; i < site->elements; ++i) {
            std::uint64_t value = fetch(&whole[std::size_t{i} * bytes], bytes);
            if (site->sign_extend && bytes < 8) {
                const std::uint64_t sign = 1ull << (bytes * 8 - 1);
                value = (value ^ sign) - sign;
            }
            std::memcpy(static_cast<std::byte*>(data) + (std::uint64_t{i} * warp_size + lane) * site->register_bytes,
                        &value, site->register_bytes);
        }
        return true;
    });
}

bool runtime_store(Context* context, Frame* frame, const Site* site, std::uint32_t mask, const std::uint64_t* addresses,
                   const void* data) {
    const unsigned bytes = site->element_bytes;
    return each_lane(mask, [&](unsigned lane) {
        const std::uint64_t to = checked_address(*context, *frame, *site->instruction, site->space, lane,
                                                 addresses[lane], std::uint64_t{bytes} * site->elements);
        if (to == 0) {
            return false;
        }
        alignas(widest_access) std::array<std::byte, widest_access> whole;
        for (unsigned i = 0; i < site->elements; ++i) {
            std::memcpy(&whole[std::size_t{i} * bytes],
                        static_cast<const std::byte*>(data) +
                            (std::uint64_t{i} * warp_size + lane) * site->register_bytes,
                        bytes);
        }
        move_whole(reinterpret_cast<void*>(to), whole.data(), bytes * site->elements);
        return true;
    });
}

bool runtime_atomic(Context* context, Frame* frame, const Site* site, std::uint32_t mask,
                    const std::uint64_t* addresses, const std::uint64_t* b, const std::uint64_t* c,
                    std::uint64_t* old_values) {
    const isa::Modifiers& mod = site->instruction->mod;
    const unsigned bytes = site->element_bytes;
    return each_lane(mask, [&](unsigned lane) {
        const std::uint64_t at = checked_address(*context, *frame, *site->instruction, site->space, lane,
                                                 addresses[lane], std::uint64_t{bytes} * site->elements);
        if (at == 0) {
            return false;
        }
        for (unsigned i = 0; i < site->elements; ++i) {
            const std::uint64_t place = at + std::uint64_t{i} * bytes;
            const unsigned slot = i * warp_size + lane;
            switch (bytes) {
            case 2:
                old_values[slot] = update(reinterpret_cast<std::uint16_t*>(place), mod, b[slot], c[slot]);
                break;
            case 4:
                old_values[slot] = update_32(reinterpret_cast<std::uint32_t*>(place), mod, b[slot], c[slot]);
                break;
            default:
                old_values[slot] = update_64(reinterpret_cast<std::uint64_t*>(place), mod, b[slot], c[slot]);
                break;
            }
        }
        return true;
    });
}

bool runtime_copy(Context* context, Frame* frame, const Site* site, std::uint32_t mask, const std::uint64_t* to,
                  const std::uint64_t* from, const std::uint32_t* bytes) {
    const isa::Instruction& instruction = *site->instruction;
    const std::uint32_t size = instruction.mod.immediate;
    return each_lane(mask, [&](unsigned lane) {
        const std::uint64_t target =
            checked_address(*context, *frame, instruction, isa::Space::Shared, lane, to[lane], size);
        if (target == 0) {
            return false;
        }
        std::array<std::byte, 16> data{};
        const std::uint32_t wanted = std::min(bytes[lane], size);
        if (wanted != 0) {
            // The whole size is checked: it is what the source must be aligned to, and memory comes in pages.
            const std::uint64_t source =
                checked_address(*context, *frame, instruction, isa::Space::Global, lane, from[lane], size);
            if (source == 0) {
                return false;
            }
            std::memcpy(data.data(), reinterpret_cast<const void*>(source), wanted);
        }
        std::memcpy(reinterpret_cast<void*>(target), data.data(), size);
        return true;
    });
}

void runtime_count(Context* context, const CountedAccess* access, std::uint32_t mask, const std::uint64_t* addresses) {
    const Dim3& block = context->run->launch->block;
    const std::uint64_t threads = std::uint64_t{block[0]} * block[1] * block[2];
    const WindowRanges windows{.shared = context->shared_base,
                               .shared_bytes = context->shared_bytes,
                               .local = context->local_base,
                               .local_bytes = threads * context->local_stride};
    add_access(context->accesses[access->at], access->space, access->bytes, mask & access->lanes, addresses, windows);
}

void runtime_evaluate(const Site* site, std::uint32_t count, const std::uint64_t* sources, std::uint64_t* results) {
    const isa::Instruction& instruction = *site->instruction;
    std::array<isa::Value, 32> in, out;
    for (std::uint32_t lane = 0; lane < count; ++lane) {
        for (unsigned i = 0; i < site->sources; ++i) {
            in[i] = {sources[i * count + lane], 0};
        }
        isa::Flags flags;
        if (site->carry_in) {
            flags.carry = in[site->sources - 1u].bits != 0;
        }
        const unsigned operands = site->sources - (site->carry_in ? 1u : 0u);
        const unsigned values = site->results - (site->carry_out ? 1u : 0u);
        isa::evaluate(instruction, {in.data(), operands}, {out.data(), values}, flags);
        if (site->carry_out) {
            out[values].bits = flags.carry ? 1 : 0;
        }
        for (unsigned i = 0; i < site->results; ++i) {
            results[i * count + lane] = out[i].bits;
        }
    }
}

void runtime_warp(const Site* site, std::uint32_t mask, const std::uint64_t* sources, std::uint64_t* results) {
    const isa::Instruction& instruction = *site->instruction;
    const std::uint64_t* members = sources + (instruction.opcode == isa::Opcode::Elect ? 0 : warp_size);
    each_lane(mask, [&](unsigned lane) {
        const std::uint32_t together = mask & (static_cast<std::uint32_t>(members[lane]) | 1u << lane);
        switch (instruction.opcode) {
        case isa::Opcode::Match: {
            std::uint32_t equal = 0;
            each_lane(together, [&](unsigned other) {
                equal |= sources[other] == sources[lane] ? 1u << other : 0;
                return true;
            });
            const bool all = equal == together;
            const bool any_mode = instruction.mod.match == isa::MatchMode::Any;
            results[lane] = any_mode ? equal : all ? together : 0;
            results[warp_size + lane] = all ? 1 : 0;
            break;
        }
        case isa::Opcode::Redux: {
            const auto first = static_cast<unsigned>(std::countr_zero(together));
            isa::Value value{sources[first], 0};
            each_lane(together & (together - 1), [&](unsigned other) {
                value = isa::apply_atomic(instruction.mod, value, {sources[other], 0}, {});
                return true;
            });
            results[lane] = value.bits;
            break;
        }
        default: { // elect
            const auto leader = static_cast<unsigned>(std::countr_zero(together));
            results[lane] = leader;
            results[warp_size + lane] = leader == lane ? 1 : 0;
            break;
        }
        }
        return true;
    });
}

bool runtime_call(Context* context, Frame* frame, const Site* site, std::uint32_t mask) {
    const Launch& launch = *context->run->launch;
    const isa::Function& callee = launch.module->program.functions[*site->call->callee];
    return each_lane(mask, [&](unsigned lane) {
        const std::uint64_t window =
            context->local_base + (std::uint64_t{frame->warp} * warp_size + lane) * context->local_stride;
        std::uint32_t bytes = 0;
        for (const isa::ParamSlot& slot : callee.parameters) {
            bytes = std::max(bytes, slot.offset + slot.bytes);
        }
        std::vector<std::byte> arguments(bytes);
        for (std::size_t i = 0; i < std::min(site->call->arguments.size(), callee.parameters.size()); ++i) {
            const isa::ParamSlot& from = site->call->arguments[i];
            std::memcpy(arguments.data() + callee.parameters[i].offset,
                        reinterpret_cast<const void*>(window + from.offset),
                        std::min(from.bytes, callee.parameters[i].bytes));
        }
        std::vector<std::byte> result(site->call->returns.empty() ? 0 : site->call->returns[0].bytes);
        std::optional<Fault> fault;
        if (!call_external(launch, callee, arguments, result, fault)) {
            raise_fault(*context, *frame, site->instruction->source, lane, Fault::Kind::LaunchFailure, 0,
                        fmt::format("call of {}, which is not defined", callee.name));
            return false;
        }
        if (fault) {
            raise_fault(*context, *frame, site->instruction->source, lane, fault->kind, fault->address, fault->message);
            return false;
        }
        if (!result.empty()) {
            std::memcpy(reinterpret_cast<void*>(window + site->call->returns[0].offset), result.data(), result.size());
        }
        return true;
    });
}

bool runtime_trap(Context* context, Frame* frame, const Site* site, std::uint32_t mask) {
    if (mask == 0) {
        return true;
    }
    const isa::Instruction& instruction = *site->instruction;
    const bool is_call = instruction.mod.immediate != 0; // flatten.h
    raise_fault(*context, *frame, instruction.source, static_cast<unsigned>(std::countr_zero(mask)),
                is_call ? Fault::Kind::LaunchFailure : Fault::Kind::Trap, 0,
                is_call ? instruction.text : fmt::format("`{}`", instruction.text));
    return false;
}

bool runtime_arrive(Context* context, Frame* frame, std::uint32_t barrier, std::uint32_t threads) {
    return context->run->arrive(frame->warp, barrier, threads, 0, 0);
}

std::uint64_t runtime_clock() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<std::uint64_t>(now.tv_nsec);
}

} // namespace assay::vgpu::codegen
