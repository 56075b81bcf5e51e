// What a failing target means for the client.
#include "services/elbv2/data/outcome.hpp"

#include <doctest/doctest.h>

using namespace diorama::elbv2;
using diorama::http::UpstreamFailure;

namespace {

int status_of(UpstreamFailure failure) {
    return std::get<AnswerError>(target_failed(failure, Progress::waiting)).status;
}

} // namespace

TEST_CASE("outcome: a target that refuses, resets or talks nonsense is a 502") {
    CHECK(status_of(UpstreamFailure::connect_refused) == 502);
    CHECK(status_of(UpstreamFailure::reset) == 502);
    CHECK(status_of(UpstreamFailure::malformed) == 502);
    CHECK(status_of(UpstreamFailure::tls_failed) == 502);
    CHECK(status_of(UpstreamFailure::body_cut) == 502);
}

TEST_CASE("outcome: a target that says nothing in time is a 504") {
    CHECK(status_of(UpstreamFailure::connect_timeout) == 504);
    CHECK(status_of(UpstreamFailure::response_timeout) == 504);
}

TEST_CASE("outcome: once the head was passed on, the client's connection is broken off") {
    for (const auto failure :
         {UpstreamFailure::reset, UpstreamFailure::response_timeout, UpstreamFailure::body_cut})
        CHECK(std::holds_alternative<BreakOff>(target_failed(failure, Progress::responding)));
}
