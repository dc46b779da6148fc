// From a graph and its facts to LLVM IR: one function for a kernel and a shape of blocks.
//
// Values. Every register is an integer of its width (a predicate is an i1); a floating-point instruction looks at the
// bits. An affine value is one scalar for each part, a Vector value is <32 x iN>. The same code emits both: it is given
// scalars or vectors. A value that other blocks use lives in stack slots, which LLVM turns into SSA form; the
// linearised control flow would make the phis of our graph wrong anyway.
//
// Masks are i32 scalars, one bit for each lane: cheap to test, to save and to pass on. `live` are the lanes that have
// not returned, `due[b]` the lanes that wait to run the masked block b.
//
// The parts: emit.cpp values; emit_slots.cpp; emit_control.cpp blocks, masks; emit_stop.cpp; emit_pure.cpp,
// emit_float.cpp, emit_convert.cpp, emit_math.cpp what depends on registers alone; emit_address.cpp, emit_load.cpp,
// emit_store.cpp, emit_atomic.cpp memory; emit_versions.cpp the version for lanes that stay together; emit_warp.cpp
// what lanes tell each other; emit_call.cpp the host's functions; emit_count.cpp counters.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "vgpu/codegen/analysis.h"
#include "vgpu/codegen/generator_kernel.h"
#include "vgpu/codegen/llvm.h"

namespace assay::vgpu::codegen {

/// A value as emitted, in the form that its shape says.
struct Shaped {
    Shape shape;
    unsigned bits = 32;
    llvm::SmallVector<llvm::Value*, 4> base;  ///< of an affine value, by part
    llvm::SmallVector<llvm::Value*, 4> limit; ///< i32, where it can wrap
    llvm::Value* unit = nullptr;
    llvm::Value* vector = nullptr; ///< of a Vector value; of an affine one once it was needed
};

/// What the machine that runs the code can do beyond the baseline.
struct Machine {
    bool avx512 = false; ///< F, BW, DQ, VL
    bool half = false;   ///< conversions between f16 and f32 (F16C)
};

class Emitter {
public:
    Emitter(llvm::Module& module, const Kernel& kernel, const Structure& structure, Facts& facts, const Known& known,
            Machine machine, Code& code, std::deque<Site>& sites, Version version);
    /// Creates the function, and decides where its values live.
    void begin(const std::string& name);
    /// How many values there would be to hand over, at all places where the version for lanes that stay together can.
    [[nodiscard]] std::size_t handed_over() const;
    /// Emits what it does. `other`, which has begun, is the other version of the kernel, if there is one.
    void emit_blocks(Emitter* other);
    /// Emits what the other version's blocks asked for.
    void finish();

private:
    using Value = llvm::Value;
    using Values = llvm::SmallVector<llvm::Value*, 8>;

    // --- emit.cpp: types, constants, values
    llvm::IntegerType* integer(unsigned bits) { return llvm::Type::getIntNTy(context_, bits); }
    llvm::Type* lanes_of(llvm::Type* element) { return llvm::FixedVectorType::get(element, lanes); }
    llvm::Type* like(llvm::Type* element, Value* shape); ///< scalar or vector as `shape` is
    Value* constant(std::uint64_t value, unsigned bits) { return llvm::ConstantInt::get(integer(bits), value); }
    void set_attributes(llvm::Function* function) const;
    /// The constant in the form (scalar or vector) of `shape`, of `shape`'s integer width.
    Value* same(Value* shape, std::uint64_t value);
    Value* splat(Value* scalar);
    Value* pattern(PatternId id, unsigned bits);
    Value* pattern_vector(const Pattern& values, unsigned bits);
    static bool is_vector(Value* value) { return value->getType()->isVectorTy(); }
    /// Zero-extends or truncates to a width.
    Value* fit(Value* value, unsigned bits);
    Value* fit_signed(Value* value, unsigned bits);
    /// What lies outside of the code has a name in it (symbols.h), so that the code can be kept; this is so many bytes
    /// behind it.
    llvm::Constant* outside(const std::string& symbol, std::uint64_t offset);
    llvm::Constant* host_pointer(const Site* site);
    Value* variable_address(std::uint32_t variable); ///< i64: of a variable that is not in shared memory

