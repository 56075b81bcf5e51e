// The front door from outside: requests in, responses out, over a scripted exchange.
#include "emulator/aws/call.hpp"
#include "emulator/aws/gateway.hpp"
#include "emulator/time/virtual_time.hpp"
#include "tests/support/sample_operation.hpp"

#include <doctest/doctest.h>

#include <map>

using namespace diorama;

namespace {

class ScriptedThread final : public network::EdgeThread {
public:
    explicit ScriptedThread(VirtualTime& time)
        : time_(time) {}

    std::size_t index() const override { return 0; }

    const Clock& clock() const override { return time_; }

    bool is_current() const override { return false; }

    TimerId at(Timestamp when, std::function<void()> task) override {
        return time_.at(when, std::move(task));
    }

    TimerId after(Duration delay, std::function<void()> task) override {
        return time_.after(delay, std::move(task));
    }

    void cancel(TimerId timer) override { time_.cancel(timer); }

    void post(std::function<void()> task) override { time_.post(std::move(task)); }

private:
    VirtualTime& time_;
};

// A request that is there at once, and the response to it.
class ScriptedExchange final : public http::Exchange {
public:
    ScriptedExchange(network::EdgeThread& thread, http::RequestHead request, std::string body)
        : thread_(thread)
        , request_(std::move(request))
        , body_(std::move(body)) {}

    std::optional<http::Response> response;

    const http::RequestHead& request() const override { return request_; }

    const http::Peer& peer() const override { return peer_; }

    const http::Classification& classification() const override { return classification_; }

    network::EdgeThread& thread() override { return thread_; }

    Timestamp received_at() const override { return epoch; }

    bool has_body() const override { return !body_.empty(); }

    std::optional<std::uint64_t> content_length() const override { return body_.size(); }

    void collect_body(std::size_t, Collected done) override {
        done(http::BodyState::complete, body_, {});
    }

    void respond(http::Response answer) override { response = std::move(answer); }

    void stream_body(Piece) override {}

    void pause_body() override {}

    void resume_body() override {}

    void begin_response(http::ResponseHead) override {}

    void send(std::string) override {}

    void send(std::shared_ptr<const std::string>, std::size_t, std::size_t) override {}

    void end_response() override {}

    void send_interim(int, const http::Headers&) override {}

    std::size_t unsent_bytes() const override { return 0; }

    void when_drained(std::function<void()>) override {}

    void close_after() override {}

    void abort() override {}

    void when_abandoned(std::function<void()>) override {}

    void upgrade(http::ResponseHead, std::shared_ptr<network::ConnectionEvents>) override {}

    network::Connection& connection() override { std::abort(); }

private:
    network::EdgeThread& thread_;
    http::RequestHead request_;
    std::string body_;
    http::Peer peer_;
    http::Classification classification_;
};

class CountingJournal final : public Journal {
public:
    int commits = 0;
    bool is_disk_full = false;

    void
    load(std::string_view, const std::function<void(std::string, std::string_view)>&) override {}

    void changed(JournaledTable&, const std::string&) override {}

    void forget(JournaledTable&) override {}

    bool commit() override {
        ++commits;
        return !is_disk_full;
    }
};

// Answers with what it was given, or fails.
class SampleService final : public aws::ServiceApi {};

const aws::Shape* sample_shape = nullptr;

void put_thing(aws::ServiceApi&, const aws::Call& call, const void* input, void* output) {
    tests::fill_from(*sample_shape, tests::to_json(*sample_shape, input), output);
    if (call.region == "eu-west-1") throw aws::AWSError("ThingExists", 409, "There is one");
    if (call.region == "eu-west-2") throw std::runtime_error("a defect");
    call.ignored(call.account);
}

struct World {
    VirtualTime time;
    DiscardedMetrics metrics;
    CountingJournal journal;
    SilentLog log;
    Environment environment{time, time, Random(1), metrics, journal, log};
    ScriptedThread thread{time};
    tests::SampleOperation sample;
    SampleService service;
    aws::Gateway gateway{environment};
    std::vector<aws::Protocol> protocols{aws::Protocol::query};

