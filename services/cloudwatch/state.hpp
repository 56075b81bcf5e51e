// What CloudWatch remembers of its control plane: alarms and their history. Metrics themselves are
// data, and live in data/metric_store.
#pragma once

#include "emulator/storage/journal.hpp"
#include "services/cloudwatch/data/alarm_rule.hpp"
#include "services/cloudwatch/data/metric_query.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace diorama::cloudwatch {

struct Alarm {
    std::string account;
    std::string region;
    std::string name;
    std::optional<std::string> description;
    bool actions_enabled = true;
    std::vector<std::string> ok_actions;
    std::vector<std::string> alarm_actions;
    std::vector<std::string> insufficient_data_actions;

    MetricStat metric; // unless there are queries
    std::vector<MetricQuery> queries;

    int evaluation_periods = 1;
    std::optional<int> datapoints_to_alarm;
    double threshold = 0;
    std::string comparison_operator;
    std::string treat_missing_data;          // as given; empty: missing
    std::string low_sample_count_percentile; // "evaluate", "ignore" or empty

    AlarmState state = AlarmState::insufficient_data;
    std::string state_reason;
    std::string state_reason_data;
    Timestamp configuration_updated;
    Timestamp state_updated;
    Timestamp state_transitioned;
    std::map<std::string, std::string> tags;

    std::string key() const;
    std::string arn() const;
    AlarmRule rule() const;
    int period_s() const; // of the metric, or of the queries' metrics
    const std::vector<std::string>& actions_for(AlarmState wanted) const;

    std::string encode() const;
    static Alarm decode(std::string_view bytes);
};

std::string
alarm_key(const std::string& account, const std::string& region, const std::string& name);

struct AlarmHistoryItem {
    std::string account;
    std::string region;
    std::string alarm_name;
    Timestamp timestamp;
    std::string type; // "ConfigurationUpdate", "StateUpdate", "Action"
    std::string summary;
    std::string details; // JSON

    std::string encode() const;
    static AlarmHistoryItem decode(std::string_view bytes);
};

class State {
public:
    explicit State(Journal& journal);

    Table<Alarm> alarms;
    Table<AlarmHistoryItem> history; // by a running number: oldest first

    void remember(AlarmHistoryItem item);
    void forget_history_before(Timestamp limit);

private:
    std::uint64_t last_history_item_ = 0;
};

} // namespace diorama::cloudwatch