    Shaped get(ValueId value);
    Shaped operand(const Leaf& leaf, unsigned bits);
    Value* vector_of(Shaped& value);
    Value* at_part(const Shaped& value, unsigned part, unsigned parts);
    Value* scalar_of(const Shaped& value) { return value.base[0]; }
    void set(ValueId value, Shaped shaped);
    /// A value of the shape that the analysis found, from a vector or from scalars.
    void set_vector(ValueId value, Value* vector);
    void set_scalar(ValueId value, Value* scalar);
    Shaped reshape(Shaped value, const Shape& shape);
    Value* special(const isa::Operand& operand);
    Value* context_field(std::size_t offset, unsigned bits);
    Value* at_entry(const std::function<Value*()>& make);
    Shape shape_in_block(ValueId value) const;

    struct Slot {
        llvm::SmallVector<llvm::AllocaInst*, 4> base, limit;
        llvm::AllocaInst* unit = nullptr;
        llvm::AllocaInst* vector = nullptr;
        llvm::AllocaInst* outside = nullptr; ///< lane by lane, for those who see it after a loop that lanes leave apart
        bool needed = false;
    };
    llvm::AllocaInst* new_slot(llvm::Type* type, const char* name);
    void find_slots();
    void store_slot(ValueId value, const Shaped& shaped);
    Shaped load_slot(ValueId value);

    // --- emit_control.cpp
    struct Place {                          ///< of a masked block
        llvm::AllocaInst* due = nullptr;    ///< lanes that wait to run it
        llvm::AllocaInst* parked = nullptr; ///< lanes that wait at the barrier that ends it
        llvm::BasicBlock* check = nullptr;
        llvm::BasicBlock* after = nullptr;
    };
    struct Group {
        BlockId meeting = none;
        std::vector<BlockId> blocks;     ///< in layout order
        llvm::BasicBlock* met = nullptr; ///< reached when no lane is due in the group
    };
    void prepare_control();
    void emit_entry();
    void clear_due();
    void emit_resume_switch();
    void emit_block(BlockId id);
    void emit_end(BlockId id);
    void end_divergent(BlockId id);
    void take_edge(BlockId id, BlockId to);
    void take_edges(BlockId id, const std::vector<llvm::BasicBlock*>& edges);
    Value* live_lanes(); ///< i32: those that have not returned
    void emit_group_end(Group& group);
    llvm::BasicBlock* after(BlockId id);
    void count_turn(llvm::BasicBlock* again, llvm::BasicBlock* next, const Group& group);
    void yield(const std::vector<ValueId>& alive, const Group* group, llvm::BasicBlock* target);
    void write_phis(BlockId from, BlockId to, Value* mask);
    void make_due(BlockId id, Value* mask);
    void send(BlockId from, BlockId to, Value* mask);
    void go(BlockId from, BlockId to);
    std::vector<std::pair<BlockId, Value*>> edge_masks(BlockId id);
    void retire(Value* mask);
    void stop(const std::vector<ValueId>& alive, const Group* group);
    void move_slot(ValueId value, bool restore);
    void announce_barrier(const Node& node);
    void finish_barrier(const Node& node);
    void emit_barrier(BlockId id);
    std::vector<BlockId> held_by(BlockId id);
    std::vector<BlockId> awaited_by(BlockId id);
    Value* ready(BlockId id);
    Value* held_before(const Group& group);
    Value* can_run(BlockId id);
    [[nodiscard]] bool spinning_header(BlockId id) const;
    std::vector<ValueId> alive_at(const std::vector<BlockId>& blocks);
    std::vector<ValueId> group_alive(const Group& group);
    std::uint32_t frame_space(std::uint32_t bytes);
    Value* frame_at(std::uint64_t offset);
    llvm::BasicBlock* fault_block();
    void set_mask(Value* mask);
    Value* mask_vector(); ///< the running lanes as <32 x i1>
    Value* mask_bits(Value* lanes_mask) { return builder_.CreateBitCast(lanes_mask, integer(32)); }
    /// Each lane tests its bit. A bitcast to <32 x i1> would say the same, but LLVM 19's DAG combiner can rewrite
    /// logic on such bitcasts for ever: or and xor of the same two, one of them used in another block.
    Value* to_mask(Value* bits) {
        std::vector<std::uint32_t> own(lanes);
        for (unsigned lane = 0; lane < lanes; ++lane) {
            own[lane] = 1u << lane;
        }
        Value* test = builder_.CreateAnd(builder_.CreateVectorSplat(lanes, bits),
                                         llvm::ConstantDataVector::get(builder_.getContext(), own));
        return builder_.CreateICmpNE(test, llvm::Constant::getNullValue(test->getType()));
    }
    llvm::BasicBlock* new_block(const llvm::Twine& name) { return llvm::BasicBlock::Create(context_, name, function_); }
    Value* first_lane(Shaped& value); ///< in the first running lane

