#include "sandbox/confine.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/prctl.h>
#include <unistd.h>

#include "sandbox/minimal_root.h"
#include "sandbox/namespaces.h"
#include "sandbox/privileges.h"

namespace assay::sandbox {

namespace {

#ifdef __SANITIZE_ADDRESS__
constexpr bool sanitized = true; // reports read /proc, and the shadow memory asks for more than a policy has
#else
constexpr bool sanitized = false;
#endif

/// When memory runs out, the kernel ends workers before anything else of the machine.
void offer_to_the_kernel() {
    const Descriptor file(::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
    [[maybe_unused]] const auto written = ::write(file.get(), "1000", 4);
}

Result<> set_limits_of(const Policy& policy, const Limits& limits, std::uint64_t address_space) {
    if (!set_limits(limits, address_space) || (!policy.starts_threads && !forbid_processes())) {
        return fail(std::string("setrlimit: ") + std::strerror(errno), "limits");
    }
    return {};
}

} // namespace

template <class Work> void Confinement::take(Layer layer, Work work) {
    if (is_switched_off(layer)) {
        layers_.miss(layer, "switched off by ASSAY_WITHOUT_LAYERS");
    } else if (const Result<> taken = work(); taken) {
        layers_.hold(layer);
    } else {
        layers_.miss(layer, taken.error().what);
    }
}

Confinement::Confinement(const Policy& policy) : policy_(policy) {
    offer_to_the_kernel();
    enter_namespaces(layers_, policy.runs_driver || sanitized);
}

void Confinement::close_files(std::vector<Visible> visible) {
    visible_ = std::move(visible);
    address_space_ = address_space_in_use();
    if (layers_.holds(Layer::MinimalRoot)) {
        take(Layer::MinimalRoot, [&] { return enter_minimal_root(visible_); });
    }
    filter_ = SeccompFilter::build(policy_);
    rules_ = LandlockRules::build(visible_);
}

void Confinement::lock(const Limits& limits, bool in_pid_namespace) {
    if (in_pid_namespace) {
        layers_.hold(Layer::PidNamespace);
    } else if (!policy_.runs_driver) {
        layers_.miss(Layer::PidNamespace, is_switched_off(Layer::PidNamespace)
                                              ? "switched off by ASSAY_WITHOUT_LAYERS"
                                              : "clone3 with a new PID namespace is not allowed here");
    }
    take(Layer::Limits, [&] { return set_limits_of(policy_, limits, address_space_); });
    take(Layer::Privileges, [&] {
        const auto forbidden = forbid_new_privileges();
        return forbidden ? drop_privileges(!policy_.runs_driver, visible_) : forbidden;
    });
    ::prctl(PR_SET_PDEATHSIG, SIGKILL); // a change of user has cleared it
    take(Layer::Dumpable, forbid_dumping);
    if (!policy_.makes_code) {
        take(Layer::Mdwe, forbid_new_code);
    }
    take(Layer::Landlock, [&] { return *rules_ ? (*rules_)->install() : std::unexpected(rules_->error()); });
    take(Layer::Seccomp, [&]() -> Result<> {
        if (sanitized) {
            return fail("this is a build with the address sanitizer");
        }
        return *filter_ ? (*filter_)->install() : std::unexpected(filter_->error());
    });
}

void Confinement::give_up(const std::string& reason) {
    for (const Layer layer : {Layer::Limits, Layer::Privileges, Layer::Dumpable, Layer::Landlock, Layer::Seccomp}) {
        layers_.miss(layer, reason);
    }
}

} // namespace assay::sandbox
