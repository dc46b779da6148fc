// A program has one entry for each kind of call (operator, element types, ranks); extents, strides and numbers are its
// parameters, so that one compilation, which the cache keeps, serves all shapes.
#include "eval/library.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "plan/names.h"
#include "ptx/parser.h"

namespace assay::eval {

namespace {

namespace fs = std::filesystem;
using plan::Operator;

#define ASSAY_CONVOLUTION                                                                                              \
    "{.stride = each(n0, n1, n2), .padding = each(n3, n4, n5), .dilation = each(n6, n7, n8), "                         \
    ".output_padding = each(n9, n10, n11), .groups = int(n12)}, out)"
#define ASSAY_POOLING                                                                                                  \
    "{.kernel = each(n0, n1, n2), .stride = each(n3, n4, n5), .padding = each(n6, n7, n8), "                           \
    ".dilation = each(n9, n10, n11), .ceil = n12 != 0, .count_padding = n13 != 0}, out)"
// To a mask: the operators of elementwise.cuh keep their input's type.
#define ASSAY_COMPARISON(name, symbol)                                                                                 \
    {name, "elementwise",                                                                                              \
     "map_kernel<<<grid(ceil_div(in0.size(), 256)), 256>>>([](A a, A b) { return a " symbol                            \
     " b; }, in0.size(), q, p0, p1)"},                                                                                 \
        {name "_number", "elementwise",                                                                                \
         "map_kernel<<<grid(ceil_div(in0.size(), 256)), 256>>>([=](A v) { return v " symbol                            \
         " A(n0); }, in0.size(), q, p0)"}

// A dense result is where p is: BLAS writes into what is there.
#define ASSAY_PRODUCT(name, left, right)                                                                               \
    {name, "blas",                                                                                                     \
     "scaled_product<" left ", " right                                                                                 \
     ">(in0, in1, {index_t(n0), index_t(n1), index_t(n2), index_t(n3), index_t(n4), "                                  \
     "index_t(n5), index_t(n6), index_t(n7), index_t(n8), index_t(n9)}, A(n10), A(n11), out)"}

constexpr LibraryCall calls[] = {
    ASSAY_PRODUCT("cublas_gemm_nn", "false", "false"),
    ASSAY_PRODUCT("cublas_gemm_nt", "false", "true"),
    ASSAY_PRODUCT("cublas_gemm_tn", "true", "false"),
    ASSAY_PRODUCT("cublas_gemm_tt", "true", "true"),
    {"flip", "layout", "flip(in0, int(n0), out)"},
    {"index_select", "indexing", "index_select(in0, int(n0), in1, out)"},
    {"take_along", "indexing", "take_along(in0, int(n0), in1, out)"},
    {"topk_places", "indexing", "topk_places(in0, int(n0), int(n1), n2 != 0, out)"},
    {"copy", "strided", "copy_strided(p0, strides0, q, strides, extents)"},
    {"fill", "strided", "fill_strided(q, strides, extents, static_cast<R>(n0))"},
    {"add", "elementwise", "add(in0, in1, out)"},
    {"sub", "elementwise", "subtract(in0, in1, out)"},
    {"mul", "elementwise", "multiply(in0, in1, out)"},
    {"div", "elementwise", "divide(in0, in1, out)"},
    {"maximum", "elementwise", "maximum(in0, in1, out)"},
    {"minimum", "elementwise", "minimum(in0, in1, out)"},
    {"add_number", "elementwise", "add(in0, A(n0), out)"},
    {"mul_number", "elementwise", "multiply(in0, A(n0), out)"},
    {"div_number", "elementwise", "divide(in0, A(n0), out)"},
    {"rsub_number", "elementwise", "map([=](A v) { return A(n0) - v; }, out, in0)"},
    {"rdiv_number", "elementwise", "map([=](A v) { return A(n0) / v; }, out, in0)"},
    {"pow_number", "elementwise", "map([=](A v) { return ::pow(v, A(n0)); }, out, in0)"},
    ASSAY_COMPARISON("gt", ">"),
    ASSAY_COMPARISON("ge", ">="),
    ASSAY_COMPARISON("lt", "<"),
    ASSAY_COMPARISON("le", "<="),
    ASSAY_COMPARISON("eq", "=="),
    ASSAY_COMPARISON("ne", "!="),
    {"where", "elementwise", "map([](A a, A b, bool first) { return first ? a : b; }, out, in0, in1, in2)"},
    {"clamp", "elementwise", "clamp(in0, A(n0), A(n1), out)"},
    {"exp", "elementwise", "map([](A v) { return ::exp(v); }, out, in0)"},
    {"log", "elementwise", "map([](A v) { return ::log(v); }, out, in0)"},
    {"sqrt", "elementwise", "map([](A v) { return ::sqrt(v); }, out, in0)"},
    {"rsqrt", "elementwise", "map([](A v) { return ::rsqrt(v); }, out, in0)"},
    {"abs", "elementwise", "map([](A v) { return v < A(0) ? -v : v; }, out, in0)"},
    {"neg", "elementwise", "map([](A v) { return -v; }, out, in0)"},
    {"square", "elementwise", "map([](A v) { return v * v; }, out, in0)"},
    {"reciprocal", "elementwise", "map([](A v) { return A(1) / v; }, out, in0)"},
    {"erf", "elementwise", "map([](A v) { return ::erf(v); }, out, in0)"},
    {"sin", "elementwise", "map([](A v) { return ::sin(v); }, out, in0)"},
    {"cos", "elementwise", "map([](A v) { return ::cos(v); }, out, in0)"},
    {"log1p", "elementwise", "map([](A v) { return ::log1p(v); }, out, in0)"},
    {"expm1", "elementwise", "map([](A v) { return ::expm1(v); }, out, in0)"},
    {"sign", "elementwise", "map([](A v) { return A(v > A(0)) - A(v < A(0)); }, out, in0)"},
    {"floor", "elementwise", "map([](A v) { return ::floor(v); }, out, in0)"},
    {"ceil", "elementwise", "map([](A v) { return ::ceil(v); }, out, in0)"},
    {"round", "elementwise", "map([](A v) { return ::rint(v); }, out, in0)"},
    {"relu", "activation", "relu(in0, out)"},
    {"sigmoid", "activation", "sigmoid(in0, out)"},
    {"tanh", "activation", "ops::tanh(in0, out)"},
    {"silu", "activation", "swish(in0, out)"},
    {"softplus", "activation", "softplus(in0, out)"},
    {"mish", "activation", "mish(in0, out)"},
    {"gelu", "activation", "gelu(in0, out)"},
    {"gelu_tanh", "activation", "gelu_tanh(in0, out)"},
    {"leaky_relu", "activation", "leaky_relu(in0, A(n0), out)"},
    {"selu", "activation", "selu(in0, out)"},
    {"elu", "activation", "elu(in0, A(n0), out)"},
    {"hardswish", "activation", "hard_swish(in0, out)"},
    {"hardsigmoid", "activation", "hard_sigmoid(in0, out)"},
    {"sum", "reduce", "sum(in0, Dimensions(int(n0), int(n1)), out)"},
    {"mean", "reduce", "mean(in0, Dimensions(int(n0), int(n1)), out)"},
    {"prod", "reduce", "product(in0, Dimensions(int(n0), int(n1)), out)"},
    {"amax", "reduce", "ops::max(in0, Dimensions(int(n0), int(n1)), out)"},
    {"amin", "reduce", "ops::min(in0, Dimensions(int(n0), int(n1)), out)"},
    {"argmax", "reduce", "argmax(in0, int(n0), out)"},
    {"argmin", "reduce", "argmin(in0, int(n0), out)"},
    {"cumsum", "scan", "cumsum(in0, {}, out)"},
    {"cumprod", "scan", "cumprod(in0, {}, out)"},
    {"softmax", "softmax", "softmax(in0, int(n0), out)"},
    {"log_softmax", "softmax", "log_softmax(in0, int(n0), out)"},
    {"matmul", "matmul", "matmul(in0, in1, out)"},
    {"linear", "matmul", "linear(in0, in1, out)"},
    {"linear_bias", "matmul", "linear(in0, in1, in2, out)"},
    {"logsumexp", "reduce", "logsumexp(in0, Dimensions(int(n0), int(n1)), out)"},
    {"softsign", "activation", "softsign(in0, out)"},
    {"conv1d", "convolution", "conv1d(in0, in1, in2, " ASSAY_CONVOLUTION},
    {"conv2d", "convolution", "conv2d(in0, in1, in2, " ASSAY_CONVOLUTION},
    {"conv3d", "convolution", "conv3d(in0, in1, in2, " ASSAY_CONVOLUTION},
    {"conv_transpose1d", "convolution", "conv_transpose1d(in0, in1, in2, " ASSAY_CONVOLUTION},
    {"conv_transpose2d", "convolution", "conv_transpose2d(in0, in1, in2, " ASSAY_CONVOLUTION},
    {"conv_transpose3d", "convolution", "conv_transpose3d(in0, in1, in2, " ASSAY_CONVOLUTION},
    {"batch_norm", "normalization", "batch_norm(in0, in1, in2, A(n0), out)"},
    {"instance_norm", "normalization", "instance_norm(in0, A(n0), out)"},
    {"group_norm", "normalization", "group_norm(in0, index_t(n1), in1, in2, A(n0), out)"},
    {"layer_norm", "normalization",
     "layer_norm(in0, Tensor<T>{in1.data, Shape(index_t(n1))}, Tensor<T>{in2.data, Shape(index_t(n1))}, A(n0), out)"},
    {"max_pool", "pooling", "max_pool(in0, " ASSAY_POOLING},
    {"avg_pool", "pooling", "avg_pool(in0, " ASSAY_POOLING},
    {"adaptive_avg_pool", "pooling", "adaptive_avg_pool(in0, each(n0, n1, n2), out)"},
    {"attention", "attention", "attention(in0, in1, in2, out)"},
};
#undef ASSAY_PRODUCT
#undef ASSAY_CONVOLUTION
#undef ASSAY_POOLING
#undef ASSAY_COMPARISON

const LibraryCall* find_call(const std::string& name) {
    const auto call = std::ranges::find(calls, name, &LibraryCall::name);
    return call == std::end(calls) ? nullptr : call;
}

bool is_strided(const Operator& operation) {
    return operation.name == "copy" || operation.name == "fill";
}

/// Elements from the first to the last one.
std::int64_t span_of(const Operator::Operand& operand) {
    std::int64_t last = 0;
    for (std::size_t i = 0; i < operand.shape.size(); ++i) {
        if (operand.shape[i] == 0) {
            return 0;
        }
        last += (operand.shape[i] - 1) * operand.strides[i];
    }
    return last + 1;
}

/// Calls of one kind have the same entry.
std::string kind_of(const Operator& operation) {
    std::string kind =
        fmt::format("{} {} {}", operation.name, tasks::c_type(operation.output.dtype), operation.output.shape.size());
    for (const Operator::Operand& operand : operation.inputs) {
        kind += fmt::format(" {} {}", tasks::c_type(operand.dtype), operand.shape.size());
    }
    return kind + fmt::format(" {}", operation.numbers.size());
}

std::string list_of(const char* format, std::size_t count) {
    std::string list;
    for (std::size_t i = 0; i < count; ++i) {
        list += fmt::format("{}{}", i == 0 ? "" : ", ", fmt::format(fmt::runtime(format), i));
    }
    return list;
}

/// The entry of a kind of calls; its parameters are those of `binding_of`.
std::string entry_text(const std::string& name, const Operator& operation) {
    const LibraryCall& call = *find_call(operation.name);
    const std::string_view result = tasks::c_type(operation.output.dtype);
    const std::string_view type = operation.inputs.empty() ? result : tasks::c_type(operation.inputs[0].dtype);
    std::string parameters, tensors;
    const auto parameter = [&](const std::string& text) { parameters += (parameters.empty() ? "" : ", ") + text; };
    for (std::size_t i = 0; i < operation.inputs.size(); ++i) {
        parameter(fmt::format("const {}* p{}", tasks::c_type(operation.inputs[i].dtype), i));
    }
    parameter(fmt::format("{}* q", result));
    if (is_strided(operation)) {
        const std::size_t rank = operation.output.shape.size();
        for (const char* what : {"e", "s"}) {
            for (std::size_t i = 0; i < rank; ++i) {
                parameter(fmt::format("long long {}{}", what, i));
            }
        }
        tensors +=
            fmt::format("    const Shape extents({}), strides({});\n", list_of("e{}", rank), list_of("s{}", rank));
        for (std::size_t k = 0; k < operation.inputs.size(); ++k) {
            for (std::size_t i = 0; i < rank; ++i) {
                parameter(fmt::format("long long t{}_{}", k, i));
            }
            tensors +=
                fmt::format("    const Shape strides{}({});\n", k, list_of(fmt::format("t{}_{{}}", k).c_str(), rank));
        }
    } else {
        for (std::size_t k = 0; k < operation.inputs.size(); ++k) {
            const std::size_t rank = operation.inputs[k].shape.size();
            for (std::size_t i = 0; i < rank; ++i) {
                parameter(fmt::format("long long t{}_{}", k, i));
            }
            const std::string extents = list_of(fmt::format("t{}_{{}}", k).c_str(), rank);
            tensors += fmt::format("    const auto in{0} = tensor(p{0}{1}{2});\n", k, rank == 0 ? "" : ", ", extents);
        }
        for (std::size_t k = operation.inputs.size(); k < 3; ++k) {
            tensors += fmt::format("    [[maybe_unused]] const Tensor<T> in{};\n", k);
        }
        tensors += "    const Out<R> out(q);\n"
                   "    [[maybe_unused]] const auto each = [](double a, double b, double c) {\n"
                   "        return Each(int(a), int(b), int(c));\n    };\n";
    }
    for (std::size_t i = 0; i < operation.numbers.size(); ++i) {
        parameter(fmt::format("double n{}", i));
    }
    return fmt::format(
        "extern \"C\" void {}({}) {{\n    using T = {};\n    using R = {};\n    using A = accumulator_t<T>;\n"
        "{}    {};\n}}\n",
        name, parameters, type, result, tensors, call.code);
}

tasks::Binding binding_of(const Operator& operation) {
    tasks::Binding binding;
    binding.task = operation.name;
    const auto tensor = [](const Operator::Operand& operand, const std::string& name) {
        tasks::Binding::Tensor tensor;
        tensor.name = name;
        tensor.dtype = operand.dtype;
        tensor.shape = {span_of(operand)};
        return tensor;
    };
    const auto axis = [&](std::int64_t value) {
        binding.scalars.push_back(
            {.name = "axis", .axis = true, .dtype = tasks::DType::Int64, .value = static_cast<double>(value)});
    };
    for (std::size_t i = 0; i < operation.inputs.size(); ++i) {
        binding.inputs.push_back(tensor(operation.inputs[i], fmt::format("in{}", i)));
    }
    binding.outputs.push_back(tensor(operation.output, "out"));
    if (is_strided(operation)) {
        std::ranges::for_each(operation.output.shape, axis);
        std::ranges::for_each(operation.output.strides, axis);
    }
    for (const Operator::Operand& operand : operation.inputs) {
        std::ranges::for_each(is_strided(operation) ? operand.strides : operand.shape, axis);
    }
    for (const double number : operation.numbers) {
        binding.scalars.push_back({.name = "number", .axis = false, .dtype = tasks::DType::Float64, .value = number});
    }
    return binding;
}

/// Puts an operator's own plan in its place.
class Splice {
public:
    Splice(plan::LaunchPlan& plan, const Operator& operation, const plan::LaunchPlan& own) : operation_(operation) {
        std::uint32_t scratch = 0;
        for (const plan::Buffer& buffer : plan.buffers) {
            scratch += buffer.role == plan::Buffer::Role::Scratch ? 1 : 0;
        }
        for (const plan::Buffer& buffer : own.buffers) {
            switch (buffer.role) {
            case plan::Buffer::Role::Input:
                places_.push_back(operation.inputs[buffer.index].place);
                break;
            case plan::Buffer::Role::Output:
                places_.push_back(operation.output.place);
                break;
            default: {
                plan::Buffer added = buffer;
                added.index = scratch;
                added.name = fmt::format("scratch{}", scratch++);
                plan.buffers.push_back(std::move(added));
                places_.push_back({static_cast<std::uint32_t>(plan.buffers.size() - 1), 0});
            }
            }
        }
    }

