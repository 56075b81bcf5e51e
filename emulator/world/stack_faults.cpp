// See world/stack_faults.hpp.
#include "emulator/world/stack_faults.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace diorama {

namespace {

using nlohmann::json;
using simulation::Fault;

// Lists are "a,b".
std::vector<std::string> split_list(const std::string& text) {
    std::vector<std::string> parts;
    for (std::size_t from = 0; from < text.size();) {
        const auto end = std::min(text.find(',', from), text.size());
        if (end > from) parts.push_back(text.substr(from, end - from));
        from = end + 1;
    }
    return parts;
}

} // namespace

struct StackFaults::Kind {
    std::string_view action;
    Targets (StackFaults::*carry_out)(const Fault& fault, bool begins);
};

const StackFaults::Kind* StackFaults::find_kind(const std::string& action) {
    using F = StackFaults;
    static constexpr std::array<Kind, 7> kinds{{
        {"aws:ec2:terminate-instances", &F::terminate_instances},
        {"aws:ec2:stop-instances", &F::stop_instances},
        {"aws:ec2:reboot-instances", &F::reboot_instances},
        {"aws:rds:reboot-db-instances", &F::reboot_databases},
        {"global-invalidation", &F::invalidate_everything},
        {"set-desired-capacity", &F::set_desired_capacity},
        {"change-weights", &F::change_weights},
    }};
    const auto found = std::ranges::find(kinds, action, &Kind::action);
    return found == kinds.end() ? nullptr : &*found;
}

std::vector<simulation::FaultPeriod> StackFaults::periods_of(const simulation::Scenario& scenario) {
    std::vector<simulation::FaultPeriod> periods;
    for (const auto& fault : scenario.faults) {
        simulation::FaultPeriod period;
        period.number = fault.number;
        period.name = fault.name.empty() ? fault.action : fault.name;
        period.action = fault.action;
        period.from = fault.at;
        periods.push_back(std::move(period));
    }
    return periods;
}

std::string StackFaults::text_of(const Fault& fault, const std::string& parameter) {
    const auto found = fault.parameters.find(parameter);
    return found == fault.parameters.end() ? "" : found->second;
}

StackFaults::Targets StackFaults::carry_out(const Fault& fault, bool begins) {
    return (this->*find_kind(fault.action)->carry_out)(fault, begins);
}

StackFaults::Targets StackFaults::chosen(const Fault& fault, Targets candidates) {
    std::ranges::sort(candidates);
    auto wanted = candidates.size();
    using Mode = simulation::TargetSelector::Mode;
    if (fault.target.mode == Mode::count)
        wanted = std::min<std::size_t>(wanted, fault.target.count);
    if (fault.target.mode == Mode::share)
        wanted = static_cast<std::size_t>(
            fault.target.share * static_cast<double>(candidates.size()) + 0.5
        );
    for (std::size_t i = 0; i < wanted; ++i)
        std::swap(candidates[i], candidates[i + random_.below(candidates.size() - i)]);
    candidates.resize(wanted);
    std::ranges::sort(candidates);
    return candidates;
}

StackFaults::Targets StackFaults::instances_for(const Fault& fault) {
    Targets found;
    const auto& target = fault.target;
    const auto described = stack_.call("ec2", "DescribeInstances", json::object());
    for (const auto& reservation : described["Reservations"]) {
        for (const auto& instance : reservation["Instances"]) {
            if (instance["State"].value("Name", "") != "running") continue;
            if (!target.zone.empty() &&
                instance["Placement"].value("AvailabilityZone", "") != target.zone)
                continue;
            std::map<std::string, std::string> tags;
            for (const auto& tag : instance.value("Tags", json::array()))
                tags[tag.value("Key", "")] = tag.value("Value", "");
            if (!std::ranges::all_of(target.tags, [&](const auto& tag) {
                    const auto there = tags.find(tag.first);
                    return there != tags.end() && there->second == tag.second;
                }))
                continue;
            const auto id = instance.value("InstanceId", "");
            // An id may be that of the instance's group, too.
            const auto is_meant = [&](const std::string& name) {
                const auto* resource = stack_.find(name);
                const auto& physical = resource == nullptr ? name : resource->physical_id;
                return physical == id || physical == tags["aws:autoscaling:groupName"] ||
                       physical == instance.value("SubnetId", "");
            };
            if (target.ids.empty() || std::ranges::any_of(target.ids, is_meant))
                found.push_back(id);
        }
    }
    return chosen(fault, std::move(found));
}

StackFaults::Targets StackFaults::resources_for(const Fault& fault, std::string_view type) {
    Targets found;
    for (const auto& resource : stack_.resources()) {
        if (resource.type != type) continue;
        const auto& ids = fault.target.ids;
        if (ids.empty() || std::ranges::find(ids, resource.logical_id) != ids.end() ||
            std::ranges::find(ids, resource.physical_id) != ids.end())
            found.push_back(resource.physical_id);
    }
    return chosen(fault, std::move(found));
}

