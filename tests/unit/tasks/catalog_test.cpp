// What lies below a root, and that what lies below Assay's own is in order.
#include <algorithm>
#include <cstdlib>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sample_root.h"
#include "source_dir.h"
#include "tasks/reference.h"
#include "tasks/task.h"

namespace assay::tasks {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

const fs::path source_root = source_dir();

/// For checks alone, with a first input or output whose elements no warp divides.
bool is_small_and_odd(const Task& task, const Workload& workload) {
    if (!workload.used_for(Use::Check) || workload.used_for(Use::TimeVgpu) || workload.used_for(Use::TimeGpu)) {
        return false;
    }
    const Binding binding = bind(task, workload).value();
    return binding.inputs.front().elements() % 32 != 0 || binding.outputs.front().elements() % 32 != 0;
}

TEST(Catalog, OfAssayHasNoErrors) {
    const auto catalog = load_all(source_root);
    ASSERT_TRUE(catalog.has_value()) << catalog.error().to_string();
    for (const Error& error : catalog->errors) {
        ADD_FAILURE() << error.to_string();
    }
    EXPECT_GE(catalog->tasks.size(), 231u);
    for (const Task& task : catalog->tasks) {
        const auto used = [&](Use use) {
            return std::ranges::count_if(task.workloads, [&](const Workload& w) { return w.used_for(use); });
        };
        EXPECT_GE(used(Use::Check), 3) << task.name;
        EXPECT_GE(used(Use::TimeVgpu), 1) << task.name;
        EXPECT_GE(used(Use::TimeGpu), 1) << task.name;
        const auto odd = [&](const Workload& workload) { return is_small_and_odd(task, workload); };
        EXPECT_GE(std::ranges::count_if(task.workloads, odd), 2) << task.name;
        EXPECT_EQ(task.hash.size(), 64u) << task.name;
        EXPECT_FALSE(task.flops.empty()) << task.name;
    }
}

TEST(Catalog, SortsByLevelAndKeepsGoodTasksBesideBadOnes) {
    const SampleRoot root;
    root.write_task("zeta", 1);
    root.write_task("alpha", 2);
    root.write_task("beta", 1);
    root.write("tasks/level1/broken.json", "{");
    root.write("tasks/notes.json", "not a task: it is in no level");
    const auto catalog = load_all(root.path);
    ASSERT_TRUE(catalog.has_value()) << catalog.error().to_string();
    ASSERT_EQ(catalog->tasks.size(), 3u);
    EXPECT_EQ(catalog->tasks[0].name, "beta");
    EXPECT_EQ(catalog->tasks[1].name, "zeta");
    EXPECT_EQ(catalog->tasks[2].name, "alpha");
    ASSERT_EQ(catalog->errors.size(), 1u);
    EXPECT_NE(catalog->errors[0].where.find("broken.json:1:2"), std::string::npos) << catalog->errors[0].where;
    EXPECT_EQ(catalog->find("alpha")->level, 2);
    EXPECT_EQ(catalog->find("broken"), nullptr);
}

TEST(Catalog, RefusesTheSameNameInTwoLevels) {
    const SampleRoot root;
    root.write_task("same", 1);
    root.write_task("same", 2);
    const auto catalog = load_all(root.path);
    ASSERT_TRUE(catalog.has_value());
    EXPECT_EQ(catalog->tasks.size(), 1u);
    ASSERT_EQ(catalog->errors.size(), 1u);
    EXPECT_NE(catalog->errors[0].what.find("another task is called \"same\" already"), std::string::npos);
}

TEST(Catalog, NeedsAFolder) {
    const auto catalog = load_all("/nonexistent");
    ASSERT_FALSE(catalog.has_value());
    EXPECT_EQ(catalog.error().where, "/nonexistent/tasks");
}

TEST(Suites, OfAssayNameTasksThatExist) {
    const auto catalog = load_all(source_root);
    ASSERT_TRUE(catalog.has_value());
    for (const auto& entry : fs::directory_iterator(source_root / "datasets/suites")) {
        const auto suite = load_suite(source_root, entry.path().stem().string());
        ASSERT_TRUE(suite.has_value()) << suite.error().to_string();
        for (const std::string& name : suite->tasks) {
            EXPECT_NE(catalog->find(name), nullptr) << suite->name << " names " << name;
        }
    }
    EXPECT_EQ(load_suite(source_root, "demo")->tasks.size(), 12u);
}

TEST(Suites, OfAssayHaveEveryTaskThatBelongsToThem) {
    const auto catalog = load_all(source_root);
    ASSERT_TRUE(catalog.has_value());
    std::map<std::string, std::vector<std::string>> suites;
    const auto holds = [&](const std::string& suite, const std::string& task) {
        if (!suites.contains(suite)) {
            const auto loaded = load_suite(source_root, suite);
            EXPECT_TRUE(loaded.has_value()) << loaded.error().to_string();
            suites[suite] = loaded ? loaded->tasks : std::vector<std::string>{};
        }
        return std::ranges::find(suites[suite], task) != suites[suite].end();
    };
    for (const Task& task : catalog->tasks) {
        const std::string& name = task.name;
        EXPECT_TRUE(holds("all", name)) << name;
        EXPECT_TRUE(holds(task.category, name)) << name;
        EXPECT_EQ(holds("level1", name), name.starts_with("kb1_")) << name;
        EXPECT_EQ(holds("level2", name), name.starts_with("kb2_")) << name;
        EXPECT_EQ(holds("robust", name), name.starts_with("rk_")) << name;
        EXPECT_EQ(holds("backward", name), name.ends_with("_backward")) << name;
    }
    EXPECT_EQ(suites["level1"].size(), 100u);
    EXPECT_EQ(suites["level2"].size(), 100u);
    EXPECT_EQ(suites["robust"].size(), 19u);
    EXPECT_EQ(suites["all"].size(), catalog->tasks.size());
}

TEST(Suites, SelectByPrefixAndCategory) {
    const SampleRoot root;
    for (const char* name : {"kb1_b", "kb1_a", "other"}) {
        root.write_task(name);
    }
    const auto names = [&](const std::string& select) {
        root.write("datasets/suites/mine.json", R"({"name": "mine", "title": "Mine", "select": )" + select + "}");
        const auto suite = load_suite(root.path, "mine");
        return suite ? fmt::format("{}", fmt::join(suite->tasks, " ")) : suite.error().to_string();
    };
    EXPECT_EQ(names("{}"), "kb1_a kb1_b other");
    EXPECT_EQ(names(R"({"prefix": "kb1_"})"), "kb1_a kb1_b");
    EXPECT_EQ(names(R"({"prefix": "kb1_", "category": "math"})"), "kb1_a kb1_b");
    EXPECT_NE(names(R"({"category": "pooling"})").find("#/select: no task is selected"), std::string::npos);
    EXPECT_NE(names(R"({"level": 1})").find("#/select/level: unknown field"), std::string::npos);
    EXPECT_NE(names(R"({}, "tasks": ["other"])").find("#/select: \"tasks\" is there already"), std::string::npos);
}

TEST(Suites, AreReadStrictly) {
    const SampleRoot root;
    const auto error = [&](const char* text) {
        root.write("datasets/suites/mine.json", text);
        const auto suite = load_suite(root.path, "mine");
        EXPECT_FALSE(suite.has_value()) << text;
        return suite ? std::string() : suite.error().to_string();
    };
    EXPECT_NE(error(R"({"name": "mine", "title": "Mine", "tasks": []})").find("#/tasks: must not be empty"),
              std::string::npos);
    EXPECT_NE(error(R"({"name": "yours", "title": "Mine", "tasks": ["a"]})").find("#/name"), std::string::npos);
    EXPECT_NE(
        error(R"({"name": "mine", "title": "Mine", "tasks": ["a", "b", "a"]})").find("#/tasks/2: \"a\" stands twice"),
        std::string::npos);
    EXPECT_NE(error(R"({"name": "mine", "title": "Mine", "tasks": ["a"], "p": 1})").find("#/p: unknown field"),
              std::string::npos);

    const auto unknown = load_suite(root.path, "other");
    ASSERT_FALSE(unknown.has_value());
    EXPECT_EQ(unknown.error().what, "no suite is called \"other\"");
    EXPECT_EQ(unknown.error().hint, "known: mine");
}

TEST(Root, IsTheGivenOneOrAnError) {
    const SampleRoot root;
    EXPECT_EQ(find_root(root.path).value(), root.path.lexically_normal());
    const auto wrong = find_root(root.path / "tasks");
    ASSERT_FALSE(wrong.has_value());
    EXPECT_NE(wrong.error().what.find("--root"), std::string::npos);
}

TEST(Root, IsTheEnvironmentsOrTheNearestAbove) {
    const SampleRoot root;
    setenv("ASSAY_ROOT", root.path.c_str(), 1);
    const auto from_environment = find_root();
    setenv("ASSAY_ROOT", "/nonexistent", 1);
    const auto wrong = find_root();
    unsetenv("ASSAY_ROOT");
    EXPECT_EQ(from_environment.value(), root.path.lexically_normal());
    ASSERT_FALSE(wrong.has_value());
    EXPECT_NE(wrong.error().what.find("ASSAY_ROOT"), std::string::npos);
}

TEST(Reference, BringsTheHeadersItIncludes) {
    const SampleRoot root;
    const auto file = root.write_task("sample");
    root.write("reference/level1/sample.cu", "#include \"ops/a.cuh\"\n#include <cuda_fp16.h>\n");
    root.write("reference/ops/a.cuh", "#pragma once\n#include \"ops/b.cuh\"\n");
    root.write("reference/ops/b.cuh", "#pragma once\n#include \"ops/a.cuh\"\n");
    root.write("reference/ops/unused.cuh", "#pragma once\n");
    const auto task = load(file);
    ASSERT_TRUE(task.has_value()) << task.error().to_string();
    const auto source = load_reference(*task);
    ASSERT_TRUE(source.has_value());
    ASSERT_EQ(source->headers.size(), 2u);
    EXPECT_EQ(source->headers.at("ops/b.cuh"), "#pragma once\n#include \"ops/a.cuh\"\n");

    fs::remove(root.path / "reference/ops/b.cuh");
    const auto broken = load(file);
    ASSERT_FALSE(broken.has_value());
    EXPECT_NE(broken.error().what.find("ops/b.cuh"), std::string::npos) << broken.error().to_string();
}

TEST(Reference, AndDefinitionMakeTheHash) {
    const SampleRoot root;
    const auto file = root.write_task("sample");
    const auto hash = [&] { return load(file).value().hash; };
    root.write("reference/level1/sample.cu", "#include \"ops/a.cuh\"\n");
    root.write("reference/ops/a.cuh", "// 1\n");
    const std::string before = hash();
    EXPECT_EQ(hash(), before);
    root.write("reference/ops/unused.cuh", "// 1\n");
    EXPECT_EQ(hash(), before);
    root.write("reference/ops/a.cuh", "// 2\n");
    const std::string other_header = hash();
    EXPECT_NE(other_header, before);
    root.write("reference/level1/sample.cu", "#include \"ops/a.cuh\"\n\n");
    const std::string other_program = hash();
    EXPECT_NE(other_program, other_header);
    root.write("tasks/level1/sample.json", slurp(file) + "\n");
    EXPECT_NE(hash(), other_program);
}

/// The schema is written by hand: what it enumerates must be what the loader knows.
TEST(Schema, EnumeratesWhatTheLoaderKnows) {
    const Json schema = Json::parse(slurp(source_root / "tasks/schema.json"));
    const Json& dtypes = schema.at("/$defs/dtype/enum"_json_pointer);
    for (const Json& name : dtypes) {
        EXPECT_TRUE(dtype_from(name.get<std::string>()).has_value()) << name;
    }
    EXPECT_EQ(dtypes.size(), static_cast<std::size_t>(DType::Bool) + 1);
    const Json& classes = schema.at("/properties/accepts/enum"_json_pointer);
    for (const Json& name : classes) {
        EXPECT_TRUE(error_class_from(name.get<std::string>()).has_value()) << name;
    }
    EXPECT_EQ(classes.size(), static_cast<std::size_t>(ErrorClass::Wrong)) << "all but \"wrong\"";
    const Json& rules = schema.at("/properties/library/enum"_json_pointer);
    for (const Json& name : rules) {
        EXPECT_TRUE(library_rule_from(name.get<std::string>()).has_value()) << name;
    }
    EXPECT_EQ(rules.size(), static_cast<std::size_t>(LibraryRule::Reject) + 1);
    const Json& uses = schema.at("/properties/workloads/items/properties/use/items/enum"_json_pointer);
    for (const Json& name : uses) {
        EXPECT_TRUE(use_from(name.get<std::string>()).has_value()) << name;
    }
    EXPECT_EQ(uses.size(), static_cast<std::size_t>(Use::TimeGpu) + 1);

    const SampleRoot root;
    root.write_task("sample");
    auto definition = Json::parse(slurp(test_folder / "good.json"));
    for (const auto& [field, unused] : definition.items()) {
        EXPECT_TRUE(schema.at("properties").contains(field)) << field;
    }
    EXPECT_EQ(schema.at("properties").size(), definition.size()) << "good.json uses every field";
    for (const Json& category : schema.at("/properties/category/enum"_json_pointer)) {
        definition["category"] = category;
        EXPECT_TRUE(load(root.write("tasks/level1/sample.json", definition.dump())).has_value()) << category;
    }
}

TEST(Names, AreReadAsTheyAreWritten) {
    for (int i = 0; i <= static_cast<int>(DType::Bool); ++i) {
        EXPECT_EQ(dtype_from(to_string(static_cast<DType>(i))), static_cast<DType>(i));
    }
    for (int i = 0; i <= static_cast<int>(ErrorClass::Wrong); ++i) {
        EXPECT_EQ(error_class_from(to_string(static_cast<ErrorClass>(i))), static_cast<ErrorClass>(i));
    }
    for (int i = 0; i <= static_cast<int>(Use::TimeGpu); ++i) {
        EXPECT_EQ(use_from(to_string(static_cast<Use>(i))), static_cast<Use>(i));
    }
    EXPECT_FALSE(dtype_from("float").has_value());
    EXPECT_FALSE(use_from("").has_value());
    EXPECT_EQ(bytes_of(DType::Float64), 8u);
    EXPECT_EQ(bytes_of(DType::BFloat16), 2u);
    EXPECT_TRUE(is_float(DType::BFloat16));
    EXPECT_FALSE(is_float(DType::Bool));
}

} // namespace
} // namespace assay::tasks
