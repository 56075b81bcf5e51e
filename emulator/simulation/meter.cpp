// See meter.hpp: which measure is read by what, and those that are read off the results.
#include "emulator/simulation/meter.hpp"

#include "emulator/simulation/report/numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace diorama::simulation {

namespace {

struct Total {
    std::string_view name;
    std::uint64_t Results::* count;
    std::string_view kind;
};

constexpr std::array totals{
    Total{"requests", &Results::requests, "clients"},
    Total{"visits", &Results::visits, "clients"},
    Total{"sql_statements", &Results::sql_statements, "rds"},
    Total{"stale_reads", &Results::stale_reads, "rds"},
    Total{"writes_acknowledged", &Results::acknowledged_writes, "rds"},
    Total{"writes_lost", &Results::lost_writes, "rds"},
};

// What a component is called when the run did not draw it.
std::string_view usual_label(std::string_view kind) {
    static constexpr std::pair<std::string_view, std::string_view> labels[]{
        {"clients", "Clients"},
        {"cloudfront", "CloudFront"},
        {"cloudwatch", "CloudWatch"},
        {"ec2", "Auto Scaling group"},
        {"elbv2", "Application Load Balancer"},
        {"rds", "RDS MySQL"},
        {"route53", "Route 53"},
        {"s3", "S3"},
    };
    for (const auto& [one, label] : labels)
        if (one == kind) return label;
    return kind;
}

std::string kind_of_service(std::string_view service) {
    static constexpr std::pair<std::string_view, std::string_view> kinds[]{
        {"EC2", "ec2"},
        {"Elastic Load Balancing", "elbv2"},
        {"CloudFront", "cloudfront"},
        {"S3", "s3"},
        {"RDS", "rds"},
        {"Route 53", "route53"},
    };
    for (const auto& [one, kind] : kinds)
        if (one == service) return std::string(kind);
    return "cloudwatch";
}

std::string spaced(std::string text) {
    std::ranges::replace(text, '_', ' ');
    return text;
}

} // namespace

std::string value_text(double value, MeasureUnit unit) {
    switch (unit) {
    case MeasureUnit::number:
        return fmt::format("{:.10g}", value);
    case MeasureUnit::rate:
        return count_text(value) + "/s";
    case MeasureUnit::share:
        return share_text(value);
    case MeasureUnit::duration:
        if (std::abs(value) >= 60e9) return span_text(Duration(std::llround(value)));
        return latency_text(value / 1e9);
    case MeasureUnit::dollars:
        return dollars_text(value);
    case MeasureUnit::cloudwatch:
        return fmt::format("{:.6g}", value);
    }
    return {};
}

bool takes_window(const Measure& measure) {
    if (measure.name == "cost" || measure.name == "sql") return false;
    return measure.name == "requests" ||
           std::ranges::find(totals, measure.name, &Total::name) == totals.end();
}

Measured Meter::measure(const Measure& measure) const {
    Measured measured;
    const MeasureKind* kind = find_measure_kind(measure.name);
    if (kind == nullptr) {
        measured.problem = "there is no such measure";
        return measured;
    }
    const MeasureAttribute* attribute = kind->find(measure.attribute);
    measured.unit = attribute != nullptr ? attribute->unit : kind->unit;
    measured.name = spaced(attribute != nullptr ? measure.attribute : measure.name);

    using Reader = void (Meter::*)(const Measure&, Measured&) const;
    static constexpr std::pair<std::string_view, Reader> readers[]{
        {"outcomes", &Meter::outcomes},
        {"metric", &Meter::metric},
        {"expression", &Meter::expression},
        {"instances", &Meter::instances},
        {"activities", &Meter::activities},
        {"alarm", &Meter::alarm},
        {"cache", &Meter::cache},
        {"dns", &Meter::dns},
        {"sql", &Meter::sql},
        {"cost", &Meter::cost},
    };
    try {
        const bool has_window = measure.window.from || measure.window.to;
        if (has_window && !takes_window(measure))
            throw NotMeasured("it is not counted by parts of the run");
        if (beginning(measure.window) >= results_.simulated)
            throw NotMeasured("the run ended before");
        const auto* found =
            std::ranges::find(readers, measure.name, &std::pair<std::string_view, Reader>::first);
        const Reader reader = found == std::end(readers) ? &Meter::total : found->second;
        (this->*reader)(measure, measured);
        if (!std::isfinite(measured.value)) throw NotMeasured("it is not a number");
    } catch (const NotMeasured& reason) {
        measured.problem = reason.what();
    }
    return measured;
}

