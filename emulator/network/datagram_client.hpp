// A question in one datagram and its answer, for those who can wait for it, as stub resolvers do.
#pragma once

#include "emulator/network/address.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace diorama::network {

class DatagramClient {
public:
    // Throws when no socket is to be had. IPv4 only.
    explicit DatagramClient(const Endpoint& server);
    ~DatagramClient();
    DatagramClient(const DatagramClient&) = delete;
    DatagramClient& operator=(const DatagramClient&) = delete;

    struct Patience {
        std::chrono::milliseconds each{500};
        int tries = 3;
    };

    // Sends the question, again whenever patience ends, and waits for an answer that is one to it.
    std::optional<std::string>
    ask(std::string_view question,
        const std::function<bool(std::string_view answer)>& is_answer,
        Patience patience);

private:
    int descriptor_ = -1;
};

} // namespace diorama::network
