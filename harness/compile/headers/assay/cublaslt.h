// cublasLt: a product of matrices with what follows it, each an operator of the reference library, counted as a library call.
//
// Descriptors are places for settings. A matrix that lies row by row is its transposed one column by column. What is declared
// here is all there is: any other function is a compiler's message, which becomes `rejected` with the function's name.
#ifndef ASSAY_CUBLASLT_H
#define ASSAY_CUBLASLT_H

#include <assay/cublas.h>
#include <torch/extension.h>
#include <cstring>

typedef struct cublasLtContext* cublasLtHandle_t;
enum cublasLtOrder_t { CUBLASLT_ORDER_COL = 0, CUBLASLT_ORDER_ROW = 1 };
enum cublasLtEpilogue_t {
    CUBLASLT_EPILOGUE_DEFAULT = 1,
    CUBLASLT_EPILOGUE_RELU = 2,
    CUBLASLT_EPILOGUE_BIAS = 4,
    CUBLASLT_EPILOGUE_RELU_BIAS = 6,
    CUBLASLT_EPILOGUE_GELU = 32,
    CUBLASLT_EPILOGUE_GELU_BIAS = 36
};
enum cublasLtMatmulDescAttributes_t {
    CUBLASLT_MATMUL_DESC_COMPUTE_TYPE,
    CUBLASLT_MATMUL_DESC_SCALE_TYPE,
    CUBLASLT_MATMUL_DESC_POINTER_MODE,
    CUBLASLT_MATMUL_DESC_TRANSA,
    CUBLASLT_MATMUL_DESC_TRANSB,
    CUBLASLT_MATMUL_DESC_TRANSC,
    CUBLASLT_MATMUL_DESC_FILL_MODE,
    CUBLASLT_MATMUL_DESC_EPILOGUE,
    CUBLASLT_MATMUL_DESC_BIAS_POINTER,
    CUBLASLT_MATMUL_DESC_BIAS_DATA_TYPE,
    ASSAY_LT_DESCRIBED
};
enum cublasLtMatrixLayoutAttribute_t {
    CUBLASLT_MATRIX_LAYOUT_TYPE,
    CUBLASLT_MATRIX_LAYOUT_ORDER,
    CUBLASLT_MATRIX_LAYOUT_ROWS,
    CUBLASLT_MATRIX_LAYOUT_COLS,
    CUBLASLT_MATRIX_LAYOUT_LD,
    CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT,
    CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET,
    ASSAY_LT_LAID_OUT
};
enum cublasLtMatmulPreferenceAttributes_t {
    CUBLASLT_MATMUL_PREF_SEARCH_MODE,
    CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES,
    CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK
};
struct cublasLtMatmulDescOpaque_t {
    unsigned long long values[ASSAY_LT_DESCRIBED];
};
struct cublasLtMatrixLayoutOpaque_t {
    unsigned long long values[ASSAY_LT_LAID_OUT];
};
struct cublasLtMatmulPreferenceOpaque_t {
    unsigned long long unused;
};
struct cublasLtMatmulAlgo_t {
    unsigned long long data[8];
};
struct cublasLtMatmulHeuristicResult_t {
    cublasLtMatmulAlgo_t algo;
    size_t workspaceSize;
    cublasStatus_t state;
    float wavesCount;
    int reserved[4];
};
typedef cublasLtMatmulDescOpaque_t* cublasLtMatmulDesc_t;
typedef cublasLtMatrixLayoutOpaque_t* cublasLtMatrixLayout_t;
typedef cublasLtMatmulPreferenceOpaque_t* cublasLtMatmulPreference_t;

inline cublasStatus_t cublasLtCreate(cublasLtHandle_t* handle) {
    *handle = reinterpret_cast<cublasLtHandle_t>(malloc(8));
    return CUBLAS_STATUS_SUCCESS;
}
inline cublasStatus_t cublasLtDestroy(cublasLtHandle_t handle) {
    free(handle);
    return CUBLAS_STATUS_SUCCESS;
}

#define ASSAY_LT(name, opaque, attribute_t, count)                                                                         \
    inline cublasStatus_t cublasLt##name##Destroy(opaque* made) {                                                          \
        free(made);                                                                                                        \
        return CUBLAS_STATUS_SUCCESS;                                                                                      \
    }                                                                                                                      \
    inline cublasStatus_t cublasLt##name##SetAttribute(opaque* made, attribute_t attribute, const void* value, size_t bytes) { \
        if (attribute >= (count) || bytes > 8) {                                                                           \
            return CUBLAS_STATUS_INVALID_VALUE;                                                                            \
        }                                                                                                                  \
        made->values[attribute] = 0;                                                                                       \
        memcpy(&made->values[attribute], value, bytes);                                                                    \
        return CUBLAS_STATUS_SUCCESS;                                                                                      \
    }
