// The CUDA runtime's host API, as candidates see it.
//
// A candidate's host code is compiled as device code and then interpreted (see README.md beside this file). NVRTC itself
// declares the types, and the calls that device code may make (cudaMalloc, cudaMemcpyAsync, cudaGetLastError, ...); this
// file adds the rest: default arguments and templates over what NVRTC has, functions that need no answer (hints), and
// functions without a body, which the recorder answers by name. README.md lists every such name.
#ifndef ASSAY_CUDA_RUNTIME_H
#define ASSAY_CUDA_RUNTIME_H

#include <math_constants.h>

// ---- Answered by the recorder -------------------------------------------------------------------------------------

extern "C" {
cudaError_t cudaMallocManaged(void** pointer, size_t bytes, unsigned int flags);
cudaError_t cudaMallocHost(void** pointer, size_t bytes);
cudaError_t cudaHostAlloc(void** pointer, size_t bytes, unsigned int flags);
cudaError_t cudaFreeHost(void* pointer);
cudaError_t cudaMallocAsync(void** pointer, size_t bytes, cudaStream_t stream);
cudaError_t cudaFreeAsync(void* pointer, cudaStream_t stream);
cudaError_t cudaMallocPitch(void** pointer, size_t* pitch, size_t width, size_t height);
cudaError_t cudaMemGetInfo(size_t* available, size_t* total);

cudaError_t cudaMemcpy(void* to, const void* from, size_t bytes, enum cudaMemcpyKind kind);
cudaError_t cudaMemcpy2D(void* to, size_t to_pitch, const void* from, size_t from_pitch, size_t width, size_t height,
                         enum cudaMemcpyKind kind);
cudaError_t cudaMemset(void* pointer, int value, size_t bytes);
cudaError_t cudaMemset2D(void* pointer, size_t pitch, int value, size_t width, size_t height);
cudaError_t __assay_memcpy_to_symbol(const void* symbol, const void* from, size_t bytes, size_t offset, int kind);
cudaError_t __assay_memcpy_from_symbol(void* to, const void* symbol, size_t bytes, size_t offset, int kind);
cudaError_t __assay_symbol_address(void** pointer, const void* symbol);

cudaError_t cudaSetDevice(int device);
cudaError_t cudaDeviceSynchronize(void);
cudaError_t cudaDeviceReset(void);
cudaError_t cudaDeviceSetLimit(enum cudaLimit limit, size_t value);
cudaError_t cudaStreamSynchronize(cudaStream_t stream);
cudaError_t cudaStreamQuery(cudaStream_t stream);
cudaError_t cudaEventSynchronize(cudaEvent_t event);
cudaError_t cudaEventQuery(cudaEvent_t event);
cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t start, cudaEvent_t end);

cudaError_t cudaFuncSetAttribute(const void* function, enum cudaFuncAttribute attribute, int value);
cudaError_t __assay_device_attributes(int* values, int count, int device);
cudaError_t __assay_device_name(char* name, int bytes, int device);
cudaError_t __assay_function_attributes(int* values, int count, const void* function);

cudaError_t cudaLaunchKernel(const void* function, dim3 grid, dim3 block, void** arguments, size_t shared,
                             cudaStream_t stream);
cudaError_t cudaLaunchCooperativeKernel(const void* function, dim3 grid, dim3 block, void** arguments, size_t shared,
                                        cudaStream_t stream);
cudaError_t __assay_launch_kernel(const void* function, dim3 grid, dim3 block, void** arguments, size_t shared,
                                  cudaStream_t stream, dim3 cluster, int cooperative);
}

// ---- Declared so that sources compile; the recorder refuses them --------------------------------------------------

