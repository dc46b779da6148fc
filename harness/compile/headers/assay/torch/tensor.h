// at::Tensor: the number of a tensor that the recorder keeps. Copies are the same tensor, as in PyTorch.
#ifndef ASSAY_TORCH_TENSOR_H
#define ASSAY_TORCH_TENSOR_H

#include <assay/torch/call.h>

namespace at {

class Tensor;
using TensorList = ArrayRef<Tensor>;
using OptionalTensor = std::optional<Tensor>;

template <class T, size_t N, class Traits, class Index> class GenericPackedTensorAccessor;
template <class T, size_t N, class Traits, class Index> class TensorAccessor;
template <class T> struct DefaultPtrTraits { using PtrType = T*; };
template <class T> struct RestrictPtrTraits { using PtrType = T* __restrict__; };

namespace indexing {
struct None_t {};
struct Ellipsis_t {};
constexpr None_t None{};
constexpr Ellipsis_t Ellipsis{};
struct Slice {
    long long parts[3] = {};
    int given = 0; ///< bits: begin, end, step
    Slice() = default;
    Slice(int64_t begin) : parts{begin}, given(1) {}
    Slice(int64_t begin, int64_t end) : parts{begin, end}, given(3) {}
    Slice(int64_t begin, int64_t end, int64_t step) : parts{begin, end, step}, given(7) {}
    Slice(int64_t begin, None_t) : parts{begin}, given(1) {}
    Slice(None_t, int64_t end) : parts{0, end}, given(2) {}
    Slice(None_t, None_t) {}
    Slice(int64_t begin, None_t, int64_t step) : parts{begin, 0, step}, given(5) {}
    Slice(None_t, int64_t end, int64_t step) : parts{0, end, step}, given(6) {}
    Slice(None_t, None_t, int64_t step) : parts{0, 0, step}, given(4) {}
};
struct TensorIndex : ::__assay::Argument {
    TensorIndex(int64_t value) : Argument(value) {}
    TensorIndex(int value) : Argument(value) {}
    TensorIndex(None_t) {}
    TensorIndex(std::nullopt_t) {}
    TensorIndex(Ellipsis_t) : Argument("...") {}
    TensorIndex(const char* text) : Argument(text) {}
    TensorIndex(const Slice& slice) {
        kind = Kind::Slice;
        count = slice.given;
        pointer = slice.parts;
    }
    TensorIndex(const Tensor& tensor) : Argument(tensor) {}
};
} // namespace indexing

/// What type() gives.
struct DeprecatedTypeProperties {
    ScalarType kind;
    bool on_device;
    ScalarType scalarType() const { return kind; }
    bool is_cuda() const { return on_device; }
    operator ScalarType() const { return kind; }
    const char* toString() const { return c10::toString(kind); }
};
inline bool operator==(const DeprecatedTypeProperties& a, const DeprecatedTypeProperties& b) {
    return a.kind == b.kind && a.on_device == b.on_device;
}

class Tensor {
  public:
    Tensor() = default;
    /// Not from the number 0, which would be one too.
    template <class T, class = std::enable_if_t<std::is_same<T, std::nullptr_t>::value>> Tensor(T) {}
    explicit Tensor(long long number) : number_(number) {}
    /// The tensor that an operation gives.
    static Tensor of(const char* operation, ::__assay::Arguments arguments) {
        return Tensor(::__assay::number(operation, arguments));
    }
    long long number() const { return number_; }

