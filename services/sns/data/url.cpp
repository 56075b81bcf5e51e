// See url.hpp. RFC 3986 section 3, restricted to what can be posted to.
#include "services/sns/data/url.hpp"

#include "emulator/http/message.hpp"

#include <algorithm>
#include <charconv>

namespace diorama::sns {

std::optional<EndpointURL> parse_endpoint_url(std::string_view url) {
    EndpointURL parsed;
    if (http::equal_ignoring_case(url.substr(0, 8), "https://")) {
        parsed.is_tls = true;
        parsed.port = 443;
        url.remove_prefix(8);
    } else if (http::equal_ignoring_case(url.substr(0, 7), "http://")) {
        url.remove_prefix(7);
    } else {
        return {};
    }
    const bool has_control =
        std::any_of(url.begin(), url.end(), [](unsigned char c) { return c <= ' ' || c == 0x7f; });
    if (has_control) return {};
    url = url.substr(0, url.find('#'));
    const auto end = url.find_first_of("/?");
    auto authority = url.substr(0, end);
    if (end != std::string_view::npos) {
        parsed.target = url.substr(end);
        if (parsed.target[0] == '?') parsed.target.insert(0, "/");
    }
    if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
        parsed.user = http::percent_decode(authority.substr(0, at));
        authority.remove_prefix(at + 1);
    }
    parsed.authority = authority;
    auto host = authority;
    std::string_view port;
    const auto bracket = authority.find(']');
    const auto colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
    if (colon != std::string_view::npos) {
        host = authority.substr(0, colon);
        port = authority.substr(colon + 1);
    }
    if (host.size() > 2 && host.front() == '[' && host.back() == ']')
        host = host.substr(1, host.size() - 2);
    if (host.empty()) return {};
    parsed.host = http::lower_case(host);
    if (!port.empty()) {
        const auto [rest, error] =
            std::from_chars(port.data(), port.data() + port.size(), parsed.port);
        if (error != std::errc{} || rest != port.data() + port.size() || parsed.port == 0)
            return {};
    }
    return parsed;
}

} // namespace diorama::sns
