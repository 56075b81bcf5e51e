// `faults`: when, for how long, which action with which parameters, and what it hits.
#include "emulator/simulation/fault_catalogue.hpp"
#include "emulator/simulation/places.hpp"
#include "emulator/simulation/reader/section.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace diorama::simulation {

namespace {

using Lasts = FaultAction::Lasts;
using Hits = FaultAction::Hits;
using Kind = FaultParameter::Kind;

// Namespaces of the APIs that can be made to fail.
constexpr std::array<std::string_view, 9> api_services{
    "ec2",
    "autoscaling",
    "elasticloadbalancing",
    "rds",
    "s3",
    "sns",
    "monitoring",
    "route53",
    "cloudfront"
};

// "us-east-1a": the region and a letter.
void check_zone(Reading& reading, const YamlNode& node) {
    const std::string& region = reading.scenario.deploy.region;
    const bool is_zone = node.text.size() == region.size() + 1 && node.text.starts_with(region) &&
                         node.text.back() >= 'a' && node.text.back() <= 'f';
    if (!is_zone)
        reading.mistake(
            node,
            fmt::format("`{}` is not a zone of {}, like `{}a`", node.text, region, region)
        );
}

// "all", "one", "3", "30%".
bool read_amount(std::string_view text, TargetSelector& target) {
    if (text == "all" || text == "one") {
        target.mode = text == "all" ? TargetSelector::Mode::all : TargetSelector::Mode::count;
        target.count = 1;
        return true;
    }
    const auto share = text.ends_with('%') ? parse_quantity(text, Quantity::share) : std::nullopt;
    if (share && *share > 0 && *share <= 1) {
        target.mode = TargetSelector::Mode::share;
        target.share = *share;
        return true;
    }
    const auto count = parse_number(text);
    if (!count || *count < 1 || *count > 1e6 || *count != std::floor(*count)) return false;
    target.mode = TargetSelector::Mode::count;
    target.count = static_cast<std::uint32_t>(*count);
    return true;
}

class FaultReader {
public:
    FaultReader(Reading& reading, const YamlNode& node)
        : reading_(reading)
        , node_(node)
        , section_(reading, node, section_named("fault")) {}

    Fault read(int number) {
        fault_.number = number;
        fault_.position = node_.position;
        if (!section_.is_map()) return fault_;
        section_.text("name", fault_.name);
        if (const YamlNode* at = section_.require("at")) read_time(*at);
        Duration lasts{};
        if (section_.duration("for", lasts)) fault_.lasts = lasts;
        // The target is read even when the action is unknown: all mistakes at once.
        if (const YamlNode* zone = section_.find("zone")) read_zone(*zone);
        const YamlNode* action = section_.require("do");
        if (action != nullptr && scalar_of(reading_, *action, "an action") != nullptr)
            read_action(*action);
        if (const YamlNode* target = section_.find("target")) read_target(*target);
        check_target();
        read_parameters();
        // What is started again later lasts until then.
        const auto started = fault_.quantities.find("startInstancesAfterDuration");
        if (started != fault_.quantities.end() && !fault_.lasts)
            fault_.lasts = Duration(std::llround(started->second));
        return fault_;
    }

private:
    void read_time(const YamlNode& node) {
        // A sign is not wrong as such, but the time that it says is.
        const auto at = parse_duration(node.text);
        if (at && *at < Duration::zero()) {
            reading_.is_within_run(node, *at);
            return;
        }
        const auto time = duration_of(reading_, node);
        if (time && reading_.is_within_run(node, *time)) fault_.at = *time;
    }

    void read_action(const YamlNode& node) {
        fault_.action = node.text;
        action_ = find_fault_action(node.text);
        if (action_ == nullptr) {
            std::vector<std::string> known;
            for (const FaultAction& action : fault_actions())
                known.emplace_back(action.name);
            const auto reason = node.text.starts_with("aws:") ? "the action `{}` is not emulated"
                                                              : "no action `{}`";
            reading_.mistake(
                node,
                fmt::format(fmt::runtime(reason), node.text),
                nearest_word(node.text, known)
            );
            return;
        }
        if (!action_->refusal.empty()) {
            reading_.mistake(node, fmt::format("not emulated: {}", action_->refusal));
            action_ = nullptr;
            return;
        }
        const YamlNode* lasts = section_.find("for");
        if (action_->lasts == Lasts::must && lasts == nullptr)
            reading_.mistake(
                node_,
                fmt::format("`for` is missing: how long does {} last?", node.text)
            );
        if (action_->lasts == Lasts::at_once && lasts != nullptr)
            reading_.mistake(
                *lasts,
                fmt::format("{} happens at once and does not last", node.text)
            );
    }

    void read_zone(const YamlNode& node) {
        if (scalar_of(reading_, node, "an availability zone") == nullptr) return;
        check_zone(reading_, node);
        fault_.target.zone = node.text;
    }

