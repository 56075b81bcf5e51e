// See child_process.hpp. The script is handed over as a file; the child leads a process group of
// its own, so that killing the group leaves nothing behind, neither when an instance ends nor when
// this process is killed.
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

// Both ends are closed in whatever is started meanwhile.
bool open_pipe(int (&ends)[2]) {
    if (pipe(ends) != 0) return false;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    return true;
}

// Starts a command as the leader of a process group of its own; `input` and `output` become its
// standard streams (-1: none). Zero and errno if it cannot be started.
pid_t start_process(
    std::vector<std::string> command,
    std::vector<std::string> environment,
    int input,
    int output
) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    if (input >= 0)
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    else
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    for (const int stream : {STDOUT_FILENO, STDERR_FILENO}) {
        if (output >= 0)
            posix_spawn_file_actions_adddup2(&actions, output, stream);
        else
            posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_WRONLY, 0);
    }
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
        &attributes,
        POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
    );
    const auto arguments = pointers(command);
    const auto variables = pointers(environment);
    pid_t process = 0;
    const int error = posix_spawnp(
        &process,
        command[0].c_str(),
        &actions,
        &attributes,
        arguments.data(),
        variables.data()
    );
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    errno = error;
    return error == 0 ? process : 0;
}

// Kills a process group when this process ends, even by SIGKILL: a shell that waits for the end of
// a pipe which only we hold open.
class Guard {
public:
    explicit Guard(pid_t group) {
        int ends[2];
        if (!open_pipe(ends)) return;
        process_ = start_process(
            {"/bin/sh", "-c", "read -r _; kill -s KILL -- \"-$1\"", "guard", std::to_string(group)},
            environment_with({}),
            ends[0],
            -1
        );
        close(ends[0]);
        held_ = ends[1];
    }

    ~Guard() {
        if (process_ > 0) {
            kill(process_, SIGKILL);
            waitpid(process_, nullptr, 0);
        }
        if (held_ >= 0) close(held_);
    }

    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

private:
    pid_t process_ = 0;
    int held_ = -1;
};

class RunningScript final : public ChildProcess {
public:
    RunningScript(
        const std::string& script,
        const std::map<std::string, std::string>& environment,
        std::size_t limit
    )
        : limit_(limit) {
        char path[] = "/tmp/diorama-instance-XXXXXX";
        const int file = mkstemp(path);
        if (file < 0 ||
            write(file, script.data(), script.size()) != static_cast<ssize_t>(script.size())) {
            append(std::string("the script cannot be written: ") + std::strerror(errno) + "\n");
            if (file >= 0) close(file);
            return;
        }
        close(file);
        path_ = path;
        run(command_for(script, path_), environment_with(environment));
    }

    ~RunningScript() override {
        guard_.reset();
        // Until it has been waited for, its number is nobody else's: the signal cannot go astray.
        if (process_ > 0) kill(-process_, SIGKILL);
        if (stop_ >= 0) close(stop_);
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
    void run(const std::vector<std::string>& command, std::vector<std::string> environment) {
        int output[2];
        int stop[2];
        if (!open_pipe(output)) return append("no pipe\n");
        if (!open_pipe(stop)) {
            close(output[0]);
            close(output[1]);
            return append("no pipe\n");
        }
        process_ = start_process(command, std::move(environment), -1, output[1]);
        const int error = errno;
        close(output[1]);
        if (process_ == 0) {
            for (const int end : {output[0], stop[0], stop[1]})
                close(end);
            return append(command[0] + ": " + std::strerror(error) + "\n");
        }
        guard_ = std::make_unique<Guard>(process_);
        is_running_ = true;
        stop_ = stop[1];
        reader_ = std::thread([this, source = output[0], stopped = stop[0]] {
            read_until_the_end(source, stopped);
            close(source);
            close(stopped);
            is_running_ = false;
        });
    }

    // To the end of the output, which is when the last of its processes has ended, or until nobody
    // waits for it any more.
    void read_until_the_end(int source, int stopped) {
        char buffer[4096];
        while (true) {
            pollfd sources[] = {{source, POLLIN, 0}, {stopped, POLLIN, 0}};
            if (poll(sources, 2, -1) < 0 && errno != EINTR) return;
            if (sources[1].revents != 0) return;
            if (sources[0].revents == 0) continue;
            const ssize_t count = read(source, buffer, sizeof buffer);
            if (count < 0 && errno == EINTR) continue;
            if (count <= 0) return;
            append(std::string(buffer, static_cast<std::size_t>(count)));
        }
    }

    void append(const std::string& text) {
        const std::lock_guard lock(mutex_);
        output_ += text;
        if (output_.size() > limit_) output_.erase(0, output_.size() - limit_);
    }

    std::size_t limit_;
    std::string path_;
    pid_t process_ = 0;
    std::unique_ptr<Guard> guard_;
    int stop_ = -1; // closed to end the reader
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
