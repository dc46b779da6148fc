// Functions of namespace torch and at: factories.
#ifndef ASSAY_TORCH_FUNCTIONS_H
#define ASSAY_TORCH_FUNCTIONS_H

#include <assay/torch/tensor.h>

namespace at {

inline Tensor __assay_make(IntArrayRef sizes, ::__assay::Argument value, const TensorOptions& options) {
    return Tensor::of("make", {sizes, value, options.type, static_cast<int>(options.place)});
}
inline Tensor __assay_like(const Tensor& other, ::__assay::Argument value, const TensorOptions& options) {
    return Tensor::of("new_options", {other, other.sizes(), value, options.type, static_cast<int>(options.place)});
}
inline Tensor empty(IntArrayRef sizes, const TensorOptions& options = {}) {
    return __assay_make(sizes, std::nullopt, options);
}
inline Tensor empty(IntArrayRef sizes, const TensorOptions& options, MemoryFormat) {
    return __assay_make(sizes, std::nullopt, options);
}
inline Tensor zeros(IntArrayRef sizes, const TensorOptions& options = {}) {
    return __assay_make(sizes, 0, options);
}
inline Tensor ones(IntArrayRef sizes, const TensorOptions& options = {}) {
    return __assay_make(sizes, 1, options);
}
inline Tensor full(IntArrayRef sizes, Scalar value, const TensorOptions& options = {}) {
    return __assay_make(sizes, value, options);
}
inline Tensor empty_like(const Tensor& other, const TensorOptions& options = {}) {
    return __assay_like(other, std::nullopt, options);
}
inline Tensor empty_like(const Tensor& other, const TensorOptions& options, MemoryFormat) {
    return __assay_like(other, std::nullopt, options);
}
inline Tensor empty_like(const Tensor& other, MemoryFormat) {
    return __assay_like(other, std::nullopt, {});
}
inline Tensor zeros_like(const Tensor& other, const TensorOptions& options = {}) {
    return __assay_like(other, 0, options);
}
inline Tensor zeros_like(const Tensor& other, MemoryFormat) {
    return __assay_like(other, 0, {});
}
inline Tensor ones_like(const Tensor& other, const TensorOptions& options = {}) {
    return __assay_like(other, 1, options);
}
inline Tensor full_like(const Tensor& other, Scalar value, const TensorOptions& options = {}) {
    return __assay_like(other, value, options);
}
inline Tensor empty_strided(IntArrayRef sizes, IntArrayRef strides, const TensorOptions& options = {}) {
    return Tensor::of("make_strided", {sizes, strides, options.type, static_cast<int>(options.place)});
}
inline Tensor arange(Scalar begin, Scalar end, Scalar step, const TensorOptions& options = {}) {
    return Tensor::of("arange", {begin, end, step, options.type, static_cast<int>(options.place)});
}
inline Tensor arange(Scalar begin, Scalar end, const TensorOptions& options = {}) {
    return arange(begin, end, 1, options);
}
inline Tensor arange(Scalar end, const TensorOptions& options = {}) {
    return arange(0, end, 1, options);
}
inline Tensor scalar_tensor(Scalar value, const TensorOptions& options = {}) {
    return full({}, value, options);
}
template <class T> Tensor tensor(std::initializer_list<T> values, const TensorOptions& options = {}) {
    const ScalarType type = options.type != ScalarType::Undefined ? options.type : CppTypeToScalarType<T>::value;
    std::vector<double> list;
    for (const T& value : values) {
        list.push_back(static_cast<double>(value));
    }
    return Tensor::of("tensor", {ArrayRef<double>(list), true, type, static_cast<int>(options.place)});
}
template <class T> Tensor tensor(const std::vector<T>& values, const TensorOptions& options = {}) {
    const ScalarType type = options.type != ScalarType::Undefined ? options.type : CppTypeToScalarType<T>::value;
    std::vector<double> list;
    for (const T& value : values) {
        list.push_back(static_cast<double>(value));
    }
    return Tensor::of("tensor", {ArrayRef<double>(list), true, type, static_cast<int>(options.place)});
}
template <class T, class = std::enable_if_t<std::is_arithmetic<T>::value>>
Tensor tensor(T value, const TensorOptions& options = {}) {
    const ScalarType type = options.type != ScalarType::Undefined ? options.type : CppTypeToScalarType<T>::value;
    const double list[1] = {static_cast<double>(value)};
    return Tensor::of("tensor", {ArrayRef<double>(list), false, type, static_cast<int>(options.place)});
}
inline Tensor from_blob(void* data, IntArrayRef sizes, const TensorOptions& options = {}) {
    return Tensor::of("from_blob", {reinterpret_cast<long long>(data), sizes, options.type, static_cast<int>(options.place)});
}
template <class D> Tensor from_blob(void* data, IntArrayRef sizes, const D&, const TensorOptions& options) {
    return from_blob(data, sizes, options);
}
inline Tensor squeeze(const Tensor& x) {
    return x.squeeze();
}
inline Tensor squeeze(const Tensor& x, int64_t dimension) {
    return x.squeeze(dimension);
}
inline Tensor unsqueeze(const Tensor& x, int64_t dimension) {
    return x.unsqueeze(dimension);
}
inline Tensor transpose(const Tensor& x, int64_t a, int64_t b) {
    return x.transpose(a, b);
}
inline Tensor reshape(const Tensor& x, IntArrayRef sizes) {
    return x.reshape(sizes);
}
inline Tensor flatten(const Tensor& x, int64_t first = 0, int64_t last = -1) {
    return x.flatten(first, last);
}
inline Tensor permute(const Tensor& x, IntArrayRef order) {
    return x.permute(order);
}
inline Tensor clone(const Tensor& x) {
    return x.clone();
}
inline Tensor cat(TensorList tensors, int64_t dimension = 0) {
    return Tensor::of("cat", {tensors, dimension});
}
inline Tensor concat(TensorList tensors, int64_t dimension = 0) {
    return cat(tensors, dimension);
}
inline Tensor stack(TensorList tensors, int64_t dimension = 0) {
    return Tensor::of("stack", {tensors, dimension});
}
inline int64_t numel(const Tensor& x) {
    return x.numel();
}
inline std::vector<Tensor> chunk(const Tensor& x, int64_t count, int64_t dimension = 0) {
    return x.chunk(count, dimension);
}
inline std::vector<Tensor> split(const Tensor& x, int64_t size, int64_t dimension = 0) {
    return x.split(size, dimension);
}

inline Tensor exp(const Tensor& x) {
    return x.exp();
}
inline Tensor log(const Tensor& x) {
    return x.log();
}
inline Tensor sqrt(const Tensor& x) {
    return x.sqrt();
}
inline Tensor rsqrt(const Tensor& x) {
    return x.rsqrt();
}
inline Tensor abs(const Tensor& x) {
    return x.abs();
}
inline Tensor neg(const Tensor& x) {
    return x.neg();
}
inline Tensor square(const Tensor& x) {
    return x.square();
}
inline Tensor reciprocal(const Tensor& x) {
    return x.reciprocal();
}
inline Tensor erf(const Tensor& x) {
    return x.erf();
}
inline Tensor sin(const Tensor& x) {
    return x.sin();
}
inline Tensor cos(const Tensor& x) {
    return x.cos();
}
inline Tensor relu(const Tensor& x) {
    return x.relu();
}
inline Tensor sigmoid(const Tensor& x) {
    return x.sigmoid();
}
inline Tensor tanh(const Tensor& x) {
    return x.tanh();
}
inline Tensor silu(const Tensor& x) {
    return x.silu();
}
inline Tensor softplus(const Tensor& x) {
    return x.softplus();
}
inline Tensor mish(const Tensor& x) {
    return x.mish();
}
inline Tensor hardswish(const Tensor& x) {
    return x.hardswish();
}
inline Tensor hardsigmoid(const Tensor& x) {
    return x.hardsigmoid();
}
inline Tensor sum(const Tensor& x) {
    return x.sum();
}
inline Tensor mean(const Tensor& x) {
    return x.mean();
}
inline Tensor max(const Tensor& x) {
    return x.max();
}
inline Tensor min(const Tensor& x) {
    return x.min();
}
inline Tensor add(const Tensor& a, const Tensor& b) {
    return a.add(b);
}
inline Tensor sub(const Tensor& a, const Tensor& b) {
    return a.sub(b);
}
inline Tensor mul(const Tensor& a, const Tensor& b) {
    return a.mul(b);
}
inline Tensor div(const Tensor& a, const Tensor& b) {
    return a.div(b);
}
inline Tensor maximum(const Tensor& a, const Tensor& b) {
    return a.maximum(b);
}
inline Tensor minimum(const Tensor& a, const Tensor& b) {
    return a.minimum(b);
}
inline Tensor matmul(const Tensor& a, const Tensor& b) {
    return a.matmul(b);
}
inline Tensor mm(const Tensor& a, const Tensor& b) {
    return a.mm(b);
}
inline Tensor bmm(const Tensor& a, const Tensor& b) {
    return a.bmm(b);
}
inline Tensor sum(const Tensor& x, IntArrayRef dims, bool keep = false) {
    return x.sum(dims, keep);
}
inline Tensor mean(const Tensor& x, IntArrayRef dims, bool keep = false) {
    return x.mean(dims, keep);
}
inline Tensor amax(const Tensor& x, IntArrayRef dims, bool keep = false) {
    return x.amax(dims, keep);
}
inline Tensor amin(const Tensor& x, IntArrayRef dims, bool keep = false) {
    return x.amin(dims, keep);
}
inline Tensor gelu(const Tensor& x, const char* approximate = "none") {
    return Tensor::of(approximate[0] == 't' ? "gelu_tanh" : "gelu", {x});
}
inline Tensor leaky_relu(const Tensor& x, double slope = 0.01) {
    return x.leaky_relu(slope);
}
inline Tensor elu(const Tensor& x, double alpha = 1) {
    return x.elu(alpha);
}
inline Tensor clamp(const Tensor& x, double low, double high) {
    return x.clamp(low, high);
}
inline Tensor pow(const Tensor& x, Scalar exponent) {
    return x.pow(exponent);
}
inline Tensor softmax(const Tensor& x, int64_t dim) {
    return x.softmax(dim);
}
inline Tensor log_softmax(const Tensor& x, int64_t dim) {
    return x.log_softmax(dim);
}
inline Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias = {}) {
    return Tensor::of("linear", {x, weight, bias});
}
inline Tensor addmm(const Tensor& sum, const Tensor& a, const Tensor& b) {
    return sum + a.matmul(b);
}

struct NoGradGuard {
    explicit NoGradGuard() {}
};
struct AutoDispatchBelowADInplaceOrView {
    explicit AutoDispatchBelowADInplaceOrView() {}
};
struct GradMode {
    static bool is_enabled() { return false; }
    static void set_enabled(bool) {}
};
struct InferenceMode {
    explicit InferenceMode(bool = true) {}
};

} // namespace at

namespace c10 {
using at::GradMode;
using at::InferenceMode;
} // namespace c10

#endif
