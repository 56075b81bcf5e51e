// See world_simulated.hpp. The composition and the deployment; the run itself stands in
// world_simulated_run.cpp. Read beside world.cpp: the same parts in the same order.
#include "emulator/world_simulated_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace diorama {

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// The stack is made in the time before the scenario begins.
constexpr Duration deployment_time = hours(1);
// How long groups may take to be complete and healthy before the traffic comes all the same.
constexpr Duration settling_time = minutes(10);

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw DeploymentFailed("cannot read " + path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

// What Route 53 knows of a client there.
route53::Route53::Asker asker_at(simulation::PlaceId from) {
    const auto& place = simulation::places()[from];
    return {
        network::IPAddress::parse(SimulatedTraffic::viewer_address(from))
            .value_or(network::IPAddress()),
        route53::Place{
            std::string(place.continent),
            std::string(place.country),
            std::string(place.subdivision),
            {place.latitude, place.longitude}
        }
    };
}

} // namespace

SimulatedWorld::Parts::Parts(const simulation::Scenario& given, std::uint64_t seed, Log& its_log)
    : scenario(given)
    , log(its_log)
    , time(given.start - deployment_time)
    , environment{time, time, Random(seed), metrics, journal, log, Advertise::aws, Pace::faithful}
    , seed(seed) {
    world_names.join([this](std::string_view name) { return route53.resolve(name); });
    alarm_actions.join(sns, autoscaling);
    ec2.watch([this](const ec2::InstanceView& instance) {
        elbv2.instance_changed(instance.account, instance.region, instance.id);
        autoscaling.instance_changed(instance.id);
        record_instance(instance);
    });
    offer_services();
    traffic.join(SimulatedTraffic::Cores{
        cloudfront,
        s3,
        fleet,
        databases,
        [this](const std::string& name, simulation::PlaceId from) {
            auto found = route53.look_up(name, asker_at(from));
            if (found.addresses.empty()) found.addresses = world_names.resolve(name);
            return std::pair(found.addresses, std::max(found.ttl, Duration(seconds(1))));
        },
        edge,
        front_door,
    });
    target_health.join(elbv2);
    health_alarms.join(calls);
    vpcs.join(calls);
    elbv2.start();
}

template <class Service>
void SimulatedWorld::Parts::offer(Service& service) {
    calls.add(service.descriptor(), service.api());
}

void SimulatedWorld::Parts::offer_services() {
    calls.add_raw(
        "s3",
        [this](const auto& caller, std::string_view operation, const nlohmann::json& input) {
            return s3.call(caller.account, caller.region, operation, input);
        }
    );
    offer(route53);
    offer(ec2);
    offer(elbv2);
    offer(cloudwatch);
    offer(sns);
    offer(autoscaling);
    offer(cloudfront);
    offer(rds);
    offer(cloudformation);
}

nlohmann::json SimulatedWorld::Parts::call(
    std::string_view service,
    std::string_view operation,
    const nlohmann::json& input
) {
    return calls.call({account, scenario.deploy.region}, service, operation, input);
}

void SimulatedWorld::Parts::pass(Duration span) {
    events.run_until(time.now() + span);
}

void SimulatedWorld::Parts::create_stack() {
    const auto& deploy = scenario.deploy;
    const auto body = read_file(deploy.template_path);
    nlohmann::json parameters = nlohmann::json::array();
    for (const auto& [key, value] : all_parameters(body))
        parameters.push_back({{"ParameterKey", key}, {"ParameterValue", value}});
    call(
        "cloudformation",
        "CreateStack",
        {{"StackName", deploy.stack_name},
         {"TemplateBody", body},
         {"Parameters", parameters},
         {"Capabilities", {"CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"}}}
    );
    std::string status = "CREATE_IN_PROGRESS";
    while (status == "CREATE_IN_PROGRESS" || status.starts_with("ROLLBACK_IN")) {
        if (time.now() >= scenario.start)
            throw DeploymentFailed(
                "the stack did not come up within an hour: " + unfinished_resources()
            );
        pass(seconds(5));
        const auto stacks =
            call("cloudformation", "DescribeStacks", {{"StackName", deploy.stack_name}});
        status = stacks["Stacks"][0].value("StackStatus", "");
    }
    if (status != "CREATE_COMPLETE") throw DeploymentFailed(reasons_of_failure(status));
}

