// PyTorch sources without a module.
//
// `load_inline(cuda_sources=..., functions=["relu_cuda"])` names the functions in Python and writes the PYBIND11_MODULE
// itself; what is kept of such a candidate is often the CUDA source alone. Here the module is written from the text:
// it offers the host functions that take tensors and that no other function of the source calls.
#pragma once

#include <string>
#include <vector>

namespace assay::eval {

/// Names of the functions that such a module offers, in the order of the source; `entry`, if not empty, is among them
/// where it is defined. Empty for a source that is no PyTorch source or has a module.
[[nodiscard]] std::vector<std::string> functions_without_module(const std::string& source,
                                                                const std::string& entry = {});

/// The source with such a module behind it, so that its lines stay what they are. A module of its own gets the names of
/// its functions' parameters (`py::arg("dim")`) where it does not say them.
[[nodiscard]] std::string with_torch_module(const std::string& source, const std::string& entry = {});

} // namespace assay::eval
