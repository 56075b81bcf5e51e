// One step of CREATE_IN_PROGRESS and UPDATE_IN_PROGRESS: resources are made and changed in the
// order in which they need each other, independent ones at the same time.
#pragma once

#include "services/cloudformation/background/stack_values.hpp"
#include "services/cloudformation/background/surroundings.hpp"

namespace diorama::cloudformation {

class Building {
public:
    Building(Surroundings& surroundings, Stack& stack);

    enum class Outcome { waits, goes_on, failed, finished };
    // Does what can be done now.
    Outcome step();

private:
    bool begin_what_can(); // true: something moved
    bool look_at_working();
    void begin(StackResource& resource);
    void prepare(StackResource& resource, const std::string& name);
    void create(StackResource& resource);
    void update(StackResource& resource, const Json& properties);
    void replace(StackResource& resource, const Json& properties);
    void look_at(StackResource& resource);
    void fail(StackResource& resource, const std::string& reason);
    void cancel_working();

    bool is_updating() const { return stack_.status == "UPDATE_IN_PROGRESS"; }

    bool is_change(const StackResource& resource) const;
    std::optional<std::string> overdue(const StackResource& resource) const;
    std::vector<Output> outputs();
    void check_exports(const std::vector<Output>& outputs) const;

    Surroundings& surroundings_;
    Stack& stack_;
    const Template& template_;
    StackValues values_;
    Evaluation evaluation_;
    std::set<std::string> names_;
    std::map<std::string, std::set<std::string>> needs_;
};

} // namespace diorama::cloudformation