extern "C" {
cudaError_t cudaPointerGetAttributes(cudaPointerAttributes* attributes, const void* pointer);
cudaError_t cudaHostRegister(void* pointer, size_t bytes, unsigned int flags);
cudaError_t cudaHostUnregister(void* pointer);
cudaError_t cudaHostGetDevicePointer(void** device, void* host, unsigned int flags);
cudaError_t cudaMemcpyPeer(void* to, int to_device, const void* from, int from_device, size_t bytes);
cudaError_t cudaMemcpyPeerAsync(void* to, int to_device, const void* from, int from_device, size_t bytes,
                                cudaStream_t stream);
cudaError_t cudaMemcpy3D(const cudaMemcpy3DParms* parameters);
cudaError_t cudaMalloc3D(cudaPitchedPtr* pointer, cudaExtent extent);
cudaError_t cudaMallocArray(cudaArray_t* array, const cudaChannelFormatDesc* format, size_t width, size_t height,
                            unsigned int flags);
cudaError_t cudaFreeArray(cudaArray_t array);
cudaError_t cudaMemcpyToArray(cudaArray_t to, size_t x, size_t y, const void* from, size_t bytes,
                              enum cudaMemcpyKind kind);
cudaError_t cudaMemcpy2DToArray(cudaArray_t to, size_t x, size_t y, const void* from, size_t pitch, size_t width,
                                size_t height, enum cudaMemcpyKind kind);
cudaError_t cudaCreateTextureObject(cudaTextureObject_t* texture, const cudaResourceDesc* resource,
                                    const cudaTextureDesc* description, const struct cudaResourceViewDesc* view);
cudaError_t cudaDestroyTextureObject(cudaTextureObject_t texture);
cudaError_t cudaCreateSurfaceObject(cudaSurfaceObject_t* surface, const cudaResourceDesc* resource);
cudaError_t cudaDestroySurfaceObject(cudaSurfaceObject_t surface);
cudaError_t cudaStreamBeginCapture(cudaStream_t stream, enum cudaStreamCaptureMode mode);
cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph);
cudaError_t cudaStreamIsCapturing(cudaStream_t stream, enum cudaStreamCaptureStatus* status);
cudaError_t cudaGraphCreate(cudaGraph_t* graph, unsigned int flags);
cudaError_t cudaGraphInstantiate(cudaGraphExec_t* executable, cudaGraph_t graph, unsigned long long flags);
cudaError_t cudaGraphUpload(cudaGraphExec_t executable, cudaStream_t stream);
cudaError_t cudaGraphDestroy(cudaGraph_t graph);
cudaError_t cudaGraphExecDestroy(cudaGraphExec_t executable);
cudaError_t cudaLaunchHostFunc(cudaStream_t stream, void (*function)(void*), void* data);
cudaError_t cudaStreamAddCallback(cudaStream_t stream, void (*callback)(cudaStream_t, cudaError_t, void*), void* data,
                                  unsigned int flags);
cudaError_t __assay_driver_entry_point(const char* symbol);
/// cuTensorMapEncodeTiled, in types that need no cuda.h.
int __assay_encode_tiled(void* map, int type, unsigned int rank, void* address, const unsigned long long* extents,
                         const unsigned long long* strides, const unsigned int* box, const unsigned int* steps,
                         int interleave, int swizzle, int promotion, int fill);
}

/// The one function of the driver that a plan can hold; the recorder refuses the others by their names.
inline cudaError_t cudaGetDriverEntryPoint(const char* symbol, void** function, unsigned long long = 0,
                                           enum cudaDriverEntryPointQueryResult* status = nullptr) {
    const char* known = "cuTensorMapEncodeTiled";
    size_t i = 0;
    while (symbol[i] != 0 && symbol[i] == known[i]) {
        ++i;
    }
    if (symbol[i] != known[i]) {
        return __assay_driver_entry_point(symbol);
    }
    *function = (void*)&__assay_encode_tiled;
    if (status) {
        *status = cudaDriverEntryPointSuccess;
    }
    return cudaSuccess;
}
inline cudaError_t cudaGetDriverEntryPointByVersion(const char* symbol, void** function, unsigned int,
                                                    unsigned long long flags = 0,
                                                    enum cudaDriverEntryPointQueryResult* status = nullptr) {
    return cudaGetDriverEntryPoint(symbol, function, flags, status);
}

