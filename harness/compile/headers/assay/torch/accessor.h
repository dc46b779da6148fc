// Accessors: a tensor's data with its sizes and strides, as a kernel takes them.
#ifndef ASSAY_TORCH_ACCESSOR_H
#define ASSAY_TORCH_ACCESSOR_H

#include <assay/torch/tensor.h>

namespace at {

template <class T, size_t N, class Traits, class Index> class TensorAccessor {
public:
    TensorAccessor(T* data, const Index* sizes, const Index* strides) : data_(data), sizes_(sizes), strides_(strides) {}
    decltype(auto) operator[](Index i) const {
        if constexpr (N == 1) {
            return static_cast<T&>(data_[strides_[0] * i]);
        } else {
            return TensorAccessor<T, N - 1, Traits, Index>(data_ + strides_[0] * i, sizes_ + 1, strides_ + 1);
        }
    }
    Index size(int i) const { return sizes_[i]; }
    Index stride(int i) const { return strides_[i]; }
    T* data() const { return data_; }

private:
    T* data_;
    const Index* sizes_;
    const Index* strides_;
};

template <class T, size_t N, class Traits, class Index> class GenericPackedTensorAccessor {
public:
    explicit GenericPackedTensorAccessor(const Tensor& tensor) : data_(tensor.data_ptr<T>()) {
        ::__assay::number("check_dim", {tensor, static_cast<int>(N)});
        for (int i = 0; i < static_cast<int>(N); i++) {
            sizes_[i] = static_cast<Index>(tensor.size(i));
            strides_[i] = static_cast<Index>(tensor.stride(i));
        }
    }
    decltype(auto) operator[](Index i) const { return TensorAccessor<T, N, Traits, Index>(data_, sizes_, strides_)[i]; }
    Index size(int i) const { return sizes_[i]; }
    Index stride(int i) const { return strides_[i]; }
    T* data() const { return data_; }

private:
    typename Traits::PtrType data_;
    Index sizes_[N];
    Index strides_[N];
};

template <class T, size_t N, template <class> class Traits = DefaultPtrTraits>
using PackedTensorAccessor32 = GenericPackedTensorAccessor<T, N, Traits<T>, int32_t>;
template <class T, size_t N, template <class> class Traits = DefaultPtrTraits>
using PackedTensorAccessor64 = GenericPackedTensorAccessor<T, N, Traits<T>, int64_t>;
template <class T, size_t N, template <class> class Traits = DefaultPtrTraits, class Index = int64_t>
using PackedTensorAccessor = GenericPackedTensorAccessor<T, N, Traits<T>, Index>;

} // namespace at

#endif