    // What it is
    bool defined() const { return number_ != 0; }
    bool has_value() const { return number_ != 0; }
    int64_t dim() const { return ask("dim"); }
    int64_t ndimension() const { return ask("dim"); }
    int64_t numel() const { return ask("numel"); }
    int64_t size(int64_t dimension) const { return ::__assay::number("size", {*this, dimension}); }
    int64_t stride(int64_t dimension) const { return ::__assay::number("stride", {*this, dimension}); }
    IntArrayRef sizes() const { return {reinterpret_cast<const int64_t*>(ask("sizes")), static_cast<size_t>(dim())}; }
    IntArrayRef strides() const { return {reinterpret_cast<const int64_t*>(ask("strides")), static_cast<size_t>(dim())}; }
    int64_t sym_size(int64_t dimension) const { return size(dimension); }
    IntArrayRef sym_sizes() const { return sizes(); }
    int64_t storage_offset() const { return ask("storage_offset"); }
    int64_t element_size() const { return elementSize(scalar_type()); }
    int64_t itemsize() const { return elementSize(scalar_type()); }
    size_t nbytes() const { return numel() * element_size(); }
    ScalarType scalar_type() const { return static_cast<ScalarType>(ask("scalar_type")); }
    TypeMeta dtype() const { return scalar_type(); }
    DeprecatedTypeProperties type() const { return {scalar_type(), is_cuda()}; }
    Device device() const { return static_cast<DeviceType>(ask("device")); }
    DeviceIndex get_device() const { return is_cuda() ? 0 : -1; }
    TensorOptions options() const { return TensorOptions(scalar_type()).device(device()); }
    bool is_cuda() const { return ask("device") == 1; }
    bool is_cpu() const { return ask("device") == 0; }
    bool is_contiguous() const { return ask("is_contiguous") != 0; }
    bool is_contiguous(MemoryFormat format) const {
        return ::__assay::number("is_contiguous", {*this, static_cast<int>(format)}) != 0;
    }
    bool is_non_overlapping_and_dense() const { return ask("is_dense") != 0; }
    bool is_floating_point() const { return isFloatingType(scalar_type()); }
    bool is_complex() const { return false; }
    bool is_sparse() const { return false; }
    bool is_same(const Tensor& other) const { return number_ == other.number_; }
    bool is_same_size(const Tensor& other) const { return sizes() == other.sizes(); }
    Layout layout() const { return kStrided; }
    MemoryFormat suggest_memory_format() const { return MemoryFormat::Contiguous; }
    bool requires_grad() const { return false; }
    const Tensor& requires_grad_(bool = true) const { return *this; }
    Tensor detach() const { return *this; }
    Tensor set_requires_grad(bool) const { return *this; }

    // Where it is
    struct Storage {
        void* data;
        void* data_ptr() const { return data; }
    };
    Storage storage() const { return {data_ptr()}; }
    template <class T> T* data_ptr() const {
        using Plain = std::remove_cv_t<T>;
        return reinterpret_cast<T*>(::__assay::number("data_ptr", {*this, CppTypeToScalarType<Plain>::value}));
    }
    void* data_ptr() const { return reinterpret_cast<void*>(ask("data_ptr")); }
    template <class T> T* data() const { return data_ptr<T>(); }
    Tensor data() const { return *this; }
    template <class T> const T* const_data_ptr() const { return data_ptr<T>(); }
    const void* const_data_ptr() const { return data_ptr(); }
    template <class T> T* mutable_data_ptr() const { return data_ptr<T>(); }
    void* mutable_data_ptr() const { return data_ptr(); }
    template <class T, size_t N, template <class> class Traits = DefaultPtrTraits, class Index = int64_t>
    GenericPackedTensorAccessor<T, N, Traits<T>, Index> generic_packed_accessor() const {
        return GenericPackedTensorAccessor<T, N, Traits<T>, Index>(*this);
    }
    template <class T, size_t N, template <class> class Traits = DefaultPtrTraits>
    GenericPackedTensorAccessor<T, N, Traits<T>, int32_t> packed_accessor32() const {
        return GenericPackedTensorAccessor<T, N, Traits<T>, int32_t>(*this);
    }
    template <class T, size_t N, template <class> class Traits = DefaultPtrTraits>
    GenericPackedTensorAccessor<T, N, Traits<T>, int64_t> packed_accessor64() const {
        return GenericPackedTensorAccessor<T, N, Traits<T>, int64_t>(*this);
    }
    template <class T, size_t N, template <class> class Traits = DefaultPtrTraits, class Index = int64_t>
    GenericPackedTensorAccessor<T, N, Traits<T>, Index> packed_accessor() const {
        return GenericPackedTensorAccessor<T, N, Traits<T>, Index>(*this);
    }
    template <class T, size_t N> GenericPackedTensorAccessor<T, N, DefaultPtrTraits<T>, int64_t> accessor() const {
        return GenericPackedTensorAccessor<T, N, DefaultPtrTraits<T>, int64_t>(*this);
    }
    template <class T> T item() const {
        const double value = ::__assay::real("item", {*this});
        return static_cast<T>(value);
    }
    Scalar item() const { return ::__assay::real("item", {*this}); }

