// Modules, kernels, their attributes, variables, occupancy.
#include <algorithm>
#include <cstring>
#include <string_view>

#include "isa/decode.h"
#include "vgpu/api.h"

namespace assay::vgpu::api {

namespace {

constexpr std::uint32_t newest_target = 90;

/// The buffers that a caller of cuModuleLoadDataEx may give for messages, by the options' place.
class JitOptions {
public:
    JitOptions(unsigned count, CUjit_option* options, void** values) : values_(values) {
        for (unsigned i = 0; i < count; ++i) {
            if (options[i] == CU_JIT_ERROR_LOG_BUFFER) {
                buffer_ = static_cast<char*>(values[i]);
            } else if (options[i] == CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES) {
                size_index_ = static_cast<int>(i);
            } else if (options[i] == CU_JIT_INFO_LOG_BUFFER_SIZE_BYTES) {
                values[i] = nullptr; // there is nothing to inform of
            }
        }
    }

    /// Fills the error log and, as the driver does, replaces its size by what was used.
    void report(const std::string& text) const {
        if (buffer_ == nullptr || size_index_ < 0) {
            return;
        }
        const auto size =
            static_cast<std::size_t>(reinterpret_cast<std::uintptr_t>(values_[size_index_]) & 0xffffffffu);
        if (size == 0) {
            return;
        }
        const std::size_t used = std::min(size - 1, text.size());
        std::memcpy(buffer_, text.data(), used);
        buffer_[used] = '\0';
        values_[size_index_] = pointer_at<void>(used + 1);
    }

private:
    void** values_;
    char* buffer_ = nullptr;
    int size_index_ = -1;
};

/// cubin and fatbin files begin like this; machine code of a GPU is of no use here.
bool is_binary(const char* image) {
    return std::strncmp(image,
                        "\x7f"
                        "ELF",
                        4) == 0 ||
           std::strncmp(image, "\x50\xed\x55\xba", 4) == 0;
}

CUresult load_text(Device& device, CUmodule* module, std::string_view text, const JitOptions& options) {
    auto program = isa::decode_text(text);
    if (!program) {
        options.report(program.error().to_string());
        return CUDA_ERROR_INVALID_PTX;
    }
    if (program->sm > newest_target) {
        options.report("the module is for sm_" + std::to_string(program->sm) + ", the device is sm_90");
        return CUDA_ERROR_NO_BINARY_FOR_GPU;
    }
    if (auto resolved = check_externals(*program); !resolved) {
        options.report(resolved.error().to_string());
        return CUDA_ERROR_INVALID_PTX;
    }
    auto loaded = load(std::move(*program), device.memory);
    if (!loaded) {
        options.report(loaded.error().to_string());
        return CUDA_ERROR_OUT_OF_MEMORY;
    }
    auto created = std::make_unique<Module>();
    created->loaded = std::move(*loaded);
    *module = device.modules.add(std::move(created));
    return CUDA_SUCCESS;
}

/// The kernel's entry in the module, made on first use.
Kernel& kernel_of(Module& module, std::uint32_t index) {
    auto& kernel = module.kernels[index];
    if (!kernel) {
        kernel = std::make_unique<Kernel>();
        kernel->module = &module;
        kernel->index = index;
        kernel->shared = isa::shared_layout(module.loaded.program, index);
        const std::uint32_t used = kernel->shared.dynamic_offset;
        kernel->max_dynamic_shared = default_shared_limit - std::min(default_shared_limit, used);
    }
    return *kernel;
}

/// Variables that the kernel could name; a bound, since the assembler places only those it uses.
int constant_bytes(const isa::Program& program) {
    std::uint64_t bytes = 0;
    for (const isa::Variable& variable : program.variables) {
        bytes += variable.space == isa::Space::Const ? variable.bytes : 0;
    }
    return static_cast<int>(bytes);
}

} // namespace

CUresult cuModuleLoadDataEx(CUmodule* module, const void* image, unsigned int count, CUjit_option* options,
                            void** values) {
    return with_context([&](Device& device) {
        if (module == nullptr || image == nullptr || (count != 0 && (options == nullptr || values == nullptr))) {
            return CUDA_ERROR_INVALID_VALUE;
        }
        const auto* text = static_cast<const char*>(image);
        if (is_binary(text)) {
            return CUDA_ERROR_NO_BINARY_FOR_GPU;
        }
        return load_text(device, module, text, JitOptions(count, options, values));
    });
}

CUresult cuModuleUnload(CUmodule module) {
    return with_context([&](Device& device) {
        const Module* found = device.modules.find(module);
        if (found == nullptr) {
            return CUDA_ERROR_INVALID_HANDLE;
        }
        unload(found->loaded, device.memory);
        device.modules.remove(module);
        return CUDA_SUCCESS;
    });
}

CUresult cuModuleGetFunction(CUfunction* function, CUmodule module, const char* name) {
    return with_context([&](Device& device) {
        if (function == nullptr || name == nullptr) {
            return CUDA_ERROR_INVALID_VALUE;
        }
        Module* found = device.modules.find(module);
        if (found == nullptr) {
            return CUDA_ERROR_INVALID_HANDLE;
        }
        const isa::Program& program = found->loaded.program;
        const auto index = program.function_index.find(name);
        if (index == program.function_index.end() || !program.functions[index->second].entry) {
            return CUDA_ERROR_NOT_FOUND;
        }
        Kernel& kernel = kernel_of(*found, index->second);
        device.generate(kernel); // now, so that no launch is charged for it
        *function = reinterpret_cast<CUfunction>(&kernel);
        return CUDA_SUCCESS;
    });
}

CUresult cuModuleGetGlobal_v2(CUdeviceptr* address, std::size_t* bytes, CUmodule module, const char* name) {
    return with_context([&](Device& device) {
        if (name == nullptr || (address == nullptr && bytes == nullptr)) {
            return CUDA_ERROR_INVALID_VALUE;
        }
        const Module* found = device.modules.find(module);
        if (found == nullptr) {
            return CUDA_ERROR_INVALID_HANDLE;
        }
        const isa::Program& program = found->loaded.program;
        const auto index = program.variable_index.find(name);
        if (index == program.variable_index.end() || found->loaded.variable_address[index->second] == 0) {
            return CUDA_ERROR_NOT_FOUND;
        }
        if (address != nullptr) {
            *address = found->loaded.variable_address[index->second];
        }
        if (bytes != nullptr) {
            *bytes = program.variables[index->second].bytes;
        }
        return CUDA_SUCCESS;
    });
}

CUresult cuFuncGetAttribute(int* value, CUfunction_attribute which, CUfunction function) {
    return with_context([&](Device& device) {
        const Kernel* kernel = device.find_kernel(function);
        if (kernel == nullptr) {
            return CUDA_ERROR_INVALID_HANDLE;
        }
        if (value == nullptr) {
            return CUDA_ERROR_INVALID_VALUE;
        }
        switch (which) {
        case CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK:
            *value = static_cast<int>(max_threads_of(*kernel));
            return CUDA_SUCCESS;
        case CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES:
            *value = static_cast<int>(kernel->shared.static_bytes);
            return CUDA_SUCCESS;
        case CU_FUNC_ATTRIBUTE_CONST_SIZE_BYTES:
            *value = constant_bytes(kernel->module->loaded.program);
            return CUDA_SUCCESS;
        case CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES:
            *value = static_cast<int>(kernel->function().local_bytes);
            return CUDA_SUCCESS;
        case CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES:
            *value = static_cast<int>(kernel->max_dynamic_shared);
            return CUDA_SUCCESS;
        case CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT:
            *value = kernel->carveout;
            return CUDA_SUCCESS;
        case CU_FUNC_ATTRIBUTE_PTX_VERSION:
        case CU_FUNC_ATTRIBUTE_BINARY_VERSION:
            *value = static_cast<int>(kernel->module->loaded.program.sm);
            return CUDA_SUCCESS;
        case CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_WIDTH:
        case CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_HEIGHT:
        case CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_DEPTH:
            *value = static_cast<int>(
                kernel->function().bounds.required_cluster.at(which - CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_WIDTH));
            return CUDA_SUCCESS;
        case CU_FUNC_ATTRIBUTE_NUM_REGS: // no register is allocated
        case CU_FUNC_ATTRIBUTE_CACHE_MODE_CA:
        case CU_FUNC_ATTRIBUTE_CLUSTER_SIZE_MUST_BE_SET:
        case CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED:
        case CU_FUNC_ATTRIBUTE_CLUSTER_SCHEDULING_POLICY_PREFERENCE:
            *value = 0;
            return CUDA_SUCCESS;
        default:
            return CUDA_ERROR_INVALID_VALUE;
        }
    });
}

CUresult cuFuncSetAttribute(CUfunction function, CUfunction_attribute which, int value) {
    return with_context([&](Device& device) {
        Kernel* kernel = device.find_kernel(function);
        if (kernel == nullptr) {
            return CUDA_ERROR_INVALID_HANDLE;
        }
        if (which == CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES) {
            const std::int64_t limit = std::int64_t{optin_shared_limit} - kernel->shared.dynamic_offset;
            if (value < 0 || value > limit) {
                return CUDA_ERROR_INVALID_VALUE;
            }
            kernel->max_dynamic_shared = static_cast<std::uint32_t>(value);
            return CUDA_SUCCESS;
        }
        if (which == CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED && (value == 0 || value == 1)) {
            return CUDA_SUCCESS; // up to 16 blocks are taken anyway
        }
        if (which == CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT && value >= -1 && value <= 100) {
            kernel->carveout = value;
            return CUDA_SUCCESS;
        }
        return CUDA_ERROR_INVALID_VALUE;
    });
}

CUresult cuFuncSetCacheConfig(CUfunction function, CUfunc_cache) {
    return with_context([&](Device& device) {
        return device.find_kernel(function) != nullptr ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
    });
}

CUresult cuOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, CUfunction function, int threads_per_block,
                                                     std::size_t dynamic_shared) {
    return with_context([&](Device& device) {
        const Kernel* kernel = device.find_kernel(function);
        if (kernel == nullptr) {
            return CUDA_ERROR_INVALID_HANDLE;
        }
        if (blocks == nullptr || threads_per_block <= 0) {
            return CUDA_ERROR_INVALID_VALUE;
        }
        *blocks = occupancy(*kernel, static_cast<std::uint64_t>(threads_per_block), dynamic_shared);
        return CUDA_SUCCESS;
    });
}

} // namespace assay::vgpu::api