ASSAY_LT(MatmulDesc, cublasLtMatmulDescOpaque_t, cublasLtMatmulDescAttributes_t, ASSAY_LT_DESCRIBED)
ASSAY_LT(MatrixLayout, cublasLtMatrixLayoutOpaque_t, cublasLtMatrixLayoutAttribute_t, ASSAY_LT_LAID_OUT)
#undef ASSAY_LT

inline cublasStatus_t cublasLtMatmulDescCreate(cublasLtMatmulDesc_t* made, cublasComputeType_t compute, cudaDataType_t scale) {
    *made = static_cast<cublasLtMatmulDesc_t>(calloc(1, sizeof **made));
    (*made)->values[CUBLASLT_MATMUL_DESC_COMPUTE_TYPE] = compute;
    (*made)->values[CUBLASLT_MATMUL_DESC_SCALE_TYPE] = scale;
    (*made)->values[CUBLASLT_MATMUL_DESC_EPILOGUE] = CUBLASLT_EPILOGUE_DEFAULT;
    return CUBLAS_STATUS_SUCCESS;
}
inline cublasStatus_t cublasLtMatrixLayoutCreate(cublasLtMatrixLayout_t* made, cudaDataType_t type, unsigned long long rows,
                                                 unsigned long long columns, long long leading) {
    *made = static_cast<cublasLtMatrixLayout_t>(calloc(1, sizeof **made));
    const unsigned long long values[ASSAY_LT_LAID_OUT] = {static_cast<unsigned long long>(type), CUBLASLT_ORDER_COL, rows, columns,
                                                          static_cast<unsigned long long>(leading), 1, 0};
    memcpy((*made)->values, values, sizeof values);
    return CUBLAS_STATUS_SUCCESS;
}
inline cublasStatus_t cublasLtMatmulPreferenceCreate(cublasLtMatmulPreference_t* made) {
    *made = static_cast<cublasLtMatmulPreference_t>(calloc(1, sizeof **made));
    return CUBLAS_STATUS_SUCCESS;
}
inline cublasStatus_t cublasLtMatmulPreferenceDestroy(cublasLtMatmulPreference_t made) {
    free(made);
    return CUBLAS_STATUS_SUCCESS;
}
/// There is one algorithm, which needs no workspace.
inline cublasStatus_t cublasLtMatmulPreferenceSetAttribute(cublasLtMatmulPreference_t, cublasLtMatmulPreferenceAttributes_t,
                                                           const void*, size_t) {
    return CUBLAS_STATUS_SUCCESS;
}
inline cublasStatus_t cublasLtMatmulAlgoGetHeuristic(cublasLtHandle_t, cublasLtMatmulDesc_t, cublasLtMatrixLayout_t,
                                                     cublasLtMatrixLayout_t, cublasLtMatrixLayout_t, cublasLtMatrixLayout_t,
                                                     cublasLtMatmulPreference_t, int wanted,
                                                     cublasLtMatmulHeuristicResult_t* results, int* found) {
    *found = wanted > 0 ? 1 : 0;
    if (wanted > 0) {
        *results = {};
    }
    return CUBLAS_STATUS_SUCCESS;
}

namespace __assay {
inline at::ScalarType lt_type(unsigned long long type) {
    return type == CUDA_R_16F ? at::kHalf : type == CUDA_R_16BF ? at::kBFloat16 : type == CUDA_R_64F ? at::kDouble : at::kFloat;
}
/// The memory of a matrix as [batch, column, row]: in the order of the elements.
inline at::Tensor lt_tensor(const void* data, const cublasLtMatrixLayout_t of) {
    const auto& v = of->values;
    const bool by_rows = v[CUBLASLT_MATRIX_LAYOUT_ORDER] == CUBLASLT_ORDER_ROW;
    const int64_t inner = v[by_rows ? CUBLASLT_MATRIX_LAYOUT_COLS : CUBLASLT_MATRIX_LAYOUT_ROWS];
    const int64_t outer = v[by_rows ? CUBLASLT_MATRIX_LAYOUT_ROWS : CUBLASLT_MATRIX_LAYOUT_COLS];
    const int64_t leading = v[CUBLASLT_MATRIX_LAYOUT_LD], batch = v[CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT];
    const int64_t stride = v[CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET];
    const int64_t elements = (batch - 1) * stride + (outer - 1) * leading + inner;
    return at::from_blob(const_cast<void*>(data), {elements},
                         at::TensorOptions(lt_type(v[CUBLASLT_MATRIX_LAYOUT_TYPE])).device(at::kCUDA))
        .as_strided({batch, outer, inner}, {stride, leading, 1});
}
struct LtOperand {
    const void* data;
    cublasLtMatrixLayout_t layout;
    bool turned;
};
} // namespace __assay

