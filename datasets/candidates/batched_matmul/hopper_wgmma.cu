// For compute capability 9.0: tiles come by tensor copies (TMA) with a swizzle of 128 bytes into two stages, a warpgroup
// multiplies them with wgmma. Tensor maps need rows of a multiple of 16 bytes; other shapes take the plain kernel.
#include <cuda.h>
#include <cuda_fp16.h>
#include <cuda_runtime.h>

constexpr int tile = 64, stages = 2;
constexpr int tile_bytes = tile * tile * 2;

struct Shared {
    __half a[stages][tile * tile];
    __half b[stages][tile * tile];
    unsigned long long full[stages];
};

__device__ unsigned shared_address(const void* p) { return (unsigned)__cvta_generic_to_shared(p); }

__device__ void wait(unsigned long long* barrier, unsigned parity) {
    asm volatile("{\n"
                 ".reg .pred done;\n"
                 "again:\n"
                 "mbarrier.try_wait.parity.shared::cta.b64 done, [%0], %1;\n"
                 "@!done bra again;\n"
                 "}" ::"r"(shared_address(barrier)), "r"(parity)
                 : "memory");
}

__device__ void fetch(void* to, const CUtensorMap* map, int x, int y, int z, unsigned long long* barrier) {
    asm volatile("cp.async.bulk.tensor.3d.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1, {%2, %3, %4}], [%5];"
                 ::"r"(shared_address(to)), "l"(map), "r"(x), "r"(y), "r"(z), "r"(shared_address(barrier))
                 : "memory");
}

// Swizzle of 128 bytes; groups of 8 rows of 128 bytes are 1024 bytes apart.
__device__ unsigned long long descriptor(const void* start) {
    const unsigned long long address = (shared_address(start) & 0x3ffff) >> 4;
    return address | 1ull << 16 | (1024ull >> 4) << 32 | 1ull << 62;
}

__global__ void __launch_bounds__(128) multiply(const __grid_constant__ CUtensorMap map_a,
                                                const __grid_constant__ CUtensorMap map_b, float* c, int m, int n, int k) {
    extern __shared__ __align__(1024) unsigned char bytes[];
    Shared& shared = *reinterpret_cast<Shared*>(bytes);
    const int column = blockIdx.x * tile, row = blockIdx.y * tile, batch = blockIdx.z;
    const int steps = (k + tile - 1) / tile;
    if (threadIdx.x == 0) {
        for (int i = 0; i < stages; ++i) {
            asm volatile("mbarrier.init.shared::cta.b64 [%0], 1;" ::"r"(shared_address(&shared.full[i])));
        }
        asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
    }
    __syncthreads();
    const auto load = [&](int step) {
        const int stage = step % stages;
        asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(shared_address(&shared.full[stage])),
                     "r"(2 * tile_bytes)
                     : "memory");
        fetch(shared.a[stage], &map_a, step * tile, row, batch, &shared.full[stage]);
        fetch(shared.b[stage], &map_b, column, step * tile, batch, &shared.full[stage]);
    };
    if (threadIdx.x == 0) {
        for (int step = 0; step < stages && step < steps; ++step) {
            load(step);
        }
    }
    float d[32] = {};
    for (int step = 0; step < steps; ++step) {
        const int stage = step % stages;
        wait(&shared.full[stage], step / stages % 2);
        asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
        for (int i = 0; i < tile / 16; ++i) {
            asm volatile(
                "{\n"
                ".reg .pred p;\n"
                "setp.eq.b32 p, 0, 0;\n"
                "wgmma.mma_async.sync.aligned.m64n64k16.f32.f16.f16 {%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, "
                "%13, %14, %15, %16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31}, %32, %33, "
                "p, 1, 1, 0, 1;\n"
                "}"
                : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3]), "+f"(d[4]), "+f"(d[5]), "+f"(d[6]), "+f"(d[7]),
                  "+f"(d[8]), "+f"(d[9]), "+f"(d[10]), "+f"(d[11]), "+f"(d[12]), "+f"(d[13]), "+f"(d[14]), "+f"(d[15]),
                  "+f"(d[16]), "+f"(d[17]), "+f"(d[18]), "+f"(d[19]), "+f"(d[20]), "+f"(d[21]), "+f"(d[22]), "+f"(d[23]),
                  "+f"(d[24]), "+f"(d[25]), "+f"(d[26]), "+f"(d[27]), "+f"(d[28]), "+f"(d[29]), "+f"(d[30]), "+f"(d[31])
                : "l"(descriptor(shared.a[stage] + i * 16)), "l"(descriptor(shared.b[stage] + i * 16 * tile)));
        }
        asm volatile("wgmma.commit_group.sync.aligned;");
        asm volatile("wgmma.wait_group.sync.aligned 0;" ::: "memory");
        __syncthreads(); // the stage is free
        if (threadIdx.x == 0 && step + stages < steps) {
            load(step + stages);
        }
    }
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    c += (size_t)batch * m * n;
    for (int i = 0; i < 32; ++i) {
        const int y = row + warp * 16 + lane / 4 + i / 2 % 2 * 8;
        const int x = column + i / 4 * 8 + lane % 4 * 2 + i % 2;
        if (y < m && x < n) {
            c[(size_t)y * n + x] = d[i];
        }
    }
}

