#include "vgpu/codegen/analysis.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <stdexcept>

namespace assay::vgpu::codegen {

using isa::Opcode;

namespace {

/// True if what decides whether these blocks are left comes from an atomic or from a load that other threads' stores
/// can change.
bool may_wait(const Graph& graph, const std::vector<bool>& contains) {
    std::vector<bool> seen(graph.values.size(), false);
    std::vector<ValueId> work;
    const auto use = [&](ValueId value) {
        if (value != none && !seen[value] && contains[graph.values[value].block]) {
            seen[value] = true;
            work.push_back(value);
        }
    };
    for (BlockId block = 0; block < graph.blocks.size(); ++block) {
        const bool leaves =
            std::ranges::any_of(graph.blocks[block].successors, [&](BlockId s) { return !contains[s]; });
        if (contains[block] && leaves) {
            use(graph.blocks[block].end.condition);
        }
    }
    while (!work.empty()) {
        const Definition& definition = graph.values[work.back()];
        work.pop_back();
        if (definition.kind == Definition::Kind::Phi) {
            std::ranges::for_each(graph.blocks[definition.block].phis[definition.index].incoming, use);
        } else if (definition.kind == Definition::Kind::Result) {
            const Node& node = graph.blocks[definition.block].nodes[definition.index];
            const isa::Instruction& instruction = *node.instruction;
            if (instruction.opcode == Opcode::Atom || instruction.opcode == Opcode::Mbarrier ||
                (instruction.opcode == Opcode::Ld && instruction.mod.semantics != isa::Semantics::Weak)) {
                return true;
            }
            each_use(node, use);
        }
    }
    return false;
}

/// Loops that can wait for other threads. A loop that waits at the head of another's body may share its header: then it
/// is the blocks from the header to one of the branches back.
std::vector<bool> find_spinning(const Graph& graph, const Structure& structure) {
    std::vector<bool> spins;
    for (const Loop& loop : structure.loops) {
        bool waits = may_wait(graph, loop.contains);
        for (const BlockId latch : graph.blocks[loop.header].predecessors) {
            if (waits || !loop.contains[latch]) {
                continue;
            }
            std::vector<bool> contains(graph.blocks.size(), false);
            contains[loop.header] = true;
            std::vector<BlockId> work{latch};
            while (!work.empty()) {
                const BlockId block = work.back();
                work.pop_back();
                if (!contains[block]) {
                    contains[block] = true;
                    std::ranges::copy(graph.blocks[block].predecessors, std::back_inserter(work));
                }
            }
            waits = may_wait(graph, contains);
        }
        spins.push_back(waits);
    }
    return spins;
}

class Analysis {
public:
    Analysis(const Graph& graph, const Structure& structure, const Known& known, Patterns& patterns, Version version)
        : graph_(graph), structure_(structure), end_(static_cast<BlockId>(graph.blocks.size())), version_(version),
          facts_(patterns), transfer_(patterns, known) {}

    Facts run() {
        facts_.shapes.assign(graph_.values.size(), {});
        facts_.divergent.assign(end_, false);
        facts_.spins = find_spinning(graph_, structure_);
        // Where lanes part on the way into a loop without an exit, all meet at the end.
        if (!solve(places(false)) && !solve(places(true)) && !solve(std::vector<BlockId>(end_, end_))) {
            throw std::logic_error("a block is in two groups of lanes: one of them would never be run");
        }
        return std::move(facts_);
    }

private:
    /// By block: where lanes that part there can meet. Nothing goes on in a block that only returns, so that is the
    /// end: else lanes that part on the way to it would be in another group than those that enclose them, and all lanes
    /// of the kernel would have to meet at the end.
    std::vector<BlockId> places(bool strict) const {
        std::vector<BlockId> result = post_dominators(graph_, structure_, strict);
        for (BlockId& place : result) {
            place = place != end_ && only_returns(graph_.blocks[place]) ? end_ : place;
        }
        return result;
    }

