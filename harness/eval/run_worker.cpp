#include "eval/run_worker.h"

#include <array>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "eval/executor.h"
#include "eval/kernel_code.h"
#include "eval/memory_objects.h"
#include "eval/profile.h"
#include "eval/sanitize.h"
#include "plan/plan_json.h"
#include "sandbox/serve.h"

#if ASSAY_VGPU
#include "vgpu/vgpu.h"
#endif

namespace assay::eval {

namespace {

using nlohmann::json;
using sandbox::Message;

/// Overwrites twice the L2 cache before a timed run, so that nothing of the run before is left in it.
class CacheFlush {
public:
    explicit CacheFlush(const Session& session) : session_(session) {
        if (session.is_gpu() && session.description().l2_bytes > 0) {
            bytes_ = std::size_t{2} * session.description().l2_bytes;
            if (session.table().cuMemAlloc_v2(&buffer_, bytes_) != CUDA_SUCCESS) {
                buffer_ = 0;
            }
        }
    }
    ~CacheFlush() {
        if (buffer_ != 0) {
            session_.table().cuMemFree_v2(buffer_);
        }
    }
    CacheFlush(const CacheFlush&) = delete;
    CacheFlush& operator=(const CacheFlush&) = delete;

    void operator()() {
        if (buffer_ != 0) {
            session_.table().cuCtxResetPersistingL2Cache();
            session_.table().cuMemsetD8Async(buffer_, ++value_, bytes_, nullptr);
        }
    }

private:
    const Session& session_;
    CUdeviceptr buffer_ = 0;
    std::size_t bytes_ = 0;
    unsigned char value_ = 0;
};

struct Worker {
    std::optional<Session> session;
    std::optional<CacheFlush> flush;
    std::vector<std::unique_ptr<Module>> modules;
    std::vector<std::unique_ptr<PreparedPlan>> plans;
    bool adverse = false; ///< the run in segments that goes on
};

Message fault_reply(const Session& session, const DeviceFault& fault) {
    const char* name = nullptr;
    session.table().cuGetErrorName(fault.code, &name);
    return {json{{"fault",
                  {{"code", static_cast<int>(fault.code)},
                   {"name", name == nullptr ? "unknown" : name},
                   {"call", fault.call},
                   {"kernel", fault.kernel},
                   {"kind", fault.kind},
                   {"message", fault.message},
                   {"line", fault.line}}}},
            {}};
}

/// A kernel that does next to nothing: the first one costs what loads lazily (the code generator, the driver's
/// assembler), and a device that does not run it under the sandbox runs nothing.
constexpr const char* trivial_kernel = R"(.version 7.8
.target sm_52
.address_size 64
.visible .entry warm_up(.param .u64 out) {
    .reg .u32 %r<2>;
    .reg .u64 %rd<4>;
    ld.param.u64 %rd1, [out];
    mov.u32 %r1, %tid.x;
    mul.wide.u32 %rd2, %r1, 4;
    add.u64 %rd3, %rd1, %rd2;
    st.global.u32 [%rd3], %r1;
    ret;
}
)";

Result<> run_trivial_kernel(const Session& session) {
    const driver::Table& table = session.table();
    CUmodule module = nullptr;
    CUfunction function = nullptr;
    CUdeviceptr buffer = 0;
    const char* call = "cuModuleLoadDataEx";
    CUresult result = table.cuModuleLoadDataEx(&module, trivial_kernel, 0, nullptr, nullptr);
    const auto then = [&](const char* name, auto work) {
        if (result == CUDA_SUCCESS) {
            call = name;
            result = work();
        }
    };
    then("cuModuleGetFunction", [&] { return table.cuModuleGetFunction(&function, module, "warm_up"); });
    then("cuMemAlloc", [&] { return table.cuMemAlloc_v2(&buffer, 128); });
    std::array<void*, 1> parameters{&buffer};
    then("cuLaunchKernel",
         [&] { return table.cuLaunchKernel(function, 1, 1, 1, 32, 1, 1, 0, nullptr, parameters.data(), nullptr); });
    then("cuCtxSynchronize", [&] { return table.cuCtxSynchronize(); });
    std::array<std::uint32_t, 32> numbers{};
    then("cuMemcpyDtoH", [&] { return table.cuMemcpyDtoH_v2(numbers.data(), buffer, sizeof numbers); });
    then("cuMemFree", [&] { return table.cuMemFree_v2(buffer); });
    then("cuModuleUnload", [&] { return table.cuModuleUnload(module); });
    if (result != CUDA_SUCCESS) {
        return std::unexpected(driver::driver_error(table, call, result));
    }
    if (numbers[31] != 31) {
        return fail("a trivial kernel computed nonsense", session.description().name);
    }
    return {};
}

/// What a driver opens again after it has been initialised.
std::vector<sandbox::Visible> files_of_a_driver() {
    std::vector<sandbox::Visible> files{{"/usr"},
                                        {"/lib"},
                                        {"/lib64"},
                                        {"/opt"},
                                        {"/etc"},
                                        {"/sys"},
                                        {"/dev/shm", true},
                                        {"/dev/null", true},
                                        {"/proc/self", true},
                                        {"/proc/driver"},
                                        {"/proc/devices"}};
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator("/dev", ignored)) {
        if (entry.path().filename().string().starts_with("nvidia")) {
            files.push_back({entry.path(), true});
        }
    }
    return files;
}

