// See ec2.hpp: puts the rooms together and sends each operation to its noun.
#include "services/ec2/ec2.hpp"

#include "emulator/aws/error.hpp"
#include "services/ec2/api.hpp"
#include "services/ec2/background/lifecycle.hpp"
#include "services/ec2/background/metrics_publisher.hpp"
#include "services/ec2/control/images.hpp"
#include "services/ec2/control/instances.hpp"
#include "services/ec2/control/launch_templates.hpp"
#include "services/ec2/control/tags.hpp"
#include "services/ec2/control/topology.hpp"
#include "services/ec2/data/live_hosts.hpp"

namespace diorama::ec2 {

namespace {

using aws::Call;

template <class Input>
const Input& unless_dry_run(const Input& input) {
    if (input.dry_run.value_or(false)) {
        throw aws::AWSError(
            "DryRunOperation",
            412,
            "Request would have succeeded, but DryRun flag is set."
        );
    }
    return input;
}

class Operations final : public api::EC2Api {
public:
    Operations(Environment& environment, State& state, Lifecycle& lifecycle)
        : topologies(state, environment.random.fork("ec2.topology"))
        , launch_templates(state)
        , instances(environment, state, topologies, launch_templates, lifecycle)
        , tags(state) {}

    api::DescribeRegionsResult
    describe_regions(const Call& call, const api::DescribeRegionsRequest& input) override {
        return topologies.describe_regions(call, unless_dry_run(input));
    }

    api::DescribeAvailabilityZonesResult describe_availability_zones(
        const Call& call,
        const api::DescribeAvailabilityZonesRequest& input
    ) override {
        return topologies.describe_availability_zones(call, unless_dry_run(input));
    }

    api::DescribeVpcsResult
    describe_vpcs(const Call& call, const api::DescribeVpcsRequest& input) override {
        return topologies.describe_vpcs(call, unless_dry_run(input));
    }

    api::DescribeSubnetsResult
    describe_subnets(const Call& call, const api::DescribeSubnetsRequest& input) override {
        return topologies.describe_subnets(call, unless_dry_run(input));
    }

    api::DescribeSecurityGroupsResult describe_security_groups(
        const Call& call,
        const api::DescribeSecurityGroupsRequest& input
    ) override {
        return topologies.describe_security_groups(call, unless_dry_run(input));
    }

    api::CreateLaunchTemplateResult create_launch_template(
        const Call& call,
        const api::CreateLaunchTemplateRequest& input
    ) override {
        return launch_templates.create(call, unless_dry_run(input));
    }

    api::CreateLaunchTemplateVersionResult create_launch_template_version(
        const Call& call,
        const api::CreateLaunchTemplateVersionRequest& input
    ) override {
        return launch_templates.create_version(call, unless_dry_run(input));
    }

    api::ModifyLaunchTemplateResult modify_launch_template(
        const Call& call,
        const api::ModifyLaunchTemplateRequest& input
    ) override {
        return launch_templates.modify(call, unless_dry_run(input));
    }

    api::DeleteLaunchTemplateResult delete_launch_template(
        const Call& call,
        const api::DeleteLaunchTemplateRequest& input
    ) override {
        return launch_templates.remove(call, unless_dry_run(input));
    }

    api::DescribeLaunchTemplatesResult describe_launch_templates(
        const Call& call,
        const api::DescribeLaunchTemplatesRequest& input
    ) override {
        return launch_templates.describe(call, unless_dry_run(input));
    }

    api::DescribeLaunchTemplateVersionsResult describe_launch_template_versions(
        const Call& call,
        const api::DescribeLaunchTemplateVersionsRequest& input
    ) override {
        return launch_templates.describe_versions(call, unless_dry_run(input));
    }

    api::Reservation
    run_instances(const Call& call, const api::RunInstancesRequest& input) override {
        return instances.run(call, unless_dry_run(input));
    }

    api::DescribeInstancesResult
    describe_instances(const Call& call, const api::DescribeInstancesRequest& input) override {
        return instances.describe(call, unless_dry_run(input));
    }

    api::DescribeInstanceStatusResult describe_instance_status(
        const Call& call,
        const api::DescribeInstanceStatusRequest& input
    ) override {
        return instances.describe_status(call, unless_dry_run(input));
    }

