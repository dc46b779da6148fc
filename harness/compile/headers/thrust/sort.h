// thrust::sort and sort_by_key over CUB: numbers by radix, everything else by merging.
#ifndef ASSAY_THRUST_SORT_H
#define ASSAY_THRUST_SORT_H

#include <assay/thrust.h>
#include <cub/device/device_merge_sort.cuh>
#include <cub/device/device_radix_sort.cuh>

namespace thrust {

template <class C, class K> inline constexpr bool __ascends = std::is_same<C, less<K>>::value || std::is_same<C, less<>>::value;
template <class C, class K> inline constexpr bool __descends =
    std::is_same<C, greater<K>>::value || std::is_same<C, greater<>>::value;

template <class I, class C> void sort(__policy policy, I first, I last, C before) {
    using K = __value<I>;
    const int count = static_cast<int>(last - first);
    K* const keys = __raw(first);
    if constexpr (std::is_arithmetic<K>::value && (__ascends<C, K> || __descends<C, K>)) {
        __scratch sorted(count * sizeof(K));
        __twice([&](void* room, size_t& bytes) {
            if constexpr (__ascends<C, K>) {
                cub::DeviceRadixSort::SortKeys(room, bytes, keys, static_cast<K*>(sorted.memory), count, 0, sizeof(K) * 8,
                                               policy.stream);
            } else {
                cub::DeviceRadixSort::SortKeysDescending(room, bytes, keys, static_cast<K*>(sorted.memory), count, 0,
                                                         sizeof(K) * 8, policy.stream);
            }
        });
        cudaMemcpyAsync(keys, sorted.memory, count * sizeof(K), cudaMemcpyDeviceToDevice, policy.stream);
    } else {
        __twice([&](void* room, size_t& bytes) {
            cub::DeviceMergeSort::StableSortKeys(room, bytes, keys, count, before, policy.stream);
        });
    }
}
template <class I> void sort(__policy policy, I first, I last) {
    sort(policy, first, last, less<>());
}
template <class I, class... C> void stable_sort(__policy policy, I first, I last, C... before) {
    sort(policy, first, last, before...);
}
template <class I, class J, class C> void sort_by_key(__policy policy, I first, I last, J values, C before) {
    using K = __value<I>;
    using V = __value<J>;
    const int count = static_cast<int>(last - first);
    K* const keys = __raw(first);
    V* const items = __raw(values);
    if constexpr (std::is_arithmetic<K>::value && (__ascends<C, K> || __descends<C, K>)) {
        __scratch sorted(count * sizeof(K)), moved(count * sizeof(V));
        K* const to = static_cast<K*>(sorted.memory);
        V* const with = static_cast<V*>(moved.memory);
        __twice([&](void* room, size_t& bytes) {
            if constexpr (__ascends<C, K>) {
                cub::DeviceRadixSort::SortPairs(room, bytes, keys, to, items, with, count, 0, sizeof(K) * 8, policy.stream);
            } else {
                cub::DeviceRadixSort::SortPairsDescending(room, bytes, keys, to, items, with, count, 0, sizeof(K) * 8,
                                                          policy.stream);
            }
        });
        cudaMemcpyAsync(keys, to, count * sizeof(K), cudaMemcpyDeviceToDevice, policy.stream);
        cudaMemcpyAsync(items, with, count * sizeof(V), cudaMemcpyDeviceToDevice, policy.stream);
    } else {
        __twice([&](void* room, size_t& bytes) {
            cub::DeviceMergeSort::StableSortPairs(room, bytes, keys, items, count, before, policy.stream);
        });
    }
}
template <class I, class J> void sort_by_key(__policy policy, I first, I last, J values) {
    sort_by_key(policy, first, last, values, less<>());
}
template <class I, class J, class... C> void stable_sort_by_key(__policy policy, I first, I last, J values, C... before) {
    sort_by_key(policy, first, last, values, before...);
}
ASSAY_WITHOUT_POLICY(sort)
ASSAY_WITHOUT_POLICY(stable_sort)
ASSAY_WITHOUT_POLICY(sort_by_key)
ASSAY_WITHOUT_POLICY(stable_sort_by_key)

} // namespace thrust

#endif