    /// False if some block would belong to two groups.
    bool solve(std::vector<BlockId> immediate) {
        immediate_ = std::move(immediate);
        facts_.masked.assign(end_, false);
        facts_.meeting.assign(end_, end_);
        facts_.loop_parts.assign(structure_.loops.size(), false);
        facts_.serial = false;
        joined_.assign(end_, false);
        region_.assign(end_, {});
        for (bool changed = true; changed;) {
            propagate();
            changed = find_divergent();
        }
        return assign_meetings();
    }

    // Values

    Shape seen(ValueId value, BlockId use) const {
        const Definition& definition = graph_.values[value];
        if (definition.kind == Definition::Kind::Undefined) {
            return Shape::scalar(static_cast<unsigned>(definition.bits));
        }
        const Shape& shape = facts_.shapes[value];
        return !shape.unknown() && outlives(facts_, structure_, definition.block, use) ? Shape::any() : shape;
    }

    bool raise(ValueId value, const Shape& shape) {
        const Shape now = join(facts_.shapes[value], shape);
        if (now == facts_.shapes[value]) {
            return false;
        }
        facts_.shapes[value] = now;
        return true;
    }

    Shape phi_shape(BlockId id, const Phi& phi) const {
        const Block& block = graph_.blocks[id];
        Shape shape;
        bool differ = false;
        for (std::size_t i = 0; i < phi.incoming.size(); ++i) {
            const BlockId from = block.predecessors[i];
            const BlockId defined = graph_.values[phi.incoming[i]].block;
            shape = join(shape, seen(phi.incoming[i], from));
            differ = differ || phi.incoming[i] != phi.incoming[0];
            // Lanes that leave a loop in different iterations bring different values along one edge.
            for (std::uint32_t loop = structure_.loop_of[from]; loop != none; loop = structure_.loops[loop].parent) {
                if (facts_.loop_parts[loop] && !structure_.inside(loop, id) && structure_.inside(loop, defined) &&
                    !shape.unknown()) {
                    return Shape::any();
                }
            }
        }
        // A counter would raise its limit by one bit in each round.
        if (const Shape& known = facts_.shapes[phi.result]; !known.unknown() && shape.limit > known.limit) {
            shape.limit = 64;
        }
        const bool separate = (joined_[id] && differ) || (facts_.serial && facts_.masked[id]);
        return separate && !shape.unknown() ? Shape::any() : shape;
    }

    void propagate() {
        for (bool changed = true; changed;) {
            changed = false;
            for (const BlockId id : structure_.order) {
                const Block& block = graph_.blocks[id];
                for (const Phi& phi : block.phis) {
                    changed = raise(phi.result, phi_shape(id, phi)) || changed;
                }
                for (const Node& node : block.nodes) {
                    changed = visit(id, node) || changed;
                }
            }
        }
    }

    bool visit(BlockId id, const Node& node) {
        if (node.dst.empty()) {
            return false;
        }
        std::vector<Shape> sources;
        for (const Leaf& leaf : node.src) {
            if (leaf.value != none) {
                sources.push_back(seen(leaf.value, id));
            } else {
                sources.push_back(transfer_.operand(*leaf.operand, 64));
            }
        }
        bool changed = false;
        for (std::size_t i = 0; i < node.dst.size(); ++i) {
            if (node.dst[i] == none) {
                continue;
            }
            Shape guard, previous;
            if (node.guard != none) {
                guard = seen(node.guard, id);
                previous = seen(node.previous[i], id);
            }
            Shape shape =
                transfer_.result(node, i, graph_.values[node.dst[i]].bits, sources,
                                 node.guard != none ? &guard : nullptr, node.guard != none ? &previous : nullptr);
            if (facts_.serial && facts_.masked[id] && !shape.unknown()) {
                shape = Shape::any();
            }
            changed = raise(node.dst[i], shape) || changed;
        }
        return changed;
    }

    // Control

