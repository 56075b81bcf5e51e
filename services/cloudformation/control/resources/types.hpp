// The resource types that are emulated, one function each; their files stand beside this one.
#pragma once

#include "services/cloudformation/control/resources/resource_type.hpp"

namespace diorama::cloudformation {

// autoscaling.cpp
const ResourceType& auto_scaling_group_type();
const ResourceType& scaling_policy_type();
// cloudformation.cpp
const ResourceType& wait_condition_handle_type();
// cloudfront.cpp, distribution_config.cpp
const ResourceType& distribution_type();
const ResourceType& origin_access_control_type();
const ResourceType& cache_policy_type();
// cloudwatch.cpp
const ResourceType& alarm_type();
// ec2.cpp
const ResourceType& launch_template_type();
const ResourceType& instance_type();
// elbv2.cpp, listeners.cpp
const ResourceType& load_balancer_type();
const ResourceType& target_group_type();
const ResourceType& listener_type();
const ResourceType& listener_rule_type();
void update_elbv2_tags(const Work& work);
// rds.cpp
const ResourceType& db_instance_type();
const ResourceType& db_subnet_group_type();
// route53.cpp, record_sets.cpp, health_checks.cpp
const ResourceType& hosted_zone_type();
const ResourceType& record_set_type();
const ResourceType& record_set_group_type();
const ResourceType& health_check_type();
const ResourceType& cidr_collection_type();
// s3.cpp
const ResourceType& bucket_type();
const ResourceType& bucket_policy_type();
// sns.cpp
const ResourceType& topic_type();
const ResourceType& subscription_type();
const ResourceType& topic_policy_type();

// A configuration as templates have it, as the API wants it: lists get their Quantity, some names
// differ. distribution_config.cpp
Json distribution_config(const Json& from_template);
Json cache_policy_config(const Json& from_template);

// The same for buckets. bucket_config.cpp
Json bucket_website(const Json& from_template);
Json bucket_cors(const Json& from_template);
Json bucket_lifecycle(const Json& from_template);
Json bucket_logging(const Json& from_template, const std::string& bucket);
Json bucket_notifications(const Json& from_template);

} // namespace diorama::cloudformation
