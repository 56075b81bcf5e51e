// What can be created: DescribeDBEngineVersions, DescribeOrderableDBInstanceOptions.
#pragma once

#include "services/rds/api.hpp"

namespace diorama::rds {

// Throw AWS's errors for anything but MySQL 8.0.
void check_engine(const std::string& engine);
void check_engine_version(const std::optional<std::string>& version);

api::DBEngineVersionMessage
describe_engine_versions(const aws::Call& call, const api::DescribeDBEngineVersionsMessage& input);
api::OrderableDBInstanceOptionsMessage describe_orderable_options(
    const aws::Call& call,
    const api::DescribeOrderableDBInstanceOptionsMessage& input
);

} // namespace diorama::rds