    // --- emit_versions.cpp
    struct Kept { ///< a value that passes from one version to the other: how, and where in the frame
        ValueId value = none;
        Shape shape;
        std::uint32_t at = 0;
    };
    struct Entrance { ///< where the other version can hand a warp over
        std::int32_t resume = 0;
        llvm::BasicBlock* block = nullptr;
        std::vector<Kept> values;
    };
    [[nodiscard]] std::vector<ValueId> passing(BlockId id, bool at_end) const;
    const Entrance& entrance(BlockId id, bool at_end);
    void emit_entrances();
    void hand_over(BlockId id, bool at_end);
    void pass(const Kept& kept, bool outside, Shaped value);
    void receive(const Kept& kept);
    [[nodiscard]] bool can_rejoin(BlockId id);
    [[nodiscard]] bool guards(const Node& node) const;
    void guard_block(const Block& block, std::size_t count, std::vector<bool>& done);
    void end_together(BlockId id);
    std::pair<Value*, Value*> agreement(const Block& block);
    std::pair<Value*, Value*> affine_agreement(const Block& block);
    void store_frame(Value* value, std::uint32_t at, unsigned alignment);
    Value* load_frame(llvm::Type* type, std::uint32_t at, unsigned alignment);
    [[nodiscard]] bool together() const { return version_ == Version::Together; }

    // --- emit_node.cpp
    void emit_node(const Node& node);
    [[nodiscard]] bool hoists(const Node& node) const;
    void emit_hoisted();
    /// Gives a destination its value, merged with the previous one where the node has a guard.
    void finish(const Node& node, std::size_t index, Shaped result);
    void finish_vector(const Node& node, std::size_t index, Value* vector);
    void finish_scalar(const Node& node, std::size_t index, Value* scalar);
    Value* guard_bits(const Node& node);    ///< i32: the lanes where the guard holds
    Value* running_lanes(const Node& node); ///< i32: the lanes that execute the node
    void emit_pure_node(const Node& node);
    void begin_wrap(const Node& node, const std::vector<Shaped>& sources, unsigned part, Shaped& result);

    // --- emit_pure.cpp: scalars or vectors in, one value for each destination out
    Values pure(const Node& node, const Values& sources);
    Values evaluate_elsewhere(const Node& node, const Values& sources);
    Value* integer_op(const Node& node, const Values& s);
    Value* multiply(const isa::Modifiers& mod, Value* a, Value* b);
    Value* shift(isa::Opcode opcode, const isa::Modifiers& mod, Value* a, Value* amount);
    Value* divide(isa::Opcode opcode, bool is_signed, Value* a, Value* b);
    Value* bit_field_extract(const isa::Modifiers& mod, Value* a, Value* position, Value* length);
    Value* bit_field_insert(const isa::Modifiers& mod, const Values& s);
    Value* funnel_shift(const isa::Modifiers& mod, const Values& s);
    Value* lop3(const isa::Modifiers& mod, const Values& s);
    Value* permute(const Values& s);
    Value* compare(const isa::Modifiers& mod, isa::Type type, Value* a, Value* b);
    Values set_predicate(const Node& node, const Values& s);
    Value* combine(const isa::Modifiers& mod, Value* a, Value* b);
    Values move(const Node& node, const Values& s);
    Value* select(Value* condition, Value* a, Value* b);

