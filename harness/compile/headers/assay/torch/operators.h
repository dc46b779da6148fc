// Arithmetic and comparisons of tensors and numbers.
#ifndef ASSAY_TORCH_OPERATORS_H
#define ASSAY_TORCH_OPERATORS_H

#include <assay/torch/tensor.h>

namespace at {

inline Tensor operator+(const Tensor& a, const Tensor& b) {
    return a.add(b);
}
inline Tensor operator+(const Tensor& a, Scalar b) {
    return a.add(b);
}
inline Tensor operator+(Scalar a, const Tensor& b) {
    return Tensor::of("add", {a, b});
}
inline Tensor operator-(const Tensor& a, const Tensor& b) {
    return a.sub(b);
}
inline Tensor operator-(const Tensor& a, Scalar b) {
    return a.sub(b);
}
inline Tensor operator-(Scalar a, const Tensor& b) {
    return Tensor::of("sub", {a, b});
}
inline Tensor operator*(const Tensor& a, const Tensor& b) {
    return a.mul(b);
}
inline Tensor operator*(const Tensor& a, Scalar b) {
    return a.mul(b);
}
inline Tensor operator*(Scalar a, const Tensor& b) {
    return Tensor::of("mul", {a, b});
}
inline Tensor operator/(const Tensor& a, const Tensor& b) {
    return a.div(b);
}
inline Tensor operator/(const Tensor& a, Scalar b) {
    return a.div(b);
}
inline Tensor operator/(Scalar a, const Tensor& b) {
    return Tensor::of("div", {a, b});
}
#define ASSAY_COMPARED(symbol, name, turned)                                                                               \
    inline Tensor operator symbol(const Tensor& a, const Tensor& b) { return a.name(b); }                                  \
    inline Tensor operator symbol(const Tensor& a, Scalar b) { return a.name(b); }                                         \
    inline Tensor operator symbol(Scalar a, const Tensor& b) { return b.turned(a); }
ASSAY_COMPARED(>, gt, lt)
ASSAY_COMPARED(>=, ge, le)
ASSAY_COMPARED(<, lt, gt)
ASSAY_COMPARED(<=, le, ge)
ASSAY_COMPARED(==, eq, eq)
ASSAY_COMPARED(!=, ne, ne)
#undef ASSAY_COMPARED

} // namespace at

#endif