// Those of the scenario, and for what the template wants besides: the default VPC with its subnets,
// and a password for whatever is not to be shown.
std::map<std::string, std::string> SimulatedWorld::Parts::all_parameters(const std::string& body) {
    auto parameters = scenario.deploy.parameters;
    const auto& region = scenario.deploy.region;
    const auto summary = call("cloudformation", "GetTemplateSummary", {{"TemplateBody", body}});
    for (const auto& declared : summary.value("Parameters", nlohmann::json::array())) {
        const auto key = declared.value("ParameterKey", "");
        const auto type = declared.value("ParameterType", "");
        if (parameters.contains(key) || declared.contains("DefaultValue")) continue;
        if (type == "AWS::EC2::VPC::Id") parameters[key] = ec2.default_vpc(account, region);
        if (type == "List<AWS::EC2::Subnet::Id>") {
            auto& list = parameters[key];
            for (const auto& subnet : ec2.default_subnets(account, region))
                list += (list.empty() ? "" : ",") + subnet.id;
        }
        if (declared.value("NoEcho", false))
            parameters[key] = environment.random.fork("parameters").hex(24);
    }
    return parameters;
}

std::string SimulatedWorld::Parts::unfinished_resources() {
    const auto described = call(
        "cloudformation",
        "DescribeStackResources",
        {{"StackName", scenario.deploy.stack_name}}
    );
    std::vector<std::string> unfinished;
    for (const auto& resource : described.value("StackResources", nlohmann::json::array())) {
        const auto status = resource.value("ResourceStatus", "");
        if (status.ends_with("_IN_PROGRESS"))
            unfinished.push_back(resource.value("LogicalResourceId", "") + " is " + status);
    }
    return fmt::format("{}", fmt::join(unfinished, ", "));
}

std::string SimulatedWorld::Parts::reasons_of_failure(const std::string& status) {
    std::string text = fmt::format("the stack is {}:", status);
    const auto events_of_stack =
        call("cloudformation", "DescribeStackEvents", {{"StackName", scenario.deploy.stack_name}});
    for (const auto& event : events_of_stack["StackEvents"]) {
        if (!event.value("ResourceStatus", "").ends_with("_FAILED")) continue;
        text += fmt::format(
            "\n    {} ({}): {}",
            event.value("LogicalResourceId", ""),
            event.value("ResourceType", ""),
            event.value("ResourceStatusReason", "")
        );
    }
    return text;
}

void SimulatedWorld::Parts::learn_resources() {
    const auto found = call(
        "cloudformation",
        "DescribeStackResources",
        {{"StackName", scenario.deploy.stack_name}}
    );
    for (const auto& resource : found["StackResources"])
        resources.push_back(
            {resource.value("LogicalResourceId", ""),
             resource.value("PhysicalResourceId", ""),
             resource.value("ResourceType", "")}
        );
    std::ranges::sort(resources, {}, &StackResource::logical_id);
}

const StackResource* SimulatedWorld::Parts::find_resource(std::string_view id) const {
    for (const auto& resource : resources)
        if (resource.logical_id == id || resource.physical_id == id) return &resource;
    return nullptr;
}

