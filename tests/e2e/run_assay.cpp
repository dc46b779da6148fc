#include "e2e/run_assay.h"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

namespace assay::e2e {

namespace fs = std::filesystem;

namespace {

std::string slurp(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

} // namespace

std::vector<nlohmann::json> Outcome::lines() const {
    std::vector<nlohmann::json> documents;
    std::istringstream stream(out);
    for (std::string line; std::getline(stream, line);) {
        documents.push_back(nlohmann::json::parse(line));
    }
    return documents;
}

Outcome run(const std::string& command, const fs::path& folder) {
    const Scratch scratch;
    const fs::path script = scratch.path() / "script";
    std::ofstream(script) << "assay() { " ASSAY_PROGRAM " \"$@\"; }\ncd '" << folder.string() << "'\n"
                          << command << '\n';
    const std::string shell = "bash '" + script.string() + "' >'" + (scratch.path() / "out").string() + "' 2>'" +
                              (scratch.path() / "err").string() + "' </dev/null";
    const int status = std::system(shell.c_str());
    Outcome outcome;
    outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    outcome.out = slurp(scratch.path() / "out");
    outcome.err = slurp(scratch.path() / "err");
    return outcome;
}

Scratch::Scratch() {
    std::string pattern = (fs::temp_directory_path() / "assay-test-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
}

Scratch::~Scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

} // namespace assay::e2e
