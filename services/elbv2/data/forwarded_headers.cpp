// See forwarded_headers.hpp.
#include "services/elbv2/data/forwarded_headers.hpp"

#include "services/elbv2/limits.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <vector>

namespace diorama::elbv2 {

namespace {

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

template <class Each>
void for_each_part(std::string_view text, char separator, Each each) {
    while (!text.empty()) {
        const auto end = std::min(text.find(separator), text.size());
        if (const auto part = trimmed(text.substr(0, end)); !part.empty()) each(part);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

constexpr std::array<std::string_view, 7> hop_by_hop = {
    "connection",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
};

// The names in the Connection fields, and those that never travel on.
class HopByHop {
public:
    explicit HopByHop(const http::Headers& headers) {
        for (const auto& header : headers)
            if (http::equal_ignoring_case(header.name, "connection"))
                for_each_part(header.value, ',', [&](std::string_view name) {
                    named_.push_back(name);
                });
    }

    bool contains(std::string_view name) const {
        const auto same = [&](std::string_view other) {
            return http::equal_ignoring_case(name, other);
        };
        // A request cannot name away what says where its body ends and whom it is for.
        if (same("host") || same("content-length")) return false;
        return std::any_of(hop_by_hop.begin(), hop_by_hop.end(), same) ||
               std::any_of(named_.begin(), named_.end(), same);
    }

private:
    std::vector<std::string_view> named_;
};

// AWS: "HTTP header names ... must conform to the regular expression [-A-Za-z0-9]+."
bool is_valid_header_name(std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
               (c >= 'A' && c <= 'Z');
    });
}

bool is_set_by_load_balancer(std::string_view name) {
    constexpr std::array<std::string_view, 5> names = {
        "x-forwarded-for",
        "x-forwarded-proto",
        "x-forwarded-port",
        "host",
        "x-amzn-trace-id",
    };
    return std::any_of(names.begin(), names.end(), [&](std::string_view other) {
        return http::equal_ignoring_case(name, other);
    });
}

void add_forwarded_for(
    http::Headers& headers,
    const http::Headers& incoming,
    const LoadBalancerAttributes& attributes,
    const network::Endpoint& client
) {
    const auto before = incoming.joined("x-forwarded-for");
    switch (attributes.forwarded_for) {
    case ForwardedForMode::remove:
        return;
    case ForwardedForMode::preserve:
        if (!before.empty()) headers.add("X-Forwarded-For", before);
        return;
    case ForwardedForMode::append:
        break;
    }
    const auto own =
        attributes.forwards_client_port ? client.to_string() : client.address.to_string();
    headers.add("X-Forwarded-For", before.empty() ? own : before + ", " + own);
}

// AWS: with the attribute off "the Application Load Balancer modifies the Host header in the
// following manner": a port that is not the default one is appended, the default one is removed.
std::string forwarded_host(
    const http::RequestHead& request,
    const LoadBalancer& load_balancer,
    const Listener& listener
) {
    const auto* host = request.headers.find("host");
    // AWS: without a Host field it is generated from the DNS name of the load balancer.
    if (host == nullptr) return load_balancer.dns_name;
    if (load_balancer.attributes.preserves_host_header) return *host;
    auto name = std::string_view(*host);
    const auto colon = name.rfind(':');
    if (colon != std::string_view::npos && name.find(']', colon) == std::string_view::npos)
        name = name.substr(0, colon);
    const std::uint16_t default_port = listener.protocol == Protocol::https ? 443 : 80;
    return listener.port == default_port ? std::string(name)
                                         : fmt::format("{}:{}", name, listener.port);
}

} // namespace

std::string trace_id(std::string_view incoming, Timestamp now, Random& random) {
    const auto own = fmt::format(
        "1-{:08x}-{}",
        std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count(),
        random.hex(24)
    );
    bool has_root = false;
    std::string others;
    for_each_part(incoming, ';', [&](std::string_view field) {
        if (field.starts_with("Self=")) return;
        if (field.starts_with("Root=")) has_root = true;
        if (!others.empty()) others += ';';
        others += field;
    });
    auto root = "Root=" + own;
    if (others.empty()) return root;
    // AWS: "If there is no Root field, the load balancer generates one; with one it adds Self."
    auto value = has_root ? "Self=" + own + ";" + others : root + ";" + others;
    // AWS: "If the header is longer than 7 KB, the load balancer rewrites it to add a Root field".
    return value.size() > limits::trace_id_length_max ? root : value;
}

ForwardedHead forwarded_head(
    const http::RequestHead& request,
    const LoadBalancer& load_balancer,
    const Listener& listener,
    const Arrival& arrival,
    Random& random
) {
    const auto& attributes = load_balancer.attributes;
    ForwardedHead forwarded;
    auto& head = forwarded.head;
    head.method = request.method;
    head.target = request.target;
    head.version = 11; // AWS: HTTP/1.1 on connections to targets whatever the client speaks

    auto& headers = head.headers;
    add_forwarded_for(headers, request.headers, attributes, arrival.client);
    headers.add("X-Forwarded-Proto", listener.protocol == Protocol::https ? "https" : "http");
    headers.add("X-Forwarded-Port", std::to_string(listener.port));
    headers.add("Host", forwarded_host(request, load_balancer, listener));
    headers.add(
        "X-Amzn-Trace-Id",
        trace_id(request.headers.joined("x-amzn-trace-id"), arrival.now, random)
    );
    if (attributes.tells_tls_version && arrival.is_tls) {
        headers.add("x-amzn-tls-version", std::string(arrival.tls_version));
        headers.add("x-amzn-tls-cipher-suite", std::string(arrival.tls_cipher));
    }
    const bool is_web_socket =
        http::equal_ignoring_case(request.headers.get("upgrade"), "websocket");
    if (is_web_socket) {
        headers.add("Connection", "upgrade");
        headers.add("Upgrade", "websocket");
    }
    const HopByHop connection_fields(request.headers);
    for (const auto& header : request.headers) {
        if (is_set_by_load_balancer(header.name) || connection_fields.contains(header.name))
            continue;
        if (http::equal_ignoring_case(header.name, "expect")) continue; // answered by the exchange
        if (!is_valid_header_name(header.name)) {
            if (attributes.drops_invalid_header_fields) {
                forwarded.dropped_invalid_header = true;
                continue;
            }
            forwarded.has_invalid_header = true;
        }
        headers.add(header.name, header.value);
    }
    return forwarded;
}

void remove_hop_by_hop_fields(http::Headers& headers) {
    const HopByHop connection_fields(headers);
    http::Headers kept;
    for (const auto& header : headers)
        if (!connection_fields.contains(header.name)) kept.add(header.name, header.value);
    headers = std::move(kept);
}

std::size_t forwarded_address_count(const http::Headers& headers) {
    std::size_t count = 0;
    for (const auto& header : headers)
        if (http::equal_ignoring_case(header.name, "x-forwarded-for"))
            for_each_part(header.value, ',', [&](std::string_view) { ++count; });
    return count;
}

} // namespace diorama::elbv2