    bool find_divergent() {
        if (version_ == Version::Together) {
            return false;
        }
        bool changed = false;
        for (const BlockId id : structure_.order) {
            const Block& block = graph_.blocks[id];
            if (block.end.condition == none || facts_.divergent[id]) {
                continue;
            }
            const Shape shape = seen(block.end.condition, id);
            if (!shape.unknown() && !shape.uniform()) {
                facts_.divergent[id] = true;
                changed = true;
            }
        }
        // The consequences follow from all divergent blocks, so they are found anew.
        for (const BlockId id : structure_.order) {
            if (facts_.divergent[id] && !leaves_only(id)) {
                changed = spread(id) || changed;
            }
        }
        return changed;
    }

    /// Blocks whose branch merely ends some lanes: nothing has to wait for those.
    bool leaves_only(BlockId id) const {
        const auto& successors = graph_.blocks[id].successors;
        return std::ranges::count_if(successors, [&](BlockId s) { return !only_returns(graph_.blocks[s]); }) <= 1;
    }

    /// Blocks that can be reached from a branch before `stop`. Lanes that come to an empty returning block are gone.
    std::vector<bool> reach(BlockId from, BlockId stop) const {
        std::vector<bool> found(end_, false);
        std::vector<BlockId> work;
        const auto add = [&](BlockId block) {
            if (block != stop && !found[block] && !only_returns(graph_.blocks[block])) {
                found[block] = true;
                work.push_back(block);
            }
        };
        std::ranges::for_each(graph_.blocks[from].successors, add);
        while (!work.empty()) {
            const BlockId block = work.back();
            work.pop_back();
            std::ranges::for_each(graph_.blocks[block].successors, add);
        }
        return found;
    }

    bool spread(BlockId id) {
        BlockId stop = immediate_[id];
        bool spinning = false;
        for (std::uint32_t loop = structure_.loop_of[id]; loop != none; loop = structure_.loops[loop].parent) {
            spinning = spinning || facts_.spins[loop];
        }
        if (spinning) {
            stop = end_; // lanes that got through go on: those that wait may wait for them
        }
        std::vector<bool> region = reach(id, stop);
        // Lanes in different iterations of a loop meet behind it, not in it.
        for (bool again = true; again;) {
            again = false;
            for (const Loop& loop : structure_.loops) {
                if (loop.contains[id] && region[loop.header] && stop != end_ && loop.contains[stop]) {
                    stop = immediate_[stop];
                    region = reach(id, stop);
                    again = true;
                    break;
                }
            }
        }
        bool changed = false;
        for (BlockId block = 0; block < end_; ++block) {
            if (region[block] && !facts_.masked[block]) {
                facts_.masked[block] = changed = true;
            }
        }
        for (std::uint32_t loop = 0; loop < structure_.loops.size(); ++loop) {
            if (structure_.inside(loop, id) && region[structure_.loops[loop].header] && !facts_.loop_parts[loop]) {
                facts_.loop_parts[loop] = changed = true;
            }
        }
        if (spinning && !facts_.serial) {
            facts_.serial = changed = true;
        }
        facts_.meeting[id] = stop;
        changed = find_joins(id, region, stop) || changed;
        region_[id] = std::move(region);
        return changed;
    }

