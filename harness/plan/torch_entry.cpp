// The module's functions, and the arguments and results of the one that is called.
#include <fmt/format.h>

#include <algorithm>

#include "plan/runtime.h"
#include "plan/torch.h"

namespace assay::plan {

namespace {

/// A schema of TORCH_LIBRARY, "name(Tensor x) -> Tensor", names a function by what stands before the parenthesis.
std::string function_name(const std::string& text) {
    return text.substr(0, text.find('('));
}

} // namespace

std::uint64_t Torch::define(TorchCall& call) {
    Function function;
    function.name = function_name(call.text(0));
    function.letters = call.text(1);
    function.is_void = call.integer(2) != 0;
    function.function = static_cast<Address>(call.integer(3));
    function.thunk = static_cast<Address>(call.integer(4));
    // Defined once more: TORCH_LIBRARY_IMPL has the function of a schema, or a second signature of it.
    functions_.push_back(std::move(function));
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
    } else {
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
