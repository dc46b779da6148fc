#include <cuda_runtime.h>

#include "../../../datasets/candidates/vector_add/naive.cu"
