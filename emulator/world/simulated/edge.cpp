// The hop at an edge location, and from there to the origin: CloudFront's core decides, this
// carries. See world/simulated/traffic.hpp.
#include "emulator/world/simulated/traffic.hpp"

#include <algorithm>

namespace diorama {

namespace {

// AWS: "latencies of 100–200 milliseconds" for small objects at most; typical first bytes come
// sooner.
constexpr Duration object_time = std::chrono::milliseconds(20);
constexpr int ok = 200;
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

// AWS: a signature's date may differ from the server's by 15 minutes (RequestTimeTooSkewed), and
// what was presigned ends so long after its date as it says. Its client signs when it sends.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
bool is_signature_valid(Duration valid_for, Duration ahead) {
    constexpr Duration greatest_skew = std::chrono::minutes(15);
    return ahead <= greatest_skew && -ahead <= valid_for;
}

struct ObjectName {
    std::string bucket;
    std::string key;
};

// "bucket.s3.us-east-1.amazonaws.com", "bucket.s3.localhost:4566", "bucket.s3-website-…": bucket.
ObjectName object_named(std::string_view host, const http::RequestHead& request) {
    const auto path = request.path();
    return {
        std::string(host.substr(0, host.find(".s3"))),
        std::string(path.empty() ? path : path.substr(1))
    };
}

} // namespace

// Number 0 is for requests that are not sent again.
EdgeMemo& SimulatedTraffic::edge_memo_of(const Call& call) {
    const auto& request = *call.request;
    auto& memos = edge_memos_[call.from];
    if (memos.size() <= request.id) memos.resize(request.id + 1);
    auto& memo = memos[request.id];
    const auto version = cores_->cloudfront.published_version();
    if (request.id != 0 && memo.version == version) return memo;
    const auto distribution = cores_->cloudfront.find(request.host);
    if (request.id != 0 && memo.version != 0 && distribution == memo.distribution) {
        memo.version = version;
        return memo;
    }
    memo = {};
    memo.version = version;
    memo.distribution = distribution;
    auto& viewer = viewers_[call.from];
    viewer.is_https = request.is_tls;
    viewer.has_body = request.body_bytes > 0;
    if (distribution != nullptr)
        memo.lookup = std::make_unique<cloudfront::Lookup>(
            cloudfront::look_up({distribution, request.head, viewer})
        );
    return memo;
}

void SimulatedTraffic::begin_at_edge(CallId id, cloudfront::Collapsing collapsing) {
    ++counts_.edge_requests;
    EdgeMemo& memo = edge_memo_of(calls_[id]);
    if (memo.distribution == nullptr) return reply(id, 403, 0);
    const auto* entry =
        cores_->cloudfront.edge().find_fresh_unlocked(*memo.lookup, now(), memo.place);
    if (entry == nullptr) return decide_at_edge(id, memo, collapsing);
    serve_entry(id, memo.distribution, *entry, (*entry)->result(), memo.outcome);
}

void SimulatedTraffic::decide_at_edge(
    CallId id,
    EdgeMemo& memo,
    cloudfront::Collapsing collapsing
) {
    const Call& call = calls_[id];
    auto& viewer = viewers_[call.from];
    viewer.is_https = call.request->is_tls;
    viewer.has_body = call.request->body_bytes > 0;
    auto decision = cores_->cloudfront.edge().begin(
        {memo.distribution, call.request->head, viewer},
        *memo.lookup,
        identity_,
        now(),
        collapsing,
        [this, id, generation = call.generation] {
            surroundings_.events.schedule(now(), sink_, again_at_edge, id, generation);
        }
    );
    using cloudfront::CacheResult;
    if (auto* found = std::get_if<cloudfront::Serve>(&decision))
        return serve(id, memo.distribution, std::move(*found));
    if (auto* needed = std::get_if<cloudfront::Fetch>(&decision))
        return fetch(id, std::move(*needed));
    if (const auto* refusal = std::get_if<cloudfront::Refuse>(&decision)) {
        const auto status = static_cast<std::uint16_t>(refusal->page.status);
        const EdgeAnswer answer{status, 0, CacheResult::error};
        return reply_from_edge(id, memo.distribution, answer, memo.outcome);
    }
    if (std::holds_alternative<cloudfront::Redirect>(decision))
        reply_from_edge(id, memo.distribution, {301, 0, CacheResult::redirect}, memo.outcome);
}

void SimulatedTraffic::serve(
    CallId id,
    const cloudfront::DistributionPtr& distribution,
    cloudfront::Serve serve
) {
    if (serve.refresh) {
        const CallId behind = calls_.take();
        Call& call = calls_[behind];
        call.via_edge = true;
        call.request = calls_[id].request;
        call.from = calls_[id].from;
        call.keep_request();
        fetch(behind, *std::move(serve.refresh));
    }
    std::uint32_t outcome = no_outcome;
    serve_entry(id, distribution, serve.entry, serve.result, outcome);
}

void SimulatedTraffic::serve_entry(
    CallId id,
    const cloudfront::DistributionPtr& distribution,
    const cloudfront::EntryPtr& entry,
    cloudfront::CacheResult result,
    std::uint32_t& outcome
) {
    if (observer_ != nullptr) observer_->served_from_cache(*distribution, entry, now());
    if (calls_[id].is_check) say(calls_[id], *entry->body);
    const auto status = static_cast<std::uint16_t>(entry->status);
    reply_from_edge(id, distribution, {status, length_of(*entry), result}, outcome);
}

const EdgeOutcome& SimulatedTraffic::outcome_of(
    const cloudfront::DistributionPtr& distribution,
    const std::string& method,
    const EdgeAnswer& answer,
    std::uint32_t& outcome
) {
    const auto is_alike = [&](const EdgeOutcome& one) {
        return one.status == answer.status && one.result == answer.result;
    };
    if (outcome != no_outcome && is_alike(edge_outcomes_[outcome])) return edge_outcomes_[outcome];
    auto found = std::ranges::find_if(edge_outcomes_, [&](const EdgeOutcome& one) {
        return is_alike(one) && one.distribution == distribution && one.method == method;
    });
    outcome = static_cast<std::uint32_t>(found - edge_outcomes_.begin());
    if (found != edge_outcomes_.end()) return *found;
    EdgeOutcome made{distribution, method, answer.status, answer.result};
    const auto& series = distribution->series;
    made.response = batch_.tally_of([&](Metrics& metrics) {
        cloudfront::count_viewer_response(metrics, series, method, answer.status, answer.result);
    });
    made.download = batch_.stream_of([&](Metrics& metrics, double bytes) {
        cloudfront::count_download(metrics, series, method, bytes);
    });
    return edge_outcomes_.emplace_back(std::move(made));
}

void SimulatedTraffic::reply_from_edge(
    CallId id,
    const cloudfront::DistributionPtr& distribution,
    const EdgeAnswer& answer,
    std::uint32_t& outcome
) {
    using cloudfront::CacheResult;
    Call& call = calls_[id];
    if (call.has_client || call.is_check) {
        const auto& counted = outcome_of(distribution, call.request->head.method, answer, outcome);
        batch_.count(counted.response);
        batch_.add_repeated(counted.download, static_cast<double>(answer.bytes));
        if (answer.result == CacheResult::hit || answer.result == CacheResult::refresh_hit)
            ++counts_.edge_hits;
        else if (answer.result == CacheResult::miss)
            ++counts_.edge_misses;
        else
            ++counts_.edge_errors;
        counts_.edge_bytes += static_cast<double>(answer.bytes);
        call.reply.is_from_cache = answer.result == CacheResult::hit;
    }
    reply(id, answer.status, answer.bytes);
}

void SimulatedTraffic::fetch(CallId id, cloudfront::Fetch fetch) {
    Call& call = calls_[id];
    auto& details = call.more();
    details.fetch = fetch.id;
    details.distribution = std::move(fetch.distribution);
    details.origin_request = std::make_unique<cloudfront::OriginRequest>(std::move(fetch.request));
    details.text.clear();
    const auto slowness = slowness_of_origin(details.origin_request->origin->domain_name);
    schedule(to_region_[call.from] + slowness, arrives_at_origin, id);
}

void SimulatedTraffic::arrive_at_origin(CallId id) {
    Call& call = calls_[id];
    const auto& request = *call.details->origin_request;
    const auto& name = request.origin->domain_name;
    const auto addresses = cores_->resolve(name.substr(0, name.find(':')), call.from).addresses;
    if (addresses.empty()) return fail_at_origin(id, Duration::zero());
    const auto& address = addresses[random_.below(addresses.size())];
    const Destination destination = destinations_[destination_of(address)];
    switch (destination.kind) {
    case DestinationKind::objects: {
        ++counts_.origin_requests;
        auto head = object_response(name, request.head);
        if (head.status != not_modified)
            counts_.origin_bytes += static_cast<double>(length_of(head));
        if (head.status == ok) say_object(calls_[id], name, request.head);
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
http::ResponseHead SimulatedTraffic::object_response(
    const std::string& host,
    const http::RequestHead& request,
    bool is_signed
) {
    http::ResponseHead head;
    const auto [bucket, key] = object_named(host, request);
    const std::string distribution(request.headers.get("X-Diorama-CloudFront"));
    // Who signs belongs to the account that owns everything here.
    const bool is_let_in = is_signed || cores_->s3.may_get(bucket, key, distribution);
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

// Only what it begins with is read.
void SimulatedTraffic::say_object(
    Call& call,
    const std::string& host,
    const http::RequestHead& request
) {
    if (call.details == nullptr) return;
    std::string text;
    const auto [bucket, key] = object_named(host, request);
    cores_->s3.get_object(bucket, key, text, searched_bytes);
    say(call, text);
}

// Clients that go to a bucket without an edge location.
void SimulatedTraffic::serve_object(CallId id) {
    Call& call = calls_[id];
    ++counts_.direct_object_requests;
    if (call.request->signed_for && !is_signature_valid(*call.request->signed_for, call.clock_skew))
        return reply(id, forbidden, 0);
    const auto& request = *call.request;
    const auto head = object_response(request.host, request.head, request.signed_for.has_value());
    if (head.status == ok) say_object(call, request.host, request.head);
    reply(id, static_cast<std::uint16_t>(head.status), length_of(head));
}

void SimulatedTraffic::answer_from_origin(CallId id, http::ResponseHead head, Duration later) {
    Call& call = calls_[id];
    call.details->origin_response = std::move(head);
    call.details->origin_failed = false;
    schedule(later + to_region_[call.from], origin_answers, id);
}

void SimulatedTraffic::fail_at_origin(CallId id, Duration later) {
    Call& call = calls_[id];
    call.details->origin_failed = true;
    schedule(later + to_region_[call.from], origin_answers, id);
}

void SimulatedTraffic::origin_answered(CallId id) {
    using cloudfront::OriginFailure;
    const auto& details = *calls_[id].details;
    auto& edge = cores_->cloudfront.edge();
    take_verdict(
        id,
        details.origin_failed
            ? edge.origin_failed(details.fetch, OriginFailure::unreachable, identity_, now())
            : edge.origin_answered(details.fetch, details.origin_response, identity_, now())
    );
}

void SimulatedTraffic::take_verdict(CallId id, cloudfront::OriginVerdict verdict) {
    const Call& call = calls_[id];
    if (auto* again = std::get_if<cloudfront::Fetch>(&verdict)) return fetch(id, std::move(*again));
    const auto& details = *call.details;
    const auto distribution = details.distribution;
    if (auto* found = std::get_if<cloudfront::Serve>(&verdict))
        return serve(id, distribution, std::move(*found));
    const auto& delivery = std::get<cloudfront::Deliver>(verdict);
    const auto bytes = length_of(details.origin_response);
    const auto silent = bytes - std::min<std::uint64_t>(bytes, details.text.size());
    if (delivery.is_stored)
        cores_->cloudfront.edge().origin_completed(details.fetch, details.text, silent);
    if (call.has_client) {
        const std::chrono::duration<double, std::milli> latency(now() - call.arrived);
        surroundings_.environment.metrics.add(distribution->series.origin_latency, latency.count());
    }
    const auto status = static_cast<std::uint16_t>(delivery.status);
    std::uint32_t outcome = no_outcome;
    reply_from_edge(id, distribution, {status, bytes, delivery.result}, outcome);
}

} // namespace diorama