Result<sandbox::Opened> open(Worker& worker, const Message& request) {
    auto session = Session::open(request.header.at("device").get<std::string>());
    if (!session) {
        return std::unexpected(session.error());
    }
    if (const auto warm = run_trivial_kernel(*session); !warm) {
        return std::unexpected(warm.error());
    }
    worker.session.emplace(std::move(*session));
    worker.flush.emplace(*worker.session);
    sandbox::Opened opened;
    opened.reply.header = {{"device", to_json(worker.session->description())}, {"code", ""}};
#if ASSAY_VGPU
    opened.reply.header["code"] = vgpu::code_identity();
#endif
    if (worker.session->is_gpu()) {
        opened.visible = files_of_a_driver();
    }
    return opened;
}

DeviceResult<Module> load_module(Worker& worker, const Message& request) {
    const Bytes& text = request.blobs.at(0);
    return Module::load(*worker.session, std::string(reinterpret_cast<const char*>(text.data()), text.size()));
}

/// Of a worker that does nothing else: see kernel_code.h.
Message code_reply(Worker& worker, const Message& request) {
    const auto module = load_module(worker, request);
    if (!module) {
        return fault_reply(*worker.session, module.error());
    }
    return {json::object(), make_code(*worker.session, *module, shapes_from_json(request.header.at("shapes")))};
}

Message load(Worker& worker, const Message& request) {
    auto module = load_module(worker, request);
    if (!module) {
        return fault_reply(*worker.session, module.error());
    }
    worker.modules.push_back(std::make_unique<Module>(std::move(*module)));
    return {json{{"module", worker.modules.size() - 1}}, {}};
}

Result<plan::LaunchPlan> read_plan(const Bytes& text) {
    const auto* const begin = reinterpret_cast<const char*>(text.data());
    return plan::from_json(json::parse(begin, begin + text.size()));
}

Result<Message> prepare(Worker& worker, const Message& request) {
    auto plan = read_plan(request.blobs.at(0));
    if (!plan) {
        return std::unexpected(plan.error());
    }
    const Module& module = *worker.modules.at(request.header.at("module").get<std::size_t>());
    // Behind the plan.
    adopt_code(*worker.session, module, shapes_from_json(request.header.at("shapes")),
               std::span(request.blobs).subspan(1));
    auto prepared = PreparedPlan::prepare(*worker.session, module, std::move(*plan));
    if (!prepared) {
        return fault_reply(*worker.session, prepared.error());
    }
    worker.plans.push_back(std::move(*prepared));
    return Message{json{{"plan", worker.plans.size() - 1}}, {}};
}

Message images_reply(Worker& worker, PreparedPlan& plan) {
    auto images = plan.read_images();
    if (!images) {
        return fault_reply(*worker.session, images.error());
    }
    return {json::object(), std::move(*images)};
}

std::vector<verify::InputChange> read_changes(const Bytes& blob) {
    std::vector<verify::InputChange> changes(blob.size() / sizeof(verify::InputChange));
    std::memcpy(changes.data(), blob.data(), changes.size() * sizeof(verify::InputChange));
    return changes;
}

