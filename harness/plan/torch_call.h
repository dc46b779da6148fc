// One call of host code to PyTorch: `__assay_torch(operation, arguments, count)` of headers/assay/torch/call.h.
//
// The answers are many and small, so errors are kept in the call, as in a stream: a getter that finds a wrong argument
// notes the first error and gives something harmless back, and whoever made the call looks at the end.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plan/checked.h"
#include "plan/host_memory.h"

namespace assay::plan {

/// As in call.h, number for number.
struct TorchArgument {
    enum class Kind : std::int32_t {
        None,
        Tensor,   ///< `bits`: its number, 0 for the undefined one
        Integer,  ///< `bits`
        Real,     ///< `bits` are those of a double
        Boolean,  ///< `bits`
        Integers, ///< `bits`: the address of `count` int64
        Text,     ///< `bits`: the address of the text
        Tensors,  ///< `bits`: the address of `count` numbers
        Type,     ///< `bits`: PyTorch's number of an element type
        Place,    ///< `bits`: 0 the host, 1 the device
        Reals,    ///< `bits`: the address of `count` doubles
        Slice,    ///< `bits`: the address of begin, end, step; `count`: which are given
    };
    Kind kind = Kind::None;
    std::int32_t count = 0;
    std::uint64_t bits = 0;
};
static_assert(sizeof(TorchArgument) == 16);

class TorchCall {
public:
    TorchCall(std::string operation, std::vector<TorchArgument> arguments, HostMemory& memory)
        : operation_(std::move(operation)), arguments_(std::move(arguments)), memory_(memory) {}

    [[nodiscard]] const std::string& operation() const { return operation_; }
    [[nodiscard]] std::size_t count() const { return arguments_.size(); }
    /// Whether there is such an argument and it is not nullopt.
    [[nodiscard]] bool has(std::size_t index) const { return kind(index) != TorchArgument::Kind::None; }
    [[nodiscard]] TorchArgument::Kind kind(std::size_t index) const {
        return index < arguments_.size() ? arguments_[index].kind : TorchArgument::Kind::None;
    }

    [[nodiscard]] std::uint64_t tensor(std::size_t index);
    [[nodiscard]] std::int64_t integer(std::size_t index);
    [[nodiscard]] double real(std::size_t index); ///< of any number
    [[nodiscard]] std::vector<std::int64_t> integers(std::size_t index);
    [[nodiscard]] std::vector<double> reals(std::size_t index);
    [[nodiscard]] std::vector<std::uint64_t> tensors(std::size_t index);
    [[nodiscard]] std::string text(std::size_t index);
    struct Slice {
        std::optional<std::int64_t> begin, end, step;
    };
    [[nodiscard]] Slice slice(std::size_t index);

    void fail(PlanError error) {
        if (!error_) {
            error_ = std::move(error);
        }
    }
    void fail(std::string what, std::string hint = {}) {
        PlanError error;
        error.what = std::move(what);
        error.hint = std::move(hint);
        fail(std::move(error));
    }
    [[nodiscard]] bool failed() const { return error_.has_value(); }
    [[nodiscard]] const std::optional<PlanError>& error() const { return error_; }

    /// The value, or an empty one and the error noted.
    template <class T> T take(Checked<T> value) {
        if (value) {
            return std::move(*value);
        }
        fail(std::move(value.error()));
        return {};
    }
    void take(Checked<> done) {
        if (!done) {
            fail(std::move(done.error()));
        }
    }

private:
    [[nodiscard]] const TorchArgument& expect(std::size_t index, TorchArgument::Kind kind, const char* name);
    template <class T> [[nodiscard]] std::vector<T> list(const TorchArgument& argument);

    std::string operation_;
    std::vector<TorchArgument> arguments_;
    HostMemory& memory_;
    std::optional<PlanError> error_;
};

} // namespace assay::plan
