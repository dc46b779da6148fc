// A static in a member function, of a class that keeps its constructor and destructor to itself and cannot be copied.
// input a float32 5
// output b float32 5
// axis n 5 shape
//| buffer 0 input a 20 bytes
//| buffer 1 output b 20 bytes
//| step 0 line @LAUNCH launch copy(float const*, float*, int) <<<3, 32>>> (a, b, 5)
#include <cuda_runtime.h>
#include <vector>

class Settings {
  public:
    static Settings& instance() {
        static Settings settings;
        return settings;
    }
    static int threads(int least) {
        static const std::vector<int> sizes(3, least);
        return sizes[2];
    }
    Settings(const Settings&) = delete;
    Settings& operator=(const Settings&) = delete;
    int blocks() const { return blocks_; }

  private:
    Settings() : blocks_(2) { blocks_ += 1; }
    ~Settings() { blocks_ = 0; }
    int blocks_;
};

__global__ void copy(const float* a, float* b, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        b[i] = a[i];
    }
}
extern "C" void solve(const float* a, float* b, int n) {
    copy<<<Settings::instance().blocks(), Settings::threads(32)>>>(a, b, n); // @LAUNCH
}
