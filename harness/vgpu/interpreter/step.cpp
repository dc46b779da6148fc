// One instruction for the lanes that share a position, and what changes a thread's position.
#include <algorithm>
#include <array>
#include <cstring>

#include <fmt/format.h>

#include "vgpu/interpreter/machine.h"

namespace assay::vgpu::interpreter {

namespace {

/// Operands of a pure instruction, elements counted: those of mov are the longest vectors.
constexpr std::size_t max_values = 8;

/// Through these a thread can wait for another one, so a loop around them must not starve the others.
bool is_contact(const isa::Instruction& instruction) {
    switch (instruction.opcode) {
    case isa::Opcode::Atom:
    case isa::Opcode::Red:
    case isa::Opcode::Nanosleep:
        return true;
    case isa::Opcode::Mbarrier:
        return instruction.mod.mbarrier == isa::MbarrierMode::TestWait ||
               instruction.mod.mbarrier == isa::MbarrierMode::TestParity;
    case isa::Opcode::Ld:
        return instruction.mod.semantics != isa::Semantics::Weak;
    default:
        return false;
    }
}

bool is_warp_level(isa::Opcode opcode) {
    using enum isa::Opcode;
    switch (opcode) {
    case BarWarp:
    case Vote:
    case Match:
    case Redux:
    case Shfl:
    case Elect:
    case Mma:
    case WmmaLoad:
    case WmmaStore:
    case WmmaMma:
    case Ldmatrix:
    case Stmatrix:
    case Movmatrix:
    case Wgmma:
        return true;
    default:
        return false;
    }
}

} // namespace

void Machine::step(Block& block, Warp& warp, Lanes group) {
    const auto first = static_cast<std::uint32_t>(std::countr_zero(group));
    const isa::Instruction& instruction = context_of(block, warp, first).instruction;
    ++clock_;
    ++warp.steps;
    warp.contacts += is_contact(instruction) ? 1 : 0;

    Lanes active = 0;
    for_each_lane(group, [&](std::uint32_t lane) {
        const Context context{block, warp, block.threads[warp.first + lane], instruction};
        context.thread.last_step = warp.steps;
        context.thread.last_contact = warp.contacts;
        if (launch_.checker != nullptr && instruction.guard) {
            settle(context, context.thread.top().doubts[*instruction.guard]);
        }
        active |= guard_holds(context) ? 1u << lane : 0;
    });
    if (launch_.counting != Counting::Off) {
        count(block, warp, instruction, group, active);
    }
    for_each_lane(group & ~active, [&](std::uint32_t lane) { ++block.threads[warp.first + lane].top().position; });
    if (launch_.checker != nullptr) {
        for_each_lane(active, [&](std::uint32_t lane) {
            check_sources({block, warp, block.threads[warp.first + lane], instruction});
        });
    }
    if (is_warp_level(instruction.opcode)) {
        wait_at_warp(block, warp, active);
        meet(block, warp);
        return;
    }
    for_each_lane(active, [&](std::uint32_t lane) {
        if (fault_) {
            return;
        }
        const Context context{block, warp, block.threads[warp.first + lane], instruction};
        if (instruction.opcode == isa::Opcode::Activemask) {
            write(context, instruction.dst[0], {active});
            ++context.thread.top().position;
        } else {
            execute(context);
        }
    });
    if (instruction.opcode == isa::Opcode::Bar) {
        complete_barriers(block);
    } else if (instruction.opcode == isa::Opcode::ClusterBarrier) {
        complete_cluster_barrier(*block.cluster);
    } else if (instruction.opcode == isa::Opcode::Exit || instruction.opcode == isa::Opcode::Ret) {
        // Nobody waits for those that have gone.
        meet(block, warp);
        complete_barriers(block);
        if (block.cluster->blocks.size() > 1) {
            complete_cluster_barrier(*block.cluster);
        }
    }
}

/// Executes one instruction that involves no other thread and moves on. The order of the cases is that of the ISA.
void Machine::execute(const Context& context) {
    using enum isa::Opcode;
    const isa::Instruction& instruction = context.instruction;
    Frame& frame = context.thread.top();
    switch (instruction.opcode) {
    case Ld:
        load(context);
        break;
    case St:
        store(context);
        break;
    case Isspacep:
        is_in_space(context);
        break;
    case Cvta:
        convert_address(context);
        break;
    case Mapa:
        map_rank(context);
        break;
    case Getctarank:
        find_rank(context);
        break;
    case Mbarrier:
    case BulkCopy:
    case TensorCopy:
    case StAsync:
    case RedAsync:
        execute_async(context);
        break;
    case Createpolicy:
        write(context, instruction.dst[0], {});
        break;
    case CpAsync:
        copy_async(context);
        break;
    case CpAsyncCommit:
    case CpAsyncWait:
    case CpAsyncWaitAll:
    case Fence: // one thread runs at a time, so memory is sequentially consistent
        if (launch_.checker != nullptr) {
            check_order(context);
        }
        break;
    case Prefetch:
    case Applypriority:
    case Discard:
    case Nanosleep:
    case Pmevent:
    case Hint:
        break;
    case Bra:
        frame.position = instruction.targets[0];
        return;
    case BrxIdx: {
        const std::uint64_t index = read(context, instruction.src[0]).bits & 0xffffffffu;
        if (index >= instruction.targets.size()) {
            fail(context, Fault::Kind::LaunchFailure,
                 fmt::format("brx.idx to entry {} of a table of {}", index, instruction.targets.size()));
            return;
        }
        frame.position = instruction.targets[index];
        return;
    }
    case Call:
        call(context);
        return;
    case Ret:
        leave(context);
        return;
    case Exit:
        exit(context);
        return;
    case Trap:
    case Brkpt: // no debugger is attached
        fail(context, Fault::Kind::Trap, instruction.text);
        return;
    case Bar:
        arrive(context);
        return;
    case ClusterBarrier:
        arrive_in_cluster(context);
        return;
    case Atom:
    case Red:
        atomic(context);
        break;
    case Mov:
        if (!isa::is_pure(instruction)) {
            write(context, instruction.dst[0], read(context, instruction.src[0]));
            break;
        }
        [[fallthrough]];
    default:
        if (!isa::is_pure(instruction)) {
            fail(context, Fault::Kind::IllegalInstruction,
                 fmt::format("`{}` is executed by nothing here", instruction.text));
            return;
        }
        execute_pure(context);
        break;
    }
    ++frame.position;
}

void Machine::execute_pure(const Context& context) {
    const isa::Instruction& instruction = context.instruction;
    std::array<isa::Value, max_values> src;
    std::array<isa::Value, max_values> dst;
    const std::size_t sources = read_all(context, instruction.src, src);
    std::size_t results = 0;
    for (const isa::Operand& operand : instruction.dst) {
        results += operand.kind == isa::Operand::Kind::Vector ? operand.elements.size() : 1;
    }
    isa::evaluate(instruction, std::span(src).first(sources), std::span(dst).first(results), context.thread.flags);
    const isa::Type type = instruction.mod.type;
    if (instruction.opcode == isa::Opcode::Cvt && isa::is_signed(type) && !isa::is_packed(type)) {
        // The destination register may be wider than the type: it is sign-extended (9.4.1).
        const std::uint64_t sign = 1ull << (isa::bits_of(type) - 1);
        dst[0].bits = (dst[0].bits ^ sign) - sign;
    }
    write_all(context, instruction.dst, dst);
}

void Machine::call(const Context& context) {
    const isa::Instruction& instruction = context.instruction;
    const isa::CallSite& site = function_of(context.thread).calls[instruction.call];
    std::optional<std::uint32_t> callee = site.callee;
    if (!callee) {
        const std::uint64_t address = read(context, instruction.src[0]).bits;
        callee = function_at(program_, address);
        if (!callee) {
            fail(context, Fault::Kind::LaunchFailure, fmt::format("call of {:#x}, which is no function", address),
                 address);
            return;
        }
    }
    const isa::Function& function = program_.functions[*callee];
    if (!function.defined) {
        call_undefined(context, site, function);
        return;
    }
    const bool fits =
        site.arguments.size() == function.parameters.size() && site.returns.size() == function.returns.size() &&
        std::ranges::equal(site.arguments, function.parameters, {}, &isa::ParamSlot::bytes, &isa::ParamSlot::bytes) &&
        std::ranges::equal(site.returns, function.returns, {}, &isa::ParamSlot::bytes, &isa::ParamSlot::bytes);
    if (!fits) {
        fail(context, Fault::Kind::LaunchFailure, fmt::format("call of {} with other parameters", function.name));
        return;
    }
    enter(context, site, *callee);
}

void Machine::call_undefined(const Context& context, const isa::CallSite& site, const isa::Function& callee) {
    Frame& frame = context.thread.top();
    std::size_t bytes = 0;
    for (const isa::ParamSlot& parameter : callee.parameters) {
        bytes = std::max<std::size_t>(bytes, parameter.offset + parameter.bytes);
    }
    std::vector<std::byte> arguments(bytes);
    for (std::size_t i = 0; i < std::min(site.arguments.size(), callee.parameters.size()); ++i) {
        const isa::ParamSlot& from = site.arguments[i];
        const isa::ParamSlot& to = callee.parameters[i];
        std::memcpy(arguments.data() + to.offset, frame.parameters.data() + from.offset,
                    std::min(from.bytes, to.bytes));
    }
    std::span<std::byte> result;
    if (!site.returns.empty()) {
        result = std::span(frame.parameters).subspan(site.returns[0].offset, site.returns[0].bytes);
    }
    std::optional<Fault> fault;
    if (!call_external(launch_, callee, arguments, result, fault)) {
        fail(context, Fault::Kind::LaunchFailure, fmt::format("call of {}, which is not defined", callee.name));
        return;
    }
    known_.clear(); // malloc and free change what is allocated
    if (fault) {
        fail(context, fault->kind, fault->message);
        return;
    }
    ++frame.position;
}

void Machine::enter(const Context& context, const isa::CallSite& site, std::uint32_t callee) {
    Thread& thread = context.thread;
    const isa::Function& function = program_.functions[callee];
    const isa::Function& caller = function_of(thread);
    const std::uint32_t alignment = std::max(function.local_alignment, 16u);
    const std::uint32_t local = (thread.top().local + caller.local_bytes + alignment - 1) / alignment * alignment;
    if (thread.depth == max_call_depth || local + function.local_bytes > local_bytes_) {
        fail(context, Fault::Kind::LaunchFailure, fmt::format("stack overflow in a call of {}", function.name));
        return;
    }
    if (thread.frames.size() == thread.depth) {
        thread.frames.emplace_back();
    }
    Frame& to = thread.frames[thread.depth];
    const Frame& from = thread.top();
    to.function = callee;
    to.position = 0;
    to.local = local;
    to.registers.assign(function.registers.size(), {});
    to.doubts.assign(launch_.checker != nullptr ? function.registers.size() : 0, 0);
    to.parameters.assign(function.frame_bytes, std::byte{0});
    for (std::size_t i = 0; i < site.arguments.size(); ++i) {
        std::memcpy(to.parameters.data() + function.parameters[i].offset,
                    from.parameters.data() + site.arguments[i].offset, site.arguments[i].bytes);
    }
    ++thread.depth;
}

void Machine::leave(const Context& context) {
    Thread& thread = context.thread;
    if (thread.depth == 1) {
        exit(context);
        return;
    }
    const Frame& from = thread.top();
    const isa::Function& function = program_.functions[from.function];
    --thread.depth;
    Frame& to = thread.top();
    const isa::CallSite& site = function_of(thread).calls[instruction_of(thread).call];
    for (std::size_t i = 0; i < site.returns.size(); ++i) {
        std::memcpy(to.parameters.data() + site.returns[i].offset, from.parameters.data() + function.returns[i].offset,
                    site.returns[i].bytes);
    }
    ++to.position;
}

void Machine::exit(const Context& context) {
    context.thread.state = Thread::State::Exited;
}

} // namespace assay::vgpu::interpreter
