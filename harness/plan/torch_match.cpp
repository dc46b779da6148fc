#include "plan/torch_match.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>

#include "plan/signature.h"

namespace assay::plan {

namespace {

using tasks::Binding;
using Passed = Torch::Passed;

// The letters of headers/assay/torch/module.h.
bool is_tensor(char letter) {
    return letter == 'T' || letter == 'O' || letter == 'o' || letter == 'L';
}
bool is_real(char letter) {
    return letter == 'd' || letter == 'e';
}
bool is_optional(char letter) {
    return letter == 'O' || letter == 'o' || letter == 'j' || letter == 'e' || letter == 'c';
}

/// "kernel_size" and "kernelSize" are "kernel".
std::string plain_name(std::string_view name) {
    std::string plain;
    for (const char c : name) {
        if (c != '_') {
            plain += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        }
    }
    for (const std::string_view ending : {"size", "dim", "value", "val"}) {
        if (plain.size() > ending.size() && plain.ends_with(ending)) {
            plain.resize(plain.size() - ending.size());
        }
    }
    return plain;
}

/// Other names of numbers that tasks fix (tasks/fixed_numbers.h).
std::string fixed_name(std::string plain) {
    constexpr std::pair<std::string_view, std::string_view> others[] = {
        {"slope", "negativeslope"},
        {"pad", "padding"},
        {"dil", "dilation"},
        {"strides", "stride"},
        {"low", "min"},
        {"lower", "min"},
        {"lo", "min"},
        {"high", "max"},
        {"upper", "max"},
        {"hi", "max"},
        {"outpad", "outputpadding"},
        {"epsilon", "eps"},
    };
    const auto other = std::ranges::find(others, plain, &std::pair<std::string_view, std::string_view>::first);
    return other == std::end(others) ? plain : std::string(other->second);
}

/// What the task calls a scalar that has another name there.
std::string scalar_name(std::string plain) {
    constexpr std::pair<std::string_view, std::string_view> others[] = {{"min", "low"},
                                                                        {"clampmin", "low"},
                                                                        {"hardtanhmin", "low"},
                                                                        {"max", "high"},
                                                                        {"clampmax", "high"},
                                                                        {"hardtanhmax", "high"},
                                                                        {"scale", "factor"},
                                                                        {"scaling", "factor"},
                                                                        {"scalefactor", "factor"},
                                                                        {"scalingfactor", "factor"},
                                                                        {"multiplier", "factor"},
                                                                        {"multiply", "factor"},
                                                                        {"divideby", "divisor"},
                                                                        {"divide", "divisor"},
                                                                        {"subtract", "offset"},
                                                                        {"add", "added"},
                                                                        {"negativeslope", "slope"},
                                                                        {"constant", "limit"},
                                                                        {"epsilon", "eps"}};
    const auto other = std::ranges::find(others, plain, &std::pair<std::string_view, std::string_view>::first);
    return other == std::end(others) ? plain : std::string(other->second);
}

/// What the task fixes under the parameter's name, or, if it has no default of its own, what it is where nobody says
/// it: "stride_w" is the last of the stride. Empty: nothing.
std::vector<double> fixed_values(const Binding& binding, const Torch::Function::Parameter& parameter) {
    std::string name = parameter.name;
    std::ptrdiff_t from_end = -1; // of a parameter for one dimension
    for (const auto& [ending, place] : {std::pair("_w", 1), {"_h", 2}, {"_d", 3}}) {
        if (name.ends_with(ending)) {
            name.resize(name.size() - 2);
            from_end = place;
        }
    }
    const std::string plain = fixed_name(plain_name(name));
    std::vector<double> values;
    for (const auto& [fixed, given] : binding.fixed) {
        if (plain_name(fixed) == plain) {
            values = given;
        }
    }
    const bool open = values.empty() && !parameter.value;
    if (open && (plain == "stride" || plain == "dilation" || plain == "groups")) {
        values = {1};
    } else if (open &&
               (plain == "padding" || plain == "outputpadding" || plain == "returnindices" || plain == "ceilmode")) {
        values = {0};
    } else if (open && plain == "countincludepad") {
        values = {1};
    }
    if (from_end > 0 && !values.empty()) {
        const auto count = static_cast<std::ptrdiff_t>(values.size());
        values = {values[static_cast<std::size_t>(std::max<std::ptrdiff_t>(count - from_end, 0))]};
    }
    return values;
}

Passed number(const Binding::Scalar& scalar, char letter) {
    Passed passed;
    if (is_real(letter)) {
        passed.kind = Passed::Kind::Real;
        passed.bits = std::bit_cast<std::uint64_t>(scalar.value);
    } else {
        passed.kind = letter == 'I' ? Passed::Kind::List : Passed::Kind::Integer;
        passed.bits = static_cast<std::uint64_t>(static_cast<std::int64_t>(scalar.value));
        passed.list = {passed.bits};
    }
    return passed;
}

Passed default_of(const TorchArgument& value, char letter) {
    using Kind = TorchArgument::Kind;
    Passed passed;
    if (value.kind == Kind::None) {
        return passed;
    }
    const bool given_real = value.kind == Kind::Real;
    const double real =
        given_real ? std::bit_cast<double>(value.bits) : static_cast<double>(static_cast<std::int64_t>(value.bits));
    const Binding::Scalar scalar{.name = {}, .axis = false, .dtype = tasks::DType::Float64, .value = real};
    return number(scalar, letter);
}

/// A list has an element for each spatial dimension.
Passed fixed_number(std::vector<double> values, char letter, const Binding& binding) {
    Passed passed;
    if (letter == 'I' && values.size() == 1 && !binding.inputs.empty() && binding.inputs[0].shape.size() > 3) {
        values.resize(binding.inputs[0].shape.size() - 2, values[0]);
    }
    for (const double value : values) {
        const Binding::Scalar scalar{.name = {}, .axis = false, .dtype = tasks::DType::Float64, .value = value};
        auto list = std::move(passed.list);
        passed = number(scalar, letter);
        list.insert(list.end(), passed.list.begin(), passed.list.end());
        passed.list = std::move(list);
    }
    return passed;
}

bool is_dimension(const std::string& name) {
    return name == "dim" || name == "axis" || name == "dimension" || name.ends_with("_dim");
}

/// The dimension that the task works along: the one that its output lacks or has as 1; where shapes leave a choice,
/// 1, as in all of KernelBench's problems. None: the output has other dimensions.
std::optional<std::int64_t> dimension_of(const Binding& binding) {
    if (binding.inputs.empty() || binding.outputs.size() != 1 || binding.inputs[0].shape.size() < 2) {
        return std::nullopt;
    }
    const auto& from = binding.inputs[0].shape;
    const auto& to = binding.outputs[0].shape;
    const auto fits = [&](std::size_t dimension) {
        auto without = from, kept = from;
        without.erase(without.begin() + static_cast<std::ptrdiff_t>(dimension));
        kept[dimension] = 1;
        return to == without || to == kept || to == from;
    };
    for (std::size_t i = 0; i < from.size(); ++i) {
        const std::size_t dimension = i == 0 ? 1 : i == 1 ? 0 : i;
        if (fits(dimension)) {
            return static_cast<std::int64_t>(dimension);
        }
    }
    return std::nullopt;
}

bool is_backward(const std::string& name) {
    const std::string plain = plain_name(name);
    return std::ranges::any_of(std::array{"backward", "bwd", "grad"},
                               [&](const char* word) { return plain.find(word) != plain.npos; });
}

/// Whether the function has a place for each of the task's tensors, and a tensor for each place that needs one.
bool takes_tensors(const Torch::Function& function, const Binding& binding) {
    const std::string& letters = function.letters;
    const auto places = static_cast<std::size_t>(std::ranges::count_if(letters, is_tensor));
    const auto required = static_cast<std::size_t>(
        std::ranges::count_if(letters, [](char c) { return is_tensor(c) && !is_optional(c); }));
    const std::size_t total = binding.inputs.size() + (function.is_void ? binding.outputs.size() : 0);
    return required <= total && (total <= places || letters.find('L') != std::string::npos);
}

class Matcher {
public:
    Matcher(const Torch::Function& function, const Binding& binding, Torch& torch, DeviceSpace& device)
        : function_(function), binding_(binding), torch_(torch), device_(device) {}

