// What CloudFormation remembers: stacks with their resources, events, change sets. What an
// operation on a stack has still to do is part of it, so that it goes on after a restart.
#pragma once

#include "emulator/storage/journal.hpp"
#include "emulator/time/time.hpp"
#include "services/cloudformation/control/template/parameters.hpp"
#include "services/cloudformation/ports.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace diorama::cloudformation {

// Where a resource stands in the stack's present operation.
enum class Progress { waiting, working, done, failed };

struct StackResource {
    std::string logical_id;
    std::string physical_id;
    std::string type;
    std::string status; // "CREATE_COMPLETE"
    std::string reason;
    Timestamp changed;
    Progress progress = Progress::waiting;
    Timestamp began;                  // the present step
    Json properties = Json::object(); // resolved; those it has, or is getting
    Json previous = Json::object();   // while it is updated: those it had
    Json attributes = Json::object();
    Json notes = Json::object(); // see Work::notes
    Json creation_policy;
    std::set<std::string> needs; // other resources, by logical id
    std::string deletion_policy;
    std::string update_replace_policy;
    bool is_new = false; // made by the present operation

    bool operator==(const StackResource&) const = default;
};

struct Output {
    std::string key;
    std::string value;
    std::string description;
    std::string export_name;
    bool operator==(const Output&) const = default;
};

// What a stack is made from.
struct StackSource {
    std::string body; // of the template, as it came
    ParameterValues parameters;
    std::map<std::string, std::string> tags;
    std::vector<std::string> capabilities;
    std::vector<std::string> notification_arns;
};

enum class OnFailure { rollback, remove, nothing };

struct Stack {
    std::string id; // its ARN
    std::string name;
    Place place;
    StackSource source;
    std::string status;
    std::string reason;
    Timestamp created;
    std::optional<Timestamp> updated;
    std::optional<Timestamp> deleted;
    OnFailure on_failure = OnFailure::rollback;
    std::optional<int> timeout_in_minutes;
    bool is_protected = false; // termination protection
    std::string role_arn;
    std::string change_set_id; // that made or changed it last
    std::string token;         // of the client, for the present operation

    std::map<std::string, StackResource> resources;
    std::vector<Output> outputs;
    std::set<std::string> imports; // exports of others that it uses

    // The present operation.
    Timestamp began;
    std::vector<StackResource> removals;         // physical resources on their way out
    std::map<std::string, StackResource> before; // update: the resources as they were
    std::optional<StackSource> source_before;    // update: what it was made from
    std::set<std::string> retained;              // DeleteStack's RetainResources
    std::vector<std::string> failed;             // logical ids

    bool is_gone() const { return status == "DELETE_COMPLETE"; }

    bool is_busy() const { return status.ends_with("_IN_PROGRESS") && !is_review(); }

    bool is_review() const { return status == "REVIEW_IN_PROGRESS"; }

    std::string encode() const;
    static Stack decode(std::string_view bytes);
};

struct Event {
    std::string stack_id;
    std::string stack_name;
    std::string id;
    std::string logical_id;
    std::string physical_id;
    std::string type;
    std::string status;
    std::string reason;
    std::string properties;
    std::string token;
    Timestamp when;

    std::string encode() const;
    static Event decode(std::string_view bytes);
};

struct ResourceChange {
    std::string action; // Add, Modify, Remove
    std::string logical_id;
    std::string physical_id;
    std::string type;
    std::string replacement;             // True, False, Conditional; only for Modify
    std::vector<std::string> properties; // that change
};

struct ChangeSet {
    std::string id; // its ARN
    std::string name;
    std::string stack_id;
    std::string stack_name;
    std::string type; // CREATE, UPDATE
    std::string description;
    StackSource source;
    std::vector<ResourceChange> changes;
    std::string status;           // CREATE_COMPLETE, FAILED
    std::string execution_status; // AVAILABLE, UNAVAILABLE, EXECUTE_IN_PROGRESS, …, OBSOLETE
    std::string reason;
    OnFailure on_failure = OnFailure::rollback;
    Timestamp created;

    std::string encode() const;
    static ChangeSet decode(std::string_view bytes);
};

class State {
public:
    explicit State(Journal& journal);

    Table<Stack> stacks;          // by ARN
    Table<Event> events;          // by ARN of the stack and a running number
    Table<ChangeSet> change_sets; // by ARN

    // By name (stacks that are not deleted) or by ARN; nullptr when there is none.
    const Stack* find_stack(const Place& place, const std::string& name_or_id) const;
    const ChangeSet* find_change_set(const Stack& stack, const std::string& name_or_id) const;
    std::vector<const ChangeSet*> change_sets_of(const std::string& stack_id) const;
    // Newest first.
    std::vector<const Event*> events_of(const std::string& stack_id) const;
    void add_event(Event event);
    // The stack that exports a name, if any.
    const Stack* exporter_of(const Place& place, const std::string& export_name) const;
    void forget_stack(const std::string& id);

private:
    std::uint64_t last_event_ = 0;
};

} // namespace diorama::cloudformation
