// options: -arch=compute_80
// Long mangled names, lambdas, static tables of a template, weak functions.
template <int... I> struct Sequence {};
template <class T, int N> struct Array {
    T data[N];
    __device__ T& operator[](int i) { return data[i]; }
};
template <class T, int N, class F> __device__ __noinline__ Array<T, N> map(Array<T, N> in, F f) {
    Array<T, N> out;
    for (int i = 0; i < N; ++i) {
        out[i] = f(in[i]);
    }
    return out;
}
template <class T> __device__ T table[4] = {T(1), T(2), T(3), T(4)};

template <class T, int... I> __global__ void apply(T* x, Sequence<I...>) {
    Array<T, sizeof...(I)> a = {{x[I]...}};
    a = map(a, [=](T v) { return v * table<T>[threadIdx.x % 4]; });
    ((x[I] = a[I]), ...);
}
template __global__ void apply(float*, Sequence<0, 1, 2, 3>);
template __global__ void apply(double*, Sequence<3, 1>);
template __global__ void apply(unsigned short*, Sequence<0>);