    // Views
    Tensor view(IntArrayRef sizes) const { return of("view", {*this, sizes}); }
    Tensor view(ScalarType type) const { return of("view_dtype", {*this, type}); }
    Tensor view_as(const Tensor& other) const { return view(other.sizes()); }
    Tensor reshape(IntArrayRef sizes) const { return of("reshape", {*this, sizes}); }
    Tensor reshape_as(const Tensor& other) const { return reshape(other.sizes()); }
    Tensor flatten(int64_t first = 0, int64_t last = -1) const { return of("flatten", {*this, first, last}); }
    Tensor unflatten(int64_t dimension, IntArrayRef sizes) const { return of("unflatten", {*this, dimension, sizes}); }
    Tensor squeeze() const { return of("squeeze", {*this}); }
    Tensor squeeze(int64_t dimension) const { return of("squeeze", {*this, dimension}); }
    Tensor unsqueeze(int64_t dimension) const { return of("unsqueeze", {*this, dimension}); }
    Tensor transpose(int64_t a, int64_t b) const { return of("transpose", {*this, a, b}); }
    Tensor swapaxes(int64_t a, int64_t b) const { return transpose(a, b); }
    Tensor t() const { return of("t", {*this}); }
    Tensor mT() const { return transpose(-2, -1); }
    Tensor permute(IntArrayRef order) const { return of("permute", {*this, order}); }
    Tensor movedim(int64_t from, int64_t to) const { return of("movedim", {*this, from, to}); }
    Tensor expand(IntArrayRef sizes) const { return of("expand", {*this, sizes}); }
    Tensor expand_as(const Tensor& other) const { return expand(other.sizes()); }
    Tensor select(int64_t dimension, int64_t index) const { return of("select", {*this, dimension, index}); }
    Tensor narrow(int64_t dimension, int64_t start, int64_t length) const {
        return of("narrow", {*this, dimension, start, length});
    }
    Tensor slice(int64_t dimension = 0, std::optional<int64_t> begin = {}, std::optional<int64_t> end = {},
                 int64_t step = 1) const {
        return of("slice", {*this, dimension, begin, end, step});
    }
    Tensor diagonal(int64_t offset = 0, int64_t a = 0, int64_t b = 1) const { return of("diagonal", {*this, offset, a, b}); }
    Tensor as_strided(IntArrayRef sizes, IntArrayRef strides, std::optional<int64_t> offset = {}) const {
        return of("as_strided", {*this, sizes, strides, offset});
    }
    Tensor operator[](int64_t index) const { return select(0, index); }
    Tensor index(std::initializer_list<indexing::TensorIndex> indices) const {
        return Tensor(index_call("index", indices));
    }
    /// With a mask, whose dimensions are the first of this tensor's, or with what index() takes that is no tensor.
    Tensor& index_put_(std::initializer_list<indexing::TensorIndex> indices, const Tensor& value) {
        if (const Tensor mask = mask_of(indices); mask.defined()) {
            return copy_(value.where(mask, *this));
        }
        Tensor(index_call("index", indices)).copy_(value);
        return *this;
    }
    Tensor& index_put_(std::initializer_list<indexing::TensorIndex> indices, Scalar value) {
        if (const Tensor mask = mask_of(indices); mask.defined()) {
            return masked_fill_(mask, value);
        }
        Tensor(index_call("index", indices)).fill_(value);
        return *this;
    }
    Tensor index_select(int64_t dimension, const Tensor& places) const { return of("index_select", {*this, dimension, places}); }
    Tensor gather(int64_t dimension, const Tensor& places, bool = false) const { return of("gather", {*this, dimension, places}); }
    Tensor flip(IntArrayRef dimensions) const { return of("flip", {*this, dimensions}); }
    /// Of equal elements the first come first.
    std::tuple<Tensor, Tensor> topk(int64_t k, int64_t dimension = -1, bool largest = true, bool = true) const {
        const Tensor places = of("topk_places", {*this, k, dimension, !largest});
        return {gather(dimension, places), places};
    }
    Tensor argsort(int64_t dimension = -1, bool descending = false) const {
        return of("topk_places", {*this, size(dimension), dimension, !descending});
    }
    std::tuple<Tensor, Tensor> sort(int64_t dimension = -1, bool descending = false) const {
        return topk(size(dimension), dimension, descending);
    }
    std::vector<Tensor> split(int64_t size, int64_t dimension = 0) const {
        std::vector<Tensor> parts;
        for (int64_t at = 0; at < this->size(dimension); at += size) {
            const int64_t rest = this->size(dimension) - at;
            parts.push_back(narrow(dimension, at, rest < size ? rest : size));
        }
        return parts;
    }
    std::vector<Tensor> chunk(int64_t count, int64_t dimension = 0) const {
        return split((size(dimension) + count - 1) / count, dimension);
    }
    std::vector<Tensor> unbind(int64_t dimension = 0) const {
        std::vector<Tensor> parts;
        for (int64_t i = 0; i < size(dimension); i++) {
            parts.push_back(select(dimension, i));
        }
        return parts;
    }

