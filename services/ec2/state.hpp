// What EC2 remembers: one default VPC per account and region, launch templates with their versions,
// instances. No clock, no I/O, no API shapes.
#pragma once

#include "emulator/storage/journal.hpp"
#include "emulator/time/time.hpp"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace diorama::ec2 {

using Tags = std::map<std::string, std::string>;

struct Subnet {
    std::string id;
    std::string zone;    // "us-east-1a"
    std::string zone_id; // "use1-az1"
    std::string cidr;    // "172.31.0.0/20"
};

// The default VPC with what AWS puts into it.
struct Topology {
    std::string account;
    std::string region;
    std::string vpc_id;
    std::string cidr = "172.31.0.0/16";
    std::string security_group_id;
    std::string dhcp_options_id;
    std::vector<Subnet> subnets; // one per zone

    const Subnet* find_subnet(const std::string& id) const;
    const Subnet* find_subnet_in(const std::string& zone) const;

    std::string encode() const;
    static Topology decode(std::string_view bytes);
};

// What a launch template holds of an instance to be.
struct LaunchSettings {
    std::optional<std::string> image_id;
    std::optional<std::string> instance_type;
    std::optional<std::string> key_name;
    std::optional<std::string> user_data; // base64, as given
    std::optional<bool> detailed_monitoring;
    std::vector<std::string> security_group_ids;
    std::optional<std::string> zone;
    Tags instance_tags;
};

struct LaunchTemplateVersion {
    std::int64_t number = 1;
    std::string description;
    Timestamp created{};
    LaunchSettings settings;
};

struct LaunchTemplate {
    std::string id;
    std::string name;
    std::string account;
    std::string region;
    Timestamp created{};
    std::int64_t default_version = 1;
    std::vector<LaunchTemplateVersion> versions; // ascending
    Tags tags;

    // "$Default" (also empty), "$Latest" or a number.
    const LaunchTemplateVersion* find_version(const std::string& version) const;

    std::string encode() const;
    static LaunchTemplate decode(std::string_view bytes);
};

enum class InstanceState { pending, running, shutting_down, terminated, stopping, stopped };

struct Instance {
    std::string id;
    std::string reservation_id;
    std::string account;
    std::string region;
    std::string image_id;
    std::string type;
    std::string vpc_id;
    std::string subnet_id;
    std::string zone;
    std::string private_ip;
    std::string key_name;
    std::string client_token;
    std::string security_group_id;
    std::string user_data; // base64
    std::string launch_template_id;
    std::int64_t launch_template_version = 0;
    std::int32_t launch_index = 0;
    bool detailed_monitoring = false;
    InstanceState state = InstanceState::pending;
    Timestamp launched{};
    Timestamp changed{};           // when `state` began
    std::string transition_reason; // "User initiated (2026-11-22 12:00:00 GMT)"
    Tags tags;

    bool is_alive() const {
        return state != InstanceState::terminated && state != InstanceState::shutting_down;
    }

    // The Auto Scaling group it belongs to; empty for none.
    std::string group() const;

    std::string encode() const;
    static Instance decode(std::string_view bytes);
};

struct State {
    explicit State(Journal& journal);

    Table<Topology> topologies;             // by account/region
    Table<LaunchTemplate> launch_templates; // by id
    Table<Instance> instances;              // by id

    const LaunchTemplate* find_launch_template(
        const std::string& account,
        const std::string& region,
        const std::string& id_or_name
    ) const;
};

std::string_view name_of(InstanceState state); // "shutting-down"
int code_of(InstanceState state);              // 32

} // namespace diorama::ec2
