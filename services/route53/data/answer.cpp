// RFC 1034 section 4.3.2, step by step; see answer.hpp.
#include "services/route53/data/answer.hpp"

#include "services/route53/data/record_data.hpp"
#include "services/route53/limits.hpp"

#include <algorithm>

namespace diorama::route53 {

namespace {

class Answering {
public:
    Answering(const Authority& authority, const Client& client, Random& random)
        : authority_(authority)
        , client_(client)
        , random_(random) {}

    Answer answer(const Question& question);

private:
    // Whether the chain goes on at `name_`.
    enum class Step { ends, goes_on };

    Step answer_at(const Zone& zone, RecordType type);
    Step answer_from(const Zone& zone, const Node& node, RecordType type);
    void answer_own_name(RecordType type);
    bool add_sets(const Zone& zone, const RecordSetRange& sets);
    bool add_set(const Zone& zone, const RecordSet& set);
    bool add_alias(const Zone& zone, const RecordSet& set);
    bool add_addresses(
        const std::vector<network::IPAddress>& addresses,
        RecordType type,
        std::uint32_t ttl
    );
    void add_start_of_authority(const Zone& zone);
    void add_referral(const Zone& zone, const Match& match);
    void add_zone_name_servers(const Zone& zone);
    void add_addresses_of_targets(const Zone& zone, const std::vector<Record>& records);
    const Authority& authority_;
    const Client& client_;
    Random& random_;
    Answer answer_;
    DNSName name_;  // whose records are being looked for, as spelled
    DNSName lower_; // in lower case
    int steps_ = 0; // CNAMEs and aliases followed
};

std::string without_last_dot(const DNSName& name) {
    auto text = name.to_string();
    if (text.size() > 1) text.pop_back();
    return text;
}

bool Answering::add_addresses(
    const std::vector<network::IPAddress>& addresses,
    RecordType type,
    std::uint32_t ttl
) {
    bool added = false;
    for (const auto& address : addresses) {
        if (address.is_v4() != (type == RecordType::a)) continue;
        const auto& bytes = address.bytes();
        std::string data(bytes.begin(), bytes.begin() + (address.is_v4() ? 4 : 16));
        answer_.answers.push_back({name_, type, ttl, std::move(data)});
        added = true;
    }
    return added;
}

// AWS: "When Route 53 receives a DNS query for an alias record, Route 53 responds with the
// applicable value for that resource."
bool Answering::add_alias(const Zone& zone, const RecordSet& set) {
    if (++steps_ > limits::chain_length_max) return false;
    const auto& target = *set.alias;
    if (target.hosted_zone_id != zone.id()) {
        answer_.is_particular = true;
        if (set.type != RecordType::a && set.type != RecordType::aaaa) return false;
        auto addresses = authority_.alias_targets.addresses_of(
            without_last_dot(target.name),
            target.hosted_zone_id
        );
        for (std::size_t left = addresses.size(); left > 1; --left) {
            std::swap(addresses[left - 1], addresses[random_.below(left)]);
        }
        return add_addresses(addresses, set.type, limits::alias_ttl);
    }
    if (!target.name.is_within(zone.apex())) return false;
    const auto match = find_match(zone, target.name.wire(), set.type);
    return match.node != nullptr && add_sets(zone, match.node->of_type(set.type));
}

// Adds what the routing policy of the sets chooses. False when that is nothing.
bool Answering::add_sets(const Zone& zone, const RecordSetRange& sets) {
    if (sets.first == sets.second) return false;
    if (sets.first->is_simple()) return add_set(zone, *sets.first);
    answer_.is_particular = true;
    Routing routing(zone, client_, authority_.places, random_);
    bool added = false;
    for (const auto* set : routing.choose(sets)) {
        answer_.chosen.emplace_back(set, sets);
        added = add_set(zone, *set) || added;
    }
    answer_.depends_on_place = answer_.depends_on_place || routing.depends_on_place();
    return added;
}

// Adds the records of the set, owned by the name asked for. False when an alias leads nowhere.
bool Answering::add_set(const Zone& zone, const RecordSet& set) {
    if (set.alias) return add_alias(zone, set);
    if (set.record_data.size() > 1) answer_.is_particular = true;
    for (const auto* value : in_random_order(set, random_)) {
        answer_.answers.push_back({name_, set.type, set.ttl, *value});
    }
    return true;
}

// RFC 2308: the SOA of a negative answer carries the TTL for which it may be remembered: the lesser
// of its own and its minimum field.
void Answering::add_start_of_authority(const Zone& zone) {
    const auto* apex = zone.find(zone.apex().wire());
    const auto* set = apex == nullptr ? nullptr : apex->find(RecordType::soa);
    if (set == nullptr || set->record_data.empty()) return;
    auto ttl = set->ttl;
    if (const auto soa = parse_start_of_authority(set->record_data[0])) {
        ttl = std::min(ttl, soa->minimum_seconds);
    }
    answer_.authority.push_back({zone.apex(), RecordType::soa, ttl, set->record_data[0]});
}

void Answering::add_referral(const Zone& zone, const Match& match) {
    const auto cut = DNSName::from_wire(std::string(match.zone_cut_name));
    const auto* set = match.zone_cut->find(RecordType::ns);
    for (const auto& value : set->record_data) {
        answer_.authority.push_back({cut, RecordType::ns, set->ttl, value});
    }
    add_addresses_of_targets(zone, answer_.authority);
}

// Observed: positive answers carry the zone's name servers in the authority section.
void Answering::add_zone_name_servers(const Zone& zone) {
    for (const auto& record : answer_.answers) {
        if (record.type == RecordType::ns && record.name.lower() == zone.apex()) return;
    }
    const auto* apex = zone.find(zone.apex().wire());
    const auto* set = apex == nullptr ? nullptr : apex->find(RecordType::ns);
    if (set == nullptr) return;
    for (const auto& value : set->record_data) {
        answer_.authority.push_back({zone.apex(), RecordType::ns, set->ttl, value});
    }
}

// AWS: addresses of the names that MX, NS and SRV records point at are added "if known and
// appropriate": here, when this zone holds plain records of them (glue below a cut included).
void Answering::add_addresses_of_targets(const Zone& zone, const std::vector<Record>& records) {
    for (const auto& record : records) {
        if (record.type == RecordType::cname || record.type == RecordType::ptr) continue;
        const auto target = target_name(record.type, record.record_data);
        if (!target) continue;
        const auto* node = zone.find(target->lower().wire());
        if (node == nullptr) continue;
        for (const auto type : {RecordType::a, RecordType::aaaa}) {
            const auto* set = node->find(type);
            if (set == nullptr || set->alias || !set->is_simple()) continue;
            for (const auto& value : set->record_data) {
                Record address{*target, type, set->ttl, value};
                auto& additional = answer_.additional;
                if (std::find(additional.begin(), additional.end(), address) == additional.end()) {
                    additional.push_back(std::move(address));
                }
            }
        }
    }
}

Answering::Step Answering::answer_from(const Zone& zone, const Node& node, RecordType type) {
    // RFC 8482 4.1: ANY is answered with one of the record sets there are.
    // UNKNOWN: what Route 53 puts into its answer to ANY.
    if (type == RecordType::any && !node.record_sets.empty()) type = node.record_sets[0].type;

    const auto sets = node.of_type(type);
    if (sets.first != sets.second) {
        if (add_sets(zone, sets)) {
            answer_.outcome = Answer::Outcome::records;
        } else if (steps_ > limits::chain_length_max) {
            answer_.outcome = Answer::Outcome::server_failure;
        } else {
            answer_.outcome = Answer::Outcome::no_data;
            add_start_of_authority(zone);
        }
        return Step::ends;
    }
    // RFC 1034 3.6.2: "If the data at the node is a CNAME, and QTYPE doesn't match CNAME, copy the
    // CNAME RR into the answer section, change QNAME to the canonical name, and go back to step 1."
    if (add_sets(zone, node.of_type(RecordType::cname))) {
        answer_.outcome = Answer::Outcome::records;
        const auto target = target_name(RecordType::cname, answer_.answers.back().record_data);
        name_ = *target;
        lower_ = target->lower();
        if (++steps_ <= limits::chain_length_max) return Step::goes_on;
        answer_.outcome = Answer::Outcome::server_failure;
        return Step::ends;
    }
    answer_.outcome = Answer::Outcome::no_data;
    add_start_of_authority(zone);
    return Step::ends;
}

Answering::Step Answering::answer_at(const Zone& zone, RecordType type) {
    const auto match = find_match(zone, lower_.wire(), type);
    if (match.zone_cut != nullptr) {
        // At the end of a chain the client asks the delegated servers itself.
        if (answer_.answers.empty()) {
            answer_.outcome = Answer::Outcome::referral;
            add_referral(zone, match);
        }
        return Step::ends;
    }
    if (match.node == nullptr) {
        answer_.outcome = Answer::Outcome::nx_domain;
        add_start_of_authority(zone);
        return Step::ends;
    }
    return answer_from(zone, *match.node, type);
}

// DIFFERS: on AWS these names belong to zones of other servers, which a resolver finds from the
// root. Here one server knows them all, so that it can be a machine's only resolver.
void Answering::answer_own_name(RecordType type) {
    answer_.is_particular = true;
    const auto addresses = authority_.own_names.addresses_of(without_last_dot(lower_));
    if (addresses.empty()) return; // refused, or the end of a chain
    if (type == RecordType::any) type = RecordType::a;
    const bool is_address = type == RecordType::a || type == RecordType::aaaa;
    if (is_address && add_addresses(addresses, type, limits::alias_ttl)) {
        answer_.outcome = Answer::Outcome::records;
    } else if (answer_.answers.empty()) {
        answer_.outcome = Answer::Outcome::no_data;
    }
}

Answer Answering::answer(const Question& question) {
    name_ = question.name;
    lower_ = question.name.lower();
    const auto* zone = authority_.zones.longest_match(lower_.wire(), client_.vpc);
    answer_.zone = zone;
    answer_.is_particular = !client_.vpc.empty();
    const Zone* last = zone;
    // DIFFERS: Route 53 follows a CNAME only within the zone of the question; here one server
    // stands for the servers of all zones, as a resolver sees them.
    while (zone != nullptr && answer_at(*zone, question.type) == Step::goes_on) {
        last = zone;
        zone = authority_.zones.longest_match(lower_.wire(), client_.vpc);
    }
    if (zone == nullptr) answer_own_name(question.type);
    if (answer_.outcome == Answer::Outcome::records && answer_.authority.empty()) {
        if (zone != nullptr) last = zone;
        if (last != nullptr) {
            add_zone_name_servers(*last);
            add_addresses_of_targets(*last, answer_.answers);
        }
    }
    return std::move(answer_);
}

} // namespace

Rcode Answer::rcode() const {
    switch (outcome) {
    case Outcome::records:
    case Outcome::no_data:
    case Outcome::referral:
        return Rcode::no_error;
    case Outcome::nx_domain:
        return Rcode::nx_domain;
    case Outcome::refused:
        return Rcode::refused;
    case Outcome::server_failure:
        return Rcode::server_failure;
    }
    return Rcode::server_failure;
}

bool Answer::is_authoritative() const {
    return outcome == Outcome::records || outcome == Outcome::no_data ||
           outcome == Outcome::nx_domain;
}

// What does not exist has names without number: no answer to those is worth keeping.
bool Answer::is_for_everybody() const {
    if (is_particular) return false;
    return outcome == Outcome::records || outcome == Outcome::no_data ||
           outcome == Outcome::referral;
}

Answer
answer(const Authority& authority, const Question& question, const Client& client, Random& random) {
    return Answering(authority, client, random).answer(question);
}

} // namespace diorama::route53
