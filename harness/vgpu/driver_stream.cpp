// Streams and events. Work is done when it is issued, so a stream is only a valid handle, and an event holds the
// device time (CPU time of copies, memsets and launches so far) at which it was recorded.
#include "vgpu/api.h"

namespace assay::vgpu::api {

namespace {

constexpr unsigned event_flags = CU_EVENT_BLOCKING_SYNC | CU_EVENT_DISABLE_TIMING;

} // namespace

bool is_stream(const Device& device, CUstream stream) {
    return stream == nullptr || stream == CU_STREAM_LEGACY || stream == CU_STREAM_PER_THREAD ||
           device.streams.find(stream) != nullptr;
}

CUresult cuStreamCreate(CUstream* stream, unsigned int flags) {
    return with_context([&](Device& device) {
        if (stream == nullptr || (flags != CU_STREAM_DEFAULT && flags != CU_STREAM_NON_BLOCKING)) {
            return CUDA_ERROR_INVALID_VALUE;
        }
        *stream = device.streams.add(std::make_unique<Stream>());
        return CUDA_SUCCESS;
    });
}

CUresult cuStreamSynchronize(CUstream stream) {
    return with_context(
        [&](Device& device) { return is_stream(device, stream) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE; });
}

CUresult cuStreamDestroy_v2(CUstream stream) {
    return with_context(
        [&](Device& device) { return device.streams.remove(stream) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE; });
}

CUresult cuEventCreate(CUevent* event, unsigned int flags) {
    return with_context([&](Device& device) {
        if (event == nullptr || (flags & ~event_flags) != 0) {
            return CUDA_ERROR_INVALID_VALUE;
        }
        auto created = std::make_unique<Event>();
        created->timed = (flags & CU_EVENT_DISABLE_TIMING) == 0;
        *event = device.events.add(std::move(created));
        return CUDA_SUCCESS;
    });
}

CUresult cuEventRecord(CUevent event, CUstream stream) {
    return with_context([&](Device& device) {
        Event* found = device.events.find(event);
        if (found == nullptr || !is_stream(device, stream)) {
            return CUDA_ERROR_INVALID_HANDLE;
        }
        found->nanoseconds = device.device_time;
        return CUDA_SUCCESS;
    });
}

CUresult cuEventSynchronize(CUevent event) {
    return with_context([&](Device& device) {
        return device.events.find(event) != nullptr ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
    });
}

CUresult cuEventElapsedTime_v2(float* milliseconds, CUevent start, CUevent end) {
    return with_context([&](Device& device) {
        if (milliseconds == nullptr) {
            return CUDA_ERROR_INVALID_VALUE;
        }
        const Event* first = device.events.find(start);
        const Event* last = device.events.find(end);
        const auto usable = [](const Event* event) {
            return event != nullptr && event->timed && event->nanoseconds.has_value();
        };
        if (!usable(first) || !usable(last)) {
            return CUDA_ERROR_INVALID_HANDLE;
        }
        const double nanoseconds = static_cast<double>(*last->nanoseconds) - static_cast<double>(*first->nanoseconds);
        *milliseconds = static_cast<float>(nanoseconds * 1e-6);
        return CUDA_SUCCESS;
    });
}

CUresult cuEventDestroy_v2(CUevent event) {
    return with_context(
        [&](Device& device) { return device.events.remove(event) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE; });
}

} // namespace assay::vgpu::api
