// What a template's functions can ask of a stack while it is built: its resources as they are now,
// exports of other stacks, zones.
#pragma once

#include "services/cloudformation/control/template/evaluation.hpp"
#include "services/cloudformation/state.hpp"

namespace diorama::cloudformation {

class StackValues final : public ResourceValues {
public:
    StackValues(const State& state, const Stack& stack, ServiceCalls& calls)
        : state_(state)
        , stack_(stack)
        , calls_(calls) {}

    // For change sets: values of resources that are not there yet, or are to be replaced, say so.
    void foresee(std::set<std::string> replaced) {
        is_tolerant_ = true;
        replaced_ = std::move(replaced);
    }

    Json reference(const std::string& resource) const override;
    Json attribute(const std::string& resource, const std::string& name) const override;
    std::optional<std::string> exported(const std::string& name) const override;
    std::vector<std::string> zones(const std::string& region) const override;

    // Exports that were asked for.
    const std::set<std::string>& imports() const { return imports_; }

private:
    const State& state_;
    const Stack& stack_;
    ServiceCalls& calls_;
    bool is_tolerant_ = false;
    std::set<std::string> replaced_;
    mutable std::set<std::string> imports_;
};

PseudoParameters pseudo_parameters(const Stack& stack, const StackSource& source);

} // namespace diorama::cloudformation
