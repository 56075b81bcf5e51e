// From a request to a decision.
#include "services/elbv2/data/routing.hpp"
#include "services/elbv2/data/stickiness.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace diorama::elbv2;

namespace {

std::shared_ptr<const TargetGroup> group_with(std::vector<std::string> ids) {
    auto group = std::make_shared<TargetGroup>();
    group->live = std::make_shared<LiveTargetGroup>();
    group->pools.emplace_back();
    for (auto& id : ids)
        group->pools[0].targets.push_back(
            {std::move(id), 80, "z", {}, std::make_shared<LiveTarget>()}
        );
    return group;
}

struct Scene {
    Listener listener;
    LoadBalancerAttributes attributes;
    http::Classification classification;
    Random random{1};

    Scene() { listener.rules = {{0, {}, ForwardAction{{{group_with({"a"}), 1}}}}}; }

    void add_rule(int priority, std::vector<Condition> conditions, Action action) {
        listener.rules.insert(
            listener.rules.end() - 1,
            {priority, std::move(conditions), std::move(action)}
        );
    }

    Routing routed(http::RequestHead request) {
        const Arrival
            arrival{*network::Endpoint::parse("192.0.2.7:4711"), "z", false, {}, {}, epoch};
        return route(listener, attributes, request, classification, arrival, random);
    }

    int refused(http::RequestHead request) {
        const auto routing = routed(std::move(request));
        const auto* refuse = std::get_if<Refuse>(&routing.decision);
        return refuse == nullptr ? 0 : refuse->status;
    }
};

http::RequestHead get(std::string target, http::Headers headers = {{"Host", "h"}}) {
    return {"GET", std::move(target), 11, std::move(headers)};
}

} // namespace

TEST_CASE("routing: the first matching rule wins, the default rule comes last") {
    Scene scene;
    scene.add_rule(
        10,
        {PathPatternCondition{{"/fixed"}}},
        FixedResponseAction{200, "text/plain", "x"}
    );
    scene.add_rule(
        20,
        {PathPatternCondition{{"/f*"}}},
        RedirectAction{.protocol = "HTTPS", .port = "443"}
    );

    const auto first = scene.routed(get("/fixed"));
    CHECK(first.priority == 10);
    CHECK(first.rules_evaluated == 1);
    CHECK(std::get<FixedResponse>(first.decision).action->body == "x");

    const auto second = scene.routed(get("/foo?a=1"));
    CHECK(second.priority == 20);
    CHECK(std::get<Redirect>(second.decision).location == "https://h:443/foo?a=1");

    const auto last = scene.routed(get("/"));
    CHECK(last.priority == 0);
    CHECK(last.rules_evaluated == 2);
    CHECK(std::get<Forward>(last.decision).target->id == "a");
}

TEST_CASE("routing: who is bound to a target goes there, and the others go on taking turns") {
    Scene scene;
    auto group = std::make_shared<TargetGroup>(*group_with({"a", "b", "c"}));
    group->stickiness = Stickiness{std::chrono::hours(1), ""};
    scene.listener.rules[0].action = ForwardAction{{{group, 1}}};
    const auto& last = group->pools[0].targets[2];
    const auto cookie = "AWSALB=" + cookie_value(binding_to(*group, last, epoch));
    std::string order;
    for (const bool is_bound : {false, true, true, false, true, false}) {
        auto request = get("/");
        if (is_bound) request.headers.add("Cookie", cookie);
        const auto routing = scene.routed(std::move(request));
        const auto& chosen = std::get<Forward>(routing.decision);
        CHECK(chosen.is_bound == is_bound);
        order += chosen.target->id;
    }
    CHECK(order == "accbcc");
}

TEST_CASE("routing: a target group without targets is a 503") {
    Scene scene;
    scene.listener.rules[0].action = ForwardAction{{{group_with({}), 1}}};
    CHECK(scene.refused(get("/")) == 503);
    scene.listener.rules[0].action = ForwardAction{{{group_with({"a"}), 0}}};
    CHECK(scene.refused(get("/")) == 503);
}

TEST_CASE("routing: what the load balancer itself refuses") {
    Scene scene;
    auto trace = get("/");
    trace.method = "TRACE";
    CHECK(scene.refused(trace) == 405);
    std::string addresses = "10.0.0.1";
    for (int i = 1; i < 30; ++i)
        addresses += ", 10.0.0.1";
    CHECK(scene.refused(get("/", {{"X-Forwarded-For", addresses}})) == 0);
    CHECK(scene.refused(get("/", {{"X-Forwarded-For", addresses + ", 10.0.0.1"}})) == 463);
    CHECK(scene.refused(get("/", {{"Transfer-Encoding", "gzip"}})) == 501);
    CHECK(scene.refused(get("/", {{"Transfer-Encoding", "Chunked"}})) == 0);
    scene.add_rule(1, {}, RedirectAction{.host = "other"});
    CHECK(scene.refused(get("/" + std::string(9000, 'x'))) == 507);
}

TEST_CASE("routing: each mode of desync mitigation treats each tier as documented") {
    using enum http::DesyncTier;
    using enum http::DesyncMitigation;

    struct Row {
        http::DesyncMitigation mode;
        http::DesyncTier tier;
        int status;
        bool closes;
    };

    const Row rows[] = {
        {monitor, compliant, 0, false},
        {monitor, acceptable, 0, false},
        {monitor, ambiguous, 0, false},
        {monitor, severe, 0, false},
        {defensive, compliant, 0, false},
        {defensive, acceptable, 0, false},
        {defensive, ambiguous, 0, true},
        {defensive, severe, 400, true},
        {strictest, compliant, 0, false},
        {strictest, acceptable, 400, true},
        {strictest, ambiguous, 400, true},
        {strictest, severe, 400, true},
    };
    Scene scene;
    for (const auto& row : rows) {
        scene.attributes.desync = row.mode;
        scene.classification.tier = row.tier;
        CHECK(scene.refused(get("/")) == row.status);
        CHECK(scene.routed(get("/")).closes_connections == row.closes);
    }
}
