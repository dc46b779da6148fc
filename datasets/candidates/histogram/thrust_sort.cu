#include <thrust/device_vector.h>
#include <thrust/execution_policy.h>
#include <thrust/sort.h>

// Sorted, each value is one run; how long it is follows from where it begins and ends, found by bisection.
__global__ void count_runs(const int* sorted, int* counts, int n, int bins) {
    const int bin = blockIdx.x * blockDim.x + threadIdx.x;
    if (bin >= bins) return;
    int bounds[2];
    for (int side = 0; side < 2; ++side) {
        int low = 0, high = n;
        while (low < high) {
            const int middle = (low + high) / 2;
            if (sorted[middle] < bin + side) low = middle + 1;
            else high = middle;
        }
        bounds[side] = low;
    }
    counts[bin] = bounds[1] - bounds[0];
}

extern "C" void solve(const int* x, int* counts, int n, int bins) {
    const thrust::device_ptr<const int> values(x);
    thrust::device_vector<int> sorted(values, values + n);
    thrust::sort(sorted.begin(), sorted.end());
    count_runs<<<(bins + 127) / 128, 128>>>(thrust::raw_pointer_cast(sorted.data()), counts, n, bins);
}
