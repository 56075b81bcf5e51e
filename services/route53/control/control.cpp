// See control.hpp.
#include "services/route53/control/control.hpp"

#include "services/route53/data/record_data.hpp"

#include <algorithm>
#include <charconv>

namespace diorama::route53 {

std::string_view bare_id(std::string_view id) {
    const auto slash = id.rfind('/');
    return slash == std::string_view::npos ? id : id.substr(slash + 1);
}

const HostedZone& hosted_zone_of(const State& state, const aws::Call& call, std::string_view id) {
    const auto* zone = state.hosted_zones.find(account_key(call.account, bare_id(id)));
    if (zone == nullptr)
        throw api::NoSuchHostedZone("No hosted zone found with ID: {}", bare_id(id));
    return *zone;
}

const HealthCheck& health_check_of(const State& state, const aws::Call& call, std::string_view id) {
    const auto* found = state.health_checks.find(account_key(call.account, id));
    if (found == nullptr) {
        throw api::NoSuchHealthCheck("No health check exists with the specified ID: {}", id);
    }
    return *found;
}

api::ChangeInfo describe(const Change& change) {
    return {
        .id = "/change/" + change.id,
        .status = change.is_in_sync ? api::ChangeStatus::INSYNC : api::ChangeStatus::PENDING,
        .submitted_at = change.submitted_at,
        .comment = change.comment,
    };
}

std::int64_t page_size(const std::optional<std::string>& max_items, std::int64_t most) {
    if (!max_items || max_items->empty()) return most;
    std::int64_t value = 0;
    const auto* end = max_items->data() + max_items->size();
    const auto [stop, error] = std::from_chars(max_items->data(), end, value);
    if (error != std::errc() || stop != end || value < 1) {
        throw api::InvalidInput("Invalid value for MaxItems: {}", *max_items);
    }
    return std::min(value, most);
}

aws::AWSError not_emulated(std::string_view operation, std::string_view parameter) {
    return {
        "NotImplemented",
        501,
        fmt::format("The parameter {} of {} in route53 is not emulated.", parameter, operation),
        aws::Fault::receiver,
    };
}

std::string
fatal_problem(std::string_view code, std::string_view sentence, std::string_view value) {
    return fmt::format("FATAL problem: {} ({}) encountered with '{}'", code, sentence, value);
}

std::string domain_name_problem(std::string_view name) {
    const auto parsed = parse_record_data(RecordType::cname, name);
    const auto* problem = std::get_if<ValueProblem>(&parsed);
    if (problem == nullptr) return {};
    return fatal_problem(problem->code, problem->sentence, name);
}

} // namespace diorama::route53
