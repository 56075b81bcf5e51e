// Every action that a fault can name: what it hits, whether it lasts, and its parameters. The
// reader checks faults against it, the schema and `diorama check` take their words from it, and
// what injects a fault finds it here by name.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace diorama::simulation {

struct FaultParameter {
    enum class Kind {
        flag,
        count,
        number,
        duration,
        signed_duration,
        time_law,
        share,
        percentage, // 1 to 100, as AWS writes it
        text,
        texts,   // a list, or separated by commas
        weights, // a map from set identifiers to weights
        choice,
    };
    std::string_view name;
    Kind kind = Kind::text;
    bool is_required = false;
    std::string_view description;
    std::string_view choices = {}; // "all|availability-zone"
};

struct FaultAction {
    enum class Lasts { at_once, may, must };
    enum class Hits { nothing, zone, zone_or_target, target };
    std::string_view name;
    std::string_view description;
    Hits hits = Hits::nothing;
    bool needs_target = false;     // a fault without `target` or `zone` is a mistake
    std::string_view target_types; // CloudFormation types that it can hit: "A|B"; empty: any
    Lasts lasts = Lasts::may;
    std::span<const FaultParameter> parameters = {};
    std::string_view refusal = {}; // why it is not emulated
};

std::span<const FaultAction> fault_actions();
const FaultAction* find_fault_action(std::string_view name);

} // namespace diorama::simulation
