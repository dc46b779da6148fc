// Roofline times: bytes and operations over the device's peaks, in the precision that the task allows.
#include "tasks/roofline.h"

#include <gtest/gtest.h>

#include "sample_root.h"
#include "source_dir.h"

namespace assay::tasks {
namespace {

constexpr std::string_view one_device =
    R"({"devices": [{"name": "D", "architecture": "sm_90", "multiprocessors": 2, "memory_gb": 1, "bandwidth_gbs": 10,
                     "fp64": 1, "fp32": 2, "tf32": 4, "fp16": 8, "source": "made up"}]})";

TEST(Roofline, DividesBytesAndOperationsByThePeaks) {
    const SampleRoot root;
    root.write("datasets/devices.json", one_device);
    auto task = load(root.write_task("sample"));
    ASSERT_TRUE(task) << task.error().to_string();
    const auto device = find_device(root.path, "D");
    ASSERT_TRUE(device) << device.error().to_string();
    const auto binding = bind(*task, *task->find_workload("odd"));
    ASSERT_TRUE(binding) << binding.error().to_string();
    // x, weight, labels, order; y, best
    EXPECT_EQ(binding->compulsory_bytes(), 7 * 31 * 4 + 31 * 2 + 7 * 4 + 7 * 8 + 7 * 29 * 2 * 4 + 4 * 4U);
    EXPECT_EQ(binding->flops, 2 * 7 * 31);

    const Roofline half = roofline(*task, *binding, *device); // an input is fp16
    EXPECT_DOUBLE_EQ(half.memory_seconds, static_cast<double>(binding->compulsory_bytes()) / 10e9);
    EXPECT_DOUBLE_EQ(half.compute_seconds, 434 / 8e12);
    EXPECT_EQ(half.seconds(), half.memory_seconds);

    task->inputs[1].dtype = DType::Float32;
    EXPECT_DOUBLE_EQ(roofline(*task, *binding, *device).compute_seconds, 434 / 4e12); // accepts tf32
    task->accepts = ErrorClass::Fp32;
    EXPECT_DOUBLE_EQ(roofline(*task, *binding, *device).compute_seconds, 434 / 2e12);
    task->accepts = ErrorClass::Fp64;
    EXPECT_DOUBLE_EQ(roofline(*task, *binding, *device).compute_seconds, 434 / 1e12);
}

TEST(Devices, OfAssayAreReadable) {
    const auto devices = load_devices(source_dir());
    ASSERT_TRUE(devices) << devices.error().to_string();
    EXPECT_GE(devices->size(), 5U);
    for (const DeviceProfile& device : *devices) {
        EXPECT_LE(device.fp32, device.fp16) << device.name;
    }
}

TEST(Devices, AreReadStrictly) {
    const SampleRoot root;
    const auto missing = load_devices(root.path);
    ASSERT_FALSE(missing);
    EXPECT_NE(missing.error().where.find("devices.json"), std::string::npos);

    std::string zero(one_device);
    zero.replace(zero.find("\"fp32\": 2"), 9, "\"fp32\": 0");
    root.write("datasets/devices.json", zero);
    const auto refused = load_devices(root.path);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().where.find("#/devices/0/fp32"), std::string::npos) << refused.error().to_string();

    root.write("datasets/devices.json", one_device);
    const auto unknown = find_device(root.path, "E");
    ASSERT_FALSE(unknown);
    EXPECT_NE(unknown.error().hint.find("one of D"), std::string::npos) << unknown.error().to_string();
}

} // namespace
} // namespace assay::tasks