    api::TerminateInstancesResult
    terminate_instances(const Call& call, const api::TerminateInstancesRequest& input) override {
        return instances.terminate(call, unless_dry_run(input));
    }

    api::StopInstancesResult
    stop_instances(const Call& call, const api::StopInstancesRequest& input) override {
        return instances.stop(call, unless_dry_run(input));
    }

    api::StartInstancesResult
    start_instances(const Call& call, const api::StartInstancesRequest& input) override {
        return instances.start(call, unless_dry_run(input));
    }

    api::RebootInstancesOutput
    reboot_instances(const Call& call, const api::RebootInstancesRequest& input) override {
        return instances.reboot(call, unless_dry_run(input));
    }

    api::GetConsoleOutputResult
    get_console_output(const Call& call, const api::GetConsoleOutputRequest& input) override {
        return instances.console_output(call, unless_dry_run(input));
    }

    api::DescribeImagesResult
    describe_images(const Call& call, const api::DescribeImagesRequest& input) override {
        return ec2::describe_images(call, unless_dry_run(input));
    }

    api::DescribeInstanceTypesResult describe_instance_types(
        const Call& call,
        const api::DescribeInstanceTypesRequest& input
    ) override {
        return ec2::describe_instance_types(call, unless_dry_run(input));
    }

    api::CreateTagsOutput
    create_tags(const Call& call, const api::CreateTagsRequest& input) override {
        return tags.create(call, unless_dry_run(input));
    }

    api::DeleteTagsOutput
    delete_tags(const Call& call, const api::DeleteTagsRequest& input) override {
        return tags.remove(call, unless_dry_run(input));
    }

    api::DescribeTagsResult
    describe_tags(const Call& call, const api::DescribeTagsRequest& input) override {
        return tags.describe(call, unless_dry_run(input));
    }

    TopologyControl topologies;
    LaunchTemplateControl launch_templates;
    InstanceControl instances;
    TagControl tags;
};

InstancePhase phase_of(InstanceState state) {
    switch (state) {
    case InstanceState::pending:
        return InstancePhase::starting;
    case InstanceState::running:
        return InstancePhase::running;
    case InstanceState::stopping:
    case InstanceState::shutting_down:
        return InstancePhase::ending;
    case InstanceState::stopped:
        return InstancePhase::stopped;
    case InstanceState::terminated:
        return InstancePhase::gone;
    }
    return InstancePhase::gone;
}

InstanceView view_of(const Instance& instance) {
    return {
        instance.id,
        instance.account,
        instance.region,
        instance.type,
        instance.zone,
        instance.subnet_id,
        instance.vpc_id,
        instance.launch_template_id,
        instance.launch_template_version,
        instance.group(),
        phase_of(instance.state),
        instance.launched
    };
}

api::LaunchTemplateSpecification specification_of(const LaunchOrder& order) {
    api::LaunchTemplateSpecification specification;
    // A template's name may begin with "lt-" too; an id is that and 17 hexadecimal digits.
    const bool is_id =
        order.launch_template.starts_with("lt-") && order.launch_template.size() == 20 &&
        order.launch_template.find_first_not_of("0123456789abcdef", 3) == std::string::npos;
    if (is_id) {
        specification.launch_template_id = order.launch_template;
    } else {
        specification.launch_template_name = order.launch_template;
    }
    if (!order.version.empty()) specification.version = order.version;
    return specification;
}

} // namespace

struct EC2::Parts {
    Parts(
        Environment& given,
        network::Names& names,
        std::unique_ptr<LiveHosts> live,
        InstanceHosts* given_hosts
    )
        : environment(given)
        , random(given.random.fork("ec2"))
        , state(given.journal)
        , own_hosts(std::move(live))
        , lifecycle(given, state, names, own_hosts != nullptr ? *own_hosts : *given_hosts)
        , operations(given, state, lifecycle)
        , publisher(given, state, lifecycle) {}

