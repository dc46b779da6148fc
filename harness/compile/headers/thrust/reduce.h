// thrust::reduce, transform_reduce, inner_product, count, max_element and their kin, over CUB. Each copies its result back.
#ifndef ASSAY_THRUST_REDUCE_H
#define ASSAY_THRUST_REDUCE_H

#include <assay/thrust.h>
#include <cub/device/device_reduce.cuh>

namespace thrust {

template <class I, class F, class T, class C>
T transform_reduce(__policy policy, I first, I last, F function, T start, C combine) {
    __scratch result(sizeof(T));
    __twice([&](void* room, size_t& bytes) {
        cub::DeviceReduce::TransformReduce(room, bytes, __raw(first), static_cast<T*>(result.memory),
                                           static_cast<int>(last - first), combine, function, start, policy.stream);
    });
    return __fetch<T>(result.memory);
}
template <class I, class T, class C> T reduce(__policy policy, I first, I last, T start, C combine) {
    __scratch result(sizeof(T));
    __twice([&](void* room, size_t& bytes) {
        cub::DeviceReduce::Reduce(room, bytes, __raw(first), static_cast<T*>(result.memory), static_cast<int>(last - first),
                                  combine, start, policy.stream);
    });
    return __fetch<T>(result.memory);
}
template <class I, class T> T reduce(__policy policy, I first, I last, T start) {
    return reduce(policy, first, last, start, plus<>());
}
template <class I> auto reduce(__policy policy, I first, I last) {
    return reduce(policy, first, last, __value<I>(0), plus<>());
}
template <class I, class P> ptrdiff_t count_if(__policy policy, I first, I last, P holds) {
    return transform_reduce(
        policy, first, last, [holds](auto value) { return holds(value) ? 1LL : 0LL; }, 0LL, plus<>());
}
template <class I, class T> ptrdiff_t count(__policy policy, I first, I last, T wanted) {
    return count_if(policy, first, last, [wanted](auto value) { return value == wanted; });
}
/// Pairs of two sequences, by index.
template <class A, class B, class F> struct __paired {
    A a;
    B b;
    F function;
    auto operator()(int i) const { return function(a[i], b[i]); }
};
struct __indices {
    using value_type = int;
    using reference = int;
    using pointer = const int*;
    using difference_type = ptrdiff_t;
    using iterator_category = ::cuda::std::random_access_iterator_tag;
    int at = 0;
    int operator*() const { return at; }
    int operator[](ptrdiff_t i) const { return at + static_cast<int>(i); }
    __indices operator+(ptrdiff_t i) const { return {at + static_cast<int>(i)}; }
    __indices& operator++() {
        ++at;
        return *this;
    }
    __indices& operator+=(ptrdiff_t i) {
        at += static_cast<int>(i);
        return *this;
    }
    ptrdiff_t operator-(const __indices& other) const { return at - other.at; }
    bool operator==(const __indices& other) const { return at == other.at; }
    bool operator!=(const __indices& other) const { return at != other.at; }
};
template <class I, class J, class T, class C, class F>
T inner_product(__policy policy, I first, I last, J second, T start, C combine, F function) {
    const auto a = __raw(first);
    const auto b = __raw(second);
    using Pair = __paired<std::remove_const_t<decltype(a)>, std::remove_const_t<decltype(b)>, F>;
    return transform_reduce(policy, __indices{0}, __indices{static_cast<int>(last - first)}, Pair{a, b, function}, start,
                            combine);
}
template <class I, class J, class T> T inner_product(__policy policy, I first, I last, J second, T start) {
    return inner_product(policy, first, last, second, start, plus<>(), multiplies<>());
}
template <class I> I max_element(__policy policy, I first, I last) {
    using Best = cub::KeyValuePair<int, __value<I>>;
    __scratch result(sizeof(Best));
    __twice([&](void* room, size_t& bytes) {
        cub::DeviceReduce::ArgMax(room, bytes, __raw(first), static_cast<Best*>(result.memory),
                                  static_cast<int>(last - first), policy.stream);
    });
    return first + __fetch<Best>(result.memory).key;
}
template <class I> I min_element(__policy policy, I first, I last) {
    using Best = cub::KeyValuePair<int, __value<I>>;
    __scratch result(sizeof(Best));
    __twice([&](void* room, size_t& bytes) {
        cub::DeviceReduce::ArgMin(room, bytes, __raw(first), static_cast<Best*>(result.memory),
                                  static_cast<int>(last - first), policy.stream);
    });
    return first + __fetch<Best>(result.memory).key;
}
ASSAY_WITHOUT_POLICY(transform_reduce)
ASSAY_WITHOUT_POLICY(reduce)
ASSAY_WITHOUT_POLICY(count_if)
ASSAY_WITHOUT_POLICY(count)
ASSAY_WITHOUT_POLICY(inner_product)
ASSAY_WITHOUT_POLICY(max_element)
ASSAY_WITHOUT_POLICY(min_element)

} // namespace thrust

#endif
