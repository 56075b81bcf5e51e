// The life of a request inside a load balancer up to the choice of a target: refuse it, answer it,
// or say which target gets it. Pure but for the turn counters of the target groups.
#pragma once

#include "emulator/http/desync.hpp"
#include "services/elbv2/data/forwarded_headers.hpp"
#include "services/elbv2/data/snapshot.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace diorama::elbv2 {

struct Redirect {
    int status = 302;
    std::string location;
};

struct FixedResponse {
    const FixedResponseAction* action = nullptr;
};

struct Forward {
    const TargetGroup* target_group = nullptr;
    const Target* target = nullptr;
    bool is_bound = false; // the client is bound to it: nobody else's turn was taken
};

// An error page of the load balancer instead of an answer.
struct Refuse {
    int status = 400;
    std::string_view reason;
};

struct Routing {
    std::variant<Refuse, Redirect, FixedResponse, Forward> decision;
    int rules_evaluated = 0; // the default rule is not counted
    int priority = -1;       // of the rule that matched; 0 the default rule, -1 none
    // Ambiguous requests are forwarded, but no connection is used again after them.
    bool closes_connections = false;
};

// The part of routing that depends on nothing but the request and its source: which rule holds, or
// why there is none. The same for the same request as long as the snapshot is the same.
struct RuleMatch {
    const Rule* rule = nullptr; // nothing when it is refused
    Refuse refusal{};
    int rules_evaluated = 0;
    bool closes_connections = false;
};

RuleMatch match_rule(
    const Listener& listener,
    const LoadBalancerAttributes& attributes,
    const http::RequestHead& request,
    const http::Classification& classification,
    const network::IPAddress& source
);

// The other part: what the rule does this time.
Routing carry_out(
    const RuleMatch& match,
    const Listener& listener,
    const http::RequestHead& request,
    const Arrival& arrival,
    Random& random
);

// Both.
Routing route(
    const Listener& listener,
    const LoadBalancerAttributes& attributes,
    const http::RequestHead& request,
    const http::Classification& classification,
    const Arrival& arrival,
    Random& random
);

} // namespace diorama::elbv2