StackFaults::Targets StackFaults::terminate_instances(const Fault& fault, bool begins) {
    if (!begins) return {};
    auto ids = instances_for(fault);
    if (!ids.empty()) stack_.act("ec2", "TerminateInstances", {{"InstanceIds", ids}});
    return ids;
}

StackFaults::Targets StackFaults::stop_instances(const Fault& fault, bool begins) {
    // AWS: with startInstancesAfterDuration they are started again. Those of a group are not there
    // any more: it has replaced them.
    if (!begins) {
        for (const auto& id : stopped_[fault.number])
            if (is_stopped(id)) stack_.act("ec2", "StartInstances", {{"InstanceIds", {id}}});
        return {};
    }
    auto ids = instances_for(fault);
    if (!ids.empty()) stack_.act("ec2", "StopInstances", {{"InstanceIds", ids}});
    stopped_[fault.number] = ids;
    return ids;
}

bool StackFaults::is_stopped(const std::string& instance_id) const {
    const auto found =
        stack_.call("ec2", "DescribeInstances", {{"InstanceIds", json::array({instance_id})}});
    for (const auto& reservation : found.value("Reservations", json::array()))
        for (const auto& instance : reservation["Instances"])
            return instance["State"].value("Name", "") == "stopped";
    return false;
}

StackFaults::Targets StackFaults::reboot_instances(const Fault& fault, bool begins) {
    if (!begins) return {};
    auto ids = instances_for(fault);
    if (!ids.empty()) stack_.act("ec2", "RebootInstances", {{"InstanceIds", ids}});
    return ids;
}

StackFaults::Targets StackFaults::reboot_databases(const Fault& fault, bool begins) {
    if (!begins) return {};
    auto ids = resources_for(fault, "AWS::RDS::DBInstance");
    const bool fails_over = text_of(fault, "forceFailover") == "true";
    for (const auto& id : ids)
        stack_.act(
            "rds",
            "RebootDBInstance",
            {{"DBInstanceIdentifier", id}, {"ForceFailover", fails_over}}
        );
    return ids;
}

StackFaults::Targets StackFaults::invalidate_everything(const Fault& fault, bool begins) {
    if (!begins) return {};
    auto ids = resources_for(fault, "AWS::CloudFront::Distribution");
    json paths = json::array();
    for (const auto& path : split_list(text_of(fault, "paths")))
        paths.push_back(path);
    if (paths.empty()) paths.push_back("/*");
    for (const auto& id : ids)
        stack_.act(
            "cloudfront",
            "CreateInvalidation",
            {{"DistributionId", id},
             {"InvalidationBatch",
              {{"CallerReference", fmt::format("fault-{}", fault.number)},
               {"Paths", {{"Quantity", paths.size()}, {"Items", paths}}}}}}
        );
    return ids;
}

StackFaults::Targets StackFaults::set_desired_capacity(const Fault& fault, bool begins) {
    if (!begins) return {};
    auto ids = resources_for(fault, "AWS::AutoScaling::AutoScalingGroup");
    for (const auto& id : ids)
        stack_.act(
            "autoscaling",
            "SetDesiredCapacity",
            {{"AutoScalingGroupName", id},
             {"DesiredCapacity", static_cast<int>(fault.quantities.at("capacity"))}}
        );
    return ids;
}

// Every weighted record set of that name which is told a weight.
StackFaults::Targets StackFaults::change_weights(const Fault& fault, bool begins) {
    auto& before = weights_before_[fault.number];
    Targets changed;
    json changes = json::array();
    std::string zone;
    const auto name = text_of(fault, "record") + ".";
    for (const auto& resource : stack_.resources()) {
        if (resource.type != "AWS::Route53::HostedZone") continue;
        const auto listed = stack_.call(
            "route53",
            "ListResourceRecordSets",
            {{"HostedZoneId", resource.physical_id}}
        );
        for (auto set : listed.value("ResourceRecordSets", json::array())) {
            const auto identifier = set.value("SetIdentifier", "");
            if (set.value("Name", "") != name || !set.contains("Weight")) continue;
            const auto wanted = fault.quantities.find("weights." + identifier);
            if (wanted == fault.quantities.end()) continue;
            // An alias has none; an empty list is none that could be given.
            if (set.value("ResourceRecords", json::array()).empty()) set.erase("ResourceRecords");
            if (begins) before[identifier] = set.at("Weight").get<int>();
            set["Weight"] = begins ? static_cast<int>(wanted->second) : before[identifier];
            changes.push_back({{"Action", "UPSERT"}, {"ResourceRecordSet", set}});
            changed.push_back(identifier);
            zone = resource.physical_id;
        }
    }
    if (!changes.empty())
        stack_.act(
            "route53",
            "ChangeResourceRecordSets",
            {{"HostedZoneId", zone}, {"ChangeBatch", {{"Changes", changes}}}}
        );
    return changed;
}

} // namespace diorama
