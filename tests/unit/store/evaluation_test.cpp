// The JSON form: everything survives it, and reading says where a document is wrong.
#include "store/evaluation.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <set>

namespace assay::store {
namespace {

using nlohmann::json;

Evaluation full() {
    Evaluation evaluation;
    evaluation.id = "42";
    evaluation.task = "softmax";
    evaluation.task_hash = "abc";
    evaluation.suite = "starter";
    evaluation.candidate = "naïve";
    evaluation.candidate_path = "candidates/a.cu";
    evaluation.candidate_hash = "def";
    evaluation.author = "someone";
    evaluation.origin = {{"model", "m"}, {"sample", 3}};
    evaluation.settings = {{"device", "vgpu"}, {"time", true}};
    evaluation.data_dependent = {{"read_backs", 3}, {"bytes", 12}, {"host_instructions", 90}};
    evaluation.duplicate_of = "41";
    evaluation.library = {"count", "task", "sum"};
    evaluation.status = Status::Incorrect;
    evaluation.findings.push_back({"check", "values", "one\ntwo", "look again", "a.cu", 12, "odd", "normal",
                                   json{{"index", 3}, {"expected", 1.5}}});
    evaluation.findings.push_back({"time", "deadline", "late", "", "", 0, "", "", nullptr});
    evaluation.error_class = "tf32";
    evaluation.max_error = 1.0 / 3;
    auto& timing = evaluation.timing.emplace();
    timing.workload = "small";
    timing.clock = "host";
    timing.pairs = {{1e-3, 2e-3, true}, {1.1e-3, 1.0 / 3, false}};
    timing.speedup = 0.1;
    timing.low = 0.05;
    timing.high = 0.2;
    timing.confidence = 0.99;
    timing.baseline_seconds = 1.05e-3;
    timing.candidate_seconds = 2e-3;
    timing.speed = Speed::Slower;
    timing.stopped = "budget";
    evaluation.device = {{"kind", "vgpu"}, {"name", "vGPU"}};
    evaluation.key = "00112233445566778899aabbccddeeff";
    evaluation.warnings = {"cache was cold"};
    evaluation.stages = {{"compile", 0.25}};
    evaluation.started = "2025-01-01T00:00:00Z";
    evaluation.assay_version = "0.1.0";
    return evaluation;
}

Error error_of(const json& document) {
    const auto read = evaluation_from_json(document);
    EXPECT_FALSE(read);
    return read ? Error{} : read.error();
}

TEST(Names, EveryStatusHasANameOfItsOwnAndASentence) {
    for (int i = 0; i <= static_cast<int>(Status::HarnessError); i++) {
        const auto status = static_cast<Status>(i);
        EXPECT_EQ(status_from(to_string(status)), status);
        EXPECT_EQ(explain(status).back(), '.');
    }
    EXPECT_EQ(to_string(Status::CompileError), "compile_error");
    EXPECT_FALSE(status_from("ok"));
    EXPECT_FALSE(status_from(""));
}

TEST(Names, Speeds) {
    for (const Speed speed : {Speed::Faster, Speed::Slower, Speed::Same, Speed::Undecided}) {
        EXPECT_EQ(speed_from(to_string(speed)), speed);
    }
    EXPECT_EQ(to_string(Speed::Slower), "slower");
    EXPECT_FALSE(speed_from("fast"));
}

TEST(EvaluationJson, EverythingSurvives) {
    const Evaluation written = full();
    const json document = to_json(written);
    EXPECT_EQ(document["schema"], "assay.evaluation/1");
    const auto read = evaluation_from_json(json::parse(document.dump()));
    ASSERT_TRUE(read) << read.error().to_string();
    EXPECT_EQ(to_json(*read), document);
    // The comparison above would not see a field that both directions forget.
    EXPECT_EQ(read->candidate, "naïve");
    EXPECT_EQ(read->status, Status::Incorrect);
    ASSERT_EQ(read->findings.size(), 2U);
    EXPECT_EQ(read->findings[0].detail, "one\ntwo");
    EXPECT_EQ(read->findings[0].line, 12U);
    EXPECT_EQ(read->findings[0].values["expected"], 1.5);
    EXPECT_TRUE(read->findings[1].values.is_null());
    EXPECT_EQ(read->max_error, 1.0 / 3);
    ASSERT_TRUE(read->timing);
    ASSERT_EQ(read->timing->pairs.size(), 2U);
    EXPECT_EQ(read->timing->pairs[1].candidate, 1.0 / 3);
    EXPECT_FALSE(read->timing->pairs[1].baseline_first);
    EXPECT_EQ(read->timing->speed, Speed::Slower);
    EXPECT_EQ(read->timing->stopped, "budget");
    EXPECT_EQ(read->warnings, std::vector<std::string>{"cache was cold"});
    EXPECT_EQ(read->key, written.key);
}

TEST(EvaluationJson, WithoutATiming) {
    Evaluation evaluation = full();
    evaluation.timing.reset();
    const auto read = evaluation_from_json(json::parse(to_json(evaluation).dump()));
    ASSERT_TRUE(read) << read.error().to_string();
    EXPECT_FALSE(read->timing);
}

TEST(EvaluationJson, NumbersThatJsonLacks) {
    const double infinity = std::numeric_limits<double>::infinity();
    Evaluation evaluation = full();
    evaluation.max_error = infinity;
    evaluation.timing->low = -infinity;
    evaluation.timing->speedup = std::nan("");
    evaluation.timing->pairs[0].baseline = std::nan("");
    evaluation.findings[0].values = {{"got", std::nan("")}, {"list", {infinity, 1}}};
    const auto read = evaluation_from_json(json::parse(to_json(evaluation).dump()));
    ASSERT_TRUE(read) << read.error().to_string();
    EXPECT_EQ(read->max_error, infinity);
    EXPECT_EQ(read->timing->low, -infinity);
    EXPECT_TRUE(std::isnan(read->timing->speedup));
    EXPECT_TRUE(std::isnan(read->timing->pairs[0].baseline));
    EXPECT_EQ(read->findings[0].values["got"], "nan");
    EXPECT_EQ(read->findings[0].values["list"][0], "inf");
}

TEST(EvaluationJson, TextsThatAreNoUtf8CanBeDumped) {
    Evaluation evaluation = full();
    evaluation.findings[0].detail = "\xFF\xFE broken";
    evaluation.findings[0].values = {{"a\xC0", "b\xC0"}};
    evaluation.warnings = {"\x80"};
    std::string text;
    ASSERT_NO_THROW(text = to_json(evaluation).dump());
    const auto read = evaluation_from_json(json::parse(text));
    ASSERT_TRUE(read) << read.error().to_string();
    EXPECT_EQ(read->findings[0].detail, "\uFFFD\uFFFD broken");
}

TEST(EvaluationJson, ErrorsNameThePlace) {
    const json good = to_json(full());
    const auto with = [&](const char* pointer, const json& value) {
        json document = good;
        document[json::json_pointer(pointer)] = value;
        return error_of(document).where;
    };
    EXPECT_EQ(with("/status", "fine"), "/status");
    EXPECT_EQ(with("/status", 3), "/status");
    EXPECT_EQ(with("/max_error", "big"), "/max_error");
    EXPECT_EQ(with("/max_error", nullptr), "/max_error");
    EXPECT_EQ(with("/warnings/0", 1), "/warnings/0");
    EXPECT_EQ(with("/findings", json::object()), "/findings");
    EXPECT_EQ(with("/findings/0", "x"), "/findings/0");
    EXPECT_EQ(with("/findings/1/stage", 1), "/findings/1/stage");
    EXPECT_EQ(with("/findings/0/line", -1), "/findings/0/line");
    EXPECT_EQ(with("/findings/0/line", 1ULL << 32), "/findings/0/line");
    EXPECT_EQ(with("/timing/speed", "quick"), "/timing/speed");
    EXPECT_EQ(with("/timing", nullptr), "/timing");
    EXPECT_EQ(with("/timing/pairs/1", json::array({1, 2})), "/timing/pairs/1");
    EXPECT_EQ(with("/timing/pairs/1/1", "x"), "/timing/pairs/1/1");
    EXPECT_EQ(with("/extra~1field", 1), "/extra~1field");
    EXPECT_EQ(with("/findings/0/extra", 1), "/findings/0/extra");
    EXPECT_EQ(error_of(json::array()).where, "");
    EXPECT_EQ(error_of(json::object()).where, "/schema");
}

TEST(EvaluationJson, EveryRequiredFieldIsMissed) {
    const json good = to_json(full());
    const std::set<std::string> optional{"timing",     "sandbox",        "rules",   "origin",  "duplicate_of",
                                         "not_judged", "data_dependent", "library", "settings"};
    for (const auto& [key, value] : good.items()) {
        if (!optional.contains(key)) {
            json document = good;
            document.erase(key);
            EXPECT_EQ(error_of(document).where, "/" + key);
        }
    }
    for (const auto& [key, value] : good["timing"].items()) {
        json document = good;
        document["timing"].erase(key);
        EXPECT_EQ(error_of(document).where, "/timing/" + key);
    }
}

TEST(EvaluationJson, AnotherSchemaIsNamed) {
    json document = to_json(full());
    document["schema"] = "assay.evaluation/2";
    document["new field"] = 1;
    const Error error = error_of(document);
    EXPECT_EQ(error.where, "/schema");
    EXPECT_NE(error.what.find("assay.evaluation/2"), std::string::npos);
    EXPECT_FALSE(error.hint.empty());
}

} // namespace
} // namespace assay::store
