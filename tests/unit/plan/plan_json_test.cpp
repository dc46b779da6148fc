// Plans as JSON and as text.
#include "plan/plan_json.h"

#include <fmt/format.h>

#include "unit/plan/recording.h"

namespace assay::plan::testing {
namespace {

using nlohmann::json;

const char* const sources[] = {"ping_pong", "network", "pointer_arrays", "attributes", "streams", "globals"};

TEST(PlanJson, RoundTripKeepsEverything) {
    for (const std::string name : sources) {
        const LaunchPlan plan = plan_of(name);
        const json written = to_json(plan);
        // Through text, as it is stored.
        auto read = from_json(json::parse(written.dump()));
        ASSERT_TRUE(read) << name << ": " << read.error().to_string();
        EXPECT_EQ(to_json(*read), written) << name;
        EXPECT_EQ(read->steps.size(), plan.steps.size());
        EXPECT_EQ(read->printed, plan.printed);
        EXPECT_EQ(read->host_steps, plan.host_steps);
        EXPECT_EQ(read->attributes.size(), plan.attributes.size());
    }
}

/// A small plan with one step of each kind.
json example() {
    return json::parse(R"({
        "schema": "assay.plan/1", "task": "t", "workload": "w",
        "buffers": [{"role": "input", "index": 0, "name": "A", "bytes": 64},
                    {"role": "output", "index": 0, "name": "C", "bytes": 64},
                    {"role": "scratch", "index": 0, "name": "scratch0", "bytes": 16},
                    {"role": "symbol", "index": 0, "name": "table", "bytes": 8}],
        "steps": [{"fill": [2, 8], "value": 65535, "width": 2, "count": 4, "line": 3},
                  {"copy": [1, 0], "from": [0, 32], "bytes": 32, "line": 4},
                  {"upload": [3, 0], "data": "0000000000000000", "relocations": [[0, 1, 64]], "line": 5},
                  {"launch": "_Z1kPfi", "grid": [1, 2, 3], "block": [4, 5, 6], "cluster": [1, 2, 1], "shared": 7,
                   "cooperative": true, "stream": 9, "parameters": "00000000000000000a000000",
                   "relocations": [[0, 1, 4]], "line": 6}],
        "operators": [{"operator": "copy", "inputs": [{"at": [0, 4], "dtype": "float32", "shape": [2, 3],
                                                       "strides": [1, 2]}],
                       "output": {"at": [1, 0], "dtype": "float16", "shape": [2, 3], "strides": [3, 1]},
                       "numbers": [0.5, "inf", "-inf", "nan"], "position": 2, "steps": 1, "line": 7}],
        "attributes": {"_Z1kPfi": {"max_dynamic_shared": 100}}, "printed": "hello", "host_steps": 11})");
}

TEST(PlanJson, ReadsEveryField) {
    auto read = from_json(example());
    ASSERT_TRUE(read) << read.error().to_string();
    EXPECT_EQ(to_json(*read), example());
    const Fill fill = step<Fill>(*read, 0);
    EXPECT_EQ(fill.destination, (Pointer{2, 8}));
    EXPECT_EQ(fill.width, 2u);
    const Launch launch = step<Launch>(*read, 3);
    EXPECT_EQ(launch.grid, (std::array<std::uint32_t, 3>{1, 2, 3}));
    EXPECT_EQ(launch.cluster, (std::array<std::uint32_t, 3>{1, 2, 1}));
    EXPECT_TRUE(launch.cooperative);
    EXPECT_EQ(launch.stream, 9u);
    EXPECT_EQ(parameter<std::int32_t>(launch, 8), 10);
}

struct Damage {
    const char* where; ///< the JSON pointer of the error
    const char* patch; ///< a JSON patch (RFC 6902)
    const char* what;
};

constexpr Damage damages[] = {
    {"/", R"([{"op": "remove", "path": "/schema"}])", "`schema` is missing"},
    {"/", R"([{"op": "remove", "path": "/steps"}])", "`steps` is missing"},
    {"/", R"([{"op": "replace", "path": "", "value": 3}])", "an object is expected"},
    {"/schema", R"([{"op": "replace", "path": "/schema", "value": "assay.plan/2"}])", "`assay.plan/1` is expected"},
    {"/extra", R"([{"op": "add", "path": "/extra", "value": 1}])", "an unknown field"},
    {"/task", R"([{"op": "replace", "path": "/task", "value": 5}])", "a string is expected"},
    {"/buffers", R"([{"op": "replace", "path": "/buffers", "value": {}}])", "an array is expected"},
    {"/buffers/1/role", R"([{"op": "replace", "path": "/buffers/1/role", "value": "result"}])", "no role"},
    {"/buffers/1/bytes", R"([{"op": "replace", "path": "/buffers/1/bytes", "value": -1}])", "non-negative integer"},
    {"/buffers/0/index", R"([{"op": "replace", "path": "/buffers/0/index", "value": 4294967296}])", "is more than"},
    {"/steps/0", R"([{"op": "replace", "path": "/steps/0", "value": {"sleep": 1}}])", "a step is a launch"},
    {"/steps/0/fill", R"([{"op": "replace", "path": "/steps/0/fill", "value": [4, 0]}])", "there is no buffer 4"},
    {"/steps/0/fill", R"([{"op": "replace", "path": "/steps/0/fill", "value": [2]}])", "an array of 2"},
    {"/steps/0/fill", R"([{"op": "replace", "path": "/steps/0/count", "value": 5}])", "go beyond `scratch0`"},
    {"/steps/0/count", R"([{"op": "replace", "path": "/steps/0/count", "value": 18446744073709551615}])", "counted"},
    {"/steps/0/width", R"([{"op": "replace", "path": "/steps/0/width", "value": 3}])", "1, 2 or 4"},
    {"/steps/0/value", R"([{"op": "replace", "path": "/steps/0/value", "value": 65536}])", "does not fit 2 bytes"},
    {"/steps/0/extra", R"([{"op": "add", "path": "/steps/0/extra", "value": 0}])", "an unknown field"},
    {"/steps/1/from", R"([{"op": "replace", "path": "/steps/1/from", "value": [0, 33]}])", "go beyond `A`"},
    {"/steps/1/copy", R"([{"op": "replace", "path": "/steps/1/copy", "value": [2, 0]}])", "go beyond `scratch0`"},
    {"/steps/2/data", R"([{"op": "replace", "path": "/steps/2/data", "value": "0"}])", "an even number"},
    {"/steps/2/data", R"([{"op": "replace", "path": "/steps/2/data", "value": "0G"}])", "digits 0-9 and a-f"},
    {"/steps/2/upload", R"([{"op": "replace", "path": "/steps/2/data", "value": "000000000000000000"}])", "go beyond"},
    {"/steps/2/relocations/0", R"([{"op": "replace", "path": "/steps/2/relocations/0/0", "value": 1}])",
     "8 bytes at 1"},
    {"/steps/2/relocations/0", R"([{"op": "replace", "path": "/steps/2/relocations/0/2", "value": 65}])",
     "go beyond `C`"},
    {"/steps/3/grid/1", R"([{"op": "replace", "path": "/steps/3/grid/1", "value": 0}])", "at least 1"},
    {"/steps/3/block", R"([{"op": "replace", "path": "/steps/3/block", "value": [1, 1]}])", "an array of 3"},
    {"/steps/3/cooperative", R"([{"op": "replace", "path": "/steps/3/cooperative", "value": 1}])", "true or false"},
    {"/steps/3/relocations/0", R"([{"op": "replace", "path": "/steps/3/relocations/0/0", "value": 5}])",
     "8 bytes at 5"},
    {"/steps/3", R"([{"op": "remove", "path": "/steps/3/shared"}])", "`shared` is missing"},
    {"/operators/0/inputs/0/at", R"([{"op": "replace", "path": "/operators/0/inputs/0/strides/0", "value": 99}])",
     "go beyond `A`"},
    {"/operators/0/inputs/0", R"([{"op": "replace", "path": "/operators/0/inputs/0/strides", "value": [1]}])",
     "different lengths"},
    {"/operators/0/output/dtype", R"([{"op": "replace", "path": "/operators/0/output/dtype", "value": "f"}])",
     "no dtype"},
    {"/operators/0/position", R"([{"op": "replace", "path": "/operators/0/position", "value": 5}])", "is more than"},
    {"/attributes", R"([{"op": "replace", "path": "/attributes", "value": []}])", "an object is expected"},
    {"/attributes/_Z1kPfi", R"([{"op": "replace", "path": "/attributes/_Z1kPfi", "value": {}}])", "is missing"},
};

TEST(PlanJson, NamesWhatIsWrongAndWhere) {
    for (const Damage& damage : damages) {
        const auto read = from_json(example().patch(json::parse(damage.patch)));
        ASSERT_FALSE(read) << damage.patch;
        EXPECT_EQ(read.error().where, damage.where) << damage.patch;
        EXPECT_NE(read.error().what.find(damage.what), std::string::npos) << damage.patch << ": " << read.error().what;
    }
}

TEST(PlanJson, AnyValueAnywhereGivesAPlanOrAnError) {
    const json values[] = {nullptr, true, -1, 1e300, "x", json::array(), json::object(), 18446744073709551615ull};
    const json flat = example().flatten();
    for (const auto& [path, value] : flat.items()) {
        for (json::json_pointer place(path); !place.empty(); place.pop_back()) {
            for (const json& replacement : values) {
                json damaged = example();
                damaged[place] = replacement;
                if (const auto read = from_json(damaged); !read) {
                    EXPECT_FALSE(read.error().where.empty());
                }
            }
        }
    }
}

TEST(PlanText, ShowsBuffersStepsAndArguments) {
    EXPECT_EQ(to_text(plan_of("attributes")),
              fmt::format(
                  "plan of test / only: 2 buffers, 5 steps, {} host instructions\n"
                  "  buffer 0   input   A  3.906 KiB\n"
                  "  buffer 1   output  C  3.906 KiB\n"
                  "  step 0     line 36   launch  big_shared(float const*, float*, int) <<<1, 256, 102400 shared>>> "
                  "(A, C, 1000)\n"
                  "  step 1     line 49   launch  plain(float const*, float*, int, char, double) <<<3, 64x2>>> "
                  "(A, C, 1000, 1, 2.5)\n"
                  "  step 2     line 52   launch  grid_wide(float*, int) <<<132, 128>>> cooperative (C, 1000)\n"
                  "  step 3     line 54   launch  in_pairs(float*) <<<4, 32>>> clusters of 2 (C)\n"
                  "  step 4     line 66   launch  plain(float const*, float*, int, char, double) <<<8, 32>>> clusters "
                  "of 4 (A, C, 1000, 120, 0.5)\n"
                  "  big_shared(float const*, float*, int) may have 102400 bytes of dynamic shared memory\n"
                  "  host code printed:\n"
                  "Assay vGPU 9.0, 132 = 132 processors, 17179869184 bytes, warp 32\n"
                  "2 blocks, 528 x 512, at most 512 threads, 256 static and 102400 dynamic bytes\n",
                  plan_of("attributes").host_steps));
}

TEST(PlanText, ShowsStructsWordByWordAndOffsets) {
    const std::string network = to_text(plan_of("network"));
    EXPECT_NE(network.find("linear(LayerParameters) <<<1, 1024>>> (A, scratch0, 1000, 0, 0, -1.9375)"),
              std::string::npos)
        << network;
    const std::string streams = to_text(plan_of("streams"));
    EXPECT_NE(streams.find("upload  scratch0: 16 bytes"), std::string::npos) << streams;
    EXPECT_NE(streams.find("stream 1 (C+16, A+16, 996)"), std::string::npos) << streams;
    EXPECT_NE(streams.find("fill    scratch1+512: 100 x 1 byte of 0x7f"), std::string::npos) << streams;
    EXPECT_NE(streams.find("copy    scratch1+512 <- A+40: 40 bytes"), std::string::npos) << streams;
    const std::string arrays = to_text(plan_of("pointer_arrays"));
    EXPECT_NE(arrays.find("upload  scratch0: 24 bytes, with 3 pointers"), std::string::npos) << arrays;
}

} // namespace
} // namespace assay::plan::testing
