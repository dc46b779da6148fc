// The tests of the folder; with `--forms`, all of them in one process, and then the question which of the pure forms in
// forms.txt none of them has computed values with. CTest runs it so once (`isa.EveryFormHasValues`).
#include <algorithm>
#include <cctype>
#include <cstring>
#include <fstream>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "source_dir.h"
#include "unit/isa/assemble.h"

namespace assay::isa {
namespace {

/// The mnemonics of forms.txt whose results `evaluate` computes.
std::set<std::string> pure_forms() {
    std::ifstream file(source_dir() + "/tests/unit/isa/forms.txt");
    std::set<std::string> forms;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with('#') || line.empty()) {
            continue;
        }
        std::istringstream words(line);
        std::string opcode, destinations, sources, text;
        words >> opcode >> destinations >> sources;
        std::getline(words >> std::ws, text);
        if (const Instruction instruction = assemble(text); is_pure(instruction)) {
            forms.insert(form_of(instruction));
        }
    }
    return forms;
}

int check_forms() {
    const auto forms = pure_forms();
    const auto& tested = evaluated_forms();
    unsigned missing = 0;
    for (const std::string& form : forms) {
        if (!tested.contains(form)) {
            fmt::print("no test has computed values of `{}`\n", form);
            ++missing;
        }
    }
    fmt::print("{} pure forms, {} without values\n", forms.size(), missing);
    return missing == 0 && !forms.empty() ? 0 : 1;
}

} // namespace
} // namespace assay::isa

int main(int argc, char** argv) {
    const bool forms = argc > 1 && std::strcmp(argv[1], "--forms") == 0;
    testing::InitGoogleTest(&argc, argv);
    const int result = RUN_ALL_TESTS();
    return forms && result == 0 ? assay::isa::check_forms() : result;
}
