// See child_process.hpp. The script is handed over as a file that lasts as long as the process. The
// child leads a process group of its own, so that killing the group leaves nothing behind; when it
// has ended it is kept as a zombie until then, so that no stranger can get its number.
#include "emulator/network/child_process.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <mutex>
#include <poll.h>
#include <spawn.h>
#include <sstream>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

extern char** environ;

namespace diorama::network {

namespace {

std::vector<std::string> command_for(const std::string& script, const std::string& path) {
    if (!script.starts_with("#!")) return {"/bin/sh", path};
    std::istringstream words(script.substr(2, script.find('\n') - 2));
    std::vector<std::string> command;
    for (std::string word; words >> word;)
        command.push_back(word);
    if (command.empty()) command.emplace_back("/bin/sh");
    command.push_back(path);
    return command;
}

std::vector<std::string> environment_with(const std::map<std::string, std::string>& additions) {
    std::vector<std::string> result;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string text(*entry);
        if (!additions.contains(text.substr(0, text.find('=')))) result.push_back(text);
    }
    for (const auto& [name, value] : additions)
        result.push_back(name + "=" + value);
    return result;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (auto& text : texts)
        result.push_back(text.data());
    result.push_back(nullptr);
    return result;
}

class RunningScript final : public ChildProcess {
public:
    RunningScript(
        const std::string& script,
        const std::map<std::string, std::string>& environment,
        std::size_t limit
    )
        : limit_(limit) {
        char path[] = "/tmp/diorama-instance-XXXXXX";
        const int file = mkostemp(path, O_CLOEXEC);
        if (file >= 0) path_ = path;
        if (file < 0 ||
            write(file, script.data(), script.size()) != static_cast<ssize_t>(script.size())) {
            append(std::string("the script cannot be written: ") + std::strerror(errno) + "\n");
            if (file >= 0) close(file);
            return;
        }
        close(file);
        spawn(command_for(script, path_), environment_with(environment));
    }

    ~RunningScript() override {
        if (process_ > 0) {
            kill(-process_, SIGKILL);
            kill(process_, SIGKILL); // it may have left its group
        }
        if (stop_ >= 0) close(stop_); // wakes the reader even if somebody still holds the output
        if (reader_.joinable()) reader_.join();
        if (process_ > 0) waitpid(process_, nullptr, 0);
        if (!path_.empty()) unlink(path_.c_str());
    }

    RunningScript(const RunningScript&) = delete;
    RunningScript& operator=(const RunningScript&) = delete;

    bool is_running() const override { return is_running_; }

    Duration cpu_time() const override {
        // proc(5): fields 14 to 17 of stat are utime, stime, cutime and cstime, in clock ticks.
        std::ifstream file("/proc/" + std::to_string(process_) + "/stat");
        std::string line;
        std::getline(file, line);
        const auto name_end = line.rfind(')');
        if (name_end == std::string::npos) return Duration{};
        std::istringstream fields(line.substr(name_end + 1));
        std::string skipped;
        for (int i = 3; i < 14; ++i)
            fields >> skipped;
        std::int64_t ticks = 0;
        for (int i = 0; i < 4; ++i) {
            std::int64_t value = 0;
            fields >> value;
            ticks += value;
        }
        return std::chrono::nanoseconds(ticks * (1'000'000'000 / sysconf(_SC_CLK_TCK)));
    }

    std::string output() const override {
        const std::lock_guard lock(mutex_);
        return output_;
    }

private:
    void spawn(std::vector<std::string> command, std::vector<std::string> environment) {
        int ends[2];
        int stop[2];
        if (pipe2(ends, O_CLOEXEC) != 0) return append("no pipe\n");
        if (pipe2(stop, O_CLOEXEC) != 0) {
            close(ends[0]);
            close(ends[1]);
            return append("no pipe\n");
        }
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
        posix_spawnattr_t attributes;
        posix_spawnattr_init(&attributes);
        // We ignore SIGPIPE; a program expects its default.
        sigset_t defaults;
        sigemptyset(&defaults);
        sigaddset(&defaults, SIGPIPE);
        posix_spawnattr_setsigdefault(&attributes, &defaults);
        // Nor should it inherit which signals our threads leave to the main one.
        sigset_t none;
        sigemptyset(&none);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setpgroup(&attributes, 0);
        posix_spawnattr_setflags(
            &attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
        const auto arguments = pointers(command);
        const auto variables = pointers(environment);
        const int error = posix_spawnp(
            &process_,
            command[0].c_str(),
            &actions,
            &attributes,
            arguments.data(),
            variables.data()
        );
        posix_spawn_file_actions_destroy(&actions);
        posix_spawnattr_destroy(&attributes);
        close(ends[1]);
        if (error != 0) {
            process_ = 0;
            for (const int end : {ends[0], stop[0], stop[1]})
                close(end);
            return append(command[0] + ": " + std::strerror(error) + "\n");
        }
        is_running_ = true;
        stop_ = stop[1];
        reader_ = std::thread([this, source = ends[0], stopped = stop[0]] {
            read_until_the_end(source, stopped);
            close(source);
            close(stopped);
        });
    }

    void read_until_the_end(int source, int stopped) {
        char buffer[4096];
        while (true) {
            pollfd ready[] = {{source, POLLIN, 0}, {stopped, POLLIN, 0}};
            if (poll(ready, 2, -1) < 0 && errno == EINTR) continue;
            if (ready[1].revents != 0) break;
            const ssize_t count = read(source, buffer, sizeof buffer);
            if (count < 0 && errno == EINTR) continue;
            if (count <= 0) break;
            append(std::string(buffer, static_cast<std::size_t>(count)));
        }
        siginfo_t ignored;
        while (waitid(P_PID, static_cast<id_t>(process_), &ignored, WEXITED | WNOWAIT) < 0 &&
               errno == EINTR) {
        }
        is_running_ = false;
    }

    void append(const std::string& text) {
        const std::lock_guard lock(mutex_);
        output_ += text;
        if (output_.size() > limit_) output_.erase(0, output_.size() - limit_);
    }

    std::size_t limit_;
    std::string path_;
    pid_t process_ = 0;
    int stop_ = -1; // closing it ends the reader
    std::thread reader_;
    std::atomic<bool> is_running_ = false;
    mutable std::mutex mutex_; // guards output_
    std::string output_;
};

} // namespace

std::unique_ptr<ChildProcess> run_script(
    const std::string& script,
    const std::map<std::string, std::string>& environment,
    std::size_t output_limit
) {
    return std::make_unique<RunningScript>(script, environment, output_limit);
}

} // namespace diorama::network
