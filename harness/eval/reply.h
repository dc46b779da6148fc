// Code out of a language model's reply.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace assay::eval {

struct Extracted {
    std::string code;
    std::string how; ///< "code block 2 of 3 (the last with kernel and entry), from line 14"
};

/// What a reply offers as the candidate. Of fenced code blocks (CommonMark, section 4.5) the last one that is whole is
/// taken: one with a kernel and a host entry, or a KernelBench module. Where none is whole, a block with kernels and
/// one with the entry are joined in their order. A reply without fences that is code as it stands is taken as a whole.
/// What stands before a closing `</think>` is no part of the reply. An Error says that there is no code.
[[nodiscard]] Result<Extracted> extract_code(std::string_view reply);

/// Whether a text is a Python source, not CUDA C++.
[[nodiscard]] bool is_python(std::string_view source);

} // namespace assay::eval