inline cudaChannelFormatDesc cudaCreateChannelDesc(int x, int y, int z, int w, enum cudaChannelFormatKind kind) {
    return {x, y, z, w, kind};
}
template <class T> cudaChannelFormatDesc cudaCreateChannelDesc() {
    return {8 * sizeof(T), 0, 0, 0, T(0.5f) == T(0) ? cudaChannelFormatKindSigned : cudaChannelFormatKindFloat};
}

inline cudaError_t cudaGraphInstantiate(cudaGraphExec_t* executable, cudaGraph_t graph) {
    return cudaGraphInstantiate(executable, graph, 0ULL);
}
template <class Node, class Log>
cudaError_t cudaGraphInstantiate(cudaGraphExec_t* executable, cudaGraph_t graph, Node, Log, size_t) {
    return cudaGraphInstantiate(executable, graph, 0ULL);
}

// ---- Default arguments and templates over NVRTC's own declarations ------------------------------------------------

template <class T> cudaError_t cudaMalloc(T** pointer, size_t bytes) {
    return cudaMalloc(reinterpret_cast<void**>(pointer), bytes);
}
template <class T> cudaError_t cudaMallocManaged(T** pointer, size_t bytes, unsigned int flags = cudaMemAttachGlobal) {
    return cudaMallocManaged(reinterpret_cast<void**>(pointer), bytes, flags);
}
template <class T> cudaError_t cudaMallocHost(T** pointer, size_t bytes, unsigned int flags = 0) {
    return flags == 0 ? cudaMallocHost(reinterpret_cast<void**>(pointer), bytes)
                      : cudaHostAlloc(reinterpret_cast<void**>(pointer), bytes, flags);
}
template <class T> cudaError_t cudaHostAlloc(T** pointer, size_t bytes, unsigned int flags) {
    return cudaHostAlloc(reinterpret_cast<void**>(pointer), bytes, flags);
}
template <class T> cudaError_t cudaMallocAsync(T** pointer, size_t bytes, cudaStream_t stream) {
    return cudaMallocAsync(reinterpret_cast<void**>(pointer), bytes, stream);
}
template <class T> cudaError_t cudaMallocPitch(T** pointer, size_t* pitch, size_t width, size_t height) {
    return cudaMallocPitch(reinterpret_cast<void**>(pointer), pitch, width, height);
}
inline cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, enum cudaMemcpyKind kind) {
    return cudaMemcpyAsync(to, from, bytes, kind, 0);
}
inline cudaError_t cudaMemcpy2DAsync(void* to, size_t to_pitch, const void* from, size_t from_pitch, size_t width,
                                     size_t height, enum cudaMemcpyKind kind) {
    return cudaMemcpy2DAsync(to, to_pitch, from, from_pitch, width, height, kind, 0);
}
inline cudaError_t cudaMemsetAsync(void* pointer, int value, size_t bytes) {
    return cudaMemsetAsync(pointer, value, bytes, 0);
}
inline cudaError_t cudaMemset2DAsync(void* pointer, size_t pitch, int value, size_t width, size_t height) {
    return cudaMemset2DAsync(pointer, pitch, value, width, height, 0);
}

template <class T>
cudaError_t cudaMemcpyToSymbol(const T& symbol, const void* from, size_t bytes, size_t offset = 0,
                               enum cudaMemcpyKind kind = cudaMemcpyHostToDevice) {
    return __assay_memcpy_to_symbol(&reinterpret_cast<const char&>(symbol), from, bytes, offset, kind);
}
template <class T>
cudaError_t cudaMemcpyToSymbolAsync(const T& symbol, const void* from, size_t bytes, size_t offset = 0,
                                    enum cudaMemcpyKind kind = cudaMemcpyHostToDevice, cudaStream_t = 0) {
    return __assay_memcpy_to_symbol(&reinterpret_cast<const char&>(symbol), from, bytes, offset, kind);
}
template <class T>
cudaError_t cudaMemcpyFromSymbol(void* to, const T& symbol, size_t bytes, size_t offset = 0,
                                 enum cudaMemcpyKind kind = cudaMemcpyDeviceToHost) {
    return __assay_memcpy_from_symbol(to, &reinterpret_cast<const char&>(symbol), bytes, offset, kind);
}
template <class T>
cudaError_t cudaMemcpyFromSymbolAsync(void* to, const T& symbol, size_t bytes, size_t offset = 0,
                                      enum cudaMemcpyKind kind = cudaMemcpyDeviceToHost, cudaStream_t = 0) {
    return __assay_memcpy_from_symbol(to, &reinterpret_cast<const char&>(symbol), bytes, offset, kind);
}
template <class P, class T> cudaError_t cudaGetSymbolAddress(P** pointer, const T& symbol) {
    return __assay_symbol_address(reinterpret_cast<void**>(pointer), &reinterpret_cast<const char&>(symbol));
}
template <class T> cudaError_t cudaGetSymbolSize(size_t* bytes, const T&) {
    *bytes = sizeof(T);
    return cudaSuccess;
}

