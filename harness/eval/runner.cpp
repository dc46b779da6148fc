#include "eval/runner.h"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <mutex>

#include "eval/run_worker.h"
#include "eval/session.h"
#include "plan/plan_json.h"
#include "sandbox/server.h"
#include "sandbox/text.h"

namespace assay::eval {

namespace {

using nlohmann::json;
using sandbox::Message;

// Of what a worker says, in a result.
constexpr std::size_t longest_text = 8 << 10;
constexpr std::size_t most_fallbacks = 100;

/// What a driver's error code says of a candidate (CUDA Driver API, CUresult).
RunFault judge(const json& fault) {
    const auto code = static_cast<CUresult>(fault.at("code").get<int>());
    const auto kind = fault.at("kind").get<std::string>();
    RunFault result;
    result.message = sandbox::clean_text(fault.at("message").get<std::string>(), longest_text);
    result.line = fault.at("line").get<std::uint32_t>();
    const auto say = [&](store::Status status, std::string check, std::string hint) {
        result.status = status;
        result.check = std::move(check);
        result.hint = std::move(hint);
    };
    switch (code) {
    case CUDA_ERROR_INVALID_VALUE:
    case CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES:
    case CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE:
    case CUDA_ERROR_INVALID_CLUSTER_SIZE:
        say(store::Status::LaunchError, "launch",
            "keep to 1024 threads a block, and raise the dynamic shared memory limit with cudaFuncSetAttribute above "
            "48 KiB");
        break;
    case CUDA_ERROR_ILLEGAL_ADDRESS:
    case CUDA_ERROR_INVALID_ADDRESS_SPACE:
        say(store::Status::MemoryError, "address",
            "a thread reads or writes outside every buffer: check the bounds test and the index arithmetic");
        break;
    case CUDA_ERROR_MISALIGNED_ADDRESS:
        say(store::Status::MemoryError, "alignment",
            "a vector access (float4, ...) needs an address that is a multiple of its size");
        break;
    case CUDA_ERROR_ASSERT:
        say(store::Status::RuntimeError, "assert", "a device assert failed");
        break;
    case CUDA_ERROR_ILLEGAL_INSTRUCTION:
        say(store::Status::RuntimeError, "instruction", "the device does not execute this instruction");
        break;
    case CUDA_ERROR_OUT_OF_MEMORY:
        say(store::Status::ResourceLimit, "memory", "the plan's buffers do not fit the device's memory");
        break;
    case CUDA_ERROR_LAUNCH_TIMEOUT:
        if (kind == "deadlock") {
            say(store::Status::Race, "barrier",
                "threads of a block wait at a barrier that the others never reach: call __syncthreads() on all paths");
        } else {
            say(store::Status::Timeout, "deadline", "the kernel did not end in time");
        }
        break;
    case CUDA_ERROR_LAUNCH_FAILED:
        say(store::Status::RuntimeError, "trap", "the kernel stopped with a trap or an invalid instruction");
        break;
    case CUDA_ERROR_INVALID_PTX:
    case CUDA_ERROR_NO_BINARY_FOR_GPU:
    case CUDA_ERROR_UNSUPPORTED_PTX_VERSION:
    case CUDA_ERROR_INVALID_SOURCE:
    case CUDA_ERROR_INVALID_IMAGE:
        say(store::Status::CompileError, "load", "the device's assembler does not take the PTX");
        break;
    default:
        say(store::Status::RuntimeError, "device", "");
        break;
    }
    const auto kernel = sandbox::clean_text(fault.at("kernel").get<std::string>(), longest_text);
    if (!kernel.empty() && result.message.find(kernel) == std::string::npos) {
        result.message += " in kernel " + kernel;
    }
    return result;
}

RunFault overdue(std::chrono::milliseconds timeout) {
    return {store::Status::Timeout, "deadline",
            fmt::format("no result after {:.1f} s", static_cast<double>(timeout.count()) / 1e3),
            "look for a loop in a kernel that does not end, or for threads that wait for one another", 0};
}

RunFault harness_fault(std::string message) {
    return {store::Status::HarnessError, "worker", std::move(message),
            "run it again; if it stays, it is a fault of assay: please report it", 0};
}

/// A worker whose replies have the wrong form has been taken over, or is of another version.
RunFault senseless_reply() {
    return harness_fault("the run worker's reply made no sense");
}

/// What a caller wants of a reply, or the fault.
template <class Function>
auto pick(RunResult<Message> reply, Function function) -> RunResult<decltype(function(std::move(*reply)))> {
    if (!reply) {
        return std::unexpected(std::move(reply.error()));
    }
    try {
        if constexpr (std::is_void_v<decltype(function(std::move(*reply)))>) {
            return {};
        } else {
            return function(std::move(*reply));
        }
    } catch (const json::exception&) {
        return std::unexpected(senseless_reply());
    }
}

constexpr std::chrono::milliseconds open_timeout{60'000};
/// Beyond what the server has reserved for device memory: code generation, and copies of images.
constexpr std::uint64_t virtual_address_space = 32ull << 30;
/// Of all images of a reply; memory files count as files.
constexpr std::uint64_t image_bytes = 64ull << 30;

/// One for the whole program: what it has loaded is the same for all.
Result<std::shared_ptr<sandbox::Server>> run_server() {
    static std::mutex mutex;
    static std::shared_ptr<sandbox::Server> server;
    const std::scoped_lock lock(mutex);
    if (!server || !server->alive()) {
        auto started = sandbox::Server::start("run", {json{{"device", "vgpu"}}, {}}, open_timeout);
        if (!started) {
            return std::unexpected(started.error());
        }
        server = std::move(*started);
    }
    return server;
}

/// A plan as a blob: what host code uploads may make it longer than a header can be.
Bytes to_bytes(const plan::LaunchPlan& plan) {
    const std::string text = plan::to_json(plan).dump();
    const auto* const data = reinterpret_cast<const std::byte*>(text.data());
    return {data, data + text.size()};
}

struct Virtual {
    sandbox::Worker child;
    json opened; ///< what the server said when it was opened
};

Result<Virtual> spawn_virtual() {
    // A server that has died, or was killed by somebody else, is no candidate's fault: once more.
    for (int attempt = 0;; ++attempt) {
        const auto server = run_server();
        if (!server) {
            return std::unexpected(server.error());
        }
        auto worker = (*server)->spawn({.address_space = virtual_address_space, .file_bytes = image_bytes});
        if (worker) {
            return Virtual{std::move(*worker), (*server)->opened().header};
        }
        if (attempt == 1) {
            return std::unexpected(worker.error());
        }
    }
}

Bytes bytes_of(const std::string& text) {
    const auto* data = reinterpret_cast<const std::byte*>(text.data());
    return {data, data + text.size()};
}
std::vector<Bytes> blobs(Message reply) {
    return std::move(reply.blobs);
}
void nothing(const Message&) {}

} // namespace

Result<Runner> Runner::start(const std::string& device, const std::filesystem::path& cache) {
    if (device == "auto") {
        if (auto gpu = start_gpu("cuda:0"); gpu || !has_vgpu()) {
            return gpu;
        }
    }
    return (device == "auto" || device == "vgpu") && has_vgpu() ? start_virtual(cache) : start_gpu(device);
}

Result<Runner> Runner::start_virtual(const std::filesystem::path& cache) {
    auto worker = spawn_virtual();
    if (!worker) {
        return std::unexpected(worker.error());
    }
    Runner runner(std::move(worker->child), description_from_json(worker->opened.at("device")));
    runner.code_identity_ = worker->opened.at("code").get<std::string>();
    runner.codes_ = runner.code_identity_.empty() ? nullptr : CodeCache::of(cache);
    return runner;
}

/// Has a worker that sees nothing else compile the kernels. Whatever else goes wrong, the worker that was to be spared
/// it meets, and what that means is judged there; but a second worker would wait as long again.
std::vector<Bytes> Runner::make_elsewhere(const std::string& ptx, const std::vector<KernelShape>& shapes,
                                          Timeout timeout, bool& in_time) {
    auto worker = spawn_virtual();
    if (!worker) {
        return {};
    }
    auto reply = worker->child.call({json{{"op", "code"}, {"shapes", to_json(shapes)}}, {bytes_of(ptx)}}, timeout);
    in_time = reply || reply.error().kind != sandbox::CallError::Kind::Timeout;
    const bool made = reply && !sandbox::reply_error(*reply) && !reply->header.contains("fault");
    return made ? std::move(reply->blobs) : std::vector<Bytes>{};
}

Result<Runner> Runner::start_gpu(const std::string& device, const std::string& unlocked) {
    auto worker = sandbox::Worker::start("run-gpu", sandbox::Limits{});
    if (!worker) {
        return std::unexpected(worker.error());
    }
    json open{{"device", device}};
    if (!unlocked.empty()) {
        open["unlocked"] = unlocked;
    }
    const auto reply = worker->call({std::move(open), {}}, open_timeout);
    if (!reply) {
        return fail("the run worker did not start: " + reply.error().to_string(), "device " + device,
                    "see `assay doctor`");
    }
    if (const auto error = sandbox::reply_error(*reply)) {
        return std::unexpected(*error);
    }
    auto description = description_from_json(reply->header.at("device"));
    if (unlocked
            .empty()) { // drivers differ in what they need once they run: better unlocked, and said so, than no device
        const auto probe = worker->call({json{{"op", "probe"}}, {}}, open_timeout);
        const auto error =
            probe ? sandbox::reply_error(*probe) : std::optional(Error{probe.error().to_string(), {}, {}});
        if (error) {
            return start_gpu(device, "the device did not work under it: " + error->what);
        }
    }
    return Runner(std::move(*worker), std::move(description));
}

RunResult<Message> Runner::call(Message request, Timeout timeout) {
    if (!usable_) {
        return std::unexpected(harness_fault("the run worker is gone"));
    }
    auto reply = worker_.call(request, timeout);
    if (!reply) {
        usable_ = false;
        if (reply.error().kind == sandbox::CallError::Kind::Timeout) {
            return std::unexpected(overdue(timeout));
        }
        if (reply.error().kind == sandbox::CallError::Kind::Violation) {
            return std::unexpected(RunFault{
                store::Status::Rejected, "sandbox", reply.error().to_string(),
                "kernels make no system calls: if this one is honest, it is a fault of assay, see `assay doctor`", 0});
        }
        return std::unexpected(harness_fault("the run worker died: " + reply.error().to_string()));
    }
    if (const auto error = sandbox::reply_error(*reply)) {
        return std::unexpected(harness_fault(error->to_string()));
    }
    if (const auto fault = reply->header.find("fault"); fault != reply->header.end()) {
        RunFault judged;
        try {
            judged = judge(*fault);
        } catch (const json::exception&) {
            judged = senseless_reply();
        }
        usable_ = judged.status == store::Status::LaunchError || judged.status == store::Status::ResourceLimit;
        return std::unexpected(std::move(judged));
    }
    return std::move(*reply);
}

RunResult<std::uint32_t> Runner::load(const std::string& ptx, Timeout timeout) {
    return pick(call({json{{"op", "load"}}, {bytes_of(ptx)}}, timeout), [&](const Message& reply) {
        const auto module = reply.header.at("module").get<std::uint32_t>();
        ptx_[module] = ptx;
        return module;
    });
}

RunResult<std::uint32_t> Runner::prepare(std::uint32_t module, const plan::LaunchPlan& plan, Timeout timeout) {
    std::vector<KernelShape> shapes;
    std::vector<Bytes> codes;
    bool in_time = true;
    if (codes_) {
        const std::string& ptx = ptx_.at(module);
        shapes = shapes_of(plan);
        codes = codes_->get(code_identity_, ptx, shapes, [&](const std::vector<KernelShape>& missing) {
            return make_elsewhere(ptx, missing, timeout, in_time);
        });
    }
    if (!in_time) {
        return std::unexpected(overdue(timeout));
    }
    std::vector<Bytes> parts{to_bytes(plan)};
    std::ranges::move(codes, std::back_inserter(parts));
    return pick(
        call({json{{"op", "prepare"}, {"module", module}, {"shapes", to_json(shapes)}}, std::move(parts)}, timeout),
        [](const Message& reply) { return reply.header.at("plan").get<std::uint32_t>(); });
}

RunResult<void> Runner::write_inputs(std::uint32_t plan, const std::vector<Bytes>& inputs, Timeout timeout) {
    return pick(call({json{{"op", "inputs"}, {"plan", plan}}, inputs}, timeout), nothing);
}

RunResult<std::vector<Bytes>> Runner::run(std::uint32_t plan, std::uint8_t zone, std::uint8_t poison, bool adverse,
                                          Timeout timeout) {
    return pick(
        call({json{{"op", "run"}, {"plan", plan}, {"zone", zone}, {"poison", poison}, {"adverse", adverse}}, {}},
             timeout),
        blobs);
}

RunResult<double> Runner::time(std::uint32_t plan, std::uint8_t zone, std::uint8_t poison, unsigned runs,
                               const std::vector<verify::InputChange>& changes, Timeout timeout) {
    const auto* data = reinterpret_cast<const std::byte*>(changes.data());
    return pick(call({json{{"op", "time"}, {"plan", plan}, {"zone", zone}, {"poison", poison}, {"runs", runs}},
                      {Bytes(data, data + changes.size() * sizeof(verify::InputChange))}},
                     timeout),
                [](const Message& reply) { return reply.header.at("seconds").get<double>(); });
}

RunResult<std::vector<Bytes>> Runner::images(std::uint32_t plan, Timeout timeout) {
    return pick(call({json{{"op", "images"}, {"plan", plan}}, {}}, timeout), blobs);
}

RunResult<void> Runner::restart(std::uint32_t plan, std::uint8_t zone, std::uint8_t poison, bool adverse,
                                const std::vector<verify::InputChange>& changes, Timeout timeout) {
    const auto* data = reinterpret_cast<const std::byte*>(changes.data());
    return pick(call({json{{"op", "restart"}, {"plan", plan}, {"zone", zone}, {"poison", poison}, {"adverse", adverse}},
                      {Bytes(data, data + changes.size() * sizeof(verify::InputChange))}},
                     timeout),
                nothing);
}

RunResult<PreparedPlan::Advance> Runner::extend(std::uint32_t plan, const std::vector<std::uint32_t>& modules,
                                                const plan::LaunchPlan& segment, bool cold, Timeout timeout) {
    json header{{"op", "extend"}, {"plan", plan}, {"modules", modules}, {"cold", cold}};
    return pick(call({std::move(header), {to_bytes(segment)}}, timeout), [](Message reply) {
        return PreparedPlan::Advance{reply.header.at("seconds").get<double>(), std::move(reply.blobs.at(0))};
    });
}

RunResult<json> Runner::profile(std::uint32_t plan, const std::vector<std::string>& names, const std::string& source,
                                bool accesses, Timeout timeout) {
    return pick(
        call(
            {json{{"op", "profile"}, {"plan", plan}, {"names", names}, {"source", source}, {"accesses", accesses}}, {}},
            timeout),
        [](const Message& reply) { return reply.header.at("profile"); });
}

RunResult<json> Runner::sanitize(std::uint32_t plan, const std::vector<std::string>& names, const std::string& source,
                                 Timeout timeout) {
    // Before the worker has to be killed, whose findings would be lost.
    const std::int64_t limit = timeout.count() * 9 / 10;
    return pick(
        call({json{{"op", "sanitize"}, {"plan", plan}, {"names", names}, {"source", source}, {"limit", limit}}, {}},
             timeout),
        [](const Message& reply) { return reply.header.at("sanitized"); });
}

RunResult<void> Runner::release(std::uint32_t plan, Timeout timeout) {
    return pick(call({json{{"op", "release"}, {"plan", plan}}, {}}, timeout), nothing);
}

Runner::Notes Runner::take_notes() {
    Notes notes = pick(call({json{{"op", "notes"}}, {}}, Timeout(10'000)), [](const Message& reply) {
                      Notes notes{reply.header.at("fallbacks").get<std::vector<std::string>>(),
                                  reply.header.at("output").get<std::string>(),
                                  {}};
                      notes.fallbacks.resize(std::min(notes.fallbacks.size(), most_fallbacks));
                      for (std::string& fallback : notes.fallbacks) {
                          fallback = sandbox::clean_text(fallback, longest_text);
                      }
                      return notes;
                  }).value_or(Notes{});
    if (codes_) {
        notes.cache = codes_->warnings();
    }
    return notes;
}

} // namespace assay::eval
