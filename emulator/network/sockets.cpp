// See sockets.hpp.
#include "emulator/network/sockets.hpp"

#include "emulator/network/live_network.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace diorama::network {

namespace {

constexpr int backlog = 4096;

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t length = 0;

    sockaddr* pointer() { return reinterpret_cast<sockaddr*>(&storage); }
};

SocketAddress socket_address(const Endpoint& endpoint) {
    SocketAddress result;
    if (endpoint.address.is_v4()) {
        auto* v4 = reinterpret_cast<sockaddr_in*>(&result.storage);
        v4->sin_family = AF_INET;
        v4->sin_port = htons(endpoint.port);
        v4->sin_addr.s_addr = htonl(endpoint.address.v4_bits());
        result.length = sizeof *v4;
    } else {
        auto* v6 = reinterpret_cast<sockaddr_in6*>(&result.storage);
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(endpoint.port);
        std::memcpy(v6->sin6_addr.s6_addr, endpoint.address.bytes().data(), 16);
        result.length = sizeof *v6;
    }
    return result;
}

[[noreturn]] void throw_listen_error(const Endpoint& endpoint, int error) {
    const std::string where = endpoint.to_string();
    if (error == EADDRINUSE)
        throw AddressInUse(fmt::format("{} is in use by another process", where));
    if (error == EACCES || error == EPERM) {
        throw NotPermitted(fmt::format("this process may not listen on {}", where));
    }
    throw ListenError(fmt::format("cannot listen on {}: {}", where, std::strerror(error)));
}

class Descriptor {
public:
    explicit Descriptor(int value)
        : value_(value) {}

    Descriptor(Descriptor&& other) noexcept
        : value_(std::exchange(other.value_, -1)) {}

    Descriptor& operator=(Descriptor&&) = delete;

    ~Descriptor() {
        if (value_ >= 0) close(value_);
    }

    int value() const { return value_; }

    int release() { return std::exchange(value_, -1); }

private:
    int value_;
};

enum class Sharing { alone, with_other_threads };

Descriptor bound_socket(SocketKind kind, const Endpoint& endpoint, Sharing sharing) {
    SocketAddress address = socket_address(endpoint);
    Descriptor descriptor(
        socket(address.storage.ss_family, kind == SocketKind::stream ? SOCK_STREAM : SOCK_DGRAM, 0)
    );
    if (descriptor.value() < 0) throw_listen_error(endpoint, errno);
    fcntl(descriptor.value(), F_SETFL, O_NONBLOCK);
    fcntl(descriptor.value(), F_SETFD, FD_CLOEXEC);
    const int on = 1;
    if (kind == SocketKind::stream)
        setsockopt(descriptor.value(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (sharing == Sharing::with_other_threads) {
        setsockopt(descriptor.value(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    }
    if (!endpoint.address.is_v4())
        setsockopt(descriptor.value(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    if (bind(descriptor.value(), address.pointer(), address.length) != 0)
        throw_listen_error(endpoint, errno);
    return descriptor;
}

std::uint16_t port_of(int descriptor) {
    SocketAddress address;
    address.length = sizeof address.storage;
    getsockname(descriptor, address.pointer(), &address.length);
    const auto port = address.storage.ss_family == AF_INET
                          ? reinterpret_cast<sockaddr_in*>(&address.storage)->sin_port
                          : reinterpret_cast<sockaddr_in6*>(&address.storage)->sin6_port;
    return ntohs(port);
}

} // namespace

OpenSockets open_sockets(SocketKind kind, const Endpoint& endpoint, std::size_t count) {
    OpenSockets result{endpoint, {}};
    // SO_REUSEPORT would also share the port with another process of the same user: see first that
    // nobody has it.
    if (endpoint.port != 0) {
        const Descriptor probe = bound_socket(kind, endpoint, Sharing::alone);
        if (kind == SocketKind::stream && ::listen(probe.value(), 1) != 0)
            throw_listen_error(endpoint, errno);
    }
    std::vector<Descriptor> sockets;
    for (std::size_t i = 0; i < count; ++i) {
        sockets.push_back(bound_socket(kind, result.endpoint, Sharing::with_other_threads));
        result.endpoint.port = port_of(sockets.back().value());
        if (kind == SocketKind::stream && ::listen(sockets.back().value(), backlog) != 0) {
            throw_listen_error(result.endpoint, errno);
        }
    }
    for (auto& socket : sockets)
        result.descriptors.push_back(socket.release());
    return result;
}

std::uint32_t take_address_slice() {
#ifdef __linux__
    // A name in Linux's abstract socket namespace is held exactly as long as the process lives.
    for (std::uint32_t slice = 0; slice < 16; ++slice) {
        sockaddr_un name{};
        name.sun_family = AF_UNIX;
        const auto text = fmt::format("diorama-address-slice-{}", slice);
        std::memcpy(name.sun_path + 1, text.data(), text.size());
        const auto length =
            static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + text.size());
        const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (bind(descriptor, reinterpret_cast<sockaddr*>(&name), length) == 0) return slice;
        close(descriptor);
    }
#endif
    return 0;
}

} // namespace diorama::network
