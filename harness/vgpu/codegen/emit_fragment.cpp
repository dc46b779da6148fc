// wmma.load and .store, ldmatrix, stmatrix, movmatrix (9.7.14.4, 9.7.14.5).
//
// A matrix in memory is a number of lines. What a register holds comes from strips: the same short range of several
// lines. So a register is loaded as its strips, one after the other, and one constant shuffle, which is the identity
// where the matrix lies in memory as it does in registers. Stores go the other way. One comparison covers the matrix.
// Where it fails, and for elements narrower than a byte, the runtime does it element by element.
#include <algorithm>
#include <bit>
#include <map>

#include "vgpu/codegen/emit.h"
#include "vgpu/core/fragments.h"

namespace assay::vgpu::codegen {

using isa::Fragment;
using isa::Opcode;
using isa::Type;

namespace {

/// Rows and columns of the matrix that a fragment is of.
std::pair<unsigned, unsigned> extents(Fragment fragment, const MatrixShape& shape) {
    switch (fragment) {
    case Fragment::A:
        return {shape.m, shape.k};
    case Fragment::B:
        return {shape.k, shape.n};
    case Fragment::C:
    case Fragment::D:
        break;
    }
    return {shape.m, shape.n};
}

struct Cell {
    unsigned line = 0, at = 0;
};

/// Where each element of a register, lane by lane, lies in memory.
std::vector<Cell> cells_of(const isa::Modifiers& mod, unsigned reg) {
    const unsigned per_register = elements_per_register(isa::bits_of(mod.type));
    std::vector<Cell> cells;
    for (unsigned lane = 0; lane < lanes; ++lane) {
        for (unsigned part = 0; part < per_register; ++part) {
            const MatrixPosition at =
                fragment_position(mod.fragment, {mod.m, mod.n, mod.k}, per_register, lane, reg * per_register + part);
            cells.push_back(mod.a_layout == isa::MatrixLayout::Row ? Cell{at.row, at.column} : Cell{at.column, at.row});
        }
    }
    return cells;
}

/// The lines that cells lie on, and the range of a power of two that holds them on each line.
struct Strips {
    std::vector<unsigned> lines;
    unsigned first = 0, count = 1;
};

Strips strips_of(const std::vector<Cell>& cells) {
    Strips strips;
    unsigned low = ~0u, high = 0;
    for (const Cell& cell : cells) {
        low = std::min(low, cell.at);
        high = std::max(high, cell.at);
        strips.lines.push_back(cell.line);
    }
    std::ranges::sort(strips.lines);
    strips.lines.erase(std::unique(strips.lines.begin(), strips.lines.end()), strips.lines.end());
    while (low / strips.count != high / strips.count) {
        strips.count *= 2;
    }
    strips.first = low / strips.count * strips.count;
    return strips;
}

/// The place of column h of row r in an 8 x 8 matrix of 16 bits that is spread over the lanes, transposed.
llvm::SmallVector<int, 64> transposition() {
    llvm::SmallVector<int, 64> take;
    for (int i = 0; i < 64; ++i) {
        take.push_back(i % 8 * 8 + i / 8);
    }
    return take;
}

} // namespace

/// One vector after the other; their number is a power of two.
llvm::Value* Emitter::concatenate(Values parts) {
    while (parts.size() > 1) {
        Values joined;
        const auto count = llvm::cast<llvm::FixedVectorType>(parts[0]->getType())->getNumElements();
        llvm::SmallVector<int, 64> take;
        for (unsigned i = 0; i < 2 * count; ++i) {
            take.push_back(static_cast<int>(i));
        }
        for (std::size_t i = 0; i + 1 < parts.size(); i += 2) {
            joined.push_back(builder_.CreateShuffleVector(parts[i], parts[i + 1], take));
        }
        parts = std::move(joined);
    }
    return parts[0];
}

/// i1: `extent` bytes (64 bits) from the address on lie in the window, and the address is aligned to `bytes`.
llvm::Value* Emitter::range_fits(isa::Space space, Value* address, Value* extent, unsigned bytes) {
    Value* offset = fit(address, 64);
    Value* size = nullptr;
    if (is_window(space)) {
        size = constant(window_bytes(space), 64);
    } else {
        offset = builder_.CreateSub(offset, window_base(space));
        size = context_field(offsetof(Context, region_bytes), 64);
    }
    // The extent is below 2^42: the sum does not wrap once the offset is inside.
    Value* ok = builder_.CreateAnd(builder_.CreateICmpULT(offset, size),
                                   builder_.CreateICmpULE(builder_.CreateAdd(offset, extent), size));
    Value* low = builder_.CreateAnd(offset, constant(bytes - 1, 64));
    return builder_.CreateAnd(ok, builder_.CreateICmpEQ(low, constant(0, 64)));
}

/// wmma.load and wmma.store of elements of whole bytes. The address and the stride are the same in all lanes.
Emitter::Movement Emitter::fragment_movement(const Node& node, const Values& registers) {
    const isa::Modifiers& mod = node.instruction->mod;
    const bool loads = node.instruction->opcode == Opcode::WmmaLoad;
    const unsigned bits = isa::bits_of(mod.type), bytes = bits / 8, per_register = elements_per_register(bits);
    const unsigned register_bits = std::max(bits, 32u);
    const auto [rows, columns] = extents(mod.fragment, {mod.m, mod.n, mod.k});
    const unsigned lines = mod.a_layout == isa::MatrixLayout::Row ? rows : columns;
    const unsigned along = mod.a_layout == isa::MatrixLayout::Row ? columns : rows;

    Shaped address = address_of(node.src[0], mod.space);
    Shaped stride = operand(node.src.back(), 32);
    Value* start = first_lane(address);
    Value* step = builder_.CreateMul(fit(fit(first_lane(stride), 32), 64), constant(bytes, 64));
    Movement movement;
    Value* extent = builder_.CreateAdd(builder_.CreateMul(step, constant(lines - 1, 64)), constant(along * bytes, 64));
    movement.ok = range_fits(mod.space, start, extent, bytes);
    for (Shaped* same_everywhere : {&address, &stride}) {
        if (!same_everywhere->shape.uniform()) {
            Value* all = vector_of(*same_everywhere);
            Value* differs = builder_.CreateICmpNE(all, splat(first_lane(*same_everywhere)));
            movement.ok = builder_.CreateAnd(movement.ok, builder_.CreateIsNull(mask_bits(differs)));
        }
    }
    const std::size_t count = loads ? node.dst.size() : registers.size();
    movement.move = [=, this] {
        Access access;
        access.space = mod.space;
        Value* base = fit(start, 64);
        llvm::Type* element = integer(bits);
        const auto place = [&](unsigned line, unsigned at) {
            Value* offset = builder_.CreateAdd(builder_.CreateMul(step, constant(line, 64)), constant(at * bytes, 64));
            return host_address(access, builder_.CreateAdd(base, offset));
        };
        Values result;
        if (loads) {
            std::map<std::pair<unsigned, unsigned>, Value*> loaded; // by line, first
            for (unsigned reg = 0; reg < count; ++reg) {
                const std::vector<Cell> cells = cells_of(mod, reg);
                const Strips strips = strips_of(cells);
                Values parts;
                for (const unsigned line : strips.lines) {
                    Value*& strip = loaded[{line, strips.first}];
                    auto* type = llvm::FixedVectorType::get(element, strips.count);
                    if (strip == nullptr || strip->getType() != type) {
                        strip = builder_.CreateAlignedLoad(type, place(line, strips.first), llvm::Align(bytes));
                    }
                    parts.push_back(strip);
                }
                llvm::SmallVector<int, 64> take;
                for (const Cell& cell : cells) {
                    const auto line = std::ranges::lower_bound(strips.lines, cell.line) - strips.lines.begin();
                    take.push_back(
                        static_cast<int>(static_cast<unsigned>(line) * strips.count + cell.at - strips.first));
                }
                Value* sorted = builder_.CreateShuffleVector(concatenate(parts), take);
                result.push_back(builder_.CreateBitCast(sorted, lanes_of(integer(register_bits))));
            }
            return result;
        }
        // Elements by place; of those that a fragment repeats the last counts.
        std::map<std::pair<unsigned, unsigned>, std::pair<unsigned, unsigned>> held; // register, element
        for (unsigned reg = 0; reg < count; ++reg) {
            const std::vector<Cell> cells = cells_of(mod, reg);
            for (unsigned i = 0; i < cells.size(); ++i) {
                held[{cells[i].line, cells[i].at}] = {reg, i};
            }
        }
        Values elements;
        for (Value* word : registers) {
            elements.push_back(builder_.CreateBitCast(word, llvm::FixedVectorType::get(element, lanes * per_register)));
        }
        const unsigned width = std::min(along, 8u);
        for (unsigned line = 0; line < lines; ++line) {
            for (unsigned first = 0; first < along; first += width) {
                Value* strip = llvm::PoisonValue::get(llvm::FixedVectorType::get(element, width));
                for (unsigned reg = 0; reg < count; ++reg) {
                    llvm::SmallVector<int, 8> from, merge;
                    bool any = false;
                    for (unsigned i = 0; i < width; ++i) {
                        const auto [holder, index] = held.at({line, first + i});
                        any = any || holder == reg;
                        from.push_back(holder == reg ? static_cast<int>(index) : -1);
                        merge.push_back(static_cast<int>(holder == reg ? width + i : i));
                    }
                    if (any) {
                        strip = builder_.CreateShuffleVector(strip, builder_.CreateShuffleVector(elements[reg], from),
                                                             merge);
                    }
                }
                builder_.CreateAlignedStore(strip, place(line, first), llvm::Align(bytes));
            }
        }
        return result;
    };
    return movement;
}

/// ldmatrix and stmatrix: lane 8 j + r gives the address of row r of matrix j, 16 bytes. The registers, 16 bits by 16
/// bits, are the rows one after the other.
Emitter::Movement Emitter::row_movement(const Node& node, const Values& registers) {
    const isa::Modifiers& mod = node.instruction->mod;
    const bool loads = node.instruction->opcode == Opcode::Ldmatrix;
    Access access;
    access.instruction = node.instruction;
    access.space = mod.space;
    access.bytes = 16;
    access.address = address_of(node.src[0], mod.space);
    Value* all = vector_of(access.address);
    const unsigned matrices = mod.matrices;
    const std::uint32_t needed = matrices >= 4 ? ~0u : (1u << (8 * matrices)) - 1;
    Movement movement;
    Value* good = builder_.CreateAnd(mask_bits(each_fits(access, all)), constant(needed, 32));
    movement.ok = builder_.CreateICmpEQ(good, constant(needed, 32));
    const bool transposed = mod.transposed;
    movement.move = [=, this] {
        llvm::Type* halves = llvm::FixedVectorType::get(integer(16), 64);
        auto* row_type = llvm::FixedVectorType::get(integer(16), 8);
        const auto row = [&](unsigned matrix, unsigned r) {
            const unsigned lane = matrix * 8 + r;
            Value* address = access.address.shape.affine() && access.address.shape.wrap == 0
                                 ? address_in_lane(access.address, lane)
                                 : builder_.CreateExtractElement(all, lane);
            return host_address(access, address);
        };
        Values result;
        for (unsigned matrix = 0; matrix < matrices; ++matrix) {
            if (loads) {
                Values rows;
                for (unsigned r = 0; r < 8; ++r) {
                    rows.push_back(builder_.CreateAlignedLoad(row_type, row(matrix, r), llvm::Align(16)));
                }
                Value* whole = concatenate(rows);
                whole = transposed ? builder_.CreateShuffleVector(whole, transposition()) : whole;
                result.push_back(builder_.CreateBitCast(whole, lanes_of(integer(32))));
                continue;
            }
            Value* whole = builder_.CreateBitCast(registers[matrix], halves);
            whole = transposed ? builder_.CreateShuffleVector(whole, transposition()) : whole;
            for (int r = 0; r < 8; ++r) {
                llvm::SmallVector<int, 8> take;
                for (int i = 0; i < 8; ++i) {
                    take.push_back(r * 8 + i);
                }
                builder_.CreateAlignedStore(builder_.CreateShuffleVector(whole, take),
                                            row(matrix, static_cast<unsigned>(r)), llvm::Align(16));
            }
        }
        return result;
    };
    return movement;
}

/// movmatrix: the transposed 8 x 8 matrix; lanes that do not run count as zeros.
void Emitter::emit_movmatrix(const Node& node) {
    Shaped value = operand(node.src[0], 32);
    Value* word = fit(vector_of(value), 32);
    word = select(to_mask(running_lanes(node)), word, same(word, 0));
    Value* whole = builder_.CreateBitCast(word, llvm::FixedVectorType::get(integer(16), 64));
    whole = builder_.CreateShuffleVector(whole, transposition());
    finish_vector(node, 0, builder_.CreateBitCast(whole, lanes_of(integer(32))));
}

/// wmma.load and .store, ldmatrix, stmatrix.
void Emitter::emit_matrix_movement(const Node& node) {
    const isa::Instruction& instruction = *node.instruction;
    const bool loads = instruction.opcode == Opcode::WmmaLoad || instruction.opcode == Opcode::Ldmatrix;
    const bool whole = instruction.opcode == Opcode::WmmaLoad || instruction.opcode == Opcode::WmmaStore;
    const unsigned bits = instruction.mod.type == Type::F64 ? 64 : 32;
    Values registers;
    if (!loads) {
        const std::size_t count = node.src.size() - 1 - (whole ? 1 : 0);
        for (std::size_t i = 0; i < count; ++i) {
            Shaped value = operand(node.src[1 + i], bits);
            registers.push_back(fit(vector_of(value), bits));
        }
    }
    Value* running = running_lanes(node);
    Values results;
    if (whole && isa::bits_of(instruction.mod.type) < 8) {
        results = move_slowly(node, running, registers);
    } else {
        const Movement movement = whole ? fragment_movement(node, registers) : row_movement(node, registers);
        llvm::BasicBlock* quick = new_block("quick");
        llvm::BasicBlock* slow = new_block("slow");
        llvm::BasicBlock* join = new_block("moved");
        Value* all_run = builder_.CreateICmpEQ(running, constant(~0u, 32));
        builder_.CreateCondBr(builder_.CreateAnd(movement.ok, all_run), quick, slow, likely());
        builder_.SetInsertPoint(quick);
        const Values direct = movement.move();
        llvm::BasicBlock* quick_end = builder_.GetInsertBlock();
        builder_.CreateBr(join);
        builder_.SetInsertPoint(slow);
        const Values slowly = move_slowly(node, running, registers);
        llvm::BasicBlock* slow_end = builder_.GetInsertBlock();
        builder_.CreateBr(join);
        builder_.SetInsertPoint(join);
        for (std::size_t i = 0; i < direct.size(); ++i) {
            llvm::PHINode* phi = builder_.CreatePHI(direct[i]->getType(), 2);
            phi->addIncoming(direct[i], quick_end);
            phi->addIncoming(slowly[i], slow_end);
            results.push_back(phi);
        }
    }
    for (std::size_t i = 0; i < results.size(); ++i) {
        if (node.dst[i] != none) {
            finish_vector(node, i, fit(results[i], graph_.values[node.dst[i]].bits));
        }
    }
}

/// By the runtime: registers pass through memory, one after the other.
Emitter::Values Emitter::move_slowly(const Node& node, Value* running, const Values& registers) {
    const isa::Instruction& instruction = *node.instruction;
    const bool whole = instruction.opcode == Opcode::WmmaLoad || instruction.opcode == Opcode::WmmaStore;
    const unsigned bits = instruction.mod.type == Type::F64 ? 64 : 32;
    const std::size_t count = registers.empty() ? node.dst.size() : registers.size();
    llvm::AllocaInst* where = scratch(0, lanes * 8);
    llvm::AllocaInst* data = scratch(1, count * lanes * bits / 8);
    const auto place = [&](std::size_t i) {
        return builder_.CreateConstInBoundsGEP1_64(integer(8), data, i * lanes * bits / 8);
    };
    Shaped address = address_of(node.src[0], instruction.mod.space);
    builder_.CreateAlignedStore(fit(vector_of(address), 64), where, llvm::Align(8));
    for (std::size_t i = 0; i < registers.size(); ++i) {
        builder_.CreateAlignedStore(registers[i], place(i), llvm::Align(64));
    }
    Value* stride = constant(0, 32);
    if (whole) {
        Shaped value = operand(node.src.back(), 32);
        stride = fit(first_lane(value), 32);
    }
    Site* site = new_site(instruction);
    site->space = instruction.mod.space;
    site->register_bytes = static_cast<std::uint8_t>(bits / 8);
    site->elements = static_cast<std::uint8_t>(count);
    const void* function =
        whole ? reinterpret_cast<const void*>(&runtime_fragment) : reinterpret_cast<const void*>(&runtime_rows);
    check_runtime(call_runtime(function, integer(1),
                               {context_argument_, frame_argument_, host_pointer(site), running, where, stride, data}));
    Values results;
    if (registers.empty()) {
        for (std::size_t i = 0; i < count; ++i) {
            results.push_back(builder_.CreateAlignedLoad(lanes_of(integer(bits)), place(i), llvm::Align(64)));
        }
    }
    return results;
}

} // namespace assay::vgpu::codegen
