// Every file of the corpus: what is printed parses to an equal tree and prints the same again, whole and in parts, and
// the driver's assembler takes it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>

#include "fixtures.h"
#include "ptx/parser.h"
#include "ptx/printer.h"
#include "same.h"

namespace assay::ptx {

class Corpus : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(Corpus, PrintsWhatItParses) {
    const Module first = must_parse(read_text(GetParam()));
    const std::string printed = print(first);
    const Module second = must_parse(printed);
    ASSERT_EQ(first.items.size(), second.items.size());
    for (std::size_t i = 0; i < first.items.size(); ++i) {
        EXPECT_TRUE(same(first.items[i], second.items[i])) << "item " << i;
    }
    EXPECT_TRUE(same(first, second));
    EXPECT_EQ(print(second), printed);
}

TEST_P(Corpus, EachItemPrintsWithoutTheOthers) {
    const std::size_t count = must_parse(read_text(GetParam())).items.size();
    for (std::size_t keep = 0; keep < count; ++keep) {
        Module module = must_parse(read_text(GetParam()));
        TopLevel item = std::move(module.items[keep]);
        module.items.clear();
        module.items.push_back(std::move(item));
        EXPECT_TRUE(same(must_parse(print(module)), module)) << "item " << keep;
    }
}

TEST_P(Corpus, PrintsWithoutItsFunctions) {
    Module module = must_parse(read_text(GetParam()));
    ASSERT_NE(std::erase_if(module.items, [](const TopLevel& item) { return std::holds_alternative<Function>(item); }),
              0U);
    EXPECT_TRUE(same(must_parse(print(module)), module));
}

TEST_P(Corpus, EveryNodeHasItsPlace) {
    const std::string text = read_text(GetParam());
    const Module module = must_parse(text);
    Position last{1, 1};
    for (const TopLevel& item : module.items) {
        const Position position = std::visit([](const auto& node) { return node.position; }, item);
        // A list of variables shares one place; nothing goes back.
        EXPECT_TRUE(position.line > last.line || (position.line == last.line && position.column >= last.column));
        last = position;
    }
    EXPECT_GT(last.line, 3U);
    EXPECT_LE(last.line, std::count(text.begin(), text.end(), '\n'));
}

#ifdef ASSAY_PTXAS
TEST_P(Corpus, PtxasAcceptsWhatIsPrinted) {
    const Module module = must_parse(read_text(GetParam()));
    const std::string printed = testing::TempDir() + "assay_ptx_" + GetParam().filename().string();
    std::ofstream(printed, std::ios::binary) << print(module);
    const bool debug = std::find(module.targets.begin(), module.targets.end(), "debug") != module.targets.end();
    const std::string command = std::string(ASSAY_PTXAS) + " -c -arch=" + module.targets.at(0) +
                                (debug ? " -g " : " ") + printed + " -o /dev/null";
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
    std::filesystem::remove(printed);
}
#endif

INSTANTIATE_TEST_SUITE_P(Files, Corpus, testing::ValuesIn(corpus_files()),
                         [](const testing::TestParamInfo<std::filesystem::path>& info) {
                             return info.param.stem().string();
                         });

} // namespace assay::ptx
