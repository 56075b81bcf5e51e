// At most so many events of a name within a second of the machine's own time, and how many there
// were besides. The log asks it about lines that strangers can cause, so that none of them fills a
// disk, however fast the emulated time runs.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>

namespace diorama {

class RateLimit {
public:
    using Moment = std::chrono::steady_clock::time_point;

    explicit RateLimit(std::size_t most_per_second)
        : most_(most_per_second) {}

    struct Verdict {
        bool is_admitted = false;
        std::size_t left_out = 0; // since the last one that was admitted
    };

    Verdict ask(std::string_view name, Moment now);
    // The names of which some were left out since the last one that was admitted.
    std::map<std::string, std::size_t> left_out() const;

    static Moment machine_now();

private:
    struct Window {
        Moment begin;
        std::size_t admitted = 0;
        std::size_t left_out = 0;
    };

    std::size_t most_;
    std::map<std::string, Window, std::less<>> windows_;
};

} // namespace diorama
