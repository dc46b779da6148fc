// The instructions that public kernels are made of, against the instruction table and against what tests them.
//
// census.txt lists what NVRTC printed for 1018 kernels. The test writes what becomes of each into a table, which must
// be the one that is kept in harness/isa/INSTRUCTIONS.md; `ASSAY_WRITE=1` keeps the new one.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "isa/table.h"
#include "source_dir.h"

namespace assay::isa {
namespace {

namespace fs = std::filesystem;

struct Entry {
    std::string mnemonic, tier;
    int kernels = 0;
};

std::vector<Entry> census() {
    std::ifstream file(source_dir() + "/tests/unit/isa/census.txt");
    std::vector<Entry> entries;
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with('#')) {
            std::istringstream words(line);
            Entry& entry = entries.emplace_back();
            words >> entry.mnemonic >> entry.tier >> entry.kernels;
        }
    }
    return entries;
}

/// "ld.global.u32" as opcode and modifiers; `::` belongs to a modifier.
std::vector<std::string> split(const std::string& mnemonic) {
    std::vector<std::string> words;
    std::istringstream parts(mnemonic);
    for (std::string word; std::getline(parts, word, '.');) {
        words.push_back(word);
    }
    return words;
}

bool is_in_table(const std::string& mnemonic) {
    const std::vector<std::string> words = split(mnemonic);
    const std::span<const std::string> modifiers = std::span(words).subspan(1);
    for (const Form& form : find_forms(words[0], modifiers)) {
        Modifiers mod;
        if (form.opcode != Opcode::Unsupported &&
            match_modifiers(form, modifiers.subspan(form.mnemonic.size() - 1), mod)) {
            return true;
        }
    }
    return false;
}

/// How often the texts of a folder have each mnemonic: in how many files.
class Users {
public:
    Users(const std::string& folder, std::string_view extension) {
        for (const auto& entry : fs::directory_iterator(source_dir() + folder)) {
            if (entry.path().extension() == extension) {
                read(entry.path());
            }
        }
    }
    [[nodiscard]] int of(const std::string& mnemonic) const {
        const auto found = files_.find(mnemonic);
        return found == files_.end() ? 0 : found->second;
    }

private:
    void read(const fs::path& path) {
        std::ifstream file(path);
        std::map<std::string, int> seen;
        for (std::string line; std::getline(file, line);) {
            std::istringstream words(line);
            for (std::string word; words >> word;) {
                if (word.starts_with('@')) { // a guard
                    continue;
                }
                while (word.ends_with(';')) {
                    word.pop_back();
                }
                seen[word] = 1;
            }
        }
        for (const auto& [word, once] : seen) {
            files_[word] += once;
        }
    }
    std::map<std::string, int> files_;
};

std::string table() {
    const Users forms("/tests/unit/isa", ".txt"); // forms.txt and this census itself
    const Users engines("/tests/unit/vgpu/kernels", ".ptx");
    const Users conformance("/tests/conformance/kernels", ".ptx");
    const Users corpus("/tests/unit/ptx/corpus", ".ptx");
    std::string text = "# Instructions\n\nWhat NVRTC 13.0 prints for 1018 public kernels "
                       "(`tests/unit/isa/census.txt`), the most frequent "
                       "first, with what tests it:\nfiles of `tests/unit/ptx/corpus` that are read, of "
                       "`tests/unit/vgpu/kernels` that the "
                       "interpreter runs against plain loops, of\n`tests/conformance/kernels` that both engines run; "
                       "random programs come "
                       "besides. Written by `test_isa`; `ASSAY_WRITE=1` renews it.\nTiers: 0 scalar core, 1 warp, "
                       "atomics, bits, 2 calls, 3 "
                       "matrices and cp.async, 4 what 9.0 added, 5 textures.\n\n| instruction | tier | kernels | taken "
                       "| forms | corpus | "
                       "interpreter | both engines |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n";
    for (const Entry& entry : census()) {
        const std::string& m = entry.mnemonic;
        text += fmt::format("| `{}` | {} | {} | {} | {} | {} | {} | {} |\n", m, entry.tier, entry.kernels,
                            is_in_table(m) ? "yes" : "no", std::max(forms.of(m) - 1, 0), corpus.of(m), engines.of(m),
                            conformance.of(m));
    }
    return text;
}

TEST(Census, EveryInstructionBelowTexturesIsTakenButOne) {
    const std::vector<Entry> entries = census();
    ASSERT_GT(entries.size(), 500U);
    for (const Entry& entry : entries) {
        const bool video = entry.mnemonic == "vabsdiff4.u32.u32.u32.add"; // of one kernel
        EXPECT_EQ(is_in_table(entry.mnemonic), entry.tier != "5" && !video) << entry.mnemonic;
    }
}

TEST(Census, TheTableIsUpToDate) {
    const std::string path = source_dir() + "/harness/isa/INSTRUCTIONS.md";
    const std::string now = table();
    if (const char* write = std::getenv("ASSAY_WRITE"); write != nullptr && *write == '1') {
        std::ofstream(path) << now;
    }
    std::stringstream kept;
    kept << std::ifstream(path).rdbuf();
    EXPECT_EQ(kept.str(), now) << "ASSAY_WRITE=1 renews " << path;
}

} // namespace
} // namespace assay::isa
