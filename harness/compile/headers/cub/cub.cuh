// <cub/cub.cuh>: the parts that the source names (compile/cub.cpp), and what later versions of CUB have dropped and sources
// still use.
#ifndef ASSAY_CUB_H
#define ASSAY_CUB_H

#include <cub/thread/thread_load.cuh>
#include <cub/thread/thread_operators.cuh>
#include <cub/thread/thread_reduce.cuh>
#include <cub/thread/thread_store.cuh>
#include <cub/util_ptx.cuh>
#include <cub/util_type.cuh>

#ifdef ASSAY_CUB_BlockAdjacentDifference
#include <cub/block/block_adjacent_difference.cuh>
#endif
#ifdef ASSAY_CUB_BlockDiscontinuity
#include <cub/block/block_discontinuity.cuh>
#endif
#ifdef ASSAY_CUB_BlockExchange
#include <cub/block/block_exchange.cuh>
#endif
#ifdef ASSAY_CUB_BlockHistogram
#include <cub/block/block_histogram.cuh>
#endif
#ifdef ASSAY_CUB_BlockLoad
#include <cub/block/block_load.cuh>
#endif
#ifdef ASSAY_CUB_BlockMergeSort
#include <cub/block/block_merge_sort.cuh>
#endif
#ifdef ASSAY_CUB_BlockRadixRank
#include <cub/block/block_radix_rank.cuh>
#endif
#ifdef ASSAY_CUB_BlockRadixSort
#include <cub/block/block_radix_sort.cuh>
#endif
#ifdef ASSAY_CUB_BlockReduce
#include <cub/block/block_reduce.cuh>
#endif
#ifdef ASSAY_CUB_BlockRunLength
#include <cub/block/block_run_length_decode.cuh>
#endif
#ifdef ASSAY_CUB_BlockScan
#include <cub/block/block_scan.cuh>
#endif
#ifdef ASSAY_CUB_BlockShuffle
#include <cub/block/block_shuffle.cuh>
#endif
#ifdef ASSAY_CUB_BlockStore
#include <cub/block/block_store.cuh>
#endif
#ifdef ASSAY_CUB_WarpExchange
#include <cub/warp/warp_exchange.cuh>
#endif
#ifdef ASSAY_CUB_WarpLoad
#include <cub/warp/warp_load.cuh>
#endif
#ifdef ASSAY_CUB_WarpMergeSort
#include <cub/warp/warp_merge_sort.cuh>
#endif
#ifdef ASSAY_CUB_WarpReduce
#include <cub/warp/warp_reduce.cuh>
#endif
#ifdef ASSAY_CUB_WarpScan
#include <cub/warp/warp_scan.cuh>
#endif
#ifdef ASSAY_CUB_WarpStore
#include <cub/warp/warp_store.cuh>
#endif
#ifdef ASSAY_CUB_DeviceAdjacentDifference
#include <cub/device/device_adjacent_difference.cuh>
#endif
#ifdef ASSAY_CUB_DeviceFor
#include <cub/device/device_for.cuh>
#endif
#ifdef ASSAY_CUB_DeviceHistogram
#include <cub/device/device_histogram.cuh>
#endif
#ifdef ASSAY_CUB_DeviceMerge
#include <cub/device/device_merge.cuh>
#endif
#ifdef ASSAY_CUB_DeviceMergeSort
#include <cub/device/device_merge_sort.cuh>
#endif
#ifdef ASSAY_CUB_DevicePartition
#include <cub/device/device_partition.cuh>
#endif
#ifdef ASSAY_CUB_DeviceRadixSort
#include <cub/device/device_radix_sort.cuh>
#endif
#ifdef ASSAY_CUB_DeviceReduce
#include <cub/device/device_reduce.cuh>
#endif
#ifdef ASSAY_CUB_DeviceRunLengthEncode
#include <cub/device/device_run_length_encode.cuh>
#endif
#ifdef ASSAY_CUB_DeviceScan
#include <cub/device/device_scan.cuh>
#endif
#ifdef ASSAY_CUB_DeviceSegmentedRadixSort
#include <cub/device/device_segmented_radix_sort.cuh>
#endif
#ifdef ASSAY_CUB_DeviceSegmentedReduce
#include <cub/device/device_segmented_reduce.cuh>
#endif
#ifdef ASSAY_CUB_DeviceSegmentedSort
#include <cub/device/device_segmented_sort.cuh>
#endif
#ifdef ASSAY_CUB_DeviceSelect
#include <cub/device/device_select.cuh>
#endif
#ifdef ASSAY_CUB_DeviceTransform
#include <cub/device/device_transform.cuh>
#endif
#ifdef ASSAY_CUB_ArgIndexInputIterator
#include <cub/iterator/arg_index_input_iterator.cuh>
#endif

