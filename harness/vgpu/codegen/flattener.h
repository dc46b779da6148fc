// The copying of functions into one: see flatten.h. flatten.cpp has bodies and operands, flatten_calls.cpp calls and
// recursion.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "vgpu/codegen/call_graph.h"
#include "vgpu/codegen/flatten.h"

namespace assay::vgpu::codegen {

/// Of local memory for functions that call themselves, as in the interpreter.
inline constexpr std::uint32_t stack_bytes = 16 * 1024;

constexpr std::uint32_t align_up(std::uint32_t value, std::uint32_t alignment) {
    return (value + alignment - 1) / alignment * alignment;
}

class Flattener {
public:
    Flattener(const isa::Program& program, std::uint32_t kernel)
        : program_(program), kernel_(kernel), calls_(program) {}

    std::expected<Flat, Unsupported> run();

private:
    /// Where the registers and frames of one inlined function lie in the flat one.
    struct Instance {
        std::uint32_t index = 0; ///< into the program's functions
        const isa::Function* function = nullptr;
        bool entry = false;
        std::uint32_t registers = 0, local = 0, param = 0;
        bool on_stack = false; ///< `local` and `param` count from the stack pointer
    };

    /// A function that calls itself, copied for one call from outside. All its cycles go through one place, so that
    /// each loop has one entry: a switch over a register, the state, which says where to go on.
    struct Recursion {
        std::uint32_t function = 0;
        std::uint32_t dispatch = 0;         ///< flat index of the switch
        std::uint32_t state = 0;            ///< register
        std::uint32_t link = 0;             ///< where an activation's frame holds the state to go on with at its end
        std::uint32_t frame = 0;            ///< bytes of an activation's frame so far
        std::vector<std::uint32_t> places;  ///< flat indices, by state; 0: the function's begin, 1: behind it all
        std::vector<std::uint32_t> sizes;   ///< flat indices of instructions that have to know the frame's size
        std::vector<std::uint32_t> offsets; ///< and of accesses of the next frame
    };

    std::uint32_t reserve_local(std::uint32_t bytes);
    void stop(std::string what, const isa::Source& source);

    /// Appends the body of a function; `param` is where its parameter frame lies in the local frame.
    void append(std::uint32_t index, std::uint32_t param);
    std::uint32_t position() const { return static_cast<std::uint32_t>(flat_.body.size()); }

    void put(isa::Instruction instruction, Original original = {no_original, 0});

    void put_branch(const isa::Instruction& guarded, bool negated);
    void append_call(const isa::Instruction& instruction, const Instance& caller, std::uint32_t position_in_caller);
    void append_direct_call(const isa::Instruction& instruction, const Instance& caller,
                            std::uint32_t position_in_caller, std::uint32_t index);

    // Recursion. The stack pointer is the address, in local memory, of the frame of the running activation; it and its
    // registers are ordinary registers of the flat function.
    isa::Operand stack_pointer();

    /// The function's first activation, called from outside, and its body.
    void begin_recursion(const isa::Instruction& call, const Instance& caller, std::uint32_t index);

    /// The function calls itself: from its own body, or from that of a function that was copied into it.
    void append_recursive_call(const isa::Instruction& call, const Instance& caller, std::uint32_t position_in_caller);
    void append_indirect_call(const isa::Instruction& instruction, const Instance& caller,
                              std::uint32_t position_in_caller);

    // Instructions that the text does not have.
    isa::Operand new_register(isa::Type type);
    static isa::Operand immediate(std::uint64_t bits);
    isa::Operand on_stack(std::uint32_t offset);
    void put_made(const isa::Instruction& call, isa::Opcode opcode, isa::Type type, std::vector<isa::Operand> dst,
                  std::vector<isa::Operand> src);

    /// A trap, taken where a predicate holds.
    void put_fault(const isa::Instruction& call, std::optional<std::uint32_t> predicate, std::string what);
    isa::Operand state() const;

    void put_state(const isa::Instruction& source, std::uint32_t number);
    void put_jump(const isa::Instruction& source, std::uint32_t target);

    /// A branch back over a place where the function calls itself, which is an entry of that loop: by the switch.
    void put_branch_back(const isa::Instruction& branch, std::uint32_t target, const Original& original);

    /// True if the function that is being copied can call itself between two positions of its body.
    bool calls_itself_between(const isa::Function& function, std::uint32_t first, std::uint32_t last) const;

    void store_link(const isa::Instruction& call, std::uint32_t number, std::uint32_t link);

    /// A register to its place, or back. A predicate goes as a word.
    void save(const isa::Operand& reg, const isa::Operand& place, const isa::Instruction& call, bool back);

    /// `mov` of the address of something in the frame of a function on the stack.
    void take_addresses(isa::Instruction& instruction, const Instance& instance);

    struct Slot {
        std::uint32_t offset = 0;
        bool on_stack = false; ///< from the stack pointer, not from the start of local memory
    };

    /// Moves bytes within the frame of the function that runs.
    void copy(std::uint32_t from, std::uint32_t to, std::uint32_t bytes, const isa::Instruction& call);
    void move_bytes(Slot from, Slot to, std::uint32_t bytes, const isa::Instruction& call);

    /// True if a .param address of this function names the launch's parameter block.
    static bool is_launch_parameter(const Instance& instance, std::int64_t offset);
    bool relocate(isa::Operand& operand, const Instance& instance);
    void relocate(isa::Instruction& instruction, const Instance& instance);

    const isa::Program& program_;
    std::uint32_t kernel_;
    isa::Function flat_;
    std::vector<Original> originals_;
    CallGraph calls_;
    Recursion* recursion_ = nullptr; ///< whose body is being copied
    std::optional<isa::Operand> stack_pointer_;
    std::vector<std::uint32_t> stack_starts_; ///< flat indices of what sets the stack pointer to its start
    std::vector<std::uint32_t> stack_limits_; ///< and of what compares it with its end
    std::optional<Unsupported> problem_;
};

} // namespace assay::vgpu::codegen
