// See outcome.hpp.
#include "services/elbv2/data/outcome.hpp"

#include "emulator/assert.hpp"

namespace diorama::elbv2 {

TargetFailureOutcome target_failed(http::UpstreamFailure failure, Progress progress) {
    // AWS: "The target returned a content-length header that is larger than the entity body. The
    // load balancer timed out waiting for the missing bytes." is a 504.
    // DIFFERS: a head that was passed on cannot be taken back, so the connection is broken off.
    if (progress == Progress::responding) return BreakOff{"the target broke its response off"};

    switch (failure) {
    case http::UpstreamFailure::connect_refused:
        // AWS 502: "The load balancer received a TCP RST from the target when attempting to
        // establish a connection."
        return AnswerError{502, "the target refused the connection"};
    case http::UpstreamFailure::connect_timeout:
        // AWS 504: "The load balancer failed to establish a connection to the target before the
        // connection timeout expired (10 seconds)."
        return AnswerError{504, "no connection to the target within the connect timeout"};
    case http::UpstreamFailure::tls_failed:
        // AWS 502: "The load balancer encountered an SSL handshake error ... when connecting to a
        // target."
        return AnswerError{502, "the TLS handshake with the target failed"};
    case http::UpstreamFailure::reset:
        // AWS 502: "The target closed the connection with a TCP RST or a TCP FIN while the load
        // balancer had an outstanding request to the target."
        return AnswerError{502, "the target closed the connection before it answered"};
    case http::UpstreamFailure::response_timeout:
        // AWS 504: "The load balancer established a connection to the target but the target did
        // not respond before the idle timeout period elapsed."
        return AnswerError{504, "the target did not answer within the idle timeout"};
    case http::UpstreamFailure::malformed:
        // AWS 502: "The target response is malformed or contains HTTP headers that are not valid."
        return AnswerError{502, "the target's response is malformed"};
    case http::UpstreamFailure::body_cut:
        return AnswerError{502, "the target's response ended early"};
    case http::UpstreamFailure::none:
        break;
    }
    UNREACHABLE();
}

} // namespace diorama::elbv2