    void read_target(const YamlNode& node) {
        if (node.is_scalar()) return read_target_text(node);
        Section section(reading_, node, section_named("target"));
        if (!section.is_map()) return;
        if (const YamlNode* ids = section.find("ids")) {
            for (const YamlNode* id : scalars_of(reading_, *ids))
                add_target(id->text, id->position);
        }
        if (const YamlNode* tags = section.find("tags")) {
            for (const auto& [name, position, value] : tags->entries)
                fault_.target.tags[name] = value.text;
            if (!tags->is_map()) reading_.mistake(*tags, "expected names and values of tags");
        }
        if (const YamlNode* zone = section.find("zone")) read_zone(*zone);
        const YamlNode* select = section.find("select");
        if (select != nullptr && !read_amount(select->text, fault_.target))
            reading_.mistake(
                *select,
                "write `all`, `one`, a number like `3`, or a share like `30%`"
            );
    }

    // "WebGroup", "one of WebGroup", "30% of A, B".
    void read_target_text(const YamlNode& node) {
        std::string_view text = node.text;
        std::size_t offset = 0;
        if (const auto of = text.find(" of "); of != std::string_view::npos) {
            if (!read_amount(trimmed(text.substr(0, of)), fault_.target)) {
                reading_.mistake(
                    node,
                    fmt::format(
                        "`{}` is not an amount: write `all`, `one`, `3` or `30%`",
                        text.substr(0, of)
                    )
                );
            }
            offset = of + 4;
        }
        for (const Piece& id : split_at_commas(text.substr(offset), offset))
            add_target(id.text, node.at(id.offset));
    }

    void add_target(const std::string& id, Position where) {
        fault_.target.ids.push_back(id);
        // A physical id ("i-0123", an ARN) is for the run to find.
        const bool is_logical =
            std::ranges::all_of(id, [](unsigned char letter) { return std::isalnum(letter) != 0; });
        if (is_logical && action_ != nullptr)
            reading_.need_resource(std::move(where), id, action_->target_types);
    }

    void check_target() {
        if (action_ == nullptr) return;
        const TargetSelector& target = fault_.target;
        const bool has_target = !target.ids.empty() || !target.tags.empty();
        const bool has_zone = !target.zone.empty();
        if (has_target && (action_->hits == Hits::nothing || action_->hits == Hits::zone))
            reading_.mistake(
                *section_.find("target"),
                fmt::format("{} has no target", action_->name)
            );
        if (has_zone && action_->hits == Hits::nothing)
            reading_.mistake(node_, fmt::format("{} has no zone", action_->name));
        if (!action_->needs_target) return;
        if (action_->hits == Hits::zone && !has_zone)
            reading_.mistake(node_, "`zone` is missing: what is hit?");
        if (action_->hits == Hits::target && !has_target)
            reading_.mistake(node_, "`target` is missing: what is hit?");
        if (action_->hits == Hits::zone_or_target && !has_target && !has_zone)
            reading_.mistake(node_, "`target` or `zone` is missing: what is hit?");
    }

    void read_parameters() {
        const YamlNode* node = section_.find("parameters");
        if (action_ == nullptr) return;
        if (node != nullptr && !node->is_map())
            return reading_.mistake(*node, "expected parameters and their values");
        std::vector<std::string> known;
        for (const FaultParameter& parameter : action_->parameters) {
            known.emplace_back(parameter.name);
            const YamlNode* value = node ? node->find(parameter.name) : nullptr;
            if (value != nullptr)
                read_parameter(parameter, *value);
            else if (parameter.is_required)
                reading_.mistake(
                    node_,
                    fmt::format("{} needs the parameter `{}`", action_->name, parameter.name)
                );
        }
        if (node == nullptr) return;
        for (const auto& [name, position, value] : node->entries) {
            if (std::ranges::find(known, name) != known.end()) continue;
            reading_.mistakes.add(
                position,
                fmt::format("{} has no parameter `{}`", action_->name, name),
                nearest_word(name, known)
            );
        }
    }

    void
    keep(const FaultParameter& parameter, const std::string& text, std::optional<double> value) {
        fault_.parameters[std::string(parameter.name)] = text;
        if (value) fault_.quantities[std::string(parameter.name)] = *value;
    }

    void read_parameter(const FaultParameter& parameter, const YamlNode& node) {
        if (parameter.kind == Kind::texts || parameter.kind == Kind::weights)
            return read_list(parameter, node);
        if (scalar_of(reading_, node, "a single value") == nullptr) return;
        switch (parameter.kind) {
        case Kind::flag:
            if (node.text != "true" && node.text != "false")
                return reading_.mistake(
                    node,
                    fmt::format("`{}` is neither true nor false", node.text)
                );
            return keep(parameter, node.text, node.text == "true" ? 1 : 0);
        case Kind::choice:
            return read_choice(parameter, node);
        case Kind::time_law:
            if (const auto law = law_of(reading_, node, Quantity::duration)) {
                keep(parameter, node.text, law->mean());
                fault_.laws.insert_or_assign(std::string(parameter.name), *law);
            }
            return;
        case Kind::text:
            check_text(parameter, node);
            return keep(parameter, node.text, std::nullopt);
        default:
            return read_quantity(parameter, node);
        }
    }

