// EC2, as the rest of the emulator sees it: the API, and what Auto Scaling and load balancers ask
// of instances. World thread only.
#pragma once

#include "emulator/aws/service.hpp"
#include "emulator/environment.hpp"
#include "emulator/http/client.hpp"
#include "emulator/network/names.hpp"
#include "emulator/network/network.hpp"
#include "services/ec2/data/instance_host.hpp"
#include "services/ec2/data/instance_queue.hpp"
#include "services/ec2/data/instance_types.hpp"
#include "services/ec2/data/user_data.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace diorama::ec2 {

struct Options {
    // Whether user data may be executed as a child process; else the built-in application runs.
    bool allow_exec = false;
    // What a child process finds in AWS_ENDPOINT_URL.
    std::string endpoint_url;
    // Resolves names in an application's settings, DB_HOST for one, for the instance at that
    // address. Any thread.
    std::function<
        std::vector<network::IPAddress>(std::string_view name, const network::IPAddress& instance)>
        resolve;
};

struct SubnetView {
    std::string id;
    std::string vpc_id;
    std::string zone;
};

enum class InstancePhase { starting, running, ending, gone, stopped };

struct InstanceView {
    std::string id;
    std::string account;
    std::string region;
    std::string type;
    std::string zone;
    std::string subnet_id;
    std::string vpc_id;
    std::string launch_template_id;
    std::int64_t launch_template_version = 0;
    std::string group; // Auto Scaling group
    InstancePhase phase = InstancePhase::starting;
    Timestamp launched{};
};

// What Auto Scaling asks to be launched.
struct LaunchOrder {
    std::string account;
    std::string region;
    std::string launch_template; // id or name
    std::string version;         // "$Latest", "$Default", a number; empty is the default
    std::string subnet_id;       // or
    std::string zone;
    std::map<std::string, std::string> tags;
};

class EC2 {
public:
    // Live: instances listen on sockets.
    EC2(Environment& environment, network::Network& network, network::Names& names, Options options
    );
    // Instances run on the given hosts, which must outlive this.
    EC2(Environment& environment, network::Names& names, InstanceHosts& hosts);
    ~EC2();

    const aws::ServiceDescriptor& descriptor() const;
    aws::ServiceApi& api();
    // Brings up again what an earlier process left running.
    void resume();

    // Throws what RunInstances throws.
    std::string launch(const LaunchOrder& order);

    struct LaunchTemplateName {
        std::string id;
        std::string name;
    };

    // Checks that a template and version exist. Throws AWS's errors.
    LaunchTemplateName check_launch_template(const LaunchOrder& order);
    void terminate(const std::string& instance_id);
    std::optional<InstanceView> find_instance(const std::string& instance_id) const;
    std::optional<SubnetView>
    find_subnet(const std::string& account, const std::string& region, const std::string& id);
    // The subnet of a zone in the default VPC.
    std::optional<SubnetView>
    find_subnet_in(const std::string& account, const std::string& region, const std::string& zone);
    // All subnets of the default VPC, one per zone.
    std::vector<SubnetView> default_subnets(const std::string& account, const std::string& region);
    std::string default_vpc(const std::string& account, const std::string& region);
    std::string default_security_group(const std::string& account, const std::string& region);
    // The loopback address on which a running instance answers.
    std::optional<network::IPAddress> address_of(const std::string& instance_id) const;
    // Called after every change of an instance's state.
    void watch(std::function<void(const InstanceView& instance)> watcher);
    // A simulated shortage: launches in that zone answer InsufficientInstanceCapacity.
    void set_capacity(const std::string& zone, bool is_there);
    // How many instances are running, for the health endpoint.
    std::size_t running() const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace diorama::ec2
