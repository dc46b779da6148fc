#include "plan/launch_list.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstring>

namespace assay::plan {

namespace {

using Place = JsonReader::Place;

std::string expression(JsonReader& in, const Place& place) {
    if (place.json != nullptr && place.json->is_number()) {
        return fmt::format("{}", in.number(place));
    }
    return in.string(place);
}

std::array<std::string, 3> extents(JsonReader& in, const Place& object, std::string_view key) {
    std::array<std::string, 3> result{"1", "1", "1"};
    const auto parts = in.elements(in.member(object, key));
    if (parts.empty() || parts.size() > 3) {
        in.fail(in.member(object, key), "one to three extents are expected");
        return result;
    }
    for (std::size_t i = 0; i < parts.size(); ++i) {
        result[i] = expression(in, parts[i]);
    }
    return result;
}

/// What names stand for, and the values of expressions.
class Names {
public:
    Names(const tasks::Binding& binding, DeviceSpace& device) : binding_(binding), device_(device) {
        for (const tasks::Binding::Scalar& scalar : binding.scalars) {
            values_[scalar.name] = scalar.value;
        }
    }

    Checked<> add_scratch(const std::map<std::string, std::string>& scratch) {
        for (const auto& [name, bytes] : scratch) {
            const auto value = number(bytes, "scratch buffer " + name, UINT64_MAX >> 1);
            if (!value) {
                return std::unexpected(value.error());
            }
            auto address = device_.allocate(*value);
            if (!address) {
                return std::unexpected(std::move(address.error()));
            }
            addresses_[name] = *address;
        }
        return {};
    }

    [[nodiscard]] Checked<std::uint64_t> number(const std::string& text, const std::string& what,
                                                std::uint64_t most) const {
        const auto value = tasks::evaluate_expression(text, values_);
        if (!value) {
            return refuse(fmt::format("{} is `{}`: {}", what, text, value.error().what),
                          "an expression over the task's axes is expected");
        }
        if (*value < 0 || static_cast<std::uint64_t>(*value) > most) {
            return refuse(fmt::format("{} is `{}` = {}, which is out of range", what, text, *value));
        }
        return static_cast<std::uint64_t>(*value);
    }

    /// The bytes of an argument of `width` bytes.
    Checked<std::vector<std::byte>> argument(const std::string& text, std::uint32_t width, const std::string& what) {
        const auto address = address_of(text);
        if (!address) {
            return std::unexpected(address.error());
        }
        if (*address) {
            return width == 8
                       ? encoded(**address, width)
                       : refuse(fmt::format("{} has {} bytes, and is given the pointer `{}`", what, width, text));
        }
        for (const tasks::Binding::Scalar& scalar : binding_.scalars) {
            if (scalar.name == text && !scalar.axis && tasks::is_float(scalar.dtype)) {
                return real(scalar.value, width, what);
            }
        }
        double value = 0;
        const char* const end = text.data() + text.size();
        if (text.find('.') != text.npos && std::from_chars(text.data(), end, value).ptr == end) {
            return real(value, width, what);
        }
        const bool negative = text.starts_with("-");
        auto integer = number(negative ? text.substr(1) : text, what, UINT64_MAX >> 1);
        if (!integer) {
            return std::unexpected(std::move(integer.error()));
        }
        const auto signed_value = negative ? -static_cast<std::int64_t>(*integer) : static_cast<std::int64_t>(*integer);
        if (width < 8 && std::abs(static_cast<double>(signed_value)) >= std::ldexp(1.0, static_cast<int>(8 * width))) {
            return refuse(fmt::format("{} has {} bytes, too few for {}", what, width, signed_value));
        }
        return encoded(static_cast<std::uint64_t>(signed_value), width);
    }

private:
    static Checked<std::vector<std::byte>> encoded(std::uint64_t value, std::uint32_t width) {
        std::vector<std::byte> bytes(width);
        std::memcpy(bytes.data(), &value, std::min<std::size_t>(width, sizeof value));
        return bytes;
    }

    static Checked<std::vector<std::byte>> real(double value, std::uint32_t width, const std::string& what) {
        std::uint64_t bits = 0;
        if (width == 8) {
            std::memcpy(&bits, &value, sizeof value);
        } else if (width == 4) {
            const auto single = static_cast<float>(value);
            std::memcpy(&bits, &single, sizeof single);
        } else {
            return refuse(fmt::format("{} has {} bytes, and is given a floating-point number", what, width));
        }
        return encoded(bits, width);
    }

