// One request on its way through a simulated cloud, and what is remembered of everything that many
// requests have in common, so that each of them only counts: what a request means at an edge
// location, which rule it matches, what it adds to the metrics. What is remembered was decided by
// the cores and holds as long as what they decided by does: the version of the published
// distributions, the snapshot of a load balancer.
#pragma once

#include "emulator/metrics/metrics_batch.hpp"
#include "emulator/simulation/cloud.hpp"
#include "emulator/simulation/event_queue.hpp"
#include "emulator/world/simulated/statements.hpp"
#include "services/cloudfront/cloudfront.hpp"
#include "services/elbv2/elbv2.hpp"
#include "services/route53/route53.hpp"

#include <array>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace diorama {

// What the answers of each status count, learned when one is first seen.
class TalliesByStatus {
public:
    template <class Addition>
    MetricsBatch::TallyId get(MetricsBatch& batch, std::uint16_t status, Addition addition) {
        for (const auto& [known, tally] : known_)
            if (known == status) return tally;
        known_.emplace_back(status, batch.tally_of(addition));
        return known_.back().second;
    }

private:
    std::vector<std::pair<std::uint16_t, MetricsBatch::TallyId>> known_;
};

// A target group as one node of a load balancer uses it.
struct GroupAtNode {
    const elbv2::TargetGroup* group = nullptr;
    const elbv2::TargetGroupSeries* series = nullptr;
    MetricsBatch::TallyId forward = 0;
    MetricsBatch::StreamId response_time = 0;
    TalliesByStatus answers;
};

struct BalancerNode {
    std::string zone;
    network::IPAddress address;
    const elbv2::LoadBalancerSeries* series = nullptr;
    MetricsBatch::StreamId processed_bytes = 0;
    MetricsBatch::StreamId rule_evaluations = 0;
    TalliesByStatus own_answers;
    std::deque<GroupAtNode> groups; // of the snapshot, which are not many
};

// A published snapshot of a load balancer with what was found out about it. Stays as long as
// requests go by it.
struct BalancerPicture {
    struct RuleMemo {
        bool is_known = false;
        elbv2::RuleMatch match;
    };

    std::shared_ptr<const elbv2::LoadBalancer> snapshot;
    std::vector<BalancerNode> nodes;
    std::array<std::vector<RuleMemo>, 2> memo; // by request id; plain and TLS
    std::uint32_t calls = 0;
};

struct SimulatedBalancer {
    std::uint32_t number = 0;
    std::unique_ptr<BalancerPicture> picture;
    std::vector<std::unique_ptr<BalancerPicture>> former;
    simulation::DeadlineLane patience;

    // From now on this one; those that no request goes by any more are forgotten.
    void show(std::unique_ptr<BalancerPicture> newer) {
        if (picture != nullptr) former.push_back(std::move(picture));
        picture = std::move(newer);
        std::erase_if(former, [](const auto& one) { return one->calls == 0; });
    }
};

inline constexpr std::uint32_t no_outcome = 0xffff'ffff;

// What a request that is sent again and again means at an edge location.
struct EdgeMemo {
    std::uint64_t version = 0; // of what was published when it was asked; 0: never
    cloudfront::DistributionPtr distribution;
    std::unique_ptr<cloudfront::Lookup> lookup;
    cloudfront::CacheStore::Place place;
    std::uint32_t outcome = no_outcome; // of the last answer, in the list of EdgeOutcomes
};

// What the viewers' requests with one method and one kind of answer count at a distribution.
struct EdgeOutcome {
    cloudfront::DistributionPtr distribution;
    std::string method;
    std::uint16_t status = 200;
    cloudfront::CacheResult result = cloudfront::CacheResult::hit;
    MetricsBatch::TallyId response = 0;
    MetricsBatch::StreamId download = 0;
};

// A health check of Route 53 on its way.
struct EndpointCheck {
    route53::HealthProbe probe;
    route53::ProbeResult result;
    std::function<void(route53::ProbeResult)> done;
};

// AWS: the search string "must appear entirely in the first 5,120 bytes of the response body".
inline constexpr std::size_t searched_bytes = 5120;

// What most requests do not need.
struct CallDetails {
    std::unique_ptr<simulation::HTTPRequest> own_request;
    // From an edge location to an origin.
    cloudfront::FetchId fetch = 0;
    cloudfront::DistributionPtr distribution;
    std::unique_ptr<cloudfront::OriginRequest> origin_request;
    http::ResponseHead origin_response;
    bool origin_failed = false;
    // What the answer begins with, as far as a health check may look for words in it.
    std::string text;
    // Of a probe.
    std::function<void(elbv2::ProbeResult)> probe_done;
    EndpointCheck check; // of Route 53
};

struct CallState {
    std::uint32_t generation = 0; // changes whenever events under way become void
    std::uint32_t token = 0;
    bool has_client = false;
    bool is_probe = false;
    bool is_check = false;      // a health check of Route 53
    bool goes_directly = false; // to an instance, without a load balancer in between
    bool via_edge = false;
    bool is_waiting_for_target = false;
    bool is_abandoned = false;
    bool is_lost = false;       // nothing will ever answer it
    bool is_sent_again = false; // its first packet was lost
    http::UpstreamFailure failure = http::UpstreamFailure::none;
    simulation::PlaceId from = 0;
    std::uint16_t route = 0;
    std::uint16_t statement = 0;
    simulation::DestinationId destination = 0;
    const simulation::HTTPRequest* request = nullptr;
    Timestamp arrived{};
    simulation::Reply reply;
    std::uint64_t seen_write = 0;
    Duration clock_skew{};     // of its client
    simulation::Cookie cookie; // likewise
    // At a load balancer.
    BalancerPicture* picture = nullptr;
    BalancerNode* node = nullptr;
    GroupAtNode* group = nullptr;
    elbv2::LiveTarget* target = nullptr;
    Timestamp sent_to_target{};
    // On an instance, and at a database.
    std::uint32_t instance = 0;
    std::uint32_t database = 0; // its number; 0: none
    std::uint64_t database_generation = 0;
    std::uint32_t timeline = 0;

    // Whether somebody waits for the answer.
    bool is_awaited() const { return (has_client || is_check) && !is_abandoned; }

    void go_by(BalancerPicture* other) {
        if (picture != nullptr) --picture->calls;
        if (other != nullptr) ++other->calls;
        picture = other;
    }
};

// One request on its way.
struct SimulatedCall : CallState {
    std::unique_ptr<CallDetails> details;
    std::unique_ptr<SQLConversation> sql; // when rows are real

    CallDetails& more() {
        if (details == nullptr) details = std::make_unique<CallDetails>();
        return *details;
    }

    // The request's client may go away before it.
    void keep_request() {
        if (request->id != 0) return;
        more().own_request = std::make_unique<simulation::HTTPRequest>(*request);
        request = details->own_request.get();
    }

    // As new; only the generation stays.
    void clear() {
        go_by(nullptr);
        const auto kept = generation;
        static_cast<CallState&>(*this) = {};
        generation = kept;
        details.reset();
        sql.reset();
    }
};

} // namespace diorama
