#include "eval/with_torch.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fmt/format.h>
#include <fstream>
#include <sstream>

#include "base/program.h"
#include "eval/reference.h"
#include "verify/compare.h"

namespace assay::embedded {
extern const std::vector<std::pair<std::string_view, std::string_view>> torch_runner; // see cmake/embed.cmake
}

namespace assay::eval {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::uint8_t poison = 0xFF;
constexpr auto regime = verify::Regime::Normal;

/// A folder of its own, removed at the end.
class Folder {
public:
    Folder() {
        std::string name = (fs::temp_directory_path() / "assay-torch-XXXXXX").string();
        path_ = ::mkdtemp(name.data()) == nullptr ? fs::path() : fs::path(name);
    }
    ~Folder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] const fs::path& path() const { return path_; }

private:
    fs::path path_;
};

void write(const fs::path& file, const void* data, std::size_t bytes) {
    std::ofstream(file, std::ios::binary).write(static_cast<const char*>(data), static_cast<std::streamsize>(bytes));
}

/// A workload, and inputs of the task's own distribution.
struct Case {
    std::size_t workload = 0; ///< of the task
    tasks::Binding binding;
    std::vector<Bytes> inputs;
};

json case_of(const Case& each, json native, const json& parameters, std::size_t index, const fs::path& folder) {
    native["parameters"] = parameters;
    native["inputs"] = json::object();
    native["numbers"] = json::object();
    for (std::size_t i = 0; i < each.inputs.size(); ++i) {
        const tasks::Binding::Tensor& tensor = each.binding.inputs[i];
        const std::string file = fmt::format("input{}_{}.bin", index, i);
        write(folder / file, each.inputs[i].data(), each.inputs[i].size());
        native["inputs"][tensor.name] = {
            {"file", file}, {"dtype", tasks::to_string(tensor.dtype)}, {"shape", tensor.shape}};
    }
    for (const tasks::Binding::Scalar& scalar : each.binding.scalars) {
        native["numbers"][scalar.name] = scalar.value;
    }
    return native;
}

Result<std::vector<double>> read_output(const fs::path& folder, const json& output) {
    const std::string name = output.at("file");
    std::vector<double> values(output.at("elements").get<std::size_t>());
    std::ifstream stream(folder / name, std::ios::binary);
    stream.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(double)));
    if (!stream && !values.empty()) {
        return fail("is not whole", (folder / name).string());
    }
    return values;
}

/// The outputs against the oracle, within the task's tolerance.
Result<std::vector<TorchResult>> judge(const tasks::Task& task, const std::vector<const tasks::Workload*>& workloads,
                                       const std::vector<Case>& cases, const json& outputs, const fs::path& folder,
                                       const Settings& settings) {
    const auto toolkit = compile::find_toolkit();
    if (!toolkit) {
        return std::unexpected(toolkit.error());
    }
    compile::Compiler compiler(*toolkit, settings.cache);
    plan::Planner planner;
    const auto reference = Reference::build(task, workloads, compiler, planner, settings.device);
    if (!reference) {
        return std::unexpected(reference.error());
    }
    std::vector<TorchResult> results;
    for (std::size_t i = 0; i < cases.size(); ++i) {
        const std::string& workload = workloads[i]->name;
        const auto expectations = (*reference)->expect(i, cases[i].inputs, regime);
        if (!expectations) {
            return std::unexpected(expectations.error());
        }
        const json& of_case = outputs.at(i);
        if (of_case.size() != expectations->size()) {
            return fail(
                fmt::format("the module gives {} outputs, the task has {}", of_case.size(), expectations->size()),
                fmt::format("{}, workload {}", task.name, workload));
        }
        for (std::size_t o = 0; o < expectations->size(); ++o) {
            const verify::Expectation& expectation = (*expectations)[o];
            const auto values = read_output(folder, of_case.at(o));
            if (!values) {
                return std::unexpected(values.error());
            }
            if (values->size() != expectation.oracle.size()) {
                return fail(fmt::format("the module gives {} elements for output '{}', not {}", values->size(),
                                        expectation.tensor.name, expectation.oracle.size()),
                            fmt::format("{}, workload {}", task.name, workload));
            }
            const Bytes bytes = verify::from_doubles(expectation.tensor.dtype, *values);
            results.push_back(
                {workload, expectation.tensor.name, verify::compare(expectation, bytes, task.accepts, poison)});
        }
    }
    return results;
}

} // namespace

bool TorchCheck::agrees() const {
    return what.empty() && std::ranges::all_of(results, [](const auto& result) { return result.comparison.passed; });
}

Result<TorchCheck> check_with_torch(const forms::PythonFile& file, const forms::Imported& imported,
                                    const tasks::Task& task, const std::string& python, const Settings& settings) {
    TorchCheck check;
    if (!imported.native.is_array() || imported.native.size() != task.workloads.size()) {
        check.what = fmt::format("what {}'s constructor is given cannot be written down", file.module);
        return check;
    }
    const Folder folder;
    if (folder.path().empty()) {
        return fail(std::strerror(errno), fs::temp_directory_path().string());
    }
    std::vector<const tasks::Workload*> workloads;
    std::vector<Case> cases;
    json request{{"name", file.name},
                 {"source", file.source},
                 {"class", file.module},
                 {"needs_gpu", imported.extensions > 0},
                 {"cases", json::array()}};
    const auto key = verify::Key::fresh();
    for (std::size_t i = 0; i < task.workloads.size(); ++i) {
        const tasks::Workload& workload = task.workloads[i];
        if (!workload.used_for(tasks::Use::Check) && !workload.used_for(tasks::Use::TimeVgpu)) {
            continue;
        }
        auto binding = tasks::bind(task, workload);
        if (!binding) {
            return std::unexpected(std::move(binding.error()));
        }
        workloads.push_back(&workload);
        auto inputs = verify::generate(*binding, key, regime);
        cases.push_back({i, std::move(*binding), std::move(inputs)});
        request["cases"].push_back(
            case_of(cases.back(), imported.native[i], imported.parameters, cases.size() - 1, folder.path()));
    }
    const std::string text = request.dump(-1, ' ', true, json::error_handler_t::replace);
    write(folder.path() / "request.json", text.data(), text.size());
    const std::string program(embedded::torch_runner.front().second);
    if (const auto ran = run_program({python, "-c", program, folder.path().string()}); !ran) {
        return fail(ran.error().what, python, "--python names the Python that has PyTorch");
    }
    std::ifstream stream(folder.path() / "result.json");
    const json answer = json::parse(stream, nullptr, false);
    try {
        if (!answer.is_object()) {
            check.what = "its process ended without a result";
        } else if (answer.contains("missing")) {
            check.missing = true;
            check.what = answer.at("missing");
        } else if (answer.contains("error")) {
            check.what = answer.at("error");
            check.line = answer.at("line");
        } else {
            check.version = answer.at("version");
            check.place = answer.at("device");
            check.no_gpu = !answer.contains("outputs");
        }
        if (!check.what.empty() || check.no_gpu) {
            return check;
        }
        auto results = judge(task, workloads, cases, answer.at("outputs"), folder.path(), settings);
        if (!results) {
            return std::unexpected(std::move(results.error()));
        }
        check.results = std::move(*results);
    } catch (const json::exception& error) {
        check.what = fmt::format("its process gives no answer: {}", error.what());
    }
    return check;
}

} // namespace assay::eval
