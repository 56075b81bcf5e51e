// See world/simulated/checkers.hpp.
#include "emulator/world/simulated/checkers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

namespace diorama {

namespace {

// Enough to see what is wrong; the count goes on.
constexpr std::size_t violations_told = 20;

constexpr std::array<std::string_view, 13> rules{
    "every request has exactly one outcome",
    "no cache serves beyond freshness plus allowed staleness",
    "no viewer gets another's private answer",
    "targets of a group take turns",
    "the target with the fewest requests in progress gets the next one",
    "groups of targets get their weighted shares",
    "weighted records get their shares of the answers",
    "a drained target gets no new request",
    "desired capacity stays within minimum and maximum",
    "an alarm changes state only by its rule",
    "a replica is never ahead of its source, and never goes back",
    "a replica has the rows of its source",
    "no acknowledged write is lost where AWS promises it is not",
};

// AWS: "If your minimum TTL is greater than 0, CloudFront uses the cache policy's minimum TTL, even
// if the Cache-Control: no-cache, no-store, and/or private directives are present".
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html
bool is_kept_by_minimum(
    const cloudfront::Distribution& distribution,
    const cloudfront::Entry& entry
) {
    const auto path = entry.object_path.substr(0, entry.object_path.find('?'));
    const auto minimum = distribution.behavior_for(path).cache_policy.min_ttl;
    return entry.fresh_until - entry.stored_at <= minimum;
}

} // namespace

void SimulatedCheckers::check(Rule rule, bool holds, const std::string& text) {
    auto& result = results_[rule];
    ++result.checks;
    if (holds) return;
    ++result.violations;
    if (violations_.size() < violations_told)
        violations_.push_back({std::string(rules[rule]), text, clock_.now() - start_});
}

// RFC 9111 4.2: "A response is stale if its age has exceeded its freshness lifetime"; RFC 5861 says
// for how long it may be served all the same, while somebody revalidates it. What is kept because
// the origin fails has its lifetime renewed.
void SimulatedCheckers::served_from_cache(
    const cloudfront::Distribution& distribution,
    const cloudfront::EntryPtr& served,
    Timestamp now
) {
    const auto& entry = *served;
    const auto latest =
        entry.fresh_until + (entry.forbids_stale ? Duration::zero() : entry.stale_while_revalidate);
    if (now >= latest) {
        check(fresh_enough, false, entry.object_path + " was served stale");
    } else {
        ++results_[fresh_enough].checks;
    }
    if (is_anybodys(served))
        ++results_[nobody_elses].checks;
    else
        check(
            nobody_elses,
            is_kept_by_minimum(distribution, entry),
            entry.object_path + " is private and came from the cache"
        );
}

bool SimulatedCheckers::is_anybodys(const cloudfront::EntryPtr& entry) {
    auto& known = anybodys_[(std::bit_cast<std::uintptr_t>(entry.get()) >> 5) % anybodys_.size()];
    if (known.get() == entry.get()) return true;
    const auto* control = entry->headers.find("Cache-Control");
    const bool is_private = control != nullptr && (control->find("private") != std::string::npos ||
                                                   control->find("no-store") != std::string::npos);
    if (is_private && !entry->is_error) return false;
    known = entry;
    return true;
}

void SimulatedCheckers::forwarded(
    const elbv2::LoadBalancer& load_balancer,
    const elbv2::Forward& chosen
) {
    const auto& target_group = *chosen.target_group;
    const auto& target = *chosen.target;
    if (cut_.contains(target.live))
        check(nothing_after_drain, false, target.id + " got a request after it was drained");
    else if (was_taken_out(target_group, target))
        check(nothing_after_drain, false, target.id + " got a request while it was drained");
    else
        ++results_[nothing_after_drain].checks;
    // Whoever is bound to a target goes there, whosever turn it is.
    if (chosen.is_bound) return;
    if (target_group.selection == elbv2::TargetSelection::least_outstanding_requests)
        for (const auto& pool : target_group.pools)
            check_least_busy(pool, target);
    if (target_group.selection != elbv2::TargetSelection::round_robin ||
        target_group.slow_start > Duration::zero() || target_group.pools.size() != 1)
        return;
    const auto& pool = target_group.pools.front();
    if (last_turns_ == nullptr || turns_of_ != target_group.arn) {
        turns_of_ = target_group.arn;
        last_turns_ = &turns_[turns_of_];
    }
    auto& turns = *last_turns_;
    if (turns.pool != &pool || turns.counts.size() != pool.targets.size()) {
        turns.pool = &pool;
        turns.counts.assign(pool.targets.size(), 0);
    }
    const auto index = static_cast<std::size_t>(&target - pool.targets.data());
    if (index >= turns.counts.size()) return;
    ++turns.counts[index];
    // As often as the one before it in the circle, or one more or less: all nodes share the turn.
    const auto before = turns.counts[(index + turns.counts.size() - 1) % turns.counts.size()];
    const auto own = turns.counts[index];
    const bool is_fair = own <= before + 1 && before <= own + 1;
    if (is_fair)
        ++results_[fair_turns].checks;
    else
        check(
            fair_turns,
            false,
            fmt::format(
                "{} of {} had {} turns, its neighbour {}",
                target.id,
                load_balancer.name,
                own,
                before
            )
        );
}

void SimulatedCheckers::member_changed(
    const std::string& group,
    const std::string& instance,
    bool is_in
) {
    ++changes_of_members_;
    if (is_in)
        taken_out_.erase({instance, group});
    else
        taken_out_.emplace(instance, group);
}

// AWS: "After you deregister a target […] the load balancer stops routing requests to the target as
// soon as it is deregistered": said by who deregistered it, not by the load balancer.
bool SimulatedCheckers::was_taken_out(
    const elbv2::TargetGroup& group,
    const elbv2::Target& target
) {
    if (taken_out_.empty()) return false;
    auto& looked_at = members_[target.live.get()];
    if (looked_at == changes_of_members_) return false;
    if (taken_out_.contains({target.id, group.arn})) return true;
    looked_at = changes_of_members_;
    return false;
}

// AWS: "the target with the fewest in progress requests" gets the next one.
void SimulatedCheckers::check_least_busy(
    const elbv2::TargetPool& pool,
    const elbv2::Target& target
) {
    const auto* first = pool.targets.data();
    if (&target < first || &target >= first + pool.targets.size()) return;
    const auto in_progress = [](const elbv2::Target& one) {
        return one.live->outstanding.load(std::memory_order_relaxed);
    };
    const auto own = in_progress(target);
    const auto least = std::ranges::min_element(pool.targets, {}, in_progress);
    check(
        least_busy,
        own <= in_progress(*least),
        fmt::format("{} got a request with {} in progress, {} has fewer", target.id, own, least->id)
    );
}

void SimulatedCheckers::divided(
    const elbv2::ForwardAction& action,
    const elbv2::TargetGroup& chosen
) {
    Weights weights;
    std::size_t index = 0;
    for (const auto& [group, weight] : action.shares) {
        // A group without targets answers 503 itself, which nobody tells us of.
        const bool has_targets = std::ranges::any_of(group->pools, [](const auto& pool) {
            return !pool.targets.empty();
        });
        if (!has_targets) return;
        if (group.get() == &chosen) index = weights.size();
        weights.emplace_back(group->arn, weight);
    }
    auto& counts = shares_[std::move(weights)];
    counts.resize(action.shares.size());
    ++counts[index];
}

// What resolvers have cached is asked of nobody: each answer of a name server is a choice of its
// own.
void SimulatedCheckers::resolved(const std::string& host, const NameAnswer& answer) {
    for (const auto& choice : answer.choices) {
        if (choice.weights.empty()) continue;
        Weights weights;
        std::size_t index = 0;
        for (const auto& [identifier, weight] : choice.weights) {
            if (identifier == choice.set_identifier) index = weights.size();
            weights.emplace_back(identifier, weight);
        }
        auto& counts = answers_[{host, std::move(weights)}];
        counts.resize(choice.weights.size());
        ++counts[index];
    }
}

void SimulatedCheckers::check_shares() {
    for (const auto& [weights, counts] : shares_)
        check_binomial(weighed_shares, "of the requests", weights, counts);
    for (const auto& [key, counts] : answers_)
        check_binomial(weighed_answers, "of the answers for " + key.first, key.second, counts);
}

// A binomial count stays within five standard deviations of its mean but once in two million times.
void SimulatedCheckers::check_binomial(
    Rule rule,
    const std::string& what,
    const Weights& weights,
    const std::vector<std::uint64_t>& counts
) {
    constexpr double deviations = 5;
    double all = 0;
    double sum = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        all += static_cast<double>(counts[i]);
        sum += weights[i].second;
    }
    // AWS: "If you set Weight to 0 for all of the records in the group, traffic is routed to all
    // resources with equal probability."
    const bool has_weights = sum > 0;
    if (!has_weights) sum = static_cast<double>(weights.size());
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const double weight = has_weights ? weights[i].second : 1;
        const double share = weight / sum;
        const double mean = all * share;
        const double bound = deviations * std::sqrt(mean * (1 - share)) + 1;
        check(
            rule,
            std::abs(static_cast<double>(counts[i]) - mean) <= bound,
            fmt::format(
                "{} got {} of {} {}, its weight is {} of {}",
                weights[i].first,
                counts[i],
                all,
                what,
                weight,
                sum
            )
        );
    }
}

