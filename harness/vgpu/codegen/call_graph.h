// Which functions of a program call which, and what a call has to keep.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "isa/program.h"

namespace assay::vgpu::codegen {

class CallGraph {
public:
    explicit CallGraph(const isa::Program& program);

    /// True if a call of the function can lead to another call of it.
    [[nodiscard]] bool calls_itself(std::uint32_t function) const { return calls_itself_[function]; }
    /// The functions that an indirect call can mean: those whose address is taken and whose parameters and results are
    /// of the same sizes.
    [[nodiscard]] std::vector<std::uint32_t> candidates(const isa::CallSite& site) const;
    /// The registers whose values are read after the call at this position of the function's body, in order.
    [[nodiscard]] std::vector<std::uint32_t> alive_across(std::uint32_t function, std::uint32_t position);

private:
    const isa::Program& program_;
    std::vector<bool> address_taken_, calls_itself_;                ///< by function
    std::map<std::uint32_t, std::vector<std::vector<bool>>> alive_; ///< by function: before each instruction
};

} // namespace assay::vgpu::codegen
