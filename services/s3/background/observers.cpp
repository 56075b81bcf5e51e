// See observers.hpp.
#include "services/s3/background/observers.hpp"

#include "emulator/log.hpp"
#include "services/s3/background/request_metrics.hpp"
#include "services/s3/data/access_log.hpp"
#include "services/s3/data/conditional_write.hpp"
#include "services/s3/data/policy_context.hpp"

#include <algorithm>

namespace diorama::s3 {

// What a bucket's owner wants to know of one request.
struct Observers::Watched {
    bool is_logged = false;
    std::vector<std::string> metric_filters; // ids
    std::vector<TopicRule> topics;

    bool is_anything() const { return is_logged || !metric_filters.empty() || !topics.empty(); }
};

namespace {

void describe_caller(const Request& request, RequestFacts& facts) {
    const auto principal = principal_of(request);
    facts.requester = principal.service.empty() ? principal.arn : "svc:" + principal.service;
    facts.requester_account = principal.account;
    const auto& caller = request.caller;
    if (caller.access_key.empty()) return;
    facts.signature_version = caller.region.empty() ? "SigV2" : "SigV4";
    facts.auth_type = caller.is_presigned ? "QueryString" : "AuthHeader";
}

void describe(const Request& request, std::string_view operation, RequestFacts& facts) {
    facts.operation = operation;
    facts.bucket = request.target.bucket;
    facts.key = request.target.key;
    if (const auto* version = find_parameter(request.query, "versionId"))
        facts.version_id = *version;
    describe_caller(request, facts);
    const auto& peer = request.exchange->peer();
    facts.remote_address = peer.client.address.to_string();
    facts.request_id = request.call.request_id;
    facts.host_id = request.host_id;
    const auto& head = request.head();
    facts.method = head.method;
    facts.target = head.target;
    facts.http_version = head.version;
    facts.referer = request.header("referer");
    facts.user_agent = request.header("user-agent");
    facts.host = request.call.host;
    facts.tls_version = peer.tls_version;
    facts.tls_cipher = peer.tls_cipher;
    facts.is_website = request.target.style == AddressingStyle::website;
    facts.received = request.call.now;
    facts.received_steady = request.exchange->received_at();
}

} // namespace

Observers::Observers(Environment& environment, const State& state, AccessLogs& logs)
    : environment_(environment)
    , state_(state)
    , logs_(logs)
    // Sequencers go on from an earlier process's.
    , sequence_(static_cast<std::uint64_t>(environment.clock.now().time_since_epoch().count())) {}

std::shared_ptr<const Observers::Watched>
Observers::find_watched(const Request& request, RequestFacts& facts) const {
    const std::lock_guard lock(state_.mutex);
    const auto found = state_.buckets().find(request.target.bucket);
    if (found == state_.buckets().end() || found->second.settings.documents.empty()) return nullptr;
    const auto& bucket = found->second;
    const auto& settings = bucket.settings;
    facts.bucket_account = bucket.account;
    facts.bucket_region = bucket.region;
    if (const auto object = find_object(bucket, request.target.key))
        facts.tags = object->headers->tags;
    auto watched = std::make_shared<Watched>();
    if (const auto* document = settings.document("logging"))
        watched->is_logged = !read_logging(*document).bucket.empty();
    if (const auto* document = settings.document("notification"))
        watched->topics = read_topics(*document);
    watched->metric_filters = matching_filters(settings.documents, request.target.key, facts.tags);
    return watched->is_anything() ? watched : nullptr;
}

bool Observers::may_be_watched(const Request& request) const {
    const std::lock_guard lock(state_.mutex);
    const auto found = state_.buckets().find(request.target.bucket);
    return found != state_.buckets().end() && !found->second.settings.documents.empty();
}

void Observers::watch(Request& request, std::string_view operation) {
    if (!may_be_watched(request)) return;
    auto facts = std::make_shared<RequestFacts>();
    const auto watched = find_watched(request, *facts);
    if (watched == nullptr) return;
    describe(request, operation, *facts);
    request.facts = facts;
    request.exchange = observe(
        std::move(request.exchange),
        std::move(facts),
        [this, watched](const RequestFacts& known) { answered(known, *watched); }
    );
}

void Observers::answered(const RequestFacts& facts, const Watched& watched) {
    if (watched.is_logged) logs_.add(facts.bucket, access_log_line(facts));
    for (const auto& filter : watched.metric_filters)
        add_request_metrics(environment_.metrics, facts, filter);
    if (facts.status >= 300) return;
    const EventSource source{
        .bucket = facts.bucket,
        .account = facts.bucket_account,
        .region = facts.bucket_region,
        .principal = facts.requester_account,
        .remote_address = facts.remote_address,
        .request_id = facts.request_id,
        .host_id = facts.host_id,
        .when = facts.received,
    };
    for (const auto& event : facts.events)
        publish(watched.topics, source, event);
}

void Observers::tell(const Bucket& bucket, const ObjectEvent& event) {
    const auto* document = bucket.settings.document("notification");
    if (document == nullptr) return;
    const EventSource source{
        .bucket = bucket.name,
        .account = bucket.account,
        .region = bucket.region,
        .principal = "s3.amazonaws.com",
        .remote_address = "s3.amazonaws.com",
        .request_id = "",
        .host_id = "",
        .when = environment_.clock.now(),
    };
    publish(read_topics(*document), source, event);
}

void Observers::publish(
    const std::vector<TopicRule>& topics,
    const EventSource& source,
    const ObjectEvent& event
) {
    if (topics_ == nullptr) return;
    auto sequenced = source;
    sequenced.sequence = ++sequence_;
    for (const auto& rule : topics) {
        if (!wants(rule, event)) continue;
        topics_->publish(
            rule.topic_arn,
            std::string(notification_subject),
            event_message(event, sequenced, rule.id),
            [&log = environment_.log, arn = rule.topic_arn](const std::string& error) {
                if (!error.empty())
                    log.write(LogLevel::warning, "s3", "cannot notify {}: {}", arn, error);
            }
        );
    }
}

} // namespace diorama::s3