void SimulatedCheckers::check_capacity(const std::string& group, int least, int desired, int most) {
    check(
        capacity_in_bounds,
        least <= desired && desired <= most,
        fmt::format("{} wants {} instances, of {} to {}", group, desired, least, most)
    );
}

void SimulatedCheckers::check_replica(
    const std::string& name,
    std::uint64_t replica,
    std::uint64_t source
) {
    auto& before = replica_positions_[name];
    check(
        replica_behind_source,
        replica <= source && replica >= before,
        fmt::format("{} is at {}, was at {}, its source is at {}", name, replica, before, source)
    );
    before = replica;
}

void SimulatedCheckers::check_outcomes(std::uint64_t sent, std::uint64_t under_way) {
    results_[one_outcome].checks += sent;
    // The last ones are still on their way; a visitor who thinks is not.
    if (ended_ <= sent && sent - ended_ <= under_way) return;
    check(
        one_outcome,
        false,
        fmt::format("{} requests were sent, {} ended, {} are under way", sent, ended_, under_way)
    );
}

void SimulatedCheckers::check_rows(
    const std::string& replica,
    const std::optional<std::string>& difference
) {
    check(replica_like_source, !difference, replica + ": " + difference.value_or(""));
}

void SimulatedCheckers::check_writes(const std::string& database, std::uint64_t lost) {
    check(writes_kept, lost == 0, fmt::format("{} has lost {} writes", database, lost));
}

void SimulatedCheckers::check_alarm(
    const std::string& alarm,
    bool is_alarm,
    int breaching,
    int needed
) {
    check(
        alarm_by_rule,
        is_alarm == (breaching >= needed),
        fmt::format(
            "{} is {} with {} breaching datapoints of {} needed",
            alarm,
            is_alarm ? "ALARM" : "OK",
            breaching,
            needed
        )
    );
}

void SimulatedCheckers::put_into(simulation::Results& results) const {
    for (std::size_t i = 0; i < count_of_rules; ++i) {
        auto result = results_[i];
        result.name = rules[i];
        results.checkers.push_back(std::move(result));
    }
    results.violations = violations_;
}

} // namespace diorama