    // --- emit_float.cpp: floating point on bits
    Value* as_float(Value* bits, isa::Type type);
    Value* as_bits(Value* value);
    Value* float_op(const Node& node, const Values& s);
    Value* float_arithmetic(isa::Opcode opcode, const isa::Modifiers& mod, const Values& values);
    Value* half_op(isa::Opcode opcode, const isa::Modifiers& mod, isa::Type type, const Values& s);
    Value* minmax(const isa::Modifiers& mod, Value* a, Value* b, bool maximum);
    Value* flush(Value* value);
    Value* saturate(Value* value);
    Value* fused(Value* a, Value* b, Value* c);
    Value* fused_to_odd(Value* a, Value* b, Value* c);
    Value* directed_arithmetic(isa::Opcode opcode, const isa::Modifiers& mod, const Values& v);
    Value* embedded_rounding(isa::Rounding rounding, Value* a, Value* b, Value* c);
    Value* neighbour(isa::Rounding rounding, Value* a, Value* b, Value* c);
    Value* test_class(const isa::Modifiers& mod, Value* bits);
    Value* half_to_float(Value* bits, isa::Type type);
    Value* float_to_half(Value* value, isa::Type type);
    Value* unary(llvm::Intrinsic::ID id, Value* a) { return builder_.CreateUnaryIntrinsic(id, a); }
    Value* number(Value* like_value, double value) { return llvm::ConstantFP::get(like_value->getType(), value); }

    // --- emit_convert.cpp
    Value* convert(const Node& node, Value* a);
    Value* round_to_integral(isa::Rounding rounding, Value* value);
    Value* float_to_integer(const isa::Modifiers& mod, Value* value);
    Value* integer_to_float(const isa::Modifiers& mod, Value* value);
    Value* round_from_double(isa::Rounding rounding, Value* value);
    Value* float_to_float(const isa::Modifiers& mod, Value* value);

    // --- emit_math.cpp
    Value* math(isa::Opcode opcode, Value* a);
    Value* polynomial(Value* x, const float* terms, std::size_t count);
    Value* exp2(Value* x);
    Value* log2(Value* x);
    Value* tanh(Value* x);

    // --- emit_address.cpp
    struct Run { ///< lanes that access the same place, or places next to each other
        unsigned first = 0, count = 0;
        bool spread = false;
    };
    enum class Form : std::uint8_t {
        Slow,   ///< by the runtime
        Lanes,  ///< gather or scatter of any addresses
        Spaced, ///< lanes at constant distances
        Runs,
    };
    struct Access {
        const isa::Instruction* instruction = nullptr;
        isa::Space space = isa::Space::Generic;
        unsigned bytes = 4, elements = 1; ///< of an element in memory; how many a lane accesses
        Shaped address;                   ///< 64 bits, in the space
        Site* site = nullptr;
        Value* mask = nullptr; ///< i32: lanes that access
        bool guarded = false;  ///< there may be none
        Form form = Form::Slow;
        std::vector<Run> runs;
        bool masked_run = false;    ///< runs of neighbours, accessed under the mask
        bool by_lane = false;       ///< of Lanes and Spaced: an instruction for each lane, and all of them run
        Value* addresses = nullptr; ///< of Lanes
    };
    Access access_of(const Node& node, unsigned register_bits);
    void choose_form(Access& access);
    [[nodiscard]] bool regular(const Access& access) const;
    static bool is_window(isa::Space space);
    Value* may_go_fast(Access& access);
    Value* spaced_lanes(const Access& access, unsigned i);
    Value* gather(const Access& access, Value* from);
    Value* lane_pointer(const Access& access, unsigned lane, unsigned i);
    Shaped address_of(const Leaf& leaf, isa::Space space);
    Value* window_base(isa::Space space);
    [[nodiscard]] std::uint64_t window_bytes(isa::Space space) const;
    Value* each_fits(const Access& access, Value* addresses);
    Value* outside_bits(unsigned bytes);
    Value* affine_fits(const Access& access, std::uint64_t extent = 0);
    Value* stays(const Shaped& address); ///< i1: it does not wrap
    Value* host_address(const Access& access, Value* address);
    Value* local_offsets();
    [[nodiscard]] std::vector<Run> runs_of(const Access& access) const;
    Value* address_in_lane(const Shaped& address, unsigned lane);
    Value* lanes_fit(Access& access, Value*& addresses);
    Value* pointers(const Access& access, Value* addresses);
    void emit_cvta(const Node& node);
    void emit_isspacep(const Node& node);