    // Copies
    Tensor contiguous() const { return of("contiguous", {*this}); }
    Tensor contiguous(MemoryFormat format) const { return of("contiguous", {*this, static_cast<int>(format)}); }
    Tensor clone() const { return of("clone", {*this}); }
    Tensor clone(MemoryFormat) const { return of("clone", {*this}); }
    Tensor to(ScalarType type) const { return of("to", {*this, type}); }
    Tensor to(TypeMeta type) const { return of("to", {*this, type}); }
    Tensor to(Device device) const { return of("to", {*this, device}); }
    Tensor to(DeviceType device) const { return of("to", {*this, device}); }
    Tensor to(ScalarType type, bool, bool = false) const { return of("to", {*this, type}); }
    Tensor to(Device device, ScalarType type, bool = false, bool = false) const { return of("to", {*this, device, type}); }
    Tensor to(const TensorOptions& options, bool = false, bool = false) const {
        return of("to_options", {*this, options.type, static_cast<int>(options.place)});
    }
    Tensor to(const Tensor& other) const { return of("to", {*this, other.device(), other.scalar_type()}); }
    Tensor cuda() const { return of("to", {*this, DeviceType::CUDA}); }
    Tensor cpu() const { return of("to", {*this, DeviceType::CPU}); }
    Tensor type_as(const Tensor& other) const { return to(other); }
    Tensor toType(ScalarType type) const { return to(type); }
    Tensor half() const { return to(ScalarType::Half); }
    Tensor bfloat16() const { return to(ScalarType::BFloat16); }
    Tensor repeat(IntArrayRef times) const { return of("repeat", {*this, times}); }
    Tensor& copy_(const Tensor& from, bool = false) { return in_place("copy_", {*this, from}); }
    Tensor& fill_(Scalar value) { return in_place("fill_", {*this, value}); }
    Tensor& zero_() { return in_place("fill_", {*this, 0}); }
    Tensor& resize_(IntArrayRef sizes) { return in_place("resize_", {*this, sizes}); }
    Tensor& set_data(const Tensor& other) { return *this = other; }
    Tensor new_empty(IntArrayRef sizes) const { return of("new", {*this, sizes}); }
    Tensor new_zeros(IntArrayRef sizes) const { return of("new", {*this, sizes, 0}); }
    Tensor new_ones(IntArrayRef sizes) const { return of("new", {*this, sizes, 1}); }
    Tensor new_full(IntArrayRef sizes, Scalar value) const { return of("new", {*this, sizes, value}); }
    Tensor new_empty(IntArrayRef sizes, const TensorOptions& options) const {
        return of("new_options", {*this, sizes, std::nullopt, options.type, static_cast<int>(options.place)});
    }
    Tensor new_zeros(IntArrayRef sizes, const TensorOptions& options) const {
        return of("new_options", {*this, sizes, 0, options.type, static_cast<int>(options.place)});
    }