    plan::Step operator()(plan::Step step) const {
        plan::for_each_pointer(step, [this](plan::Pointer& pointer) {
            const plan::Pointer& place = places_[pointer.buffer];
            pointer = {place.buffer, place.offset + pointer.offset};
        });
        std::visit([this](auto& value) { value.line = operation_.line; }, step);
        return step;
    }

private:
    const Operator& operation_;
    std::vector<plan::Pointer> places_;
};

Result<std::map<std::string, std::string>> read_library(const fs::path& folder) {
    std::map<std::string, std::string> headers;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        if (entry.path().extension() == ".cuh") {
            std::ostringstream text;
            text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
            headers["ops/" + entry.path().filename().string()] = text.str();
        }
    }
    if (error || headers.empty()) {
        return fail("the operator library is not here", folder.string());
    }
    return headers;
}

/// PTX without the lines that only a module's start may have.
std::string without_head(const std::string& ptx) {
    std::istringstream lines(ptx);
    std::string rest;
    for (std::string line; std::getline(lines, line);) {
        const bool head =
            line.starts_with(".version") || line.starts_with(".target") || line.starts_with(".address_size");
        rest += head ? "" : line + "\n";
    }
    return rest;
}

/// "cub::DeviceScanKernel" for a kernel of CUB's or Thrust's; empty for any other.
std::string library_kernel(const std::string& mangled) {
    const std::string name = plan::demangle(mangled);
    const std::string head = name.substr(0, name.find_first_of("<("));
    for (const auto& [library, mark] : {std::pair("cub", "cub::CUB_"), std::pair("thrust", "thrust::")}) {
        if (head.find(mark) != head.npos) {
            const auto last = head.rfind("::");
            return fmt::format("{}::{}", library, head.substr(last + 2));
        }
    }
    return {};
}

} // namespace