    // --- emit_load.cpp, emit_store.cpp
    llvm::LoadInst* load_at(const Access& access, llvm::Type* type, Value* pointer);
    Value* widen(const Access& access, Value* element, unsigned bits);
    [[nodiscard]] std::optional<std::uint32_t> parameter_offset(const Node& node) const;
    Value* load_parameter(const Node& node, unsigned bits);
    [[nodiscard]] unsigned loaded_bits(const Node& node) const;
    [[nodiscard]] bool joins_others(const Node& node) const;
    std::vector<const Node*> gather_loads(const Block& block, std::size_t first, std::vector<bool>& done);
    void emit_nodes(const Block& block, std::size_t count, std::vector<bool>& done);
    [[nodiscard]] static Shape loaded_shape(const Access& access);
    void emit_checked(const Node& node);
    void emit_load(const Node& node);
    void emit_loads(const std::vector<const Node*>& nodes);
    void finish_load(const Node& node, const std::vector<Shaped>& values);
    void narrow(const Access& access, Shaped& value, const Shape& shape);
    std::vector<Shaped> load_fast(const Access& access, const Shape& shape, unsigned bits);
    void load_scalars(const Access& access, std::vector<Shaped>& result, unsigned bits);
    void load_runs(const Access& access, std::vector<Shaped>& result, unsigned bits);
    Value* load_lanes(const Access& access, unsigned i);
    void store_lanes(const Access& access, std::vector<Shaped>& data);
    void store_fast(const Access& access, std::vector<Shaped> data); ///< vectors made on the way stay there
    std::vector<Shaped> stored_values(const Node& node, unsigned bits);
    Value* run_mask(const Access& access, const Run& run);
    std::vector<Shaped> load_slowly(const Access& access, unsigned bits);
    void emit_store(const Node& node);
    void store_run(const Access& access, const Run& run, std::vector<Shaped> data, bool masked);
    void store_slowly(const Access& access, std::vector<Shaped> data);
    llvm::MDNode* likely() { return llvm::MDBuilder(context_).createBranchWeights(1000, 1); }

    // --- emit_atomic.cpp, emit_warp.cpp, emit_call.cpp
    void emit_atomic(const Node& node);
    void emit_fence(const Node& node);
    void emit_shuffle(const Node& node);
    Value* permute_lanes(Value* source, Value* index);
    void emit_vote(const Node& node);
    void emit_warp(const Node& node);
    void emit_call(const Node& node);
    void emit_trap(const Node& node);
    void emit_arrive(const Node& node);
    void emit_copy(const Node& node);

    // --- emit_async.cpp
    llvm::AllocaInst* spill_sources(const Node& node);
    Value* call_with_sources(const Node& node, const void* function);
    void emit_async(const Node& node);
    void emit_in_cluster(const Node& node);
    void emit_wgmma(const Node& node);

