// Variables whose initializer has to run, at namespace scope and in a function; text made by snprintf and by a stream.
// input a float32 5
// input b float32 5
// output c float32 5
// axis n 5 shape
//| buffer 0 input a 20 bytes
//| buffer 1 input b 20 bytes
//| buffer 2 output c 20 bytes
//| step 0 line @LAUNCH launch add(float const*, float const*, float*, int, int) <<<16, 32>>> (a, b, c, 5, 8)
#include <cuda_runtime.h>

#include <cstdio>
#include <map>
#include <sstream>
#include <string>
#include <vector>

static std::map<std::string, int> blocks{{"small", 32}, {"large", 64}};
const std::vector<int> factors = {2, 3};
int doubled(int n) {
    return n * factors[0];
}
static int first = doubled(4);
int second = doubled(first);

__global__ void add(const float* a, const float* b, float* c, int n, int extra) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        c[i] = a[i] + b[i] + 0 * extra;
    }
}

int calls() {
    static std::vector<int> seen(1, 10);
    seen.push_back(0);
    return static_cast<int>(seen.size());
}

extern "C" void solve(const float* a, const float* b, float* c, int n) {
    static const int processors = doubled(100);
    char text[32];
    snprintf(text, sizeof text, "%03d|%.1f|%s", n, 2.5f, "x");
    std::ostringstream stream;
    stream << text << '|' << processors << ' ' << 1.5 << std::endl;
    calls();
    const bool right = stream.str() == "005|2.5|x|200 1.5\n" && calls() == 3;
    add<<<second, blocks[right ? "small" : "large"]>>>(a, b, c, n, first); // @LAUNCH
}