std::span<const LibraryCall> library_calls() {
    return calls;
}

bool has_operator(const std::string& name) {
    return find_call(name) != nullptr;
}

Result<> expand_operators(plan::Recording& recording, const fs::path& operators, const std::string& architecture,
                          const plan::DeviceProperties& properties, compile::Compiler& compiler,
                          plan::Planner& planner) {
    struct Kind {
        std::string entry;
        std::vector<std::pair<std::size_t, std::size_t>> calls; ///< plan, operator
        std::vector<tasks::Binding> bindings;
    };
    std::map<std::string, Kind> kinds;
    std::set<std::string_view> headers{"half"};
    std::string entries;
    for (std::size_t p = 0; p < recording.plans.size(); ++p) {
        for (std::size_t o = 0; o < recording.plans[p].operators.size(); ++o) {
            const Operator& operation = recording.plans[p].operators[o];
            const LibraryCall* call = find_call(operation.name);
            if (call == nullptr) {
                return fail(fmt::format("the library has no operator `{}`", operation.name), "library");
            }
            const auto [place, made] = kinds.try_emplace(kind_of(operation));
            if (made) {
                place->second.entry = fmt::format("assay_operator_{}", kinds.size());
                entries += entry_text(place->second.entry, operation);
                headers.insert(call->header);
            }
            place->second.calls.emplace_back(p, o);
            place->second.bindings.push_back(binding_of(operation));
        }
    }
    if (kinds.empty()) {
        return {};
    }
    compile::Request request;
    request.name = "library.cu";
    request.architecture = architecture;
    request.line_info = false; // the candidate's lines are the only ones
    // Under a name of its own, so that no name of the candidate's is one of its.
    request.source = "#define ops assay_library\n";
    for (const std::string_view header : headers) {
        request.source += fmt::format("#include \"ops/{}.cuh\"\n", header);
    }
    request.source += "using namespace ops;\n" + entries;
    auto library = read_library(operators);
    if (!library) {
        return std::unexpected(std::move(library.error()));
    }
    request.headers = std::move(*library);
    const auto compilation = compiler.compile(request);
    if (!compilation) {
        return std::unexpected(compilation.error());
    }
    if (!compilation->ptx) {
        return fail("the operator library does not compile:\n" + compilation->log, "library");
    }
    std::map<std::pair<std::size_t, std::size_t>, plan::LaunchPlan> own;
    std::set<std::string> kernels;
    for (const auto& [name, kind] : kinds) {
        auto recorded = planner.record(*compilation->ptx, kind.entry, kind.bindings, properties);
        if (!recorded) {
            return std::unexpected(std::move(recorded.error()));
        }
        if (!*recorded) {
            return fail("the operator library has no plan: " + recorded->error().to_string(), name);
        }
        for (std::size_t i = 0; i < kind.calls.size(); ++i) {
            for (const plan::Step& step : (*recorded)->plans[i].steps) {
                if (const auto* launch = std::get_if<plan::Launch>(&step)) {
                    kernels.insert(launch->kernel);
                }
            }
            own[kind.calls[i]] = std::move((*recorded)->plans[i]);
        }
    }
    for (std::size_t p = 0; p < recording.plans.size(); ++p) {
        plan::LaunchPlan& plan = recording.plans[p];
        std::vector<plan::Step> steps;
        std::size_t next = 0;
        for (std::size_t o = 0; o < plan.operators.size(); ++o) {
            Operator& operation = plan.operators[o];
            for (; next < operation.position; ++next) {
                steps.push_back(std::move(plan.steps[next]));
            }
            const plan::LaunchPlan& expansion = own.at({p, o});
            const Splice splice(plan, operation, expansion);
            operation.position = steps.size();
            operation.steps = expansion.steps.size();
            for (const plan::Step& step : expansion.steps) {
                steps.push_back(splice(step));
            }
            plan.attributes.insert(expansion.attributes.begin(), expansion.attributes.end());
        }
        for (; next < plan.steps.size(); ++next) {
            steps.push_back(std::move(plan.steps[next]));
        }
        plan.steps = std::move(steps);
    }
    auto module = ptx::parse(*compilation->ptx, "library.ptx");
    if (!module) {
        return std::unexpected(std::move(module.error()));
    }
    recording.device_ptx += without_head(plan::device_module(*module, {kernels.begin(), kernels.end()}));
    return {};
}

LibraryUse library_use(const plan::LaunchPlan& plan) {
    LibraryUse use;
    std::map<std::string, int> counts;
    const auto add = [&](const std::string& name, std::uint32_t line) {
        ++counts[name];
        use.line = use.line == 0 ? line : use.line;
    };
    for (const Operator& operation : plan.operators) {
        add(operation.name, operation.line);
    }
    for (const plan::Step& step : plan.steps) {
        if (const auto* launch = std::get_if<plan::Launch>(&step)) {
            if (const std::string name = library_kernel(launch->kernel); !name.empty()) {
                add(name, launch->line);
            }
        }
    }
    for (const auto& [name, count] : counts) {
        use.summary += (use.summary.empty() ? "" : ", ") + name + (count > 1 ? fmt::format(" ({} times)", count) : "");
    }
    return use;
}

} // namespace assay::eval
