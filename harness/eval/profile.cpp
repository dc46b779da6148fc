#include "eval/profile.h"

#if ASSAY_VGPU

#include <filesystem>
#include <map>
#include <tuple>
#include <utility>

#include "plan/names.h"

namespace assay::eval {

namespace {

using nlohmann::json;
using vgpu::InstructionProfile;
using vgpu::LaunchProfile;

/// Where an instruction is shown.
struct Place {
    std::string file;
    std::uint32_t line = 0;
    auto operator<=>(const Place&) const = default;
};

std::string base_name(const std::string& path) {
    return std::filesystem::path(path).filename().string();
}

Place place_of(const InstructionProfile& instruction, const std::string& source) {
    const std::string file = base_name(instruction.file), outer = base_name(instruction.outer_file);
    return file != source && outer == source ? Place{outer, instruction.source.outer_line}
                                             : Place{file, instruction.source.line};
}

std::string_view space_name(std::size_t space) {
    const std::string_view name = isa::to_string(static_cast<isa::Space>(space));
    return name.empty() ? "generic" : name;
}

void add_access(json& to, const vgpu::AccessTally& access) {
    to["global_requests"] = access.global_requests;
    to["sectors"] = access.sectors;
    to["shared_requests"] = access.shared_requests;
    to["bank_passes"] = access.passes;
    to["bank_conflicts"] = access.conflicts;
}

json counts_json(const vgpu::Counters& counters) {
    json result{{"warp_instructions", counters.all.warps},
                {"thread_instructions", counters.all.threads},
                {"classes", json::object()},
                {"operations", json::object()},
                {"flops", counters.flops()},
                {"bytes", json::object()},
                {"branches", counters.branches},
                {"parted_branches", counters.parted}};
    for (std::size_t i = 0; i < vgpu::instruction_classes; ++i) {
        if (counters.by_class[i].warps != 0) {
            result["classes"][std::string(to_string(static_cast<vgpu::InstructionClass>(i)))] = {
                {"warps", counters.by_class[i].warps}, {"threads", counters.by_class[i].threads}};
        }
    }
    for (std::size_t i = 0; i < vgpu::arithmetics; ++i) {
        if (counters.operations[i] != 0) {
            result["operations"][std::string(to_string(static_cast<vgpu::Arithmetic>(i)))] = counters.operations[i];
        }
    }
    for (std::size_t i = 0; i < vgpu::spaces; ++i) {
        const vgpu::Traffic& traffic = counters.traffic[i];
        if (traffic.loaded + traffic.stored + traffic.atomic != 0) {
            result["bytes"][std::string(space_name(i))] = {
                {"loaded", traffic.loaded}, {"stored", traffic.stored}, {"atomic", traffic.atomic}};
        }
    }
    add_access(result, counters.access);
    return result;
}

/// The short form, of a line or an instruction.
void add_brief(json& to, const vgpu::Counters& counters) {
    const auto bytes = [&](isa::Space space) {
        const vgpu::Traffic& traffic = counters.of(space);
        return traffic.loaded + traffic.stored + traffic.atomic;
    };
    to["warps"] = counters.all.warps;
    to["threads"] = counters.all.threads;
    to["flops"] = counters.flops();
    to["global_bytes"] = bytes(isa::Space::Global);
    to["shared_bytes"] = bytes(isa::Space::Shared);
    to["parted"] = counters.parted;
    add_access(to, counters.access);
}

void add(vgpu::Tally& to, const vgpu::Tally& from) {
    to.warps += from.warps;
    to.threads += from.threads;
    to.parted += from.parted;
    to.access += from.access;
}

/// Launches of one kernel in one shape.
struct Group {
    LaunchProfile first;
    std::uint64_t times = 0;
    std::map<std::pair<std::uint32_t, std::string>, InstructionProfile> instructions; ///< by PTX line and text
};

json group_json(const Group& group, const std::string& source) {
    const LaunchProfile& launch = group.first;
    json instructions = json::array();
    vgpu::Counters all;
    std::map<Place, vgpu::Counters> lines;
    for (const auto& [key, instruction] : group.instructions) {
        const Place place = place_of(instruction, source);
        vgpu::Counters own;
        own.add(instruction);
        all.add(instruction);
        lines[place].add(instruction);
        json entry{{"text", instruction.text},
                   {"ptx_line", instruction.source.ptx_line},
                   {"file", place.file},
                   {"line", place.line},
                   {"class", to_string(instruction.cost.kind)}};
        add_brief(entry, own);
        instructions.push_back(std::move(entry));
    }
    json by_line = json::array();
    for (const auto& [place, counters] : lines) {
        json entry{{"file", place.file}, {"line", place.line}};
        add_brief(entry, counters);
        by_line.push_back(std::move(entry));
    }
    return {{"kernel", launch.kernel},
            {"name", plan::demangle(launch.kernel)},
            {"times", group.times},
            {"grid", launch.grid},
            {"block", launch.block},
            {"static_shared", launch.static_shared},
            {"dynamic_shared", launch.dynamic_shared},
            {"threads", launch.threads() * group.times},
            {"warps", launch.warps() * group.times},
            {"interpreted", launch.interpreted},
            {"counts", counts_json(all)},
            {"lines", std::move(by_line)},
            {"instructions", std::move(instructions)}};
}

} // namespace

json to_json(const std::vector<LaunchProfile>& profiles, const std::vector<vgpu::Touched>& touched,
             const std::string& source) {
    std::vector<Group> groups;
    std::map<std::tuple<std::string, vgpu::Dim3, vgpu::Dim3, std::uint32_t>, std::size_t> index;
    vgpu::Counters total;
    for (const LaunchProfile& profile : profiles) {
        const auto [found, added] =
            index.try_emplace({profile.kernel, profile.grid, profile.block, profile.dynamic_shared}, groups.size());
        if (added) {
            groups.push_back({.first = profile, .times = 0, .instructions = {}});
        }
        Group& group = groups[found->second];
        ++group.times;
        for (const InstructionProfile& instruction : profile.instructions) {
            total.add(instruction);
            const auto [place, fresh] =
                group.instructions.try_emplace({instruction.source.ptx_line, instruction.text}, instruction);
            if (!fresh) {
                add(place->second.tally, instruction.tally);
            }
        }
    }
    json launches = json::array();
    for (const Group& group : groups) {
        launches.push_back(group_json(group, source));
    }
    json buffers = json::array();
    for (const vgpu::Touched& buffer : touched) {
        buffers.push_back(
            {{"name", buffer.name}, {"bytes", buffer.bytes}, {"read", buffer.read}, {"written", buffer.written}});
    }
    return {{"schema", 1},
            {"launches", std::move(launches)},
            {"total", counts_json(total)},
            {"buffers", std::move(buffers)}};
}

} // namespace assay::eval

#endif
