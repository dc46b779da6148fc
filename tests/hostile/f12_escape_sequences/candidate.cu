#include <cuda_runtime.h>

#error "[2J]0;owned ‮ reversed"
