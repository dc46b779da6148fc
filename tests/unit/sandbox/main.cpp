// The test program is its own worker: `test_sandbox --worker ROLE` plays the role that a test asks for.
#include <gtest/gtest.h>
#include <string_view>

int run_role(std::string_view role);

int main(int argc, char** argv) {
    if (argc == 3 && std::string_view(argv[1]) == "--worker") {
        return run_role(argv[2]);
    }
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
