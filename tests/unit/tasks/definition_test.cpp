// What the loader takes and what it refuses. The bad definitions are data, bad/*.json: each patches good.json (RFC
// 6902), or is a text of its own, and says where the error must point and what it must say.
#include <algorithm>
#include <vector>

#include "sample_root.h"
#include "tasks/task.h"

namespace assay::tasks {
namespace {

using Json = nlohmann::ordered_json;

struct BadCase {
    std::string name;
    Json json;
};

std::vector<BadCase> bad_cases() {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(test_folder / "bad")) {
        files.push_back(entry.path());
    }
    std::ranges::sort(files);
    std::vector<BadCase> cases;
    for (const auto& file : files) {
        for (const Json& json : Json::parse(slurp(file))) {
            cases.push_back({file.stem().string() + "_" + json.at("case").get<std::string>(), json});
        }
    }
    return cases;
}

class BadDefinition : public testing::TestWithParam<BadCase> {};

TEST_P(BadDefinition, IsRefusedWhereItIsWrong) {
    const SampleRoot root;
    const Json& bad = GetParam().json;
    root.write_task("sample");
    const std::string text = bad.contains("text")
                                 ? bad.at("text").get<std::string>()
                                 : Json::parse(slurp(test_folder / "good.json")).patch(bad.at("patch")).dump();
    const auto file = root.write("tasks/level1/sample.json", text);

    const auto task = load(file);

    ASSERT_FALSE(task.has_value());
    EXPECT_EQ(task.error().where, file.string() + bad.at("where").get<std::string>());
    EXPECT_NE(task.error().what.find(bad.at("what").get<std::string>()), std::string::npos) << task.error().to_string();
    EXPECT_NE(task.error().hint.find(bad.value("hint", "")), std::string::npos) << task.error().to_string();
}

INSTANTIATE_TEST_SUITE_P(Data, BadDefinition, testing::ValuesIn(bad_cases()),
                         [](const auto& info) { return info.param.name; });

TEST(Definition, KeepsTheOrderOfTheFile) {
    const SampleRoot root;
    const auto task = load(root.write_task("sample"));
    ASSERT_TRUE(task.has_value()) << task.error().to_string();
    const auto names = [](const auto& entries) {
        std::string all;
        for (const auto& entry : entries) {
            all += entry.name + " ";
        }
        return all;
    };
    EXPECT_EQ(names(task->inputs), "x weight labels order ");
    EXPECT_EQ(names(task->outputs), "y best ");
    EXPECT_EQ(names(task->parameters), "rows cols window scale shift ");
    EXPECT_EQ(names(task->workloads), "odd small full ");
}

TEST(Definition, ReadsEveryField) {
    const SampleRoot root;
    const auto file = root.write_task("sample");
    const auto task = load(file);
    ASSERT_TRUE(task.has_value()) << task.error().to_string();
    EXPECT_EQ(task->name, "sample");
    EXPECT_EQ(task->title, "A definition that uses every field");
    EXPECT_EQ(task->description, "What the cases in bad/ patch into something wrong.");
    EXPECT_EQ(task->category, "math");
    EXPECT_EQ(task->level, 1);
    EXPECT_EQ(task->accepts, ErrorClass::Tf32);
    EXPECT_EQ(task->flops, "2 * rows * cols");
    EXPECT_EQ(task->file, file);
    EXPECT_EQ(task->reference, root.path / "reference/level1/sample.cu");

    const Distribution& normal = task->inputs[0].distribution;
    EXPECT_EQ(normal.kind, Distribution::Kind::Normal);
    EXPECT_EQ(normal.mean, 0.5);
    EXPECT_EQ(normal.stddev, 2);
    EXPECT_EQ(normal.high, "cols");
    EXPECT_EQ(task->inputs[1].dtype, DType::Float16);
    EXPECT_TRUE(normal.nan);
    EXPECT_TRUE(normal.negative_infinity);
    EXPECT_FALSE(normal.infinity);
    EXPECT_EQ(task->inputs[1].distribution.kind, Distribution::Kind::Uniform);
    EXPECT_EQ(task->inputs[2].distribution.kind, Distribution::Kind::Integers);
    EXPECT_EQ(task->inputs[3].distribution.kind, Distribution::Kind::Permutation);

    const Parameter& window = task->parameters[2];
    EXPECT_TRUE(window.axis);
    EXPECT_EQ(window.value, 3);
    const Parameter& shift = task->parameters[4];
    EXPECT_FALSE(shift.axis);
    EXPECT_EQ(shift.dtype, DType::Int32);
    EXPECT_FALSE(shift.value.has_value());

    const Workload* const small = task->find_workload("small");
    ASSERT_NE(small, nullptr);
    EXPECT_TRUE(small->used_for(Use::Check));
    EXPECT_TRUE(small->used_for(Use::TimeVgpu));
    EXPECT_FALSE(small->used_for(Use::TimeGpu));
    EXPECT_EQ(small->values.at("window"), 3);
    EXPECT_EQ(small->values.at("shift"), 3);
    EXPECT_EQ(task->find_workload("large"), nullptr);
}

TEST(Definition, MaySayWhatBecomesOfLibraries) {
    const SampleRoot root;
    root.write_task("sample");
    auto json = Json::parse(slurp(test_folder / "good.json"));
    const auto with = [&](const char* rule) {
        json["library"] = rule;
        return load(root.write("tasks/level1/sample.json", json.dump()));
    };
    EXPECT_EQ(with("allow").value().library, LibraryRule::Allow);
    EXPECT_EQ(with("count").value().library, LibraryRule::Count);
    EXPECT_EQ(with("reject").value().library, LibraryRule::Reject);
    const auto unknown = with("forbid");
    ASSERT_FALSE(unknown);
    EXPECT_NE(unknown.error().to_string().find("unknown rule \"forbid\""), std::string::npos)
        << unknown.error().to_string();
    json.erase("library");
    EXPECT_EQ(load(root.write("tasks/level1/sample.json", json.dump())).value().library, std::nullopt);
}

TEST(Definition, AcceptsTheClassOfTheCoarsestInputByDefault) {
    const SampleRoot root;
    root.write_task("sample");
    const auto accepted = [&](const char* patch) {
        auto json = Json::parse(slurp(test_folder / "good.json"));
        json.erase("accepts");
        const auto task = load(root.write("tasks/level1/sample.json", json.patch(Json::parse(patch)).dump()));
        EXPECT_TRUE(task.has_value());
        return task ? task->accepts : ErrorClass::Wrong;
    };
    EXPECT_EQ(accepted("[]"), ErrorClass::Fp16);
    EXPECT_EQ(accepted(R"([{"op": "replace", "path": "/inputs/weight/dtype", "value": "bfloat16"}])"),
              ErrorClass::Bf16);
    EXPECT_EQ(accepted(R"([{"op": "remove", "path": "/inputs/weight"}])"), ErrorClass::Fp32);
    EXPECT_EQ(accepted(R"([{"op": "remove", "path": "/inputs/weight"}, {"op": "remove", "path": "/inputs/x"}])"),
              ErrorClass::Exact);
}

TEST(Definition, NeedsItsReference) {
    const SampleRoot root;
    const auto file = root.write_task("sample");
    std::filesystem::remove(root.path / "reference/level1/sample.cu");
    const auto task = load(file);
    ASSERT_FALSE(task.has_value());
    EXPECT_EQ(task.error().where, file.string() + "#");
    EXPECT_NE(task.error().what.find("the task has no reference"), std::string::npos);
    EXPECT_NE(task.error().hint.find("reference/level1/sample.cu"), std::string::npos);
}

TEST(Definition, IsNotThere) {
    const SampleRoot root;
    const auto missing = load(root.path / "tasks/level1/none.json");
    ASSERT_FALSE(missing.has_value());
    EXPECT_EQ(missing.error().where, (root.path / "tasks/level1/none.json").string());
    EXPECT_NE(missing.error().what.find("cannot open the file"), std::string::npos);

    std::filesystem::create_directories(root.path / "tasks/level1/folder.json");
    const auto folder = load(root.path / "tasks/level1/folder.json");
    ASSERT_FALSE(folder.has_value());
    EXPECT_NE(folder.error().what.find("cannot"), std::string::npos);
}

} // namespace
} // namespace assay::tasks
