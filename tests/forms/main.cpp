// The tests' own main: compiler and planner start this program again as their workers.
#include <gtest/gtest.h>

#include <string_view>

#include "compile/compiler.h"
#include "plan/planner.h"

int main(int argc, char** argv) {
    if (argc == 3 && std::string_view(argv[1]) == "--worker") {
        return std::string_view(argv[2]) == "plan" ? assay::plan::plan_worker() : assay::compile::compile_worker();
    }
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
