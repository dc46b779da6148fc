// Sums kept in lower precision: every link of a chain of fp32 sums is rounded.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "ptx/syntax.h"

namespace assay::mutation {

/// Calls `visit` with each list of statements of a body, inner ones after the statement that holds them.
using Visit = std::function<void(std::vector<ptx::Statement>&, std::size_t)>;
void walk(std::vector<ptx::Statement>& statements, const Visit& visit);

/// Registers of 32-bit floating-point sums, joined into chains: sums and copies join the registers that they read and
/// write, and what is joined is one chain, however the compiler has unrolled or renamed it.
class Chains {
public:
    explicit Chains(std::vector<ptx::Statement>& body);

    /// The register that names the chain of a register.
    [[nodiscard]] std::string root(const std::string& name);

private:
    void take(const ptx::Instruction& instruction);

    std::map<std::string, std::string> parents_;
};

/// Whether an instruction is a sum of a chain.
[[nodiscard]] bool is_sum(const ptx::Instruction& instruction);

/// Rounds every sum of the chain that the instruction numbered `at` of the kernel belongs to, to "f16" or "bf16".
void round_chain(ptx::Function& kernel, std::size_t at, const std::string& format);

} // namespace assay::mutation