    World() {
        sample.operation().invoke = &put_thing;
        sample_shape = sample.operation().input;
        use(protocols);
        gateway.add(sample.service(), service);
    }

    void use(std::vector<aws::Protocol> spoken) {
        protocols = std::move(spoken);
        sample.service().protocols = protocols;
    }

    http::Response
    call(std::string target, http::Headers headers, std::string body, std::string method = "POST") {
        auto exchange = std::make_shared<ScriptedExchange>(
            thread,
            http::RequestHead{std::move(method), std::move(target), 11, std::move(headers)},
            std::move(body)
        );
        gateway.handler()(exchange);
        time.run_for(Duration(1));
        REQUIRE(exchange->response);
        return *exchange->response;
    }
};

http::Headers
signed_for(std::string scope, std::string type = "application/x-www-form-urlencoded") {
    return {
        {"Host", "localhost:4566"},
        {"Content-Type", std::move(type)},
        {"X-Amz-Date", "20261122T120000Z"},
        {"Authorization",
         "AWS4-HMAC-SHA256 Credential=" + scope + "/aws4_request, SignedHeaders=host, Signature=0"}
    };
}

} // namespace

TEST_CASE("gateway: a call runs on the world thread, is committed, and says what it ignored") {
    World world;
    const auto response = world.call(
        "/",
        signed_for("123456789012/20261122/us-east-1/sample"),
        "Name=abc&Version=2020-01-01&Action=PutThing"
    );
    CHECK(response.status == 200);
    CHECK(response.body.starts_with("<PutThingResponse xmlns=\"http://sample/\"><PutThingResult>"));
    CHECK(response.headers.get("x-diorama-ignored") == "123456789012");
    CHECK(response.headers.get("x-amzn-RequestId").size() == 36);
    CHECK(world.journal.commits == 1);
}

TEST_CASE("gateway: what could not be made durable is not acknowledged") {
    World world;
    world.journal.is_disk_full = true;
    const auto body = "Name=abc&Version=2020-01-01&Action=PutThing";
    const auto lost = world.call("/", signed_for("k/20261122/us-east-1/sample"), body);
    CHECK(lost.status == 500);
    CHECK(lost.body.find("<Code>InternalFailure</Code>") != std::string::npos);
    // A call that was refused anyway says why.
    CHECK(world.call("/", signed_for("k/20261122/eu-west-1/sample"), body).status == 409);
}

TEST_CASE("gateway: what HTTP itself refuses has a request id, too") {
    World world;
    const auto response =
        world.gateway.server_options().error_response(431, "the head is too long");
    CHECK(response.status == 431);
    CHECK(response.headers.get("x-amzn-RequestId").size() == 36);
    CHECK(response.headers.get("x-amz-request-id") == response.headers.get("x-amzn-RequestId"));
}

TEST_CASE("gateway: errors of a handler are written in the protocol of the call") {
    World world;
    const auto body = "Action=PutThing&Name=abc";
    const auto refused = world.call("/", signed_for("k/20261122/eu-west-1/sample"), body);
    CHECK(refused.status == 409);
    CHECK(
        refused.body.find("<Code>ThingExists</Code><Message>There is one</Message>") !=
        std::string::npos
    );
    const auto broken = world.call("/", signed_for("k/20261122/eu-west-2/sample"), body);
    CHECK(broken.status == 500);
    CHECK(broken.body.find("<Code>InternalFailure</Code>") != std::string::npos);
}

TEST_CASE("gateway: what is not emulated is 501 with its name") {
    World world;
    const auto operation = world.call("/", signed_for("k/20261122/us-east-1/sample"), "Action=Fly");
    CHECK(operation.status == 501);
    CHECK(operation.body.find("The operation Fly of sample is not emulated") != std::string::npos);
    const auto service = world.call("/", signed_for("k/20261122/us-east-1/glacier"), "Action=Fly");
    CHECK(service.status == 501);
    CHECK(service.body.find("The service glacier is not emulated") != std::string::npos);
}