    // --- emit_matrix.cpp, emit_fragment.cpp
    void emit_product(const Node& node);
    llvm::Function* product_function(const isa::Modifiers& mod);
    struct Movement {
        Value* ok = nullptr;          ///< i1: it may be moved so
        std::function<Values()> move; ///< emits it; of a load the registers
    };
    void emit_matrix_movement(const Node& node);
    void emit_movmatrix(const Node& node);
    Movement fragment_movement(const Node& node, const Values& registers);
    Movement row_movement(const Node& node, const Values& registers);
    Values move_slowly(const Node& node, Value* running, const Values& registers);
    Value* concatenate(Values parts);
    Value* range_fits(isa::Space space, Value* address, Value* extent, unsigned bytes);
    Value* fragment_element(const Values& registers, isa::Type type, unsigned index);

    // --- emit_count.cpp
    void prepare_counters();
    std::uint32_t new_counters(std::uint32_t count);
    void add_to_counter(std::uint32_t at, Value* amount);
    void count_lanes(std::uint32_t at, Value* warps, Value* mask);
    void count_block(BlockId id);
    void count_node(const Node& node);
    void count_parting(BlockId id, const std::vector<std::pair<BlockId, Value*>>& masks);

    // --- runtime calls
    Value* call_runtime(const void* function, llvm::Type* result, const Values& arguments);
    void check_runtime(Value* ok); ///< goes to the fault block unless ok
    llvm::AllocaInst* scratch(unsigned index, std::uint64_t bytes);
    Site* new_site(const isa::Instruction& instruction);

    llvm::LLVMContext& context_;
    llvm::Module& module_;
    const Kernel& kernel_;
    const Graph& graph_;
    const Structure& structure_;
    Facts& facts_;
    const Known& known_;
    Transfer transfer_;
    Machine machine_;
    Code& code_;
    std::deque<Site>& sites_; ///< they are filled in where they lie, then become those of the code
    Version version_;
    Emitter* other_ = nullptr;
    llvm::IRBuilder<> builder_;
    llvm::Function* function_ = nullptr;
    llvm::BasicBlock* entry_ = nullptr;
    llvm::BasicBlock* start_ = nullptr;
    llvm::BasicBlock* fault_ = nullptr;
    llvm::BasicBlock* done_ = nullptr;
    std::vector<llvm::BasicBlock*> resumes_;
    llvm::AllocaInst* live_ = nullptr;
    llvm::AllocaInst* turns_ = nullptr; ///< of waiting loops since the warp was resumed
    Value* context_argument_ = nullptr;
    Value* frame_argument_ = nullptr;
    std::vector<Slot> slots_;
    std::vector<Place> places_;
    std::vector<Group> groups_;
    std::vector<std::uint32_t> group_of_; ///< by block
    std::vector<llvm::BasicBlock*> bodies_;
    std::vector<bool> hoisted_; ///< by value
    std::unordered_map<ValueId, Shaped> hoisted_values_;
    std::unordered_map<ValueId, Shaped> current_; ///< values known in the block being emitted
    std::unordered_map<std::uint64_t, Value*> entry_values_;
    std::vector<llvm::AllocaInst*> scratch_;
    std::vector<std::vector<bool>> alive_;
    std::unordered_map<ValueId, std::uint32_t> frame_offset_;
    std::unordered_map<llvm::AllocaInst*, std::uint32_t> frame_mask_offset_;
    std::map<std::pair<BlockId, bool>, Entrance> entrances_; ///< by block, at its beginning or its end
    std::unordered_map<ValueId, std::uint32_t> passing_offset_;
    std::unordered_map<const Node*, Access> checked_; ///< accesses of the block that are known to be all right
    BlockId here_ = 0;
    Value* mask_ = nullptr;        ///< i32: the lanes running
    Value* mask_vector_ = nullptr; ///< the same as <32 x i1>, once needed in this block
};

} // namespace assay::vgpu::codegen
