// See narrative.hpp.
#include "emulator/simulation/report/narrative.hpp"

#include "emulator/simulation/report/numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace diorama::simulation {

namespace {

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", count_text(static_cast<double>(count)), count == 1 ? one : many);
}

std::string traffic_sentence(const Results& results) {
    std::uint64_t total = 0;
    std::uint64_t errors = 0;
    for (const auto& row : results.outcomes) {
        total += row.total();
        errors += row.errors();
    }
    std::string text = fmt::format(
        "In {} of {} time {} made {}",
        span_text(results.simulated),
        results.is_live ? "real" : "virtual",
        counted(results.visits, "visit", "visits"),
        counted(results.requests, "request", "requests")
    );
    if (total == 0) return text + ".";
    if (errors == 0) return text + "; none of them ended in an error.";
    const double share = static_cast<double>(errors) / static_cast<double>(total);
    return fmt::format(
        "{}; {} ended in an error ({}).",
        text,
        count_text(static_cast<double>(errors)),
        share_text(share)
    );
}

std::string peak_sentence(const Results& results) {
    const Timeline* requests = timeline_of(results, "Clients", "Requests");
    if (!requests) return "";
    std::size_t best = 0;
    double most = 0;
    for (std::size_t i = 0; i < requests->values.size(); ++i) {
        if (std::isfinite(requests->values[i]) && requests->values[i] > most) {
            most = requests->values[i];
            best = i;
        }
    }
    if (most <= 0) return "";
    return fmt::format(
        "Traffic peaked at {} requests/s around {}.",
        count_text(most),
        span_text(static_cast<std::int64_t>(best) * results.step)
    );
}

std::string fault_sentence(const FaultPeriod& fault) {
    const std::string when = span_text(fault.from);
    if (!fault.failure.empty())
        return fmt::format("Not injected: {} at {} ({}).", fault.name, when, fault.failure);
    std::string where;
    if (fault.targets.size() == 1) where = fault.targets.front();
    if (fault.targets.size() > 1) where = fmt::format("{} targets", fault.targets.size());
    if (fault.to)
        where += fmt::format("{}{}", where.empty() ? "" : ", ", span_text(*fault.to - fault.from));
    return fmt::format("At {}: {}{}.", when, fault.name, where.empty() ? "" : " (" + where + ")");
}

std::string fleet_sentence(const Results& results) {
    if (results.instances.empty()) return "";
    // +1 when one enters service, -1 when it leaves; leaving first at equal times.
    std::vector<std::pair<Duration, int>> steps;
    std::set<std::string> zones;
    for (const auto& life : results.instances) {
        zones.insert(life.zone);
        if (!life.in_service) continue;
        steps.emplace_back(*life.in_service, 1);
        const auto end = life.left ? life.left : life.terminated;
        if (end && *end >= *life.in_service) steps.emplace_back(*end, -1);
    }
    std::ranges::sort(steps);
    int serving = 0;
    int most = 0;
    Duration when{};
    for (const auto& [at, change] : steps) {
        serving += change;
        if (serving > most) {
            most = serving;
            when = at;
        }
    }
    return fmt::format(
        "{} ran in {}; at most {} served at once (first at {}).",
        counted(results.instances.size(), "instance", "instances"),
        counted(zones.size(), "zone", "zones"),
        most,
        span_text(when)
    );
}

std::string alarm_sentence(const Results& results) {
    const AlarmPeriod* first = nullptr;
    std::set<std::string> names;
    for (const auto& period : results.alarms) {
        if (period.state != "ALARM") continue;
        names.insert(period.alarm);
        if (!first || period.from < first->from) first = &period;
    }
    if (!first) return results.alarms.empty() ? "" : "No alarm went off.";
    const auto begin = fmt::format("{} at {}", first->shown(), span_text(first->from));
    if (names.size() == 1) return fmt::format("One alarm went off: {}.", begin);
    return fmt::format("{} alarms went off, the first was {}.", names.size(), begin);
}

std::string writes_sentence(const Results& results) {
    if (results.acknowledged_writes == 0) return "";
    if (results.lost_writes == 0) {
        return fmt::format(
            "None of {} was lost.",
            counted(results.acknowledged_writes, "acknowledged write", "acknowledged writes")
        );
    }
    return fmt::format(
        "{} of {} were lost.",
        count_text(static_cast<double>(results.lost_writes)),
        counted(results.acknowledged_writes, "acknowledged write", "acknowledged writes")
    );
}

} // namespace

std::string headline(const Results& results) {
    const auto all = results.expectations.size();
    const auto failed = static_cast<std::size_t>(
        std::ranges::count(results.expectations, false, &ExpectationResult::passed)
    );
    std::string text;
    if (failed > 0) {
        text = fmt::format("{} of {} expectations failed", failed, all);
    } else if (all == 0) {
        text = "Nothing was expected of this run";
    } else if (all == 1) {
        text = "The expectation held";
    } else {
        text = fmt::format("All {} expectations held", all);
    }
    if (!results.violations.empty()) {
        text += fmt::format(
            "; {} of the cloud's own rules",
            counted(results.violations.size(), "violation", "violations")
        );
    }
    if (results.interrupted)
        text += " when the run was interrupted at " + span_text(results.simulated);
    return text;
}

std::vector<std::string> what_happened(const Results& results) {
    std::vector<std::string> sentences{traffic_sentence(results), peak_sentence(results)};
    for (std::size_t i = 0; i < std::min<std::size_t>(results.faults.size(), 4); ++i)
        sentences.push_back(fault_sentence(results.faults[i]));
    if (results.faults.size() > 4)
        sentences.push_back(fmt::format("{} more faults followed.", results.faults.size() - 4));
    sentences.push_back(fleet_sentence(results));
    sentences.push_back(alarm_sentence(results));
    sentences.push_back(writes_sentence(results));
    std::erase(sentences, "");
    return sentences;
}

std::vector<Moment> most_interesting(const Results& results, std::size_t at_most) {
    std::vector<const Moment*> order;
    for (const auto& moment : results.moments)
        order.push_back(&moment);
    std::ranges::sort(order, [](const Moment* one, const Moment* other) {
        if (one->weight != other->weight) return one->weight > other->weight;
        // Of those at one time, the one that was told first: they lie in one vector.
        return one->at != other->at ? one->at < other->at : one < other;
    });
    order.resize(std::min(order.size(), at_most));
    std::vector<Moment> moments;
    for (const auto* moment : order)
        moments.push_back(*moment);
    return moments;
}

const Timeline*
timeline_of(const Results& results, std::string_view component, std::string_view name) {
    const auto found = std::ranges::find_if(results.timelines, [&](const Timeline& timeline) {
        return timeline.component == component && timeline.name == name;
    });
    return found == results.timelines.end() ? nullptr : &*found;
}

std::vector<OutcomeRow> by_population(const Results& results) {
    std::vector<OutcomeRow> sums;
    for (const auto& row : results.outcomes) {
        auto sum = std::ranges::find(sums, row.population, &OutcomeRow::population);
        if (sum == sums.end()) {
            sums.push_back(row);
            sums.back().route.clear();
            continue;
        }
        for (std::size_t i = 0; i < outcome_count; ++i)
            sum->count[i] += row.count[i];
        sum->retries += row.retries;
        sum->gave_up += row.gave_up;
        sum->latency.merge(row.latency);
    }
    return sums;
}

} // namespace diorama::simulation
