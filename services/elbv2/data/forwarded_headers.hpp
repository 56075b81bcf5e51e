// The header fields that go to a target and come back: what the load balancer adds (X-Forwarded-*,
// X-Amzn-Trace-Id), changes (Host) and keeps to itself (hop-by-hop fields). Pure.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
#pragma once

#include "emulator/http/message.hpp"
#include "emulator/network/address.hpp"
#include "emulator/random/random.hpp"
#include "services/elbv2/data/snapshot.hpp"

#include <string>
#include <string_view>

namespace diorama::elbv2 {

struct Binding;

// Where a request came in.
struct Arrival {
    network::Endpoint client;
    std::string_view zone; // of the node
    bool is_tls = false;
    std::string_view tls_version;
    std::string_view tls_cipher;
    Timestamp now;
    // What the request's cookies bind its client to, where that is known without reading them.
    const Binding* binding = nullptr;
};

// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html
// The value to send on, made from the one that came (empty if none came).
std::string trace_id(std::string_view incoming, Timestamp now, Random& random);

struct ForwardedHead {
    http::RequestHead head;
    bool dropped_invalid_header = false;
    bool has_invalid_header = false; // and it was forwarded
};

ForwardedHead forwarded_head(
    const http::RequestHead& request,
    const LoadBalancer& load_balancer,
    const Listener& listener,
    const Arrival& arrival,
    Random& random
);

// RFC 9110 7.6.1: fields that concern one connection only are taken out of a response on its way.
void remove_hop_by_hop_fields(http::Headers& headers);

// How many addresses the X-Forwarded-For fields of a request name.
std::size_t forwarded_address_count(const http::Headers& headers);

} // namespace diorama::elbv2
