// Modules: what loads, what does not and why, symbols, kernel attributes, occupancy.
#include "unit/vgpu/driver_fixture.h"

namespace assay::vgpu::test {
namespace {

class DriverModule : public DriverTest {
protected:
    struct Outcome {
        CUresult result;
        std::string log;
    };
    /// Loads with an error log of `size` bytes.
    Outcome load_with_log(const std::string& text, std::size_t size = 1000) {
        std::vector<char> log(size, '?');
        CUjit_option options[] = {CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
        void* values[] = {log.data(), reinterpret_cast<void*>(size)};
        CUmodule module = nullptr;
        const CUresult result = cu.cuModuleLoadDataEx(&module, text.c_str(), 2, options, values);
        if (result == CUDA_SUCCESS) {
            return {result, ""};
        }
        EXPECT_LE(reinterpret_cast<std::size_t>(values[1]), size);
        EXPECT_EQ(log.at(reinterpret_cast<std::size_t>(values[1]) - 1), '\0');
        return {result, log.data()};
    }
};

const std::string head = ".version 9.0\n.target sm_90\n.address_size 64\n";

TEST_F(DriverModule, SyntaxErrorsNameTheirLine) {
    const auto [result, log] = load_with_log(head + ".visible .entry k()\n{\n    add.s32 %r1 %r2;\n}\n");
    EXPECT_EQ(result, CUDA_ERROR_INVALID_PTX);
    EXPECT_NE(log.find("ptx:6:"), std::string::npos) << log;
}

TEST_F(DriverModule, UndeclaredNamesAreErrors) {
    const auto [result, log] = load_with_log(head + ".visible .entry k()\n{\n    mov.u32 %r1, %r2;\n    ret;\n}\n");
    EXPECT_EQ(result, CUDA_ERROR_INVALID_PTX);
    EXPECT_NE(log.find("%r1"), std::string::npos) << log;
}

TEST_F(DriverModule, TheLogIsCutToItsBuffer) {
    const auto [result, log] = load_with_log("no ptx at all", 8);
    EXPECT_EQ(result, CUDA_ERROR_INVALID_PTX);
    EXPECT_EQ(log.size(), 7u);
    EXPECT_EQ(load_with_log("", 100).result, CUDA_ERROR_INVALID_PTX);
    CUmodule module = nullptr;
    EXPECT_EQ(cu.cuModuleLoadDataEx(&module, "garbage", 0, nullptr, nullptr), CUDA_ERROR_INVALID_PTX);
}

TEST_F(DriverModule, UnresolvedExternalsAreNamed) {
    const auto [result, log] = load_with_log(head + ".extern .func elsewhere();\n.visible .entry k()\n{\n"
                                                    "    call elsewhere;\n    ret;\n}\n");
    EXPECT_EQ(result, CUDA_ERROR_INVALID_PTX);
    EXPECT_NE(log.find("elsewhere"), std::string::npos) << log;
    const auto variable =
        load_with_log(head + ".extern .global .u32 missing;\n.visible .entry k()\n{\n    .reg .b32 %r;\n"
                             "    ld.global.u32 %r, [missing];\n    ret;\n}\n");
    EXPECT_EQ(variable.result, CUDA_ERROR_INVALID_PTX);
    EXPECT_NE(variable.log.find("missing"), std::string::npos) << variable.log;
}

TEST_F(DriverModule, MachineCodeAndNewerTargetsHaveNoBinary) {
    CUmodule module = nullptr;
    EXPECT_EQ(cu.cuModuleLoadDataEx(&module, "\x7f\x45LF rest", 0, nullptr, nullptr), CUDA_ERROR_NO_BINARY_FOR_GPU);
    EXPECT_EQ(cu.cuModuleLoadDataEx(&module, "\x50\xed\x55\xba rest", 0, nullptr, nullptr),
              CUDA_ERROR_NO_BINARY_FOR_GPU);
    EXPECT_EQ(
        load_with_log(".version 9.0\n.target sm_100\n.address_size 64\n.visible .entry k()\n{\n    ret;\n}\n").result,
        CUDA_ERROR_NO_BINARY_FOR_GPU);
    EXPECT_EQ(cu.cuModuleLoadDataEx(&module, nullptr, 0, nullptr, nullptr), CUDA_ERROR_INVALID_VALUE);
}

TEST_F(DriverModule, FunctionsAreFoundByName) {
    CUfunction function = nullptr;
    EXPECT_EQ(cu.cuModuleGetFunction(&function, kernels(), "nobody"), CUDA_ERROR_NOT_FOUND);
    EXPECT_EQ(cu.cuModuleGetFunction(&function, nullptr, "add"), CUDA_ERROR_INVALID_HANDLE);
    CUfunction again = nullptr;
    ASSERT_EQ(cu.cuModuleGetFunction(&function, kernels(), "add"), CUDA_SUCCESS);
    ASSERT_EQ(cu.cuModuleGetFunction(&again, kernels(), "add"), CUDA_SUCCESS);
    EXPECT_EQ(function, again);
}

TEST_F(DriverModule, VariablesAreReadAndWrittenThroughTheirAddresses) {
    CUdeviceptr value = 0, coefficients = 0, array = 0;
    std::size_t bytes = 0;
    ASSERT_EQ(cu.cuModuleGetGlobal_v2(&value, &bytes, kernels(), "global_value"), CUDA_SUCCESS);
    EXPECT_EQ(bytes, 4u);
    EXPECT_EQ(download<int>(value, 1)[0], 7);
    ASSERT_EQ(cu.cuModuleGetGlobal_v2(&coefficients, &bytes, kernels(), "coefficients"), CUDA_SUCCESS);
    EXPECT_EQ(bytes, 12u);
    const float uploaded[3] = {1, 10, 100};
    ASSERT_EQ(cu.cuMemcpyHtoD_v2(coefficients, uploaded, 12), CUDA_SUCCESS);
    const CUdeviceptr data = upload(std::vector<float>{1, 1, 1, 2});
    ASSERT_EQ(launch(function("scale"), {.block = {4, 1, 1}}, data), CUDA_SUCCESS);
    EXPECT_EQ(download<float>(data, 4), (std::vector<float>{7, 70, 700, 14}));

    ASSERT_EQ(cu.cuModuleGetGlobal_v2(&array, nullptr, kernels(), "global_array"), CUDA_SUCCESS);
    EXPECT_EQ(cu.cuMemFree_v2(array), CUDA_ERROR_INVALID_VALUE) << "variables are not cuMemAlloc's";
    EXPECT_EQ(cu.cuModuleGetGlobal_v2(&array, &bytes, kernels(), "nothing"), CUDA_ERROR_NOT_FOUND);
}

TEST_F(DriverModule, UnloadFreesVariablesAndFunctions) {
    std::size_t before = 0, after = 0, total = 0;
    ASSERT_EQ(cu.cuMemGetInfo_v2(&before, &total), CUDA_SUCCESS);
    const CUfunction kernel = function("no_parameters");
    ASSERT_EQ(cu.cuModuleUnload(kernels()), CUDA_SUCCESS);
    ASSERT_EQ(cu.cuMemGetInfo_v2(&after, &total), CUDA_SUCCESS);
    EXPECT_EQ(before, after);
    EXPECT_EQ(launch(kernel, {}), CUDA_ERROR_INVALID_HANDLE);
}

TEST_F(DriverModule, KernelAttributes) {
    const auto attribute = [&](const char* name, CUfunction_attribute which) {
        int value = -1;
        EXPECT_EQ(cu.cuFuncGetAttribute(&value, which, function(name)), CUDA_SUCCESS);
        return value;
    };
    EXPECT_EQ(attribute("add", CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK), 1024);
    EXPECT_EQ(attribute("bounded", CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK), 128);
    EXPECT_EQ(attribute("shares", CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES), 4000);
    EXPECT_EQ(attribute("add", CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES), 0);
    EXPECT_EQ(attribute("add", CU_FUNC_ATTRIBUTE_PTX_VERSION), 90);
    EXPECT_EQ(attribute("add", CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES), 49152);
    EXPECT_EQ(attribute("shares", CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES), 49152 - 4000);

    const CUfunction shares = function("shares");
    const auto set = [&](int bytes) {
        return cu.cuFuncSetAttribute(shares, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, bytes);
    };
    EXPECT_EQ(set(-1), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(set(232448), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(set(200000), CUDA_SUCCESS);
    EXPECT_EQ(attribute("shares", CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES), 200000);
    EXPECT_EQ(cu.cuFuncSetAttribute(shares, CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES, 1), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(cu.cuFuncSetAttribute(shares, CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT, 50), CUDA_SUCCESS);
    EXPECT_EQ(attribute("shares", CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT), 50);
    EXPECT_EQ(cu.cuFuncSetCacheConfig(shares, CU_FUNC_CACHE_PREFER_SHARED), CUDA_SUCCESS);
    int value = 0;
    EXPECT_EQ(cu.cuFuncGetAttribute(&value, CU_FUNC_ATTRIBUTE_NUM_REGS, nullptr), CUDA_ERROR_INVALID_HANDLE);
    EXPECT_EQ(cu.cuFuncGetAttribute(&value, CU_FUNC_ATTRIBUTE_MAX, shares), CUDA_ERROR_INVALID_VALUE);
}

TEST_F(DriverModule, Occupancy) {
    const auto blocks = [&](const char* name, int threads, std::size_t shared) {
        int count = -1;
        EXPECT_EQ(cu.cuOccupancyMaxActiveBlocksPerMultiprocessor(&count, function(name), threads, shared),
                  CUDA_SUCCESS);
        return count;
    };
    EXPECT_EQ(blocks("add", 32, 0), 32);
    EXPECT_EQ(blocks("add", 33, 0), 32);
    EXPECT_EQ(blocks("add", 256, 0), 8);
    EXPECT_EQ(blocks("add", 1024, 0), 2);
    EXPECT_EQ(blocks("add", 64, 40000), 5);
    EXPECT_EQ(blocks("add", 64, 60000), 0) << "more than the kernel may have";
    EXPECT_EQ(blocks("bounded", 129, 0), 0);
    int count = 0;
    EXPECT_EQ(cu.cuOccupancyMaxActiveBlocksPerMultiprocessor(&count, function("add"), 0, 0), CUDA_ERROR_INVALID_VALUE);
}

} // namespace
} // namespace assay::vgpu::test
