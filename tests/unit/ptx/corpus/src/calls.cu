// options: -arch=compute_90 -rdc=true
// Recursion, calls through tables and prototypes, aggregates passed and returned by value, allocation.
extern "C" __device__ void* alloca(size_t);

struct Complex {
    double re, im;
};
struct Wide {
    char tag;
    int values[5];
};

__device__ __noinline__ int fibonacci(int n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }
__device__ __noinline__ Complex multiply(Complex a, Complex b) {
    return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}
__device__ __noinline__ Wide widen(Wide w, int i) {
    w.values[i % 5] += w.tag;
    return w;
}
__device__ __noinline__ float twice(float x) { return 2 * x; }
__device__ __noinline__ float square(float x) { return x * x; }
__device__ float (*const operations[])(float) = {twice, square, twice};

struct Shape {
    __device__ virtual float area() const = 0;
    __device__ virtual ~Shape() {}
};
struct Disc : Shape {
    float radius;
    __device__ explicit Disc(float r) : radius(r) {}
    __device__ float area() const override { return 3.14159265f * radius * radius; }
};
extern __device__ void elsewhere(int* where, bool flag, short s);

extern "C" __global__ void calls(float* x, Complex* z, Wide* w, int n, float (*f)(float)) {
    x[0] = operations[n % 3](x[0]) + f(x[1]);
    x[2] = static_cast<float>(fibonacci(n));
    z[0] = multiply(z[0], z[1]);
    w[0] = widen(w[1], n);
    Shape* shape = new Disc(x[3]);
    x[4] = shape->area();
    delete shape;
    elsewhere(&n, n > 3, static_cast<short>(n));
    x[5] = static_cast<float>(n);
    int* scratch = static_cast<int*>(alloca(n * sizeof(int)));
    scratch[n - 1] = n;
    x[6] = static_cast<float>(scratch[n / 2]);
}
