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
template <class T> Tensor tensor(ArrayRef<T> values, const TensorOptions& options = {}) {
    const ScalarType type = options.type != ScalarType::Undefined ? options.type : CppTypeToScalarType<T>::value;
    std::vector<double> list;
    for (const T& value : values) {
        list.push_back(static_cast<double>(value));
    }
    return Tensor::of("tensor", {ArrayRef<double>(list), true, type, static_cast<int>(options.place)});
}
template <class T> Tensor tensor(std::initializer_list<T> values, const TensorOptions& options = {}) {
    return tensor(ArrayRef<T>(values.begin(), values.size()), options);
}
template <class T> Tensor tensor(const std::vector<T>& values, const TensorOptions& options = {}) {
    return tensor(ArrayRef<T>(values), options);
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
inline Tensor flip(const Tensor& x, IntArrayRef dimensions) {
    return x.flip(dimensions);
}
inline Tensor gather(const Tensor& x, int64_t dimension, const Tensor& places) {
    return x.gather(dimension, places);
}
inline Tensor index_select(const Tensor& x, int64_t dimension, const Tensor& places) {
    return x.index_select(dimension, places);
}
inline std::tuple<Tensor, Tensor> topk(const Tensor& x, int64_t k, int64_t dimension = -1, bool largest = true, bool = true) {
    return x.topk(k, dimension, largest);
}
inline Tensor embedding(const Tensor& weight, const Tensor& places) {
    return weight.index({places});
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
inline Tensor log1p(const Tensor& x) {
    return x.log1p();
}
inline Tensor expm1(const Tensor& x) {
    return x.expm1();
}
inline Tensor sign(const Tensor& x) {
    return x.sign();
}
inline Tensor floor(const Tensor& x) {
    return x.floor();
}
inline Tensor ceil(const Tensor& x) {
    return x.ceil();
}
inline Tensor round(const Tensor& x) {
    return x.round();
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
inline Tensor clamp(const Tensor& x, Scalar low, Scalar high) {
    return x.clamp(low, high);
}
inline Tensor clamp(const Tensor& x, Scalar low) {
    return x.clamp(low);
}
inline Tensor clamp(const Tensor& x, std::nullopt_t, Scalar high) {
    return x.clamp_max(high.real);
}
inline Tensor clamp_min(const Tensor& x, double low) {
    return x.clamp_min(low);
}
inline Tensor clamp_max(const Tensor& x, double high) {
    return x.clamp_max(high);
}
inline Tensor selu(const Tensor& x) {
    return Tensor::of("selu", {x});
}
inline Tensor where(const Tensor& mask, const Tensor& a, const Tensor& b) {
    return a.where(mask, b);
}
inline Tensor where(const Tensor& mask, const Tensor& a, Scalar b) {
    return a.where(mask, a.new_full({}, b));
}
inline Tensor where(const Tensor& mask, Scalar a, const Tensor& b) {
    return b.new_full({}, a).where(mask, b);
}
inline Tensor masked_fill(const Tensor& x, const Tensor& mask, Scalar value) {
    return x.masked_fill(mask, value);
}
inline Tensor argmax(const Tensor& x, int64_t dim, bool keep = false) {
    return x.argmax(dim, keep);
}
inline Tensor argmin(const Tensor& x, int64_t dim, bool keep = false) {
    return x.argmin(dim, keep);
}
inline Tensor cumsum(const Tensor& x, int64_t dim) {
    return x.cumsum(dim);
}
inline Tensor cumprod(const Tensor& x, int64_t dim) {
    return x.cumprod(dim);
}
inline Tensor prod(const Tensor& x) {
    return x.prod();
}
inline Tensor prod(const Tensor& x, int64_t dim, bool keep = false) {
    return x.prod(dim, keep);
}
inline std::tuple<Tensor, Tensor> max(const Tensor& x, int64_t dim, bool keep = false) {
    return x.max(dim, keep);
}
inline std::tuple<Tensor, Tensor> min(const Tensor& x, int64_t dim, bool keep = false) {
    return x.min(dim, keep);
}
inline Tensor max(const Tensor& a, const Tensor& b) {
    return a.maximum(b);
}
inline Tensor min(const Tensor& a, const Tensor& b) {
    return a.minimum(b);
}
inline Tensor addcmul(const Tensor& x, const Tensor& a, const Tensor& b, Scalar value = 1) {
    return x.addcmul(a, b, value);
}
inline Tensor addcdiv(const Tensor& x, const Tensor& a, const Tensor& b, Scalar value = 1) {
    return x.addcdiv(a, b, value);
}
inline Tensor baddbmm(const Tensor& x, const Tensor& a, const Tensor& b) {
    return x + a.bmm(b);
}
inline std::tuple<Tensor, Tensor> var_mean(const Tensor& x, IntArrayRef dims, bool unbiased = true, bool keep = false) {
    return {x.var(dims, unbiased, keep), x.mean(dims, keep)};
}
inline Tensor std(const Tensor& x, IntArrayRef dims, bool unbiased = true, bool keep = false) {
    return x.std(dims, unbiased, keep);
}
inline Tensor& relu_(Tensor& x) {
    return x.relu_();
}
inline Tensor& sigmoid_(Tensor& x) {
    return x.sigmoid_();
}
inline Tensor& tanh_(Tensor& x) {
    return x.tanh_();
}
#define ASSAY_INTO(name, type)                                                                                             \
    inline Tensor& name##_out(Tensor& result, const Tensor& a, type b) { return result.copy_(a.name(b)); }
ASSAY_INTO(add, const Tensor&)
ASSAY_INTO(sub, const Tensor&)
ASSAY_INTO(mul, const Tensor&)
ASSAY_INTO(div, const Tensor&)
ASSAY_INTO(mm, const Tensor&)
ASSAY_INTO(bmm, const Tensor&)
ASSAY_INTO(matmul, const Tensor&)
#undef ASSAY_INTO
inline Tensor pow(const Tensor& x, Scalar exponent) {
    return x.pow(exponent);
}
inline Tensor softmax(const Tensor& x, int64_t dim) {
    return x.softmax(dim);
}
inline Tensor log_softmax(const Tensor& x, int64_t dim) {
    return x.log_softmax(dim);
}
inline Tensor linear(const Tensor& x, const Tensor& weight, const OptionalTensor& bias = {}) {
    return Tensor::of("linear", {x, weight, bias});
}
inline Tensor norm(const Tensor& x, Scalar p = 2) {
    return x.norm(p);
}
inline Tensor norm(const Tensor& x, Scalar p, IntArrayRef dims, bool keep = false) {
    return x.norm(p, dims, keep);
}
inline Tensor var(const Tensor& x, IntArrayRef dims, bool unbiased = true, bool keep = false) {
    return x.var(dims, unbiased, keep);
}
inline Tensor dot(const Tensor& a, const Tensor& b) {
    return a.dot(b);
}
inline Tensor mv(const Tensor& a, const Tensor& b) {
    return a.mv(b);
}
/// Pairs of widths, those of the last dimension first.
inline Tensor constant_pad_nd(const Tensor& x, IntArrayRef widths, Scalar value = 0) {
    std::vector<int64_t> sizes = x.sizes().vec();
    for (size_t i = 0; i < widths.size(); i++) {
        sizes[sizes.size() - 1 - i / 2] += widths[i];
    }
    Tensor padded = x.new_full(sizes, value);
    Tensor inside = padded;
    for (size_t i = 0; i + 1 < widths.size(); i += 2) {
        const int64_t dimension = x.dim() - 1 - static_cast<int64_t>(i / 2);
        inside = inside.narrow(dimension, widths[i], x.size(dimension));
    }
    inside.copy_(x);
    return padded;
}
inline Tensor addmm(const Tensor& sum, const Tensor& a, const Tensor& b, Scalar beta = 1, Scalar alpha = 1) {
    return sum.addmm(a, b, beta, alpha);
}
inline Tensor add(const Tensor& a, const Tensor& b, Scalar alpha) {
    return a.add(b, alpha);
}
inline Tensor sub(const Tensor& a, const Tensor& b, Scalar alpha) {
    return a.sub(b, alpha);
}
inline std::tuple<Tensor, Tensor> sort(const Tensor& x, int64_t dimension = -1, bool descending = false) {
    return x.sort(dimension, descending);
}
inline Tensor argsort(const Tensor& x, int64_t dimension = -1, bool descending = false) {
    return x.argsort(dimension, descending);
}
/// x where its column lies `from` or more (`upper`), or at most `from`, to the right of its row; else 0.
inline Tensor __assay_triangle(const Tensor& x, int64_t from, bool upper) {
    const TensorOptions numbers = TensorOptions(kFloat).device(kCUDA);
    const Tensor right = arange(x.size(-1), numbers).unsqueeze(0) - arange(x.size(-2), numbers).unsqueeze(1);
    const Scalar bound = static_cast<double>(from);
    return where(upper ? right.ge(bound) : right.le(bound), x, x.new_zeros({}));
}
inline Tensor triu(const Tensor& x, int64_t diagonal = 0) {
    return __assay_triangle(x, diagonal, true);
}
inline Tensor tril(const Tensor& x, int64_t diagonal = 0) {
    return __assay_triangle(x, diagonal, false);
}
inline Tensor Tensor::triu(int64_t diagonal) const {
    return at::triu(*this, diagonal);
}
inline Tensor Tensor::tril(int64_t diagonal) const {
    return at::tril(*this, diagonal);
}
inline Tensor eye(int64_t rows, int64_t columns, const TensorOptions& options = {}) {
    Tensor x = zeros({rows, columns}, options);
    x.diagonal().fill_(1);
    return x;
}
inline Tensor eye(int64_t rows, const TensorOptions& options = {}) {
    return eye(rows, rows, options);
}
inline Tensor outer(const Tensor& a, const Tensor& b) {
    return a.outer(b);
}
inline Tensor isnan(const Tensor& x) {
    return x.isnan();
}
inline Tensor logical_not(const Tensor& x) {
    return x.logical_not();
}
inline Tensor broadcast_to(const Tensor& x, IntArrayRef sizes) {
    return x.expand(sizes);
}
inline Tensor narrow(const Tensor& x, int64_t dimension, int64_t start, int64_t length) {
    return x.narrow(dimension, start, length);
}
inline Tensor select(const Tensor& x, int64_t dimension, int64_t index) {
    return x.select(dimension, index);
}
inline std::vector<Tensor> unbind(const Tensor& x, int64_t dimension = 0) {
    return x.unbind(dimension);
}

} // namespace at

#endif