Duration Meter::beginning(const Window& window) const {
    return window.from.value_or(Duration::zero());
}

Duration Meter::end(const Window& window) const {
    return std::min(window.to.value_or(results_.simulated), results_.simulated);
}

bool Meter::is_within(const Window& window, Duration at) const {
    return at >= beginning(window) && at < end(window);
}

void Meter::instances(const Measure& measure, Measured& measured) const {
    measured.kind = "ec2";
    const std::string& given = measure.arguments.at(0);
    const std::string group = measurements_.physical_id(given);
    // The number of them changes where one comes or goes.
    std::map<Duration, double> changes;
    double launched = 0;
    double terminated = 0;
    for (const auto& life : results_.instances) {
        if (life.group != group && life.group != given) continue;
        if (is_within(measure.window, life.launched)) ++launched;
        if (life.terminated && is_within(measure.window, *life.terminated)) ++terminated;
        const auto left = life.left ? life.left : life.terminated;
        if (!life.in_service || (left && *left <= *life.in_service)) continue;
        ++changes[*life.in_service];
        if (left) --changes[*left];
    }
    double now = 0;
    double total = 0;
    Duration since = beginning(measure.window);
    measured.course.emplace_back(since, 0.0);
    for (const auto& [at, change] : changes) {
        if (at >= end(measure.window)) break;
        if (at > since) {
            total += now * static_cast<double>((at - since).count());
            since = at;
            measured.course.emplace_back(at, 0.0);
        }
        now += change;
        measured.course.back().second = now;
    }
    const Duration span = end(measure.window) - beginning(measure.window);
    total += now * static_cast<double>((end(measure.window) - since).count());
    const auto by_count = &Measurements::Series::value_type::second;
    if (measure.attribute == "max")
        measured.value = std::ranges::max(measured.course, {}, by_count).second;
    else if (measure.attribute == "min")
        measured.value = std::ranges::min(measured.course, {}, by_count).second;
    else if (measure.attribute == "last")
        measured.value = now;
    else if (measure.attribute == "average")
        measured.value = total / static_cast<double>(span.count());
    else
        measured.value = measure.attribute == "launched" ? launched : terminated;
}

void Meter::activities(const Measure& measure, Measured& measured) const {
    measured.kind = "ec2";
    for (const auto& activity : measurements_.activities(measure.arguments.at(0))) {
        if (!is_within(measure.window, activity.at)) continue;
        if (measure.attribute == "failed" && !activity.failed) continue;
        ++measured.value;
    }
}

void Meter::alarm(const Measure& measure, Measured& measured) const {
    measured.kind = "cloudwatch";
    const std::string name = measurements_.physical_id(measure.arguments.at(0));
    if (!measurements_.knows_alarm(name)) throw NotMeasured("there is no such alarm");
    for (const auto& period : results_.alarms) {
        if (period.alarm != name || period.state != "ALARM") continue;
        const Duration from = std::max(period.from, beginning(measure.window));
        const Duration to = std::min(period.to, end(measure.window));
        if (measure.attribute == "time_in_alarm" && to > from)
            measured.value += static_cast<double>((to - from).count());
        if (measure.attribute == "times_in_alarm" && is_within(measure.window, period.from))
            ++measured.value;
        if (to > from) measured.course.emplace_back(from, 1.0);
    }
}

