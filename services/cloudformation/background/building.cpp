// See building.hpp.
#include "services/cloudformation/background/building.hpp"

#include "emulator/aws/error.hpp"
#include "services/cloudformation/control/template/template_checks.hpp"
#include "services/cloudformation/limits.hpp"

#include <algorithm>

namespace diorama::cloudformation {
namespace {

// "PT15M", "PT1H30M"; AWS: "Defaults to PT5M".
Duration duration_of(const std::string& text) {
    auto total = std::chrono::seconds(0);
    int number = 0;
    for (const char c : text) {
        if (c >= '0' && c <= '9') {
            number = number * 10 + (c - '0');
            continue;
        }
        if (c == 'H') total += std::chrono::hours(number);
        if (c == 'M') total += std::chrono::minutes(number);
        if (c == 'S') total += std::chrono::seconds(number);
        number = 0;
    }
    return total.count() == 0 ? std::chrono::minutes(5) : total;
}

} // namespace

Building::Building(Surroundings& surroundings, Stack& stack)
    : surroundings_(surroundings)
    , stack_(stack)
    , template_(surroundings.template_of(stack))
    , values_(surroundings.state, stack, surroundings.calls)
    , evaluation_(
          template_,
          stack.source.parameters,
          pseudo_parameters(stack, stack.source),
          values_
      )
    , names_(evaluation_.active_resources())
    , needs_(needs_of(template_, names_, [this](const std::string& condition) {
        return evaluation_.condition(condition);
    })) {}

Building::Outcome Building::step() {
    const bool looked = look_at_working();
    const bool began = stack_.failed.empty() && begin_what_can();
    stack_.imports.insert(values_.imports().begin(), values_.imports().end());
    const bool is_late =
        !is_updating() && stack_.timeout_in_minutes &&
        surroundings_.now() >= stack_.began + std::chrono::minutes(*stack_.timeout_in_minutes);
    if (!stack_.failed.empty() || is_late) {
        cancel_working();
        return Outcome::failed;
    }
    const bool is_done = std::all_of(names_.begin(), names_.end(), [&](const auto& name) {
        const auto found = stack_.resources.find(name);
        return found != stack_.resources.end() && found->second.progress == Progress::done;
    });
    if (!is_done) return looked || began ? Outcome::goes_on : Outcome::waits;
    try {
        auto made = outputs();
        check_exports(made);
        stack_.outputs = std::move(made);
    } catch (const aws::AWSError& error) {
        stack_.reason = error.message();
        return Outcome::failed;
    }
    return Outcome::finished;
}

bool Building::begin_what_can() {
    bool moved = false;
    for (const auto& name : names_) {
        const auto known = stack_.resources.find(name);
        if (known != stack_.resources.end() && known->second.progress != Progress::waiting)
            continue;
        const auto& needs = needs_.at(name);
        const bool can_begin = std::all_of(needs.begin(), needs.end(), [&](const auto& other) {
            const auto found = stack_.resources.find(other);
            return found != stack_.resources.end() && found->second.progress == Progress::done;
        });
        if (!can_begin) continue;
        auto& resource = stack_.resources[name];
        prepare(resource, name);
        begin(resource);
        moved = true;
        if (!stack_.failed.empty()) break;
    }
    return moved;
}

// What the template says of a resource besides its properties.
void Building::prepare(StackResource& resource, const std::string& name) {
    const auto& declared = template_.resources.at(name);
    resource.logical_id = name;
    if (resource.physical_id.empty()) resource.type = declared.type;
    resource.needs = needs_.at(name);
    resource.deletion_policy = declared.deletion_policy;
    resource.update_replace_policy = declared.update_replace_policy;
    resource.creation_policy = Json();
    resource.began = surroundings_.now();
}

void Building::begin(StackResource& resource) {
    const auto& declared = template_.resources.at(resource.logical_id);
    Json properties = Json::object();
    try {
        const auto* type = find_resource_type(declared.type);
        if (type == nullptr)
            throw aws::validation_error(
                "{} is {}",
                declared.type,
                std::string(why_unavailable(declared.type))
            );
        properties = evaluation_.value(declared.properties).value_or(Json::object());
        type->check(resource.logical_id, properties);
        if (!declared.creation_policy.is_null())
            resource.creation_policy = evaluation_.value(declared.creation_policy).value_or(Json());
    } catch (const aws::AWSError& error) {
        const bool exists = !resource.physical_id.empty();
        surroundings_
            .set_status(stack_, resource, exists ? "UPDATE_IN_PROGRESS" : "CREATE_IN_PROGRESS");
        return fail(resource, error.message());
    }
    if (resource.physical_id.empty()) {
        resource.properties = std::move(properties);
        surroundings_.set_status(stack_, resource, "CREATE_IN_PROGRESS");
        return create(resource);
    }
    const auto* type = find_resource_type(declared.type);
    if (resource.type != declared.type || type->needs_replacement(resource.properties, properties))
        return replace(resource, properties);
    if (resource.properties == properties && !resource.status.ends_with("_FAILED")) {
        resource.progress = Progress::done;
        return;
    }
    update(resource, properties);
}

void Building::create(StackResource& resource) {
    const auto* type = find_resource_type(resource.type);
    auto work = surroundings_.work_on(stack_, resource);
    const auto failure = attempt(work, [&] { resource.physical_id = type->create(work); });
    resource.notes = work.notes;
    // What came into being before something went wrong has to go again.
    if (failure) resource.physical_id = work.physical_id;
    resource.is_new = true;
    if (failure) return fail(resource, failure->reason);
    resource.progress = Progress::working;
    surroundings_.set_status(
        stack_,
        resource,
        is_change(resource) ? "UPDATE_IN_PROGRESS" : "CREATE_IN_PROGRESS",
        "Resource creation Initiated"
    );
}

// A resource that was there before this update, perhaps as another physical one.
bool Building::is_change(const StackResource& resource) const {
    return is_updating() && stack_.before.contains(resource.logical_id);
}

void Building::update(StackResource& resource, const Json& properties) {
    resource.previous = std::exchange(resource.properties, properties);
    surroundings_.set_status(stack_, resource, "UPDATE_IN_PROGRESS");
    const auto* type = find_resource_type(resource.type);
    auto work = surroundings_.work_on(stack_, resource);
    const auto failure = attempt(work, [&] { type->update(work); });
    resource.notes = work.notes;
    if (failure) return fail(resource, failure->reason);
    resource.progress = Progress::working;
}

void Building::replace(StackResource& resource, const Json& properties) {
    const auto& declared = template_.resources.at(resource.logical_id);
    const auto* type = find_resource_type(declared.type);
    surroundings_.set_status(
        stack_,
        resource,
        "UPDATE_IN_PROGRESS",
        "Requested update requires the creation of a new physical resource; hence creating one."
    );
    // AWS: a name that was chosen is taken until the old resource is gone.
    const std::string name_property(type->name_property());
    if (!name_property.empty() && resource.type == declared.type &&
        properties.contains(name_property) &&
        resource.properties.value(name_property, Json()) == properties.at(name_property))
        return fail(
            resource,
            fmt::format(
                "CloudFormation cannot update a stack when a custom-named resource requires "
                "replacing. Rename {} and update the stack again.",
                properties.at(name_property).dump()
            )
        );
    auto old = resource;
    old.progress = Progress::waiting;
    old.deletion_policy =
        resource.update_replace_policy.empty() ? "Delete" : resource.update_replace_policy;
    stack_.removals.push_back(std::move(old));
    resource.physical_id.clear();
    resource.type = declared.type;
    resource.properties = properties;
    resource.previous = Json::object();
    resource.attributes = Json::object();
    resource.notes = Json::object();
    create(resource);
}

bool Building::look_at_working() {
    bool moved = false;
    for (auto& [name, resource] : stack_.resources) {
        if (resource.progress != Progress::working) continue;
        look_at(resource);
        moved = moved || resource.progress != Progress::working;
    }
    return moved;
}

void Building::look_at(StackResource& resource) {
    const auto* type = find_resource_type(resource.type);
    auto work = surroundings_.work_on(stack_, resource);
    bool is_stable = false;
    const auto failure = attempt(work, [&] {
        is_stable = type->is_stable(work);
        if (is_stable) resource.attributes = type->read(work);
    });
    resource.notes = work.notes;
    if (failure) return fail(resource, failure->reason);
    if (!is_stable) {
        if (const auto reason = overdue(resource)) fail(resource, *reason);
        return;
    }
    resource.progress = Progress::done;
    resource.previous = Json::object();
    surroundings_
        .set_status(stack_, resource, is_change(resource) ? "UPDATE_COMPLETE" : "CREATE_COMPLETE");
}

std::optional<std::string> Building::overdue(const StackResource& resource) const {
    const auto waited = surroundings_.now() - resource.began;
    if (resource.creation_policy.is_object() &&
        resource.creation_policy.contains("ResourceSignal")) {
        const auto& signal = resource.creation_policy.at("ResourceSignal");
        if (waited >= duration_of(signal.value("Timeout", "PT5M")))
            return fmt::format(
                "Failed to receive {} resource signal(s) within the specified duration",
                signal.value("Count", Json(1)).dump()
            );
    }
    if (waited >= limits::stabilisation_timeout) return "Resource did not stabilize in time";
    return std::nullopt;
}

void Building::fail(StackResource& resource, const std::string& reason) {
    resource.progress = Progress::failed;
    stack_.failed.push_back(resource.logical_id);
    surroundings_.set_status(
        stack_,
        resource,
        is_change(resource) ? "UPDATE_FAILED" : "CREATE_FAILED",
        reason
    );
}

// AWS: what was under way when another resource failed is cancelled.
void Building::cancel_working() {
    for (auto& [name, resource] : stack_.resources) {
        if (resource.progress != Progress::working) continue;
        fail(
            resource,
            is_change(resource) ? "Resource update cancelled" : "Resource creation cancelled"
        );
    }
}

std::vector<Output> Building::outputs() {
    std::vector<Output> made;
    for (const auto& [name, declared] : template_.outputs) {
        if (!evaluation_.holds(declared.condition)) continue;
        const auto value = evaluation_.value(declared.value);
        if (!value || value->is_structured() || value->is_null())
            throw aws::validation_error(
                "Template format error: Output {} is malformed. The Value field of every Outputs "
                "member must evaluate to a String.",
                name
            );
        Output output{name, value->is_string() ? value->get<std::string>() : value->dump(), {}, {}};
        output.description = declared.description;
        if (!declared.export_name.is_null()) {
            const auto exported = evaluation_.value(declared.export_name);
            if (exported && exported->is_string())
                output.export_name = exported->get<std::string>();
        }
        made.push_back(std::move(output));
    }
    return made;
}

void Building::check_exports(const std::vector<Output>& outputs) const {
    const auto& state = surroundings_.state;
    for (const auto& output : outputs) {
        const auto* other = state.exporter_of(stack_.place, output.export_name);
        if (other != nullptr && other->id != stack_.id)
            throw aws::validation_error(
                "Export with name {} is already exported by stack {}. Rollback requested by user.",
                output.export_name,
                other->name
            );
    }
    for (const auto& before : stack_.outputs) {
        if (before.export_name.empty()) continue;
        const bool is_kept = std::any_of(outputs.begin(), outputs.end(), [&](const Output& now) {
            return now.export_name == before.export_name && now.value == before.value;
        });
        if (is_kept) continue;
        for (const auto& [id, stack] : state.stacks)
            if (!stack.is_gone() && stack.place == stack_.place &&
                stack.imports.contains(before.export_name))
                throw aws::validation_error(
                    "Export {} cannot be updated as it is in use by {}",
                    before.export_name,
                    stack.name
                );
    }
}

} // namespace diorama::cloudformation
