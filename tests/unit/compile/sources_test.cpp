// Sources as language models write them (sources/*.cu): each compiles without a message, and calls only what the
// recorder is documented to answer (harness/compile/headers/README.md).
#include <set>

#include "compile/headers.h"
#include "fixture.h"
#include "source_dir.h"

namespace assay::compile {
namespace {

const std::filesystem::path source_root = source_dir();

std::vector<std::string> all_sources() {
    std::vector<std::string> names;
    for (const auto& file : std::filesystem::directory_iterator(source_root / "tests/unit/compile/sources")) {
        names.push_back(file.path().stem().string());
    }
    std::ranges::sort(names);
    return names;
}

/// The words between backquotes in the page's tables and lists.
const std::set<std::string>& documented_calls() {
    static const std::set<std::string> names = [] {
        std::set<std::string> found;
        std::istringstream page(read_text(source_root / "harness/compile/headers/README.md"));
        std::string outside;
        for (std::string inside; std::getline(page, outside, '`') && std::getline(page, inside, '`');) {
            found.insert(inside);
        }
        return found;
    }();
    return names;
}

/// The functions that PTX declares `.extern`: the name is what stands before the parameters, after the result if any.
std::set<std::string> external_calls(const std::string& ptx) {
    std::set<std::string> names;
    constexpr std::string_view directive = ".extern .func";
    for (auto at = ptx.find(directive); at != ptx.npos; at = ptx.find(directive, at + 1)) {
        auto start = ptx.find_first_not_of(" \t\n", at + directive.size());
        if (ptx.at(start) == '(') {
            start = ptx.find_first_not_of(" \t\n", ptx.find(')', start) + 1);
        }
        names.insert(ptx.substr(start, ptx.find_first_of(" \t\n(;", start) - start));
    }
    return names;
}

class Source : public testing::TestWithParam<std::string> {};

TEST_P(Source, Compiles) {
    Request request;
    request.name = GetParam() + ".cu";
    request.source = read_text(source_root / "tests/unit/compile/sources" / request.name);
    const bool has_curand = std::ranges::any_of(toolkit().include, [](const std::filesystem::path& folder) {
        return std::filesystem::exists(folder / "curand_kernel.h");
    });
    if (!has_curand && request.source.find("<curand") != std::string::npos) {
        GTEST_SKIP() << "this toolkit is the compiler's wheels only: no cuRAND";
    }
    const Compilation compilation = compile(request);
    EXPECT_EQ(to_string(compilation.diagnostics), "");
    EXPECT_EQ(compilation.failure, "");
    ASSERT_TRUE(compilation.ptx);
    EXPECT_TRUE(compilation.ptx->find(".visible .func solve(") != std::string::npos);
    EXPECT_TRUE(compilation.ptx->find(".entry ") != std::string::npos);
    EXPECT_TRUE(compilation.ptx->find("\"" + request.name + "\"") != std::string::npos) << "no .file of that name";
    EXPECT_FALSE(external_calls(*compilation.ptx).empty());
    for (const std::string& name : external_calls(*compilation.ptx)) {
        EXPECT_TRUE(documented_calls().contains(name)) << name << " is called and not documented";
    }
}

INSTANTIATE_TEST_SUITE_P(All, Source, testing::ValuesIn(all_sources()), [](const auto& info) { return info.param; });

TEST(Headers, CompileAlone) {
    EXPECT_GT(virtual_headers().size(), 60U);
    for (const char* standard : {"-std=c++17", "-std=c++20"}) {
        std::set<std::string_view> compiled; // an alias is the same text
        for (const VirtualHeader& header : virtual_headers()) {
            const bool is_slow = header.name.starts_with("cub/"); // sources/cub_block_reduce.cu has it
            // Of libcu++'s, which includes it where it stands, and of Thrust's, whose names tell that libcu++ is used.
            const bool is_part = header.name.starts_with("cuda/") || header.name == "assay/thrust.h";
            if (is_slow || is_part || !compiled.insert(header.text).second) {
                continue;
            }
            Request request;
            request.options = {standard};
            request.source = fmt::format("#include <{0}>\n#include <{0}>\n", header.name);
            const Compilation compilation = compile(request);
            EXPECT_TRUE(compilation.ptx) << header.name << " " << standard;
            EXPECT_EQ(to_string(compilation.diagnostics), "") << header.name << " " << standard;
        }
    }
}

TEST(Headers, OldStyleNamesAreCovered) {
    std::set<std::string_view> names;
    for (const VirtualHeader& header : virtual_headers()) {
        EXPECT_TRUE(names.insert(header.name).second) << header.name << " twice";
        EXPECT_FALSE(header.text.empty()) << header.name;
    }
    for (const char* name : {"stdio.h", "stdlib.h", "math.h", "string.h", "stdint.h", "float.h", "limits.h", "assert.h",
                             "vector", "algorithm", "iostream", "cuda_runtime_api.h", "assay/prelude.h"}) {
        EXPECT_TRUE(names.contains(name)) << name;
    }
    EXPECT_EQ(headers_digest().size(), 64U);
}

TEST(Headers, AnUnusedPreludeLeavesAlmostNothing) {
    const Compilation compilation = compile("__global__ void k(float* x) { *x = 1; }\n");
    ASSERT_TRUE(compilation.ptx);
    EXPECT_LT(compilation.ptx->size(), 2000U) << *compilation.ptx;
}

} // namespace
} // namespace assay::compile