    // Operators of the library: each is a step of the plan that is marked as not the candidate's own
    Tensor exp() const { return of("exp", {*this}); }
    Tensor log() const { return of("log", {*this}); }
    Tensor sqrt() const { return of("sqrt", {*this}); }
    Tensor rsqrt() const { return of("rsqrt", {*this}); }
    Tensor abs() const { return of("abs", {*this}); }
    Tensor neg() const { return of("neg", {*this}); }
    Tensor square() const { return of("square", {*this}); }
    Tensor reciprocal() const { return of("reciprocal", {*this}); }
    Tensor erf() const { return of("erf", {*this}); }
    Tensor sin() const { return of("sin", {*this}); }
    Tensor cos() const { return of("cos", {*this}); }
    Tensor log1p() const { return of("log1p", {*this}); }
    Tensor expm1() const { return of("expm1", {*this}); }
    Tensor sign() const { return of("sign", {*this}); }
    Tensor floor() const { return of("floor", {*this}); }
    Tensor ceil() const { return of("ceil", {*this}); }
    Tensor round() const { return of("round", {*this}); }
    Tensor relu() const { return of("relu", {*this}); }
    Tensor sigmoid() const { return of("sigmoid", {*this}); }
    Tensor tanh() const { return of("tanh", {*this}); }
    Tensor silu() const { return of("silu", {*this}); }
    Tensor softplus() const { return of("softplus", {*this}); }
    Tensor mish() const { return of("mish", {*this}); }
    Tensor hardswish() const { return of("hardswish", {*this}); }
    Tensor hardsigmoid() const { return of("hardsigmoid", {*this}); }
    Tensor& exp_() { return copy_(exp()); }
    Tensor& sqrt_() { return copy_(sqrt()); }
    Tensor& abs_() { return copy_(abs()); }
    Tensor& neg_() { return copy_(neg()); }
    Tensor& relu_() { return copy_(relu()); }
    Tensor& sigmoid_() { return copy_(sigmoid()); }
    Tensor& tanh_() { return copy_(tanh()); }
    Tensor gelu() const { return of("gelu", {*this}); }
    Tensor leaky_relu(double slope = 0.01) const { return of("leaky_relu", {*this, slope}); }
    Tensor elu(double alpha = 1) const { return of("elu", {*this, alpha}); }
    Tensor clamp(Scalar low, Scalar high) const { return of("clamp", {*this, low.real, high.real}); }
    Tensor clamp(Scalar low) const { return clamp_min(low.real); }
    Tensor clamp(std::nullopt_t, Scalar high) const { return clamp_max(high.real); }
    Tensor& clamp_(Scalar low, Scalar high) { return copy_(clamp(low, high)); }
    Tensor& clamp_(Scalar low) { return copy_(clamp(low)); }
    Tensor& clamp_min_(double low) { return copy_(clamp_min(low)); }
    Tensor& clamp_max_(double high) { return copy_(clamp_max(high)); }
    Tensor clamp_min(double low) const { return of("clamp", {*this, low, 1.7976931348623157e308}); }
    Tensor clamp_max(double high) const { return of("clamp", {*this, -1.7976931348623157e308, high}); }
    Tensor pow(Scalar exponent) const { return of("pow", {*this, exponent}); }
    Tensor add(const Tensor& other) const { return of("add", {*this, other}); }
    Tensor add(const Tensor& other, Scalar alpha) const { return add(other.mul(alpha)); }
    Tensor& add_(const Tensor& other, Scalar alpha) { return copy_(add(other, alpha)); }
    Tensor add(Scalar other) const { return of("add", {*this, other}); }
    Tensor& add_(const Tensor& other) { return copy_(add(other)); }
    Tensor& add_(Scalar other) { return copy_(add(other)); }
    Tensor sub(const Tensor& other) const { return of("sub", {*this, other}); }
    Tensor sub(const Tensor& other, Scalar alpha) const { return sub(other.mul(alpha)); }
    Tensor& sub_(const Tensor& other, Scalar alpha) { return copy_(sub(other, alpha)); }
    Tensor sub(Scalar other) const { return of("sub", {*this, other}); }
    Tensor& sub_(const Tensor& other) { return copy_(sub(other)); }
    Tensor& sub_(Scalar other) { return copy_(sub(other)); }
    Tensor mul(const Tensor& other) const { return of("mul", {*this, other}); }
    Tensor mul(Scalar other) const { return of("mul", {*this, other}); }
    Tensor& mul_(const Tensor& other) { return copy_(mul(other)); }
    Tensor& mul_(Scalar other) { return copy_(mul(other)); }
    Tensor div(const Tensor& other) const { return of("div", {*this, other}); }
    Tensor div(Scalar other) const { return of("div", {*this, other}); }
    Tensor& div_(const Tensor& other) { return copy_(div(other)); }
    Tensor& div_(Scalar other) { return copy_(div(other)); }
    Tensor maximum(const Tensor& other) const { return of("maximum", {*this, other}); }
    Tensor minimum(const Tensor& other) const { return of("minimum", {*this, other}); }
    Tensor& operator+=(const Tensor& other) { return add_(other); }
    Tensor& operator+=(Scalar other) { return add_(other); }
    Tensor& operator-=(const Tensor& other) { return sub_(other); }
    Tensor& operator-=(Scalar other) { return sub_(other); }
    Tensor& operator*=(const Tensor& other) { return mul_(other); }
    Tensor& operator*=(Scalar other) { return mul_(other); }
    Tensor& operator/=(const Tensor& other) { return div_(other); }
    Tensor& operator/=(Scalar other) { return div_(other); }
    Tensor operator-() const { return neg(); }
    Tensor sum() const { return of("sum", {*this}); }
    Tensor sum(IntArrayRef dims, bool keep = false) const { return of("sum", {*this, dims, keep}); }
    Tensor mean() const { return of("mean", {*this}); }
    Tensor mean(IntArrayRef dims, bool keep = false) const { return of("mean", {*this, dims, keep}); }
    Tensor amax(IntArrayRef dims, bool keep = false) const { return of("amax", {*this, dims, keep}); }
    Tensor amin(IntArrayRef dims, bool keep = false) const { return of("amin", {*this, dims, keep}); }
    Tensor gt(const Tensor& other) const { return of("gt", {*this, other}); }
    Tensor gt(Scalar other) const { return of("gt", {*this, other}); }
    Tensor ge(const Tensor& other) const { return of("ge", {*this, other}); }
    Tensor ge(Scalar other) const { return of("ge", {*this, other}); }
    Tensor lt(const Tensor& other) const { return of("lt", {*this, other}); }
    Tensor lt(Scalar other) const { return of("lt", {*this, other}); }
    Tensor le(const Tensor& other) const { return of("le", {*this, other}); }
    Tensor le(Scalar other) const { return of("le", {*this, other}); }
    Tensor eq(const Tensor& other) const { return of("eq", {*this, other}); }
    Tensor eq(Scalar other) const { return of("eq", {*this, other}); }
    Tensor ne(const Tensor& other) const { return of("ne", {*this, other}); }
    Tensor ne(Scalar other) const { return of("ne", {*this, other}); }
    Tensor where(const Tensor& mask, const Tensor& other) const { return of("where", {mask, *this, other}); }
    Tensor masked_fill(const Tensor& mask, Scalar value) const { return of("where", {mask, new_full({}, value), *this}); }
    Tensor& masked_fill_(const Tensor& mask, Scalar value) { return copy_(masked_fill(mask, value)); }
    Tensor argmax(int64_t dim, bool keep = false) const { return of("argmax", {*this, dim, keep}); }
    Tensor argmin(int64_t dim, bool keep = false) const { return of("argmin", {*this, dim, keep}); }
    Tensor argmax() const { return flatten().argmax(0); }
    Tensor argmin() const { return flatten().argmin(0); }
    /// The library scans along the last dimension.
    Tensor cumsum(int64_t dim) const { return of("cumsum", {transpose(dim, -1), -1}).transpose(dim, -1); }
    Tensor cumprod(int64_t dim) const { return of("cumprod", {transpose(dim, -1), -1}).transpose(dim, -1); }
    Tensor prod() const { return of("prod", {*this}); }
    Tensor prod(int64_t dim, bool keep = false) const { return of("prod", {*this, dim, keep}); }
    Tensor max() const { return of("amax", {*this}); }
    Tensor min() const { return of("amin", {*this}); }
    std::tuple<Tensor, Tensor> max(int64_t dim, bool keep = false) const { return {amax(dim, keep), argmax(dim, keep)}; }
    std::tuple<Tensor, Tensor> min(int64_t dim, bool keep = false) const { return {amin(dim, keep), argmin(dim, keep)}; }
    Tensor max(const Tensor& other) const { return maximum(other); }
    Tensor min(const Tensor& other) const { return minimum(other); }
    Tensor norm(Scalar p = 2) const { return norm(p, IntArrayRef()); }
    Tensor norm(Scalar p, IntArrayRef dims, bool keep = false) const {
        TORCH_CHECK(p.real == 1 || p.real == 2, "norm is supported for p = 1 and p = 2");
        return p.real == 1 ? abs().sum(dims, keep) : square().sum(dims, keep).sqrt();
    }
    Tensor var(IntArrayRef dims, bool unbiased = true, bool keep = false) const {
        const Tensor middle = mean(dims, true);
        const Tensor squares = sub(middle).square();
        const double count = static_cast<double>(numel()) / static_cast<double>(middle.numel());
        return squares.sum(dims, keep).div(unbiased ? count - 1 : count);
    }
    Tensor var(bool unbiased = true) const { return var(IntArrayRef(), unbiased); }
    Tensor std(bool unbiased = true) const { return var(unbiased).sqrt(); }
    Tensor addcmul(const Tensor& a, const Tensor& b, Scalar value = 1) const {
        return add(value.real == 1 ? a.mul(b) : a.mul(b).mul(value));
    }
    Tensor addcdiv(const Tensor& a, const Tensor& b, Scalar value = 1) const {
        return add(value.real == 1 ? a.div(b) : a.div(b).mul(value));
    }
    Tensor std(IntArrayRef dims, bool unbiased = true, bool keep = false) const { return var(dims, unbiased, keep).sqrt(); }
    Tensor dot(const Tensor& other) const { return mul(other).sum(); }
    Tensor mv(const Tensor& other) const { return matmul(other); }
    Tensor softmax(int64_t dim) const { return of("softmax", {*this, dim}); }
    Tensor log_softmax(int64_t dim) const { return of("log_softmax", {*this, dim}); }
    Tensor addmm(const Tensor& a, const Tensor& b, Scalar beta = 1, Scalar alpha = 1) const {
        const Tensor product = alpha.real == 1 ? a.matmul(b) : a.matmul(b).mul(alpha);
        return beta.real == 0 ? product : product.add(beta.real == 1 ? *this : mul(beta));
    }
    Tensor logsumexp(IntArrayRef dims, bool keep = false) const { return of("logsumexp", {*this, dims, keep}); }
    Tensor triu(int64_t diagonal = 0) const;
    Tensor tril(int64_t diagonal = 0) const;
    Tensor outer(const Tensor& other) const { return unsqueeze(1).mul(other.unsqueeze(0)); }
    Tensor isnan() const { return ne(*this); }
    Tensor logical_not() const { return eq(0); }
    Tensor broadcast_to(IntArrayRef sizes) const { return expand(sizes); }
    Tensor matmul(const Tensor& other) const { return of("matmul", {*this, other}); }
    Tensor mm(const Tensor& other) const { return of("matmul", {*this, other}); }
    Tensor bmm(const Tensor& other) const { return of("matmul", {*this, other}); }

