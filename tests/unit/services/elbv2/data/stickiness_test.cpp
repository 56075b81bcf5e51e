// Who is bound to which target, and by which cookies.
#include "services/elbv2/data/stickiness.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace diorama::elbv2;
using namespace std::chrono_literals;

namespace {

const Timestamp noon = *parse_iso8601("2026-11-23T12:00:00Z");

TargetGroup group_of(std::vector<std::string> ids, std::string application_cookie = "") {
    TargetGroup group;
    group.label = "targetgroup/web/1";
    group.stickiness = Stickiness{1h, std::move(application_cookie)};
    group.pools.emplace_back();
    for (auto& id : ids)
        group.pools[0].targets.push_back(
            {std::move(id), 80, "z", {}, std::make_shared<LiveTarget>()}
        );
    return group;
}

std::string cookie_of(const TargetGroup& group, std::size_t target, Timestamp when = noon) {
    return cookie_value(binding_to(group, group.pools[0].targets[target], when));
}

// The target that a request with these cookies goes to; nothing: any.
std::string bound_to(const TargetGroup& group, const std::string& cookies, Timestamp now = noon) {
    const auto binding = binding_of(group, {{"Host", "h"}, {"Cookie", cookies}});
    const auto* target = binding ? bound_target(group, "z", *binding, now) : nullptr;
    return target == nullptr ? "" : target->id;
}

std::vector<std::string> cookies_set(const StickyAnswer& answer, http::Headers response = {}) {
    add_stickiness_cookies(answer, response);
    std::vector<std::string> values;
    for (const auto& header : response)
        if (header.name == "Set-Cookie") values.push_back(header.value);
    return values;
}

} // namespace

TEST_CASE("stickiness: a cookie says again what was put into it, and nothing else is a cookie") {
    const Binding binding{"targetgroup/web/1", "i-1", 8080, noon};
    CHECK(parse_binding(cookie_value(binding)) == binding);
    for (const auto* text : {"", "%%%", "aGVsbG8=", "fHx8", "YXxifGN8ZA==", "YXxifDgwfC0x"}) {
        CAPTURE(text);
        CHECK(parse_binding(text) == std::nullopt);
    }
}

TEST_CASE("stickiness: a client goes to the target of its cookie, wherever the cookie stands") {
    const auto group = group_of({"a", "b", "c"});
    const auto value = cookie_of(group, 1);
    CHECK(bound_to(group, "AWSALB=" + value) == "b");
    CHECK(bound_to(group, "x=1; AWSALB=" + value + "; y=2") == "b");
    CHECK(bound_to(group, "AWSALBCORS=" + value) == "b");
    CHECK(bound_to(group, "XAWSALB=" + value) == "");
    CHECK(bound_to(group, "") == "");
}

TEST_CASE("stickiness: a binding ends with its time, with its target, and at another group") {
    const auto group = group_of({"a", "b"});
    const auto cookies = "AWSALB=" + cookie_of(group, 1);
    CHECK(bound_to(group, cookies, noon + 59min) == "b");
    CHECK(bound_to(group, cookies, noon + 60min) == "");
    CHECK(bound_to(group_of({"a"}), cookies) == "");
    auto other = group_of({"a", "b"});
    other.label = "targetgroup/other/2";
    CHECK(bound_to(other, cookies) == "");
    auto of_another_zone = group_of({"a", "b"});
    of_another_zone.pools[0].zone = "elsewhere";
    CHECK(bound_to(of_another_zone, cookies) == "");
    auto without = group_of({"a", "b"});
    without.stickiness.reset();
    CHECK(bound_to(without, cookies) == "");
}

TEST_CASE("stickiness: every answer brings two cookies that last for seven days") {
    const auto group = group_of({"a"});
    const auto value = cookie_of(group, 0);
    const auto& target = group.pools[0].targets[0];
    const std::string rest = "=" + value + "; Expires=Mon, 30 Nov 2026 12:00:00 GMT; Path=/";
    CHECK(
        cookies_set({group, target, false, true, noon}) ==
        std::vector{"AWSALB" + rest, "AWSALBCORS" + rest + "; SameSite=None; Secure"}
    );
    CHECK(
        cookies_set({group, target, false, false, noon})[1] ==
        "AWSALBCORS" + rest + "; SameSite=None"
    );
}

TEST_CASE("stickiness: the application's cookie binds, and both have to come back") {
    const auto group = group_of({"a", "b"}, "session");
    const auto value = cookie_of(group, 1);
    const auto& target = group.pools[0].targets[1];
    const auto first = [&](bool was_bound, http::Headers response) {
        const auto set = cookies_set({group, target, was_bound, false, noon}, std::move(response));
        const auto own = std::find_if(set.begin(), set.end(), [](const auto& one) {
            return one.starts_with("AWSALBAPP-0=");
        });
        return own == set.end() ? "" : own->substr(12, own->find(';') - 12);
    };
    CHECK(first(false, {{"Set-Cookie", "session=4711; Path=/"}}) == value);
    CHECK(first(false, {{"Set-Cookie", "sessions=4711"}}) == "_remove_");
    CHECK(first(false, {}) == "_remove_");
    CHECK(first(true, {}) == value);
    CHECK(bound_to(group, "session=4711; AWSALBAPP-0=" + value) == "b");
    CHECK(bound_to(group, "AWSALBAPP-0=" + value) == "");
    CHECK(bound_to(group, "session=4711; AWSALB=" + value) == "");
}