void SimulatedWorld::Parts::fill_buckets() {
    namespace fs = std::filesystem;
    std::vector<std::string> keys;
    std::map<std::string, std::vector<std::string>> keys_of; // by logical id of the bucket
    for (const auto& files : scenario.deploy.files) {
        const auto* bucket = find_resource(files.bucket);
        if (bucket == nullptr) throw DeploymentFailed("there is no bucket " + files.bucket);
        std::vector<fs::path> paths;
        for (const auto& entry : fs::recursive_directory_iterator(files.folder))
            if (entry.is_regular_file()) paths.push_back(entry.path());
        std::ranges::sort(paths);
        for (const auto& path : paths) {
            const auto key = files.prefix + fs::relative(path, files.folder).generic_string();
            s3.put_modelled_object(
                bucket->physical_id,
                key,
                fs::file_size(path),
                files.cache_control
            );
            keys.push_back(key);
            keys_of[files.bucket].push_back(key);
        }
    }
    Random random = environment.random.fork("files");
    for (const auto& files : scenario.deploy.synthetic_files) {
        const auto* bucket = find_resource(files.bucket);
        if (bucket == nullptr) throw DeploymentFailed("there is no bucket " + files.bucket);
        for (std::uint64_t i = 1; i <= files.count; ++i) {
            keys.push_back(files.prefix + std::to_string(i) + files.suffix);
            const auto size = static_cast<std::uint64_t>(std::max(1.0, files.size.draw(random)));
            s3.put_modelled_object(bucket->physical_id, keys.back(), size, files.cache_control);
            keys_of[files.bucket].push_back(keys.back());
        }
    }
    values = scenario.app.values;
    for (auto& [name, source] : values) {
        if (source.kind != simulation::ValueSource::Kind::files) continue;
        source.choices = keys_of[source.bucket];
        if (source.choices.empty())
            throw DeploymentFailed("there are no files in " + source.bucket + " for " + name);
    }
    // The assets of the site, the first ones most: what people mean by {asset}.
    if (!keys.empty() && !values.contains("asset"))
        values["asset"] = {simulation::ValueSource::Kind::ranked, keys.size(), 1, keys};
}

// Until every target group that has targets has healthy ones, and groups are complete; but some
// worlds never come that far.
void SimulatedWorld::Parts::wait_until_ready() {
    const auto is_ready = [this] {
        for (const auto& resource : resources) {
            if (resource.type != "AWS::AutoScaling::AutoScalingGroup") continue;
            const auto groups = call(
                "autoscaling",
                "DescribeAutoScalingGroups",
                {{"AutoScalingGroupNames", {resource.physical_id}}}
            );
            const auto& group = groups["AutoScalingGroups"][0];
            int in_service = 0;
            for (const auto& instance : group["Instances"])
                if (instance.value("LifecycleState", "") == "InService" &&
                    instance.value("HealthStatus", "") == "Healthy")
                    ++in_service;
            if (in_service < group.value("DesiredCapacity", 0)) return false;
            for (const auto& arn : group["TargetGroupARNs"])
                if (!is_target_group_healthy(arn)) return false;
        }
        return true;
    };
    const auto latest = std::min(time.now() + settling_time, scenario.start);
    while (!is_ready() && time.now() < latest)
        pass(seconds(5));
}

bool SimulatedWorld::Parts::is_target_group_healthy(const std::string& arn) {
    const auto health = call("elbv2", "DescribeTargetHealth", {{"TargetGroupArn", arn}});
    return std::ranges::all_of(health["TargetHealthDescriptions"], [](const auto& target) {
        return target["TargetHealth"].value("State", "") == "healthy";
    });
}

void SimulatedWorld::deploy() {
    parts_->check_faults();
    parts_->create_stack();
    parts_->learn_resources();
    parts_->fill_buckets();
    parts_->wait_until_ready();
    // Nothing of what comes before the traffic is told; without it nothing much happens.
    parts_->events.run_until(parts_->scenario.start);
}

SimulatedWorld::SimulatedWorld(const simulation::Scenario& scenario, std::uint64_t seed, Log& log)
    : parts_(std::make_unique<Parts>(scenario, seed, log)) {}

SimulatedWorld::~SimulatedWorld() = default;

} // namespace diorama
