// Access logs of three kinds, read into the requests that they tell of: to be replayed. Text in,
// requests out; lines that cannot be read are counted, and the first of them is named.
#pragma once

#include "emulator/simulation/scenario.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::simulation {

enum class AccessLogFormat { cloudfront, alb, combined };

struct AccessLog {
    std::vector<LoggedRequest> requests; // by time, counted from the first
    std::uint64_t unreadable = 0;        // lines
    int first_unreadable = 0;            // counted from 1
    std::string reason;                  // why that one
};

// `host` is asked for by requests that do not name one (combined has none).
AccessLog read_access_log(std::string_view text, AccessLogFormat format, const std::string& host);

} // namespace diorama::simulation
