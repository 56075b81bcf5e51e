#include "services/route53/data/response_limiter.hpp"
#include "services/route53/limits.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace diorama::route53;
using namespace std::chrono_literals;

namespace {

struct Counts {
    int sent = 0;
    int truncated = 0;
    int dropped = 0;
};

Counts ask(ResponseLimiter& limiter, const char* client, Timestamp now, int times) {
    Counts counts;
    for (int i = 0; i < times; ++i) {
        switch (limiter.ask(*network::IPAddress::parse(client), now)) {
        case ResponseLimiter::Verdict::send:
            ++counts.sent;
            break;
        case ResponseLimiter::Verdict::truncate:
            ++counts.truncated;
            break;
        case ResponseLimiter::Verdict::drop:
            ++counts.dropped;
            break;
        }
    }
    return counts;
}

} // namespace

TEST_CASE("response_limiter: what a network gets too much, it gets short or not at all") {
    ResponseLimiter limiter;
    const Timestamp now{1000s};
    const auto first = ask(limiter, "192.0.2.1", now, 200);
    CHECK(first.sent == limits::responses_per_second);
    CHECK(first.truncated == 50);
    CHECK(first.dropped == 50);
    // The whole network, and no other.
    CHECK(ask(limiter, "192.0.2.77", now, 1).sent == 0);
    CHECK(ask(limiter, "192.0.3.1", now, 1).sent == 1);
    // It comes back with time.
    CHECK(ask(limiter, "192.0.2.1", now + 500ms, 100).sent == 50);
    CHECK(ask(limiter, "192.0.2.1", now + 10s, 200).sent == 100);
}

TEST_CASE("response_limiter: IPv6 networks are /56") {
    ResponseLimiter limiter;
    const Timestamp now{1000s};
    ask(limiter, "2001:db8:0:1::1", now, 100);
    CHECK(ask(limiter, "2001:db8:0:2::1", now, 1).sent == 0);
    CHECK(ask(limiter, "2001:db8:0:100::1", now, 1).sent == 1);
}

TEST_CASE("response_limiter: very many networks find room, those who ask little are answered") {
    ResponseLimiter limiter;
    Timestamp now{1000s};
    int sent = 0;
    for (int i = 0; i < 20'000; ++i) {
        now += 1ms;
        const auto client =
            network::IPAddress::v4(static_cast<std::uint32_t>(0x0A000000 + i * 256));
        if (limiter.ask(client, now) == ResponseLimiter::Verdict::send) ++sent;
    }
    CHECK(sent == 20'000);
}
