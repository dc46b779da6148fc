// Included before every candidate, as nvcc includes cuda_runtime.h.
//
// Host functions are compiled as device functions, so `__host__` says nothing here. What nvcc's own cuda_runtime.h drags in
// of the C and C++ library (sources rely on it without knowing) comes along; it is kept to what costs next to nothing.
#ifndef ASSAY_PRELUDE_H
#define ASSAY_PRELUDE_H

#undef __host__
#define __host__
// Nor does `__device__`: what says nothing is for the device. So lambdas may say both, which NVRTC does not take.
#undef __device__
#define __device__

// Device code has no exceptions. `throw x;` becomes a call that ends the interpretation with x's message.
#define throw ::__assay::Thrower{} =

// Interpreted code is one thread.
#define thread_local

#include "assay/builtins.h"
#include "assay/minmax.h"
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>

#include <cuda_runtime.h>

#endif
