/* A program of the CUDA driver API, as one writes it for a GPU: it knows nothing of the virtual one. */
#include <cuda.h>
#include <stdio.h>
#include <stdlib.h>

#define CHECK(call)                                                                                                    \
    do {                                                                                                               \
        CUresult result = (call);                                                                                      \
        if (result != CUDA_SUCCESS) {                                                                                  \
            const char* name = "?";                                                                                    \
            cuGetErrorName(result, &name);                                                                             \
            fprintf(stderr, "%s: %s\n", #call, name);                                                                  \
            exit(1);                                                                                                   \
        }                                                                                                              \
    } while (0)

int main(int count, char** words) {
    enum { n = 50000 };
    static float a[n], b[n], c[n];
    CUdevice device;
    CUcontext context;
    CUmodule module;
    CUfunction add;
    CUdeviceptr on_device[3];
    char name[100];
    if (count != 2) {
        fprintf(stderr, "usage: vector_add FILE.ptx\n");
        return 2;
    }
    CHECK(cuInit(0));
    CHECK(cuDeviceGet(&device, 0));
    CHECK(cuDeviceGetName(name, sizeof name, device));
    CHECK(cuCtxCreate(&context, NULL, 0, device));
    CHECK(cuModuleLoad(&module, words[1]));
    CHECK(cuModuleGetFunction(&add, module, "add"));
    for (int i = 0; i < n; ++i) {
        a[i] = (float)i;
        b[i] = 0.5f;
    }
    for (int i = 0; i < 3; ++i) {
        CHECK(cuMemAlloc(&on_device[i], sizeof a));
    }
    CHECK(cuMemcpyHtoD(on_device[0], a, sizeof a));
    CHECK(cuMemcpyHtoD(on_device[1], b, sizeof b));
    int size = n;
    void* arguments[] = {&on_device[0], &on_device[1], &on_device[2], &size};
    CHECK(cuLaunchKernel(add, (n + 255) / 256, 1, 1, 256, 1, 1, 0, NULL, arguments, NULL));
    CHECK(cuCtxSynchronize());
    CHECK(cuMemcpyDtoH(c, on_device[2], sizeof c));
    for (int i = 0; i < n; ++i) {
        if (c[i] != a[i] + b[i]) {
            fprintf(stderr, "c[%d] is %g\n", i, c[i]);
            return 1;
        }
    }
    CHECK(cuCtxDestroy(context));
    printf("%d sums are right on %s\n", n, name);
    return 0;
}
