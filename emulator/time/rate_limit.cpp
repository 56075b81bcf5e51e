// See rate_limit.hpp.
#include "emulator/time/rate_limit.hpp"

#include <utility>

namespace diorama {

RateLimit::Verdict RateLimit::ask(std::string_view name, Moment now) {
    auto found = windows_.find(name);
    if (found == windows_.end()) found = windows_.emplace(name, Window{now, 0, 0}).first;
    auto& window = found->second;
    if (now - window.begin >= std::chrono::seconds(1)) {
        window.begin = now;
        window.admitted = 0;
    }
    if (window.admitted == most_) {
        ++window.left_out;
        return {};
    }
    ++window.admitted;
    return {true, std::exchange(window.left_out, 0)};
}

std::map<std::string, std::size_t> RateLimit::left_out() const {
    std::map<std::string, std::size_t> counts;
    for (const auto& [name, window] : windows_) {
        if (window.left_out > 0) counts.emplace(name, window.left_out);
    }
    return counts;
}

RateLimit::Moment RateLimit::machine_now() {
    return std::chrono::steady_clock::now();
}

} // namespace diorama