void Meter::cache(const Measure& measure, Measured& measured) const {
    measured.kind = "cloudfront";
    Measurements::CacheCounts counts;
    const bool is_whole = !measure.window.from && !measure.window.to;
    if (measure.arguments.empty() && is_whole)
        counts = {
            static_cast<double>(results_.cache_hits),
            static_cast<double>(results_.cache_misses)
        };
    else
        counts = measurements_.cache(
            measure.arguments.empty() ? std::string() : measure.arguments[0],
            measure.window
        );
    if (measure.attribute == "hits") {
        measured.value = counts.hits;
    } else if (measure.attribute == "misses") {
        measured.value = counts.misses;
    } else {
        if (counts.hits + counts.misses == 0) throw NotMeasured("no cache was asked for anything");
        measured.value = counts.hits / (counts.hits + counts.misses);
    }
}

void Meter::dns(const Measure& measure, Measured& measured) const {
    measured.kind = "route53";
    const auto counts = measurements_.name(measure.arguments.at(0), measure.window);
    if (measure.attribute == "queries") {
        measured.value = counts.queries;
    } else if (measure.attribute == "failures") {
        measured.value = counts.failures;
    } else {
        if (counts.queries == 0) throw NotMeasured("nobody asked for that name");
        const std::string& value = measure.arguments.back();
        const auto found = counts.answers.find(measurements_.physical_id(value));
        const auto as_given = counts.answers.find(value);
        if (found != counts.answers.end())
            measured.value = found->second / counts.queries;
        else if (as_given != counts.answers.end())
            measured.value = as_given->second / counts.queries;
    }
}

void Meter::sql(const Measure& measure, Measured& measured) const {
    measured.kind = "rds";
    measured.value = measurements_.query(measure.arguments.at(0), measure.arguments.at(1));
}

void Meter::total(const Measure& measure, Measured& measured) const {
    const auto* found = std::ranges::find(totals, measure.name, &Total::name);
    measured.kind = found->kind;
    if (measure.name == "requests" && (measure.window.from || measure.window.to)) {
        Measure counted = measure;
        counted.attribute = "count";
        return outcomes(counted, measured);
    }
    measured.value = static_cast<double>(results_.*found->count);
}

void Meter::cost(const Measure& measure, Measured& measured) const {
    std::map<std::string, double> by_service;
    for (const auto& line : results_.cost) {
        if (!measure.arguments.empty() && line.service != measure.arguments[0]) continue;
        if (std::isnan(line.price))
            throw NotMeasured(fmt::format("no price is known for {}", line.what));
        by_service[line.service] += line.dollars;
        measured.value += line.dollars;
    }
    if (by_service.empty()) return;
    const auto most =
        std::ranges::max_element(by_service, {}, [](const auto& one) { return one.second; });
    measured.kind = kind_of_service(most->first);
}

// Of the group and the databases, which have a utilization, the one that was busier; the group when
// neither says anything.
std::string Meter::busiest(std::optional<Duration> at) const {
    double most = 0;
    std::string kind = "ec2";
    for (const auto& timeline : results_.timelines) {
        if (!timeline.name.starts_with("CPU utilization") || timeline.values.empty()) continue;
        const auto component =
            std::ranges::find(results_.components, timeline.component, &Component::label);
        if (component == results_.components.end()) continue;
        double value = 0;
        const auto step = at ? static_cast<std::size_t>(*at / results_.step) : 0;
        for (std::size_t i = 0; i < timeline.values.size(); ++i)
            if ((!at || i == step) && timeline.values[i] > value) value = timeline.values[i];
        if (value <= most) continue;
        most = value;
        kind = component->kind;
    }
    return kind;
}

std::string Meter::component_to_look_at(std::string_view kind, std::optional<Duration> at) const {
    const std::string wanted = kind.empty() ? source_of_errors(at) : std::string(kind);
    const auto found = std::ranges::find(results_.components, wanted, &Component::kind);
    if (found != results_.components.end()) return found->label;
    return std::string(usual_label(wanted));
}

} // namespace diorama::simulation
