// The module's functions, and the arguments and results of the one that is called.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>

#include "plan/runtime.h"
#include "plan/torch.h"

namespace assay::plan {

namespace {

/// A schema of TORCH_LIBRARY, "name(Tensor x) -> Tensor", names a function by what stands before the parenthesis.
std::string function_name(const std::string& text) {
    const std::size_t end = std::min(text.find('('), text.size());
    const auto colons = text.rfind("::", end);
    return text.substr(colons == text.npos ? 0 : colons + 2, colons == text.npos ? end : end - colons - 2);
}

/// A parameter of a schema, "float eps=1e-5". None: the star before those that are passed by name.
std::optional<Torch::Function::Parameter> schema_parameter(std::string_view text) {
    const auto first = text.find_first_not_of(' ');
    if (first == text.npos || text[first] == '*') {
        return std::nullopt;
    }
    Torch::Function::Parameter parameter;
    const auto equals = text.find('=');
    const std::string_view declared = text.substr(0, equals);
    const auto last = declared.find_last_not_of(' ') + 1;
    const auto blank = declared.rfind(' ', last - 1);
    parameter.name = declared.substr(blank == declared.npos ? 0 : blank + 1, last - blank - 1);
    if (equals == text.npos) {
        return parameter;
    }
    std::string_view value = text.substr(equals + 1);
    value = value.substr(0, value.find_last_not_of(' ') + 1);
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    double number = value == "True" ? 1 : 0;
    const bool is_number = std::from_chars(value.data(), value.data() + value.size(), number).ec == std::errc();
    if (value == "None") {
        parameter.value = TorchArgument{TorchArgument::Kind::None, 0, 0};
    } else if (is_number || value == "True" || value == "False") {
        parameter.value = TorchArgument{TorchArgument::Kind::Real, 0, std::bit_cast<std::uint64_t>(number)};
    }
    return parameter;
}

/// The parameters of "name(Tensor x, int[2] size, *, float eps=1e-5) -> Tensor". None: it is a name alone.
std::optional<std::vector<Torch::Function::Parameter>> schema_parameters(std::string_view text) {
    const auto open = text.find('(');
    if (open == text.npos) {
        return std::nullopt;
    }
    std::vector<Torch::Function::Parameter> parameters;
    int depth = 0;
    std::size_t start = open + 1;
    for (std::size_t i = open; i < text.size(); ++i) {
        depth += text[i] == '(' || text[i] == '[' ? 1 : text[i] == ')' || text[i] == ']' ? -1 : 0;
        if (depth == 0 || (depth == 1 && text[i] == ',')) {
            if (auto parameter = schema_parameter(text.substr(start, i - start))) {
                parameters.push_back(std::move(*parameter));
            }
            start = i + 1;
        }
        if (depth == 0) {
            break;
        }
    }
    return parameters;
}

} // namespace

std::uint64_t Torch::define(TorchCall& call) {
    Function function;
    function.name = function_name(call.text(0));
    function.letters = call.text(1);
    function.is_void = call.integer(2) != 0;
    function.function = static_cast<Address>(call.integer(3));
    function.thunk = static_cast<Address>(call.integer(4));
    if (auto parameters = schema_parameters(call.text(0))) {
        schemas_[function.name] = std::move(*parameters);
    }
    if (const auto schema = schemas_.find(function.name);
        schema != schemas_.end() && schema->second.size() == function.letters.size()) {
        function.named = schema->second;
        function.has_schema = true;
    }
    // Defined once more: TORCH_LIBRARY_IMPL has the function of a schema, or a second signature of it.
    functions_.push_back(std::move(function));
    return 0;
}

std::uint64_t Torch::schema(TorchCall& call) {
    if (auto parameters = schema_parameters(call.text(0))) {
        schemas_[function_name(call.text(0))] = std::move(*parameters);
    }
    return 0;
}

std::uint64_t Torch::define_argument(TorchCall& call) {
    Function::Parameter parameter;
    parameter.name = call.text(0);
    if (call.count() > 1) {
        parameter.value = TorchArgument{call.kind(1), 0, 0};
        switch (call.kind(1)) {
        case TorchArgument::Kind::None:
            break;
        case TorchArgument::Kind::Real:
            parameter.value->bits = std::bit_cast<std::uint64_t>(call.real(1));
            break;
        case TorchArgument::Kind::Integer:
        case TorchArgument::Kind::Boolean:
            parameter.value->bits = static_cast<std::uint64_t>(call.integer(1));
            break;
        default:
            parameter.value.reset();
        }
    }
    if (functions_.empty()) {
        call.fail("an argument is described before any function");
    } else if (!functions_.back().has_schema) {
        functions_.back().named.push_back(std::move(parameter));
    }
    return 0;
}

std::uint64_t Torch::argument(TorchCall& call) {
    const auto index = static_cast<std::uint64_t>(call.integer(0));
    if (index >= arguments_.size()) {
        call.fail(fmt::format("there is no argument {}", index));
        return 0;
    }
    const Passed& passed = arguments_[index];
    if (passed.kind == Passed::Kind::None) {
        call.fail(fmt::format("argument {} is None, where a value is asked for", index + 1));
    }
    return passed.bits;
}

std::uint64_t Torch::argument_is_none(TorchCall& call) {
    const auto index = static_cast<std::uint64_t>(call.integer(0));
    return index >= arguments_.size() || arguments_[index].kind == Passed::Kind::None ? 1 : 0;
}

std::uint64_t Torch::argument_count(TorchCall& call) {
    const auto index = static_cast<std::uint64_t>(call.integer(0));
    return index < arguments_.size() ? arguments_[index].list.size() : 0;
}

std::uint64_t Torch::argument_element(TorchCall& call) {
    const auto index = static_cast<std::uint64_t>(call.integer(0));
    const auto element = static_cast<std::uint64_t>(call.integer(1));
    if (index >= arguments_.size() || element >= arguments_[index].list.size()) {
        call.fail(fmt::format("argument {} has no element {}", index, element));
        return 0;
    }
    return arguments_[index].list[element];
}

std::uint64_t Torch::result(TorchCall& call) {
    if (call.kind(0) != TorchArgument::Kind::Tensor) {
        call.fail("the function returns a number", "the task's outputs are tensors");
        return 0;
    }
    (void)tensor(call, 0);
    results_.push_back(call.tensor(0));
    return 0;
}

Checked<> Torch::deliver(const std::vector<tasks::Binding::Tensor>& outputs) {
    if (results_.size() != outputs.size()) {
        return refuse(
            fmt::format("the function returns {} tensors, the task has {} outputs", results_.size(), outputs.size()));
    }
    const auto without_ones = [](Extents sizes) {
        std::erase(sizes, 1);
        return sizes;
    };
    TorchCall call("return", {}, memory_);
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        const tasks::Binding::Tensor& wanted = outputs[i];
        const Tensor found = at(call, results_[i]);
        if (call.failed()) {
            return std::unexpected(*call.error());
        }
        if (without_ones(found.view.sizes) != without_ones(wanted.shape)) {
            return refuse(fmt::format("the function returns a tensor of shape {}, where the task's `{}` has {}",
                                      to_text(found.view.sizes), wanted.name, to_text(wanted.shape)));
        }
        if (found.dtype != wanted.dtype) {
            return refuse(fmt::format("the function returns a {} tensor, where the task's `{}` is {}",
                                      torch_name(found.dtype), wanted.name, torch_name(wanted.dtype)));
        }
        if (!on_device(found)) {
            return refuse("the function returns a tensor on the CPU",
                          "make it with the options of an input: torch::empty(sizes, x.options())");
        }
        Buffer buffer;
        buffer.role = Buffer::Role::Output;
        buffer.index = static_cast<std::uint32_t>(i);
        buffer.name = wanted.name;
        buffer.bytes = wanted.bytes();
        // Usually the tensor is the whole of a buffer of its own, which then is the output.
        if (found.view.is_contiguous() && device_.become_output(address(found), buffer)) {
            continue;
        }
        auto base = device_.add(std::move(buffer));
        auto number = base ? adopt(*base, wanted.dtype, found.view.sizes) : std::unexpected(std::move(base.error()));
        if (!number) {
            return std::unexpected(std::move(number.error()));
        }
        copy_tensor(call, Tensor(at(call, *number)), found);
        if (call.failed()) {
            return std::unexpected(*call.error());
        }
    }
    return {};
}

} // namespace assay::plan