inline cudaError_t cudaStreamCreate(cudaStream_t* stream) {
    return cudaStreamCreateWithFlags(stream, cudaStreamDefault);
}
inline cudaError_t cudaStreamCreateWithPriority(cudaStream_t* stream, unsigned int flags, int) {
    return cudaStreamCreateWithFlags(stream, flags);
}
inline cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event) {
    return cudaStreamWaitEvent(stream, event, 0);
}
inline cudaError_t cudaEventCreate(cudaEvent_t* event) {
    return cudaEventCreateWithFlags(event, cudaEventDefault);
}
inline cudaError_t cudaEventCreate(cudaEvent_t* event, unsigned int flags) {
    return cudaEventCreateWithFlags(event, flags);
}
inline cudaError_t cudaEventRecord(cudaEvent_t event) {
    return cudaEventRecord(event, 0);
}
inline cudaError_t cudaThreadSynchronize() {
    return cudaDeviceSynchronize();
}
inline cudaError_t cudaDriverGetVersion(int* version) {
    return cudaRuntimeGetVersion(version);
}

// ---- Hints: nothing to record -------------------------------------------------------------------------------------

template <class F> cudaError_t cudaFuncSetCacheConfig(F, enum cudaFuncCache) {
    return cudaSuccess;
}
template <class F> cudaError_t cudaFuncSetSharedMemConfig(F, enum cudaSharedMemConfig) {
    return cudaSuccess;
}
inline cudaError_t cudaDeviceSetCacheConfig(enum cudaFuncCache) {
    return cudaSuccess;
}
inline cudaError_t cudaDeviceSetSharedMemConfig(enum cudaSharedMemConfig) {
    return cudaSuccess;
}
inline cudaError_t cudaSetDeviceFlags(unsigned int) {
    return cudaSuccess;
}
inline cudaError_t cudaMemAdvise(const void*, size_t, enum cudaMemoryAdvise, int) {
    return cudaSuccess;
}
inline cudaError_t cudaMemPrefetchAsync(const void*, size_t, int, cudaStream_t = 0) {
    return cudaSuccess;
}
inline cudaError_t cudaDeviceGetStreamPriorityRange(int* least, int* greatest) {
    *least = 0;
    *greatest = 0;
    return cudaSuccess;
}
inline cudaError_t cudaDeviceCanAccessPeer(int* can, int, int) {
    *can = 0;
    return cudaSuccess;
}
template <class Attribute, class Value> cudaError_t cudaStreamSetAttribute(cudaStream_t, Attribute, const Value*) {
    return cudaSuccess;
}
inline cudaError_t cudaCtxResetPersistingL2Cache() {
    return cudaSuccess;
}
inline cudaError_t cudaDeviceGetDefaultMemPool(cudaMemPool_t* pool, int) {
    *pool = 0;
    return cudaSuccess;
}
inline cudaError_t cudaMemPoolSetAttribute(cudaMemPool_t, enum cudaMemPoolAttr, void*) {
    return cudaSuccess;
}
inline cudaError_t cudaProfilerStart() {
    return cudaSuccess;
}
inline cudaError_t cudaProfilerStop() {
    return cudaSuccess;
}

