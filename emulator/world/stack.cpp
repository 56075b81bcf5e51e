// See world/stack.hpp.
#include "emulator/world/stack.hpp"

#include "services/cloudformation/cloudformation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace diorama {

namespace {

using nlohmann::json;

constexpr std::string_view group_type = "AWS::AutoScaling::AutoScalingGroup";

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw DeploymentFailed("cannot read " + path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

} // namespace

std::vector<std::string> mistakes_in_template(const std::string& text) {
    return cloudformation::mistakes_in_template(text);
}

json ScenarioStack::call_in(
    const std::string& region,
    std::string_view service,
    std::string_view operation,
    const json& input
) const {
    return call_(region, service, operation, input);
}

json ScenarioStack::call(std::string_view service, std::string_view operation, const json& input)
    const {
    return call_(scenario_.deploy.region, service, operation, input);
}

json ScenarioStack::list(
    std::string_view service,
    std::string_view operation,
    json input,
    const std::string& name
) const {
    json items = json::array();
    while (true) {
        const auto answer = call(service, operation, input);
        for (const auto& item : answer.value(name, json::array()))
            items.push_back(item);
        if (!answer.contains("NextToken") || answer["NextToken"].is_null()) return items;
        input["NextToken"] = answer["NextToken"];
    }
}

json ScenarioStack::act(std::string_view service, std::string_view operation, const json& input)
    const {
    return (act_ ? act_ : call_)(scenario_.deploy.region, service, operation, input);
}

void ScenarioStack::begin() {
    const auto& deploy = scenario_.deploy;
    const auto body = read_file(deploy.template_path);
    json parameters = json::array();
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
}

bool ScenarioStack::is_made() {
    const auto stacks =
        call("cloudformation", "DescribeStacks", {{"StackName", scenario_.deploy.stack_name}});
    const auto status = stacks["Stacks"][0].value("StackStatus", "");
    if (status == "CREATE_IN_PROGRESS" || status.starts_with("ROLLBACK_IN")) return false;
    if (status != "CREATE_COMPLETE") throw DeploymentFailed(reasons_of_failure(status));
    learn_resources();
    return true;
}

// Those of the scenario, and for what the template wants besides: the default VPC with its subnets,
// and a password for whatever is not to be shown.
std::map<std::string, std::string> ScenarioStack::all_parameters(const std::string& body) const {
    auto parameters = scenario_.deploy.parameters;
    const auto summary = call("cloudformation", "GetTemplateSummary", {{"TemplateBody", body}});
    for (const auto& declared : summary.value("Parameters", json::array())) {
        const auto key = declared.value("ParameterKey", "");
        const auto type = declared.value("ParameterType", "");
        if (parameters.contains(key) || declared.contains("DefaultValue")) continue;
        if (type == "AWS::EC2::VPC::Id") {
            const auto found = call("ec2", "DescribeVpcs", json::object());
            parameters[key] = found.at("Vpcs").at(0).value("VpcId", "");
        }
        if (type == "List<AWS::EC2::Subnet::Id>") {
            auto& list = parameters[key];
            const auto found = call("ec2", "DescribeSubnets", json::object());
            for (const auto& subnet : found.at("Subnets"))
                list += (list.empty() ? "" : ",") + subnet.value("SubnetId", "");
        }
        if (declared.value("NoEcho", false)) parameters[key] = random_.fork("parameters").hex(24);
    }
    return parameters;
}

std::string ScenarioStack::unfinished_resources() const {
    const auto described = call(
        "cloudformation",
        "DescribeStackResources",
        {{"StackName", scenario_.deploy.stack_name}}
    );
    std::vector<std::string> unfinished;
    for (const auto& resource : described.value("StackResources", json::array())) {
        const auto status = resource.value("ResourceStatus", "");
        if (status.ends_with("_IN_PROGRESS"))
            unfinished.push_back(resource.value("LogicalResourceId", "") + " is " + status);
    }
    return fmt::format("{}", fmt::join(unfinished, ", "));
}

std::string ScenarioStack::reasons_of_failure(const std::string& status) const {
    std::string text = fmt::format("the stack is {}:", status);
    const auto described =
        call("cloudformation", "DescribeStackEvents", {{"StackName", scenario_.deploy.stack_name}});
    for (const auto& event : described.at("StackEvents")) {
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

void ScenarioStack::learn_resources() {
    const auto found = call(
        "cloudformation",
        "DescribeStackResources",
        {{"StackName", scenario_.deploy.stack_name}}
    );
    resources_.clear();
    for (const auto& resource : found.at("StackResources"))
        resources_.push_back(
            {resource.value("LogicalResourceId", ""),
             resource.value("PhysicalResourceId", ""),
             resource.value("ResourceType", "")}
        );
    std::ranges::sort(resources_, {}, &StackResource::logical_id);
}

const StackResource* ScenarioStack::find(std::string_view id) const {
    for (const auto& resource : resources_)
        if (resource.logical_id == id || resource.physical_id == id) return &resource;
    return nullptr;
}

bool ScenarioStack::is_ready() const {
    for (const auto& resource : resources_) {
        if (resource.type != group_type) continue;
        const auto groups = call(
            "autoscaling",
            "DescribeAutoScalingGroups",
            {{"AutoScalingGroupNames", {resource.physical_id}}}
        );
        const auto& group = groups.at("AutoScalingGroups").at(0);
        int in_service = 0;
        for (const auto& instance : group.value("Instances", json::array()))
            if (instance.value("LifecycleState", "") == "InService" &&
                instance.value("HealthStatus", "") == "Healthy")
                ++in_service;
        if (in_service < group.value("DesiredCapacity", 0)) return false;
        for (const auto& arn : group.value("TargetGroupARNs", json::array()))
            if (!is_target_group_healthy(arn)) return false;
    }
    return true;
}

bool ScenarioStack::is_target_group_healthy(const std::string& arn) const {
    const auto health = call("elbv2", "DescribeTargetHealth", {{"TargetGroupArn", arn}});
    return std::ranges::all_of(health.at("TargetHealthDescriptions"), [](const auto& target) {
        return target.at("TargetHealth").value("State", "") == "healthy";
    });
}

const StackResource& ScenarioStack::bucket(const std::string& logical_id) const {
    const auto* found = find(logical_id);
    if (found == nullptr) throw DeploymentFailed("there is no bucket " + logical_id);
    return *found;
}

std::map<std::string, simulation::ValueSource>
ScenarioStack::fill_buckets(const std::function<void(const NewObject& object)>& put) const {
    namespace fs = std::filesystem;
    std::vector<std::string> keys;
    std::map<std::string, std::vector<std::string>> keys_of; // by logical id of the bucket
    const auto add = [&](const std::string& bucket_id, const NewObject& object) {
        put(object);
        keys.push_back(object.key);
        keys_of[bucket_id].push_back(object.key);
    };
    for (const auto& files : scenario_.deploy.files) {
        const auto& name = bucket(files.bucket).physical_id;
        std::vector<fs::path> paths;
        for (const auto& entry : fs::recursive_directory_iterator(files.folder))
            if (entry.is_regular_file()) paths.push_back(entry.path());
        std::ranges::sort(paths);
        for (const auto& path : paths) {
            const auto key = files.prefix + fs::relative(path, files.folder).generic_string();
            add(files.bucket, {name, key, path.string(), fs::file_size(path), files.cache_control});
        }
    }
    Random random = random_.fork("files");
    for (const auto& files : scenario_.deploy.synthetic_files) {
        const auto& name = bucket(files.bucket).physical_id;
        for (std::uint64_t i = 1; i <= files.count; ++i) {
            const auto key = files.prefix + std::to_string(i) + files.suffix;
            const auto size = static_cast<std::uint64_t>(std::max(1.0, files.size.draw(random)));
            add(files.bucket, {name, key, "", size, files.cache_control});
        }
    }
    auto values = scenario_.app.values;
    for (auto& [name, source] : values) {
        if (source.kind != simulation::ValueSource::Kind::files) continue;
        source.choices = keys_of[source.bucket];
        if (source.choices.empty())
            throw DeploymentFailed("there are no files in " + source.bucket + " for " + name);
    }
    // The assets of the site, the first ones most: what people mean by {asset}.
    if (!keys.empty() && !values.contains("asset"))
        values["asset"] = {simulation::ValueSource::Kind::ranked, keys.size(), 1, keys};
    return values;
}

} // namespace diorama
