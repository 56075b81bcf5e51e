// CloudWatch's metrics and metric math as expectations name them; see meter.hpp.
#include "emulator/simulation/meter.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace diorama::simulation {

namespace {

using std::chrono::minutes;
using Series = Measurements::Series;

constexpr Duration period = minutes(1);
// AWS: "Period […] maximum 86400".
constexpr Duration longest_period = std::chrono::hours(24);

std::string trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

// "AWS/RDS CPUUtilization", "Database", "DBInstanceIdentifier=shop".
MetricReference reference_to(const std::vector<std::string>& arguments) {
    MetricReference metric;
    const auto space = arguments.empty() ? std::string::npos : arguments[0].find_last_of(' ');
    if (space == std::string::npos)
        throw NotMeasured("a metric is named like `metric(AWS/RDS CPUUtilization, Database)`");
    metric.metric_namespace = trimmed(std::string_view(arguments[0]).substr(0, space));
    metric.name = arguments[0].substr(space + 1);
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        const auto equals = arguments[i].find('=');
        if (equals == std::string::npos)
            metric.resources.push_back(arguments[i]);
        else
            metric.dimensions.emplace_back(
                trimmed(std::string_view(arguments[i]).substr(0, equals)),
                trimmed(std::string_view(arguments[i]).substr(equals + 1))
            );
    }
    return metric;
}

std::string statistic_of(std::string_view attribute) {
    if (attribute == "max") return "Maximum";
    if (attribute == "min") return "Minimum";
    if (attribute == "sum") return "Sum";
    if (attribute == "count") return "SampleCount";
    if (attribute == "average" || attribute == "last" || attribute.empty()) return "Average";
    return std::string(attribute); // p99
}

std::string kind_of(std::string_view metric_namespace) {
    static constexpr std::pair<std::string_view, std::string_view> kinds[]{
        {"AWS/ApplicationELB", "elbv2"},
        {"AWS/AutoScaling", "ec2"},
        {"AWS/CloudFront", "cloudfront"},
        {"AWS/EC2", "ec2"},
        {"AWS/RDS", "rds"},
        {"AWS/Route53", "route53"},
        {"AWS/S3", "s3"},
    };
    for (const auto& [name, kind] : kinds)
        if (name == metric_namespace) return std::string(kind);
    return "cloudwatch";
}

double sum_of(const Series& series) {
    double sum = 0;
    for (const auto& [at, value] : series)
        sum += value;
    return sum;
}

double greatest_of(const Series& series) {
    return std::ranges::max(series, {}, &Series::value_type::second).second;
}

double least_of(const Series& series) {
    return std::ranges::min(series, {}, &Series::value_type::second).second;
}

// A series read as one number, where that needs nothing but the series.
double summary(const Series& series, std::string_view attribute) {
    if (attribute == "max") return greatest_of(series);
    if (attribute == "min") return least_of(series);
    if (attribute == "sum" || attribute == "count") return sum_of(series);
    if (attribute == "average") return sum_of(series) / static_cast<double>(series.size());
    return series.back().second;
}

// Where the parenthesis that opens at `from` is closed; quotes are respected.
std::size_t closing(std::string_view text, std::size_t from) {
    int depth = 0;
    for (std::size_t i = from; i < text.size(); ++i) {
        if (text[i] == '(') ++depth;
        if (text[i] == ')' && --depth == 0) return i;
    }
    throw NotMeasured("a parenthesis is not closed");
}

std::vector<std::string> split_at_commas(std::string_view text) {
    std::vector<std::string> parts;
    while (true) {
        const auto comma = text.find(',');
        parts.push_back(trimmed(text.substr(0, comma)));
        if (comma == std::string_view::npos) return parts;
        text.remove_prefix(comma + 1);
    }
}

} // namespace

MetricMath metric_math(const std::string& text) {
    constexpr std::string_view word = "metric(";
    MetricMath math;
    std::size_t at = 0;
    while (true) {
        const auto found = text.find(word, at);
        math.text += text.substr(at, found - at);
        if (found == std::string::npos) return math;
        const auto end = closing(text, found + word.size() - 1);
        const auto inner =
            std::string_view(text).substr(found + word.size(), end - found - word.size());
        MetricReference metric = reference_to(split_at_commas(inner));
        at = end + 1;
        std::string attribute;
        if (at < text.size() && text[at] == '.') {
            const auto last =
                text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789", at + 1);
            attribute = text.substr(at + 1, last == std::string::npos ? last : last - at - 1);
            at = std::min(last, text.size());
        }
        metric.statistic = statistic_of(attribute);
        const std::string id = fmt::format("metric{}", math.metrics.size() + 1);
        math.metrics.emplace(id, std::move(metric));
        math.text += id;
    }
}

void Meter::metric(const Measure& measure, Measured& measured) const {
    MetricReference metric = reference_to(measure.arguments);
    measured.kind = kind_of(metric.metric_namespace);
    measured.name = fmt::format("{} {}", metric.name, measured.name);
    const auto series = [&](std::string_view statistic, Duration every) {
        metric.statistic = statistic;
        return measurements_.metric(metric, every, measure.window);
    };
    measured.course = series(statistic_of(measure.attribute), period);
    if (measured.course.empty()) throw NotMeasured("no such metric has datapoints");
    if (measure.attribute == "average") {
        // Of all samples, not of the averages of minutes.
        measured.value = sum_of(series("Sum", period)) / sum_of(series("SampleCount", period));
    } else if (measure.attribute.starts_with('p')) {
        const Duration span = end(measure.window) - beginning(measure.window);
        const Duration whole = (span + period - Duration(1)) / period * period;
        const Series few = series(measure.attribute, std::clamp(whole, period, longest_period));
        measured.value = few.empty() ? greatest_of(measured.course) : greatest_of(few);
    } else {
        measured.value = summary(measured.course, measure.attribute);
    }
}

void Meter::expression(const Measure& measure, Measured& measured) const {
    const MetricMath math = metric_math(measure.arguments.at(0));
    measured.kind = math.metrics.empty() ? "cloudwatch"
                                         : kind_of(math.metrics.begin()->second.metric_namespace);
    measured.course = measurements_.expression(math.text, math.metrics, period, measure.window);
    if (measured.course.empty()) throw NotMeasured("the expression has no values");
    measured.value = summary(measured.course, measure.attribute);
}

} // namespace diorama::simulation
