// options: -arch=compute_90 -G -rdc=true
namespace detail {
template <class T> __global__ void fill(T* y, T value) { y[threadIdx.x] = value; }
} // namespace detail

extern "C" void solve(int* y, int n) {
    if (n > 0) {
        detail::fill<int><<<1, n>>>(y, 7);
    }
}
