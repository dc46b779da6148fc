// The tests' own main: the planner starts this program again as its worker.
#include <gtest/gtest.h>

#include <string_view>

#include "plan/planner.h"

int main(int argc, char** argv) {
    if (argc == 3 && std::string_view(argv[1]) == "--worker" && std::string_view(argv[2]) == "plan") {
        return assay::plan::plan_worker();
    }
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
