// See command/children.hpp.
#include "emulator/command/children.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace diorama {

TemporaryFolder::TemporaryFolder() {
    path_ = (std::filesystem::temp_directory_path() / "diorama-XXXXXX").string();
    if (mkdtemp(path_.data()) == nullptr)
        throw std::runtime_error("cannot make a folder: " + path_);
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

void ChildRuns::start(
    std::size_t number,
    std::vector<std::string> arguments,
    const std::string& log
) {
    arguments.insert(arguments.begin(), "diorama");
    std::vector<char*> words;
    for (auto& argument : arguments)
        words.push_back(argument.data());
    words.push_back(nullptr);
    const pid_t child = fork();
    if (child < 0) throw std::runtime_error("cannot start a process");
    if (child == 0) {
        // Between fork and exec nothing that allocates.
        const int nothing = open("/dev/null", O_RDWR);
        const int errors = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        dup2(nothing, STDIN_FILENO);
        dup2(nothing, STDOUT_FILENO);
        dup2(errors, STDERR_FILENO);
        execv("/proc/self/exe", words.data());
        _exit(2);
    }
    children_.emplace(child, number);
}

std::optional<ChildRuns::Ended> ChildRuns::wait() {
    int status = 0;
    const pid_t ended = waitpid(-1, &status, 0);
    if (ended < 0 && errno == EINTR) {
        // A Ctrl-C reaches the children by the terminal, a signal to this process does not.
        for (const auto& [child, number] : children_)
            kill(child, SIGTERM);
        return std::nullopt;
    }
    const auto found = children_.find(ended);
    if (found == children_.end()) return std::nullopt;
    Ended result{found->second, {}};
    if (WIFEXITED(status)) result.code = WEXITSTATUS(status);
    children_.erase(found);
    return result;
}

} // namespace diorama
