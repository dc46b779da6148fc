// PTX as the recorder gets it: rules, interpretation of the host entry within small limits, and the device's part. What
// is recorded is within the limits, and reads back from its own JSON.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <variant>
#include <vector>

#include "isa/decode.h"
#include "plan/plan_json.h"
#include "plan/planner.h"
#include "ptx/parser.h"

namespace {

const assay::tasks::Binding& binding() {
    static const assay::tasks::Binding bound = [] {
        const auto task = assay::tasks::load(ASSAY_SOURCE_DIR "/tasks/level1/vector_add.json");
        if (!task) {
            std::abort();
        }
        return *assay::tasks::bind(*task, task->workloads.front());
    }();
    return bound;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace assay;
    const auto module = ptx::parse(std::string(reinterpret_cast<const char*>(data), size), "fuzz.ptx");
    const auto program = module ? isa::decode(*module, "fuzz.ptx") : std::unexpected(module.error());
    if (!program) {
        return 0;
    }
    (void)plan::check_rules(*module, *program);
    std::vector<std::string> launched;
    const plan::RecordLimits limits{.steps = 20'000, .memory = 1 << 20, .device_memory = 1 << 24, .plan_steps = 200};
    const auto recorded = plan::record(*program, "solve", binding(), {}, limits);
    if (recorded) {
        for (const plan::Step& step : recorded->steps) {
            if (const auto* launch = std::get_if<plan::Launch>(&step)) {
                launched.push_back(launch->kernel);
            }
        }
        // What the recorder writes its reader takes.
        if (!plan::from_json(plan::to_json(*recorded))) {
            std::abort();
        }
    }
    (void)plan::inspect(*program, launched);
    (void)plan::device_module(*module, launched);
    return 0;
}
