// See measure_catalogue.hpp.
#include "emulator/simulation/measure_catalogue.hpp"

#include <array>

namespace diorama::simulation {

namespace {

using Kind = MeasureArgument::Kind;
using Unit = MeasureUnit;

// clang-format off
constexpr std::array outcomes_arguments{
    MeasureArgument{"population", Kind::population},
    MeasureArgument{"route", Kind::route},
};
// The names of outcomes are those of results.hpp, with underscores.
constexpr std::array outcomes_attributes{
    MeasureAttribute{"count", Unit::number, "requests, retries included"},
    MeasureAttribute{"rate", Unit::rate, "requests per second, on average"},
    MeasureAttribute{"errors", Unit::number, "requests that failed: everything but ok and client_error"},
    MeasureAttribute{"error_rate", Unit::share, "errors among all requests"},
    MeasureAttribute{"retries", Unit::number, "requests that are the repetition of a failed one"},
    MeasureAttribute{"gave_up", Unit::number, "visits that ended early because a step failed"},
    MeasureAttribute{"p50", Unit::duration, "the median latency of answers"},
    MeasureAttribute{"p90", Unit::duration, "the latency that 90% of the answers reach"},
    MeasureAttribute{"p95", Unit::duration, "the latency that 95% of the answers reach"},
    MeasureAttribute{"p99", Unit::duration, "the latency that 99% of the answers reach"},
    MeasureAttribute{"p99.9", Unit::duration, "the latency that 99.9% of the answers reach"},
    MeasureAttribute{"mean", Unit::duration, "the mean latency of answers"},
    MeasureAttribute{"max", Unit::duration, "the greatest latency of an answer"},
    MeasureAttribute{"ok", Unit::number, "requests with a status below 400"},
    MeasureAttribute{"client_error", Unit::number, "requests answered with 4xx"},
    MeasureAttribute{"server_error", Unit::number, "requests the application answered with 5xx"},
    MeasureAttribute{"bad_gateway", Unit::number, "requests answered with 502"},
    MeasureAttribute{"unavailable", Unit::number, "requests answered with 503"},
    MeasureAttribute{"gateway_timeout", Unit::number, "requests answered with 504"},
    MeasureAttribute{"timed_out", Unit::number, "requests whose client stopped waiting"},
    MeasureAttribute{"unresolved", Unit::number, "requests for whose host there was no address"},
    MeasureAttribute{"unreachable", Unit::number, "requests that got no connection"},
};
constexpr std::array metric_arguments{
    MeasureArgument{"namespace and metric", Kind::metric, true},
    MeasureArgument{"resource or key=value", Kind::dimension, false, true},
};
constexpr std::array metric_attributes{
    MeasureAttribute{"max", Unit::cloudwatch, "the greatest datapoint"},
    MeasureAttribute{"min", Unit::cloudwatch, "the least datapoint"},
    MeasureAttribute{"average", Unit::cloudwatch, "the average of all samples"},
    MeasureAttribute{"sum", Unit::cloudwatch, "the sum of all samples"},
    MeasureAttribute{"count", Unit::number, "how many samples there were"},
    MeasureAttribute{"last", Unit::cloudwatch, "the last datapoint"},
    MeasureAttribute{"p50", Unit::cloudwatch, "the median sample"},
    MeasureAttribute{"p90", Unit::cloudwatch, "what 90% of the samples reach"},
    MeasureAttribute{"p99", Unit::cloudwatch, "what 99% of the samples reach"},
};
constexpr std::array expression_arguments{MeasureArgument{"metric math", Kind::text, true}};
constexpr std::array expression_attributes{
    MeasureAttribute{"max", Unit::cloudwatch, "the greatest value"},
    MeasureAttribute{"min", Unit::cloudwatch, "the least value"},
    MeasureAttribute{"average", Unit::cloudwatch, "the mean of the values"},
    MeasureAttribute{"sum", Unit::cloudwatch, "the sum of the values"},
    MeasureAttribute{"last", Unit::cloudwatch, "the last value"},
};
constexpr std::array group_arguments{MeasureArgument{"group", Kind::group, true}};
constexpr std::array instances_attributes{
    MeasureAttribute{"max", Unit::number, "the most instances in service at once"},
    MeasureAttribute{"min", Unit::number, "the fewest instances in service at once"},
    MeasureAttribute{"average", Unit::number, "instances in service, on average"},
    MeasureAttribute{"last", Unit::number, "instances in service at the end"},
    MeasureAttribute{"launched", Unit::number, "instances that were launched"},
    MeasureAttribute{"terminated", Unit::number, "instances that were terminated"},
};
constexpr std::array activities_attributes{
    MeasureAttribute{"count", Unit::number, "scaling activities"},
    MeasureAttribute{"failed", Unit::number, "scaling activities that failed"},
};
constexpr std::array alarm_arguments{MeasureArgument{"alarm", Kind::alarm, true}};
constexpr std::array alarm_attributes{
    MeasureAttribute{"times_in_alarm", Unit::number, "how often it became ALARM"},
    MeasureAttribute{"time_in_alarm", Unit::duration, "how long it was in ALARM"},
};
constexpr std::array cache_arguments{MeasureArgument{"distribution", Kind::component}};
constexpr std::array cache_attributes{
    MeasureAttribute{"hit_ratio", Unit::share, "hits among the requests to the CDN"},
    MeasureAttribute{"hits", Unit::number, "requests that the CDN answered from a cache"},
    MeasureAttribute{"misses", Unit::number, "requests that went to an origin"},
};
constexpr std::array dns_arguments{MeasureArgument{"host", Kind::host, true}};
constexpr std::array dns_attributes{
    MeasureAttribute{"share", Unit::share, "answers that were this value, or came from the record set of this identifier", true},
    MeasureAttribute{"queries", Unit::number, "queries that reached the name servers"},
    MeasureAttribute{"failures", Unit::number, "queries without an address in the answer"},
};
constexpr std::array sql_arguments{
    MeasureArgument{"database", Kind::database, true},
    MeasureArgument{"statement", Kind::question, true},
};
constexpr std::array cost_arguments{MeasureArgument{"service", Kind::text}};

constexpr std::array measures{
    MeasureKind{"outcomes", "How requests ended, of one population or all, to one route or all", outcomes_arguments, outcomes_attributes},
    MeasureKind{"metric", "A CloudWatch metric; the resource by its logical id, or dimensions as key=value", metric_arguments, metric_attributes},
    MeasureKind{"expression", "A CloudWatch metric-math expression", expression_arguments, expression_attributes},
    MeasureKind{"instances", "Instances of an Auto Scaling group", group_arguments, instances_attributes},
    MeasureKind{"activities", "Scaling activities of an Auto Scaling group", group_arguments, activities_attributes},
    MeasureKind{"alarm", "A CloudWatch alarm by its logical id or name", alarm_arguments, alarm_attributes},
    MeasureKind{"cache", "The caches of a distribution, or of all", cache_arguments, cache_attributes},
    MeasureKind{"dns", "What the resolvers were told about a name", dns_arguments, dns_attributes},
    MeasureKind{"requests", "Requests of all populations", {}, {}, Unit::number},
    MeasureKind{"visits", "Visits of all populations", {}, {}, Unit::number},
    MeasureKind{"sql", "What a SELECT gives at the end of the run: the first value of its first row", sql_arguments, {}, Unit::number},
    MeasureKind{"sql_statements", "Statements that databases executed", {}, {}, Unit::number},
    MeasureKind{"stale_reads", "Answers to a visitor that lacked a write of the same visitor", {}, {}, Unit::number},
    MeasureKind{"writes_acknowledged", "Writes that a database acknowledged", {}, {}, Unit::number},
    MeasureKind{"writes_lost", "Acknowledged writes that are not there at the end", {}, {}, Unit::number},
    MeasureKind{"cost", "What the run would have cost, of one service or all", cost_arguments, {}, Unit::dollars},
};
// clang-format on

} // namespace

const MeasureAttribute* MeasureKind::find(std::string_view attribute) const {
    for (const MeasureAttribute& candidate : attributes) {
        if (candidate.name == attribute) return &candidate;
    }
    return nullptr;
}

std::vector<std::string> MeasureKind::attribute_names() const {
    std::vector<std::string> names;
    for (const MeasureAttribute& attribute : attributes)
        names.emplace_back(attribute.name);
    return names;
}

std::string MeasureKind::usage() const {
    std::string text(name);
    for (std::size_t i = 0; i < arguments.size(); ++i)
        text.append(i == 0 ? "(" : ", ").append(arguments[i].name);
    if (!arguments.empty()) text += ")";
    if (!attributes.empty()) text.append(".").append(attributes.front().name);
    return text;
}

std::span<const MeasureKind> measure_kinds() {
    return measures;
}

const MeasureKind* find_measure_kind(std::string_view name) {
    for (const MeasureKind& measure : measures) {
        if (measure.name == name) return &measure;
    }
    return nullptr;
}

} // namespace diorama::simulation
