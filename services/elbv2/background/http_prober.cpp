// See http_prober.hpp.
#include "services/elbv2/background/http_prober.hpp"

#include "services/elbv2/limits.hpp"

namespace diorama::elbv2 {

namespace {

ProbeResult result_of(http::UpstreamFailure failure, int status) {
    switch (failure) {
    case http::UpstreamFailure::none:
        return {ProbeResult::Kind::answered, status};
    case http::UpstreamFailure::connect_timeout:
    case http::UpstreamFailure::response_timeout:
        return {ProbeResult::Kind::timed_out};
    default:
        return {ProbeResult::Kind::failed};
    }
}

// One probe on its edge thread. The timeout covers it as a whole.
struct ProbeUnderWay {
    std::shared_ptr<http::OutboundCall> call;
    Timer deadline;
    std::function<void(ProbeResult)> done;
    Scheduler& world;
    std::shared_ptr<void> hold; // an answer belongs to the moment of its probe

    void finish(ProbeResult result) {
        if (!done) return;
        deadline.stop();
        world.post([report = std::move(done), hold = std::move(hold), result] { report(result); });
        done = nullptr;
    }
};

http::OutboundRequest request_for(const Probe& probe) {
    http::OutboundRequest request;
    request.target = probe.endpoint;
    request.tls = probe.tls;
    request.head.method = "GET";
    request.head.target = probe.path;
    request.head.headers = {
        {"Host", probe.host},
        {"Connection", "close"},
        {"User-Agent", "ELB-HealthChecker/2.0"},
        {"Accept-Encoding", "gzip, compressed"},
    };
    request.connect_timeout = probe.timeout;
    request.response_timeout = probe.timeout;
    request.keep_alive = Duration::zero();
    request.from_pool = false;
    return request;
}

} // namespace

HTTPProber::HTTPProber(network::Network& network, http::Client& client, Scheduler& world)
    : network_(network)
    , client_(client)
    , world_(world) {}

void HTTPProber::probe(const Probe& probe, std::function<void(ProbeResult result)> done) {
    auto& thread = network_.thread(next_thread_++ % network_.thread_count());
    auto under_way = std::make_shared<ProbeUnderWay>(
        ProbeUnderWay{nullptr, Timer(thread), std::move(done), world_, world_.hold()}
    );
    thread.post([this, &thread, under_way, probe] {
        under_way->deadline.start_after(probe.timeout, [under_way] {
            under_way->finish({ProbeResult::Kind::timed_out});
            if (under_way->call != nullptr) under_way->call->cancel();
            under_way->call.reset();
        });
        under_way->call = client_.fetch(
            thread,
            request_for(probe),
            limits::health_check_body_max,
            [under_way](http::UpstreamFailure failure, const http::Response& response) {
                under_way->finish(result_of(failure, response.status));
            }
        );
    });
}

} // namespace diorama::elbv2
