#include "vgpu/device.h"

#include <algorithm>
#include <cstring>
#include <ctime>
#include <thread>
#include <utility>

#include "vgpu/interpreter.h"

namespace assay::vgpu {

namespace {

constexpr std::size_t output_limit = 1 << 20;
constexpr std::uint64_t workspace_bytes = 64;

CUresult error_of(Fault::Kind kind) {
    switch (kind) {
    case Fault::Kind::IllegalAddress:
        return CUDA_ERROR_ILLEGAL_ADDRESS;
    case Fault::Kind::Misaligned:
        return CUDA_ERROR_MISALIGNED_ADDRESS;
    case Fault::Kind::Trap:
        return CUDA_ERROR_LAUNCH_FAILED;
    case Fault::Kind::Assert:
        return CUDA_ERROR_ASSERT;
    case Fault::Kind::IllegalInstruction:
        return CUDA_ERROR_ILLEGAL_INSTRUCTION;
    case Fault::Kind::Deadlock:
        return CUDA_ERROR_LAUNCH_TIMEOUT;
    case Fault::Kind::LaunchFailure:
        return CUDA_ERROR_LAUNCH_FAILED;
    }
    return CUDA_ERROR_UNKNOWN;
}

} // namespace

const isa::Function& Kernel::function() const {
    return module->loaded.program.functions[index];
}

Device& Device::instance() {
    // Never destroyed: threads of the program may still be in a driver function when it exits.
    static Device* const device = new Device;
    return *device;
}

unsigned Device::threads() const {
    const std::scoped_lock lock(report_mutex_);
    return threads_ != 0 ? threads_ : std::max(1u, std::thread::hardware_concurrency());
}

std::uint64_t Device::cpu_time() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<std::uint64_t>(now.tv_nsec);
}

Kernel* Device::find_kernel(CUfunction function) const {
    for (const auto& [handle, module] : modules.all()) {
        for (const auto& [index, kernel] : module->kernels) {
            if (reinterpret_cast<CUfunction>(kernel.get()) == function) {
                return kernel.get();
            }
        }
    }
    return nullptr;
}

std::uint64_t Device::parameter_block(std::uint64_t bytes) {
    if (parameter_capacity_ < bytes) {
        if (parameters_ != 0) {
            memory.free(parameters_);
        }
        parameters_ = memory.allocate(bytes).value_or(0);
        parameter_capacity_ = parameters_ != 0 ? bytes : 0;
    }
    return parameters_;
}

CUresult Device::launch(Kernel& kernel, Launch request, const std::vector<std::byte>& parameters) {
    const isa::Function& function = kernel.function();
    const std::uint64_t frame = std::max<std::uint64_t>({function.frame_bytes, parameters.size(), 4096});
    request.parameters = parameter_block(frame);
    if (request.cooperative && grid_workspace_ == 0) {
        grid_workspace_ = memory.allocate(workspace_bytes).value_or(0);
    }
    if (request.parameters == 0 || (request.cooperative && grid_workspace_ == 0)) {
        return CUDA_ERROR_OUT_OF_MEMORY;
    }
    // All of both, used or not: a kernel can write there, and the next must not find it.
    std::memset(pointer_at<void>(request.parameters), 0, parameter_capacity_);
    std::ranges::copy(parameters, pointer_at<std::byte>(request.parameters));
    if (grid_workspace_ != 0) {
        std::memset(pointer_at<void>(grid_workspace_), 0, workspace_bytes);
    }
    if (request.cooperative) {
        request.grid_workspace = grid_workspace_;
    }
    request.module = &kernel.module->loaded;
    request.kernel = kernel.index;
    request.memory = &memory;
    request.services = this;
    request.threads = threads();

    if (auto fault = run(kernel, request)) {
        sticky = error_of(fault->kind);
        const std::scoped_lock lock(report_mutex_);
        fault_ = std::move(fault);
        return sticky;
    }
    return CUDA_SUCCESS;
}

bool Device::generate(Kernel& kernel) {
    {
        const std::scoped_lock lock(report_mutex_);
        if (engine_ == Engine::Interpreter) {
            return false;
        }
    }
    if (!kernel.compiled) {
        const std::uint64_t start = cpu_time();
        kernel.compiled = true;
        if (auto code = generator_.compile(kernel.module->loaded, kernel.index)) {
            kernel.code = std::move(*code);
        } else {
            kernel.fallback = kernel.function().name + ": " + code.error().what;
        }
        jit_time_ += cpu_time() - start;
    }
    return true;
}

bool Device::generate(Kernel& kernel, Dim3 block, std::uint32_t dynamic_shared) {
    const bool generated = generate(kernel);
    if (generated && kernel.code) {
        const std::uint64_t start = cpu_time();
        codegen::prepare(*kernel.code, block, dynamic_shared, counting());
        jit_time_ += cpu_time() - start;
    }
    return generated;
}

std::vector<std::byte> Device::make_code(Kernel& kernel, Dim3 block, std::uint32_t dynamic_shared) {
    return generate(kernel) && kernel.code ? codegen::make_portable(*kernel.code, block, dynamic_shared)
                                           : std::vector<std::byte>{};
}

bool Device::adopt_code(Kernel& kernel, Dim3 block, std::uint32_t dynamic_shared, std::span<const std::byte> code) {
    if (!generate(kernel) || !kernel.code) {
        return false;
    }
    const std::uint64_t start = cpu_time();
    const bool adopted = codegen::adopt(*kernel.code, block, dynamic_shared, code);
    jit_time_ += cpu_time() - start;
    return adopted;
}

double Device::jit_seconds() const {
    return static_cast<double>(jit_time_) * 1e-9;
}

