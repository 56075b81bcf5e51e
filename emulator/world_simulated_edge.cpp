// The hop at an edge location, and from there to the origin: CloudFront's core decides, this
// carries. See world_simulated_traffic.hpp.
#include "emulator/world_simulated_traffic.hpp"

namespace diorama {

namespace {

// AWS: "latencies of 100–200 milliseconds" for small objects at most; typical first bytes come
// sooner.
constexpr Duration object_time = std::chrono::milliseconds(20);
constexpr int not_modified = 304;
constexpr int forbidden = 403;
constexpr int not_found = 404;

std::uint64_t length_of(const cloudfront::Entry& entry) {
    return entry.body->size() + entry.modelled_bytes;
}

std::uint64_t length_of(const http::ResponseHead& head) {
    const auto text = head.headers.get("Content-Length", "0");
    return std::stoull(std::string(text));
}

// "bucket.s3.us-east-1.amazonaws.com", "bucket.s3.localhost:4566", "bucket.s3-website-…": bucket.
std::string bucket_of(std::string_view host) {
    const auto end = host.find(".s3");
    return std::string(host.substr(0, end));
}

} // namespace

// Number 0 is for requests that are not sent again.
const SimulatedTraffic::EdgeMemo& SimulatedTraffic::edge_memo_of(const Call& call) {
    const auto& request = *call.request;
    auto& memos = edge_memos_[call.from];
    if (memos.size() <= request.id) memos.resize(request.id + 1);
    auto& memo = memos[request.id];
    // What is deployed changes within seconds; to ask once in each is soon enough.
    const bool is_known = request.id != 0 && memo.asked != epoch;
    if (is_known && now() - memo.asked <= std::chrono::seconds(1)) return memo;
    memo.asked = now();
    const auto distribution = cores_->cloudfront.find(request.host);
    if (is_known && distribution == memo.distribution) return memo;
    memo.distribution = distribution;
    auto& viewer = viewers_[call.from];
    viewer.is_https = request.is_tls;
    viewer.has_body = request.body_bytes > 0;
    if (distribution != nullptr)
        memo.lookup = cloudfront::look_up({distribution, request.head, viewer});
    return memo;
}

void SimulatedTraffic::begin_at_edge(CallId id, cloudfront::Collapsing collapsing) {
    Call& call = calls_[id];
    ++counts_.edge_requests;
    const auto& memo = edge_memo_of(call);
    if (memo.distribution == nullptr) return reply(id, 403, 0);
    call.distribution = memo.distribution;
    auto& viewer = viewers_[call.from];
    viewer.is_https = call.request->is_tls;
    viewer.has_body = call.request->body_bytes > 0;
    auto decision = cores_->cloudfront.edge().begin(
        {call.distribution, call.request->head, viewer},
        memo.lookup,
        identity_,
        now(),
        collapsing,
        [this, id, generation = call.generation] {
            surroundings_.events.schedule(now(), sink_, again_at_edge, id, generation);
        }
    );
    if (auto* found = std::get_if<cloudfront::Serve>(&decision)) return serve(id, *found);
    if (auto* needed = std::get_if<cloudfront::Fetch>(&decision))
        return fetch(id, std::move(*needed));
    if (const auto* refusal = std::get_if<cloudfront::Refuse>(&decision))
        return reply_from_edge(
            id,
            static_cast<std::uint16_t>(refusal->page.status),
            0,
            cloudfront::CacheResult::error
        );
    if (std::holds_alternative<cloudfront::Redirect>(decision))
        reply_from_edge(id, 301, 0, cloudfront::CacheResult::redirect);
}

void SimulatedTraffic::serve(CallId id, const cloudfront::Serve& serve) {
    if (serve.refresh) {
        const CallId behind = calls_.take();
        Call& call = calls_[behind];
        call.via_edge = true;
        call.request = calls_[id].request;
        call.from = calls_[id].from;
        if (call.request->id == 0) {
            call.own_request = std::make_unique<simulation::HTTPRequest>(*call.request);
            call.request = call.own_request.get();
        }
        call.distribution = calls_[id].distribution;
        fetch(behind, *serve.refresh);
    }
    const auto& entry = *serve.entry;
    if (observer_ != nullptr) observer_->served_from_cache(*calls_[id].distribution, entry, now());
    reply_from_edge(id, static_cast<std::uint16_t>(entry.status), length_of(entry), serve.result);
}

void SimulatedTraffic::reply_from_edge(
    CallId id,
    std::uint16_t status,
    std::uint64_t bytes,
    cloudfront::CacheResult result
) {
    Call& call = calls_[id];
    if (call.has_client || call.check != nullptr) {
        auto& metrics = surroundings_.environment.metrics;
        const auto& series = call.distribution->series;
        const auto& method = call.request->head.method;
        cloudfront::count_viewer_response(metrics, series, method, status, result);
        cloudfront::count_download(metrics, series, method, static_cast<double>(bytes));
        if (result == cloudfront::CacheResult::hit ||
            result == cloudfront::CacheResult::refresh_hit)
            ++counts_.edge_hits;
        else if (result == cloudfront::CacheResult::miss)
            ++counts_.edge_misses;
        else
            ++counts_.edge_errors;
        counts_.edge_bytes += static_cast<double>(bytes);
        call.reply.is_from_cache = result == cloudfront::CacheResult::hit;
    }
    reply(id, status, bytes);
}

void SimulatedTraffic::fetch(CallId id, cloudfront::Fetch fetch) {
    Call& call = calls_[id];
    call.fetch = fetch.id;
    call.origin_request = std::make_unique<cloudfront::OriginRequest>(std::move(fetch.request));
    schedule(to_region_[call.from] + origin_delay_, arrives_at_origin, id);
}

void SimulatedTraffic::arrive_at_origin(CallId id) {
    Call& call = calls_[id];
    const auto& name = call.origin_request->origin->domain_name;
    const auto [addresses, ttl] = cores_->resolve(name.substr(0, name.find(':')), call.from);
    if (addresses.empty()) return fail_at_origin(id, Duration::zero());
    const auto& address = addresses[random_.below(addresses.size())];
    const Destination destination = destinations_[destination_of(address)];
    switch (destination.kind) {
    case DestinationKind::objects: {
        ++counts_.origin_requests;
        auto head = object_response(name, call.origin_request->head);
        if (head.status != not_modified)
            counts_.origin_bytes += static_cast<double>(length_of(head));
        return answer_from_origin(id, std::move(head), object_time);
    }
    case DestinationKind::balancer:
        return take_at_balancer(id, destination);
    case DestinationKind::edge:
    case DestinationKind::nothing:
        return fail_at_origin(id, Duration::zero());
    }
}

// RFC 9110 13.1.2: If-None-Match.
http::ResponseHead
SimulatedTraffic::object_response(const std::string& host, const http::RequestHead& request) {
    http::ResponseHead head;
    const auto path = request.path();
    const auto bucket = bucket_of(host);
    const std::string key(path.empty() ? path : path.substr(1));
    const std::string distribution(request.headers.get("X-Diorama-CloudFront"));
    const bool is_let_in = cores_->s3.may_get(bucket, key, distribution);
    const auto object = cores_->s3.find_object(bucket, key);
    if (!is_let_in || !object) {
        head.status = is_let_in ? not_found : forbidden;
        head.headers.add("Content-Length", "0");
        return head;
    }
    head.status = request.headers.get("If-None-Match") == object->e_tag ? not_modified : 200;
    head.headers.add("ETag", object->e_tag);
    head.headers.add("Content-Type", object->content_type);
    head.headers.add("Last-Modified", http_date(object->last_modified));
    if (!object->cache_control.empty()) head.headers.add("Cache-Control", object->cache_control);
    head.headers.add(
        "Content-Length",
        head.status == not_modified ? "0" : std::to_string(object->size)
    );
    return head;
}

// Clients that go to a bucket without an edge location.
void SimulatedTraffic::serve_object(CallId id) {
    Call& call = calls_[id];
    ++counts_.direct_object_requests;
    const auto head = object_response(call.request->host, call.request->head);
    reply(id, static_cast<std::uint16_t>(head.status), length_of(head));
}

void SimulatedTraffic::answer_from_origin(CallId id, http::ResponseHead head, Duration later) {
    Call& call = calls_[id];
    call.origin_response = std::move(head);
    call.origin_failed = false;
    schedule(later + to_region_[call.from], origin_answers, id);
}

void SimulatedTraffic::fail_at_origin(CallId id, Duration later) {
    calls_[id].origin_failed = true;
    schedule(later + to_region_[calls_[id].from], origin_answers, id);
}

void SimulatedTraffic::origin_answered(CallId id) {
    Call& call = calls_[id];
    auto& edge = cores_->cloudfront.edge();
    take_verdict(
        id,
        call.origin_failed
            ? edge.origin_failed(
                  call.fetch,
                  cloudfront::OriginFailure::unreachable,
                  identity_,
                  now()
              )
            : edge.origin_answered(call.fetch, call.origin_response, identity_, now())
    );
}

void SimulatedTraffic::take_verdict(CallId id, cloudfront::OriginVerdict verdict) {
    Call& call = calls_[id];
    if (auto* again = std::get_if<cloudfront::Fetch>(&verdict)) return fetch(id, std::move(*again));
    if (const auto* found = std::get_if<cloudfront::Serve>(&verdict)) return serve(id, *found);
    const auto& delivery = std::get<cloudfront::Deliver>(verdict);
    const auto bytes = length_of(call.origin_response);
    if (delivery.is_stored) cores_->cloudfront.edge().origin_completed(call.fetch, bytes);
    if (call.has_client) {
        const std::chrono::duration<double, std::milli> latency(now() - call.arrived);
        surroundings_.environment.metrics.add(
            call.distribution->series.origin_latency,
            latency.count()
        );
    }
    reply_from_edge(id, static_cast<std::uint16_t>(delivery.status), bytes, delivery.result);
}

} // namespace diorama
