// What a target sees of a request's header fields.
#include "services/elbv2/data/forwarded_headers.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace diorama::elbv2;

namespace {

const Timestamp now = epoch + std::chrono::seconds(0x58337262);

struct Scene {
    LoadBalancer load_balancer;
    Listener listener;
    http::RequestHead request{"GET", "/", 11, {{"Host", "www.example.com"}}};
    Arrival arrival{*network::Endpoint::parse("192.0.2.7:4711"), "us-east-1a", false, {}, {}, now};

    Scene() { load_balancer.dns_name = "web-1.us-east-1.elb.amazonaws.com"; }

    ForwardedHead forwarded() const {
        Random random(1);
        return forwarded_head(request, load_balancer, listener, arrival, random);
    }

    std::string field(std::string_view name) const { return forwarded().head.headers.joined(name); }
};

} // namespace

TEST_CASE("forwarded headers: client, protocol and port are told") {
    Scene scene;
    scene.request.headers.add("X-Forwarded-Proto", "https");
    scene.request.headers.add("X-Forwarded-Port", "1");
    CHECK(scene.field("X-Forwarded-For") == "192.0.2.7");
    CHECK(scene.field("X-Forwarded-Proto") == "http");
    CHECK(scene.field("X-Forwarded-Port") == "80");
}

TEST_CASE("forwarded headers: X-Forwarded-For is appended to, preserved or removed") {
    Scene scene;
    scene.request.headers.add("x-forwarded-for", "10.0.0.1, 10.0.0.2");
    CHECK(scene.field("X-Forwarded-For") == "10.0.0.1, 10.0.0.2, 192.0.2.7");
    scene.load_balancer.attributes.forwards_client_port = true;
    CHECK(scene.field("X-Forwarded-For") == "10.0.0.1, 10.0.0.2, 192.0.2.7:4711");
    scene.load_balancer.attributes.forwarded_for = ForwardedForMode::preserve;
    CHECK(scene.field("X-Forwarded-For") == "10.0.0.1, 10.0.0.2");
    scene.load_balancer.attributes.forwarded_for = ForwardedForMode::remove;
    CHECK_FALSE(scene.forwarded().head.headers.contains("X-Forwarded-For"));
    CHECK(forwarded_address_count(scene.request.headers) == 2);
}

TEST_CASE("forwarded headers: Host loses the default port, gains another one, or is preserved") {
    Scene scene;
    scene.request.headers.set("Host", "www.example.com:80");
    CHECK(scene.field("Host") == "www.example.com");
    scene.listener.port = 8080;
    scene.request.headers.set("Host", "www.example.com");
    CHECK(scene.field("Host") == "www.example.com:8080");
    scene.load_balancer.attributes.preserves_host_header = true;
    CHECK(scene.field("Host") == "www.example.com");
    scene.request.headers.remove("Host");
    CHECK(scene.field("Host") == "web-1.us-east-1.elb.amazonaws.com");
}

TEST_CASE("forwarded headers: hop-by-hop fields and those named by Connection stay behind") {
    Scene scene;
    scene.request.headers.add("Connection", "keep-alive, X-Secret, Host");
    scene.request.headers.add("Keep-Alive", "timeout=5");
    scene.request.headers.add("X-Secret", "1");
    scene.request.headers.add("TE", "trailers");
    scene.request.headers.add("Upgrade", "h2c");
    scene.request.headers.add("Expect", "100-continue");
    scene.request.headers.add("Accept", "*/*");
    scene.request.headers.add("Content-Length", "3");
    const auto headers = scene.forwarded().head.headers;
    for (const auto* name : {"Connection", "Keep-Alive", "X-Secret", "TE", "Upgrade", "Expect"})
        CHECK_FALSE(headers.contains(name));
    CHECK(headers.get("Accept") == "*/*");
    CHECK(headers.get("Content-Length") == "3");
    CHECK(headers.get("Host") == "www.example.com");
}

TEST_CASE("forwarded headers: names outside [-A-Za-z0-9] are counted, or dropped when told to") {
    Scene scene;
    scene.request.headers.add("under_score", "1");
    CHECK(scene.forwarded().has_invalid_header);
    CHECK(scene.field("under_score") == "1");
    scene.load_balancer.attributes.drops_invalid_header_fields = true;
    CHECK(scene.forwarded().dropped_invalid_header);
    CHECK_FALSE(scene.forwarded().head.headers.contains("under_score"));
}

TEST_CASE("forwarded headers: version and cipher of TLS are told when the attribute is on") {
    Scene scene;
    scene.arrival.is_tls = true;
    scene.arrival.tls_version = "TLSv1.3";
    scene.arrival.tls_cipher = "TLS_AES_128_GCM_SHA256";
    scene.listener.protocol = Protocol::https;
    scene.listener.port = 443;
    CHECK_FALSE(scene.forwarded().head.headers.contains("x-amzn-tls-version"));
    scene.load_balancer.attributes.tells_tls_version = true;
    CHECK(scene.field("x-amzn-tls-version") == "TLSv1.3");
    CHECK(scene.field("x-amzn-tls-cipher-suite") == "TLS_AES_128_GCM_SHA256");
    CHECK(scene.field("X-Forwarded-Proto") == "https");
}

TEST_CASE("forwarded headers: a trace id is made, continued, or replaced") {
    Random random(1);
    const auto made = trace_id("", now, random);
    CHECK(made.size() == std::string("Root=1-58337262-36d228ad5d99923122bbe354").size());
    CHECK(made.starts_with("Root=1-58337262-"));

    const auto continued = trace_id("Root=1-67891233-abcdef012345678912345678", now, random);
    CHECK(continued.starts_with("Self=1-58337262-"));
    CHECK(continued.ends_with(";Root=1-67891233-abcdef012345678912345678"));

    const auto again = trace_id("Self=1-0-0;Root=1-2-3;CalledFrom=app", now, random);
    CHECK(again.find("Self=1-0-0") == std::string::npos);
    CHECK(again.ends_with(";Root=1-2-3;CalledFrom=app"));

    const auto rootless = trace_id("CalledFrom=app", now, random);
    CHECK(rootless.starts_with("Root=1-58337262-"));
    CHECK(rootless.ends_with(";CalledFrom=app"));

    CHECK(trace_id("Root=1-2-3;X=" + std::string(8000, 'x'), now, random).size() == made.size());
}

TEST_CASE("forwarded headers: a response loses the fields of its own connection") {
    http::Headers headers{
        {"Connection", "close, X-Hop"},
        {"X-Hop", "1"},
        {"Transfer-Encoding", "chunked"},
        {"Date", "today"}
    };
    remove_hop_by_hop_fields(headers);
    CHECK(headers == http::Headers{{"Date", "today"}});
}
