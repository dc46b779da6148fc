// Checks of arguments (ATen/TensorUtils.h), dimensions and borrowed optional tensors.
#ifndef ASSAY_TORCH_CHECKS_H
#define ASSAY_TORCH_CHECKS_H

#include <assay/torch/tensor.h>

namespace c10 {

/// `dim` counted from the front; an error if there is no such dimension.
inline int64_t maybe_wrap_dim(int64_t dim, int64_t rank, bool wrap_scalar = true) {
    const int64_t count = rank == 0 && wrap_scalar ? 1 : rank;
    TORCH_CHECK(dim >= -count && dim < count, "dimension ", dim, " of a tensor of ", rank);
    return dim < 0 ? dim + count : dim;
}

/// A value that is owned or borrowed; copies of a tensor are the same tensor, so there is no difference here.
template <class T> class MaybeOwned {
public:
    MaybeOwned() = default;
    static MaybeOwned borrowed(const T& value) { return MaybeOwned(value); }
    static MaybeOwned owned(const T& value) { return MaybeOwned(value); }
    const T& operator*() const { return value_; }
    const T* operator->() const { return &value_; }

private:
    explicit MaybeOwned(const T& value) : value_(value) {}
    T value_;
};

} // namespace c10

namespace at {

using c10::maybe_wrap_dim;

/// An undefined tensor for none.
inline c10::MaybeOwned<Tensor> borrow_from_optional_tensor(const std::optional<Tensor>& tensor) {
    return c10::MaybeOwned<Tensor>::borrowed(tensor.has_value() ? *tensor : Tensor());
}

/// A tensor with its name and place among a function's parameters, for messages.
struct TensorArg {
    Tensor tensor;
    const char* name;
    int pos;
    TensorArg(const Tensor& tensor, const char* name, int pos) : tensor(tensor), name(name), pos(pos) {}
    const Tensor* operator->() const { return &tensor; }
    const Tensor& operator*() const { return tensor; }
};
using CheckedFrom = const char*;

inline void checkDim(CheckedFrom from, const TensorArg& t, int64_t dim) {
    TORCH_CHECK(t->dim() == dim, from, ": ", t.name, " must have ", dim, " dimensions, has ", t->dim());
}
inline void checkContiguous(CheckedFrom from, const TensorArg& t) {
    TORCH_CHECK(t->is_contiguous(), from, ": ", t.name, " must be contiguous");
}
inline void checkSameType(CheckedFrom from, const TensorArg& a, const TensorArg& b) {
    TORCH_CHECK(a->scalar_type() == b->scalar_type(), from, ": ", a.name, " and ", b.name, " have different types");
}
inline void checkSameGPU(CheckedFrom from, const TensorArg& a, const TensorArg& b) {
    TORCH_CHECK(a->is_cuda() && b->is_cuda(), from, ": ", a.name, " and ", b.name, " must be on the GPU");
}
inline void checkAllSameType(CheckedFrom from, const std::vector<TensorArg>& tensors) {
    for (const TensorArg& tensor : tensors) {
        checkSameType(from, tensors[0], tensor);
    }
}
inline void checkAllSameGPU(CheckedFrom from, const std::vector<TensorArg>& tensors) {
    for (const TensorArg& tensor : tensors) {
        checkSameGPU(from, tensors[0], tensor);
    }
}

} // namespace at

#define LEGACY_CONTIGUOUS_MEMORY_FORMAT ::at::MemoryFormat::Contiguous

#endif
