// Which fields of a resource record set go together; the part of checking a change that needs no
// state.
// https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html
#include "services/route53/control/change_batch.hpp"
#include "services/route53/control/routing_fields.hpp"

namespace diorama::route53 {

namespace {

constexpr std::string_view operation = "ChangeResourceRecordSets";

void check_emulated(const api::ResourceRecordSet& set) {
    const auto refuse = [](bool is_given, std::string_view name) {
        if (is_given) throw not_emulated(operation, fmt::format("ResourceRecordSet.{}", name));
    };
    refuse(set.traffic_policy_instance_id.has_value(), "TrafficPolicyInstanceId");
}

} // namespace

void check_fields(const api::Change& change) {
    const auto& set = change.resource_record_set;
    check_emulated(set);
    const bool has_values = set.ttl.has_value() && !set.resource_records.empty();
    const bool has_some = set.ttl.has_value() || !set.resource_records.empty();
    constexpr std::string_view choices =
        "[AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId]";
    if (set.alias_target && has_some) {
        throw api::InvalidInput(
            "Invalid request: Expected exactly one of {}, but found more than one in {}",
            choices,
            described(change)
        );
    }
    if (!set.alias_target && !has_values) {
        if (has_some) {
            throw api::InvalidInput(
                "Invalid request: Missing field '{}' in {}",
                set.ttl ? "ResourceRecords" : "TTL",
                described(change)
            );
        }
        throw api::InvalidInput(
            "Invalid request: Expected exactly one of {}, but found none in {}",
            choices,
            described(change)
        );
    }
    const auto policy = parse_policy(change);
    // AWS: "You can't create multivalue answer alias records."
    if (std::holds_alternative<MultivalueRouting>(policy) && set.alias_target) {
        throw api::InvalidInput(
            "Invalid request: Expected exactly one of [AliasTarget or MultiValueAnswer], but found "
            "more than one in {}",
            described(change)
        );
    }
}

} // namespace diorama::route53
