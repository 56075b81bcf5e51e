// The authority of a proxied request. Forwarding itself is tested with real clients.
#include "emulator/world/proxy.hpp"

#include <doctest/doctest.h>

using diorama::split_authority;

TEST_CASE("proxy: an authority is a host and maybe a port") {
    struct {
        const char* authority;
        const char* host;
        std::uint16_t port;
    } const examples[] = {
        {"www.example.com", "www.example.com", 80},
        {"www.example.com:8080", "www.example.com", 8080},
        {"127.0.0.1:443", "127.0.0.1", 443},
        {"[::1]", "::1", 80},
        {"[::1]:8443", "::1", 8443},
        {"host:", "host", 80},
        {"host:99999", "host", 0},
        {"", "", 80},
    };

    for (const auto& [authority, host, port] : examples) {
        CAPTURE(authority);
        const auto split = split_authority(authority, 80);
        CHECK(split.first == host);
        CHECK(split.second == port);
    }
}
