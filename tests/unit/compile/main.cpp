// The test program is its own compile worker, as `assay` is.
#include <gtest/gtest.h>
#include <string_view>

#include "compile/assembler.h"
#include "compile/compiler.h"

int main(int argc, char** argv) {
    if (argc == 3 && std::string_view(argv[1]) == "--worker") {
        return std::string_view(argv[2]) == "assemble" ? assay::compile::assemble_worker()
                                                       : assay::compile::compile_worker();
    }
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
