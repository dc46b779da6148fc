#include "eval/costs.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "eval/reference.h"
#include "tasks/roofline.h"

namespace assay::eval {

namespace {

using nlohmann::json;

constexpr double least = 0.75, least_of_small = 0.4, most = 1.5, for_each_word = 24, word_bytes = 4;
constexpr double least_read = 0.6;

struct Bytes {
    std::uint64_t read = 0, written = 0;
};

/// Those of an input or output; none if the program never names it.
Bytes touched(const json& profile, const std::string& name) {
    for (const json& buffer : profile.at("buffers")) {
        if (buffer.at("name") == name) {
            return {buffer.at("read"), buffer.at("written")};
        }
    }
    return {};
}

/// What the workloads say together.
class Costs {
public:
    explicit Costs(const tasks::Task& task) : task_(task), most_read_(task.inputs.size()) {}

    /// `buffer_bytes`: of all that the program has; without them there is no upper bound.
    void check_operations(const tasks::Binding& binding, const json& profile,
                          std::optional<std::uint64_t> buffer_bytes) {
        if (task_.flops.empty()) {
            return;
        }
        const auto declared = static_cast<double>(binding.flops);
        const auto counted = profile.at("total").at("flops").get<double>();
        const char* const convention = "a multiply-add is two, a comparison, a division, an exp is one";
        if (counted < (buffer_bytes ? least : least_of_small) * declared) {
            problems_.push_back(fmt::format("workload '{}': \"flops\" is {:.4g}, but the baseline takes only {:.4g} "
                                            "operations: correct the expression ({})",
                                            binding.workload, declared, counted, convention));
        } else if (buffer_bytes &&
                   counted > most * declared + for_each_word * static_cast<double>(*buffer_bytes) / word_bytes) {
            problems_.push_back(fmt::format("workload '{}': \"flops\" is {:.4g}, but the baseline takes {:.4g} "
                                            "operations: what is missing from the expression ({}), or what does the "
                                            "reference compute twice?",
                                            binding.workload, declared, counted, convention));
        }
    }

    void check_bytes(const tasks::Binding& binding, const json& profile) {
        for (std::size_t i = 0; i < binding.inputs.size(); ++i) {
            const tasks::Binding::Tensor& input = binding.inputs[i];
            const Bytes bytes = touched(profile, fmt::format("input '{}'", input.name));
            most_read_[i] = std::max(most_read_[i], static_cast<double>(bytes.read) /
                                                        static_cast<double>(tasks::compulsory_bytes(input)));
        }
        for (const tasks::Binding::Tensor& output : binding.outputs) {
            const std::uint64_t written = touched(profile, fmt::format("output '{}'", output.name)).written;
            if (written != output.bytes()) {
                problems_.push_back(fmt::format("workload '{}', output '{}': the reference writes {} of its {} bytes",
                                                binding.workload, output.name, written, output.bytes()));
            }
        }
    }

    std::vector<std::string> take() {
        for (std::size_t i = 0; i < most_read_.size(); ++i) {
            if (most_read_[i] < least_read) {
                problems_.push_back(
                    fmt::format("input '{}': the reference reads no more than {:.0f}% of it in any small "
                                "workload: its shape or \"structure\" is wrong, or it is no input",
                                task_.inputs[i].name, 100 * most_read_[i]));
            }
        }
        return std::move(problems_);
    }

private:
    const tasks::Task& task_;
    std::vector<double> most_read_; ///< by input: the largest share of its compulsory bytes
    std::vector<std::string> problems_;
};

} // namespace

Result<std::vector<std::string>> check_costs(const tasks::Task& task, compile::Compiler& compiler,
                                             plan::Planner& planner, const Progress& progress) {
    std::vector<const tasks::Workload*> workloads;
    for (const tasks::Workload& workload : task.workloads) {
        if (workload.used_for(tasks::Use::Check) || workload.used_for(tasks::Use::TimeVgpu)) {
            workloads.push_back(&workload);
        }
    }
    const auto reference = Reference::build_for_counting(task, workloads, compiler, planner);
    if (!reference) {
        return std::unexpected(reference.error());
    }
    Costs costs(task);
    for (std::size_t i = 0; i < workloads.size(); ++i) {
        const tasks::Binding& binding = (*reference)->bindings()[i];
        if (progress) {
            progress(binding.workload + " (costs)");
        }
        // The large one is counted without its accesses, which takes much longer.
        const bool timed = workloads[i]->used_for(tasks::Use::TimeVgpu);
        const auto inputs = verify::generate(binding, verify::Key::fresh(), verify::Regime::Normal);
        const auto profile = (*reference)->profile(i, inputs, !timed);
        if (!profile) {
            return fail(profile.error().message, "reference of " + task.name, profile.error().hint);
        }
        const auto bytes = (*reference)->buffer_bytes(i);
        costs.check_operations(binding, *profile, timed ? std::optional(bytes) : std::nullopt);
        if (!timed) {
            costs.check_bytes(binding, *profile);
        }
    }
    return costs.take();
}

} // namespace assay::eval
