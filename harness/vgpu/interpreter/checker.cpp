#include "vgpu/interpreter/checker.h"

#include <algorithm>
#include <cstring>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "isa/decode.h"

namespace assay::vgpu {

namespace {

constexpr std::uint64_t granule = 4;
constexpr std::size_t most_findings = 200;

bool is_ordered_by_itself(const Accessing& access) {
    return access.use == Use::Atomic || access.instruction->mod.semantics != isa::Semantics::Weak;
}

std::string dim_text(const Dim3& dim) {
    return fmt::format("({}, {}, {})", dim[0], dim[1], dim[2]);
}

std::string_view verb(Use use) {
    return use == Use::Read ? "reads" : use == Use::Write ? "writes" : "updates";
}

} // namespace

std::string_view to_string(Finding::Kind kind) {
    switch (kind) {
    case Finding::Kind::OutOfBounds:
        return "out-of-bounds";
    case Finding::Kind::UninitialisedRead:
        return "uninitialised-read";
    case Finding::Kind::SharedRace:
        return "shared-race";
    case Finding::Kind::GlobalRace:
        return "global-race";
    case Finding::Kind::BarrierDivergence:
        return "barrier-divergence";
    case Finding::Kind::InactiveShuffle:
        return "inactive-shuffle";
    case Finding::Kind::UnfinishedCopy:
        return "unfinished-copy";
    }
    return "";
}

Checker::Checker(std::vector<MemoryObject> objects, std::chrono::steady_clock::time_point deadline)
    : deadline_(deadline) {
    for (MemoryObject& object : objects) {
        const std::uint64_t room = object.room;
        const std::size_t tracked = object.initialised ? 0 : object.bytes;
        objects_.emplace(room, Object{std::move(object), std::vector<bool>(tracked, false)});
    }
}

Checker::Object* Checker::find(std::uint64_t address) {
    auto after = objects_.upper_bound(address);
    if (after == objects_.begin()) {
        return nullptr;
    }
    Object& object = std::prev(after)->second;
    return address - object.known.room < object.known.room_bytes ? &object : nullptr;
}

void Checker::written(std::uint64_t address, std::uint64_t bytes) {
    Object* object = find(address);
    if (object == nullptr || object->written.empty() || address < object->known.address) {
        return;
    }
    const std::uint64_t first = std::min(address - object->known.address, object->known.bytes);
    const std::uint64_t last = std::min(first + bytes, object->known.bytes);
    std::fill(object->written.begin() + static_cast<std::ptrdiff_t>(first),
              object->written.begin() + static_cast<std::ptrdiff_t>(last), true);
}

void Checker::written(BlockShadow& owner, std::uint64_t offset, std::uint64_t bytes) {
    std::fill_n(owner.shared.begin() + static_cast<std::ptrdiff_t>(offset), bytes, BlockShadow::Written);
}

void Checker::start_launch(const Launch& launch) {
    launch_ = &launch;
    records_.clear(); // launches are ordered
}

void Checker::start_block(BlockShadow& shadow, std::uint64_t shared_bytes, ClusterShadow& cluster,
                          std::uint32_t first_agent, std::uint32_t threads) {
    shadow = {};
    shadow.shared.assign(shared_bytes, BlockShadow::Unwritten);
    shadow.cluster = &cluster;
    shadow.first_agent = first_agent;
    shadow.threads = threads;
}

std::string Checker::describe(const isa::Source& source) const {
    return isa::describe(launch_->module->program, source);
}

void Checker::report(Finding::Kind kind, const Accessing& access, const std::string& what,
                     const isa::Instruction* other) {
    const auto [known, added] = known_.try_emplace({kind, access.instruction, other}, findings_.size());
    if (!added) {
        ++findings_[known->second].times;
        return;
    }
    if (findings_.size() >= most_findings) {
        known_.erase(known);
        return;
    }
    const isa::Program& program = launch_->module->program;
    Finding finding;
    finding.kind = kind;
    finding.kernel = program.functions[launch_->kernel].name;
    finding.source = access.instruction->source;
    finding.file = program.files.at(finding.source.file);
    finding.block = access.block;
    finding.thread = access.thread;
    finding.address = access.address;
    finding.message = fmt::format("{}, in kernel {}, {}, block {}, thread {}", what, finding.kernel,
                                  describe(finding.source), dim_text(access.block), dim_text(access.thread));
    findings_.push_back(std::move(finding));
}

std::vector<Finding> Checker::take() {
    known_.clear();
    return std::exchange(findings_, {});
}

void Checker::barrier(BlockShadow& shadow) {
    ++shadow.epoch;
    shadow.cluster->order.meet(shadow.first_agent, shadow.threads);
}

void Checker::meet(BlockShadow& shadow, std::uint32_t warp) {
    ++shadow.warp_epoch[warp];
    const std::uint32_t first = warp * warp_size;
    shadow.cluster->order.meet(shadow.first_agent + first, std::min(warp_size, shadow.threads - first));
}

void Checker::synchronise(BlockShadow& shadow) {
    ++shadow.epoch;
    shadow.synchronised = true;
}

// Races

namespace {

/// True if something lies between what `other` did and what `self`, of the block that `shadow` is of, does now.
bool are_ordered(const Party& other, const Party& self, const BlockShadow& shadow) {
    const HappensBefore& order = shadow.cluster->order;
    if (other.block_index == self.block_index) {
        return other.linear == self.linear || other.epoch != self.epoch ||
               (other.linear / warp_size == self.linear / warp_size && other.warp_epoch != self.warp_epoch) ||
               order.knows(self.agent, other.agent, other.time);
    }
    return shadow.synchronised || (other.cluster == self.cluster && (other.phase != self.phase || order.used()));
}

} // namespace

void Checker::find_races(Finding::Kind kind, const BlockShadow& shadow, AccessRecords& records, const Accessing& access,
                         const std::string& what) {
    if (is_ordered_by_itself(access)) {
        return;
    }
    if (access.use == Use::Write && std::memcmp(access.before, access.after, access.bytes) == 0) {
        return; // nobody can tell who was first
    }
    const std::uint32_t agent = shadow.first_agent + access.linear;
    const Party self{.instruction = access.instruction,
                     .block_index = access.block_index,
                     .block = access.block,
                     .thread = access.thread,
                     .linear = access.linear,
                     .epoch = shadow.epoch,
                     .warp_epoch = shadow.warp_epoch[access.linear / warp_size],
                     .cluster = shadow.cluster->index,
                     .phase = shadow.cluster->phases,
                     .agent = agent,
                     .time = shadow.cluster->order.time(agent)};
    const auto races = [&](const Party& other) {
        return other.instruction != nullptr && !are_ordered(other, self, shadow);
    };
    const auto tell = [&](const Party& other, std::string_view did) {
        report(kind, access,
               fmt::format("`{}` {} {} that thread {} of block {} {} at {} with nothing between to order them",
                           access.instruction->text, verb(access.use), what, dim_text(other.thread),
                           dim_text(other.block), did, describe(other.instruction->source)),
               other.instruction);
    };
    for (std::uint64_t at = access.address / granule; at <= (access.address + access.bytes - 1) / granule; ++at) {
        std::uint8_t touched = 0;
        for (std::uint64_t byte = 0; byte < granule; ++byte) {
            const std::uint64_t place = at * granule + byte;
            if (place >= access.address && place - access.address < access.bytes) {
                touched |= static_cast<std::uint8_t>(1u << byte);
            }
        }
        AccessRecord& record = records[at];
        if ((record.written & touched) != 0 && races(record.writer)) {
            tell(record.writer, "wrote");
        }
        if (access.use == Use::Read) {
            Party& slot = races(record.readers[0]) ? record.readers[1] : record.readers[0];
            slot = self;
            continue;
        }
        for (const Party& reader : record.readers) {
            if (races(reader) && touched == (1u << granule) - 1) {
                tell(reader, "read");
            }
        }
        record.writer = self;
        record.written = touched;
    }
}

// Accesses

std::string Checker::global_access(BlockShadow& shadow, const Accessing& access) {
    Object* object = find(access.address);
    if (object == nullptr) {
        return {}; // the module's, or the device heap's
    }
    const MemoryObject& known = object->known;
    const auto position = static_cast<std::int64_t>(access.address - known.address);
    const auto end = position + static_cast<std::int64_t>(access.bytes);
    const auto size = static_cast<std::int64_t>(known.bytes);
    const auto width = static_cast<std::int64_t>(std::max<std::uint64_t>(access.bytes, 1));
    if (position < 0 || end > size) {
        report(Finding::Kind::OutOfBounds, access,
               fmt::format("`{}` {} {} bytes at index {} of {}, {} of its {} bytes", access.instruction->text,
                           verb(access.use), access.bytes, (position - (position < 0 ? width - 1 : 0)) / width,
                           known.name,
                           position < 0 ? fmt::format("{} bytes before the start", -position)
                                        : fmt::format("{} bytes past the end", end - size),
                           known.bytes));
        return {};
    }
    const auto first = object->written.empty() ? object->written.end() : object->written.begin() + position;
    const auto last = object->written.empty() ? first : first + static_cast<std::ptrdiff_t>(access.bytes);
    std::string unwritten;
    if (access.use != Use::Write && std::find(first, last, false) != last) {
        unwritten = fmt::format("`{}` {} index {} of {}, which nothing has written", access.instruction->text,
                                verb(access.use), position / width, known.name);
    }
    if (access.use != Use::Read) {
        std::fill(first, last, true);
    }
    find_races(Finding::Kind::GlobalRace, shadow, records_, access,
               fmt::format("index {} of {}", position / width, known.name));
    return unwritten;
}

std::string Checker::shared_access(BlockShadow& shadow, BlockShadow& owner, const Accessing& access) {
    const auto first = owner.shared.begin() + static_cast<std::ptrdiff_t>(access.address);
    const auto last = first + static_cast<std::ptrdiff_t>(access.bytes);
    std::string unwritten;
    if (access.use != Use::Write && std::find(first, last, BlockShadow::InFlight) != last) {
        unwritten =
            fmt::format("`{}` {} offset {} of shared memory, to which a cp.async copies that was not waited for",
                        access.instruction->text, verb(access.use), access.address);
    } else if (access.use != Use::Write && std::find(first, last, BlockShadow::Unwritten) != last) {
        unwritten = fmt::format("`{}` {} offset {} of shared memory, which nothing has written",
                                access.instruction->text, verb(access.use), access.address);
    }
    if (access.use != Use::Read) {
        std::fill(first, last, BlockShadow::Written);
    }
    find_races(Finding::Kind::SharedRace, shadow, owner.records, access,
               fmt::format("offset {} of {}", access.address,
                           &owner == &shadow ? "shared memory" : "another block's shared memory"));
    return unwritten;
}

// Asynchronous copies: until their group is waited for, by the thread that issued it, what they bring is not there.

void Checker::copy_issued(BlockShadow& shadow, std::uint32_t thread, std::uint64_t offset, std::uint64_t bytes) {
    auto& groups = shadow.copies[thread];
    if (groups.empty()) {
        groups.emplace_back();
    }
    groups.back().emplace_back(offset, bytes);
    std::fill_n(shadow.shared.begin() + static_cast<std::ptrdiff_t>(offset), bytes, BlockShadow::InFlight);
}

void Checker::copies_committed(BlockShadow& shadow, std::uint32_t thread) {
    auto& groups = shadow.copies[thread];
    if (groups.empty()) {
        groups.emplace_back();
    }
    groups.emplace_back();
}

void Checker::copies_awaited(BlockShadow& shadow, std::uint32_t thread, std::uint32_t pending) {
    auto& groups = shadow.copies[thread];
    while (groups.size() > std::size_t{pending} + 1) { // the last one is open
        for (const auto& [offset, bytes] : groups.front()) {
            std::fill_n(shadow.shared.begin() + static_cast<std::ptrdiff_t>(offset), bytes, BlockShadow::Written);
        }
        groups.erase(groups.begin());
    }
}

void Checker::all_copies_awaited(BlockShadow& shadow, std::uint32_t thread) {
    copies_committed(shadow, thread);
    copies_awaited(shadow, thread, 0);
}

} // namespace assay::vgpu
