// https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html and the
// pages beside it.
#include "services/route53/control/record_sets.hpp"

#include "services/route53/control/change_batch.hpp"
#include "services/route53/control/routing_fields.hpp"
#include "services/route53/data/answer.hpp"
#include "services/route53/data/record_data.hpp"
#include "services/route53/limits.hpp"

#include <charconv>

namespace diorama::route53 {

namespace {

api::RRType api_type(RecordType type) {
    return api::parse_rr_type(to_string(type)).value_or(api::RRType::A);
}

api::ResourceRecordSet describe_record_set(const StoredRecordSet& stored) {
    api::ResourceRecordSet set;
    set.name = stored.name;
    set.type = api_type(stored.type);
    if (!stored.set_identifier.empty()) set.set_identifier = stored.set_identifier;
    if (!stored.traffic_policy_instance_id.empty()) {
        // AWS: what the policy makes of it is not listed.
        set.traffic_policy_instance_id = stored.traffic_policy_instance_id;
        return set;
    }
    describe_policy(stored.policy, set);
    if (!stored.health_check_id.empty()) set.health_check_id = stored.health_check_id;
    if (stored.alias) {
        set.alias_target = api::AliasTarget{
            stored.alias->hosted_zone_id,
            stored.alias->name.to_string(),
            stored.alias->evaluate_target_health,
        };
        return set;
    }
    set.ttl = stored.ttl;
    for (const auto& value : stored.values) {
        set.resource_records.push_back({value});
    }
    return set;
}

// AWS: "the subnet mask … is 24 bits for an IPv4 address and 64 bits for an IPv6 address" by
// default.
ClientSubnet client_subnet(const std::string& text, const std::optional<std::string>& mask) {
    const auto address = network::IPAddress::parse(text);
    if (!address) throw api::InvalidInput("Invalid EDNS0 client subnet IP: {}", text);
    const unsigned most = address->is_v4() ? 32 : 128;
    unsigned prefix = address->is_v4() ? 24 : 64;
    if (mask && !mask->empty()) {
        const auto* end = mask->data() + mask->size();
        const auto [stop, error] = std::from_chars(mask->data(), end, prefix);
        if (error != std::errc() || stop != end || prefix > most) {
            throw api::InvalidInput("Invalid EDNS0 client subnet mask: {}", *mask);
        }
    }
    ClientSubnet subnet;
    subnet.family = address->is_v4() ? 1 : 2;
    subnet.source_prefix = static_cast<std::uint8_t>(prefix);
    const auto& bytes = address->bytes();
    subnet.address.assign(bytes.begin(), bytes.begin() + (prefix + 7) / 8);
    return subnet;
}

Client client_of(const api::TestDNSAnswerRequest& input) {
    Client client{network::IPAddress::v4(0), std::nullopt};
    if (input.resolver_ip) {
        const auto address = network::IPAddress::parse(*input.resolver_ip);
        if (!address) throw api::InvalidInput("Invalid resolver IP: {}", *input.resolver_ip);
        client.address = *address;
    }
    if (input.edns0_client_subnet_ip) {
        client.subnet =
            client_subnet(*input.edns0_client_subnet_ip, input.edns0_client_subnet_mask);
    }
    return client;
}

} // namespace

api::ChangeResourceRecordSetsResponse
RecordSets::change(const aws::Call& call, const api::ChangeResourceRecordSetsRequest& input) {
    const auto& zone = hosted_zone_of(control_.state, call, input.hosted_zone_id);
    ChangeBatch batch(control_.state, zone);
    batch.apply(input.change_batch.changes);
    batch.commit(control_.state);
    const auto change = control_.propagation.begin(
        {zone, ZoneEdit::Kind::written, batch.names(), input.change_batch.comment},
        call.random
    );
    return {.change_info = describe(change)};
}

api::ListResourceRecordSetsResponse
RecordSets::list(const aws::Call& call, const api::ListResourceRecordSetsRequest& input) {
    const auto& zone = hosted_zone_of(control_.state, call, input.hosted_zone_id);
    const auto size = page_size(input.max_items, limits::record_sets_per_page_max);
    const auto prefix = record_set_prefix(zone.id);
    auto first = prefix;
    // AWS: "If you specify Type but not Name … Route 53 returns the InvalidInput error"; likewise
    // an identifier without both.
    if (input.start_record_type && !input.start_record_name) {
        throw api::InvalidInput("StartRecordType cannot be specified without StartRecordName");
    }
    if (input.start_record_identifier && !input.start_record_type) {
        throw api::InvalidInput("StartRecordIdentifier cannot be specified without StartRecordType"
        );
    }
    if (input.start_record_name) {
        const auto name = DNSName::parse(*input.start_record_name);
        if (!name) throw api::InvalidInput("{}", domain_name_problem(*input.start_record_name));
        first = record_set_prefix(zone.id, name->lower());
        if (input.start_record_type) {
            first = record_set_key(
                zone.id,
                name->lower(),
                to_string(*input.start_record_type),
                input.start_record_identifier.value_or("")
            );
        }
    }
    api::ListResourceRecordSetsResponse response;
    response.max_items = std::to_string(size);
    const auto& table = control_.state.record_sets;
    for (auto at = table.lower_bound(first); at != table.end() && at->first.starts_with(prefix);
         ++at) {
        const auto& set = at->second;
        if (set.is_hidden) continue;
        if (static_cast<std::int64_t>(response.resource_record_sets.size()) == size) {
            response.is_truncated = true;
            response.next_record_name = set.name;
            response.next_record_type = api_type(set.type);
            if (!set.set_identifier.empty()) response.next_record_identifier = set.set_identifier;
            break;
        }
        response.resource_record_sets.push_back(describe_record_set(set));
    }
    return response;
}

// AWS: "Gets the value that Amazon Route 53 returns in response to a DNS request for a specified
// record name and type." The hosted zone answers whether or not its domain is delegated to it.
api::TestDNSAnswerResponse
RecordSets::test_answer(const aws::Call& call, const api::TestDNSAnswerRequest& input) {
    const auto& zone = hosted_zone_of(control_.state, call, input.hosted_zone_id);
    // AWS: "This call only supports querying public hosted zones."
    if (zone.is_private) {
        throw api::InvalidInput("TestDNSAnswer only supports querying public hosted zones");
    }
    const auto name = DNSName::parse(input.record_name);
    if (!name) throw api::InvalidInput("{}", domain_name_problem(input.record_name));
    if (input.edns0_client_subnet_mask && !input.edns0_client_subnet_ip) {
        throw api::InvalidInput(
            "EDNS0ClientSubnetMask cannot be specified without EDNS0ClientSubnetIP"
        );
    }
    const auto client = client_of(input);
    const auto published = control_.published.current()->by_id(zone.id);
    const Zones only_this(
        published ? std::vector<std::shared_ptr<const Zone>>{published}
                  : std::vector<std::shared_ptr<const Zone>>{}
    );
    Question question;
    question.name = *name;
    question.type = parse_record_type(to_string(input.record_type)).value_or(RecordType::a);
    const auto found = answer(
        {only_this, control_.alias_targets, control_.own_names, control_.places},
        question,
        client,
        call.random
    );
    api::TestDNSAnswerResponse response;
    response.nameserver = zone.name_servers[0];
    response.record_name = input.record_name;
    response.record_type = input.record_type;
    response.response_code = to_string(found.rcode());
    response.protocol = "UDP";
    for (const auto& record : found.answers) {
        if (record.type != question.type) continue; // CNAMEs on the way
        response.record_data.push_back(record_data_text(record.type, record.record_data));
    }
    return response;
}

} // namespace diorama::route53
