// Sticky sessions: which target a client is bound to, as the cookies say that it sends, and the
// cookies that bind it. Pure.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#sticky-sessions
#pragma once

#include "emulator/http/message.hpp"
#include "services/elbv2/data/snapshot.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace diorama::elbv2 {

// What a cookie of the load balancer says.
struct Binding {
    std::string target_group; // its label
    std::string target_id;
    std::uint16_t port = 0;
    Timestamp until{};

    bool operator==(const Binding&) const = default;
};

// The value of the cookie, and back; nothing: it is none of ours.
// DIFFERS: AWS encrypts it with a key that rotates.
std::string cookie_value(const Binding& binding);
std::optional<Binding> parse_binding(std::string_view cookie_value);

Binding binding_to(const TargetGroup& target_group, const Target& target, Timestamp now);

// What the cookies of a request say to that target group; nothing: its client is not bound.
std::optional<Binding> binding_of(const TargetGroup& target_group, const http::Headers& request);

// The target that it binds to, if it still does and the target gets requests from that zone.
const Target* bound_target(
    const TargetGroup& target_group,
    std::string_view zone,
    const Binding& binding,
    Timestamp now
);

// The answer of a target of a group with stickiness.
struct StickyAnswer {
    const TargetGroup& target_group;
    const Target& target;
    bool was_bound = false; // by the request's cookies
    bool is_tls = false;
    Timestamp now;
};

// Adds the cookies that bind its client to the target.
void add_stickiness_cookies(const StickyAnswer& answer, http::Headers& response);

} // namespace diorama::elbv2
