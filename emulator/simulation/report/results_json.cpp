// See results_json.hpp. Times are seconds since the start of the run; what is missing is null.
#include "emulator/simulation/report/results_json.hpp"

#include "emulator/simulation/report/narrative.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace diorama::simulation {

namespace {

using JSON = nlohmann::ordered_json;

class ResultsWriter {
public:
    ResultsWriter(const Results& results, JSONDetail detail)
        : results_(results)
        , detail_(detail) {}

    JSON all() const;

private:
    JSON totals() const;
    JSON outcomes() const;
    JSON populations() const;
    JSON timelines() const;
    JSON heat() const;
    JSON instances() const;
    JSON alarms() const;
    JSON faults() const;
    JSON moments() const;
    JSON architecture() const;
    JSON expectations() const;
    JSON checks() const;
    JSON cost() const;
    JSON latency(const Distribution& distribution) const;
    JSON number(double value) const;

    static JSON time(Duration at) { return whole_or_real(static_cast<double>(at.count()) / 1e9); }

    static JSON time(const std::optional<Duration>& at) { return at ? time(*at) : JSON(); }

    static JSON whole_or_real(double value);

    const Results& results_;
    JSONDetail detail_;
};

JSON ResultsWriter::whole_or_real(double value) {
    if (!std::isfinite(value)) return nullptr;
    if (std::abs(value) < 9e15 && std::trunc(value) == value)
        return static_cast<std::int64_t>(value);
    return value;
}

JSON ResultsWriter::number(double value) const {
    if (detail_ == JSONDetail::whole || !std::isfinite(value)) return whole_or_real(value);
    const std::string text = fmt::format("{:.4g}", value);
    double rounded = 0;
    std::from_chars(text.data(), text.data() + text.size(), rounded);
    return whole_or_real(rounded);
}

JSON ResultsWriter::latency(const Distribution& distribution) const {
    JSON made{{"count", number(distribution.count())}};
    if (distribution.empty()) return made;
    made["average"] = number(distribution.average());
    made["minimum"] = number(distribution.minimum());
    made["p50"] = number(distribution.percentile(50));
    made["p90"] = number(distribution.percentile(90));
    made["p95"] = number(distribution.percentile(95));
    made["p99"] = number(distribution.percentile(99));
    made["p99.9"] = number(distribution.percentile(99.9));
    made["maximum"] = number(distribution.maximum());
    if (detail_ == JSONDetail::whole) {
        JSON& values = made["values"] = JSON::array();
        for (const auto& [value, count] : distribution.values())
            values.push_back({number(value), number(count)});
        return made;
    }
    // Tenths of nines: entry i is the value below which all but 10^(-i/10) lie, as far as there are
    // enough values to say so.
    JSON& curve = made["curve"] = JSON::array();
    const double nines = std::min(5.0, std::log10(std::max(1.0, distribution.count())));
    for (int tenth = 0; tenth <= static_cast<int>(nines * 10); ++tenth)
        curve.push_back(number(distribution.percentile(100 * (1 - std::pow(10, -tenth / 10.0)))));
    return made;
}

JSON ResultsWriter::totals() const {
    return {
        {"requests", results_.requests},
        {"visits", results_.visits},
        {"events", results_.events},
        {"sql_statements", results_.sql_statements},
        {"stale_reads", results_.stale_reads},
        {"acknowledged_writes", results_.acknowledged_writes},
        {"lost_writes", results_.lost_writes},
        {"cache_hits", results_.cache_hits},
        {"cache_misses", results_.cache_misses},
        {"dns_queries", results_.dns_queries},
        {"dollars", number(results_.dollars())},
    };
}

JSON ResultsWriter::outcomes() const {
    JSON rows = JSON::array();
    for (const auto& row : results_.outcomes) {
        rows.push_back({
            {"population", row.population},
            {"route", row.route},
            {"total", row.total()},
            {"errors", row.errors()},
            {"count", row.count},
            {"retries", row.retries},
            {"gave_up", row.gave_up},
            {"latency", latency(row.latency)},
        });
    }
    return rows;
}

JSON ResultsWriter::populations() const {
    JSON rows = JSON::array();
    for (const auto& row : by_population(results_)) {
        rows.push_back({
            {"population", row.population},
            {"total", row.total()},
            {"errors", row.errors()},
            {"latency", latency(row.latency)},
        });
    }
    return rows;
}

JSON ResultsWriter::timelines() const {
    JSON rows = JSON::array();
    for (const auto& timeline : results_.timelines) {
        JSON values = JSON::array();
        for (const double value : timeline.values)
            values.push_back(number(value));
        rows.push_back({
            {"component", timeline.component},
            {"name", timeline.name},
            {"unit", timeline.unit},
            {"values", std::move(values)},
        });
    }
    return rows;
}

JSON ResultsWriter::heat() const {
    JSON bands = JSON::array();
    for (const double band : results_.latency_bands)
        bands.push_back(number(band));
    return {{"bands", std::move(bands)}, {"counts", results_.latency_heat}};
}

JSON ResultsWriter::instances() const {
    JSON rows = JSON::array();
    for (const auto& life : results_.instances) {
        rows.push_back({
            {"id", life.id},
            {"type", life.type},
            {"zone", life.zone},
            {"group", life.group},
            {"launched", time(life.launched)},
            {"in_service", time(life.in_service)},
            {"left", time(life.left)},
            {"terminated", time(life.terminated)},
            {"end_reason", life.end_reason},
            {"failed", life.failed},
            {"requests", life.requests},
        });
    }
    return rows;
}

JSON ResultsWriter::alarms() const {
    JSON rows = JSON::array();
    for (const auto& period : results_.alarms) {
        rows.push_back({
            {"alarm", period.alarm},
            {"shown", period.shown()},
            {"state", period.state},
            {"from", time(period.from)},
            {"to", time(period.to)},
            {"reason", period.reason},
        });
    }
    return rows;
}

JSON ResultsWriter::faults() const {
    JSON rows = JSON::array();
    for (const auto& fault : results_.faults) {
        rows.push_back({
            {"number", fault.number},
            {"name", fault.name},
            {"action", fault.action},
            {"targets", fault.targets},
            {"from", time(fault.from)},
            {"to", time(fault.to)},
            {"failure", fault.failure},
        });
    }
    return rows;
}

JSON ResultsWriter::moments() const {
    JSON rows = JSON::array();
    for (const auto& moment : results_.moments) {
        rows.push_back({
            {"at", time(moment.at)},
            {"component", moment.component},
            {"text", moment.text},
            {"weight", moment.weight},
        });
    }
    return rows;
}

JSON ResultsWriter::architecture() const {
    JSON components = JSON::array();
    for (const auto& component : results_.components) {
        components.push_back({
            {"id", component.id},
            {"kind", component.kind},
            {"label", component.label},
            {"detail", component.detail},
        });
    }
    JSON flows = JSON::array();
    for (const auto& flow : results_.flows) {
        flows.push_back({
            {"from", flow.from},
            {"to", flow.to},
            {"label", flow.label},
            {"count", number(flow.count)},
            {"bytes", number(flow.bytes)},
        });
    }
    return {{"components", std::move(components)}, {"flows", std::move(flows)}};
}

JSON ResultsWriter::expectations() const {
    JSON rows = JSON::array();
    for (const auto& expectation : results_.expectations) {
        rows.push_back({
            {"text", expectation.text},
            {"passed", expectation.passed},
            {"measured", expectation.measured},
            {"bound", expectation.bound},
            {"worst", time(expectation.worst)},
            {"points_to", expectation.points_to},
            {"file", expectation.file},
            {"line", expectation.line},
        });
    }
    return rows;
}

JSON ResultsWriter::checks() const {
    JSON checkers = JSON::array();
    for (const auto& checker : results_.checkers) {
        checkers.push_back({
            {"name", checker.name},
            {"checks", checker.checks},
            {"violations", checker.violations},
        });
    }
    JSON violations = JSON::array();
    for (const auto& violation : results_.violations) {
        violations.push_back({
            {"checker", violation.checker},
            {"text", violation.text},
            {"at", time(violation.at)},
        });
    }
    return {{"checkers", std::move(checkers)}, {"violations", std::move(violations)}};
}

JSON ResultsWriter::cost() const {
    JSON lines = JSON::array();
    for (const auto& line : results_.cost) {
        lines.push_back({
            {"service", line.service},
            {"what", line.what},
            {"quantity", number(line.quantity)},
            {"unit", line.unit},
            {"price", number(line.price)},
            {"dollars", number(line.dollars)},
        });
    }
    return {
        {"lines", std::move(lines)},
        {"dollars", number(results_.dollars())},
        {"note", results_.cost_note},
    };
}

JSON ResultsWriter::all() const {
    JSON parameters = JSON::array();
    for (const auto& [name, value] : results_.parameters)
        parameters.push_back({{"name", name}, {"value", value}});
    JSON outcome_names = JSON::array();
    for (std::size_t i = 0; i < outcome_count; ++i)
        outcome_names.push_back(name_of(static_cast<Outcome>(i)));
    JSON architecture_json = architecture();
    JSON checks_json = checks();
    return {
        {"format", report_format},
        {"format_version", report_format_version},
        {"diorama", results_.version},
        {"scenario", results_.scenario},
        {"description", results_.description},
        {"path", results_.path},
        {"seed", results_.seed},
        {"command", results_.command},
        {"parameters", std::move(parameters)},
        {"start", iso8601_ms(results_.start)},
        {"duration", time(results_.duration)},
        {"simulated", time(results_.simulated)},
        {"interrupted", results_.interrupted},
        {"live", results_.is_live},
        {"sql_engine", results_.sql_engine},
        {"held", results_.held()},
        {"headline", headline(results_)},
        {"what_happened", what_happened(results_)},
        {"totals", totals()},
        {"expectations", expectations()},
        {"checkers", std::move(checks_json["checkers"])},
        {"violations", std::move(checks_json["violations"])},
        {"cost", cost()},
        {"outcome_names", std::move(outcome_names)},
        {"outcomes", outcomes()},
        {"populations", populations()},
        {"moments", moments()},
        {"faults", faults()},
        {"alarms", alarms()},
        {"instances", instances()},
        {"components", std::move(architecture_json["components"])},
        {"flows", std::move(architecture_json["flows"])},
        {"step", time(results_.step)},
        {"timelines", timelines()},
        {"latency_heat", heat()},
    };
}

} // namespace

JSON results_json(const Results& results, JSONDetail detail) {
    return ResultsWriter(results, detail).all();
}

} // namespace diorama::simulation
