#include "eval/sanitize.h"

#include <filesystem>

#if ASSAY_VGPU
#include "eval/memory_objects.h"
#include "vgpu/vgpu.h"
#endif

namespace assay::eval {

using nlohmann::json;

#if ASSAY_VGPU
namespace {

json to_json(const vgpu::Finding& finding, const std::string& source) {
    const bool own = std::filesystem::path(finding.file).filename() == source;
    return {{"kind", to_string(finding.kind)}, {"message", finding.message},
            {"kernel", finding.kernel},        {"line", own ? finding.source.line : finding.source.outer_line},
            {"block", finding.block},          {"thread", finding.thread},
            {"address", finding.address},      {"times", finding.times}};
}

} // namespace
#endif

DeviceResult<json> sanitize(PreparedPlan& plan, [[maybe_unused]] const std::vector<std::string>& names,
                            [[maybe_unused]] const std::string& source,
                            [[maybe_unused]] std::chrono::milliseconds limit) {
    auto done = plan.poison(0, 0xFF);
    if (!done) {
        return std::unexpected(std::move(done.error()));
    }
    json findings = json::array();
#if ASSAY_VGPU
    auto objects = memory_objects(plan, names);
    std::erase_if(objects, [](const vgpu::MemoryObject& object) { return object.room == 0; }); // symbols
    vgpu::start_checking(std::move(objects), std::chrono::steady_clock::now() + limit);
    done = plan.run();
    for (const vgpu::Finding& finding : vgpu::stop_checking()) {
        findings.push_back(to_json(finding, source));
    }
#else
    done = plan.run();
#endif
    if (!done) {
        findings.push_back({{"kind", "fault"},
                            {"message", done.error().message},
                            {"kernel", done.error().kernel},
                            {"line", done.error().line},
                            {"times", 1}});
    }
    return json{{"findings", std::move(findings)}};
}

} // namespace assay::eval
