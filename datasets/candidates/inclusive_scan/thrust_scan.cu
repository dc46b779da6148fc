#include <thrust/device_ptr.h>
#include <thrust/scan.h>

extern "C" void solve(const float* x, float* y, int n) {
    thrust::device_ptr<const float> in(x);
    thrust::device_ptr<float> out(y);
    thrust::inclusive_scan(in, in + n, out);
}
