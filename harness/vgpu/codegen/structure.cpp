// Dominators and post-dominators are computed by the iteration of Cooper, Harvey and Kennedy ("A Simple, Fast Dominance
// Algorithm", 2001). Blocks of a Graph are numbered in reverse post-order, which is the order the iteration wants.
#include "vgpu/codegen/structure.h"

#include <algorithm>
#include <functional>

namespace assay::vgpu::codegen {

namespace {

std::vector<BlockId> dominators(const Graph& graph) {
    std::vector<BlockId> idom(graph.blocks.size(), none);
    idom[0] = 0;
    const auto intersect = [&](BlockId a, BlockId b) {
        while (a != b) {
            while (a > b) {
                a = idom[a];
            }
            while (b > a) {
                b = idom[b];
            }
        }
        return a;
    };
    for (bool changed = true; changed;) {
        changed = false;
        for (BlockId id = 1; id < graph.blocks.size(); ++id) {
            BlockId now = none;
            for (const BlockId predecessor : graph.blocks[id].predecessors) {
                if (idom[predecessor] != none) {
                    now = now == none ? predecessor : intersect(now, predecessor);
                }
            }
            if (idom[id] != now) {
                idom[id] = now;
                changed = true;
            }
        }
    }
    return idom;
}

bool dominates(const std::vector<BlockId>& idom, BlockId a, BlockId b) {
    while (b > a) {
        b = idom[b];
    }
    return a == b;
}

/// The natural loop of a header and all its back edges.
void grow(const Graph& graph, Loop& loop, BlockId latch) {
    std::vector<BlockId> work{latch};
    while (!work.empty()) {
        const BlockId block = work.back();
        work.pop_back();
        if (!loop.contains[block]) {
            loop.contains[block] = true;
            work.insert(work.end(), graph.blocks[block].predecessors.begin(), graph.blocks[block].predecessors.end());
        }
    }
}

/// Orders the blocks of one region (a loop, or everything) with each inner loop as one node.
class Layout {
public:
    Layout(const Graph& graph, Structure& structure) : graph_(graph), structure_(structure) {}

    void run() {
        emit(none, 0);
        structure_.position.assign(graph_.blocks.size(), none);
        for (std::uint32_t i = 0; i < structure_.order.size(); ++i) {
            structure_.position[structure_.order[i]] = i;
        }
    }

private:
    /// The loop directly inside `region` that holds the block; none if the block is the region's own.
    std::uint32_t child_of(std::uint32_t region, BlockId block) const {
        std::uint32_t child = none;
        for (std::uint32_t loop = structure_.loop_of[block]; loop != region; loop = structure_.loops[loop].parent) {
            child = loop;
        }
        return child;
    }

    /// A node is named by a block: itself, or the header of the inner loop.
    BlockId node_of(std::uint32_t region, BlockId block) const {
        const std::uint32_t child = child_of(region, block);
        return child == none ? block : structure_.loops[child].header;
    }

    std::vector<BlockId> successors_of(std::uint32_t region, BlockId node) const {
        std::vector<BlockId> result;
        const std::uint32_t child = child_of(region, node);
        const auto add = [&](BlockId from) {
            for (const BlockId to : graph_.blocks[from].successors) {
                const bool leaves = region != none && !structure_.inside(region, to);
                if (leaves || (region != none && to == structure_.loops[region].header)) {
                    continue;
                }
                const BlockId target = node_of(region, to);
                if (target != node) {
                    result.push_back(target);
                }
            }
        };
        if (child == none) {
            add(node);
        } else {
            for (BlockId block = 0; block < graph_.blocks.size(); ++block) {
                if (structure_.inside(child, block)) {
                    add(block);
                }
            }
        }
        return result;
    }

    void emit(std::uint32_t region, BlockId first) {
        std::vector<BlockId> order;
        std::vector<bool> seen(graph_.blocks.size(), false);
        struct Visit {
            BlockId node;
            std::vector<BlockId> successors;
            std::size_t next = 0;
        };
        std::vector<Visit> stack;
        stack.push_back({first, {}, 0});
        // A loop's own header is not an inner loop of the loop.
        stack.back().successors = successors_of(region, first);
        seen[first] = true;
        while (!stack.empty()) {
            Visit& top = stack.back();
            if (top.next < top.successors.size()) {
                const BlockId next = top.successors[top.next++];
                if (!seen[next]) {
                    seen[next] = true;
                    stack.push_back({next, successors_of(region, next), 0});
                }
            } else {
                order.push_back(top.node);
                stack.pop_back();
            }
        }
        for (auto node = order.rbegin(); node != order.rend(); ++node) {
            const std::uint32_t child = child_of(region, *node);
            if (child == none) {
                structure_.order.push_back(*node);
            } else {
                emit(child, *node);
            }
        }
    }

