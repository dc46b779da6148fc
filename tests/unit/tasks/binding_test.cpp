#include "sample_root.h"
#include "tasks/roofline.h"
#include "tasks/task.h"

namespace assay::tasks {
namespace {

using Shape = std::vector<std::int64_t>;

class Bound : public testing::Test {
protected:
    void SetUp() override {
        auto loaded = load(root_.write_task("sample"));
        ASSERT_TRUE(loaded.has_value()) << loaded.error().to_string();
        task_ = std::move(*loaded);
        auto bound = bind(task_, *task_.find_workload("odd"));
        ASSERT_TRUE(bound.has_value()) << bound.error().to_string();
        binding_ = std::move(*bound);
    }

    SampleRoot root_;
    Task task_;
    Binding binding_;
};

TEST_F(Bound, HasShapesOfNumbers) {
    EXPECT_EQ(binding_.task, "sample");
    EXPECT_EQ(binding_.workload, "odd");
    ASSERT_EQ(binding_.inputs.size(), 4u);
    ASSERT_EQ(binding_.outputs.size(), 2u);
    EXPECT_EQ(binding_.inputs[0].shape, (Shape{7, 31}));
    EXPECT_EQ(binding_.inputs[1].shape, (Shape{31}));
    EXPECT_EQ(binding_.outputs[0].shape, (Shape{7, 29, 2}));
    EXPECT_EQ(binding_.outputs[1].shape, (Shape{4}));
    EXPECT_EQ(binding_.outputs[0].elements(), 7 * 29 * 2);
    EXPECT_EQ(binding_.inputs[1].bytes(), 62u);
    EXPECT_EQ(binding_.inputs[3].bytes(), 56u);
}

TEST_F(Bound, NeedsOneTriangleOfStructuredMatrices) {
    Binding::Tensor matrices{.name = "a", .shape = {3, 5, 5}, .distribution = {}};
    EXPECT_EQ(compulsory_bytes(matrices), 300u);
    for (const auto structure :
         {Distribution::Structure::Symmetric, Distribution::Structure::Upper, Distribution::Structure::Lower}) {
        matrices.distribution.structure = structure;
        EXPECT_EQ(compulsory_bytes(matrices), 180u);
        EXPECT_EQ(matrices.bytes(), 300u);
    }
}

TEST_F(Bound, HasBoundsOfNumbers) {
    const auto& x = binding_.inputs[0];
    EXPECT_TRUE(x.has_low && x.has_high);
    EXPECT_EQ(x.low, -8);
    EXPECT_EQ(x.high, 31);
    EXPECT_EQ(binding_.inputs[1].low, -0.25);
    EXPECT_EQ(binding_.inputs[1].high, 0.75);
    EXPECT_EQ(binding_.inputs[2].low, 0);
    EXPECT_EQ(binding_.inputs[2].high, 30);
    EXPECT_FALSE(binding_.inputs[3].has_low || binding_.inputs[3].has_high);
}

TEST_F(Bound, HasEveryParameterInOrder) {
    ASSERT_EQ(binding_.scalars.size(), 5u);
    EXPECT_EQ(binding_.scalars[0].name, "rows");
    EXPECT_EQ(binding_.scalars[0].value, 7);
    EXPECT_TRUE(binding_.scalars[0].axis);
    EXPECT_EQ(binding_.scalars[2].name, "window");
    EXPECT_EQ(binding_.scalars[2].value, 3);
    EXPECT_EQ(binding_.scalars[4].value, -2);
    EXPECT_FALSE(binding_.scalars[4].axis);
}

TEST_F(Bound, RoundsAScalarToItsDType) {
    EXPECT_EQ(binding_.scalars[3].name, "scale");
    EXPECT_EQ(binding_.scalars[3].dtype, DType::Float32);
    EXPECT_EQ(binding_.scalars[3].value, static_cast<double>(0.1F)) << "the oracle must see what the candidate sees";
}

TEST_F(Bound, WidensFloatingPointAlone) {
    const Binding wide = widen(binding_);
    EXPECT_EQ(wide.inputs[0].dtype, DType::Float64);
    EXPECT_EQ(wide.inputs[1].dtype, DType::Float64);
    EXPECT_EQ(wide.inputs[2].dtype, DType::Int32);
    EXPECT_EQ(wide.inputs[3].dtype, DType::Int64);
    EXPECT_EQ(wide.outputs[0].dtype, DType::Float64);
    EXPECT_EQ(wide.outputs[1].dtype, DType::Int32);
    EXPECT_EQ(wide.scalars[0].dtype, binding_.scalars[0].dtype);
    EXPECT_EQ(wide.scalars[3].dtype, DType::Float64);
    EXPECT_EQ(wide.scalars[3].value, binding_.scalars[3].value);
    EXPECT_EQ(wide.inputs[0].shape, binding_.inputs[0].shape);
    EXPECT_EQ(wide.inputs[0].low, binding_.inputs[0].low);
}

TEST_F(Bound, NeedsAValueForEachParameter) {
    Workload workload = *task_.find_workload("odd");
    workload.values.erase("shift");
    const auto bound = bind(task_, workload);
    ASSERT_FALSE(bound.has_value());
    EXPECT_NE(bound.error().what.find("\"shift\""), std::string::npos);
}

} // namespace
} // namespace assay::tasks
