// See changes.hpp.
#include "services/cloudformation/control/changes.hpp"

#include "services/cloudformation/background/stack_values.hpp"
#include "services/cloudformation/control/template/template_checks.hpp"

namespace diorama::cloudformation {
namespace {

bool is_there(const StackResource& resource) {
    return !resource.physical_id.empty() && resource.status != "DELETE_COMPLETE";
}

ResourceChange change_of(const char* action, const std::string& name, const std::string& type) {
    return {
        .action = action,
        .logical_id = name,
        .physical_id = {},
        .type = type,
        .replacement = {},
        .properties = {}
    };
}

class Planner {
public:
    Planner(Surroundings& surroundings, const Stack& stack, const StackSource& source)
        : stack_(stack)
        , source_(source)
        , template_(read_template(source.body))
        , values_(surroundings.state, stack, surroundings.calls) {}

    // Replacing one resource changes those that refer to it, so this is done until nothing more is
    // replaced.
    std::vector<ResourceChange> changes() {
        for (;;) {
            auto found = foresee();
            std::set<std::string> replaced;
            for (const auto& change : found)
                if (change.replacement == "True") replaced.insert(change.logical_id);
            if (replaced == replaced_) return found;
            replaced_.insert(replaced.begin(), replaced.end());
        }
    }

    const Template& planned() const { return template_; }

private:
    std::vector<ResourceChange> foresee() {
        values_.foresee(replaced_);
        Evaluation
            evaluation(template_, source_.parameters, pseudo_parameters(stack_, source_), values_);
        std::vector<ResourceChange> found;
        const auto names = evaluation.active_resources();
        check_active(template_, names, [&](const std::string& condition) {
            return evaluation.condition(condition);
        });
        for (const auto& name : names) {
            const auto& declared = template_.resources.at(name);
            const auto known = stack_.resources.find(name);
            if (known == stack_.resources.end() || !is_there(known->second)) {
                found.push_back(change_of("Add", name, declared.type));
                continue;
            }
            if (auto change = modification(known->second, declared, evaluation))
                found.push_back(std::move(*change));
        }
        for (const auto& [name, resource] : stack_.resources) {
            if (names.contains(name) || !is_there(resource)) continue;
            auto change = change_of("Remove", name, resource.type);
            change.physical_id = resource.physical_id;
            found.push_back(std::move(change));
        }
        return found;
    }

    std::optional<ResourceChange> modification(
        const StackResource& resource,
        const ResourceDeclaration& declared,
        Evaluation& evaluation
    ) const {
        auto properties = Json::object();
        try {
            properties = evaluation.value(declared.properties).value_or(Json::object());
        } catch (const aws::AWSError&) {
            if (replaced_.empty()) throw;
            // A list that only the execution will tell cannot be joined or chosen from.
            auto change = change_of("Modify", resource.logical_id, declared.type);
            change.physical_id = resource.physical_id;
            change.replacement = "Conditional";
            return change;
        }
        const bool is_same = resource.type == declared.type && resource.properties == properties &&
                             resource.deletion_policy == declared.deletion_policy &&
                             resource.update_replace_policy == declared.update_replace_policy;
        if (is_same) return std::nullopt;
        auto change = change_of("Modify", resource.logical_id, declared.type);
        change.physical_id = resource.physical_id;
        const auto* type = find_resource_type(declared.type);
        const bool replaces =
            resource.type != declared.type ||
            (type != nullptr && type->needs_replacement(resource.properties, properties));
        change.replacement = replaces ? "True" : "False";
        for (const auto& [name, value] : properties.items())
            if (resource.properties.value(name, Json()) != value) change.properties.push_back(name);
        for (const auto& [name, value] : resource.properties.items())
            if (!properties.contains(name)) change.properties.push_back(name);
        return change;
    }

    const Stack& stack_;
    const StackSource& source_;
    Template template_;
    StackValues values_;
    std::set<std::string> replaced_;
};

} // namespace

void check_conditions(Surroundings& surroundings, const Stack& stack) {
    Planner(surroundings, stack, stack.source).changes();
}

Plan plan_changes(Surroundings& surroundings, const Stack& stack, const StackSource& source) {
    Planner planner(surroundings, stack, source);
    Plan plan;
    plan.changes = planner.changes();
    if (stack.source.body.empty()) return plan;
    // Outputs may change with parameters too, which are cheap to compare.
    plan.changes_outputs =
        read_template(stack.source.body).outputs != planner.planned().outputs ||
        (!planner.planned().outputs.empty() && stack.source.parameters != source.parameters) ||
        stack.source.tags != source.tags;
    return plan;
}

} // namespace diorama::cloudformation
