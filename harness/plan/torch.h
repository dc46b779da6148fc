// PyTorch as host code sees it while it is recorded: tensors by number, and what each operation on them is.
//
// A tensor is a view (sizes, strides, offset, element type) of a storage, which is a device buffer or, for a tensor on
// the CPU, a block of the interpreter's memory. Views and metadata are computed here. What touches elements becomes a
// step of the plan where a fill, a copy or an upload does it, and else an operator of the library (`operator.h`).
// Operations are named as in headers/assay/torch/*.h; torch_table.cpp lists them.
//
// Storage is never freed: a tensor has no destructor in these headers, so that they compile quickly.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "plan/device_space.h"
#include "plan/host_call.h"
#include "plan/host_memory.h"
#include "plan/torch_call.h"
#include "plan/torch_shape.h"

namespace assay::plan {

class Runtime;

class Torch {
public:
    using Number = std::uint64_t; ///< of a tensor; 0: undefined

    struct Tensor {
        std::uint32_t storage = 0;
        tasks::DType dtype = tasks::DType::Float32;
        View view;
        Address sizes_list = 0, strides_list = 0; ///< host copies, once asked for
    };
    struct Storage {
        Address base = 0;
        std::uint64_t bytes = 0;
        bool on_device = false;
    };
    /// A function that the module offers.
    struct Function {
        std::string name;
        std::string letters; ///< of its parameters, see torch_entry.cpp
        bool is_void = false;
        Address function = 0, thunk = 0;
        struct Parameter {
            std::string name;
            std::optional<TorchArgument> value; ///< the default
        };
        std::vector<Parameter> named;
        bool has_schema = false; ///< `named` is the schema's
    };
    /// What is passed for a parameter.
    struct Passed {
        enum class Kind : std::uint8_t { None, Tensor, Integer, Real, Text, List } kind = Kind::None;
        std::uint64_t bits = 0; ///< a tensor, an integer, the bits of a double, the address of a text
        std::vector<std::uint64_t> list;
    };

    Torch(Runtime& runtime, HostMemory& memory, DeviceSpace& device)
        : runtime_(runtime), memory_(memory), device_(device) {}

    /// Answers `__assay_torch`.
    [[nodiscard]] Checked<> call(HostCall& call);

    /// A tensor over a buffer of the task.
    [[nodiscard]] Checked<Number> adopt(Address base, tasks::DType dtype, const Extents& sizes);
    /// Makes the tensors that came back the task's outputs.
    [[nodiscard]] Checked<> deliver(const std::vector<tasks::Binding::Tensor>& outputs);

    [[nodiscard]] const std::vector<Function>& functions() const { return functions_; }
    void pass(std::vector<Passed> arguments) { arguments_ = std::move(arguments); }

    using Answer = std::uint64_t (Torch::*)(TorchCall&);

    // torch.cpp
    std::uint64_t dim(TorchCall& call);
    std::uint64_t numel(TorchCall& call);
    std::uint64_t size(TorchCall& call);
    std::uint64_t stride(TorchCall& call);
    std::uint64_t sizes(TorchCall& call);
    std::uint64_t strides(TorchCall& call);
    std::uint64_t storage_offset(TorchCall& call);
    std::uint64_t scalar_type(TorchCall& call);
    std::uint64_t device(TorchCall& call);
    std::uint64_t is_contiguous(TorchCall& call);
    std::uint64_t is_dense(TorchCall& call);
    std::uint64_t data_ptr(TorchCall& call);
    std::uint64_t check_dim(TorchCall& call);
    std::uint64_t fail(TorchCall& call);
    std::uint64_t str(TorchCall& call);

    // torch_view.cpp
    std::uint64_t view(TorchCall& call);
    std::uint64_t view_dtype(TorchCall& call);
    std::uint64_t reshape(TorchCall& call);
    std::uint64_t flatten(TorchCall& call);
    std::uint64_t unflatten(TorchCall& call);
    std::uint64_t squeeze(TorchCall& call);
    std::uint64_t unsqueeze(TorchCall& call);
    std::uint64_t transpose(TorchCall& call);
    std::uint64_t t(TorchCall& call);
    std::uint64_t permute(TorchCall& call);
    std::uint64_t movedim(TorchCall& call);
    std::uint64_t expand(TorchCall& call);
    std::uint64_t select(TorchCall& call);
    std::uint64_t narrow(TorchCall& call);
    std::uint64_t slice(TorchCall& call);
    std::uint64_t diagonal(TorchCall& call);
    std::uint64_t as_strided(TorchCall& call);
    std::uint64_t index(TorchCall& call);

    // torch_make.cpp
    std::uint64_t make(TorchCall& call);
    std::uint64_t make_strided(TorchCall& call);
    std::uint64_t make_new(TorchCall& call);
    std::uint64_t make_new_options(TorchCall& call);
    std::uint64_t arange(TorchCall& call);
    std::uint64_t tensor_of_list(TorchCall& call);
    std::uint64_t from_blob(TorchCall& call);
    std::uint64_t resize(TorchCall& call);

    // torch_copy.cpp
    std::uint64_t contiguous(TorchCall& call);
    std::uint64_t clone(TorchCall& call);
    std::uint64_t to(TorchCall& call);
    std::uint64_t to_options(TorchCall& call);
    std::uint64_t copy(TorchCall& call);
    std::uint64_t fill(TorchCall& call);
    std::uint64_t item(TorchCall& call);
    std::uint64_t repeat(TorchCall& call);
    std::uint64_t cat(TorchCall& call);
    std::uint64_t stack(TorchCall& call);

