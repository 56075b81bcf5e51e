// This program again, as child processes: a matrix and a swarm run many scenarios beside each
// other, and one that crashes takes nobody with it.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace diorama {

// A folder of our own in the machine's place for such things; gone with everything in it.
class TemporaryFolder {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::string& path() const { return path_; }

    std::string file(std::string_view name) const { return path_ + "/" + std::string(name); }

private:
    std::string path_;
};

class ChildRuns {
public:
    struct Ended {
        std::size_t number = 0;
        std::optional<int> code; // nothing: a signal ended it
    };

    // `arguments` begin with the command; what it says on standard error goes to the file `log`.
    void start(std::size_t number, std::vector<std::string> arguments, const std::string& log);
    // Waits for one; nothing when a signal to this process came first, which is then sent on.
    std::optional<Ended> wait();

    std::size_t count() const { return children_.size(); }

private:
    std::map<pid_t, std::size_t> children_;
};

} // namespace diorama