    Environment& environment;
    Random random;
    State state;
    std::unique_ptr<LiveHosts> own_hosts; // live
    Lifecycle lifecycle;
    Operations operations;
    MetricsPublisher publisher;
};

EC2::EC2(
    Environment& environment,
    network::Network& network,
    network::Names& names,
    Options options
)
    : parts_(std::make_unique<Parts>(
          environment,
          names,
          std::make_unique<LiveHosts>(network, names, environment.log, std::move(options)),
          nullptr
      )) {}

EC2::EC2(Environment& environment, network::Names& names, InstanceHosts& hosts)
    : parts_(std::make_unique<Parts>(environment, names, nullptr, &hosts)) {}

EC2::~EC2() = default;

const aws::ServiceDescriptor& EC2::descriptor() const {
    return api::descriptor();
}

aws::ServiceApi& EC2::api() {
    return parts_->operations;
}

void EC2::resume() {
    parts_->lifecycle.resume();
}

std::string EC2::launch(const LaunchOrder& order) {
    Call call{
        .account = order.account,
        .region = order.region,
        .now = parts_->environment.clock.now(),
        .random = parts_->random
    };
    api::RunInstancesRequest input;
    input.min_count = 1;
    input.max_count = 1;
    input.launch_template = specification_of(order);
    if (!order.subnet_id.empty()) input.subnet_id = order.subnet_id;
    if (!order.zone.empty()) {
        api::Placement placement;
        placement.availability_zone = order.zone;
        input.placement = placement;
    }
    api::TagSpecification tags;
    tags.resource_type = "instance";
    for (const auto& [key, value] : order.tags)
        tags.tags.push_back({key, value});
    input.tag_specifications.push_back(std::move(tags));
    return parts_->operations.instances.run(call, input).instances.front().instance_id.value();
}

EC2::LaunchTemplateName EC2::check_launch_template(const LaunchOrder& order) {
    const LaunchTemplate* owner = nullptr;
    parts_->operations.launch_templates
        .version_of(order.account, order.region, specification_of(order), &owner);
    return {owner->id, owner->name};
}

void EC2::terminate(const std::string& instance_id) {
    const auto* instance = parts_->state.instances.find(instance_id);
    if (instance != nullptr && instance->is_alive()) parts_->lifecycle.terminate(instance_id);
}

std::optional<InstanceView> EC2::find_instance(const std::string& instance_id) const {
    const auto* instance = parts_->state.instances.find(instance_id);
    if (instance == nullptr) return std::nullopt;
    return view_of(*instance);
}

std::optional<SubnetView>
EC2::find_subnet(const std::string& account, const std::string& region, const std::string& id) {
    const auto& topology = parts_->operations.topologies.topology_of(account, region);
    const auto* subnet = topology.find_subnet(id);
    if (subnet == nullptr) return std::nullopt;
    return SubnetView{subnet->id, topology.vpc_id, subnet->zone};
}

std::optional<SubnetView> EC2::find_subnet_in(
    const std::string& account,
    const std::string& region,
    const std::string& zone
) {
    const auto& topology = parts_->operations.topologies.topology_of(account, region);
    const auto* subnet = topology.find_subnet_in(zone);
    if (subnet == nullptr) return std::nullopt;
    return SubnetView{subnet->id, topology.vpc_id, subnet->zone};
}

std::optional<network::IPAddress> EC2::address_of(const std::string& instance_id) const {
    if (parts_->lifecycle.find_host(instance_id) == nullptr) return std::nullopt;
    return parts_->lifecycle.address_of(instance_id);
}

std::vector<SubnetView>
EC2::default_subnets(const std::string& account, const std::string& region) {
    const auto& topology = parts_->operations.topologies.topology_of(account, region);
    std::vector<SubnetView> views;
    for (const auto& subnet : topology.subnets)
        views.push_back({subnet.id, topology.vpc_id, subnet.zone});
    return views;
}

std::string EC2::default_vpc(const std::string& account, const std::string& region) {
    return parts_->operations.topologies.topology_of(account, region).vpc_id;
}

std::string EC2::default_security_group(const std::string& account, const std::string& region) {
    return parts_->operations.topologies.topology_of(account, region).security_group_id;
}

void EC2::watch(std::function<void(const InstanceView& instance)> watcher) {
    parts_->lifecycle.watch([watcher = std::move(watcher)](const Instance& instance) {
        watcher(view_of(instance));
    });
}

void EC2::set_capacity(const std::string& zone, bool is_there) {
    parts_->operations.instances.set_capacity(zone, is_there);
}

std::size_t EC2::running() const {
    std::size_t count = 0;
    for (const auto& [id, instance] : parts_->state.instances) {
        if (instance.state == InstanceState::running) ++count;
    }
    return count;
}

} // namespace diorama::ec2
