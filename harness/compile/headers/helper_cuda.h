// NVIDIA's samples check calls with this header, and so do many sources written after them.
#ifndef ASSAY_HELPER_CUDA_H
#define ASSAY_HELPER_CUDA_H

#include <cstdio>
#include <cstdlib>
#include <cuda_runtime.h>

inline void __assay_check(cudaError_t error, const char* call, const char* file, int line) {
    if (error != cudaSuccess) {
        printf("CUDA error at %s:%d: %s: %s\n", file, line, call, cudaGetErrorString(error));
        exit(EXIT_FAILURE);
    }
}
#define checkCudaErrors(call) __assay_check((call), #call, __FILE__, __LINE__)
#define getLastCudaError(message) __assay_check(cudaGetLastError(), message, __FILE__, __LINE__)

#endif
