// The entry against the task: its existence, its parameters, the widths of what is passed.
#include "plan/signature.h"

#include <bit>

#include "isa/decode.h"
#include "plan/device_space.h"
#include "unit/plan/recording.h"

namespace assay::plan::testing {
namespace {

using tasks::DType;

TEST(Entry, MissingListsWhatThereIs) {
    const PlanError error = error_of("vector_add", "run");
    EXPECT_EQ(error.kind, PlanError::Kind::PlanError);
    EXPECT_NE(error.what.find("there is no function `run`"), std::string::npos) << error.what;
    EXPECT_NE(error.what.find("kernel vector_add(float const*, float const*, float*, int)"), std::string::npos);
    EXPECT_NE(error.what.find("function solve"), std::string::npos) << error.what;
    EXPECT_EQ(error.hint, "write: extern \"C\" void run(const float* A, float* C, int n)");
}

TEST(Entry, MayHaveCppLinkage) {
    const LaunchPlan plan = plan_of("wrong_entry", "solve");
    ASSERT_EQ(plan.steps.size(), 1U);
    EXPECT_TRUE(std::holds_alternative<Launch>(plan.steps.front()));
}

TEST(Entry, IsNoKernel) {
    const PlanError error = error_of("wrong_entry", "kernel_entry");
    EXPECT_NE(error.what.find("`kernel_entry` is a kernel"), std::string::npos) << error.what;
}

TEST(Entry, WithTooFewParametersIsToldWhatIsPassed) {
    const PlanError error = error_of("wrong_entry", "two");
    EXPECT_EQ(error.what, "`two` has 2 parameters, not 3");
    EXPECT_EQ(error.hint,
              "the task `test` passes (const float* A, float* C, int n); a line `// assay: arguments = ...` "
              "names other ones: inputs, outputs, axes, or sums and products of axes");
    EXPECT_EQ(error.line, line_of("wrong_entry", "two"));
    EXPECT_EQ(error.file, "wrong_entry.cu");
}

TEST(Entry, WithAnIntegerForAPointerIsToldWhichParameter) {
    const PlanError error = error_of("wrong_entry", "reversed");
    EXPECT_EQ(error.what, "`reversed` has a parameter 1 of 4 bytes, where `const float* A` is passed");
    EXPECT_EQ(error.line, line_of("wrong_entry", "reversed"));
}

TEST(Entry, ExpectedParametersNameEveryType) {
    const Bind binding = Bind()
                             .input("a", {2}, DType::Float16)
                             .input("b", {2}, DType::BFloat16)
                             .input("labels", {2}, DType::Int64)
                             .output("mask", {2}, DType::Bool)
                             .axis("n", 2)
                             .scalar("eps", DType::Float32, 1e-5)
                             .scalar("k", DType::Int64, 3);
    EXPECT_EQ(expected_parameters(binding),
              "const __half* a, const __nv_bfloat16* b, const long long* labels, bool* mask, "
              "int n, float eps, long long k");
}

/// An entry with parameters of the given sizes.
isa::Function entry_of(std::initializer_list<std::uint32_t> sizes) {
    isa::Function entry;
    entry.name = "solve";
    for (const std::uint32_t bytes : sizes) {
        entry.parameters.push_back({.offset = 0, .bytes = bytes, .alignment = bytes, .name = "p"});
    }
    return entry;
}

std::vector<std::vector<std::byte>> bound(const Bind& binding, std::initializer_list<std::uint32_t> sizes) {
    DeviceSpace device(0);
    auto arguments = bind_arguments(entry_of(sizes), binding, {}, device);
    if (!arguments) {
        ADD_FAILURE() << arguments.error().to_string();
        return {};
    }
    return *arguments;
}

template <class T> T as(const std::vector<std::byte>& bytes) {
    T value{};
    EXPECT_EQ(bytes.size(), sizeof value);
    std::memcpy(&value, bytes.data(), std::min(sizeof value, bytes.size()));
    return value;
}

TEST(Arguments, ScalarsTakeTheWidthThatTheEntryDeclares) {
    const Bind binding = Bind().axis("n", 300).scalar("eps", DType::Float32, 0.1).scalar("alpha", DType::Float64, 0.1);
    auto narrow = bound(binding, {4, 4, 4});
    EXPECT_EQ(as<std::int32_t>(narrow.at(0)), 300);
    EXPECT_EQ(as<float>(narrow.at(1)), 0.1f);
    EXPECT_EQ(as<float>(narrow.at(2)), 0.1f);
    auto wide = bound(binding, {8, 8, 8});
    EXPECT_EQ(as<std::int64_t>(wide.at(0)), 300);
    EXPECT_EQ(as<double>(wide.at(1)), 0.1);
    EXPECT_EQ(as<double>(wide.at(2)), 0.1);
    auto half = bound(Bind().scalar("x", DType::Float16, 1.5).scalar("y", DType::BFloat16, 1.5), {2, 2});
    EXPECT_EQ(as<std::uint16_t>(half.at(0)), 0x3E00);
    EXPECT_EQ(as<std::uint16_t>(half.at(1)), 0x3FC0);
}

TEST(Arguments, ValuesThatDoNotFitAreRefused) {
    DeviceSpace device(0);
    const auto wide = bind_arguments(entry_of({4}), Bind().axis("n", 5e9), {}, device);
    ASSERT_FALSE(wide);
    EXPECT_NE(wide.error().what.find("too narrow for n = 5000000000"), std::string::npos) << wide.error().what;
    const auto odd = bind_arguments(entry_of({12}), Bind().axis("n", 5), {}, device);
    ASSERT_FALSE(odd);
    EXPECT_NE(odd.error().what.find("parameter 1 of 12 bytes, where `int n` is passed"), std::string::npos);
}

TEST(Arguments, AreTheNumberOfElementsWhereAllTensorsHaveAsMany) {
    const Bind flat = Bind().input("x", {6, 7}).output("y", {6, 7}).axis("rows", 6).axis("cols", 7);
    EXPECT_EQ(as<std::int32_t>(bound(flat, {8, 8, 4}).at(2)), 42);
    EXPECT_EQ(as<std::int64_t>(bound(flat, {8, 8, 8}).at(2)), 42);
    EXPECT_EQ(as<std::int32_t>(bound(flat, {8, 8, 4, 4}).at(3)), 7) << "the task's own order comes first";
    DeviceSpace device(0);
    const Bind reduced = Bind().input("x", {6, 7}).output("y", {6}).axis("rows", 6).axis("cols", 7);
    EXPECT_FALSE(bind_arguments(entry_of({8, 8, 4}), reduced, {}, device)) << "rows, columns or both?";
    const Bind scaled =
        Bind().input("x", {6, 7}).output("y", {6, 7}).axis("rows", 6).scalar("scale", DType::Float32, 0.5);
    EXPECT_FALSE(bind_arguments(entry_of({8, 8, 4}), scaled, {}, device)) << "the number or the factor?";
}

TEST(Arguments, MayBeExpressionsOverAxes) {
    const Bind binding = Bind().input("x", {6, 7}).output("y", {6}).axis("rows", 6).axis("cols", 7);
    DeviceSpace device(0);
    const auto arguments =
        bind_arguments(entry_of({4, 8, 8, 4}), binding, {"rows * cols", "y", "x", "(rows + 1) / 2"}, device);
    ASSERT_TRUE(arguments) << arguments.error().to_string();
    EXPECT_EQ(as<std::int32_t>(arguments->at(0)), 42);
    EXPECT_EQ(as<std::int32_t>(arguments->at(3)), 3);
    const auto unknown = bind_arguments(entry_of({4}), binding, {"rows * depth"}, device);
    ASSERT_FALSE(unknown);
    EXPECT_NE(unknown.error().what.find("`rows * depth`"), std::string::npos) << unknown.error().what;
    EXPECT_NE(unknown.error().what.find("depth"), std::string::npos) << unknown.error().what;
}

TEST(Arguments, AnAxisMayBeSixtyFourBitsWide) {
    const LaunchPlan plan = plan_of("wrong_entry", "wide");
    EXPECT_EQ(step<Launch>(plan, 0).grid[0], 1000u);
}

} // namespace
} // namespace assay::plan::testing