#if CUB_VERSION >= 300000
namespace cub {

struct Sum {
    template <class A, class B> auto operator()(const A& a, const B& b) const { return a + b; }
};
struct Difference {
    template <class A, class B> auto operator()(const A& a, const B& b) const { return a - b; }
};
struct Division {
    template <class A, class B> auto operator()(const A& a, const B& b) const { return a / b; }
};
struct Max {
    template <class T> T operator()(const T& a, const T& b) const { return a < b ? b : a; }
};
struct Min {
    template <class T> T operator()(const T& a, const T& b) const { return b < a ? b : a; }
};
struct Equality {
    template <class A, class B> bool operator()(const A& a, const B& b) const { return a == b; }
};
struct Inequality {
    template <class A, class B> bool operator()(const A& a, const B& b) const { return a != b; }
};

/// What the iterators below have in common: D has `value_at(i)`.
template <class D, class T> struct __assay_iterator {
    using value_type = T;
    using reference = T;
    using pointer = T*;
    using difference_type = ptrdiff_t;
    using iterator_category = ::cuda::std::random_access_iterator_tag;
    ptrdiff_t index = 0;
    T operator*() const { return self().value_at(index); }
    T operator[](ptrdiff_t i) const { return self().value_at(index + i); }
    D operator+(ptrdiff_t i) const { return moved(index + i); }
    D operator-(ptrdiff_t i) const { return moved(index - i); }
    ptrdiff_t operator-(const __assay_iterator& other) const { return index - other.index; }
    D& operator+=(ptrdiff_t i) {
        index += i;
        return static_cast<D&>(*this);
    }
    D& operator++() { return *this += 1; }
    D operator++(int) { return moved(index++); }
    bool operator==(const __assay_iterator& other) const { return index == other.index; }
    bool operator!=(const __assay_iterator& other) const { return index != other.index; }

  private:
    const D& self() const { return static_cast<const D&>(*this); }
    D moved(ptrdiff_t to) const {
        D copy = self();
        copy.index = to;
        return copy;
    }
};
template <class T, class O = ptrdiff_t> struct CountingInputIterator : __assay_iterator<CountingInputIterator<T, O>, T> {
    T first;
    CountingInputIterator(T first) : first(first) {}
    T value_at(ptrdiff_t i) const { return first + static_cast<T>(i); }
};
template <class T, class O = ptrdiff_t> struct ConstantInputIterator : __assay_iterator<ConstantInputIterator<T, O>, T> {
    T value;
    ConstantInputIterator(T value, O = 0) : value(value) {}
    T value_at(ptrdiff_t) const { return value; }
};
template <class T, class F, class I, class O = ptrdiff_t>
struct TransformInputIterator : __assay_iterator<TransformInputIterator<T, F, I, O>, T> {
    I input;
    F function;
    TransformInputIterator(I input, F function) : input(input), function(function) {}
    T value_at(ptrdiff_t i) const { return function(input[i]); }
};

} // namespace cub
#endif

#endif
