// The records of state.hpp as JSON.
#include "services/cloudformation/state.hpp"

namespace diorama::cloudformation {

namespace {

std::int64_t ticks(Timestamp when) {
    return when.time_since_epoch().count();
}

Timestamp from_ticks(const Json& number) {
    return Timestamp(Duration(number.get<std::int64_t>()));
}

// Text of clients need not be UTF-8; what is not becomes U+FFFD.
std::string dump(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<Timestamp> optional_time(const Json& json, const char* name) {
    if (!json.contains(name)) return std::nullopt;
    return from_ticks(json.at(name));
}

Json encode_resource(const StackResource& resource) {
    return {
        {"logical_id", resource.logical_id},
        {"physical_id", resource.physical_id},
        {"type", resource.type},
        {"status", resource.status},
        {"reason", resource.reason},
        {"changed", ticks(resource.changed)},
        {"progress", static_cast<int>(resource.progress)},
        {"began", ticks(resource.began)},
        {"properties", resource.properties},
        {"previous", resource.previous},
        {"attributes", resource.attributes},
        {"notes", resource.notes},
        {"creation_policy", resource.creation_policy},
        {"needs", resource.needs},
        {"deletion_policy", resource.deletion_policy},
        {"update_replace_policy", resource.update_replace_policy},
        {"is_new", resource.is_new}
    };
}

StackResource decode_resource(const Json& json) {
    StackResource resource;
    resource.logical_id = json.at("logical_id");
    resource.physical_id = json.at("physical_id");
    resource.type = json.at("type");
    resource.status = json.at("status");
    resource.reason = json.at("reason");
    resource.changed = from_ticks(json.at("changed"));
    resource.progress = static_cast<Progress>(json.at("progress").get<int>());
    resource.began = from_ticks(json.at("began"));
    resource.properties = json.at("properties");
    resource.previous = json.at("previous");
    resource.attributes = json.at("attributes");
    resource.notes = json.at("notes");
    resource.creation_policy = json.at("creation_policy");
    resource.needs = json.at("needs").get<std::set<std::string>>();
    resource.deletion_policy = json.at("deletion_policy");
    resource.update_replace_policy = json.at("update_replace_policy");
    resource.is_new = json.at("is_new");
    return resource;
}

Json encode_resources(const std::map<std::string, StackResource>& resources) {
    Json json = Json::object();
    for (const auto& [name, resource] : resources)
        json[name] = encode_resource(resource);
    return json;
}

std::map<std::string, StackResource> decode_resources(const Json& json) {
    std::map<std::string, StackResource> resources;
    for (const auto& [name, resource] : json.items())
        resources[name] = decode_resource(resource);
    return resources;
}

Json encode_source(const StackSource& source) {
    return {
        {"body", source.body},
        {"parameters", source.parameters},
        {"tags", source.tags},
        {"capabilities", source.capabilities},
        {"notification_arns", source.notification_arns}
    };
}

StackSource decode_source(const Json& json) {
    return {
        .body = json.at("body"),
        .parameters = json.at("parameters").get<ParameterValues>(),
        .tags = json.at("tags").get<std::map<std::string, std::string>>(),
        .capabilities = json.at("capabilities").get<std::vector<std::string>>(),
        .notification_arns = json.at("notification_arns").get<std::vector<std::string>>()
    };
}

Json encode_outputs(const std::vector<Output>& outputs) {
    Json json = Json::array();
    for (const auto& output : outputs)
        json.push_back({output.key, output.value, output.description, output.export_name});
    return json;
}

std::vector<Output> decode_outputs(const Json& json) {
    std::vector<Output> outputs;
    for (const auto& output : json)
        outputs.push_back({output.at(0), output.at(1), output.at(2), output.at(3)});
    return outputs;
}

} // namespace

std::string Stack::encode() const {
    Json json{
        {"id", id},
        {"name", name},
        {"account", place.account},
        {"region", place.region},
        {"source", encode_source(source)},
        {"status", status},
        {"reason", reason},
        {"created", ticks(created)},
        {"on_failure", static_cast<int>(on_failure)},
        {"is_protected", is_protected},
        {"role_arn", role_arn},
        {"change_set_id", change_set_id},
        {"token", token},
        {"resources", encode_resources(resources)},
        {"outputs", encode_outputs(outputs)},
        {"imports", imports},
        {"began", ticks(began)},
        {"before", encode_resources(before)},
        {"retained", retained},
        {"failed", failed}
    };
    json["removals"] = Json::array();
    for (const auto& resource : removals)
        json["removals"].push_back(encode_resource(resource));
    if (updated) json["updated"] = ticks(*updated);
    if (deleted) json["deleted"] = ticks(*deleted);
    if (timeout_in_minutes) json["timeout"] = *timeout_in_minutes;
    if (source_before) json["source_before"] = encode_source(*source_before);
    return dump(json);
}

Stack Stack::decode(std::string_view bytes) {
    const auto json = Json::parse(bytes);
    Stack stack;
    stack.id = json.at("id");
    stack.name = json.at("name");
    stack.place = {json.at("account"), json.at("region")};
    stack.source = decode_source(json.at("source"));
    stack.status = json.at("status");
    stack.reason = json.at("reason");
    stack.created = from_ticks(json.at("created"));
    stack.updated = optional_time(json, "updated");
    stack.deleted = optional_time(json, "deleted");
    stack.on_failure = static_cast<OnFailure>(json.at("on_failure").get<int>());
    if (json.contains("timeout")) stack.timeout_in_minutes = json.at("timeout").get<int>();
    stack.is_protected = json.at("is_protected");
    stack.role_arn = json.at("role_arn");
    stack.change_set_id = json.at("change_set_id");
    stack.token = json.at("token");
    stack.resources = decode_resources(json.at("resources"));
    stack.outputs = decode_outputs(json.at("outputs"));
    stack.imports = json.at("imports").get<std::set<std::string>>();
    stack.began = from_ticks(json.at("began"));
    for (const auto& resource : json.at("removals"))
        stack.removals.push_back(decode_resource(resource));
    stack.before = decode_resources(json.at("before"));
    if (json.contains("source_before"))
        stack.source_before = decode_source(json.at("source_before"));
    stack.retained = json.at("retained").get<std::set<std::string>>();
    stack.failed = json.at("failed").get<std::vector<std::string>>();
    return stack;
}

std::string Event::encode() const {
    return dump(
        {{"stack_id", stack_id},
         {"stack_name", stack_name},
         {"id", id},
         {"logical_id", logical_id},
         {"physical_id", physical_id},
         {"type", type},
         {"status", status},
         {"reason", reason},
         {"properties", properties},
         {"token", token},
         {"when", ticks(when)}}
    );
}

Event Event::decode(std::string_view bytes) {
    const auto json = Json::parse(bytes);
    return {
        .stack_id = json.at("stack_id"),
        .stack_name = json.at("stack_name"),
        .id = json.at("id"),
        .logical_id = json.at("logical_id"),
        .physical_id = json.at("physical_id"),
        .type = json.at("type"),
        .status = json.at("status"),
        .reason = json.at("reason"),
        .properties = json.at("properties"),
        .token = json.at("token"),
        .when = from_ticks(json.at("when"))
    };
}

std::string ChangeSet::encode() const {
    Json listed = Json::array();
    for (const auto& change : changes)
        listed.push_back(
            {{"action", change.action},
             {"logical_id", change.logical_id},
             {"physical_id", change.physical_id},
             {"type", change.type},
             {"replacement", change.replacement},
             {"properties", change.properties}}
        );
    return dump(
        {{"id", id},
         {"name", name},
         {"stack_id", stack_id},
         {"stack_name", stack_name},
         {"type", type},
         {"description", description},
         {"source", encode_source(source)},
         {"changes", listed},
         {"status", status},
         {"execution_status", execution_status},
         {"reason", reason},
         {"on_failure", static_cast<int>(on_failure)},
         {"created", ticks(created)}}
    );
}

ChangeSet ChangeSet::decode(std::string_view bytes) {
    const auto json = Json::parse(bytes);
    ChangeSet set;
    set.id = json.at("id");
    set.name = json.at("name");
    set.stack_id = json.at("stack_id");
    set.stack_name = json.at("stack_name");
    set.type = json.at("type");
    set.description = json.at("description");
    set.source = decode_source(json.at("source"));
    for (const auto& change : json.at("changes"))
        set.changes.push_back(
            {change.at("action"),
             change.at("logical_id"),
             change.at("physical_id"),
             change.at("type"),
             change.at("replacement"),
             change.at("properties").get<std::vector<std::string>>()}
        );
    set.status = json.at("status");
    set.execution_status = json.at("execution_status");
    set.reason = json.at("reason");
    set.on_failure = static_cast<OnFailure>(json.at("on_failure").get<int>());
    set.created = from_ticks(json.at("created"));
    return set;
}

} // namespace diorama::cloudformation