/// The timed runs of one sample: each finds other inputs, fresh poison, and a cold cache.
Message time_reply(Worker& worker, PreparedPlan& plan, const Message& request) {
    const json& header = request.header;
    const auto changes = read_changes(request.blobs.at(0));
    auto next = changes.begin();
    double seconds = 0;
    const auto runs = header.at("runs").get<unsigned>();
    for (unsigned run = 0; run < runs; ++run) {
        DeviceResult<> ready;
        for (; ready && next != changes.end() && next->run == run; ++next) {
            ready = plan.change(*next);
        }
        if (ready) {
            ready = plan.poison(header.at("zone").get<std::uint8_t>(), header.at("poison").get<std::uint8_t>());
        }
        if (!ready) {
            return fault_reply(*worker.session, ready.error());
        }
        const auto taken = plan.time([&] { (*worker.flush)(); });
        if (!taken) {
            return fault_reply(*worker.session, taken.error());
        }
        seconds += *taken;
    }
    return {json{{"seconds", seconds}}, {}};
}

/// One run with everything counted. Its outputs are nobody's concern.
Message profile_reply(Worker& worker, PreparedPlan& plan, [[maybe_unused]] const json& request) {
    auto done = plan.poison(0, 0xFF);
#if ASSAY_VGPU
    const bool accesses = request.at("accesses").get<bool>();
    vgpu::set_counting(accesses ? vgpu::Counting::Accesses : vgpu::Counting::Blocks);
    if (accesses) {
        vgpu::start_footprints(memory_objects(plan, request.at("names").get<std::vector<std::string>>()));
    }
    done = done ? plan.run() : done;
    vgpu::set_counting(vgpu::Counting::Off);
    const auto touched = vgpu::stop_footprints();
    if (done) {
        return {json{{"profile", to_json(vgpu::take_profiles(), touched, request.at("source"))}}, {}};
    }
#endif
    return done ? Message{} : fault_reply(*worker.session, done.error());
}

Message sanitize_reply(Worker& worker, PreparedPlan& plan, const json& request) {
    auto result = sanitize(plan, request.at("names").get<std::vector<std::string>>(), request.at("source"),
                           std::chrono::milliseconds(request.at("limit").get<std::int64_t>()));
    return result ? Message{json{{"sanitized", std::move(*result)}}, {}} : fault_reply(*worker.session, result.error());
}

void set_adverse([[maybe_unused]] bool adverse) {
#if ASSAY_VGPU
    vgpu::set_adverse(adverse);
#endif
}

/// One checked run. An adverse one is what vgpu.h says, and its buffers lie at the edges of what is accessible.
Message run_reply(Worker& worker, PreparedPlan& plan, const json& header) {
    const bool adverse = header.at("adverse").get<bool>();
    DeviceResult<> done = adverse ? plan.place_at_edge(true) : DeviceResult<>();
    if (done) {
        done = plan.poison(header.at("zone").get<std::uint8_t>(), header.at("poison").get<std::uint8_t>());
    }
    if (done) {
        set_adverse(adverse);
        done = plan.run();
        set_adverse(false);
    }
    if (!done) {
        return fault_reply(*worker.session, done.error());
    }
    Message images = images_reply(worker, plan);
    if (adverse) {
        if (const auto back = plan.place_at_edge(false); !back) {
            return fault_reply(*worker.session, back.error());
        }
    }
    return images;
}

/// Begins a run in segments: what `run` and `time` do before theirs. Such a run may use other modules than the plan's
/// own, those of library operators, whose variables a kernel can reach like any memory of its context.
Message restart_reply(Worker& worker, PreparedPlan& plan, const Message& request) {
    plan.restart();
    DeviceResult<> ready;
    for (const auto& module : worker.modules) {
        ready = ready ? module->reset() : ready;
    }
    for (const verify::InputChange& change : read_changes(request.blobs.at(0))) {
        ready = ready ? plan.change(change) : ready;
    }
    const json& header = request.header;
    worker.adverse = header.at("adverse").get<bool>();
    ready = ready ? plan.place_at_edge(worker.adverse) : ready;
    ready = ready ? plan.poison(header.at("zone").get<std::uint8_t>(), header.at("poison").get<std::uint8_t>()) : ready;
    return ready ? Message{json::object(), {}} : fault_reply(*worker.session, ready.error());
}