  protected:
    long long ask(const char* operation) const { return ::__assay::number(operation, {*this}); }
    Tensor& in_place(const char* operation, ::__assay::Arguments arguments) {
        ::__assay::number(operation, arguments);
        return *this;
    }
    Tensor mask_of(std::initializer_list<indexing::TensorIndex> indices) const {
        if (indices.size() != 1 || indices.begin()->kind != ::__assay::Argument::Kind::Tensor) {
            return {};
        }
        Tensor mask(indices.begin()->integer);
        while (mask.dim() < dim()) {
            mask = mask.unsqueeze(-1);
        }
        return mask;
    }
    long long index_call(const char* operation, std::initializer_list<indexing::TensorIndex> indices) const {
        ::__assay::Argument list[16] = {*this};
        int count = 1;
        for (const indexing::TensorIndex& index : indices) {
            if (count < 16) {
                list[count++] = index;
            }
        }
        return __assay_torch(operation, list, count);
    }

    long long number_ = 0; ///< 0: undefined
};

} // namespace at

namespace __assay {
inline Argument::Argument(const at::Tensor& tensor) : kind(Kind::Tensor), integer(tensor.number()) {}
inline Argument::Argument(c10::ArrayRef<at::Tensor> list)
    : kind(Kind::Tensors), count(static_cast<int>(list.size())), pointer(list.data()) {}
} // namespace __assay

#include <assay/torch/operators.h>

#endif