// ---- Kernels ------------------------------------------------------------------------------------------------------

template <class F> cudaError_t cudaFuncSetAttribute(F* function, enum cudaFuncAttribute attribute, int value) {
    return cudaFuncSetAttribute((const void*)function, attribute, value);
}

// NVRTC's own structure stays what the recorder never has to know: it fills a list by the driver's attribute numbers.
// `inline` and not `static`, so that a source that does not ask pays nothing.
template <class F> cudaError_t __assay_cudaFuncGetAttributes(struct cudaFuncAttributes* attributes, F function) {
    int values[10]; // CUfunction_attribute
    const cudaError_t error = __assay_function_attributes(values, 10, (const void*)function);
    *attributes = {};
    attributes->maxThreadsPerBlock = values[0];
    attributes->sharedSizeBytes = values[1];
    attributes->constSizeBytes = values[2];
    attributes->localSizeBytes = values[3];
    attributes->numRegs = values[4];
    attributes->ptxVersion = values[5];
    attributes->binaryVersion = values[6];
    attributes->cacheModeCA = values[7];
    attributes->maxDynamicSharedSizeBytes = values[8];
    attributes->preferredShmemCarveout = values[9];
    return error;
}
#define cudaFuncGetAttributes __assay_cudaFuncGetAttributes

template <class F>
cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, F function, int block_size, size_t shared) {
    return cudaOccupancyMaxActiveBlocksPerMultiprocessor(blocks, (const void*)function, block_size, shared);
}
template <class F>
cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int* blocks, F function, int block_size,
                                                                   size_t shared, unsigned int) {
    return cudaOccupancyMaxActiveBlocksPerMultiprocessor(blocks, (const void*)function, block_size, shared);
}
template <class F, class S>
cudaError_t cudaOccupancyMaxPotentialBlockSizeVariableSMem(int* min_grid, int* block_size, F function, S shared,
                                                           int limit = 0) {
    int largest = 0;
    int processors = 0;
    __assay_function_attributes(&largest, 1, (const void*)function);
    cudaError_t error = cudaDeviceGetAttribute(&processors, cudaDevAttrMultiProcessorCount, 0);
    if (limit > 0 && limit < largest) {
        largest = limit;
    }
    int best_threads = 0;
    int best_blocks = 0;
    *block_size = 0;
    for (int size = (largest + 31) / 32 * 32; size > 0; size -= 32) {
        const int tried = size < largest ? size : largest;
        int blocks = 0;
        error = cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, (const void*)function, tried, shared(tried));
        if (error != cudaSuccess) {
            return error;
        }
        if (blocks * tried > best_threads) {
            best_threads = blocks * tried;
            best_blocks = blocks;
            *block_size = tried;
        }
    }
    *min_grid = best_blocks * processors;
    return error;
}
template <class F>
cudaError_t cudaOccupancyMaxPotentialBlockSize(int* min_grid, int* block_size, F function, size_t shared = 0,
                                               int limit = 0) {
    return cudaOccupancyMaxPotentialBlockSizeVariableSMem(
        min_grid, block_size, function, [shared](int) { return shared; }, limit);
}

template <class... P>
cudaError_t cudaLaunchKernel(void (*function)(P...), dim3 grid, dim3 block, void** arguments, size_t shared = 0,
                             cudaStream_t stream = 0) {
    return cudaLaunchKernel((const void*)function, grid, block, arguments, shared, stream);
}
inline cudaError_t cudaLaunchKernel(const void* function, dim3 grid, dim3 block, void** arguments, size_t shared = 0) {
    return cudaLaunchKernel(function, grid, block, arguments, shared, 0);
}
template <class... P>
cudaError_t cudaLaunchCooperativeKernel(void (*function)(P...), dim3 grid, dim3 block, void** arguments,
                                        size_t shared = 0, cudaStream_t stream = 0) {
    return cudaLaunchCooperativeKernel((const void*)function, grid, block, arguments, shared, stream);
}
inline cudaError_t cudaLaunchCooperativeKernel(const void* function, dim3 grid, dim3 block, void** arguments,
                                               size_t shared = 0) {
    return cudaLaunchCooperativeKernel(function, grid, block, arguments, shared, 0);
}

