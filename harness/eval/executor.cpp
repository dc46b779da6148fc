#include "eval/executor.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

#if ASSAY_VGPU
#include "vgpu/vgpu.h"
#endif

namespace assay::eval {

namespace {

/// A buffer has this many places to lie, so far apart that alignment stays.
constexpr unsigned place_count = 4;
constexpr std::uint64_t place_bytes = 256;
constexpr std::uint64_t least_zone = 512; ///< on each side; a multiple of 256 keeps the data aligned
/// What a buffer's allocation has besides the buffer.
constexpr std::uint64_t room_around = 2 * least_zone + place_count * place_bytes;
/// Whole pages of the virtual GPU, of which those before and behind are inaccessible.
constexpr std::uint64_t page_bytes = 4096;
static_assert(room_around + page_bytes <= zone_bytes, "an image holds what lies around a buffer, whatever its place");

/// What a buffer at the edge is aligned to: enough for every access of a thread or a warp (a wmma fragment's 32 bytes).
constexpr std::uint64_t edge_bytes = 32;

std::uint64_t rounded_up(std::uint64_t bytes, std::uint64_t step) {
    return (bytes + step - 1) / step * step;
}

} // namespace

/// The virtual GPU makes code for a shape of blocks: here, where no deadline of a kernel and no measurement runs.
void PreparedPlan::compile() const {
#if ASSAY_VGPU
    if (session_->is_gpu()) {
        return;
    }
    for (std::size_t i = done_; i < plan_.steps.size(); ++i) {
        if (const auto* launch = std::get_if<plan::Launch>(&plan_.steps[i])) {
            vgpu::prepare_launch(functions_.at(launch->kernel), launch->block, launch->shared_bytes);
        }
    }
#endif
}

DeviceResult<> PreparedPlan::add_buffer(const plan::Buffer& buffer) {
    Placed placed;
    if (buffer.role == plan::Buffer::Role::Symbol) {
        std::size_t bytes = 0;
        ASSAY_TRY(cuModuleGetGlobal_v2, &placed.data, &bytes, module_->handle(), buffer.name.c_str());
    } else {
        placed.bytes = rounded_up(buffer.bytes + room_around, page_bytes);
        ASSAY_TRY(cuMemAlloc_v2, &placed.base, placed.bytes);
    }
    placed_.push_back(placed);
    plan_.buffers.push_back(buffer);
    lay(placed_.size() - 1);
    return {};
}

DeviceResult<> PreparedPlan::find_kernels(const std::vector<const Module*>& modules) {
    for (std::size_t i = done_; i < plan_.steps.size(); ++i) {
        const auto* launch = std::get_if<plan::Launch>(&plan_.steps[i]);
        if (launch == nullptr || functions_.contains(launch->kernel)) {
            continue;
        }
        CUfunction function = nullptr;
        CUresult result = CUDA_ERROR_NOT_FOUND;
        for (const Module* module : modules) {
            if (result == CUDA_ERROR_NOT_FOUND) {
                result = session_->table().cuModuleGetFunction(&function, module->handle(), launch->kernel.c_str());
            }
        }
        if (result != CUDA_SUCCESS) {
            return std::unexpected(make_fault(*session_, "cuModuleGetFunction", result, launch->kernel));
        }
        functions_[launch->kernel] = function;
    }
    for (const auto& [kernel, attributes] : plan_.attributes) {
        const auto function = functions_.find(kernel);
        if (function == functions_.end() || attributes.max_dynamic_shared == 0) {
            continue;
        }
        if (const CUresult result =
                session_->table().cuFuncSetAttribute(function->second, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
                                                     static_cast<int>(attributes.max_dynamic_shared));
            result != CUDA_SUCCESS) {
            return std::unexpected(make_fault(*session_, "cuFuncSetAttribute", result, kernel));
        }
    }
    return {};
}

DeviceResult<std::unique_ptr<PreparedPlan>> PreparedPlan::prepare(const Session& session, const Module& module,
                                                                  plan::LaunchPlan plan) {
    std::unique_ptr<PreparedPlan> prepared(new PreparedPlan(session, module));
    for (const plan::Buffer& buffer : plan.buffers) {
        if (auto added = prepared->add_buffer(buffer); !added) {
            return std::unexpected(std::move(added.error()));
        }
    }
    prepared->own_buffers_ = plan.buffers.size();
    prepared->plan_ = std::move(plan);
    if (auto found = prepared->find_kernels({&module}); !found) {
        return std::unexpected(std::move(found.error()));
    }
    prepared->compile();
    for (CUevent* event : {&prepared->start_, &prepared->stop_}) {
        if (const CUresult result = session.table().cuEventCreate(event, CU_EVENT_DEFAULT); result != CUDA_SUCCESS) {
            return std::unexpected(make_fault(session, "cuEventCreate", result));
        }
    }
    return prepared;
}

void PreparedPlan::restart() {
    for (std::size_t i = own_buffers_; i < placed_.size(); ++i) {
        if (placed_[i].base != 0) {
            session_->table().cuMemFree_v2(placed_[i].base);
        }
    }
    placed_.resize(own_buffers_);
    plan_.buffers.resize(own_buffers_);
    plan_.steps.clear();
    plan_.operators.clear();
    done_ = 0;
}

DeviceResult<> PreparedPlan::extend(plan::LaunchPlan segment, const std::vector<const Module*>& modules) {
    using enum plan::Buffer::Role;
    for (std::size_t i = 0; i < segment.buffers.size(); ++i) {
        const plan::Buffer& buffer = segment.buffers[i];
        if (i < placed_.size()) {
            // Scratch may turn out to be an output, and was it, if so, in the run before; nothing else changes.
            const plan::Buffer& known = plan_.buffers[i];
            const auto is_written = [](const plan::Buffer& of) { return of.role == Scratch || of.role == Output; };
            const bool same = is_written(known) ? is_written(buffer)
                                                : known.role == buffer.role && known.name == buffer.name &&
                                                      known.index == buffer.index;
            if (!same || known.bytes != buffer.bytes) {
                throw std::invalid_argument("a segment of a plan has another buffer " + std::to_string(i));
            }
            continue;
        }
        if (buffer.role == Input) {
            throw std::invalid_argument("a segment of a plan adds an input");
        }
        if (auto added = add_buffer(buffer); !added) {
            return added;
        }
        if (auto filled = fill(i); !filled) {
            return filled;
        }
    }
    if (segment.buffers.size() < placed_.size()) {
        throw std::invalid_argument("a segment of a plan lacks buffers");
    }
    plan::append(plan_, std::move(segment));
    if (auto found = find_kernels(modules); !found) {
        return found;
    }
    compile();
    return {};
}

DeviceResult<PreparedPlan::Advance> PreparedPlan::advance(const std::function<void()>& before) {
    read_.clear();
    const auto seconds = time_from(std::exchange(done_, plan_.steps.size()), before);
    if (!seconds) {
        return std::unexpected(seconds.error());
    }
    return Advance{*seconds, std::move(read_)};
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

void PreparedPlan::lay(std::size_t index) {
    Placed& placed = placed_[index];
    if (placed.base == 0) {
        return;
    }
    switch (edge_) {
    case Edge::None:
        placed.data = placed.base + least_zone + moves_ % place_count * place_bytes;
        break;
    case Edge::Beginning:
        placed.data = placed.base;
        break;
    case Edge::End:
        placed.data = placed.base + placed.bytes - rounded_up(plan_.buffers[index].bytes, edge_bytes);
        break;
    }
}

DeviceResult<> PreparedPlan::place_at_edge(bool edge) {
    if (session_->is_gpu()) {
        return {};
    }
    if (edge) {
        last_edge_ = last_edge_ == Edge::End ? Edge::Beginning : Edge::End;
    }
    edge_ = edge ? last_edge_ : Edge::None;
    for (std::size_t i = 0; i < plan_.buffers.size(); ++i) {
        const plan::Buffer& buffer = plan_.buffers[i];
        Bytes values(buffer.role == plan::Buffer::Role::Input ? buffer.bytes : 0);
        if (!values.empty()) {
            ASSAY_TRY(cuMemcpyDtoH_v2, values.data(), placed_[i].data, values.size());
        }
        lay(i);
        if (!values.empty()) {
            ASSAY_TRY(cuMemcpyHtoD_v2, placed_[i].data, values.data(), values.size());
        }
    }
    return {};
}

DeviceResult<> PreparedPlan::write_inputs(const std::vector<Bytes>& inputs) {
    ++moves_;
    edge_ = Edge::None;
    for (std::size_t i = 0; i < plan_.buffers.size(); ++i) {
        const plan::Buffer& buffer = plan_.buffers[i];
        lay(i);
        if (buffer.role == plan::Buffer::Role::Input && buffer.bytes > 0) {
            ASSAY_TRY(cuMemcpyHtoD_v2, placed_[i].data, inputs.at(buffer.index).data(), buffer.bytes);
        }
    }
    return {};
}

std::uint64_t PreparedPlan::zone_before(std::size_t buffer) const {
    return placed_[buffer].data - placed_[buffer].base;
}

std::uint64_t PreparedPlan::zone_behind(std::size_t buffer) const {
    return placed_[buffer].bytes - zone_before(buffer) - plan_.buffers[buffer].bytes;
}

/// Red zones; poison, if it is no input.
DeviceResult<> PreparedPlan::fill(std::size_t index) {
    const plan::Buffer& buffer = plan_.buffers[index];
    const Placed& placed = placed_[index];
    if (buffer.role == plan::Buffer::Role::Symbol) {
        return {};
    }
    if (const std::uint64_t before = zone_before(index); before > 0) {
        ASSAY_TRY(cuMemsetD8Async, placed.base, zone_byte(zone_, index), before, nullptr);
    }
    if (const std::uint64_t behind = zone_behind(index); behind > 0) {
        ASSAY_TRY(cuMemsetD8Async, placed.data + buffer.bytes, zone_byte(zone_, index), behind, nullptr);
    }
    if (buffer.role != plan::Buffer::Role::Input && buffer.bytes > 0) {
        ASSAY_TRY(cuMemsetD8Async, placed.data, poison_, buffer.bytes, nullptr);
    }
    return {};
}

DeviceResult<> PreparedPlan::poison(std::uint8_t zone, std::uint8_t poison) {
    zone_ = zone;
    poison_ = poison;
    for (std::size_t i = 0; i < plan_.buffers.size(); ++i) {
        if (auto filled = fill(i); !filled) {
            return filled;
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

DeviceResult<> PreparedPlan::issue(const plan::Read& read) {
    read_.resize(read.bytes);
    if (read.bytes > 0) {
        ASSAY_TRY(cuMemcpyDtoH_v2, read_.data(), resolve(read.source), read.bytes);
    }
    return {};
}

DeviceResult<> PreparedPlan::issue(std::size_t first) {
    for (std::size_t i = first; i < plan_.steps.size(); ++i) {
        if (auto result = std::visit([this](const auto& what) { return issue(what); }, plan_.steps[i]); !result) {
            return result;
        }
    }
    return {};
}

DeviceResult<> PreparedPlan::run() {
    if (auto issued = issue(0); !issued) {
        return issued;
    }
    ASSAY_TRY(cuCtxSynchronize);
    return {};
}

DeviceResult<double> PreparedPlan::time_from(std::size_t first, const std::function<void()>& before) {
    before();
    ASSAY_TRY(cuEventRecord, start_, nullptr);
    if (auto issued = issue(first); !issued) {
        return std::unexpected(issued.error());
    }
    ASSAY_TRY(cuEventRecord, stop_, nullptr);
    ASSAY_TRY(cuEventSynchronize, stop_);
    float milliseconds = 0;
    ASSAY_TRY(cuEventElapsedTime_v2, &milliseconds, start_, stop_);
    return static_cast<double>(milliseconds) / 1e3;
}

DeviceResult<double> PreparedPlan::time(const std::function<void()>& before) {
    return time_from(0, before);
}

DeviceResult<std::vector<Bytes>> PreparedPlan::read_images() {
    std::vector<Bytes> images;
    for (std::size_t i = 0; i < plan_.buffers.size(); ++i) {
        const plan::Buffer& buffer = plan_.buffers[i];
        const Placed& placed = placed_[i];
        Bytes image;
        if (buffer.role != plan::Buffer::Role::Symbol) {
            const bool scratch = buffer.role == plan::Buffer::Role::Scratch;
            const std::uint64_t before = zone_before(i);
            const std::uint64_t behind = zone_behind(i);
            const std::uint64_t shown = scratch ? 0 : buffer.bytes;
            // What is not there of a zone is as it should be.
            image.resize(shown + 2 * zone_bytes, std::byte{zone_byte(zone_, i)});
            std::byte* const data = image.data() + zone_bytes;
            ASSAY_TRY(cuMemcpyDtoH_v2, data - before, placed.base, before + shown);
            if (behind > 0) {
                ASSAY_TRY(cuMemcpyDtoH_v2, data + shown, placed.data + buffer.bytes, behind);
            }
        }
        images.push_back(std::move(image));
    }
    return images;
}

} // namespace assay::eval
