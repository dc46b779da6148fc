#include "cli/profile_text.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>
#include <sstream>
#include <vector>

namespace assay::cli {

namespace {

using nlohmann::json;

std::uint64_t number(const json& from, const char* name) {
    return from.at(name).get<std::uint64_t>();
}

/// "950", "12.3 k", "4.56 M"
std::string count_text(std::uint64_t count) {
    if (count < 10'000) {
        return fmt::format("{}", count);
    }
    constexpr std::array units{"k", "M", "G", "T"};
    double value = static_cast<double>(count) / 1e3;
    std::size_t unit = 0;
    for (; value >= 999.5 && unit + 1 < units.size(); ++unit) {
        value /= 1e3;
    }
    return fmt::format("{:.3g} {}", value, units[unit]);
}

std::string bytes_text(std::uint64_t bytes) {
    return count_text(bytes) + (bytes < 10'000 ? " B" : "B");
}

double ratio(double a, double b) {
    return b == 0 ? 0 : a / b;
}

std::string dim_text(const json& dim) {
    const auto extent = [&](std::size_t i) { return dim.at(i).get<std::uint32_t>(); };
    if (extent(2) != 1) {
        return fmt::format("{} x {} x {}", extent(0), extent(1), extent(2));
    }
    return extent(1) != 1 ? fmt::format("{} x {}", extent(0), extent(1)) : fmt::format("{}", extent(0));
}

void add_row(std::string& out, const std::string& label, const std::string& text) {
    out += fmt::format("  {:<20}{}\n", label, text);
}

/// "integer 45%, move 20%, ...", the most first
std::string mix(const json& counts) {
    std::vector<std::pair<std::uint64_t, std::string>> classes;
    for (const auto& [name, executed] : counts.at("classes").items()) {
        classes.emplace_back(number(executed, "warps"), name);
    }
    std::ranges::sort(classes, std::greater{});
    std::string text;
    for (const auto& [warps, name] : classes) {
        text += fmt::format(
            "{}{} {:.1f}%", text.empty() ? "" : ", ", name,
            100 * ratio(static_cast<double>(warps), static_cast<double>(number(counts, "warp_instructions"))));
    }
    return text;
}

std::string traffic_text(const json& traffic) {
    std::string text = fmt::format("{} loaded, {} stored", bytes_text(number(traffic, "loaded")),
                                   bytes_text(number(traffic, "stored")));
    if (number(traffic, "atomic") != 0) {
        text += fmt::format(", {} by atomics", bytes_text(number(traffic, "atomic")));
    }
    return text;
}

void add_counts(std::string& out, const json& counts) {
    const std::uint64_t warps = number(counts, "warp_instructions");
    add_row(out, "warp instructions",
            fmt::format("{}, of {:.1f} lanes each", count_text(warps),
                        ratio(static_cast<double>(number(counts, "thread_instructions")), static_cast<double>(warps))));
    add_row(out, "", mix(counts));
    std::string operations;
    for (const auto& [kind, count] : counts.at("operations").items()) {
        operations +=
            fmt::format("{}{} {}", operations.empty() ? "" : ", ", kind, count_text(count.get<std::uint64_t>()));
    }
    if (!operations.empty()) {
        add_row(out, "operations", operations);
    }
    const json& bytes = counts.at("bytes");
    const std::uint64_t requests = number(counts, "global_requests"), sectors = number(counts, "sectors");
    for (const auto& [space, traffic] : bytes.items()) {
        std::string text = traffic_text(traffic);
        if (space == "global" && requests != 0) {
            const std::uint64_t asked =
                number(traffic, "loaded") + number(traffic, "stored") + number(traffic, "atomic");
            text += fmt::format("; {:.2f} sectors a request, {:.0f}% of their bytes asked for",
                                ratio(static_cast<double>(sectors), static_cast<double>(requests)),
                                100 * ratio(static_cast<double>(asked), 32.0 * static_cast<double>(sectors)));
        } else if (space == "shared" && number(counts, "shared_requests") != 0) {
            text += fmt::format("; {:.2f} bank passes a request, {} of them conflicts",
                                ratio(static_cast<double>(number(counts, "bank_passes")),
                                      static_cast<double>(number(counts, "shared_requests"))),
                                count_text(number(counts, "bank_conflicts")));
        }
        add_row(out, space + " memory", text);
    }
    if (number(counts, "branches") != 0) {
        add_row(out, "branches",
                fmt::format("{}, at {} of which lanes went apart", count_text(number(counts, "branches")),
                            count_text(number(counts, "parted_branches"))));
    }
}

/// What a named GPU's assembler says, if one was asked.
void add_resources(std::string& out, const json& launch, const json& profile) {
    if (!launch.contains("resources")) {
        return;
    }
    const json& resources = launch.at("resources");
    const json& occupancy = launch.at("occupancy");
    const std::uint64_t spilled = number(resources, "spill_stores") + number(resources, "spill_loads");
    add_row(out, "registers",
            fmt::format("{} a thread, {}; {} of stack", number(resources, "registers"),
                        spilled == 0
                            ? "no spills"
                            : fmt::format("{} spilled, {} loaded again", bytes_text(number(resources, "spill_stores")),
                                          bytes_text(number(resources, "spill_loads"))),
                        bytes_text(number(resources, "stack_bytes"))));
    add_row(out, "occupancy",
            fmt::format("{:.0f}% of the warps of {}: {} blocks a multiprocessor, limited by {}",
                        100 * occupancy.at("fraction").get<double>(), profile.at("gpu").at("name").get<std::string>(),
                        number(occupancy, "blocks"), occupancy.at("limit").get<std::string>()));
}

} // namespace

std::string profile_text(const json& profile) {
    std::string out;
    const json& launches = profile.at("launches");
    for (const json& launch : launches) {
        const std::uint64_t times = number(launch, "times");
        out += fmt::format("{}{}\n", launch.at("name").get<std::string>(),
                           launch.at("interpreted").get<bool>() ? " (interpreted)" : "");
        const std::uint64_t shared = number(launch, "static_shared") + number(launch, "dynamic_shared");
        add_row(out, times == 1 ? "1 launch" : fmt::format("{} launches", times),
                fmt::format("{} blocks of {} threads{}", dim_text(launch.at("grid")), dim_text(launch.at("block")),
                            shared == 0 ? "" : fmt::format(", {} of shared memory each", bytes_text(shared))));
        add_resources(out, launch, profile);
        add_counts(out, launch.at("counts"));
        out += '\n';
    }
    if (profile.contains("gpu") && profile.at("gpu").contains("problem")) {
        out += fmt::format("no registers and occupancy of {}: {}\n\n", profile.at("gpu").at("name").get<std::string>(),
                           profile.at("gpu").at("problem").get<std::string>());
    }
    if (launches.size() > 1) {
        out += "all of them\n";
        add_counts(out, profile.at("total"));
        out += '\n';
    }
    if (!profile.at("buffers").empty()) {
        out += "buffers, by different bytes\n";
    }
    for (const json& buffer : profile.at("buffers")) {
        add_row(out, buffer.at("name").get<std::string>(),
                fmt::format("{}: {} read, {} written", bytes_text(number(buffer, "bytes")),
                            bytes_text(number(buffer, "read")), bytes_text(number(buffer, "written"))));
    }
    return out;
}

std::string annotated_source(const json& profile, const std::string& file, const std::string& source) {
    struct Line {
        std::uint64_t warps = 0, threads = 0, flops = 0, global = 0, requests = 0, sectors = 0, shared = 0,
                      conflicts = 0;
        std::uint64_t parted = 0;
    };
    std::map<std::uint64_t, Line> lines;
    std::uint64_t all = 0, elsewhere = 0;
    for (const json& launch : profile.at("launches")) {
        for (const json& entry : launch.at("lines")) {
            all += number(entry, "warps");
            if (entry.at("file") != file) {
                elsewhere += number(entry, "warps");
                continue;
            }
            Line& line = lines[number(entry, "line")];
            line.warps += number(entry, "warps");
            line.threads += number(entry, "threads");
            line.flops += number(entry, "flops");
            line.global += number(entry, "global_bytes");
            line.requests += number(entry, "global_requests");
            line.sectors += number(entry, "sectors");
            line.shared += number(entry, "shared_bytes");
            line.conflicts += number(entry, "bank_conflicts");
            line.parted += number(entry, "parted");
        }
    }
    std::string out = fmt::format("{:>9} {:>5} {:>5} {:>8} {:>9} {:>7} {:>9} {:>9} {:>7}\n", "warp ins.", "share",
                                  "lanes", "flop", "global", "sectors", "shared", "conflicts", "parted");
    const auto cell = [](std::uint64_t value, const std::string& text) { return value == 0 ? std::string() : text; };
    std::istringstream text(source);
    std::string code;
    for (std::uint64_t n = 1; std::getline(text, code); ++n) {
        const Line line = lines[n];
        out += fmt::format(
            "{:>9} {:>5} {:>5} {:>8} {:>9} {:>7} {:>9} {:>9} {:>7} {:>4} | {}\n",
            cell(line.warps, count_text(line.warps)),
            cell(line.warps,
                 fmt::format("{:.1f}%", 100 * ratio(static_cast<double>(line.warps), static_cast<double>(all)))),
            cell(line.warps,
                 fmt::format("{:.1f}", ratio(static_cast<double>(line.threads), static_cast<double>(line.warps)))),
            cell(line.flops, count_text(line.flops)), cell(line.global, bytes_text(line.global)),
            cell(line.requests,
                 fmt::format("{:.1f}", ratio(static_cast<double>(line.sectors), static_cast<double>(line.requests)))),
            cell(line.shared, bytes_text(line.shared)), cell(line.conflicts, count_text(line.conflicts)),
            cell(line.parted, count_text(line.parted)), n, code);
    }
    if (elsewhere != 0) {
        out += fmt::format("{:>9} {:>4.1f}% in code that is not of {}\n", count_text(elsewhere),
                           100 * ratio(static_cast<double>(elsewhere), static_cast<double>(all)), file);
    }
    return out + "sectors: of 32 bytes, a request of a warp; global, shared: bytes that lanes ask for\n";
}

} // namespace assay::cli