inline cudaError_t cudaLaunchKernelExC(const cudaLaunchConfig_t* config, const void* function, void** arguments) {
    dim3 cluster(0, 0, 0);
    int cooperative = 0;
    for (unsigned int i = 0; i < config->numAttrs; i++) {
        const cudaLaunchAttribute& attribute = config->attrs[i];
        if (attribute.id == cudaLaunchAttributeClusterDimension) {
            cluster = dim3(attribute.val.clusterDim.x, attribute.val.clusterDim.y, attribute.val.clusterDim.z);
        } else if (attribute.id == cudaLaunchAttributeCooperative) {
            cooperative = attribute.val.cooperative;
        }
    }
    return __assay_launch_kernel(function, config->gridDim, config->blockDim, arguments, config->dynamicSmemBytes,
                                 config->stream, cluster, cooperative);
}
template <class... P, class... A>
cudaError_t cudaLaunchKernelEx(const cudaLaunchConfig_t* config, void (*function)(P...), A&&... arguments) {
    return [&](P... converted) {
        void* list[sizeof...(P) + 1] = {(void*)&converted...};
        return cudaLaunchKernelExC(config, (const void*)function, list);
    }(static_cast<A&&>(arguments)...);
}

// ---- Device properties --------------------------------------------------------------------------------------------

// A structure of ours: newer toolkits have dropped fields that sources still read.
struct __assay_device_properties {
    char name[256];
    size_t totalGlobalMem;
    size_t sharedMemPerBlock;
    int regsPerBlock;
    int warpSize;
    size_t memPitch;
    int maxThreadsPerBlock;
    int maxThreadsDim[3];
    int maxGridSize[3];
    int clockRate;
    size_t totalConstMem;
    int major;
    int minor;
    size_t textureAlignment;
    int deviceOverlap;
    int multiProcessorCount;
    int kernelExecTimeoutEnabled;
    int integrated;
    int canMapHostMemory;
    int computeMode;
    int concurrentKernels;
    int ECCEnabled;
    int pciBusID;
    int pciDeviceID;
    int pciDomainID;
    int tccDriver;
    int asyncEngineCount;
    int unifiedAddressing;
    int memoryClockRate;
    int memoryBusWidth;
    int l2CacheSize;
    int persistingL2CacheMaxSize;
    int maxThreadsPerMultiProcessor;
    int streamPrioritiesSupported;
    int globalL1CacheSupported;
    int localL1CacheSupported;
    size_t sharedMemPerMultiprocessor;
    int regsPerMultiprocessor;
    int managedMemory;
    int isMultiGpuBoard;
    int pageableMemoryAccess;
    int concurrentManagedAccess;
    int cooperativeLaunch;
    size_t sharedMemPerBlockOptin;
    int maxBlocksPerMultiProcessor;
    int accessPolicyMaxWindowSize;
    size_t reservedSharedMemPerBlock;
    int clusterLaunch;
};
#define cudaDeviceProp __assay_device_properties

