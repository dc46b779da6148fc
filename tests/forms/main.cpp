// The tests' own main: compiler, planner, importer and runner start this program again as their workers.
#include <gtest/gtest.h>

#include <string_view>

#include "compile/compiler.h"
#include "eval/run_worker.h"
#include "forms/kernelbench.h"
#include "plan/planner.h"
#include "sandbox/policy.h"

int main(int argc, char** argv) {
    if (argc == 3 && std::string_view(argv[1]) == "--worker") {
        const std::string_view role = argv[2];
        return role == "plan"     ? assay::plan::plan_worker()
               : role == "import" ? assay::forms::import_worker()
               : role == "run"    ? assay::eval::run_worker(assay::sandbox::run_virtual_policy)
                                  : assay::compile::compile_worker();
    }
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