    /// Blocks where lanes that parted at `id` can arrive from two sides. Each block that lanes reach from one side only
    /// carries that side's label; where labels differ lanes join. Back edges are not followed: lanes meet their like in
    /// the next iteration. But what arrives at a header leaves the loop later by other exits, with the header's label.
    bool find_joins(BlockId id, const std::vector<bool>& region, BlockId stop) {
        constexpr BlockId unlabelled = none;
        std::vector<BlockId> label(end_, unlabelled);
        std::vector<std::set<BlockId>> back(structure_.loops.size());
        std::vector<std::uint32_t> loop_of_header(end_, none);
        for (std::uint32_t loop = 0; loop < structure_.loops.size(); ++loop) {
            loop_of_header[structure_.loops[loop].header] = loop;
        }
        bool changed = false;
        const auto arriving = [&](BlockId from, BlockId to) { return from == id ? to : label[from]; };
        const auto join_at = [&](BlockId block) {
            if (!joined_[block]) {
                joined_[block] = changed = true;
            }
        };
        for (std::uint32_t at = structure_.position[id]; at < structure_.order.size(); ++at) {
            const BlockId block = structure_.order[at];
            std::set<BlockId> labels;
            if (block != id && (region[block] || block == stop)) {
                for (const BlockId from : graph_.blocks[block].predecessors) {
                    const bool forward = structure_.position[from] < at;
                    if (forward && (from == id || label[from] != unlabelled)) {
                        labels.insert(arriving(from, block));
                    }
                    for (std::uint32_t loop = structure_.loop_of[from]; loop != none;
                         loop = structure_.loops[loop].parent) {
                        if (!structure_.inside(loop, block) && !back[loop].empty()) {
                            labels.insert(back[loop].size() == 1 ? *back[loop].begin() : structure_.loops[loop].header);
                        }
                    }
                }
                if (labels.size() > 1) {
                    join_at(block);
                    label[block] = block;
                } else if (labels.size() == 1) {
                    label[block] = *labels.begin();
                }
            }
            if (block != id && label[block] == unlabelled) {
                continue;
            }
            for (const BlockId to : graph_.blocks[block].successors) {
                if (structure_.position[to] <= at && loop_of_header[to] != none) {
                    auto& labels_back = back[loop_of_header[to]];
                    labels_back.insert(arriving(block, to));
                    if (labels_back.size() > 1) {
                        join_at(to);
                    }
                }
            }
        }
        return changed;
    }

    /// Follows meeting places that are masked themselves.
    BlockId final_meeting(BlockId place) const {
        while (place != end_ && facts_.masked[place]) {
            BlockId next = end_;
            for (BlockId id = 0; id < end_; ++id) {
                if (!region_[id].empty() && region_[id][place]) {
                    next = facts_.meeting[id];
                    break;
                }
            }
            if (next == place) {
                return end_;
            }
            place = next;
        }
        return place;
    }

    bool assign_meetings() {
        std::vector<BlockId> result(end_, none);
        bool consistent = true;
        for (BlockId id = 0; id < end_; ++id) {
            if (region_[id].empty()) {
                continue;
            }
            const BlockId place = final_meeting(facts_.meeting[id]);
            for (BlockId block = 0; block < end_; ++block) {
                if (region_[id][block]) {
                    consistent = consistent && (result[block] == none || result[block] == place);
                    result[block] = place;
                }
            }
            if (!facts_.masked[id]) {
                result[id] = place;
            }
        }
        for (BlockId id = 0; id < end_; ++id) {
            facts_.meeting[id] = result[id] == none ? end_ : result[id];
        }
        return consistent;
    }

    const Graph& graph_;
    const Structure& structure_;
    BlockId end_;
    Version version_;
    Facts facts_;
    Transfer transfer_;
    std::vector<BlockId> immediate_;
    std::vector<bool> joined_;
    std::vector<std::vector<bool>> region_; ///< by divergent block: what it masks
};

} // namespace

bool waits_for_others(const Graph& graph) {
    const auto structure = find_structure(graph);
    return !structure || std::ranges::any_of(find_spinning(graph, *structure), std::identity());
}

bool outlives(const Facts& facts, const Structure& structure, BlockId from, BlockId use) {
    for (std::uint32_t loop = structure.loop_of[from]; loop != none; loop = structure.loops[loop].parent) {
        if (facts.loop_parts[loop] && !structure.inside(loop, use)) {
            return true;
        }
    }
    return false;
}

Facts analyze(const Graph& graph, const Structure& structure, const Known& known, Patterns& patterns, Version version) {
    return Analysis(graph, structure, known, patterns, version).run();
}

} // namespace assay::vgpu::codegen
