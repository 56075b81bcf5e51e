// See policy_document.hpp.
#include "services/route53/control/policy_document.hpp"

#include "services/route53/control/alias_zones.hpp"
#include "services/route53/control/geo_locations.hpp"
#include "services/route53/data/record_data.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <map>
#include <optional>

namespace diorama::route53 {

namespace {

using Json = nlohmann::json;

constexpr std::string_view format_version = "2015-10-01";
// AWS: "a traffic policy document … up to 102,400 bytes"; rules within rules end sooner than this.
constexpr int depth_max = 16;
constexpr std::size_t record_sets_max = 1'000; // of one instance; UNKNOWN: AWS's

// What is wrong with the document; ends the compilation.
struct Mistake {
    std::string sentence;
};

template <class... Args>
[[noreturn]] void fail(fmt::format_string<Args...> text, Args&&... args) {
    throw Mistake{fmt::format(text, std::forward<Args>(args)...)};
}

std::string text_of(const Json& object, const char* field) {
    const auto found = object.find(field);
    if (found == object.end() || found->is_null()) return {};
    if (found->is_string()) return found->get<std::string>();
    return found->dump();
}

bool flag_of(const Json& object, const char* field) {
    return text_of(object, field) == "true";
}

int number_of(const Json& object, const char* field, int least, int most) {
    const auto text = text_of(object, field);
    int value = 0;
    if (!text.empty() && (!parse_number(text, value) || value < least || value > most)) {
        fail("{} must be a number between {} and {}", field, least, most);
    }
    return value;
}

class Compilation {
public:
    Compilation(const Json& document, const PolicyInstancePlace& place)
        : document_(document)
        , place_(place) {}

    std::vector<StoredRecordSet> compile();

    RecordType type() const { return type_; }

private:
    void check_head();
    void compile_rule(const std::string& name, const DNSName& at, int depth);
    void add(const Json& item, const DNSName& at, RoutingPolicy policy, int depth);
    void add_endpoint(StoredRecordSet set, const std::string& name);
    void add_group(const Json& rule, const char* list, const DNSName& at, int depth);
    RoutingPolicy policy_of(const Json& rule, const Json& item) const;
    DNSName hidden_name();
    const Json& find(const char* section, const std::string& name) const;

