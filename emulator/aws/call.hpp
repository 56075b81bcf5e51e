// One API call as a handler sees it, besides its input: who calls, where, and when.
#pragma once

#include "emulator/random/random.hpp"
#include "emulator/time/time.hpp"

#include <string>
#include <vector>

namespace diorama::aws {

struct Call {
    std::string account = "000000000000";
    std::string region = "us-east-1";
    std::string request_id{};
    std::string access_key{};    // empty for an unsigned call
    std::string host{};          // the Host header, with port: what the client calls us
    std::string scheme = "http"; // or https
    Timestamp now{};
    Random& random; // the service's stream

    // Say so when a parameter is accepted but has no effect: it is logged and reported to the
    // client in the response header x-diorama-ignored.
    void ignored(std::string parameter) const {
        ignored_parameters.push_back(std::move(parameter));
    }

    mutable std::vector<std::string> ignored_parameters{};
};

} // namespace diorama::aws
