// thrust::inclusive_scan, exclusive_scan and their kin with a function before, over CUB.
#ifndef ASSAY_THRUST_SCAN_H
#define ASSAY_THRUST_SCAN_H

#include <assay/thrust.h>
#include <cub/device/device_scan.cuh>

namespace thrust {

template <class I, class O, class F> O inclusive_scan(__policy policy, I first, I last, O out, F combine) {
    const auto count = last - first;
    __twice([&](void* room, size_t& bytes) {
        cub::DeviceScan::InclusiveScan(room, bytes, __raw(first), __raw(out), combine, static_cast<int>(count), policy.stream);
    });
    return out + count;
}
template <class I, class O> O inclusive_scan(__policy policy, I first, I last, O out) {
    return inclusive_scan(policy, first, last, out, plus<>());
}
template <class I, class O, class T, class F> O exclusive_scan(__policy policy, I first, I last, O out, T start, F combine) {
    const auto count = last - first;
    __twice([&](void* room, size_t& bytes) {
        cub::DeviceScan::ExclusiveScan(room, bytes, __raw(first), __raw(out), combine, start, static_cast<int>(count),
                                       policy.stream);
    });
    return out + count;
}
template <class I, class O, class T> O exclusive_scan(__policy policy, I first, I last, O out, T start) {
    return exclusive_scan(policy, first, last, out, start, plus<>());
}
template <class I, class O> O exclusive_scan(__policy policy, I first, I last, O out) {
    return exclusive_scan(policy, first, last, out, __value<I>(0), plus<>());
}
template <class K, class I, class O> O inclusive_scan_by_key(__policy policy, K keys, K keys_last, I values, O out) {
    const auto count = keys_last - keys;
    __twice([&](void* room, size_t& bytes) {
        cub::DeviceScan::InclusiveSumByKey(room, bytes, __raw(keys), __raw(values), __raw(out), static_cast<int>(count),
                                           equal_to<>(), policy.stream);
    });
    return out + count;
}
ASSAY_WITHOUT_POLICY(inclusive_scan)
ASSAY_WITHOUT_POLICY(exclusive_scan)
ASSAY_WITHOUT_POLICY(inclusive_scan_by_key)

} // namespace thrust

#endif