    const Json& document_;
    const PolicyInstancePlace& place_;
    RecordType type_ = RecordType::a;
    std::vector<StoredRecordSet> sets_;
    int hidden_ = 0;
};

void Compilation::check_head() {
    if (!document_.is_object()) fail("The document is not a JSON object");
    if (text_of(document_, "AWSPolicyFormatVersion") != format_version) {
        fail("AWSPolicyFormatVersion must be {}", format_version);
    }
    const auto type = parse_record_type(text_of(document_, "RecordType"));
    constexpr RecordType possible[] = {
        RecordType::a,
        RecordType::aaaa,
        RecordType::caa,
        RecordType::cname,
        RecordType::mx,
        RecordType::naptr,
        RecordType::ptr,
        RecordType::spf,
        RecordType::srv,
        RecordType::txt
    };
    if (!type || std::find(std::begin(possible), std::end(possible), *type) == std::end(possible)) {
        fail("RecordType {} is not valid", text_of(document_, "RecordType"));
    }
    type_ = *type;
    const bool has_rule = document_.contains("StartRule");
    if (has_rule == document_.contains("StartEndpoint")) {
        fail("The document must have either StartRule or StartEndpoint");
    }
}

const Json& Compilation::find(const char* section, const std::string& name) const {
    const auto all = document_.find(section);
    if (all == document_.end() || !all->contains(name)) {
        fail("There is no {} in {}", name, section);
    }
    return all->at(name);
}

DNSName Compilation::hidden_name() {
    std::string id;
    for (const char c : place_.instance_id) {
        if (c != '-') id += c;
    }
    const auto name = place_.name.child(fmt::format("_{}-{}", ++hidden_, id));
    if (!name) fail("The name is too long for the rules of the policy");
    return *name;
}

void Compilation::add_endpoint(StoredRecordSet set, const std::string& name) {
    const auto& endpoint = find("Endpoints", name);
    const auto type = text_of(endpoint, "Type");
    const auto value = text_of(endpoint, "Value");
    if (type == "value") {
        if (std::holds_alternative<ValueProblem>(parse_record_data(set.type, value))) {
            fail("The value {} of the endpoint {} is not valid", value, name);
        }
        set.ttl = place_.ttl;
        set.values = {value};
        sets_.push_back(std::move(set));
        return;
    }
    using Kind = AliasZone::Kind;
    std::optional<Kind> kind;
    if (type == "cloudfront") kind = Kind::distribution;
    if (type == "elastic-load-balancer" || type == "application-load-balancer") {
        kind = Kind::load_balancer;
    }
    if (type == "s3-website") kind = Kind::bucket_website;
    if (!kind) fail("The type {} of the endpoint {} is not valid", type, name);
    const auto region = text_of(endpoint, "Region");
    const auto zone = alias_zone_id(*kind, region);
    const auto target = DNSName::parse(value);
    if (!zone || !target) fail("The endpoint {} is not valid", name);
    if (!set.alias) set.alias.emplace();
    set.alias->name = target->lower();
    set.alias->hosted_zone_id = *zone;
    sets_.push_back(std::move(set));
}

void Compilation::add(const Json& item, const DNSName& at, RoutingPolicy policy, int depth) {
    if (sets_.size() == record_sets_max) fail("The rules lead to too many records");
    StoredRecordSet set;
    set.name = at.to_string();
    set.type = type_;
    set.policy = std::move(policy);
    if (!std::holds_alternative<SimpleRouting>(set.policy)) {
        set.set_identifier = fmt::format("{}", sets_.size() + 1);
    }
    set.health_check_id = text_of(item, "HealthCheck");
    set.traffic_policy_instance_id = place_.instance_id;
    set.is_hidden = at != place_.name;
    const auto rule = text_of(item, "RuleReference");
    const auto endpoint = text_of(item, "EndpointReference");
    if (rule.empty() == endpoint.empty()) {
        fail("Each item of a rule must have either EndpointReference or RuleReference");
    }
    if (rule.empty()) {
        if (flag_of(item, "EvaluateTargetHealth")) {
            set.alias.emplace();
            set.alias->evaluate_target_health = true;
        }
        return add_endpoint(std::move(set), endpoint);
    }
    const auto below = hidden_name();
    set.alias = AliasTarget{below, place_.hosted_zone_id, flag_of(item, "EvaluateTargetHealth")};
    sets_.push_back(std::move(set));
    compile_rule(rule, below, depth + 1);
}

RoutingPolicy Compilation::policy_of(const Json& rule, const Json& item) const {
    const auto type = text_of(rule, "RuleType");
    if (type == "weighted") {
        return WeightedRouting{static_cast<std::uint8_t>(number_of(item, "Weight", 0, 255))};
    }
    if (type == "latency") {
        if (!coordinates_of_region(text_of(item, "Region"))) fail("A region is not valid");
        return LatencyRouting{text_of(item, "Region")};
    }
    if (type == "geo") {
        GeolocationRouting location{
            text_of(item, "Continent"),
            text_of(item, "Country"),
            text_of(item, "Subdivision")
        };
        if (flag_of(item, "IsDefault")) location = {{}, "*", {}};
        if (!location.country.empty()) location.continent.clear();
        if (!is_location(location)) fail("A location is not valid");
        return location;
    }
    if (type == "geoproximity") {
        auto region = text_of(item, "Region");
        if (region.starts_with("aws:route53:")) region.erase(0, 12);
        GeoproximityRouting near{
            region,
            {},
            text_of(item, "Latitude"),
            text_of(item, "Longitude"),
            number_of(item, "Bias", -99, 99)
        };
        if (!region.empty() && !coordinates_of_region(region)) fail("A region is not valid");
        if (region.empty() && near.latitude.empty()) fail("A location is missing");
        return near;
    }
    return MultivalueRouting{};
}

void Compilation::add_group(const Json& rule, const char* list, const DNSName& at, int depth) {
    const auto items = rule.find(list);
    if (items == rule.end() || !items->is_array() || items->empty()) {
        fail("A rule must have {}", list);
    }
    for (const auto& item : *items) {
        add(item, at, policy_of(rule, item), depth);
    }
}

void Compilation::compile_rule(const std::string& name, const DNSName& at, int depth) {
    if (depth > depth_max) fail("The rules refer to each other without end");
    const auto& rule = find("Rules", name);
    const auto type = text_of(rule, "RuleType");
    static const std::map<std::string, const char*, std::less<>> lists{
        {"weighted", "Items"},
        {"multivalue", "Items"},
        {"latency", "Regions"},
        {"geo", "Locations"},
        {"geoproximity", "GeoproximityLocations"},
    };
    if (type == "failover") {
        if (!rule.contains("Primary") || !rule.contains("Secondary")) {
            fail("The rule {} must have Primary and Secondary", name);
        }
        add(rule.at("Primary"), at, FailoverRouting{true}, depth);
        add(rule.at("Secondary"), at, FailoverRouting{false}, depth);
        return;
    }
    const auto list = lists.find(type);
    if (list == lists.end()) fail("The type {} of the rule {} is not valid", type, name);
    add_group(rule, list->second, at, depth);
}

std::vector<StoredRecordSet> Compilation::compile() {
    check_head();
    if (document_.contains("StartRule")) {
        const Json start{
            {"RuleReference", text_of(document_, "StartRule")},
            {"EvaluateTargetHealth", true}
        };
        add(start, place_.name, SimpleRouting{}, 0);
    } else {
        const Json start{{"EndpointReference", text_of(document_, "StartEndpoint")}};
        add(start, place_.name, SimpleRouting{}, 0);
    }
    return std::move(sets_);
}

} // namespace

std::variant<std::vector<StoredRecordSet>, std::string>
compile_policy(std::string_view document, const PolicyInstancePlace& place) {
    const auto json = Json::parse(document, nullptr, false);
    if (json.is_discarded()) return "The document is not valid JSON";
    try {
        return Compilation(json, place).compile();
    } catch (const Mistake& mistake) {
        return mistake.sentence;
    } catch (const Json::exception&) {
        return "The document has not the structure of a traffic policy";
    }
}

std::variant<RecordType, std::string> check_policy(std::string_view document) {
    const PolicyInstancePlace somewhere{"id", "Z", *DNSName::parse("example.com"), 60};
    auto compiled = compile_policy(document, somewhere);
    if (auto* wrong = std::get_if<std::string>(&compiled)) return std::move(*wrong);
    return std::get<std::vector<StoredRecordSet>>(compiled).at(0).type;
}

} // namespace diorama::route53
