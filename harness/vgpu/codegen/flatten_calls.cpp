// Calls: copies of functions, and recursion as jumps.
#include <algorithm>

#include <fmt/format.h>

#include "vgpu/codegen/flattener.h"

namespace assay::vgpu::codegen {

using isa::Instruction;
using isa::Opcode;
using isa::Operand;
using isa::Space;

void Flattener::put_branch(const Instruction& guarded, bool negated) {
    Instruction branch;
    branch.opcode = Opcode::Bra;
    branch.guard = guarded.guard;
    branch.guard_negated = negated;
    branch.source = guarded.source;
    branch.text = guarded.text;
    put(std::move(branch));
}

void Flattener::append_call(const Instruction& instruction, const Instance& caller, std::uint32_t position_in_caller) {
    const isa::CallSite& site = caller.function->calls[instruction.call];
    if (!site.callee) {
        append_indirect_call(instruction, caller, position_in_caller);
        return;
    }
    const isa::Function& callee = program_.functions[*site.callee];
    if (!callee.defined) {
        if (caller.on_stack) {
            stop("a call of " + callee.name + " in a function that calls itself", instruction.source);
            return;
        }
        isa::CallSite moved = site;
        for (auto* slots : {&moved.arguments, &moved.returns}) {
            for (isa::ParamSlot& slot : *slots) {
                slot.offset += caller.param;
            }
        }
        Instruction call = instruction;
        call.call = static_cast<std::uint32_t>(flat_.calls.size());
        flat_.calls.push_back(std::move(moved));
        put(std::move(call));
        return;
    }
    if (site.arguments.size() != callee.parameters.size() || site.returns.size() != callee.returns.size()) {
        stop("a call whose arguments do not fit " + callee.name, instruction.source);
        return;
    }
    append_direct_call(instruction, caller, position_in_caller, *site.callee);
}

void Flattener::append_direct_call(const Instruction& instruction, const Instance& caller,
                                   std::uint32_t position_in_caller, std::uint32_t index) {
    if (recursion_ != nullptr && index == recursion_->function) {
        append_recursive_call(instruction, caller, position_in_caller);
        return;
    }
    if (calls_.calls_itself(index)) {
        if (recursion_ != nullptr) {
            stop("a recursive function that calls another one", instruction.source);
            return;
        }
        begin_recursion(instruction, caller, index);
        return;
    }
    const isa::CallSite& site = caller.function->calls[instruction.call];
    const isa::Function& callee = program_.functions[index];
    const std::uint32_t frame = reserve_local(callee.frame_bytes);
    for (std::size_t i = 0; i < site.arguments.size(); ++i) {
        copy(site.arguments[i].offset + caller.param, callee.parameters[i].offset + frame,
             std::min(site.arguments[i].bytes, callee.parameters[i].bytes), instruction);
    }
    append(index, frame);
    for (std::size_t i = 0; i < site.returns.size(); ++i) {
        copy(callee.returns[i].offset + frame, site.returns[i].offset + caller.param,
             std::min(site.returns[i].bytes, callee.returns[i].bytes), instruction);
    }
}

Operand Flattener::stack_pointer() {
    if (!stack_pointer_) {
        stack_pointer_ = new_register(isa::Type::B64);
    }
    return *stack_pointer_;
}

void Flattener::begin_recursion(const Instruction& call, const Instance& caller, std::uint32_t index) {
    const isa::CallSite& site = caller.function->calls[call.call];
    const isa::Function& callee = program_.functions[index];
    Recursion recursion;
    recursion.function = index;
    recursion.link = align_up(callee.frame_bytes, 16);
    recursion.frame = recursion.link + 16;
    stack_starts_.push_back(position());
    put_made(call, Opcode::Mov, isa::Type::B64, {stack_pointer()}, {immediate(0)});
    for (std::size_t i = 0; i < site.arguments.size(); ++i) {
        move_bytes({site.arguments[i].offset + caller.param, false}, {callee.parameters[i].offset, true},
                   site.arguments[i].bytes, call);
    }
    store_link(call, 1, recursion.link);
    recursion_ = &recursion;
    recursion.state = new_register(isa::Type::B32).index;
    put_state(call, 0);
    recursion.dispatch = position();
    put_made(call, Opcode::BrxIdx, isa::Type::None, {}, {state()});
    recursion.places = {position(), 0};
    append(index, 0);
    put_made(call, Opcode::Ld, isa::Type::B32, {state()}, {on_stack(recursion.link)});
    put_jump(call, recursion.dispatch);
    recursion_ = nullptr;
    recursion.places[1] = position();
    flat_.body[recursion.dispatch].targets = recursion.places;
    recursion.frame = align_up(recursion.frame, 16);
    if (2 * recursion.frame > stack_bytes) {
        stop("a frame of " + std::to_string(recursion.frame) + " bytes in recursion", call.source);
    }
    for (const std::uint32_t size : recursion.sizes) {
        flat_.body[size].src[1].bits = recursion.frame;
    }
    for (const std::uint32_t offset : recursion.offsets) {
        flat_.body[offset].src[0].offset += recursion.frame;
    }
    for (std::size_t i = 0; i < site.returns.size(); ++i) {
        move_bytes({callee.returns[i].offset, true}, {site.returns[i].offset + caller.param, false},
                   site.returns[i].bytes, call);
    }
}

void Flattener::append_recursive_call(const Instruction& call, const Instance& caller,
                                      std::uint32_t position_in_caller) {
    Recursion& recursion = *recursion_;
    const isa::CallSite& site = caller.function->calls[call.call];
    const isa::Function& callee = program_.functions[recursion.function];
    std::vector<Operand> saved;
    for (const std::uint32_t reg : calls_.alive_across(caller.index, position_in_caller)) {
        Operand value;
        value.kind = Operand::Kind::Register;
        value.index = reg + caller.registers;
        value.type = flat_.registers[value.index];
        saved.push_back(std::move(value));
    }
    const std::uint32_t place = reserve_local(static_cast<std::uint32_t>(saved.size()) * 8);
    for (std::size_t i = 0; i < saved.size(); ++i) {
        save(saved[i], on_stack(place + static_cast<std::uint32_t>(i) * 8), call, false);
    }
    const auto next = [&](std::size_t first) { // accesses that name the next frame
        for (std::size_t i = first; i < flat_.body.size(); ++i) {
            if (flat_.body[i].opcode == Opcode::St) {
                recursion.offsets.push_back(static_cast<std::uint32_t>(i));
            }
        }
    };
    std::size_t first = flat_.body.size();
    for (std::size_t i = 0; i < site.arguments.size(); ++i) {
        move_bytes({site.arguments[i].offset + caller.param, true}, {callee.parameters[i].offset, true},
                   site.arguments[i].bytes, call);
    }
    store_link(call, static_cast<std::uint32_t>(recursion.places.size()), recursion.link);
    next(first);
    // Two frames must still fit: this one, which the pointer is at the start of, and the next.
    const Operand overflow = new_register(isa::Type::Pred);
    stack_limits_.push_back(position());
    recursion.sizes.push_back(position());
    put_made(call, Opcode::Setp, isa::Type::U64, {overflow}, {stack_pointer(), immediate(0)});
    flat_.body.back().mod.compare = isa::Compare::Gt;
    put_fault(call, overflow.index, fmt::format("stack overflow in a call of {}", callee.name));
    recursion.sizes.push_back(position());
    put_made(call, Opcode::Add, isa::Type::U64, {stack_pointer()}, {stack_pointer(), immediate(0)});
    put_state(call, 0);
    put_jump(call, recursion.dispatch);
    // Back here.
    recursion.places.push_back(position());
    recursion.sizes.push_back(position());
    put_made(call, Opcode::Sub, isa::Type::U64, {stack_pointer()}, {stack_pointer(), immediate(0)});
    for (std::size_t i = 0; i < saved.size(); ++i) {
        save(saved[i], on_stack(place + static_cast<std::uint32_t>(i) * 8), call, true);
    }
    first = flat_.body.size();
    for (std::size_t i = 0; i < site.returns.size(); ++i) {
        move_bytes({callee.returns[i].offset, true}, {site.returns[i].offset + caller.param, true},
                   site.returns[i].bytes, call);
    }
    for (std::size_t i = first; i < flat_.body.size(); ++i) {
        if (flat_.body[i].opcode == Opcode::Ld) {
            recursion.offsets.push_back(static_cast<std::uint32_t>(i));
        }
    }
}

void Flattener::append_indirect_call(const Instruction& instruction, const Instance& caller,
                                     std::uint32_t position_in_caller) {
    const isa::CallSite& site = caller.function->calls[instruction.call];
    std::vector<std::uint32_t> joins;
    for (const std::uint32_t candidate : calls_.candidates(site)) {
        const Operand other = new_register(isa::Type::Pred);
        put_made(instruction, Opcode::Setp, isa::Type::U64, {other},
                 {instruction.src[0], immediate(function_address(candidate))});
        flat_.body.back().mod.compare = isa::Compare::Ne;
        const std::uint32_t skip = position();
        put_made(instruction, Opcode::Bra, isa::Type::None, {}, {});
        flat_.body.back().guard = other.index;
        append_direct_call(instruction, caller, position_in_caller, candidate);
        joins.push_back(position());
        put_made(instruction, Opcode::Bra, isa::Type::None, {}, {});
        flat_.body[skip].targets = {position()};
        if (problem_) {
            return;
        }
    }
    put_fault(instruction, std::nullopt, "a call of what is no function, or one with other parameters");
    for (const std::uint32_t join : joins) {
        flat_.body[join].targets = {position()};
    }
}

Operand Flattener::new_register(isa::Type type) {
    Operand value;
    value.kind = Operand::Kind::Register;
    value.type = type;
    value.index = static_cast<std::uint32_t>(flat_.registers.size());
    flat_.registers.push_back(type);
    return value;
}

Operand Flattener::immediate(std::uint64_t bits) {
    Operand value;
    value.kind = Operand::Kind::Immediate;
    value.bits = bits;
    return value;
}

Operand Flattener::on_stack(std::uint32_t offset) {
    Operand address;
    address.kind = Operand::Kind::Address;
    address.offset = offset;
    address.elements.push_back(stack_pointer());
    return address;
}

void Flattener::put_made(const Instruction& call, Opcode opcode, isa::Type type, std::vector<Operand> dst,
                         std::vector<Operand> src) {
    Instruction made;
    made.opcode = opcode;
    made.mod.type = type;
    made.mod.space = opcode == Opcode::Ld || opcode == Opcode::St ? Space::Local : Space::Generic;
    made.dst = std::move(dst);
    made.src = std::move(src);
    made.source = call.source;
    made.text = call.text;
    put(std::move(made));
}

void Flattener::put_fault(const Instruction& call, std::optional<std::uint32_t> predicate, std::string what) {
    const std::uint32_t skip = position();
    if (predicate) {
        put_made(call, Opcode::Bra, isa::Type::None, {}, {});
        flat_.body.back().guard = predicate;
        flat_.body.back().guard_negated = true;
    }
    put_made(call, Opcode::Trap, isa::Type::None, {}, {});
    flat_.body.back().mod.immediate = 1;
    flat_.body.back().text = std::move(what);
    if (predicate) {
        flat_.body[skip].targets = {position()};
    }
}

Operand Flattener::state() const {
    Operand value;
    value.kind = Operand::Kind::Register;
    value.type = isa::Type::B32;
    value.index = recursion_->state;
    return value;
}

void Flattener::put_state(const Instruction& source, std::uint32_t number) {
    put_made(source, Opcode::Mov, isa::Type::B32, {state()}, {immediate(number)});
}

void Flattener::put_jump(const Instruction& source, std::uint32_t target) {
    put_made(source, Opcode::Bra, isa::Type::None, {}, {});
    flat_.body.back().targets = {target};
}

void Flattener::put_branch_back(const Instruction& branch, std::uint32_t target, const Original& original) {
    Instruction skip = branch;
    skip.guard_negated = !branch.guard_negated;
    skip.targets = {position() + 3};
    if (branch.guard) {
        put(std::move(skip), original);
    }
    put_state(branch, static_cast<std::uint32_t>(recursion_->places.size()));
    put_jump(branch, recursion_->dispatch);
    recursion_->places.push_back(target);
}

bool Flattener::calls_itself_between(const isa::Function& function, std::uint32_t first, std::uint32_t last) const {
    for (std::uint32_t i = first; i <= last; ++i) {
        if (function.body[i].opcode != Opcode::Call) {
            continue;
        }
        const isa::CallSite& site = function.calls[function.body[i].call];
        const auto callees = site.callee ? std::vector{*site.callee} : calls_.candidates(site);
        if (std::ranges::find(callees, recursion_->function) != callees.end()) {
            return true;
        }
    }
    return false;
}

void Flattener::store_link(const Instruction& call, std::uint32_t number, std::uint32_t link) {
    const Operand value = new_register(isa::Type::B32);
    put_made(call, Opcode::Mov, isa::Type::B32, {value}, {immediate(number)});
    put_made(call, Opcode::St, isa::Type::B32, {}, {on_stack(link), value});
}

void Flattener::save(const Operand& reg, const Operand& place, const Instruction& call, bool back) {
    const isa::Type type = flat_.registers[reg.index];
    const unsigned bits = isa::bits_of(type);
    if (type == isa::Type::Pred) {
        const Operand word = new_register(isa::Type::B32);
        if (back) {
            put_made(call, Opcode::Ld, isa::Type::B32, {word}, {place});
            put_made(call, Opcode::Setp, isa::Type::U32, {reg}, {word, immediate(0)});
            flat_.body.back().mod.compare = isa::Compare::Ne;
        } else {
            put_made(call, Opcode::Selp, isa::Type::B32, {word}, {immediate(1), immediate(0), reg});
            put_made(call, Opcode::St, isa::Type::B32, {}, {place, word});
        }
        return;
    }
    if (bits != 16 && bits != 32 && bits != 64) {
        stop("a register of an unusual width across recursion", call.source);
        return;
    }
    const isa::Type raw = bits == 16 ? isa::Type::B16 : bits == 32 ? isa::Type::B32 : isa::Type::B64;
    put_made(call, back ? Opcode::Ld : Opcode::St, raw, back ? std::vector{reg} : std::vector<Operand>{},
             back ? std::vector{place} : std::vector{place, reg});
}

void Flattener::take_addresses(Instruction& instruction, const Instance& instance) {
    for (Operand& operand : instruction.src) {
        const bool local = operand.kind == Operand::Kind::Local;
        if (!local && operand.kind != Operand::Kind::Param) {
            continue;
        }
        const std::uint64_t offset =
            static_cast<std::uint64_t>(operand.offset) + (local ? instance.local : instance.param);
        Operand address = new_register(isa::Type::B64);
        put_made(instruction, Opcode::Add, isa::Type::U64, {address}, {stack_pointer(), immediate(offset)});
        if (isa::bits_of(instruction.mod.type) == 32) {
            Operand low = new_register(isa::Type::B32);
            put_made(instruction, Opcode::Cvt, isa::Type::U32, {low}, {address});
            flat_.body.back().mod.source_type = isa::Type::U64;
            address = low;
        }
        address.index -= instance.registers; // relocate adds it
        operand = address;
    }
}

void Flattener::copy(std::uint32_t from, std::uint32_t to, std::uint32_t bytes, const Instruction& call) {
    move_bytes({from, recursion_ != nullptr}, {to, recursion_ != nullptr}, bytes, call);
}

void Flattener::move_bytes(Slot from, Slot to, std::uint32_t bytes, const Instruction& call) {
    for (std::uint32_t done = 0; done < bytes;) {
        std::uint32_t width = 8;
        while (width > bytes - done || (from.offset + done) % width != 0 || (to.offset + done) % width != 0) {
            width /= 2;
        }
        const isa::Type type = width == 8   ? isa::Type::B64
                               : width == 4 ? isa::Type::B32
                               : width == 2 ? isa::Type::B16
                                            : isa::Type::B8;
        const Operand value = new_register(width == 1 ? isa::Type::B16 : type);
        const auto address = [&](Slot slot) {
            if (slot.on_stack) {
                return on_stack(slot.offset + done);
            }
            Operand inner;
            inner.kind = Operand::Kind::Local;
            inner.offset = slot.offset + done;
            Operand outer;
            outer.kind = Operand::Kind::Address;
            outer.elements.push_back(std::move(inner));
            return outer;
        };
        put_made(call, Opcode::Ld, type, {value}, {address(from)});
        put_made(call, Opcode::St, type, {}, {address(to), value});
        done += width;
    }
}

} // namespace assay::vgpu::codegen