std::optional<Fault> Device::run(Kernel& kernel, Launch& request) {
    if (checker_) {
        request.checker = checker_.get();
        checker_->start_launch(request);
        std::optional<Fault> fault;
        timed([&] { fault = interpret(request); });
        return fault;
    }
    const bool generated = generate(kernel, request.block, request.dynamic_shared);
    const bool runs_code = generated && kernel.code;
    if (generated && !runs_code) {
        const std::scoped_lock lock(report_mutex_);
        if (std::ranges::find(fallbacks_, kernel.fallback) == fallbacks_.end()) {
            fallbacks_.push_back(kernel.fallback);
        }
    }
    request.counting = counting();
    Tallies tallies;
    if (request.counting != Counting::Off) {
        tallies = Tallies(request.module->program, request.kernel);
        request.tallies = &tallies;
    }
    std::optional<Fault> fault;
    const std::uint64_t made_before = codegen::late_nanoseconds();
    timed([&] { fault = runs_code ? codegen::run(*kernel.code, request) : interpret(request); });
    const std::uint64_t made = codegen::late_nanoseconds() - made_before;
    jit_time_ += made;
    device_time -= made;
    if (!fault && request.counting != Counting::Off) {
        const std::scoped_lock lock(report_mutex_);
        profiles_.push_back(make_profile(request, tallies, !runs_code));
    }
    return fault;
}

void Device::destroy_context() {
    for (const auto& [handle, module] : modules.all()) {
        unload(module->loaded, memory);
    }
    modules.clear();
    streams.clear();
    events.clear();
    for (const std::uint64_t address : allocations) {
        memory.free(address);
    }
    allocations.clear();
    heap.reset();
    sticky = CUDA_SUCCESS;
}

void Device::set_engine(Engine engine) {
    const std::scoped_lock lock(report_mutex_);
    engine_ = engine;
}

void Device::set_threads(unsigned threads) {
    const std::scoped_lock lock(report_mutex_);
    threads_ = threads;
}

void Device::set_counting(Counting counting) {
    const std::scoped_lock lock(report_mutex_);
    counting_ = counting;
}

Counting Device::counting() const {
    const std::scoped_lock lock(report_mutex_);
    return counting_;
}

std::vector<LaunchProfile> Device::take_profiles() {
    const std::scoped_lock lock(report_mutex_);
    return std::exchange(profiles_, {});
}

std::optional<Fault> Device::last_fault() const {
    const std::scoped_lock lock(report_mutex_);
    return fault_;
}

std::vector<std::string> Device::take_fallbacks() {
    const std::scoped_lock lock(report_mutex_);
    return std::exchange(fallbacks_, {});
}

std::string Device::take_output() {
    const std::scoped_lock lock(report_mutex_);
    return std::exchange(output_, {});
}

void Device::print(std::string_view text) {
    const std::scoped_lock lock(report_mutex_);
    output_ += text.substr(0, output_limit - std::min(output_limit, output_.size()));
}

std::vector<Finding> Device::stop_checking() {
    std::vector<Finding> findings = checker_ ? checker_->take() : std::vector<Finding>{};
    checker_.reset();
    return findings;
}

std::vector<Touched> Device::stop_footprints() {
    std::vector<Touched> touched = footprint_ ? footprint_->count() : std::vector<Touched>{};
    footprint_.reset();
    return touched;
}

void start_footprints(std::vector<MemoryObject> buffers) {
    Device& device = Device::instance();
    const std::scoped_lock lock(device.mutex);
    device.start_footprints(std::move(buffers));
}
std::vector<Touched> stop_footprints() {
    Device& device = Device::instance();
    const std::scoped_lock lock(device.mutex);
    return device.stop_footprints();
}
void start_checking(std::vector<MemoryObject> objects, std::chrono::steady_clock::time_point deadline) {
    Device& device = Device::instance();
    const std::scoped_lock lock(device.mutex);
    device.start_checking(std::move(objects), deadline);
}
std::vector<Finding> stop_checking() {
    Device& device = Device::instance();
    const std::scoped_lock lock(device.mutex);
    return device.stop_checking();
}
void set_engine(Engine engine) {
    Device::instance().set_engine(engine);
}
void set_threads(unsigned threads) {
    Device::instance().set_threads(threads);
}
void set_adverse(bool adverse) {
    codegen::set_adverse(adverse);
}
void prepare_launch(CUfunction function, Dim3 block, std::uint32_t dynamic_shared) {
    Device& device = Device::instance();
    const std::scoped_lock lock(device.mutex);
    if (Kernel* kernel = device.find_kernel(function); kernel != nullptr) {
        (void)device.generate(*kernel, block, dynamic_shared);
    }
}
std::vector<std::byte> make_code(CUfunction function, Dim3 block, std::uint32_t dynamic_shared) {
    Device& device = Device::instance();
    const std::scoped_lock lock(device.mutex);
    Kernel* kernel = device.find_kernel(function);
    return kernel == nullptr ? std::vector<std::byte>{} : device.make_code(*kernel, block, dynamic_shared);
}
bool adopt_code(CUfunction function, Dim3 block, std::uint32_t dynamic_shared, std::span<const std::byte> code) {
    Device& device = Device::instance();
    const std::scoped_lock lock(device.mutex);
    Kernel* kernel = device.find_kernel(function);
    return kernel != nullptr && device.adopt_code(*kernel, block, dynamic_shared, code);
}
std::string code_identity() {
    return codegen::code_identity();
}
double jit_seconds() {
    Device& device = Device::instance();
    const std::scoped_lock lock(device.mutex);
    return device.jit_seconds();
}
std::optional<Fault> last_fault() {
    return Device::instance().last_fault();
}
std::vector<std::string> take_fallbacks() {
    return Device::instance().take_fallbacks();
}
std::string take_output() {
    return Device::instance().take_output();
}

} // namespace assay::vgpu
