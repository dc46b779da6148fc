// PTX text: what parses is printed and parsed again, to the same text, and decoded.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "isa/decode.h"
#include "ptx/parser.h"
#include "ptx/printer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto module = assay::ptx::parse(std::string(reinterpret_cast<const char*>(data), size), "fuzz.ptx");
    if (!module) {
        return 0;
    }
    const std::string printed = assay::ptx::print(*module);
    const auto again = assay::ptx::parse(printed, "printed.ptx");
    if (!again || assay::ptx::print(*again) != printed) {
        std::abort();
    }
    (void)assay::isa::decode(*module, "fuzz.ptx");
    return 0;
}
