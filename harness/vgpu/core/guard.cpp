// Theory of operation of Memory::run_guarded.
//
// Generated code accesses device memory without asking whether anything is allocated there; the inaccessible pages
// answer. One signal handler serves the process. Each thread keeps a chain of the guarded calls that it is in; the
// handler looks at the innermost one and, if the faulting address lies in its region, jumps back into it. Everything
// else (a bug of the harness, a stack overflow) goes to whoever handled the signal before, AddressSanitizer for one, so
// that it stays as fatal and as well reported as without us.
//
// Jumping out of the handler is sound because the fault is synchronous: it comes from an instruction of `work`, which
// holds no lock and owns nothing. The handler runs on its own stack, so that a fault near the end of the thread's stack
// is handled as well.
#include <csetjmp>
#include <csignal>
#include <cstdlib>
#include <mutex>

#include <sys/mman.h>

#include "vgpu/core/memory.h"

namespace assay::vgpu {

namespace {

struct Guard {
    std::uint64_t base = 0, size = 0;
    volatile std::uint64_t fault = 0; ///< the address, set by the handler
    sigjmp_buf resume;
    Guard* outer = nullptr;
};

thread_local Guard* innermost = nullptr;

struct sigaction previous_segv, previous_bus;

void pass_on(int signal, siginfo_t* info, void* context) {
    const struct sigaction& previous = signal == SIGBUS ? previous_bus : previous_segv;
    if ((previous.sa_flags & SA_SIGINFO) != 0) {
        previous.sa_sigaction(signal, info, context);
    } else if (previous.sa_handler == SIG_DFL || previous.sa_handler == SIG_IGN) {
        // The instruction is executed again and ends the process with the right signal.
        sigaction(signal, &previous, nullptr);
    } else {
        previous.sa_handler(signal);
    }
}

void on_fault(int signal, siginfo_t* info, void* context) {
    const auto address = reinterpret_cast<std::uint64_t>(info->si_addr);
    Guard* guard = innermost;
    if (guard != nullptr && address - guard->base < guard->size) {
        guard->fault = address;
        siglongjmp(guard->resume, 1);
    }
    pass_on(signal, info, context);
}

void install_handler() {
    static std::once_flag once;
    std::call_once(once, [] {
        struct sigaction action = {};
        action.sa_sigaction = on_fault;
        action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
        sigemptyset(&action.sa_mask);
        sigaction(SIGSEGV, &action, &previous_segv);
        sigaction(SIGBUS, &action, &previous_bus);
    });
}

/// Gives the thread a signal stack unless it has one, and takes it back when the thread ends.
class SignalStack {
public:
    SignalStack() {
        stack_t current = {};
        if (sigaltstack(nullptr, &current) != 0 || (current.ss_flags & SS_DISABLE) == 0) {
            return;
        }
        memory_ = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory_ == MAP_FAILED) {
            memory_ = nullptr;
            return; // the handler then runs on the thread's own stack
        }
        stack_t stack = {};
        stack.ss_sp = memory_;
        stack.ss_size = bytes;
        sigaltstack(&stack, nullptr);
    }
    ~SignalStack() {
        if (memory_ != nullptr) {
            stack_t none = {};
            none.ss_flags = SS_DISABLE;
            sigaltstack(&none, nullptr);
            munmap(memory_, bytes);
        }
    }
    SignalStack(const SignalStack&) = delete;
    SignalStack& operator=(const SignalStack&) = delete;

private:
    static constexpr std::size_t bytes = 128ull * 1024; ///< AddressSanitizer's reports need more than SIGSTKSZ
    void* memory_ = nullptr;
};

} // namespace

std::optional<std::uint64_t> Memory::run_guarded(const std::function<void()>& work) const {
    install_handler();
    thread_local const SignalStack stack;

    Guard guard;
    guard.base = base_;
    guard.size = size_ + overhang;
    guard.outer = innermost;
    // The handler does not block its signal (SA_NODEFER), so leaving it by a jump leaves the mask right; saving the
    // mask here would be a system call for each block of a launch.
    if (sigsetjmp(guard.resume, 0) != 0) {
        innermost = guard.outer;
        return guard.fault;
    }
    innermost = &guard;
    try {
        work();
    } catch (...) {
        innermost = guard.outer;
        throw;
    }
    innermost = guard.outer;
    return std::nullopt;
}

} // namespace assay::vgpu
