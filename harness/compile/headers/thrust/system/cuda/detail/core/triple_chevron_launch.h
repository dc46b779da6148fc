// How CUB and Thrust launch a kernel. The toolkit's own, in device code, fills a parameter buffer through the device runtime;
// here all code that launches is host code, which the recorder follows.
#ifndef ASSAY_TRIPLE_CHEVRON_H
#define ASSAY_TRIPLE_CHEVRON_H

#include <thrust/system/cuda/config.h>
#include <type_traits>

THRUST_NAMESPACE_BEGIN
namespace cuda_cub::detail {

struct triple_chevron {
    dim3 const grid;
    dim3 const block;
    size_t const shared_mem;
    cudaStream_t const stream;

    triple_chevron(dim3 grid, dim3 block, size_t shared_mem = 0, cudaStream_t stream = nullptr, bool = false)
        : grid(grid), block(block), shared_mem(shared_mem), stream(stream) {}
    // NVRTC launches no kernel with an argument whose class has a copy constructor (cub::InputValue): so by address.
    template <class... P> cudaError_t doit(void (*kernel)(P...), std::type_identity_t<P>... arguments) const {
        void* list[] = {const_cast<void*>(static_cast<const void*>(&arguments))..., nullptr};
        return cudaLaunchKernel(reinterpret_cast<const void*>(kernel), grid, block, list, shared_mem, stream);
    }
};

} // namespace cuda_cub::detail
THRUST_NAMESPACE_END

#endif
