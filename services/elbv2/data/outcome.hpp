// What the client gets when a target does not answer as it should: this is the place that decides
// a 502, a 503 and a 504. Pure.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#load-balancer-http-error-codes
#pragma once

#include "emulator/http/client.hpp"

#include <string_view>
#include <variant>

namespace diorama::elbv2 {

// How far a request had come when its target failed.
enum class Progress {
    waiting,    // no response head yet
    responding, // the client has got the head, perhaps a part of the body
};

// Answer the client with an error page of the load balancer.
struct AnswerError {
    int status = 502; // 502 or 504
    std::string_view why;
    bool operator==(const AnswerError&) const = default;
};

// It is too late for another status: break the client's connection off, so that it sees that the
// body is not complete.
struct BreakOff {
    std::string_view why;
    bool operator==(const BreakOff&) const = default;
};

using TargetFailureOutcome = std::variant<AnswerError, BreakOff>;

// A request goes to one target only: nothing documented says that the load balancer tries another
// one after a failure. (The client repeats an idempotent request on a new connection to the same
// target when a kept connection turns out to be closed.)
TargetFailureOutcome target_failed(http::UpstreamFailure failure, Progress progress);

// AWS: "The target groups for the load balancer have no registered targets, or all of the
// registered targets are in an unused state."
inline constexpr int status_without_target = 503;

// AWS: "The load balancer received a request from a client, but the client closed the connection
// with the load balancer before the idle timeout period elapsed."  Logged and counted, never sent.
inline constexpr int status_client_gone = 460;

} // namespace diorama::elbv2
