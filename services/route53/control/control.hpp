// What the files of this room share: what a handler works on, the ids of the API, page sizes, and
// the refusal of what is not emulated.
#pragma once

#include "emulator/environment.hpp"
#include "services/route53/api.hpp"
#include "services/route53/background/change_propagation.hpp"
#include "services/route53/background/health_checker.hpp"
#include "services/route53/data/published_zones.hpp"
#include "services/route53/ports.hpp"
#include "services/route53/state.hpp"

#include <string>
#include <string_view>

namespace diorama::route53 {

class QueryLog;

struct ControlPlane {
    Environment& environment;
    State& state;
    ChangePropagation& propagation;
    const PublishedZones& published; // for TestDNSAnswer only
    const AliasTargets& alias_targets;
    const OwnNames& own_names;
    const PlaceTable& places;
    HealthChecker& health;
    VPCs* vpcs;          // none: every VPC exists
    QueryLog* query_log; // none: there is nowhere to write to
};

// AWS returns "/hostedzone/Z1" and accepts that, "hostedzone/Z1" and "Z1".
std::string_view bare_id(std::string_view id);

// Throws NoSuchHostedZone.
const HostedZone& hosted_zone_of(const State& state, const aws::Call& call, std::string_view id);

// Throws NoSuchHealthCheck.
const HealthCheck& health_check_of(const State& state, const aws::Call& call, std::string_view id);

api::ChangeInfo describe(const Change& change);

// How many items a page has; throws InvalidInput. Above the maximum AWS returns the maximum.
std::int64_t page_size(const std::optional<std::string>& max_items, std::int64_t most);

// For a parameter that AWS knows and the emulator does not.
aws::AWSError not_emulated(std::string_view operation, std::string_view parameter);

// "FATAL problem: DomainLabelEmpty (Domain label is empty) encountered with 'a..b'".
std::string fatal_problem(std::string_view code, std::string_view sentence, std::string_view value);

// The complaint about a text that is no domain name.
std::string domain_name_problem(std::string_view name);

} // namespace diorama::route53