/// D = epilogue(alpha op(A) op(B) + beta C).
inline cublasStatus_t cublasLtMatmul(cublasLtHandle_t, cublasLtMatmulDesc_t described, const void* alpha, const void* a,
                                     cublasLtMatrixLayout_t layout_a, const void* b, cublasLtMatrixLayout_t layout_b,
                                     const void* beta, const void* c, cublasLtMatrixLayout_t layout_c, void* d,
                                     cublasLtMatrixLayout_t layout_d, const cublasLtMatmulAlgo_t*, void*, size_t, cudaStream_t) {
    const auto& v = described->values;
    const unsigned long long epilogue = v[CUBLASLT_MATMUL_DESC_EPILOGUE];
    const bool relu = (epilogue & CUBLASLT_EPILOGUE_RELU) != 0, gelu = (epilogue & CUBLASLT_EPILOGUE_GELU) != 0;
    const bool with_bias = (epilogue & CUBLASLT_EPILOGUE_BIAS) != 0;
    if ((epilogue & ~(1ull | CUBLASLT_EPILOGUE_GELU_BIAS | CUBLASLT_EPILOGUE_RELU_BIAS)) != 0 ||
        v[CUBLASLT_MATMUL_DESC_POINTER_MODE] != 0) {
        __assay_throw("cublasLtMatmul: of epilogues there are RELU, GELU, BIAS and two of them; alpha and beta are on the host");
    }
    const auto by_rows = [](cublasLtMatrixLayout_t of) { return of->values[CUBLASLT_MATRIX_LAYOUT_ORDER] == CUBLASLT_ORDER_ROW; };
    __assay::LtOperand left{a, layout_a, (v[CUBLASLT_MATMUL_DESC_TRANSA] != 0) != by_rows(layout_a)};
    __assay::LtOperand right{b, layout_b, (v[CUBLASLT_MATMUL_DESC_TRANSB] != 0) != by_rows(layout_b)};
    if (by_rows(layout_d)) { // D^T = op(B)^T op(A)^T
        const __assay::LtOperand other = left;
        left = {right.data, right.layout, !right.turned};
        right = {other.data, other.layout, !other.turned};
    }
    const auto extent = [&](const __assay::LtOperand& of, bool columns) {
        const bool second = columns != (of.turned != by_rows(of.layout));
        return static_cast<int>(of.layout->values[second ? CUBLASLT_MATRIX_LAYOUT_COLS : CUBLASLT_MATRIX_LAYOUT_ROWS]);
    };
    const auto number = [&](const void* value) {
        return __assay::blas_number(value, __assay_compute_type(static_cast<cudaDataType_t>(v[CUBLASLT_MATMUL_DESC_SCALE_TYPE])));
    };
    const auto stride = [](cublasLtMatrixLayout_t of) {
        return static_cast<long long>(of->values[CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET]);
    };
    const auto leading = [](cublasLtMatrixLayout_t of) { return static_cast<long long>(of->values[CUBLASLT_MATRIX_LAYOUT_LD]); };
    if (c != d && number(beta) != 0) {
        at::Tensor(__assay::lt_tensor(d, layout_d)).copy_(__assay::lt_tensor(c, layout_c));
    }
    const __assay_product product{"cublasLtMatmul", left.data, right.data, d, extent(left, false), extent(right, true),
                                  extent(left, true), leading(left.layout), leading(right.layout), leading(layout_d),
                                  stride(left.layout), stride(right.layout), stride(layout_d),
                                  static_cast<long long>(layout_d->values[CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT]), number(alpha),
                                  number(beta), left.turned, right.turned,
                                  static_cast<int>(layout_a->values[CUBLASLT_MATRIX_LAYOUT_TYPE]),
                                  static_cast<int>(layout_d->values[CUBLASLT_MATRIX_LAYOUT_TYPE])};
    const auto status = static_cast<cublasStatus_t>(__assay_multiply(&product));
    if (status != CUBLAS_STATUS_SUCCESS || epilogue == CUBLASLT_EPILOGUE_DEFAULT) {
        return status;
    }
    at::Tensor result = __assay::lt_tensor(d, layout_d);
    at::Tensor value = result;
    if (with_bias) { // one number for each row of D
        const int64_t rows = layout_d->values[CUBLASLT_MATRIX_LAYOUT_ROWS];
        at::Tensor bias = at::from_blob(reinterpret_cast<void*>(v[CUBLASLT_MATMUL_DESC_BIAS_POINTER]), {rows}, result.options());
        value = value.add(by_rows(layout_d) ? bias.unsqueeze(1) : bias);
    }
    result.copy_(relu ? value.relu() : gelu ? at::gelu(value, "tanh") : value);
    return status;
}

#endif
