#include "plan/torch.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstring>

#include "isa/evaluate.h"
#include "plan/runtime.h"
#include "plan/torch_table.h"

namespace assay::plan {

using tasks::DType;

namespace {

constexpr std::size_t longest_name = 64;
constexpr std::int32_t most_arguments = 4096;
/// What a tensor costs of the host memory's limit.
constexpr std::uint64_t tensor_bytes = 256;

template <class T> std::vector<std::byte> bytes_of(T value) {
    std::vector<std::byte> bytes(sizeof value);
    std::memcpy(bytes.data(), &value, sizeof value);
    return bytes;
}

template <class T> T value_of(std::span<const std::byte> bytes) {
    T value{};
    std::memcpy(&value, bytes.data(), std::min(sizeof value, bytes.size()));
    return value;
}

} // namespace

std::vector<std::byte> encode_element(DType dtype, double real, std::int64_t integer, bool is_integer) {
    const double as_real = is_integer ? static_cast<double>(integer) : real;
    const bool in_range = std::abs(real) < 0x1p63;
    const std::int64_t as_integer = is_integer ? integer : in_range ? static_cast<std::int64_t>(real) : 0;
    switch (dtype) {
    case DType::Float64:
        return bytes_of(as_real);
    case DType::Float32:
        return bytes_of(static_cast<float>(as_real));
    case DType::Float16:
        return bytes_of(isa::f32_to_f16(static_cast<float>(as_real)));
    case DType::BFloat16:
        return bytes_of(isa::f32_to_bf16(static_cast<float>(as_real)));
    case DType::Int64:
        return bytes_of(as_integer);
    case DType::Int32:
        return bytes_of(static_cast<std::int32_t>(as_integer));
    case DType::Int16:
        return bytes_of(static_cast<std::int16_t>(as_integer));
    case DType::Int8:
    case DType::UInt8:
        return bytes_of(static_cast<std::int8_t>(as_integer));
    case DType::Bool:
        return bytes_of(static_cast<std::int8_t>(as_real != 0));
    }
    return {};
}

double decode_element(DType dtype, std::span<const std::byte> bytes) {
    switch (dtype) {
    case DType::Float64:
        return value_of<double>(bytes);
    case DType::Float32:
        return static_cast<double>(value_of<float>(bytes));
    case DType::Float16:
        return static_cast<double>(isa::f16_to_f32(value_of<std::uint16_t>(bytes)));
    case DType::BFloat16:
        return static_cast<double>(std::bit_cast<float>(std::uint32_t{value_of<std::uint16_t>(bytes)} << 16));
    case DType::Int64:
        return static_cast<double>(value_of<std::int64_t>(bytes));
    case DType::Int32:
        return value_of<std::int32_t>(bytes);
    case DType::Int16:
        return value_of<std::int16_t>(bytes);
    case DType::Int8:
        return value_of<std::int8_t>(bytes);
    case DType::UInt8:
    case DType::Bool:
        return value_of<std::uint8_t>(bytes);
    }
    return 0;
}

Checked<> Torch::call(HostCall& call) {
    auto name = memory_.text(call.address(0), longest_name);
    if (!name) {
        return std::unexpected(std::move(name.error()));
    }
    const std::int32_t count = call.i32(2);
    if (count < 0 || count > most_arguments) {
        return refuse(fmt::format("{} is called with {} arguments", *name, count));
    }
    auto bytes =
        memory_.bytes(call.address(1), static_cast<std::uint64_t>(count) * sizeof(TorchArgument), Access::Read);
    if (!bytes) {
        return std::unexpected(std::move(bytes.error()));
    }
    std::vector<TorchArgument> arguments(static_cast<std::size_t>(count));
    std::memcpy(arguments.data(), bytes->data(), bytes->size());
    const Answer answer = find_torch_operation(*name);
    if (answer == nullptr) {
        auto unknown =
            refuse(fmt::format("PyTorch's {} is not supported", *name), "harness/compile/headers/API.md lists what is");
        unknown.error().call = *name;
        return unknown;
    }
    TorchCall torch_call(*name, std::move(arguments), memory_);
    const std::uint64_t value = (this->*answer)(torch_call);
    if (torch_call.failed()) {
        PlanError error = *torch_call.error();
        if (error.call.empty()) {
            error.call = *name == "fail" ? "TORCH_CHECK" : *name;
        }
        return std::unexpected(std::move(error));
    }
    call.answer(value);
    return {};
}

const Torch::Tensor& Torch::at(TorchCall& call, Number number) {
    static const Tensor none{0, DType::Float32, {{0}, {1}, 0}, 0, 0};
    if (number == 0) {
        call.fail("the tensor is undefined");
        return none;
    }
    if (number > tensors_.size()) {
        call.fail(fmt::format("there is no tensor {}", number));
        return none;
    }
    return tensors_[number - 1];
}

const Torch::Tensor& Torch::tensor(TorchCall& call, std::size_t index) {
    return at(call, call.tensor(index));
}

Torch::Number Torch::add(TorchCall& call, Tensor tensor) {
    call.take(memory_.charge(tensor_bytes));
    if (call.failed()) {
        return 0;
    }
    tensors_.push_back(std::move(tensor));
    return tensors_.size();
}

Torch::Number Torch::add_view(TorchCall& call, const Tensor& of, View view) {
    return add(call, {of.storage, of.dtype, std::move(view), 0, 0});
}

Torch::Number Torch::allocate(TorchCall& call, const Extents& sizes, const Extents& strides, DType dtype,
                              bool on_device) {
    const auto numel = product(sizes);
    std::uint64_t bytes = 0;
    if (!numel || __builtin_mul_overflow(static_cast<std::uint64_t>(*numel), tasks::bytes_of(dtype), &bytes)) {
        call.fail(fmt::format("a tensor cannot have the shape {}", to_text(sizes)));
        return 0;
    }
    Storage storage{0, bytes, on_device};
    if (bytes == 0) { // as in PyTorch: no memory, and a null pointer
        storages_.push_back(storage);
        return add(call, {static_cast<std::uint32_t>(storages_.size() - 1), dtype, {sizes, strides, 0}, 0, 0});
    }
    storage.base = call.take(on_device ? device_.allocate(bytes) : memory_.allocate(HostMemory::Kind::Heap, bytes));
    if (call.failed()) {
        return 0;
    }
    storages_.push_back(storage);
    return add(call, {static_cast<std::uint32_t>(storages_.size() - 1), dtype, {sizes, strides, 0}, 0, 0});
}

Checked<Torch::Number> Torch::adopt(Address base, DType dtype, const Extents& sizes) {
    std::uint64_t bytes = tasks::bytes_of(dtype);
    for (const std::int64_t size : sizes) {
        bytes *= static_cast<std::uint64_t>(size);
    }
    storages_.push_back({base, bytes, true});
    tensors_.push_back(
        {static_cast<std::uint32_t>(storages_.size() - 1), dtype, {sizes, contiguous_strides(sizes), 0}, 0, 0});
    return tensors_.size();
}

std::size_t Torch::dimension(TorchCall& call, std::int64_t given, std::size_t dims) {
    const auto count = static_cast<std::int64_t>(dims);
    const std::int64_t dimension = given < 0 ? given + count : given;
    if (dimension < 0 || dimension >= count) {
        call.fail(fmt::format("Dimension out of range (expected to be in range of [{}, {}], but got {})", -count,
                              count - 1, given));
        return 0;
    }
    return static_cast<std::size_t>(dimension);
}

Address Torch::address(const Tensor& tensor) const {
    return storages_[tensor.storage].base +
           static_cast<std::uint64_t>(tensor.view.offset) * tasks::bytes_of(tensor.dtype);
}

Address Torch::list(TorchCall& call, const Extents& values) {
    const Address place = call.take(memory_.allocate(HostMemory::Kind::Heap, values.size() * 8));
    for (std::size_t i = 0; i < values.size() && !call.failed(); ++i) {
        call.take(memory_.store(place + 8 * i, static_cast<std::uint64_t>(values[i]), 8));
    }
    return place;
}

DType Torch::dtype_argument(TorchCall& call, std::size_t index, DType otherwise) {
    constexpr std::int64_t undefined = 47;
    if (!call.has(index) || call.integer(index) == undefined) {
        return otherwise;
    }
    const auto dtype = dtype_of(call.integer(index));
    if (!dtype) {
        call.fail(fmt::format("the element type {} of PyTorch is not supported", call.integer(index)));
    }
    return dtype.value_or(otherwise);
}

std::uint64_t Torch::dim(TorchCall& call) {
    return tensor(call, 0).view.dim();
}

std::uint64_t Torch::numel(TorchCall& call) {
    return static_cast<std::uint64_t>(tensor(call, 0).view.numel());
}

std::uint64_t Torch::size(TorchCall& call) {
    const View& view = tensor(call, 0).view;
    const std::size_t index = dimension(call, call.integer(1), view.dim());
    return call.failed() ? 0 : static_cast<std::uint64_t>(view.sizes[index]);
}

std::uint64_t Torch::stride(TorchCall& call) {
    const View& view = tensor(call, 0).view;
    const std::size_t index = dimension(call, call.integer(1), view.dim());
    return call.failed() ? 0 : static_cast<std::uint64_t>(view.strides[index]);
}

std::uint64_t Torch::sizes(TorchCall& call) {
    const Tensor& asked = tensor(call, 0);
    if (call.failed()) {
        return 0;
    }
    Address& known = tensors_[call.tensor(0) - 1].sizes_list;
    return known = known != 0 ? known : list(call, asked.view.sizes);
}

std::uint64_t Torch::strides(TorchCall& call) {
    const Tensor& asked = tensor(call, 0);
    if (call.failed()) {
        return 0;
    }
    Address& known = tensors_[call.tensor(0) - 1].strides_list;
    return known = known != 0 ? known : list(call, asked.view.strides);
}

std::uint64_t Torch::storage_offset(TorchCall& call) {
    return static_cast<std::uint64_t>(tensor(call, 0).view.offset);
}

std::uint64_t Torch::scalar_type(TorchCall& call) {
    return static_cast<std::uint64_t>(scalar_type_of(tensor(call, 0).dtype));
}

std::uint64_t Torch::device(TorchCall& call) {
    const Tensor& asked = tensor(call, 0);
    return !call.failed() && on_device(asked) ? 1 : 0;
}

std::uint64_t Torch::is_contiguous(TorchCall& call) {
    constexpr std::int64_t channels_last = 2;
    const View& view = tensor(call, 0).view;
    return (call.has(1) && call.integer(1) >= channels_last ? view.is_channels_last() : view.is_contiguous()) ? 1 : 0;
}

std::uint64_t Torch::is_dense(TorchCall& call) {
    return tensor(call, 0).view.is_dense() ? 1 : 0;
}

std::uint64_t Torch::data_ptr(TorchCall& call) {
    const Tensor& asked = tensor(call, 0);
    if (call.has(1) && !call.failed() && call.integer(1) != scalar_type_of(asked.dtype)) {
        const auto expected = dtype_of(call.integer(1));
        call.fail(fmt::format("expected scalar type {} but found {}", expected ? torch_name(*expected) : "?",
                              torch_name(asked.dtype)));
    }
    return call.failed() ? 0 : address(asked);
}

std::uint64_t Torch::check_dim(TorchCall& call) {
    const auto found = static_cast<std::int64_t>(tensor(call, 0).view.dim());
    if (found != call.integer(1)) {
        call.fail(fmt::format("TensorAccessor expected {} dims but tensor has {}", call.integer(1), found));
    }
    return 0;
}

std::string Torch::text(TorchCall& call, std::size_t index) {
    using Kind = TorchArgument::Kind;
    switch (call.kind(index)) {
    case Kind::None:
    case Kind::Slice:
        return "None";
    case Kind::Tensor:
        return fmt::format("a tensor of shape {}", to_text(tensor(call, index).view.sizes));
    case Kind::Integer:
        return fmt::format("{}", call.integer(index));
    case Kind::Real:
        return fmt::format("{}", call.real(index));
    case Kind::Boolean:
        return call.integer(index) != 0 ? "1" : "0";
    case Kind::Integers:
        return to_text(call.integers(index));
    case Kind::Text:
        return call.text(index);
    case Kind::Tensors:
        return fmt::format("{} tensors", call.tensors(index).size());
    case Kind::Type: {
        const auto dtype = dtype_of(call.integer(index));
        return std::string(dtype ? torch_name(*dtype) : "Undefined");
    }
    case Kind::Place:
        return call.integer(index) != 0 ? "cuda" : "cpu";
    case Kind::Reals:
        return fmt::format("{} numbers", call.reals(index).size());
    }
    return "?";
}

std::uint64_t Torch::fail(TorchCall& call) {
    std::string message;
    for (std::size_t i = 0; i < call.count(); ++i) {
        message += text(call, i);
    }
    call.fail(message);
    return 0;
}

std::uint64_t Torch::str(TorchCall& call) {
    std::string message;
    for (std::size_t i = 0; i < call.count(); ++i) {
        message += text(call, i);
    }
    const Address place = call.take(memory_.allocate(HostMemory::Kind::Heap, message.size() + 1));
    if (!call.failed()) {
        if (auto bytes = memory_.bytes(place, message.size() + 1, Access::Write)) {
            std::memcpy(bytes->data(), message.c_str(), message.size() + 1);
        }
    }
    return place;
}

} // namespace assay::plan
