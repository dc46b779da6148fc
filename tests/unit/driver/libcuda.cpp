// Filling the table of the real driver, where there is none: every symbol is looked up, what is missing is named.
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "driver/device.h"
#include "driver/libcuda.h"

namespace assay::driver {
namespace {

int some_symbol = 0;

TEST(FillTable, LooksUpEveryFunctionByItsExportedName) {
    Table table;
    std::set<std::string> asked;
    const auto filled = fill_table(table, [&](const char* name) -> void* {
        asked.insert(name);
        return &some_symbol;
    });
    EXPECT_TRUE(filled);
    EXPECT_TRUE(asked.contains("cuInit"));
    EXPECT_TRUE(asked.contains("cuMemAlloc_v2"));
    EXPECT_TRUE(asked.contains("cuLaunchKernel"));
    EXPECT_EQ(asked.size(), sizeof(Table) / sizeof(void*));
#define ASSAY_IS_SET(name) EXPECT_EQ(reinterpret_cast<void*>(table.name), &some_symbol);
    ASSAY_DRIVER_FUNCTIONS(ASSAY_IS_SET)
#undef ASSAY_IS_SET
}

TEST(FillTable, NamesTheFunctionThatIsMissing) {
    Table table;
    const auto filled = fill_table(table, [](const char* name) -> void* {
        return std::string(name) == "cuLaunchKernelEx" ? nullptr : &some_symbol;
    });
    ASSERT_FALSE(filled);
    EXPECT_NE(filled.error().what.find("cuLaunchKernelEx"), std::string::npos) << filled.error().what;
    EXPECT_EQ(filled.error().where, "libcuda.so.1");
}

TEST(FillTable, TakesTheOlderElapsedTime) {
    Table table;
    int older = 0;
    const auto filled = fill_table(table, [&](const char* name) -> void* {
        const std::string text = name;
        if (text == "cuEventElapsedTime_v2") {
            return nullptr;
        }
        return text == "cuEventElapsedTime" ? &older : &some_symbol;
    });
    EXPECT_TRUE(filled);
    EXPECT_EQ(reinterpret_cast<void*>(table.cuEventElapsedTime_v2), &older);
}

TEST(LoadLibcuda, GivesATableOrSaysWhyNot) {
    const auto table = load_libcuda();
    if (table) {
        EXPECT_TRUE(is_libcuda(**table));
    } else {
        EXPECT_EQ(table.error().where, "libcuda.so.1");
        EXPECT_FALSE(table.error().hint.empty());
    }
    EXPECT_EQ(load_libcuda().has_value(), table.has_value());
}

} // namespace
} // namespace assay::driver