    const Graph& graph_;
    Structure& structure_;
};

} // namespace

bool only_returns(const Block& block) {
    return block.nodes.empty() && block.end.kind == Terminator::Kind::Return;
}

std::optional<Structure> find_structure(const Graph& graph) {
    const auto count = static_cast<BlockId>(graph.blocks.size());
    const std::vector<BlockId> idom = dominators(graph);
    Structure structure;
    std::vector<std::uint32_t> loop_with_header(count, none);
    for (BlockId from = 0; from < count; ++from) {
        for (const BlockId to : graph.blocks[from].successors) {
            if (to > from) {
                continue;
            }
            if (!dominates(idom, to, from)) {
                return std::nullopt;
            }
            if (loop_with_header[to] == none) {
                loop_with_header[to] = static_cast<std::uint32_t>(structure.loops.size());
                structure.loops.push_back({to, none, std::vector<bool>(count, false)});
                structure.loops.back().contains[to] = true;
            }
            grow(graph, structure.loops[loop_with_header[to]], from);
        }
    }
    // Small loops first, so that the first loop that contains a block is its innermost.
    const auto size = [](const Loop& loop) { return std::ranges::count(loop.contains, true); };
    std::ranges::stable_sort(structure.loops, {}, size);
    structure.loop_of.assign(count, none);
    for (std::uint32_t i = 0; i < structure.loops.size(); ++i) {
        for (BlockId block = 0; block < count; ++block) {
            if (structure.inside(i, block) && structure.loop_of[block] == none) {
                structure.loop_of[block] = i;
            }
        }
        for (std::uint32_t outer = i + 1; outer < structure.loops.size(); ++outer) {
            if (structure.inside(outer, structure.loops[i].header)) {
                structure.loops[i].parent = outer;
                break;
            }
        }
    }
    Layout(graph, structure).run();
    return structure;
}

std::vector<BlockId> post_dominators(const Graph& graph, const Structure& structure, bool strict) {
    const auto count = static_cast<BlockId>(graph.blocks.size());
    const BlockId end = count;
    // Edges of the reversed problem; `end` collects the returns that count.
    std::vector<std::vector<BlockId>> next(count + 1), previous(count + 1);
    std::vector<BlockId> dropped; // blocks that have an edge to an empty returning block among others
    BlockId last_return = none;
    for (const BlockId id : structure.order) {
        const Block& block = graph.blocks[id];
        if (block.end.kind == Terminator::Kind::Return &&
            (block.nodes.empty() || block.nodes.back().instruction->opcode != isa::Opcode::Trap)) {
            last_return = id;
        }
        const bool others =
            std::ranges::any_of(block.successors, [&](BlockId s) { return !only_returns(graph.blocks[s]); });
        for (const BlockId successor : block.successors) {
            if (!strict && others && only_returns(graph.blocks[successor])) {
                dropped.push_back(id);
            } else {
                next[id].push_back(successor);
            }
        }
        if (strict && block.end.kind == Terminator::Kind::Return) {
            next[id].push_back(end);
        }
    }
    if (!strict && last_return != none) {
        next[last_return].push_back(end);
    }
    const auto reaching_end = [&] {
        for (auto& list : previous) {
            list.clear();
        }
        for (BlockId id = 0; id < count; ++id) {
            for (const BlockId successor : next[id]) {
                previous[successor].push_back(id);
            }
        }
        std::vector<bool> reaches(count + 1, false);
        std::vector<BlockId> work{end};
        reaches[end] = true;
        while (!work.empty()) {
            const BlockId block = work.back();
            work.pop_back();
            for (const BlockId predecessor : previous[block]) {
                if (!reaches[predecessor]) {
                    reaches[predecessor] = true;
                    work.push_back(predecessor);
                }
            }
        }
        return reaches;
    };
    std::vector<bool> reaches = reaching_end();
    for (const BlockId block : dropped) {
        if (!reaches[block]) {
            next[block].push_back(end); // a loop that is left by returning only
        }
    }
    reaches = reaching_end();

    // Post-order numbers of the reversed graph, from the end.
    std::vector<std::uint32_t> number(count + 1, none);
    std::vector<BlockId> order;
    std::vector<std::pair<BlockId, std::size_t>> stack{{end, 0}};
    std::vector<bool> seen(count + 1, false);
    seen[end] = true;
    while (!stack.empty()) {
        auto& [block, index] = stack.back();
        if (index < previous[block].size()) {
            const BlockId predecessor = previous[block][index++];
            if (!seen[predecessor]) {
                seen[predecessor] = true;
                stack.emplace_back(predecessor, 0);
            }
        } else {
            number[block] = static_cast<std::uint32_t>(order.size());
            order.push_back(block);
            stack.pop_back();
        }
    }
    std::vector<BlockId> ipdom(count + 1, none);
    ipdom[end] = end;
    const auto intersect = [&](BlockId a, BlockId b) {
        while (a != b) {
            while (number[a] < number[b]) {
                a = ipdom[a];
            }
            while (number[b] < number[a]) {
                b = ipdom[b];
            }
        }
        return a;
    };
    for (bool changed = true; changed;) {
        changed = false;
        for (auto it = order.rbegin(); it != order.rend(); ++it) {
            if (*it == end) {
                continue;
            }
            BlockId now = none;
            for (const BlockId successor : next[*it]) {
                if (reaches[successor] && ipdom[successor] != none) {
                    now = now == none ? successor : intersect(now, successor);
                }
            }
            if (now != ipdom[*it]) {
                ipdom[*it] = now;
                changed = true;
            }
        }
    }
    for (BlockId id = 0; id < count; ++id) {
        if (ipdom[id] == none) {
            ipdom[id] = end;
        }
    }
    ipdom.pop_back();
    return ipdom;
}

} // namespace assay::vgpu::codegen
