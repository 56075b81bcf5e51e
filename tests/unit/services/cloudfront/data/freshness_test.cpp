#include "services/cloudfront/data/cache_control.hpp"
#include "services/cloudfront/data/freshness.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace diorama::cloudfront;
using std::chrono::seconds;

namespace {

const Timestamp now(seconds(1'767'225'600));

CachePolicy ttls(int min, int standard, int max) {
    CachePolicy policy;
    policy.min_ttl = seconds(min);
    policy.default_ttl = seconds(standard);
    policy.max_ttl = seconds(max);
    return policy;
}

Freshness judge(int status, http::Headers headers, const CachePolicy& policy) {
    return freshness_of({status, {}, std::move(headers)}, policy, nullptr, now);
}

constexpr int not_stored = -1;

int lifetime(const Freshness& freshness) {
    if (!freshness.is_storable) return not_stored;
    return static_cast<int>(std::chrono::duration_cast<seconds>(freshness.lifetime).count());
}

} // namespace

TEST_CASE("freshness: with minimum TTL 0 the origin's headers count, up to the maximum TTL") {
    struct Example {
        const char* cache_control;
        int lifetime;
    };

    const Example examples[] = {
        {"max-age=60", 60},
        {"max-age=5000", 1000},
        {"max-age=60, s-maxage=90", 90},
        {"s-maxage=90, max-age=60", 90},
        {"max-age=0", 0},
        {"public", 100},
        {"no-cache", 0},
        {"no-store", not_stored},
        {"private", not_stored},
        {"no-store, max-age=60", not_stored},
        {"MAX-AGE=60", 60},
        {"max-age=\"60\"", 60},
        {"max-age=060", 60},
        {"max-age=-1", 0},
        {"max-age=1.5", 0},
        {"max-age=99999999999999999999", 1000},
        {"max-age=60, max-age=70", 60},
        {"a=\"max-age=7\", max-age=60", 60},
        {"private=\"X-Secret\", max-age=60", 60},
    };
    for (const auto& example : examples) {
        CAPTURE(example.cache_control);
        const auto freshness =
            judge(200, {{"Cache-Control", example.cache_control}}, ttls(0, 100, 1000));
        CHECK(lifetime(freshness) == example.lifetime);
    }
}

TEST_CASE("freshness: with a minimum TTL even no-store, private and max-age=0 are kept for it") {
    for (const auto* value : {"no-store", "no-cache", "private", "max-age=0", "max-age=5"}) {
        CAPTURE(value);
        CHECK(lifetime(judge(200, {{"Cache-Control", value}}, ttls(10, 100, 1000))) == 10);
    }
    CHECK(lifetime(judge(200, {}, ttls(10, 100, 1000))) == 100);
    CHECK(lifetime(judge(200, {}, ttls(200, 100, 1000))) == 200);
    CHECK(lifetime(judge(200, {{"Cache-Control", "max-age=50"}}, ttls(10, 100, 1000))) == 50);
}

TEST_CASE("freshness: Expires counts from Date, and what is no date has expired") {
    const auto policy = ttls(0, 100, 1000);
    const auto date = http_date(now);
    const auto later = http_date(now + seconds(60));
    CHECK(lifetime(judge(200, {{"Date", date}, {"Expires", later}}, policy)) == 60);
    CHECK(lifetime(judge(200, {{"Expires", later}}, policy)) == 60);
    CHECK(lifetime(judge(200, {{"Expires", "0"}}, policy)) == 0);
    CHECK(lifetime(judge(200, {{"Date", later}, {"Expires", date}}, policy)) == 0);
    CHECK(lifetime(judge(200, {{"Expires", later}, {"Cache-Control", "max-age=5"}}, policy)) == 5);
}

TEST_CASE("freshness: the origin's Age is part of the lifetime that has passed") {
    const auto policy = ttls(0, 100, 1000);
    const auto freshness = judge(200, {{"Cache-Control", "max-age=60"}, {"Age", "20"}}, policy);
    CHECK(lifetime(freshness) == 40);
    CHECK(freshness.initial_age == seconds(20));
    CHECK(lifetime(judge(200, {{"Cache-Control", "max-age=60"}, {"Age", "90"}}, policy)) == 0);
    CHECK(lifetime(judge(200, {{"Cache-Control", "max-age=60"}, {"Age", "x"}}, policy)) == 60);
}

TEST_CASE("freshness: errors are kept for ten seconds, some of them only when the origin says so") {
    const auto policy = ttls(0, 100, 1000);
    for (const int status : {404, 414, 500, 501, 502, 503, 504}) {
        CAPTURE(status);
        CHECK(lifetime(judge(status, {}, policy)) == 10);
        CHECK(lifetime(judge(status, {{"Cache-Control", "max-age=60"}}, policy)) == 60);
    }
    for (const int status : {400, 403, 405, 412, 415}) {
        CAPTURE(status);
        CHECK(lifetime(judge(status, {}, policy)) == not_stored);
        CHECK(lifetime(judge(status, {{"Cache-Control", "max-age=60"}}, policy)) == 60);
    }
    const ErrorResponse error{404, "", 0, seconds(0)};
    CHECK(lifetime(freshness_of({404, {}, {}}, policy, &error, now)) == not_stored);
}

TEST_CASE("freshness: partial content, Vary: * and disabled caching are not stored") {
    CHECK(lifetime(judge(206, {{"Cache-Control", "max-age=9"}}, ttls(0, 1, 10))) == not_stored);
    CHECK(lifetime(judge(200, {{"Vary", "*"}}, ttls(0, 1, 10))) == not_stored);
    CHECK(lifetime(judge(200, {{"Vary", "*"}}, ttls(1, 2, 10))) == 2);
    CHECK(lifetime(judge(200, {{"Cache-Control", "max-age=9"}}, ttls(0, 0, 0))) == not_stored);
}

TEST_CASE("Cache-Control: stale-while-revalidate, stale-if-error and field names are read") {
    const auto control = parse_cache_control(
        "max-age=1, stale-while-revalidate=20,stale-if-error=0, no-cache=\"Set-Cookie, X-A\""
    );
    CHECK(control.stale_while_revalidate == seconds(20));
    CHECK(control.stale_if_error == seconds(0));
    CHECK_FALSE(control.no_cache);
    CHECK(control.unshared_fields == std::vector<std::string>{"set-cookie", "x-a"});
    CHECK(parse_cache_control("no-cache=\"").no_cache);
    CHECK(parse_cache_control(",,=,\"\\").max_age == std::nullopt);
}
