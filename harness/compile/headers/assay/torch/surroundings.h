// What surrounds tensors: streams of text, gradients that nobody computes, lists of numbers.
#ifndef ASSAY_TORCH_SURROUNDINGS_H
#define ASSAY_TORCH_SURROUNDINGS_H

#include <assay/torch/tensor.h>

namespace at {

// What is written to a stream is what a message would say.
#define ASSAY_WRITTEN(T)                                                                                                   \
    inline std::ostream& operator<<(std::ostream& out, T value) { return out << c10::str(value); }
ASSAY_WRITTEN(const Tensor&)
#undef ASSAY_WRITTEN

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

namespace torch::autograd {

using variable_list = std::vector<at::Tensor>;
using tensor_list = variable_list;
using Variable = at::Tensor;
struct AutogradContext {
    variable_list saved;
    void save_for_backward(variable_list list) { saved = list; }
    variable_list get_saved_variables() const { return saved; }
    void mark_non_differentiable(const variable_list&) {}
    void set_materialize_grads(bool) {}
};
/// What is differentiable is only run forward.
template <class T> struct Function {
    template <class... A> static auto apply(A&&... arguments) {
        AutogradContext context;
        return T::forward(&context, static_cast<A&&>(arguments)...);
    }
};

} // namespace torch::autograd

namespace c10 {
/// for (const auto i : c10::irange(n))
template <class T> struct __assay_range {
    struct iterator {
        T at;
        T operator*() const { return at; }
        iterator& operator++() {
            ++at;
            return *this;
        }
        bool operator!=(const iterator& other) const { return at < other.at; }
    };
    T first, last;
    iterator begin() const { return {first}; }
    iterator end() const { return {last}; }
};
template <class T> __assay_range<T> irange(T last) {
    return {T(0), last};
}
template <class A, class T> __assay_range<T> irange(A first, T last) {
    return {static_cast<T>(first), last};
}
/// The product of a list's numbers, or of those between two iterators.
template <class L> int64_t multiply_integers(const L& list) {
    int64_t product = 1;
    for (const auto& value : list) {
        product *= value;
    }
    return product;
}
template <class I> int64_t multiply_integers(I first, I last) {
    int64_t product = 1;
    for (; first != last; ++first) {
        product *= *first;
    }
    return product;
}
template <class L> int64_t sum_integers(const L& list) {
    int64_t sum = 0;
    for (const auto& value : list) {
        sum += value;
    }
    return sum;
}
/// The extents from a dimension on, and those before it, multiplied.
inline int64_t size_from_dim_(int dimension, IntArrayRef sizes) {
    return multiply_integers(sizes.slice(dimension));
}
inline int64_t size_to_dim_(int dimension, IntArrayRef sizes) {
    return multiply_integers(sizes.slice(0, dimension));
}
#define ASSAY_WRITTEN(T)                                                                                                   \
    inline std::ostream& operator<<(std::ostream& out, T value) { return out << c10::str(value); }
ASSAY_WRITTEN(IntArrayRef)
ASSAY_WRITTEN(ScalarType)
ASSAY_WRITTEN(TypeMeta)
ASSAY_WRITTEN(Device)
#undef ASSAY_WRITTEN
using at::GradMode;
using at::InferenceMode;
} // namespace c10

#endif
