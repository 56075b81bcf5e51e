// See datagram_client.hpp.
#include "emulator/network/datagram_client.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace diorama::network {

namespace {

constexpr std::size_t largest_datagram = 65535;

} // namespace

DatagramClient::DatagramClient(const Endpoint& server)
    : descriptor_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server.port);
    address.sin_addr.s_addr = htonl(server.address.v4_bits());
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    if (descriptor_ >= 0 && ::connect(descriptor_, generic, sizeof address) == 0) return;
    if (descriptor_ >= 0) ::close(descriptor_);
    throw std::runtime_error("no socket is to be had for datagrams to " + server.to_string());
}

DatagramClient::~DatagramClient() {
    ::close(descriptor_);
}

std::optional<std::string> DatagramClient::ask(
    std::string_view question,
    const std::function<bool(std::string_view answer)>& is_answer,
    Patience patience
) {
    std::string buffer(largest_datagram, '\0');
    for (int i = 0; i < patience.tries; ++i) {
        // What cannot be sent, or is refused, gets no answer this time.
        if (::send(descriptor_, question.data(), question.size(), MSG_NOSIGNAL) < 0) continue;
        pollfd waiting{descriptor_, POLLIN, 0};
        while (::poll(&waiting, 1, static_cast<int>(patience.each.count())) > 0) {
            const auto size = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
            if (size < 0) break;
            const std::string_view answer(buffer.data(), static_cast<std::size_t>(size));
            if (is_answer(answer)) return std::string(answer);
        }
    }
    return std::nullopt;
}

} // namespace diorama::network
