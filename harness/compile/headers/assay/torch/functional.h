// torch::nn::functional: the functions of namespace torch with their attributes in one object of options.
#ifndef ASSAY_TORCH_FUNCTIONAL_H
#define ASSAY_TORCH_FUNCTIONAL_H

#include <assay/torch/functions.h>
#include <assay/torch/network.h>

namespace at {
namespace enumtype {
struct kConstant {};
} // namespace enumtype
constexpr enumtype::kConstant kConstant;
} // namespace at

namespace torch::nn::functional {
using at::elu;
using at::gelu;
using at::hardtanh;
using at::leaky_relu;
using at::linear;
using at::log_softmax;
using at::mish;
using at::relu;
using at::sigmoid;
using at::silu;
using at::softmax;
using at::softplus;
using at::softsign;
using at::tanh;

// An option is a member function that sets it: Conv2dFuncOptions().stride(2).padding({1, 0}).
#define ASSAY_OPTION(type, name)                                                                                           \
    type name##_{};                                                                                                        \
    auto& name(const type& value) {                                                                                        \
        name##_ = value;                                                                                                   \
        return *this;                                                                                                      \
    }
/// An extent for each dimension, or one for all.
struct Extents {
    std::vector<int64_t> values;
    Extents() = default;
    Extents(int64_t value) : values{value} {}
    Extents(int value) : values{value} {}
    Extents(std::initializer_list<int64_t> list) : values(list) {}
    Extents(const std::vector<int64_t>& list) : values(list) {}
    Extents(at::IntArrayRef list) : values(list.vec()) {}
    at::IntArrayRef or_else(const int64_t& value) const { return values.empty() ? at::IntArrayRef(value) : at::IntArrayRef(values); }
};

constexpr int64_t zero = 0, one = 1;

#define ASSAY_LAYERS(n)                                                                                                    \
    struct Conv##n##dFuncOptions {                                                                                         \
        ASSAY_OPTION(at::Tensor, bias)                                                                                     \
        ASSAY_OPTION(Extents, stride)                                                                                      \
        ASSAY_OPTION(Extents, padding)                                                                                     \
        ASSAY_OPTION(Extents, dilation)                                                                                    \
        int64_t groups_ = 1;                                                                                               \
        auto& groups(int64_t value) {                                                                                      \
            groups_ = value;                                                                                               \
            return *this;                                                                                                  \
        }                                                                                                                  \
    };                                                                                                                     \
    inline at::Tensor conv##n##d(const at::Tensor& x, const at::Tensor& weight, const Conv##n##dFuncOptions& options = {}) { \
        return at::conv##n##d(x, weight, options.bias_, options.stride_.or_else(one), options.padding_.or_else(zero),      \
                              options.dilation_.or_else(one), options.groups_);                                            \
    }                                                                                                                      \
    struct ConvTranspose##n##dFuncOptions : Conv##n##dFuncOptions {                                                        \
        ASSAY_OPTION(Extents, output_padding)                                                                              \
    };                                                                                                                     \
    struct MaxPool##n##dFuncOptions {                                                                                      \
        Extents kernel_;                                                                                                   \
        MaxPool##n##dFuncOptions(const Extents& kernel) : kernel_(kernel) {}                                               \
        ASSAY_OPTION(Extents, stride)                                                                                      \
        ASSAY_OPTION(Extents, padding)                                                                                     \
        ASSAY_OPTION(Extents, dilation)                                                                                    \
        ASSAY_OPTION(bool, ceil_mode)                                                                                      \
    };                                                                                                                     \
    inline at::Tensor max_pool##n##d(const at::Tensor& x, const MaxPool##n##dFuncOptions& options) {                       \
        return at::max_pool##n##d(x, options.kernel_.values, options.stride_.values, options.padding_.or_else(zero),       \
                                  options.dilation_.or_else(one), options.ceil_mode_);                                     \
    }                                                                                                                      \
    struct AvgPool##n##dFuncOptions {                                                                                      \
        Extents kernel_;                                                                                                   \
        AvgPool##n##dFuncOptions(const Extents& kernel) : kernel_(kernel) {}                                               \
        ASSAY_OPTION(Extents, stride)                                                                                      \
        ASSAY_OPTION(Extents, padding)                                                                                     \
    };                                                                                                                     \
    inline at::Tensor avg_pool##n##d(const at::Tensor& x, const AvgPool##n##dFuncOptions& options) {                       \
        return at::avg_pool##n##d(x, options.kernel_.values, options.stride_.values, options.padding_.or_else(zero));      \
    }
ASSAY_LAYERS(1)
ASSAY_LAYERS(2)
ASSAY_LAYERS(3)
#undef ASSAY_LAYERS

struct SoftmaxFuncOptions {
    int64_t dim_;
    SoftmaxFuncOptions(int64_t dim) : dim_(dim) {}
};
using LogSoftmaxFuncOptions = SoftmaxFuncOptions;
inline at::Tensor softmax(const at::Tensor& x, const SoftmaxFuncOptions& options) {
    return at::softmax(x, options.dim_);
}
inline at::Tensor log_softmax(const at::Tensor& x, const SoftmaxFuncOptions& options) {
    return at::log_softmax(x, options.dim_);
}
struct LeakyReLUFuncOptions {
    double slope = 0.01;
    auto& negative_slope(double value) {
        slope = value;
        return *this;
    }
};
inline at::Tensor leaky_relu(const at::Tensor& x, const LeakyReLUFuncOptions& options) {
    return at::leaky_relu(x, options.slope);
}

struct PadFuncOptions {
    std::vector<int64_t> pad_;
    PadFuncOptions(const std::vector<int64_t>& pad) : pad_(pad) {}
    ASSAY_OPTION(double, value)
    PadFuncOptions& mode(at::enumtype::kConstant) { return *this; }
};
inline at::Tensor pad(const at::Tensor& x, const PadFuncOptions& options) {
    return at::constant_pad_nd(x, options.pad_, options.value_);
}
#undef ASSAY_OPTION

} // namespace torch::nn::functional

#endif
