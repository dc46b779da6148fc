// Thrust's transform with a function of its own.
#include <thrust/device_ptr.h>
#include <thrust/functional.h>
#include <thrust/transform.h>
struct Gelu {
    __host__ __device__ float operator()(const float& x) const {
        return 0.5f * x * (1.0f + erff(x * 0.7071067811865476f));
    }
};
extern "C" void solve(const float* input, float* output, int N) {
    thrust::device_ptr<const float> in = thrust::device_pointer_cast(input);
    thrust::device_ptr<float> out = thrust::device_pointer_cast(output);
    thrust::transform(in, in + N, out, Gelu());
}
