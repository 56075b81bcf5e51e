// See metric_query.hpp.
#include "services/cloudwatch/data/metric_query.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::cloudwatch {

const TimeSeries* MetricView::find(const MetricStat& stat) const {
    return store.find_series(
        {account, region, stat.metric_namespace, stat.metric_name, stat.dimensions},
        stat.unit
    );
}

Series read_series(
    const MetricView& view,
    const MetricStat& stat,
    const std::vector<Timestamp>& timeline,
    Series* sample_counts
) {
    Series result;
    const auto* series = view.find(stat);
    const auto statistic = parse_statistic(stat.statistic);
    if (series == nullptr || !statistic) return result;
    const Timestamp oldest = series->oldest();
    const Timestamp newest = series->newest();
    const std::chrono::seconds period(stat.period_s);
    for (const auto start : timeline) {
        if (start + period <= oldest || start > newest + std::chrono::hours(1)) continue;
        const auto values = series->period_at(start, period);
        if (const auto value = value_of(*statistic, values)) {
            result[start] = *value;
            if (sample_counts != nullptr) (*sample_counts)[start] = values.count();
        }
    }
    return result;
}

std::vector<Timestamp> timeline_of(Timestamp start, Timestamp end, Duration period) {
    std::vector<Timestamp> timeline;
    for (auto when = start; when < end; when += period)
        timeline.push_back(when);
    return timeline;
}

namespace {

// Answers queries on demand, so that expressions may use each other in any order.
class Answering {
public:
    Answering(
        const MetricView& view,
        const std::vector<MetricQuery>& queries,
        const std::function<std::vector<Timestamp>(Duration)>& timeline_for
    )
        : view_(view)
        , queries_(queries)
        , timeline_for_(timeline_for) {}

    const QueryResult& answer(const MetricQuery& query) {
        const auto known = results_.find(query.id);
        if (known != results_.end()) return known->second;
        // Entered first: an expression that leads back to itself finds this and fails.
        results_[query.id] = {{}, {}, fmt::format("Circular reference to '{}'", query.id)};
        return results_[query.id] = query.metric_stat ? read(*query.metric_stat) : evaluate(query);
    }

    std::map<std::string, QueryResult> take() { return std::move(results_); }

private:
    QueryResult read(const MetricStat& stat) {
        const std::chrono::seconds period(stat.period_s);
        return {{read_series(view_, stat, timeline_for_(period))}, period, {}};
    }

    const MetricQuery* find(const std::string& id) const {
        const auto found = std::find_if(queries_.begin(), queries_.end(), [&](const auto& query) {
            return query.id == id;
        });
        return found == queries_.end() ? nullptr : &*found;
    }

    QueryResult evaluate(const MetricQuery& query) {
        const auto parsed = parse_math(query.expression);
        if (!parsed.tree) return {{}, {}, parsed.error};
        MathContext context;
        Duration period{};
        for (const auto& other : queries_) {
            if (other.metric_stat) context.metrics.push_back(other.id);
        }
        const auto used = references_of(*parsed.tree);
        for (const auto& id : used) {
            const auto* other = find(id);
            if (other == nullptr)
                return {{}, {}, fmt::format("Undefined metric or expression id '{}'", id)};
            const auto& result = answer(*other);
            if (!result.error.empty()) return {{}, {}, result.error};
            period = std::max(period, result.period);
        }
        if (used.empty()) { // METRICS()
            for (const auto& id : context.metrics)
                period = std::max(period, answer(*find(id)).period);
        }
        if (query.period_s > 0) period = std::chrono::seconds(query.period_s);
        if (period == Duration::zero()) period = std::chrono::minutes(5);
        context.period = period;
        context.timeline = timeline_for_(period);
        context.find = [this](const std::string& id) -> const Series* {
            const auto found = results_.find(id);
            if (found == results_.end() || found->second.series.empty()) return nullptr;
            return &found->second.series.front();
        };
        return to_result(evaluate_math(*parsed.tree, context), period);
    }

    static QueryResult to_result(MathResult result, Duration period) {
        if (!result.error.empty()) return {{}, {}, result.error};
        if (auto* series = std::get_if<Series>(&result.value))
            return {{std::move(*series)}, period, {}};
        if (auto* list = std::get_if<MathSeriesList>(&result.value))
            return {std::move(*list), period, {}};
        return {{}, {}, "The final result must be a time series or an array of time series"};
    }

    const MetricView& view_;
    const std::vector<MetricQuery>& queries_;
    const std::function<std::vector<Timestamp>(Duration)>& timeline_for_;
    std::map<std::string, QueryResult> results_;
};

} // namespace

std::map<std::string, QueryResult> answer(
    const MetricView& view,
    const std::vector<MetricQuery>& queries,
    const std::function<std::vector<Timestamp>(Duration period)>& timeline_for
) {
    Answering answering(view, queries, timeline_for);
    for (const auto& query : queries)
        answering.answer(query);
    return answering.take();
}

} // namespace diorama::cloudwatch
