#include "eval/executor.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "ptx/parser.h"

#if ASSAY_VGPU
#include "vgpu/vgpu.h"
#endif

namespace assay::eval {

namespace {

/// A buffer has this many places to lie, so far apart that alignment stays.
constexpr unsigned place_count = 4;
constexpr std::uint64_t place_bytes = 256;
/// What a buffer's allocation has besides the buffer.
constexpr std::uint64_t room_around = 2 * zone_bytes + place_count * place_bytes;

/// What a buffer at the edge is aligned to: enough for every access of a thread or a warp (a wmma fragment's 32 bytes).
constexpr std::uint64_t edge_bytes = 32;

std::uint64_t rounded_up(std::uint64_t bytes, std::uint64_t step) {
    return (bytes + step - 1) / step * step;
}

/// Adds what the virtual GPU knows of its last fault: more than the driver's error code can say.
void add_virtual_detail([[maybe_unused]] DeviceFault& fault) {
#if ASSAY_VGPU
    const auto detail = vgpu::last_fault();
    if (!detail) {
        return;
    }
    fault.message = detail->message;
    fault.kernel = detail->kernel;
    fault.line = detail->source.outer_line != 0 ? detail->source.outer_line : detail->source.line;
    if (detail->kind == vgpu::Fault::Kind::Deadlock) {
        fault.kind = "deadlock";
    } else if (detail->kind == vgpu::Fault::Kind::Assert) {
        fault.kind = "assert";
    }
#endif
}

DeviceFault make_fault(const Session& session, const char* call, CUresult code, std::string kernel = {}) {
    DeviceFault fault{.code = code,
                      .call = call,
                      .kernel = std::move(kernel),
                      .kind = {},
                      .message = driver::driver_error(session.table(), call, code).what,
                      .file = {},
                      .line = 0};
    if (!session.is_gpu() && code != CUDA_ERROR_INVALID_VALUE && code != CUDA_ERROR_OUT_OF_MEMORY &&
        code != CUDA_ERROR_NOT_FOUND && code != CUDA_ERROR_INVALID_PTX) {
        add_virtual_detail(fault);
    }
    return fault;
}

} // namespace

// Returns the fault of a driver call from the enclosing function, if there is one.
#define ASSAY_TRY(function, ...)                                                                                       \
    do {                                                                                                               \
        if (const CUresult result_ = session_->table().function(__VA_ARGS__); result_ != CUDA_SUCCESS) {               \
            return std::unexpected(make_fault(*session_, #function, result_));                                         \
        }                                                                                                              \
    } while (false)

DeviceResult<Module> Module::load(const Session& session, const std::string& ptx) {
    std::array<char, 8192> log{};
    std::array<CUjit_option, 2> options{CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
    std::array<void*, 2> values{log.data(), reinterpret_cast<void*>(log.size() - 1)};
    CUmodule handle = nullptr;
    const CUresult result =
        session.table().cuModuleLoadDataEx(&handle, ptx.c_str(), options.size(), options.data(), values.data());
    if (result != CUDA_SUCCESS) {
        DeviceFault fault = make_fault(session, "cuModuleLoadDataEx", result);
        if (log[0] != '\0') {
            fault.message += std::string(": ") + log.data();
        }
        return std::unexpected(std::move(fault));
    }
    Module module(session, handle);
    const auto parsed = ptx::parse(ptx);
    if (!parsed) { // the device took it, so this is a fault of the parser, and not to be passed over in silence
        DeviceFault fault = make_fault(session, "cuModuleLoadDataEx", CUDA_ERROR_INVALID_PTX);
        fault.message = parsed.error().to_string();
        return std::unexpected(std::move(fault));
    }
    for (const ptx::TopLevel& item : parsed->items) {
        const auto* variable = std::get_if<ptx::Variable>(&item);
        if (variable == nullptr || variable->space != "global" || std::ranges::count(variable->linkage, "extern") > 0) {
            continue;
        }
        if (auto remembered = module.remember(variable->name, variable->initializer.has_value()); !remembered) {
            return std::unexpected(std::move(remembered.error()));
        }
    }
    return module;
}

DeviceResult<> Module::remember(const std::string& variable, bool initialized) {
    State state;
    ASSAY_TRY(cuModuleGetGlobal_v2, &state.data, &state.bytes, handle_, variable.c_str());
    if (initialized && state.bytes > 0) {
        ASSAY_TRY(cuMemAlloc_v2, &state.pristine, state.bytes);
        ASSAY_TRY(cuMemcpyDtoDAsync_v2, state.pristine, state.data, state.bytes, nullptr);
    }
    states_.push_back(state);
    return {};
}

DeviceResult<> Module::reset() const {
    for (const State& state : states_) {
        if (state.pristine != 0) {
            ASSAY_TRY(cuMemcpyDtoDAsync_v2, state.data, state.pristine, state.bytes, nullptr);
        } else if (state.bytes > 0) {
            ASSAY_TRY(cuMemsetD8Async, state.data, 0, state.bytes, nullptr);
        }
    }
    return {};
}

Module::~Module() {
    for (const State& state : states_) {
        if (state.pristine != 0) {
            session_->table().cuMemFree_v2(state.pristine);
        }
    }
    if (handle_ != nullptr) {
        session_->table().cuModuleUnload(handle_);
    }
}

Module::Module(Module&& other) noexcept
    : session_(other.session_), handle_(std::exchange(other.handle_, nullptr)),
      states_(std::exchange(other.states_, {})) {}

/// The virtual GPU makes code for a shape of blocks: here, where no deadline of a kernel and no measurement runs.
void PreparedPlan::compile([[maybe_unused]] const Session& session, [[maybe_unused]] const PreparedPlan& prepared) {
#if ASSAY_VGPU
    if (session.is_gpu()) {
        return;
    }
    for (const plan::Step& step : prepared.plan_.steps) {
        if (const auto* launch = std::get_if<plan::Launch>(&step)) {
            vgpu::prepare_launch(prepared.functions_.at(launch->kernel), launch->block, launch->shared_bytes);
        }
    }
#endif
}

DeviceResult<std::unique_ptr<PreparedPlan>> PreparedPlan::prepare(const Session& session, const Module& module,
                                                                  plan::LaunchPlan plan) {
    std::unique_ptr<PreparedPlan> prepared(new PreparedPlan(session, module, std::move(plan)));
    const driver::Table& table = session.table();
    for (const plan::Buffer& buffer : prepared->plan_.buffers) {
        Placed placed;
        if (buffer.role == plan::Buffer::Role::Symbol) {
            std::size_t bytes = 0;
            const CUresult result =
                table.cuModuleGetGlobal_v2(&placed.data, &bytes, module.handle(), buffer.name.c_str());
            if (result != CUDA_SUCCESS) {
                return std::unexpected(make_fault(session, "cuModuleGetGlobal", result));
            }
        } else {
            placed.bytes = rounded_up(buffer.bytes, place_bytes) + room_around;
            const CUresult result = table.cuMemAlloc_v2(&placed.base, placed.bytes);
            if (result != CUDA_SUCCESS) {
                return std::unexpected(make_fault(session, "cuMemAlloc", result));
            }
            placed.data = placed.base + zone_bytes;
        }
        prepared->placed_.push_back(placed);
    }
    for (const plan::Step& step : prepared->plan_.steps) {
        const auto* launch = std::get_if<plan::Launch>(&step);
        if (launch == nullptr || prepared->functions_.contains(launch->kernel)) {
            continue;
        }
        CUfunction function = nullptr;
        if (const CUresult result = table.cuModuleGetFunction(&function, module.handle(), launch->kernel.c_str());
            result != CUDA_SUCCESS) {
            return std::unexpected(make_fault(session, "cuModuleGetFunction", result, launch->kernel));
        }
        prepared->functions_[launch->kernel] = function;
    }
    for (const auto& [kernel, attributes] : prepared->plan_.attributes) {
        const auto function = prepared->functions_.find(kernel);
        if (function == prepared->functions_.end() || attributes.max_dynamic_shared == 0) {
            continue;
        }
        if (const CUresult result =
                table.cuFuncSetAttribute(function->second, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
                                         static_cast<int>(attributes.max_dynamic_shared));
            result != CUDA_SUCCESS) {
            return std::unexpected(make_fault(session, "cuFuncSetAttribute", result, kernel));
        }
    }
    compile(session, *prepared);
    for (CUevent* event : {&prepared->start_, &prepared->stop_}) {
        if (const CUresult result = table.cuEventCreate(event, CU_EVENT_DEFAULT); result != CUDA_SUCCESS) {
            return std::unexpected(make_fault(session, "cuEventCreate", result));
        }
    }
    return prepared;
}

PreparedPlan::~PreparedPlan() {
    for (const Placed& placed : placed_) {
        if (placed.base != 0) {
            session_->table().cuMemFree_v2(placed.base);
        }
    }
    for (CUevent event : {start_, stop_}) {
        if (event != nullptr) {
            session_->table().cuEventDestroy_v2(event);
        }
    }
}

std::vector<PreparedPlan::Place> PreparedPlan::places() const {
    std::vector<Place> result;
    for (std::size_t i = 0; i < placed_.size(); ++i) {
        const plan::Buffer& buffer = plan_.buffers[i];
        result.push_back({.data = placed_[i].data,
                          .room = placed_[i].base,
                          .bytes = buffer.bytes,
                          .room_bytes = placed_[i].bytes,
                          .initialised = buffer.role == plan::Buffer::Role::Input});
    }
    return result;
}

CUdeviceptr PreparedPlan::resolve(plan::Pointer pointer) const {
    return placed_[pointer.buffer].data + pointer.offset;
}

Bytes PreparedPlan::relocate(const Bytes& data, const std::vector<plan::Relocation>& relocations) const {
    Bytes patched = data;
    for (const plan::Relocation& relocation : relocations) {
        const CUdeviceptr address = resolve(relocation.target);
        std::memcpy(patched.data() + relocation.at, &address, sizeof address);
    }
    return patched;
}

void PreparedPlan::move_buffers() {
    ++moves_;
    for (Placed& placed : placed_) {
        if (placed.base != 0) {
            placed.data = placed.base + zone_bytes + moves_ % place_count * place_bytes;
        }
    }
}

DeviceResult<> PreparedPlan::place_at_edge(bool edge) {
    if (session_->is_gpu()) {
        return {};
    }
    for (std::size_t i = 0; i < plan_.buffers.size(); ++i) {
        const plan::Buffer& buffer = plan_.buffers[i];
        Placed& placed = placed_[i];
        if (placed.base == 0) {
            continue;
        }
        Bytes values(buffer.role == plan::Buffer::Role::Input ? buffer.bytes : 0);
        if (!values.empty()) {
            ASSAY_TRY(cuMemcpyDtoH_v2, values.data(), placed.data, values.size());
        }
        const std::uint64_t room = rounded_up(buffer.bytes, edge_bytes);
        placed.data =
            edge ? placed.base + placed.bytes - room : placed.base + zone_bytes + moves_ % place_count * place_bytes;
        placed.behind = edge ? room - buffer.bytes : zone_bytes;
        if (!values.empty()) {
            ASSAY_TRY(cuMemcpyHtoD_v2, placed.data, values.data(), values.size());
        }
    }
    return {};
}

DeviceResult<> PreparedPlan::write_inputs(const std::vector<Bytes>& inputs) {
    move_buffers();
    for (std::size_t i = 0; i < plan_.buffers.size(); ++i) {
        const plan::Buffer& buffer = plan_.buffers[i];
        if (buffer.role == plan::Buffer::Role::Input && buffer.bytes > 0) {
            ASSAY_TRY(cuMemcpyHtoD_v2, placed_[i].data, inputs.at(buffer.index).data(), buffer.bytes);
        }
    }
    return {};
}

DeviceResult<> PreparedPlan::poison(std::uint8_t zone, std::uint8_t poison) {
    zone_ = zone;
    for (std::size_t i = 0; i < plan_.buffers.size(); ++i) {
        const plan::Buffer& buffer = plan_.buffers[i];
        if (buffer.role == plan::Buffer::Role::Symbol) {
            continue;
        }
        ASSAY_TRY(cuMemsetD8Async, placed_[i].data - zone_bytes, zone_byte(zone, i), zone_bytes, nullptr);
        if (placed_[i].behind > 0) {
            ASSAY_TRY(cuMemsetD8Async, placed_[i].data + buffer.bytes, zone_byte(zone, i), placed_[i].behind, nullptr);
        }
        if (buffer.role != plan::Buffer::Role::Input && buffer.bytes > 0) {
            ASSAY_TRY(cuMemsetD8Async, placed_[i].data, poison, buffer.bytes, nullptr);
        }
    }
    if (auto reset = module_->reset(); !reset) {
        return reset;
    }
    ASSAY_TRY(cuCtxSynchronize);
    return {};
}

DeviceResult<> PreparedPlan::change(const verify::InputChange& change) {
    for (std::size_t i = 0; i < plan_.buffers.size(); ++i) {
        const plan::Buffer& buffer = plan_.buffers[i];
        if (buffer.role == plan::Buffer::Role::Input && buffer.index == change.input) {
            ASSAY_TRY(cuMemcpyHtoD_v2, placed_[i].data + change.offset, change.value.data(), change.size);
        }
    }
    return {};
}

/// Puts a tensor map of the device's own making into a parameter block.
DeviceResult<> PreparedPlan::encode(const plan::TensorMap& map, Bytes& parameters) {
    alignas(64) CUtensorMap encoded{};
    const auto narrow = [](const std::vector<std::uint64_t>& values) {
        return std::vector<cuuint32_t>(values.begin(), values.end());
    };
    const std::vector<cuuint64_t> extents(map.extents.begin(), map.extents.end());
    const std::vector<cuuint64_t> strides(map.strides.begin(), map.strides.end());
    const std::vector<cuuint32_t> box = narrow(map.box);
    const std::vector<cuuint32_t> steps = narrow(map.steps);
    auto* const address = reinterpret_cast<void*>(resolve(map.target)); // NOLINT(performance-no-int-to-ptr)
    ASSAY_TRY(cuTensorMapEncodeTiled, &encoded, static_cast<CUtensorMapDataType>(map.type),
              static_cast<cuuint32_t>(extents.size()), address, extents.data(), strides.data(), box.data(),
              steps.data(), static_cast<CUtensorMapInterleave>(map.interleave),
              static_cast<CUtensorMapSwizzle>(map.swizzle), static_cast<CUtensorMapL2promotion>(map.promotion),
              static_cast<CUtensorMapFloatOOBfill>(map.fill));
    std::memcpy(parameters.data() + map.at, &encoded, sizeof(encoded));
    return {};
}

DeviceResult<> PreparedPlan::issue(const plan::Launch& launch) {
    Bytes parameters = relocate(launch.parameters, launch.relocations);
    for (const plan::TensorMap& map : launch.tensor_maps) {
        if (auto encoded = encode(map, parameters); !encoded) {
            encoded.error().line = launch.line;
            return encoded;
        }
    }
    std::size_t size = parameters.size();
    std::array<void*, 5> extra{CU_LAUNCH_PARAM_BUFFER_POINTER, parameters.data(), CU_LAUNCH_PARAM_BUFFER_SIZE, &size,
                               CU_LAUNCH_PARAM_END};
    std::array<CUlaunchAttribute, 2> attributes{};
    CUlaunchConfig config{};
    config.gridDimX = launch.grid[0];
    config.gridDimY = launch.grid[1];
    config.gridDimZ = launch.grid[2];
    config.blockDimX = launch.block[0];
    config.blockDimY = launch.block[1];
    config.blockDimZ = launch.block[2];
    config.sharedMemBytes = launch.shared_bytes;
    config.attrs = attributes.data();
    if (launch.cooperative) {
        CUlaunchAttribute& attribute = attributes[config.numAttrs++];
        attribute.id = CU_LAUNCH_ATTRIBUTE_COOPERATIVE;
        attribute.value.cooperative = 1;
    }
    if (launch.cluster != std::array<std::uint32_t, 3>{1, 1, 1}) {
        CUlaunchAttribute& attribute = attributes[config.numAttrs++];
        attribute.id = CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION;
        attribute.value.clusterDim.x = launch.cluster[0];
        attribute.value.clusterDim.y = launch.cluster[1];
        attribute.value.clusterDim.z = launch.cluster[2];
    }
    const CUresult result =
        session_->table().cuLaunchKernelEx(&config, functions_.at(launch.kernel), nullptr, extra.data());
    if (result != CUDA_SUCCESS) {
        DeviceFault fault = make_fault(*session_, "cuLaunchKernelEx", result, launch.kernel);
        if (fault.line == 0) {
            fault.line = launch.line;
        }
        return std::unexpected(std::move(fault));
    }
    return {};
}

DeviceResult<> PreparedPlan::issue(const plan::Fill& fill) {
    const CUdeviceptr destination = resolve(fill.destination);
    if (fill.count == 0) {
        return {};
    }
    if (fill.width == 1) {
        ASSAY_TRY(cuMemsetD8Async, destination, static_cast<unsigned char>(fill.value), fill.count, nullptr);
    } else if (fill.width == 2) {
        ASSAY_TRY(cuMemsetD16Async, destination, static_cast<unsigned short>(fill.value), fill.count, nullptr);
    } else {
        ASSAY_TRY(cuMemsetD32Async, destination, fill.value, fill.count, nullptr);
    }
    return {};
}

DeviceResult<> PreparedPlan::issue(const plan::Copy& copy) {
    if (copy.bytes > 0) {
        ASSAY_TRY(cuMemcpyDtoDAsync_v2, resolve(copy.destination), resolve(copy.source), copy.bytes, nullptr);
    }
    return {};
}

DeviceResult<> PreparedPlan::issue(const plan::Upload& upload) {
    const Bytes data = relocate(upload.data, upload.relocations);
    if (!data.empty()) {
        ASSAY_TRY(cuMemcpyHtoD_v2, resolve(upload.destination), data.data(), data.size());
    }
    return {};
}

DeviceResult<> PreparedPlan::issue() {
    for (const plan::Step& step : plan_.steps) {
        if (auto result = std::visit([this](const auto& what) { return issue(what); }, step); !result) {
            return result;
        }
    }
    return {};
}

DeviceResult<> PreparedPlan::run() {
    if (auto issued = issue(); !issued) {
        return issued;
    }
    ASSAY_TRY(cuCtxSynchronize);
    return {};
}

DeviceResult<double> PreparedPlan::time(const std::function<void()>& before) {
    before();
    ASSAY_TRY(cuEventRecord, start_, nullptr);
    if (auto issued = issue(); !issued) {
        return std::unexpected(issued.error());
    }
    ASSAY_TRY(cuEventRecord, stop_, nullptr);
    ASSAY_TRY(cuEventSynchronize, stop_);
    float milliseconds = 0;
    ASSAY_TRY(cuEventElapsedTime_v2, &milliseconds, start_, stop_);
    return static_cast<double>(milliseconds) / 1e3;
}

DeviceResult<std::vector<Bytes>> PreparedPlan::read_images() {
    std::vector<Bytes> images;
    for (std::size_t i = 0; i < plan_.buffers.size(); ++i) {
        const plan::Buffer& buffer = plan_.buffers[i];
        const Placed& placed = placed_[i];
        Bytes image;
        if (buffer.role == plan::Buffer::Role::Scratch) {
            // What is not there of a zone is as it should be.
            image.resize(2 * zone_bytes, std::byte{zone_byte(zone_, i)});
            ASSAY_TRY(cuMemcpyDtoH_v2, image.data(), placed.data - zone_bytes, zone_bytes);
            if (placed.behind > 0) {
                ASSAY_TRY(cuMemcpyDtoH_v2, image.data() + zone_bytes, placed.data + buffer.bytes, placed.behind);
            }
        } else if (buffer.role != plan::Buffer::Role::Symbol) {
            image.resize(buffer.bytes + 2 * zone_bytes, std::byte{zone_byte(zone_, i)});
            ASSAY_TRY(cuMemcpyDtoH_v2, image.data(), placed.data - zone_bytes,
                      zone_bytes + buffer.bytes + placed.behind);
        }
        images.push_back(std::move(image));
    }
    return images;
}

} // namespace assay::eval
