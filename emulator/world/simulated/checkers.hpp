// What must be true of every run, whatever the scenario: rules of the cloud, watched from outside
// by second, naive means. A violation is a defect of ours and fails the run.
#pragma once

#include "emulator/simulation/results.hpp"
#include "emulator/world/simulated/traffic.hpp"

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace diorama {

class SimulatedCheckers final : public TrafficObserver, public simulation::ClientObserver {
public:
    SimulatedCheckers(const Clock& clock, Timestamp start)
        : clock_(clock)
        , start_(start) {}

    // TrafficObserver
    void served_from_cache(
        const cloudfront::Distribution& distribution,
        const cloudfront::EntryPtr& entry,
        Timestamp now
    ) override;
    void forwarded(const elbv2::LoadBalancer& load_balancer, const elbv2::Forward& chosen) override;

    void divided(const elbv2::ForwardAction& action, const elbv2::TargetGroup& chosen) override;

    void target_cut(const std::shared_ptr<elbv2::LiveTarget>& target) override {
        cut_.insert(target);
    }

    void resolved(const std::string& host, const NameAnswer& answer) override;

    // A group has registered an instance with a target group, or has taken it out again.
    void member_changed(const std::string& group, const std::string& instance, bool is_in);

    // ClientObserver
    void request_ended(simulation::Outcome, const simulation::Reply&) override { ++ended_; }

    // Once a minute: one group.
    void check_capacity(const std::string& group, int least, int desired, int most);
    // Once a minute: one replica; positions of a log.
    void check_replica(const std::string& name, std::uint64_t replica, std::uint64_t source);
    // At the end.
    void check_outcomes(std::uint64_t sent, std::uint64_t under_way);
    void check_shares();
    // A replica that repeated everything: why its rows would not be those of its source.
    void check_rows(const std::string& replica, const std::optional<std::string>& difference);
    void check_writes(const std::string& database, std::uint64_t lost);
    // An alarm went into ALARM, or left it, when of the last datapoints so many breached.
    void check_alarm(const std::string& alarm, bool is_alarm, int breaching, int needed);

    void put_into(simulation::Results& results) const;

private:
    enum Rule : std::size_t {
        one_outcome,
        fresh_enough,
        nobody_elses,
        fair_turns,
        least_busy,
        weighed_shares,
        weighed_answers,
        nothing_after_drain,
        capacity_in_bounds,
        alarm_by_rule,
        replica_behind_source,
        replica_like_source,
        writes_kept,
        count_of_rules,
    };

    void check(Rule rule, bool holds, const std::string& text);
    bool is_anybodys(const cloudfront::EntryPtr& entry);
    bool was_taken_out(const elbv2::TargetGroup& group, const elbv2::Target& target);
    void check_least_busy(const elbv2::TargetPool& pool, const elbv2::Target& target);

    const Clock& clock_;
    Timestamp start_;
    std::array<simulation::CheckerResult, count_of_rules> results_{};
    std::vector<simulation::Violation> violations_;
    std::uint64_t ended_ = 0;
    std::set<std::shared_ptr<elbv2::LiveTarget>> cut_; // order-free: only looked up

    // What was taken out of target groups, and the targets that were found not to be among it.
    std::set<std::pair<std::string, std::string>> taken_out_; // instance, group
    std::uint64_t changes_of_members_ = 0;
    std::unordered_map<const elbv2::LiveTarget*, std::uint64_t>
        members_; // order-free: only looked up

    // Turns of one target group under one snapshot.
    struct Turns {
        const elbv2::TargetPool* pool = nullptr; // of the snapshot that the counts are of
        std::vector<std::uint64_t> counts;
    };

    std::map<std::string, Turns> turns_; // by ARN
    // The last one asked for.
    std::string turns_of_;
    Turns* last_turns_ = nullptr;
    // Entries, which never change, whose headers were read and say nothing of privacy. They are
    // kept, so that no other entry comes to lie where one of them lay.
    std::array<cloudfront::EntryPtr, 1024> anybodys_{};

    // How often each of the groups of an action was chosen, while all of them had targets.
    using Weights = std::vector<std::pair<std::string, std::uint32_t>>; // ARN, weight
    std::map<Weights, std::vector<std::uint64_t>> shares_;

    // The same of weighted records, by the answers to resolvers.
    std::map<std::pair<std::string, Weights>, std::vector<std::uint64_t>> answers_; // by host

    void check_binomial(
        Rule rule,
        const std::string& what,
        const Weights& weights,
        const std::vector<std::uint64_t>& counts
    );
    std::map<std::string, std::uint64_t> replica_positions_;
};

} // namespace diorama