    Checked<TorchMatch> in_order(const std::vector<std::string>& order);
    Checked<TorchMatch> by_rules();

private:
    [[nodiscard]] std::unexpected<PlanError> mismatch(const std::string& what) const;
    /// The tensor over input or output number `index`, made once.
    Checked<Torch::Number> tensor(bool input, std::size_t index);
    Checked<> match_tensors();
    /// Whether a function that returns nothing names its first tensors as outputs: `void f(Tensor& out, const Tensor&
    /// x)`.
    bool outputs_come_first() const;
    Checked<> match_numbers();
    [[nodiscard]] const Torch::Function::Parameter* named(std::size_t index) const {
        return index < function_.named.size() ? &function_.named[index] : nullptr;
    }

    const Torch::Function& function_;
    const Binding& binding_;
    Torch& torch_;
    DeviceSpace& device_;
    TorchMatch match_;
};

std::unexpected<PlanError> Matcher::mismatch(const std::string& what) const {
    return refuse(
        fmt::format("`{}` {}", function_.name, what),
        fmt::format("the task `{}` passes ({}); \"arguments\" in candidate.json, or a line `// assay: arguments "
                    "= x, weight, 3`, says what each parameter takes",
                    binding_.task, expected_parameters(binding_)));
}

Checked<Torch::Number> Matcher::tensor(bool input, std::size_t index) {
    const Binding::Tensor& tensor = input ? binding_.inputs[index] : binding_.outputs[index];
    Buffer buffer;
    buffer.role = input ? Buffer::Role::Input : Buffer::Role::Output;
    buffer.index = static_cast<std::uint32_t>(index);
    buffer.name = tensor.name;
    buffer.bytes = tensor.bytes();
    auto base = device_.add(std::move(buffer));
    if (!base) {
        return std::unexpected(std::move(base.error()));
    }
    return torch_.adopt(*base, tensor.dtype, tensor.shape);
}

bool Matcher::outputs_come_first() const {
    std::size_t next = 0;
    for (std::size_t i = 0; i < function_.letters.size() && next < binding_.outputs.size(); ++i) {
        if (!is_tensor(function_.letters[i])) {
            continue;
        }
        const Torch::Function::Parameter* parameter = named(i);
        if (function_.letters[i] == 'L' || parameter == nullptr ||
            !(parameter->name.starts_with("out") || parameter->name == binding_.outputs[next].name)) {
            return false;
        }
        ++next;
    }
    return function_.is_void && next == binding_.outputs.size();
}

Checked<> Matcher::match_tensors() {
    const std::string& letters = function_.letters;
    const auto places = static_cast<std::size_t>(std::ranges::count_if(letters, is_tensor));
    std::size_t inputs = binding_.inputs.size(), total = inputs;
    if (function_.is_void) {
        match_.outputs_passed = true;
        total += binding_.outputs.size();
    }
    if (!takes_tensors(function_, binding_)) {
        return mismatch(fmt::format("takes {} tensors, not {}", places, total));
    }
    const std::size_t first_outputs = outputs_come_first() ? binding_.outputs.size() : 0;
    std::size_t next = 0, left = places;
    for (std::size_t i = 0; i < letters.size(); ++i) {
        if (!is_tensor(letters[i])) {
            continue;
        }
        --left;
        Passed& passed = match_.arguments[i];
        // A list takes what the tensors behind it leave over.
        std::size_t count = letters[i] == 'L' ? total - std::min(total, next + left) : next < total ? 1 : 0;
        for (; count > 0; --count, ++next) {
            const bool is_output = next < first_outputs || next >= first_outputs + inputs;
            auto made = tensor(!is_output, is_output && first_outputs == 0 ? next - inputs
                                           : is_output                     ? next
                                                                           : next - first_outputs);
            if (!made) {
                return std::unexpected(std::move(made.error()));
            }
            passed.kind = letters[i] == 'L' ? Passed::Kind::List : Passed::Kind::Tensor;
            passed.bits = *made;
            passed.list.push_back(*made);
        }
    }
    return {};
}

Checked<> Matcher::match_numbers() {
    const std::string& letters = function_.letters;
    std::vector<std::size_t> open; // parameters without a value so far
    std::vector<bool> used(binding_.scalars.size());
    for (std::size_t i = 0; i < letters.size(); ++i) {
        if (is_tensor(letters[i])) {
            continue;
        }
        const Torch::Function::Parameter* parameter = named(i);
        const std::string name = parameter != nullptr ? plain_name(parameter->name) : "";
        auto scalar = binding_.scalars.end();
        for (const std::string& meant : {name, scalar_name(name)}) {
            if (scalar == binding_.scalars.end() && !name.empty()) {
                scalar = std::ranges::find_if(binding_.scalars,
                                              [&](const Binding::Scalar& s) { return plain_name(s.name) == meant; });
            }
        }
        if (scalar != binding_.scalars.end()) {
            match_.arguments[i] = number(*scalar, letters[i]);
            used[static_cast<std::size_t>(scalar - binding_.scalars.begin())] = true;
        } else if (const auto fixed = parameter == nullptr ? std::vector<double>{} : fixed_values(binding_, *parameter);
                   !fixed.empty() && letters[i] != 's' && (fixed.size() == 1 || letters[i] == 'I')) {
            match_.arguments[i] = fixed_number(fixed, letters[i], binding_);
        } else if (parameter != nullptr && parameter->value) {
            match_.arguments[i] = default_of(*parameter->value, letters[i]);
        } else if (const auto dimension = dimension_of(binding_);
                   parameter != nullptr && letters[i] == 'i' && is_dimension(parameter->name) && dimension) {
            const Binding::Scalar value{
                .name = {}, .axis = false, .dtype = tasks::DType::Int64, .value = static_cast<double>(*dimension)};
            match_.arguments[i] = number(value, letters[i]);
        } else if (letters[i] == 's') {
            return mismatch(fmt::format("has a parameter {} that is a text", i + 1));
        } else {
            open.push_back(i);
        }
    }
    if (open.empty()) {
        return {};
    }
    // In order: all of the task's numbers, or those that no shape tells.
    std::vector<const Binding::Scalar*> all, untold;
    for (std::size_t i = 0; i < binding_.scalars.size(); ++i) {
        if (!used[i]) {
            all.push_back(&binding_.scalars[i]);
            if (!binding_.scalars[i].in_shape) {
                untold.push_back(&binding_.scalars[i]);
            }
        }
    }
    const auto fits = [&](const std::vector<const Binding::Scalar*>& scalars) {
        if (scalars.size() != open.size()) {
            return false;
        }
        for (std::size_t i = 0; i < open.size(); ++i) {
            const bool fraction =
                scalars[i]->value != static_cast<double>(static_cast<std::int64_t>(scalars[i]->value));
            // An integer cannot be a fraction, and no axis is a real number.
            if (is_real(letters[open[i]]) ? scalars[i]->axis : fraction) {
                return false;
            }
        }
        return true;
    };
    const auto* chosen = fits(untold) ? &untold : fits(all) ? &all : nullptr;
    std::vector<const Binding::Scalar*> by_type;
    if (chosen == nullptr) { // by type: integers for integers, the rest for the rest
        std::vector<const Binding::Scalar*> integers, reals;
        for (const Binding::Scalar* scalar : untold) {
            (scalar->axis || !tasks::is_float(scalar->dtype) ? integers : reals).push_back(scalar);
        }
        std::size_t next_integer = 0, next_real = 0;
        for (const std::size_t i : open) {
            auto& from = is_real(letters[i]) ? reals : integers;
            std::size_t& next = is_real(letters[i]) ? next_real : next_integer;
            if (next < from.size()) {
                by_type.push_back(from[next++]);
            }
        }
        if (by_type.size() == open.size() && next_integer == integers.size() && next_real == reals.size()) {
            chosen = &by_type;
        }
    }
    if (chosen == nullptr) {
        if (std::ranges::all_of(open, [&](std::size_t i) { return is_optional(letters[i]); })) {
            return {};
        }
        return mismatch(fmt::format("takes {} numbers, and which they are is not clear", open.size()));
    }
    for (std::size_t i = 0; i < open.size(); ++i) {
        match_.arguments[open[i]] = number(*(*chosen)[i], letters[open[i]]);
    }
    return {};
}

Checked<TorchMatch> Matcher::by_rules() {
    match_.arguments.resize(function_.letters.size());
    if (auto tensors = match_tensors(); !tensors) {
        return std::unexpected(std::move(tensors.error()));
    }
    if (auto numbers = match_numbers(); !numbers) {
        return std::unexpected(std::move(numbers.error()));
    }
    return std::move(match_);
}

Checked<TorchMatch> Matcher::in_order(const std::vector<std::string>& order) {
    const std::string& letters = function_.letters;
    if (order.size() != letters.size()) {
        return mismatch(fmt::format("takes {} arguments, not the {} that are given", letters.size(), order.size()));
    }
    for (std::size_t i = 0; i < order.size(); ++i) {
        const std::string& name = order[i];
        Passed passed;
        const auto input = std::ranges::find(binding_.inputs, name, &Binding::Tensor::name);
        const auto output = std::ranges::find(binding_.outputs, name, &Binding::Tensor::name);
        const auto scalar = std::ranges::find(binding_.scalars, name, &Binding::Scalar::name);
        double value = 0;
        const char* const end = name.data() + name.size();
        const bool is_number = std::from_chars(name.data(), end, value).ptr == end && !name.empty();
        const bool tensor_wanted = is_tensor(letters[i]);
        if (tensor_wanted && (input != binding_.inputs.end() || output != binding_.outputs.end())) {
            const bool is_input = input != binding_.inputs.end();
            match_.outputs_passed = match_.outputs_passed || !is_input;
            auto made = tensor(is_input, static_cast<std::size_t>(is_input ? input - binding_.inputs.begin()
                                                                           : output - binding_.outputs.begin()));
            if (!made) {
                return std::unexpected(std::move(made.error()));
            }
            passed.kind = Passed::Kind::Tensor;
            passed.bits = *made;
        } else if (!tensor_wanted && scalar != binding_.scalars.end()) {
            passed = number(*scalar, letters[i]);
        } else if (!tensor_wanted && (is_number || name == "true" || name == "false")) {
            const Binding::Scalar literal{
                .name = {}, .axis = false, .dtype = tasks::DType::Float64, .value = name == "true" ? 1.0 : value};
            passed = number(literal, letters[i]);
        } else if (name != "none" || !is_optional(letters[i])) {
            return mismatch(fmt::format("cannot take `{}` as its parameter {}", name, i + 1));
        }
        match_.arguments.push_back(std::move(passed));
    }
    return std::move(match_);
}

} // namespace

Checked<Torch::Function> choose_function(const std::vector<Torch::Function>& functions, const std::string& name,
                                         const Binding& binding) {
    if (functions.empty()) {
        return refuse("the module defines no function", "write: m.def(\"forward\", &forward)");
    }
    const bool backward = is_backward(binding.task);
    std::vector<Torch::Function> left = functions;
    // Whatever leaves none is no rule for this module.
    const auto keep = [&left](const auto& rule) {
        std::vector<Torch::Function> kept;
        std::ranges::copy_if(left, std::back_inserter(kept), rule);
        left = kept.empty() ? left : std::move(kept);
    };
    if (name.empty()) {
        keep([&](const Torch::Function& f) { return is_backward(f.name) == backward; });
        keep([&](const Torch::Function& f) { return f.name == (backward ? "backward" : "forward"); });
        keep([&](const Torch::Function& f) { return takes_tensors(f, binding); });
    } else {
        std::erase_if(left, [&](const Torch::Function& f) { return f.name != name; });
    }
    // One name may be there twice: in TORCH_LIBRARY and in PYBIND11_MODULE.
    if (!left.empty() && std::ranges::all_of(left, [&](const auto& f) { return f.name == left.front().name; })) {
        return left.front();
    }
    std::vector<std::string> names;
    std::ranges::transform(functions, std::back_inserter(names), &Torch::Function::name);
    return refuse(
        name.empty() ? fmt::format("the module defines {}, and which is the entry is not clear", fmt::join(names, ", "))
                     : fmt::format("the module defines no `{}` but {}", name, fmt::join(names, ", ")),
        "name one: \"entry\" in candidate.json, or a line `// assay: entry = NAME`");
}

Checked<TorchMatch> match_arguments(const Torch::Function& function, const Binding& binding,
                                    const std::vector<std::string>& order, Torch& torch, DeviceSpace& device) {
    Matcher matcher(function, binding, torch, device);
    return order.empty() ? matcher.by_rules() : matcher.in_order(order);
}

} // namespace assay::plan
