// <torch/extension.h> and all other headers of PyTorch's C++ side: types and calls for host code that is interpreted.
//
// A tensor here is a number. What it stands for (storage, shape, strides, dtype) the recorder keeps, and each member function
// is one call to it, `__assay_torch(operation, arguments)`: shapes are computed, mistakes found and messages written there. So
// these headers hold declarations and little else, which is what keeps them quick to compile. API.md lists what they have.
#ifndef ASSAY_TORCH_EXTENSION_H
#define ASSAY_TORCH_EXTENSION_H

#include <assay/everything.h>
#include <cuda_runtime.h>

#include <assay/torch/types.h>

#include <assay/torch/half.h>

#include <assay/torch/call.h>

#include <assay/torch/tensor.h>

#include <assay/torch/accessor.h>
#include <assay/torch/checks.h>
#include <assay/torch/cuda.h>
#include <assay/torch/device_utils.h>
#include <assay/torch/dispatch.h>
#include <assay/torch/functions.h>
#include <assay/torch/module.h>
#include <assay/torch/network.h>
#include <assay/torch/surroundings.h>

#include <assay/torch/functional.h>

#endif