inline cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device) {
    int values[cudaDevAttrMax] = {}; // by cudaDeviceAttr
    const cudaError_t error = __assay_device_attributes(values, cudaDevAttrMax, device);
    if (error != cudaSuccess) {
        return error;
    }
    *properties = {};
    __assay_device_name(properties->name, sizeof properties->name, device);
    size_t available = 0;
    cudaMemGetInfo(&available, &properties->totalGlobalMem);
    properties->sharedMemPerBlock = values[cudaDevAttrMaxSharedMemoryPerBlock];
    properties->regsPerBlock = values[cudaDevAttrMaxRegistersPerBlock];
    properties->warpSize = values[cudaDevAttrWarpSize];
    properties->memPitch = values[cudaDevAttrMaxPitch];
    properties->maxThreadsPerBlock = values[cudaDevAttrMaxThreadsPerBlock];
    properties->maxThreadsDim[0] = values[cudaDevAttrMaxBlockDimX];
    properties->maxThreadsDim[1] = values[cudaDevAttrMaxBlockDimY];
    properties->maxThreadsDim[2] = values[cudaDevAttrMaxBlockDimZ];
    properties->maxGridSize[0] = values[cudaDevAttrMaxGridDimX];
    properties->maxGridSize[1] = values[cudaDevAttrMaxGridDimY];
    properties->maxGridSize[2] = values[cudaDevAttrMaxGridDimZ];
    properties->clockRate = values[cudaDevAttrClockRate];
    properties->totalConstMem = values[cudaDevAttrTotalConstantMemory];
    properties->major = values[cudaDevAttrComputeCapabilityMajor];
    properties->minor = values[cudaDevAttrComputeCapabilityMinor];
    properties->textureAlignment = values[cudaDevAttrTextureAlignment];
    properties->deviceOverlap = values[cudaDevAttrGpuOverlap];
    properties->multiProcessorCount = values[cudaDevAttrMultiProcessorCount];
    properties->kernelExecTimeoutEnabled = values[cudaDevAttrKernelExecTimeout];
    properties->integrated = values[cudaDevAttrIntegrated];
    properties->canMapHostMemory = values[cudaDevAttrCanMapHostMemory];
    properties->computeMode = values[cudaDevAttrComputeMode];
    properties->concurrentKernels = values[cudaDevAttrConcurrentKernels];
    properties->ECCEnabled = values[cudaDevAttrEccEnabled];
    properties->pciBusID = values[cudaDevAttrPciBusId];
    properties->pciDeviceID = values[cudaDevAttrPciDeviceId];
    properties->pciDomainID = values[cudaDevAttrPciDomainId];
    properties->tccDriver = values[cudaDevAttrTccDriver];
    properties->asyncEngineCount = values[cudaDevAttrAsyncEngineCount];
    properties->unifiedAddressing = values[cudaDevAttrUnifiedAddressing];
    properties->memoryClockRate = values[cudaDevAttrMemoryClockRate];
    properties->memoryBusWidth = values[cudaDevAttrGlobalMemoryBusWidth];
    properties->l2CacheSize = values[cudaDevAttrL2CacheSize];
    properties->persistingL2CacheMaxSize = values[cudaDevAttrMaxPersistingL2CacheSize];
    properties->maxThreadsPerMultiProcessor = values[cudaDevAttrMaxThreadsPerMultiProcessor];
    properties->streamPrioritiesSupported = values[cudaDevAttrStreamPrioritiesSupported];
    properties->globalL1CacheSupported = values[cudaDevAttrGlobalL1CacheSupported];
    properties->localL1CacheSupported = values[cudaDevAttrLocalL1CacheSupported];
    properties->sharedMemPerMultiprocessor = values[cudaDevAttrMaxSharedMemoryPerMultiprocessor];
    properties->regsPerMultiprocessor = values[cudaDevAttrMaxRegistersPerMultiprocessor];
    properties->managedMemory = values[cudaDevAttrManagedMemory];
    properties->isMultiGpuBoard = values[cudaDevAttrIsMultiGpuBoard];
    properties->pageableMemoryAccess = values[cudaDevAttrPageableMemoryAccess];
    properties->concurrentManagedAccess = values[cudaDevAttrConcurrentManagedAccess];
    properties->cooperativeLaunch = values[cudaDevAttrCooperativeLaunch];
    properties->sharedMemPerBlockOptin = values[cudaDevAttrMaxSharedMemoryPerBlockOptin];
    properties->maxBlocksPerMultiProcessor = values[cudaDevAttrMaxBlocksPerMultiprocessor];
    properties->accessPolicyMaxWindowSize = values[cudaDevAttrMaxAccessPolicyWindowSize];
    properties->reservedSharedMemPerBlock = values[cudaDevAttrReservedSharedMemoryPerBlock];
    properties->clusterLaunch = values[cudaDevAttrClusterLaunch];
    return cudaSuccess;
}

#endif
