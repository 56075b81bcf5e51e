#include "services/cloudfront/data/viewer_server.hpp"
#include "tests/unit/services/cloudfront/scripted_world.hpp"

using namespace diorama;
using namespace diorama::cloudfront;

namespace {

class CountedMetrics final : public Metrics {
public:
    SeriesId series(const MetricId&) override { return 0; }

    void add(SeriesId series, double value, double) override { sums[series] += value; }

    std::map<SeriesId, double> sums;
};

struct LiveEdge {
    VirtualTime time;
    test::FakeEdgeThread thread{time};
    ScriptedClient client;
    ScriptedAddresses addresses;
    SilentLog log;
    CountedMetrics metrics;
    EdgeLocation edge{"FRA56-C2", Random(1), 64 * 1024 * 1024};
    PublishedDistributions published;
    ViewerServer server{{edge, client, addresses, log}, published, metrics};
    std::shared_ptr<cloudfront::Distribution> distribution =
        std::make_shared<cloudfront::Distribution>();
    std::vector<std::unique_ptr<test::ScriptedConnection>> connections;

    LiveEdge() {
        distribution->id = "EDFDVBD6EXAMPLE";
        distribution->host_names = {"d111.cloudfront.net", "*.example.com"};
        Origin origin;
        origin.domain_name = "origin.example.org";
        origin.http_port = 8080;
        origin.connection_attempts = 2;
        distribution->origins.push_back(origin);
        distribution->behaviors.emplace_back();
        distribution->behaviors[0]
            .allowed_methods = {"GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"};
        distribution->series = {1, 2, 3, 4, 5, 6, 7, 8};
        published.publish(distribution);
    }

    ~LiveEdge() {
        client.end_all();
        thread.settle();
    }

    // A viewer on a connection of its own.
    test::ScriptedConnection& viewer() {
        connections.push_back(std::make_unique<test::ScriptedConnection>(thread));
        auto& connection = *connections.back();
        const auto accept = http::serve(
            [this](std::shared_ptr<http::Exchange> exchange) { server.serve(std::move(exchange)); },
            {}
        );
        connection.attach(accept(connection));
        connection.connect();
        return connection;
    }

    static std::string get(const std::string& path, const std::string& more = {}) {
        return "GET " + path + " HTTP/1.1\r\nHost: d111.cloudfront.net\r\n" + more + "\r\n";
    }