/// Runs the next segment.
Result<Message> extend_reply(Worker& worker, PreparedPlan& plan, const Message& request) {
    auto segment = read_plan(request.blobs.at(0));
    if (!segment) {
        return std::unexpected(segment.error());
    }
    std::vector<const Module*> modules;
    for (const json& module : request.header.at("modules")) {
        modules.push_back(worker.modules.at(module.get<std::size_t>()).get());
    }
    if (auto extended = plan.extend(std::move(*segment), modules); !extended) {
        return fault_reply(*worker.session, extended.error());
    }
    const bool cold = request.header.at("cold").get<bool>();
    set_adverse(worker.adverse);
    auto done = plan.advance([&] {
        if (cold) {
            (*worker.flush)();
        }
    });
    set_adverse(false);
    if (!done) {
        return fault_reply(*worker.session, done.error());
    }
    return Message{json{{"seconds", done->seconds}}, {std::move(done->read)}};
}

/// The requests that name a prepared plan.
Result<Message> with_plan(Worker& worker, const std::string& op, const Message& request) {
    const json& header = request.header;
    const auto index = header.at("plan").get<std::size_t>();
    PreparedPlan& plan = *worker.plans.at(index);
    DeviceResult<> done;
    if (op == "inputs") {
        done = plan.write_inputs(request.blobs);
    } else if (op == "time") {
        return time_reply(worker, plan, request);
    } else if (op == "profile") {
        return profile_reply(worker, plan, header);
    } else if (op == "sanitize") {
        return sanitize_reply(worker, plan, header);
    } else if (op == "run") {
        return run_reply(worker, plan, header);
    } else if (op == "images") {
        return images_reply(worker, plan);
    } else if (op == "restart") {
        return restart_reply(worker, plan, request);
    } else if (op == "extend") {
        return extend_reply(worker, plan, request);
    } else {
        worker.plans[index].reset();
    }
    return done ? Message{json::object(), {}} : fault_reply(*worker.session, done.error());
}

Message notes() {
#if ASSAY_VGPU
    return {json{{"fallbacks", vgpu::take_fallbacks()}, {"output", vgpu::take_output()}}, {}};
#else
    return {json{{"fallbacks", json::array()}, {"output", ""}}, {}};
#endif
}

Result<Message> answer(Worker& worker, const Message& request) {
    const auto op = request.header.at("op").get<std::string>();
    if (op == "probe") {
        const auto runs = run_trivial_kernel(*worker.session);
        return runs ? Result<Message>(Message{}) : std::unexpected(runs.error());
    }
    if (op == "load") {
        return load(worker, request);
    }
    if (op == "prepare") {
        return prepare(worker, request);
    }
    if (op == "code") {
        return code_reply(worker, request);
    }
    if (op == "notes") {
        return notes();
    }
    return with_plan(worker, op, request);
}

} // namespace

json to_json(const driver::DeviceDescription& d) {
    return {{"kind", d.kind},
            {"name", d.name},
            {"clock", d.clock},
            {"compute_major", d.compute_major},
            {"compute_minor", d.compute_minor},
            {"multiprocessors", d.multiprocessors},
            {"l2_bytes", d.l2_bytes},
            {"memory_bytes", d.memory_bytes},
            {"driver_version", d.driver_version},
            {"max_threads_per_block", d.max_threads_per_block},
            {"max_shared_per_block", d.max_shared_per_block},
            {"max_shared_optin", d.max_shared_optin}};
}

driver::DeviceDescription description_from_json(const json& j) {
    driver::DeviceDescription d;
    d.kind = j.at("kind");
    d.name = j.at("name");
    d.clock = j.at("clock");
    d.compute_major = j.at("compute_major");
    d.compute_minor = j.at("compute_minor");
    d.multiprocessors = j.at("multiprocessors");
    d.l2_bytes = j.at("l2_bytes");
    d.memory_bytes = j.at("memory_bytes");
    d.driver_version = j.at("driver_version");
    d.max_threads_per_block = j.at("max_threads_per_block");
    d.max_shared_per_block = j.at("max_shared_per_block");
    d.max_shared_optin = j.at("max_shared_optin");
    return d;
}

int run_worker(const sandbox::Policy& policy) {
    Worker worker;
    const sandbox::Service service{
        .policy = policy,
        .open = [&worker](const Message& request) { return open(worker, request); },
        .handle = [&worker](const Message& request) -> Result<Message> {
            try {
                return answer(worker, request);
            } catch (const std::exception& error) { // a malformed request: the supervisor's bug, told to it
                return fail(error.what(), "run worker");
            }
        }};
    // A GPU's context does not survive a fork: such a worker is a process from its start, and locks itself.
    return policy.runs_driver ? sandbox::serve_locked(service) : sandbox::serve_children(service);
}

} // namespace assay::eval
