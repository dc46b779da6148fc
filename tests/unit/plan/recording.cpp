#include "unit/plan/recording.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>

#include "isa/decode.h"
#include "source_dir.h"

namespace assay::plan::testing {

std::string read_source(const std::string& file) {
    std::ifstream stream(source_dir() + "/tests/unit/plan/sources/" + file, std::ios::binary);
    EXPECT_TRUE(stream) << file;
    return {std::istreambuf_iterator<char>(stream), {}};
}

const isa::Program& program(const std::string& name) {
    static std::map<std::string, isa::Program> known;
    const auto [place, made] = known.try_emplace(name);
    if (made) {
        auto decoded = isa::decode_text(read_source(name + ".ptx"), name + ".ptx");
        if (decoded) {
            place->second = std::move(*decoded);
        } else {
            ADD_FAILURE() << decoded.error().to_string();
        }
    }
    return place->second;
}

std::uint32_t line_of(const std::string& name, std::string_view mark) {
    const std::string text = read_source(name + ".cu");
    const std::string comment = fmt::format("// @{}\n", mark);
    const std::size_t at = text.find(comment);
    EXPECT_NE(at, std::string::npos) << comment;
    return static_cast<std::uint32_t>(1 +
                                      std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

Bind& Bind::input(const std::string& name, std::vector<std::int64_t> shape, tasks::DType dtype) {
    auto& tensor = binding_.inputs.emplace_back();
    tensor.name = name;
    tensor.dtype = dtype;
    tensor.shape = std::move(shape);
    return *this;
}

Bind& Bind::output(const std::string& name, std::vector<std::int64_t> shape, tasks::DType dtype) {
    auto& tensor = binding_.outputs.emplace_back();
    tensor.name = name;
    tensor.dtype = dtype;
    tensor.shape = std::move(shape);
    return *this;
}

Bind& Bind::axis(const std::string& name, double value) {
    binding_.scalars.push_back({.name = name, .axis = true, .dtype = tasks::DType::Int32, .value = value});
    return *this;
}

Bind& Bind::scalar(const std::string& name, tasks::DType dtype, double value) {
    binding_.scalars.push_back({.name = name, .axis = false, .dtype = dtype, .value = value});
    return *this;
}

Bind unary(std::int64_t n) {
    return Bind().input("A", {n}).output("C", {n}).axis("n", static_cast<double>(n));
}

LaunchPlan plan_of(const std::string& name, const std::string& entry, const tasks::Binding& binding,
                   const RecordLimits& limits) {
    auto plan = record(program(name), entry, binding, {}, limits);
    if (!plan) {
        ADD_FAILURE() << entry << ": " << plan.error().to_string();
        return {};
    }
    return std::move(*plan);
}

PlanError error_of(const std::string& name, const std::string& entry, const tasks::Binding& binding,
                   const RecordLimits& limits) {
    auto plan = record(program(name), entry, binding, {}, limits);
    if (plan) {
        ADD_FAILURE() << entry << " was recorded: " << plan->steps.size() << " steps";
        return {};
    }
    return std::move(plan.error());
}

std::string pointer(const LaunchPlan& plan, const Pointer& pointer) {
    if (pointer.buffer >= plan.buffers.size()) {
        ADD_FAILURE() << "no buffer " << pointer.buffer;
        return {};
    }
    const std::string& name = plan.buffers[pointer.buffer].name;
    return pointer.offset == 0 ? name : fmt::format("{}+{}", name, pointer.offset);
}

std::string pointer(const LaunchPlan& plan, const Launch& launch, std::size_t at) {
    for (const Relocation& relocation : launch.relocations) {
        if (relocation.at == at) {
            return pointer(plan, relocation.target);
        }
    }
    return {};
}

} // namespace assay::plan::testing