    // What a viewer gets when no origin is to be asked.
    std::string cached(const std::string& request) {
        auto& connection = viewer();
        connection.receive(request);
        thread.settle();
        CHECK(client.calls.empty());
        return connection.take_sent();
    }
};

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("viewer server: a miss streams to the viewer and fills the cache for the next one") {
    LiveEdge live;
    auto& viewer = live.viewer();
    viewer.receive(LiveEdge::get("/a"));
    const auto call = live.client.next();
    CHECK(call->request.target.to_string() == "127.0.0.9:8080");
    CHECK(call->request.head.headers.get("Host") == "origin.example.org");
    call->begin(200, {{"Content-Length", "10"}, {"Cache-Control", "max-age=60"}});
    call->send("hello");
    live.thread.settle();
    CHECK(contains(viewer.sent(), "X-Cache: Miss from cloudfront\r\n"));
    CHECK(viewer.sent().ends_with("\r\n\r\nhello")); // before the origin has finished
    call->send("world");
    call->finish();
    live.thread.settle();
    CHECK(viewer.sent().ends_with("\r\n\r\nhelloworld"));

    const auto hit = live.cached(LiveEdge::get("/a"));
    CHECK(contains(hit, "X-Cache: Hit from cloudfront\r\n"));
    CHECK(contains(hit, "Age: 0\r\n"));
    CHECK(hit.ends_with("\r\n\r\nhelloworld"));
    CHECK(live.metrics.sums[1] == 2);   // Requests
    CHECK(live.metrics.sums[2] == 20);  // BytesDownloaded
    CHECK(live.metrics.sums[7] == 100); // CacheHitRate: one of two
}

TEST_CASE("viewer server: viewers of one object share one fetch") {
    LiveEdge live;
    auto& first = live.viewer();
    auto& second = live.viewer();
    first.receive(LiveEdge::get("/a"));
    second.receive(LiveEdge::get("/a"));
    CHECK(live.client.calls.size() == 1);
    live.client.next()->answer(200, {{"Cache-Control", "max-age=60"}}, "once");
    live.thread.settle();
    CHECK(live.client.calls.empty());
    CHECK(contains(first.sent(), "X-Cache: Miss from cloudfront\r\n"));
    CHECK(contains(second.sent(), "X-Cache: Hit from cloudfront\r\n"));
    CHECK(second.sent().ends_with("once"));
}

TEST_CASE("viewer server: those who waited for what may not be cached ask for themselves") {
    LiveEdge live;
    auto& first = live.viewer();
    auto& second = live.viewer();
    first.receive(LiveEdge::get("/a"));
    second.receive(LiveEdge::get("/a"));
    live.client.next()->answer(200, {{"Cache-Control", "private"}}, "first");
    live.thread.settle();
    live.client.next()->answer(200, {{"Cache-Control", "private"}}, "second");
    live.thread.settle();
    CHECK(contains(first.sent(), "first"));
    CHECK(contains(second.sent(), "second"));
}

TEST_CASE("viewer server: a range of an object that is just arriving is cut from the stream") {
    LiveEdge live;
    auto& viewer = live.viewer();
    viewer.receive(LiveEdge::get("/a", "Range: bytes=3-6\r\n"));
    const auto call = live.client.next();
    call->begin(200, {{"Content-Length", "10"}, {"Cache-Control", "max-age=60"}});
    call->send("01234");
    call->send("56789");
    call->finish();
    live.thread.settle();
    CHECK(contains(viewer.sent(), "HTTP/1.1 206"));
    CHECK(contains(viewer.sent(), "Content-Range: bytes 3-6/10\r\n"));
    CHECK(viewer.sent().ends_with("\r\n\r\n3456"));
    CHECK(live.cached(LiveEdge::get("/a")).ends_with("\r\n\r\n0123456789"));
}

TEST_CASE("viewer server: HEAD is answered by its own fetch, or from what GET has stored") {
    LiveEdge live;
    auto& viewer = live.viewer();
    const std::string head = "HEAD /a HTTP/1.1\r\nHost: d111.cloudfront.net\r\n\r\n";
    viewer.receive(head);
    const auto call = live.client.next();
    CHECK(call->request.head.method == "HEAD");
    call->answer(200, {{"Content-Length", "10"}, {"Cache-Control", "max-age=60"}}, "");
    live.thread.settle();
    CHECK(contains(viewer.sent(), "Content-Length: 10\r\n"));
    CHECK(viewer.sent().ends_with("\r\n\r\n"));
    CHECK(contains(live.cached(head), "X-Cache: Hit from cloudfront\r\n"));
}

TEST_CASE("viewer server: a body that ends early breaks the viewer off and is not cached") {
    LiveEdge live;
    auto& viewer = live.viewer();
    viewer.receive(LiveEdge::get("/a"));
    const auto call = live.client.next();
    call->begin(200, {{"Content-Length", "10"}, {"Cache-Control", "max-age=60"}});
    call->send("hello");
    call->finish(http::UpstreamFailure::body_cut);
    live.thread.settle();
    CHECK(viewer.is_closed());
    live.viewer().receive(LiveEdge::get("/a"));
    CHECK(live.client.calls.size() == 1);
}

TEST_CASE("viewer server: origins that fail are 502 and 504, after the attempts to connect") {
    LiveEdge live;
    auto& viewer = live.viewer();
    viewer.receive(LiveEdge::get("/a"));
    live.client.next()->finish(http::UpstreamFailure::connect_refused);
    live.client.next()->finish(http::UpstreamFailure::connect_refused);
    live.thread.settle();
    CHECK(live.client.calls.empty());
    CHECK(contains(viewer.sent(), "HTTP/1.1 502"));
    CHECK(contains(viewer.sent(), "CloudFront wasn't able to connect to the origin."));
    CHECK(contains(viewer.sent(), "X-Cache: Error from cloudfront\r\n"));

    auto& other = live.viewer();
    other.receive(LiveEdge::get("/b"));
    live.client.next()->finish(http::UpstreamFailure::response_timeout);
    live.thread.settle();
    CHECK(contains(other.sent(), "HTTP/1.1 504"));
    CHECK(live.metrics.sums[5] == 200); // 5xxErrorRate

    live.distribution->origins[0].domain_name = "nowhere.invalid";
    CHECK(
        contains(live.cached(LiveEdge::get("/c")), "wasn't able to resolve the origin domain name")
    );
}

TEST_CASE("viewer server: a request body streams to the origin, and its answer is not cached") {
    LiveEdge live;
    auto& viewer = live.viewer();
    const std::string post =
        "POST /a HTTP/1.1\r\nHost: d111.cloudfront.net\r\nContent-Length: 10\r\n\r\nhello";
    viewer.receive(post);
    const auto call = live.client.next();
    CHECK(call->request.streams_body);
    CHECK(call->request.head.headers.get("Content-Length") == "10");
    CHECK(call->sent_body == "hello");
    CHECK_FALSE(call->is_body_complete);
    viewer.receive("world");
    CHECK(call->sent_body == "helloworld");
    CHECK(call->is_body_complete);
    call->answer(201, {{"Cache-Control", "max-age=60"}}, "made");
    live.thread.settle();
    CHECK(contains(viewer.sent(), "HTTP/1.1 201"));
    CHECK(live.metrics.sums[3] == 10); // BytesUploaded
    viewer.receive(post);
    CHECK(live.client.calls.size() == 1);
}

TEST_CASE("viewer server: a custom error page is fetched in place of the error") {
    LiveEdge live;
    live.distribution->error_responses.push_back({404, "/app.html", 200, std::chrono::seconds(10)});
    auto& viewer = live.viewer();
    viewer.receive(LiveEdge::get("/deep/link"));
    live.client.next()->answer(404, {}, "no such key");
    live.thread.settle();
    const auto page = live.client.next();
    CHECK(page->request.head.target == "/app.html");
    page->answer(200, {{"Content-Length", "5"}}, "<app>");
    live.thread.settle();
    CHECK(contains(viewer.sent(), "HTTP/1.1 200"));
    CHECK(viewer.sent().ends_with("<app>"));
}

TEST_CASE("viewer server: a slow viewer makes the origin wait") {
    LiveEdge live;
    auto& viewer = live.viewer();
    viewer.receive(LiveEdge::get("/a"));
    viewer.hold_output();
    const auto call = live.client.next();
    call->begin(200, {{"Content-Length", "3000000"}, {"Cache-Control", "max-age=60"}});
    call->send(std::string(2'000'000, 'x'));
    live.thread.settle();
    CHECK(call->is_paused);
    viewer.release_output();
    live.thread.settle();
    CHECK_FALSE(call->is_paused);
}

TEST_CASE("viewer server: a viewer who leaves does not stop the fill of the cache") {
    LiveEdge live;
    auto& viewer = live.viewer();
    viewer.receive(LiveEdge::get("/a"));
    const auto call = live.client.next();
    viewer.break_off(network::CloseReason::reset);
    live.thread.settle();
    call->answer(200, {{"Cache-Control", "max-age=60"}}, "kept");
    CHECK(live.cached(LiveEdge::get("/a")).ends_with("kept"));
}

TEST_CASE("viewer server: hosts are found by wildcard alias, and unknown ones refused") {
    LiveEdge live;
    auto& viewer = live.viewer();
    viewer.receive("GET / HTTP/1.1\r\nHost: www.example.com\r\n\r\n");
    CHECK(live.client.calls.size() == 1);
    auto& other = live.viewer();
    other.receive("GET / HTTP/1.1\r\nHost: a.b.example.com\r\n\r\n");
    live.thread.settle();
    CHECK(contains(other.sent(), "HTTP/1.1 403"));
}