    void read_choice(const FaultParameter& parameter, const YamlNode& node) {
        const auto choices = split_choices(parameter.choices);
        if (std::ranges::find(choices, node.text) == choices.end())
            return reading_.mistake(
                node,
                fmt::format("`{}` is not one of {}", node.text, fmt::join(choices, ", ")),
                nearest_word(node.text, choices)
            );
        keep(parameter, node.text, std::nullopt);
    }

    void read_quantity(const FaultParameter& parameter, const YamlNode& node) {
        std::optional<double> value;
        if (parameter.kind == Kind::signed_duration) {
            value = parse_quantity(node.text, Quantity::duration);
            if (!value)
                reading_.mistake(
                    node,
                    fmt::format("`{}` is not a duration like `-90s`", node.text)
                );
        } else if (parameter.kind == Kind::duration) {
            value = quantity_of(reading_, node, Quantity::duration);
        } else if (parameter.kind == Kind::share) {
            value = quantity_of(reading_, node, Quantity::share);
        } else if (parameter.kind == Kind::percentage && node.text.ends_with('%')) {
            value = quantity_of(reading_, node, Quantity::share);
            if (value) *value *= 100;
        } else {
            value = quantity_of(reading_, node, Quantity::number);
        }
        if (!value) return;
        if (parameter.kind == Kind::share && *value > 1)
            return reading_.mistake(node, fmt::format("`{}` is more than all", node.text));
        if (parameter.kind == Kind::percentage && (*value < 1 || *value > 100))
            return reading_.mistake(node, "a percentage is 1 to 100");
        if (parameter.kind == Kind::count && (*value != std::floor(*value) || *value > 1e6))
            return reading_.mistake(node, fmt::format("`{}` is not a count", node.text));
        keep(parameter, node.text, value);
    }

    // Lists with commas; weights as "blue=90,green=10", each also as a quantity of its own.
    void read_list(const FaultParameter& parameter, const YamlNode& node) {
        std::string text;
        if (parameter.kind == Kind::texts) {
            for (const YamlNode* item : scalars_of(reading_, node))
                text += (text.empty() ? "" : ",") + item->text;
            return keep(parameter, text, std::nullopt);
        }
        if (!node.is_map() || node.entries.empty())
            return reading_.mistake(node, "expected set identifiers and weights");
        for (const auto& [name, position, value] : node.entries) {
            const auto weight = quantity_of(reading_, value, Quantity::number);
            // AWS: a weight is an integer from 0 to 255.
            if (weight && (*weight != std::floor(*weight) || *weight > 255))
                reading_.mistake(value, "a weight is a whole number from 0 to 255");
            text += fmt::format("{}{}={}", text.empty() ? "" : ",", name, value.text);
            fault_.quantities[fmt::format("{}.{}", parameter.name, name)] = weight.value_or(0);
        }
        keep(parameter, text, std::nullopt);
    }

    void check_text(const FaultParameter& parameter, const YamlNode& node) {
        std::vector<std::string> known;
        if (parameter.name == "population") {
            for (const Population& population : reading_.scenario.traffic)
                known.push_back(population.name);
        } else if (parameter.name == "place") {
            for (const Place& place : places())
                known.emplace_back(place.name);
        } else if (parameter.name == "service") {
            known.assign(api_services.begin(), api_services.end());
        } else if (parameter.name == "route") {
            for (const AppRoute& route : reading_.scenario.app.routes) {
                const auto& [method, path] = route.pattern;
                known.push_back(method.empty() ? path : method + " " + path);
            }
        } else {
            return;
        }
        if (std::ranges::find(known, node.text) == known.end())
            reading_.mistake(
                node,
                fmt::format("no {} `{}`", parameter.name, node.text),
                nearest_word(node.text, known)
            );
    }

    Reading& reading_;
    const YamlNode& node_;
    Section section_;
    Fault fault_;
    const FaultAction* action_ = nullptr;
};

} // namespace

void read_faults(Reading& reading, const YamlNode& node) {
    if (!node.is_sequence()) {
        if (!node.is_null()) reading.mistake(node, "expected a list of faults");
        return;
    }
    for (const YamlNode& item : node.items) {
        const int number = static_cast<int>(reading.scenario.faults.size()) + 1;
        reading.scenario.faults.push_back(FaultReader(reading, item).read(number));
    }
}

} // namespace diorama::simulation
