// Between the shapes of the API and CloudWatch's own words.
#pragma once

#include "services/cloudwatch/api.hpp"
#include "services/cloudwatch/state.hpp"

#include <string>
#include <vector>

namespace diorama::cloudwatch {

// Sorted by name, as a metric's identity wants them.
std::vector<Dimension> dimensions_from(const std::vector<api::Dimension>& dimensions);
std::vector<api::Dimension> describe(const std::vector<Dimension>& dimensions);
std::string unit_from(const std::optional<api::StandardUnit>& unit);
std::optional<api::StandardUnit> describe_unit(const std::string& unit);

MetricQuery query_from(const api::MetricDataQuery& query);
api::MetricDataQuery describe(const MetricQuery& query);
api::MetricAlarm describe(const Alarm& alarm);

// AWS: 1, 5, 10, 20, 30 or a multiple of 60 seconds.
bool is_valid_period(std::int64_t period_s);
// "^[a-z][A-Za-z0-9_]*$"
bool is_valid_query_id(std::string_view id);

// Pages are numbered by how many entries were already given.
std::string page_token(std::size_t given);
// Throws InvalidNextToken.
std::size_t given_before(const std::optional<std::string>& token);

} // namespace diorama::cloudwatch