TEST_CASE("gateway: unsigned calls are recognised by their form, target, path or host") {
    World world;
    const auto form = world.call(
        "/",
        {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}},
        "Version=2020-01-01&Name=abc&Action=PutThing"
    );
    CHECK(form.status == 200);
    CHECK(form.headers.get("x-diorama-ignored") == "000000000000");
    const auto by_host = world.call("/", {{"Host", "sample.us-east-1.amazonaws.com"}}, "", "GET");
    CHECK(by_host.body.find("<Code>MissingAction</Code>") != std::string::npos);

    world.use({aws::Protocol::rpc_v2_cbor, aws::Protocol::json});
    const auto json =
        world.call("/", {{"X-Amz-Target", "Sample_20200101.PutThing"}}, R"({"Name":"abc"})");
    CHECK(json.status == 200);
    CHECK(json.headers.get("Content-Type") == "application/x-amz-json-1.0");
    const auto cbor = world.call(
        "/service/Sample_20200101/operation/PutThing",
        {{"Smithy-Protocol", "rpc-v2-cbor"}},
        "\xA1\x64Name\x63"
        "abc"
    );
    CHECK(cbor.status == 200);
    CHECK(cbor.headers.get("smithy-protocol") == "rpc-v2-cbor");

    world.use({aws::Protocol::rest_xml});
    const auto rest = world.call("/2020-01-01/things/7", {}, "<Thing><Name>abc</Name></Thing>");
    CHECK(rest.status == 200);
    CHECK(rest.body.ends_with("<Thing xmlns=\"http://sample/\"><Name>abc</Name></Thing>"));
}

TEST_CASE("gateway: a malformed signature is refused before anything runs") {
    World world;
    const auto response =
        world.call("/", {{"Authorization", "AWS4-HMAC-SHA256 Credential=x"}}, "Action=PutThing");
    CHECK(response.status == 400);
    CHECK(response.body.find("IncompleteSignature") != std::string::npos);
    CHECK(world.journal.commits == 0);
}

TEST_CASE("gateway: data planes by host and pages come before the API; raw services get the rest") {
    World world;
    const auto saying = [](std::string text) {
        return [text](const std::shared_ptr<http::Exchange>& exchange) {
            exchange->respond({200, {}, text, {}});
        };
    };
    world.gateway.route_host_suffix(".cloudfront.localhost", saying("edge"));
    world.gateway.add_page("/_diorama/health", [](const http::RequestHead&) {
        return http::Response{200, {}, "healthy", {}};
    });
    world.gateway.add_raw("s3", saying("raw"));
    CHECK(world.call("/x", {{"Host", "D1.cloudfront.localhost:4566"}}, "", "GET").body == "edge");
    CHECK(world.call("/_diorama/health", {{"Host", "localhost"}}, "", "GET").body == "healthy");
    CHECK(world.call("/bucket/key", {{"Host", "localhost"}}, "", "GET").body == "raw");
    CHECK(
        world.call("/b/k", signed_for("k/20261122/us-east-1/s3", "text/plain"), "x").body == "raw"
    );
}

TEST_CASE("gateway: a POST to a page with an action acts, and is answered when that says so") {
    World world;
    world.gateway.add_page("/_diorama/clock", [](const http::RequestHead&) {
        return http::Response{200, {}, "shown", {}};
    });
    world.gateway.add_action(
        "/_diorama/clock",
        [&](const std::string& body, const aws::Gateway::Respond& respond) {
            if (body == "break") throw std::runtime_error("a defect");
            if (body == "forget") return;
            world.time.after(Duration(1), [respond, body] {
                respond({200, {}, "done: " + body, {}});
            });
        }
    );
    CHECK(world.call("/_diorama/clock", {}, "", "GET").body == "shown");
    CHECK(world.call("/_diorama/clock", {}, "it", "POST").body == "done: it");
    CHECK(world.call("/_diorama/clock", {}, "break", "POST").status == 500);
    CHECK(world.call("/_diorama/clock", {}, "forget", "POST").status == 500);
}

TEST_CASE("gateway: bodies may be compressed, and must then be gzip") {
    World world;
    auto headers = signed_for("k/20261122/us-east-1/sample");
    headers.add("Content-Encoding", "gzip");
    const auto response = world.call("/", headers, "not gzip");
    CHECK(response.status == 400);
}
