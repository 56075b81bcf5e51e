// Traffic through a cloud in virtual time: every request is a record that goes from hop to hop -
// edge location, origin, load balancer node, instance, database - by events, and at every hop the
// core of the service decides, the same that decides for real sockets. Only travelling, queueing
// and the application are modelled here.
//
// The hops stand in world/simulated/edge.cpp, _balancer.cpp and _application.cpp; this header is
// what they share.
#pragma once

#include "emulator/network/names.hpp"
#include "emulator/simulation/clients.hpp"
#include "emulator/simulation/cloud.hpp"
#include "emulator/simulation/distances.hpp"
#include "emulator/simulation/event_queue.hpp"
#include "emulator/world/simulated/call.hpp"
#include "emulator/world/simulated/databases.hpp"
#include "emulator/world/simulated/dns.hpp"
#include "emulator/world/simulated/fleet.hpp"
#include "emulator/world/simulated/observer.hpp"
#include "emulator/world/simulated/statements.hpp"
#include "services/cloudfront/cloudfront.hpp"
#include "services/elbv2/elbv2.hpp"
#include "services/route53/route53.hpp"
#include "services/s3/s3.hpp"

#include <array>
#include <functional>
#include <map>
#include <set>

namespace diorama {

class SimulatedTraffic final : public simulation::EventSink,
                               public simulation::Cloud,
                               public InstanceCalls,
                               public elbv2::DataPlane,
                               public elbv2::Prober,
                               public route53::HealthProber {
public:
    struct Surroundings {
        Environment& environment;
        simulation::EventQueue& events;
        network::Names& names;
        const simulation::App& app;
        std::string region;
        Timestamp start{}; // of the traffic
    };

    explicit SimulatedTraffic(const Surroundings& surroundings);
    ~SimulatedTraffic() override;

    // Whom a client there is taken for.
    static std::string viewer_address(simulation::PlaceId place);

    // The services are made with this and joined afterwards, before anything happens.
    struct Cores {
        cloudfront::CloudFront& cloudfront;
        s3::S3& s3;
        SimulatedFleet& fleet;
        SimulatedDatabases& databases;
        // Route 53's answer for a name to a client there: addresses and how long they may be
        // remembered.
        std::function<NameAnswer(const std::string& name, simulation::PlaceId from)> resolve;
        network::IPAddress edge;       // where the edge location answers
        network::IPAddress front_door; // where AWS's own endpoints answer: S3
    };

    void join(const Cores& cores);

    void join(simulation::Clients& clients) { clients_ = &clients; }

    // The run is over: nobody waits for what is under way, whatever becomes of the instances.
    void close() {
        is_closed_ = true;
        clients_ = nullptr;
    }

    void observe(TrafficObserver* observer) { observer_ = observer; }

    // Statements are really executed; databases keep rows.
    void speak(std::unique_ptr<ApplicationStatements> statements) {
        statements_ = std::move(statements);
    }

    // nullptr: they are not.
    const ApplicationStatements* statements() const { return statements_.get(); }

    // Faults.
    void set_zone_reachable(const std::string& zone, bool is_reachable);

    // Nothing goes between the zone and others; within it and to clients all is well.
    void set_zone_severed(const std::string& zone, bool is_severed);
    // Packets to load balancer nodes of the zone are lost; 0: none.
    void set_zone_loss(const std::string& zone, double share);

    // Until when the certificate of a host is valid; nothing: as AWS's are.
    void set_certificate_end(const std::string& host, std::optional<Timestamp> end);
    // By the domain name that a distribution has for its origin; empty: all. Nothing: not slow.
    void set_slow_origin(const std::string& bucket, std::optional<SlowAnswers> slow);
    // Whether a client would come to that load balancer, or to that distribution, by the host.
    bool leads_to(const std::string& host, const std::string& physical_id);

    // What was counted since the last time, before the metrics are gathered.
    void hand_over(LiveMetrics& metrics) { batch_.hand_over(metrics); }

    const TrafficCounts& counts() const { return counts_; }

    const NameRecord& names_told() const { return names_told_; }

    std::size_t under_way() const { return calls_.in_use(); }

    // Those that were in service before there was any traffic.
    void note_in_service(const std::string& instance_id) {
        in_service_since_.try_emplace(instance_id, now());
    }

    // When an instance first was a target that requests went to.
    const std::map<std::string, Timestamp>& in_service_since() const { return in_service_since_; }

    // simulation::Cloud
    simulation::Resolution resolve(const std::string& host, simulation::PlaceId from) override;
    Duration distance(simulation::PlaceId from, simulation::DestinationId to) override;
    void send(const simulation::Sending& sending) override;
    void abandoned(std::uint32_t token) override;
    // EventSink
    void happen(std::uint8_t what, std::uint32_t subject, std::uint32_t generation) override;
    // InstanceCalls
    void broken_off(std::vector<CallId> calls) override;
    void instance_started(std::uint32_t instance) override;
    // elbv2::DataPlane
    void publish(const std::shared_ptr<const elbv2::LoadBalancer>& load_balancer) override;
    void withdraw(const std::string& load_balancer_arn) override;
    void cut(const std::shared_ptr<elbv2::LiveTarget>& target) override;

    void count_active_connections() override {}

    // elbv2::Prober
    void
    probe(const elbv2::Probe& probe, std::function<void(elbv2::ProbeResult result)> done) override;
    // route53::HealthProber
    void probe(
        const route53::HealthProbe& probe,
        std::function<void(route53::ProbeResult result)> done
    ) override;

private:
    using Call = SimulatedCall;

    enum What : std::uint8_t {
        arrives,           // at its first hop
        delivered,         // the answer, at the client
        again_at_edge,     // the flight it waited for has ended
        arrives_at_origin, // from an edge location
        origin_answers,    // at the edge location
        cpu_done,          // the instance has done its part
        statement_done,    // a database has answered
        target_failed,     // no answer will come from the target
        idle_deadline,     // the load balancer's patience
        probe_deadline,
        check_deadline, // a health check of Route 53
    };

    enum class DestinationKind : std::uint8_t { nothing, edge, balancer, objects };

    struct Destination {
        network::IPAddress address;
        DestinationKind kind = DestinationKind::nothing;
        std::uint32_t balancer = 0;
        std::uint16_t zone = 0; // index in the balancer's nodes
    };

    // Travelling.
    Timestamp now() const { return surroundings_.events.now(); }

    void schedule(Duration delay, What what, CallId call);
    simulation::DestinationId destination_of(const network::IPAddress& address);
    void classify(Destination& destination);
    void classify_all();

    Duration distance_to_region(simulation::PlaceId from) const { return to_region_[from]; }

    void arrive(CallId id);
    void reply(CallId id, std::uint16_t status, std::uint64_t bytes);
    void reply_unreachable(CallId id);
    void deliver(CallId id);
    void release(CallId id);

    // world/simulated/health.cpp
    void check_endpoint(CallId id, const Destination& destination);
    void check_instance(CallId id, const network::IPAddress& address);
    void say(Call& call, std::string_view text);
    bool accepts_connection(const Destination& destination, std::uint16_t port);
    void end_check(CallId id, route53::ProbeResult::Ending ending);

    // world/simulated/edge.cpp
    void begin_at_edge(CallId id, cloudfront::Collapsing collapsing);
    void decide_at_edge(CallId id, EdgeMemo& memo, cloudfront::Collapsing collapsing);
    void serve(CallId id, const cloudfront::DistributionPtr& distribution, cloudfront::Serve serve);
    void serve_entry(
        CallId id,
        const cloudfront::DistributionPtr& distribution,
        const cloudfront::EntryPtr& entry,
        cloudfront::CacheResult result,
        std::uint32_t& outcome
    );
    void fetch(CallId id, cloudfront::Fetch fetch);
    void arrive_at_origin(CallId id);
    void answer_from_origin(CallId id, http::ResponseHead head, Duration later);
    void fail_at_origin(CallId id, Duration later);
    void origin_answered(CallId id);
    void take_verdict(CallId id, cloudfront::OriginVerdict verdict);

    struct EdgeAnswer {
        std::uint16_t status = 200;
        std::uint64_t bytes = 0;
        cloudfront::CacheResult result = cloudfront::CacheResult::hit;
    };

    // `outcome` is where the last answer to the same request was found in the list of outcomes.
    void reply_from_edge(
        CallId id,
        const cloudfront::DistributionPtr& distribution,
        const EdgeAnswer& answer,
        std::uint32_t& outcome
    );
    const EdgeOutcome& outcome_of(
        const cloudfront::DistributionPtr& distribution,
        const std::string& method,
        const EdgeAnswer& answer,
        std::uint32_t& outcome
    );
    void serve_object(CallId id);
    void say_object(Call& call, const std::string& host, const http::RequestHead& request);
    http::ResponseHead object_response(
        const std::string& host,
        const http::RequestHead& request,
        bool is_signed = false
    );
    EdgeMemo& edge_memo_of(const Call& call);

    // world/simulated/balancer.cpp
    void take_at_balancer(CallId id, const Destination& destination);
    const elbv2::RuleMatch&
    match_of(BalancerPicture& picture, const elbv2::Listener& listener, const Call& call);
    void forward(CallId id, SimulatedBalancer& balancer, const elbv2::Forward& chosen);

    bool closes_early(const elbv2::LoadBalancer& load_balancer) const {
        return surroundings_.app.keep_alive < load_balancer.attributes.idle_timeout;
    }

    GroupAtNode& group_at(BalancerNode& node, const elbv2::TargetGroup& group);
    void learn_series(BalancerNode& node);
    void count_own_response(const Call& call, std::uint16_t status);
    void answer_itself(CallId id, const elbv2::Routing& routing);
    const elbv2::Binding* binding_of(const Call& call);
    void bind_client(Call& call, const elbv2::Target& target);
    void target_answered(CallId id, std::uint16_t status, std::uint64_t bytes);
    void fail_target(CallId id, http::UpstreamFailure failure, Duration later);
    void target_has_failed(CallId id);
    void answer_from_balancer(CallId id, std::uint16_t status, std::uint64_t bytes);
    void let_go_of_target(Call& call);
    void check_patience(std::uint32_t balancer);
    void arm_patience(std::uint32_t balancer);

    bool is_dark(const std::string& zone) const { return dark_zones_.contains(zone); }

    bool is_severed(const std::string& one, const std::string& other) const {
        return !severed_zones_.empty() && one != other &&
               (severed_zones_.contains(one) || severed_zones_.contains(other));
    }

    bool closes_connection(SimulatedInstance& host);
    bool loses_packet(const std::string& zone, Call& call);
    bool trusts_certificate(const Call& call) const;
    Duration slowness_of_origin(const std::string& domain_name);

    // world/simulated/application.cpp
    void accept(CallId id);
    void begin_work(CallId id);
    void cpu_is_done(CallId id);
    void next_statement(CallId id);
    void run_statement(CallId id, const simulation::Statement& statement);
    void statement_is_done(CallId id);
    bool executes(Call& call, SimulatedDatabase& database);
    void finish_work(CallId id, std::uint16_t status);
    void answer_from_instance(CallId id, std::uint16_t status, std::uint64_t bytes);
    std::uint64_t write_page(Call& call);
    void leave_instance(CallId id);
    void end_probe(CallId id, elbv2::ProbeResult result);
    std::uint16_t route_of(const simulation::HTTPRequest& request);
    std::uint16_t health_status(SimulatedInstance& host);
    SimulatedDatabase* database_of(SimulatedInstance& instance, bool writes);

    Surroundings surroundings_;
    simulation::EventQueue::SinkId sink_;
    std::optional<Cores> cores_;
    simulation::Clients* clients_ = nullptr;
    bool is_closed_ = false;
    TrafficObserver* observer_ = nullptr;
    std::unique_ptr<ApplicationStatements> statements_; // none: only their cost is modelled
    Random random_;
    Random balancer_random_;
    std::vector<Duration> to_region_;         // by place
    std::vector<cloudfront::Viewer> viewers_; // by place
    cloudfront::EdgeIdentity identity_;

    simulation::Slab<Call> calls_;
    std::vector<CallId> by_token_; // + 1
    std::vector<Destination> destinations_;
    std::map<network::IPAddress, simulation::DestinationId> destination_ids_;
    std::vector<std::unique_ptr<SimulatedBalancer>> balancers_;
    std::map<std::string, std::uint32_t> balancer_ids_; // by ARN
    std::vector<std::uint16_t> route_memo_;             // by request id, + 1
    // What cookies of load balancers say, by their numbers less 1; how long is told with each.
    std::vector<elbv2::Binding> bindings_;

    std::vector<std::vector<EdgeMemo>> edge_memos_; // by place and request id
    std::vector<EdgeOutcome> edge_outcomes_;
    MetricsBatch batch_;
    std::set<std::string> dark_zones_;
    std::set<std::string> severed_zones_;
    std::map<std::string, double> lossy_zones_;
    std::map<std::string, Timestamp> certificate_ends_;
    std::map<std::string, SlowAnswers> slow_origins_; // by bucket; "" stands for all
    std::map<std::string, Timestamp> in_service_since_;
    NameRecord names_told_;
    TrafficCounts counts_;
};

} // namespace diorama