    // torch_compute.cpp
    std::uint64_t unary(TorchCall& call);
    std::uint64_t binary(TorchCall& call);
    std::uint64_t comparison(TorchCall& call);
    std::uint64_t where(TorchCall& call);
    std::uint64_t reduction(TorchCall& call);
    std::uint64_t extreme_index(TorchCall& call);
    std::uint64_t along(TorchCall& call); ///< a dimension: softmax
    std::uint64_t matmul(TorchCall& call);
    Number matmul_of_vector(TorchCall& call);
    std::uint64_t linear(TorchCall& call);

    // torch_index.cpp
    std::uint64_t flip(TorchCall& call);
    std::uint64_t index_select(TorchCall& call);
    std::uint64_t gather(TorchCall& call);
    std::uint64_t topk_places(TorchCall& call);

    // torch_network.cpp
    std::uint64_t convolution(TorchCall& call);
    std::uint64_t normalization(TorchCall& call);
    std::uint64_t pooling(TorchCall& call);
    std::uint64_t adaptive_pooling(TorchCall& call);
    std::uint64_t attention(TorchCall& call);

    // torch_entry.cpp
    std::uint64_t define(TorchCall& call);
    std::uint64_t define_argument(TorchCall& call);
    std::uint64_t schema(TorchCall& call);
    std::uint64_t argument(TorchCall& call);
    std::uint64_t argument_is_none(TorchCall& call);
    std::uint64_t argument_count(TorchCall& call);
    std::uint64_t argument_element(TorchCall& call);
    std::uint64_t result(TorchCall& call);

private:
    /// The tensor that is argument `index`; an empty one when it is none.
    [[nodiscard]] const Tensor& tensor(TorchCall& call, std::size_t index);
    [[nodiscard]] const Tensor& at(TorchCall& call, Number number);
    [[nodiscard]] Number add(TorchCall& call, Tensor tensor);
    /// The same storage under another view.
    [[nodiscard]] Number add_view(TorchCall& call, const Tensor& of, View view);
    /// The tensor itself where it has that type and place already, a copy otherwise.
    [[nodiscard]] Number converted(TorchCall& call, Number number, tasks::DType dtype, bool on_device);
    /// New memory, not initialised.
    [[nodiscard]] Number allocate(TorchCall& call, const Extents& sizes, const Extents& strides, tasks::DType dtype,
                                  bool on_device);
    [[nodiscard]] Number allocate(TorchCall& call, const Extents& sizes, tasks::DType dtype, bool on_device) {
        return allocate(call, sizes, contiguous_strides(sizes), dtype, on_device);
    }
    /// A dimension between 0 and `dims` - 1, from one that may be negative.
    [[nodiscard]] std::size_t dimension(TorchCall& call, std::int64_t given, std::size_t dims);
    [[nodiscard]] Address address(const Tensor& tensor) const;
    [[nodiscard]] bool on_device(const Tensor& tensor) const { return storages_[tensor.storage].on_device; }
    [[nodiscard]] Address list(TorchCall& call, const Extents& values);
    [[nodiscard]] std::string text(TorchCall& call, std::size_t index);
    [[nodiscard]] tasks::DType dtype_argument(TorchCall& call, std::size_t index, tasks::DType otherwise);

    void fill_tensor(TorchCall& call, const Tensor& tensor, double real, std::int64_t integer, bool is_integer);
    [[nodiscard]] std::vector<std::byte> read_tensor(TorchCall& call, const Tensor& from);
    void copy_tensor(TorchCall& call, const Tensor& to, const Tensor& from);
    [[nodiscard]] Number made(TorchCall& call, const Extents& sizes, tasks::DType dtype, bool on_device,
                              std::size_t value);
    [[nodiscard]] Number made_of(TorchCall& call, const std::vector<double>& values, const Extents& sizes,
                                 tasks::DType dtype, bool on_device);
    [[nodiscard]] Operator::Operand operand(TorchCall& call, const Tensor& tensor);
    [[nodiscard]] Operator::Operand dense_operand(TorchCall& call, Number number, bool any_type = false);
    [[nodiscard]] std::vector<Operator::Operand> operands_of(TorchCall& call, const std::vector<std::size_t>& arguments,
                                                             const std::optional<Extents>& sizes);
    [[nodiscard]] Number compute(TorchCall& call, std::string name, std::vector<Operator::Operand> inputs,
                                 const Extents& sizes, std::vector<double> numbers,
                                 std::optional<tasks::DType> dtype = {});
    [[nodiscard]] Number computed(TorchCall& call, std::string name, std::vector<Operator::Operand> inputs,
                                  const Extents& sizes, std::vector<double> numbers, tasks::DType dtype);
    /// The elements of one dimension at places, which become dimensions in its place.
    [[nodiscard]] Number selected_at(TorchCall& call, Number from, std::size_t along, Number places);
    [[nodiscard]] Operator::Operand places_operand(TorchCall& call, Number number);
    [[nodiscard]] Number reduced_last(TorchCall& call, Number number, const std::vector<bool>& reduced);
    [[nodiscard]] Number contiguous_copy(TorchCall& call, Number number);

    Runtime& runtime_;
    HostMemory& memory_;
    DeviceSpace& device_;
    std::vector<Tensor> tensors_;
    std::vector<Storage> storages_;
    std::vector<Function> functions_;
    std::map<std::string, std::vector<Function::Parameter>, std::less<>> schemas_; ///< of TORCH_LIBRARY
    std::vector<Passed> arguments_;
    std::vector<Number> results_;
};

/// An element as its bytes.
[[nodiscard]] std::vector<std::byte> encode_element(tasks::DType dtype, double real, std::int64_t integer,
                                                    bool is_integer);
[[nodiscard]] double decode_element(tasks::DType dtype, std::span<const std::byte> bytes);

} // namespace assay::plan
