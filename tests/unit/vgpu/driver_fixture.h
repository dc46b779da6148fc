// For tests of the driver functions: a current context, and short ways to do the usual.
#pragma once

#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "unit/vgpu/launch_fixture.h"
#include "vgpu/vgpu.h"

namespace assay::vgpu::test {

class DriverTest : public testing::Test {
protected:
    const driver::Table& cu = driver_table();

    void SetUp() override {
        ASSERT_EQ(cu.cuInit(0), CUDA_SUCCESS);
        set_engine(Engine::Interpreter);
        (void)take_output();
        open_context();
    }
    void TearDown() override {
        while (cu.cuDevicePrimaryCtxRelease_v2(0) == CUDA_SUCCESS) {
        }
        set_engine(Engine::Auto);
        set_threads(0);
    }

    void open_context() {
        CUcontext context = nullptr;
        ASSERT_EQ(cu.cuDevicePrimaryCtxRetain(&context, 0), CUDA_SUCCESS);
        ASSERT_EQ(cu.cuCtxSetCurrent(context), CUDA_SUCCESS);
    }

    CUmodule load(const std::string& ptx) {
        CUmodule module = nullptr;
        EXPECT_EQ(cu.cuModuleLoadDataEx(&module, ptx.c_str(), 0, nullptr, nullptr), CUDA_SUCCESS);
        return module;
    }
    CUfunction function(const char* name) {
        if (kernels_ == nullptr) {
            kernels_ = load(read_kernel("kernels/driver.ptx"));
        }
        CUfunction found = nullptr;
        EXPECT_EQ(cu.cuModuleGetFunction(&found, kernels_, name), CUDA_SUCCESS) << name;
        return found;
    }
    CUmodule kernels() {
        (void)function("add");
        return kernels_;
    }

    CUdeviceptr allocate(std::size_t bytes) {
        CUdeviceptr address = 0;
        EXPECT_EQ(cu.cuMemAlloc_v2(&address, bytes), CUDA_SUCCESS);
        return address;
    }
    template <class T> CUdeviceptr upload(const std::vector<T>& values) {
        const CUdeviceptr address = allocate(values.size() * sizeof(T));
        EXPECT_EQ(cu.cuMemcpyHtoD_v2(address, values.data(), values.size() * sizeof(T)), CUDA_SUCCESS);
        return address;
    }
    template <class T> std::vector<T> download(CUdeviceptr address, std::size_t count) {
        std::vector<T> values(count);
        EXPECT_EQ(cu.cuMemcpyDtoH_v2(values.data(), address, count * sizeof(T)), CUDA_SUCCESS);
        return values;
    }

    template <class... Arguments> CUresult launch(CUfunction kernel, const Shape& shape, Arguments... arguments) {
        void* parameters[] = {static_cast<void*>(&arguments)..., nullptr};
        std::array<CUlaunchAttribute, 2> attributes{};
        attributes[0].id = CU_LAUNCH_ATTRIBUTE_COOPERATIVE;
        attributes[0].value.cooperative = shape.cooperative ? 1 : 0;
        attributes[1].id = CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION;
        attributes[1].value.clusterDim = {shape.cluster[0], shape.cluster[1], shape.cluster[2]};
        CUlaunchConfig config{};
        config.gridDimX = shape.grid[0];
        config.gridDimY = shape.grid[1];
        config.gridDimZ = shape.grid[2];
        config.blockDimX = shape.block[0];
        config.blockDimY = shape.block[1];
        config.blockDimZ = shape.block[2];
        config.sharedMemBytes = shape.dynamic_shared;
        config.attrs = attributes.data();
        config.numAttrs = shape.cluster == Dim3{1, 1, 1} ? 1 : 2; // without, it is the kernel's own
        return cu.cuLaunchKernelEx(&config, kernel, parameters, nullptr);
    }

private:
    CUmodule kernels_ = nullptr;
};

} // namespace assay::vgpu::test