    /// None: it is no tensor and no scratch buffer.
    Checked<std::optional<Address>> address_of(const std::string& name) {
        if (const auto known = addresses_.find(name); known != addresses_.end()) {
            return known->second;
        }
        for (const auto* tensors : {&binding_.inputs, &binding_.outputs}) {
            for (std::size_t i = 0; i < tensors->size(); ++i) {
                const tasks::Binding::Tensor& tensor = (*tensors)[i];
                if (tensor.name != name) {
                    continue;
                }
                Buffer buffer;
                buffer.role = tensors == &binding_.inputs ? Buffer::Role::Input : Buffer::Role::Output;
                buffer.index = static_cast<std::uint32_t>(i);
                buffer.name = name;
                buffer.bytes = tensor.bytes();
                auto address = device_.add(std::move(buffer));
                if (!address) {
                    return std::unexpected(std::move(address.error()));
                }
                addresses_[name] = *address;
                return *address;
            }
        }
        return std::nullopt;
    }

    const tasks::Binding& binding_;
    DeviceSpace& device_;
    std::map<std::string, double> values_;
    std::map<std::string, Address> addresses_;
};

Checked<> record_one(const LaunchList::Launch& launch, const isa::Program& program, Names& names, Runtime& runtime) {
    const auto found = program.function_index.find(launch.kernel);
    if (found == program.function_index.end() || !program.functions[found->second].entry) {
        std::string kernels;
        for (const isa::Function& function : program.functions) {
            kernels += function.entry ? (kernels.empty() ? "" : ", ") + function.name : "";
        }
        return refuse(
            fmt::format("there is no kernel `{}`; the PTX has {}", launch.kernel, kernels.empty() ? "none" : kernels));
    }
    LaunchRequest request;
    request.kernel = found->second;
    for (std::size_t i = 0; i < 3; ++i) {
        const auto grid = names.number(launch.grid[i], "the grid of " + launch.kernel, UINT32_MAX);
        const auto block = names.number(launch.block[i], "the block of " + launch.kernel, UINT32_MAX);
        if (!grid || !block) {
            return std::unexpected(grid ? block.error() : grid.error());
        }
        request.grid[i] = static_cast<std::uint32_t>(*grid);
        request.block[i] = static_cast<std::uint32_t>(*block);
    }
    const auto shared = names.number(launch.shared, "the shared memory of " + launch.kernel, UINT32_MAX);
    if (!shared) {
        return std::unexpected(shared.error());
    }
    request.shared = *shared;
    const isa::Function& kernel = program.functions[found->second];
    if (kernel.parameters.size() != launch.arguments.size()) {
        return refuse(fmt::format("{} has {} parameters, and is given {} arguments", launch.kernel,
                                  kernel.parameters.size(), launch.arguments.size()));
    }
    std::vector<std::byte> block(kernel.parameter_bytes);
    for (std::size_t i = 0; i < launch.arguments.size(); ++i) {
        const isa::ParamSlot& slot = kernel.parameters[i];
        const auto bytes =
            names.argument(launch.arguments[i], slot.bytes, fmt::format("parameter {} of {}", i + 1, launch.kernel));
        if (!bytes) {
            return std::unexpected(bytes.error());
        }
        std::memcpy(block.data() + slot.offset, bytes->data(), bytes->size());
    }
    return runtime.launch_given(request, std::move(block));
}

} // namespace

Result<LaunchList> read_launches(const nlohmann::json& json) {
    JsonReader in;
    LaunchList list;
    const Place top{&json, ""};
    if (in.object(top, {"launches"}, {"scratch"})) {
        for (const Place& place : in.elements(in.member(top, "launches"))) {
            LaunchList::Launch& launch = list.launches.emplace_back();
            if (!in.object(place, {"kernel", "grid", "block", "arguments"}, {"shared"})) {
                break;
            }
            launch.kernel = in.string(in.member(place, "kernel"));
            launch.grid = extents(in, place, "grid");
            launch.block = extents(in, place, "block");
            launch.shared = in.has(place, "shared") ? expression(in, in.member(place, "shared")) : "0";
            for (const Place& argument : in.elements(in.member(place, "arguments"))) {
                launch.arguments.push_back(expression(in, argument));
            }
        }
        if (in.has(top, "scratch")) {
            const Place scratch = in.member(top, "scratch");
            if (!scratch.json->is_object()) {
                in.fail(scratch, "an object is expected");
            } else {
                for (const auto& [name, bytes] : scratch.json->items()) {
                    list.scratch[name] = expression(in, {&bytes, scratch.pointer + "/" + name});
                }
            }
        }
        if (list.launches.empty() && !in.failed()) {
            in.fail(in.member(top, "launches"), "at least one launch is expected");
        }
    }
    if (auto read = in.result(); !read) {
        return std::unexpected(std::move(read.error()));
    }
    return list;
}

Checked<> record_launches(const LaunchList& list, const isa::Program& program, const tasks::Binding& binding,
                          DeviceSpace& device, Runtime& runtime) {
    Names names(binding, device);
    if (auto added = names.add_scratch(list.scratch); !added) {
        return added;
    }
    for (const LaunchList::Launch& launch : list.launches) {
        if (auto recorded = record_one(launch, program, names, runtime); !recorded) {
            return recorded;
        }
    }
    return {};
}

} // namespace assay::plan
