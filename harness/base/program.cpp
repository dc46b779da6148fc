#include "base/program.h"

#include <cerrno>
#include <cstring>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace assay {

Result<int> run_program(std::vector<std::string> command) {
    std::vector<char*> pointers;
    for (std::string& word : command) {
        pointers.push_back(word.data());
    }
    pointers.push_back(nullptr);
    pid_t pid = 0;
    if (const int error = ::posix_spawnp(&pid, pointers[0], nullptr, nullptr, pointers.data(), environ); error != 0) {
        return fail(std::strerror(error), command[0]);
    }
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

} // namespace assay
