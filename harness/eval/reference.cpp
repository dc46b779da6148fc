#include "eval/reference.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "eval/images.h"
#include "verify/response.h"

namespace assay::eval {

namespace {

constexpr std::chrono::milliseconds reference_timeout{120'000};
constexpr std::uint8_t reference_poison = 0xFF; // a NaN in every floating-point type

/// With -use_fast_math, exp, log, tanh and their kin are instructions of their own, or nearly. Those that are not, and
/// would count as the polynomials that compute them, are replaced by one that is.
constexpr std::string_view prelude_for_counting = R"(#include <cmath>
#include <cuda_runtime.h>
template <class T> T assay_elementary(T x) { return ::tanh(x); }
namespace std { using ::assay_elementary; }
#define erf(x) assay_elementary(x)
#define erff(x) assay_elementary(x)
#define erfc(x) assay_elementary(x)
#define erfcf(x) assay_elementary(x)
#define expm1(x) assay_elementary(x)
#define expm1f(x) assay_elementary(x)
#define log1p(x) assay_elementary(x)
#define log1pf(x) assay_elementary(x)
#line 1
)";

Error to_error(const RunFault& fault, const std::string& where) {
    return {fmt::format("the reference failed: {}: {}", store::to_string(fault.status), fault.message), where,
            fault.hint};
}

/// Whether every value is an integer that fp32 holds, and the baseline got all of them right: then every honest order
/// of computation does, and the comparison can be exact.
bool is_exact(const tasks::Binding::Tensor& tensor, const std::vector<double>& oracle,
              const std::vector<double>& baseline, verify::Regime regime) {
    if (!tasks::is_float(tensor.dtype)) {
        return true;
    }
    if (regime != verify::Regime::Integers || oracle != baseline) {
        return false;
    }
    return std::ranges::all_of(oracle,
                               [](double value) { return std::abs(value) < 0x1p24 && value == std::nearbyint(value); });
}

} // namespace

plan::DeviceProperties properties_of(const driver::DeviceDescription& device) {
    plan::DeviceProperties properties;
    properties.name = device.name;
    properties.compute_major = static_cast<int>(device.compute_major);
    properties.compute_minor = static_cast<int>(device.compute_minor);
    if (device.kind == "gpu") { // on the vGPU host code plans for a GPU, not for two CPU cores
        properties.multiprocessors = static_cast<int>(device.multiprocessors);
        properties.memory_bytes = device.memory_bytes;
        properties.l2_bytes = device.l2_bytes;
    }
    properties.shared_per_block = device.max_shared_per_block;
    properties.shared_optin = device.max_shared_optin;
    return properties;
}

std::string architecture_of(const driver::DeviceDescription& device) {
    // From 9.0 on an architecture has instructions of its own (wgmma), which "a" admits.
    return fmt::format("compute_{}{}{}", device.compute_major, device.compute_minor,
                       device.compute_major >= 9 ? "a" : "");
}

Result<std::unique_ptr<Reference>> Reference::start(const tasks::Task& task,
                                                    const std::vector<const tasks::Workload*>& workloads,
                                                    const std::string& device, const std::filesystem::path& cache,
                                                    const std::optional<driver::DeviceDescription>& target) {
    auto runner = Runner::start(device, cache);
    if (!runner) {
        return std::unexpected(runner.error());
    }
    std::unique_ptr<Reference> reference(new Reference(std::move(*runner), target));
    for (const tasks::Workload* workload : workloads) {
        auto binding = tasks::bind(task, *workload);
        if (!binding) {
            return std::unexpected(binding.error());
        }
        reference->bindings_.push_back(std::move(*binding));
    }
    reference->source_name_ = task.reference.filename().string();
    return reference;
}

Result<std::unique_ptr<Reference>> Reference::build(const tasks::Task& task,
                                                    const std::vector<const tasks::Workload*>& workloads,
                                                    compile::Compiler& compiler, plan::Planner& planner,
                                                    const std::string& device, const std::filesystem::path& cache,
                                                    const std::optional<driver::DeviceDescription>& target) {
    auto reference = start(task, workloads, device, cache, target);
    const auto source = tasks::load_reference(task);
    if (!reference || !source) {
        return std::unexpected(reference ? source.error() : reference.error());
    }
    Reference& made = **reference;
    auto baseline = made.make_program(task, *source, Build::Baseline, made.bindings_, compiler, planner);
    if (!baseline) {
        return std::unexpected(baseline.error());
    }
    std::vector<tasks::Binding> widened;
    std::ranges::transform(made.bindings_, std::back_inserter(widened), tasks::widen);
    auto oracle = made.make_program(task, *source, Build::Oracle, widened, compiler, planner);
    if (!oracle) {
        return std::unexpected(oracle.error());
    }
    made.baseline_ = std::move(*baseline);
    made.oracle_ = std::move(*oracle);
    return reference;
}

Result<std::unique_ptr<Reference>> Reference::build_for_counting(const tasks::Task& task,
                                                                 const std::vector<const tasks::Workload*>& workloads,
                                                                 compile::Compiler& compiler, plan::Planner& planner) {
    auto reference = start(task, workloads, "vgpu");
    const auto source = tasks::load_reference(task);
    if (!reference || !source) {
        return std::unexpected(reference ? source.error() : reference.error());
    }
    Reference& made = **reference;
    auto program = made.make_program(task, *source, Build::Counting, made.bindings_, compiler, planner);
    if (!program) {
        return std::unexpected(program.error());
    }
    made.baseline_ = std::move(*program);
    return reference;
}

Result<Reference::Program> Reference::make_program(const tasks::Task& task, const tasks::ReferenceSource& source,
                                                   Build build, const std::vector<tasks::Binding>& bindings,
                                                   compile::Compiler& compiler, plan::Planner& planner) {
    compile::Request request;
    switch (build) {
    case Build::Baseline:
        request.source = source.text;
        break;
    case Build::Oracle:
        request.source = "#define ASSAY_ORACLE 1\n#line 1\n" + source.text;
        break;
    case Build::Counting:
        request.source = std::string(prelude_for_counting) + source.text;
        request.options = {"-use_fast_math"};
        break;
    }
    request.name = task.reference.filename().string();
    request.architecture = architecture_of(target_);
    request.headers = source.headers;
    const auto compilation = compiler.compile(request);
    if (!compilation) {
        return std::unexpected(compilation.error());
    }
    const std::string where = task.reference.string();
    if (!compilation->ptx) {
        return fail("the reference does not compile:\n" + compilation->log, where);
    }
    const auto recorded = planner.record(*compilation->ptx, "solve", bindings, properties_of(target_));
    if (!recorded) {
        return std::unexpected(recorded.error());
    }
    if (!*recorded) {
        return fail("the reference has no launch plan: " + (*recorded).error().to_string(), where);
    }
    if ((*recorded)->data_dependent()) {
        return fail("the reference reads device memory back: what it launches must depend on the shapes alone", where);
    }
    const auto module = runner_.load((*recorded)->device_ptx, reference_timeout);
    if (!module) {
        return std::unexpected(to_error(module.error(), where));
    }
    Program program{(*recorded)->plans, {}, (*recorded)->device_ptx};
    for (const plan::LaunchPlan& plan : program.plans) {
        const auto prepared = runner_.prepare(*module, plan, reference_timeout);
        if (!prepared) {
            return std::unexpected(to_error(prepared.error(), where));
        }
        program.prepared.push_back(*prepared);
    }
    return program;
}

std::uint64_t Reference::buffer_bytes(std::size_t index) const {
    std::uint64_t sum = 0;
    for (const plan::Buffer& buffer : baseline_.plans[index].buffers) {
        sum += buffer.bytes;
    }
    return sum;
}

RunResult<std::vector<Bytes>> Reference::outputs(const Program& program, std::size_t index,
                                                 const std::vector<Bytes>& inputs) {
    const std::uint32_t plan = program.prepared[index];
    if (auto written = runner_.write_inputs(plan, inputs, reference_timeout); !written) {
        return std::unexpected(written.error());
    }
    auto images = runner_.run(plan, 0, reference_poison, false, reference_timeout);
    if (!images) {
        return images;
    }
    std::vector<Bytes> outputs;
    for (std::uint32_t i = 0; i < bindings_[index].outputs.size(); ++i) {
        outputs.push_back(output_bytes(program.plans[index], *images, i));
    }
    return outputs;
}

Result<std::vector<verify::Expectation>> Reference::expect(std::size_t index, const std::vector<Bytes>& inputs,
                                                           verify::Regime regime) {
    if (const auto kept = kept_.find({index, regime}); kept != kept_.end() && kept->second.inputs == inputs) {
        return kept->second.expectations;
    }
    auto expectations = compute(index, inputs, regime);
    if (keeps_ && expectations) {
        kept_[{index, regime}] = {inputs, *expectations};
    }
    return expectations;
}

Result<std::vector<verify::Expectation>> Reference::compute(std::size_t index, const std::vector<Bytes>& inputs,
                                                            verify::Regime regime) {
    const tasks::Binding& binding = bindings_[index];
    const std::vector<Bytes> widened = verify::widen_inputs(binding, inputs);
    const auto oracle = outputs(oracle_, index, widened);
    if (!oracle) {
        return std::unexpected(to_error(oracle.error(), "oracle of " + binding.task));
    }
    const auto baseline = outputs(baseline_, index, inputs);
    if (!baseline) {
        return std::unexpected(to_error(baseline.error(), "reference of " + binding.task));
    }
    std::vector<verify::Expectation> expectations;
    for (std::size_t i = 0; i < binding.outputs.size(); ++i) {
        const tasks::Binding::Tensor& tensor = binding.outputs[i];
        const auto oracle_type = tasks::is_float(tensor.dtype) ? tasks::DType::Float64 : tensor.dtype;
        verify::Expectation expectation{tensor, verify::to_doubles(oracle_type, (*oracle)[i]),
                                        verify::to_doubles(tensor.dtype, (*baseline)[i]), false};
        expectation.exact = is_exact(tensor, expectation.oracle, expectation.reference, regime);
        expectations.push_back(std::move(expectation));
    }
    // Large scores in a softmax, for one: their rounding is multiplied by their size.
    if (regime == verify::Regime::Patterns || regime == verify::Regime::Magnitudes) {
        if (const auto asked = ask_responses(index, widened, expectations); !asked) {
            return std::unexpected(asked.error());
        }
    }
    return expectations;
}

Result<> Reference::ask_responses(std::size_t index, const std::vector<Bytes>& widened,
                                  std::vector<verify::Expectation>& expectations) {
    const tasks::Binding& binding = bindings_[index];
    for (std::uint32_t draw = 0; draw < verify::response_draws; ++draw) {
        const auto moved = outputs(oracle_, index, verify::perturb_inputs(binding, widened, draw));
        if (!moved) {
            return std::unexpected(to_error(moved.error(), "oracle of " + binding.task));
        }
        for (std::size_t i = 0; i < expectations.size(); ++i) {
            verify::Expectation& expectation = expectations[i];
            if (!expectation.exact) {
                expectation.responses.resize(expectation.oracle.size());
                verify::take_responses(expectation.oracle, verify::to_doubles(tasks::DType::Float64, (*moved)[i]),
                                       expectation.responses);
            }
        }
    }
    return {};
}

RunResult<nlohmann::json> Reference::profile(std::size_t index, const std::vector<Bytes>& inputs, bool accesses) {
    const std::uint32_t plan = baseline_.prepared[index];
    if (auto written = runner_.write_inputs(plan, inputs, reference_timeout); !written) {
        return std::unexpected(written.error());
    }
    const auto names = buffer_names(baseline_.plans[index], bindings_[index]);
    return runner_.profile(plan, names, source_name_, accesses, reference_timeout);
}

RunResult<double> Reference::time_baseline(std::size_t index, unsigned runs,
                                           const std::vector<verify::InputChange>& changes) {
    return runner_.time(baseline_.prepared[index], 0, reference_poison, runs, changes, reference_timeout);
}

} // namespace assay::eval