__global__ void multiply_any(const __half* a, const __half* b, float* c, int m, int n, int k) {
    const int column = blockIdx.x * 16 + threadIdx.x, row = blockIdx.y * 16 + threadIdx.y;
    const size_t batch = blockIdx.z;
    if (row < m && column < n) {
        float sum = 0;
        for (int i = 0; i < k; ++i) {
            sum += __half2float(a[(batch * m + row) * k + i]) * __half2float(b[(batch * k + i) * n + column]);
        }
        c[(batch * m + row) * n + column] = sum;
    }
}

// A batch of row-major matrices of halves; boxes of one tile.
static bool make_map(CUtensorMap* map, const __half* matrices, int batch, int rows, int columns) {
    typedef CUresult (*Encode)(CUtensorMap*, CUtensorMapDataType, cuuint32_t, void*, const cuuint64_t*, const cuuint64_t*,
                               const cuuint32_t*, const cuuint32_t*, CUtensorMapInterleave, CUtensorMapSwizzle,
                               CUtensorMapL2promotion, CUtensorMapFloatOOBfill);
    void* function = nullptr;
    cudaDriverEntryPointQueryResult status;
    if (cudaGetDriverEntryPoint("cuTensorMapEncodeTiled", &function, cudaEnableDefault, &status) != cudaSuccess ||
        status != cudaDriverEntryPointSuccess) {
        return false;
    }
    const cuuint64_t extents[] = {(cuuint64_t)columns, (cuuint64_t)rows, (cuuint64_t)batch};
    const cuuint64_t strides[] = {(cuuint64_t)columns * 2, (cuuint64_t)columns * rows * 2};
    const cuuint32_t box[] = {tile, tile, 1};
    const cuuint32_t steps[] = {1, 1, 1};
    return ((Encode)function)(map, CU_TENSOR_MAP_DATA_TYPE_FLOAT16, 3, (void*)matrices, extents, strides, box, steps,
                              CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_128B, CU_TENSOR_MAP_L2_PROMOTION_L2_128B,
                              CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE) == CUDA_SUCCESS;
}

extern "C" void solve(const __half* a, const __half* b, float* c, int batch, int m, int n, int k) {
    CUtensorMap map_a, map_b;
    const bool rows_fit = n % 8 == 0 && k % 8 == 0;
    if (rows_fit && make_map(&map_a, a, batch, m, k) && make_map(&map_b, b, batch, k, n)) {
        cudaFuncSetAttribute(multiply, cudaFuncAttributeMaxDynamicSharedMemorySize, sizeof(Shared));
        const dim3 grid((n + tile - 1) / tile, (m + tile - 1) / tile, batch);
        multiply<<<grid, 128, sizeof(Shared)>>>(map_a, map_b, c, m, n, k);
    } else {
        const dim3 grid((n + 15) / 16, (m + 15) / 16, batch);
        multiply_any<<<grid, dim3(16, 16)>>>(a, b, c, m, n, k);
    }
}
