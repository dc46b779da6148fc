#include "vgpu/codegen/pool.h"

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace assay::vgpu::codegen {

namespace {

class Pool {
public:
    ~Pool() {
        {
            const std::scoped_lock lock(mutex_);
            stop_ = true;
        }
        wake_.notify_all();
    }

    void run(unsigned workers, const std::function<void(unsigned)>& work) {
        if (workers <= 1) {
            work(0);
            return;
        }
        const std::scoped_lock one_at_a_time(callers_);
        {
            const std::scoped_lock lock(mutex_);
            while (threads_.size() + 1 < workers) {
                threads_.emplace_back([this, index = static_cast<unsigned>(threads_.size()) + 1] { serve(index); });
            }
            work_ = &work;
            wanted_ = workers;
            running_ = workers - 1;
            ++round_;
        }
        wake_.notify_all();
        work(0);
        std::unique_lock lock(mutex_);
        done_.wait(lock, [this] { return running_ == 0; });
        work_ = nullptr;
    }

private:
    void serve(unsigned index) {
        std::uint64_t seen = 0;
        for (;;) {
            const std::function<void(unsigned)>* work = nullptr;
            {
                std::unique_lock lock(mutex_);
                wake_.wait(lock, [&] { return stop_ || (round_ != seen && work_ != nullptr); });
                if (stop_) {
                    return;
                }
                seen = round_;
                if (index >= wanted_) {
                    continue;
                }
                work = work_;
            }
            (*work)(index);
            const std::scoped_lock lock(mutex_);
            if (--running_ == 0) {
                done_.notify_one();
            }
        }
    }

    std::mutex callers_, mutex_;
    std::condition_variable wake_, done_;
    const std::function<void(unsigned)>* work_ = nullptr;
    unsigned wanted_ = 0, running_ = 0;
    std::uint64_t round_ = 0;
    bool stop_ = false;
    std::vector<std::jthread> threads_; ///< last: joined before the rest goes
};

} // namespace

void run_on_workers(unsigned workers, const std::function<void(unsigned)>& work) {
    static Pool pool;
    pool.run(workers, work);
}

} // namespace assay::vgpu::codegen
