// Host threads that are kept between launches.
#pragma once

#include <functional>

namespace assay::vgpu::codegen {

/// Runs `work(worker)` for worker 0 … workers-1 at the same time, worker 0 on the calling thread, and returns when all
/// have returned. One at a time: a second caller waits.
void run_on_workers(unsigned workers, const std::function<void(unsigned)>& work);

} // namespace assay::vgpu::codegen
