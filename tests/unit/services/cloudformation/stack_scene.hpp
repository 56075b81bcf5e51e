// A cloud for tests of stacks: CloudFormation called by its API, over services that are a few lists
// in memory. Topics are there at once, databases after a minute; operations can be told to fail.
#pragma once

#include "emulator/aws/error.hpp"
#include "emulator/aws/internal_calls.hpp"
#include "services/cloudformation/cloudformation.hpp"
#include "tests/support/test_environment.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace diorama::cloudformation::test {

using nlohmann::json;

class SmallCloud final : public ServiceCalls {
public:
    explicit SmallCloud(const Clock& clock)
        : clock_(clock) {}

    std::vector<std::string> log;  // "CreateTopic shop"
    std::set<std::string> failing; // entries that such a line begins with
    std::map<std::string, json> topics;
    std::map<std::string, Timestamp> databases; // when each is available
    std::map<std::string, std::string> classes;

    json
    call(const Place&, std::string_view, std::string_view operation, const json& input) override {
        const auto name = name_in(input);
        const auto line = std::string(operation) + " " + name;
        if (!operation.starts_with("Describe") && !operation.starts_with("Get"))
            log.push_back(line);
        for (const auto& beginning : failing)
            if (line.starts_with(beginning))
                throw aws::AWSError("Refused", 400, "refused: " + line);
        if (operation == "DescribeAvailabilityZones")
            return {{"AvailabilityZones", {{{"ZoneName", "us-east-1a"}}}}};
        if (operation.find("Topic") != std::string_view::npos) return topic(operation, name, input);
        if (operation.find("DBInstance") != std::string_view::npos)
            return database(operation, name, input);
        throw aws::AWSError("NotImplemented", 501, "not in this cloud: " + line);
    }

    std::size_t count(const std::string& beginning) const {
        std::size_t found = 0;
        for (const auto& line : log)
            found += line.starts_with(beginning) ? 1 : 0;
        return found;
    }

    // Where a line stands in the log.
    std::size_t position(const std::string& beginning) const {
        for (std::size_t i = 0; i < log.size(); ++i)
            if (log[i].starts_with(beginning)) return i;
        return log.size();
    }

private:
    static std::string name_in(const json& input) {
        for (const auto* key : {"Name", "TopicArn", "DBInstanceIdentifier"})
            if (input.contains(key)) {
                const auto text = input.at(key).get<std::string>();
                return text.substr(text.rfind(':') + 1);
            }
        return "";
    }

    json topic(std::string_view operation, const std::string& name, const json& input) {
        const auto arn = "arn:aws:sns:us-east-1:000000000000:" + name;
        if (operation == "CreateTopic") {
            topics[name] = input.value("Attributes", json::object());
            return {{"TopicArn", arn}};
        }
        if (!topics.contains(name)) throw aws::AWSError("NotFound", 404, "Topic does not exist");
        if (operation == "DeleteTopic") topics.erase(name);
        if (operation == "SetTopicAttributes")
            topics[name][input.at("AttributeName").get<std::string>()] = input.at("AttributeValue");
        return json::object();
    }

    json database(std::string_view operation, const std::string& name, const json& input) {
        if (operation == "CreateDBInstance") {
            databases[name] = clock_.now() + std::chrono::minutes(1);
            classes[name] = input.value("DBInstanceClass", "");
            return json::object();
        }
        if (!databases.contains(name))
            throw aws::AWSError("DBInstanceNotFound", 404, name + " not found");
        const bool is_ready = databases.at(name) <= clock_.now();
        if (operation == "DeleteDBInstance") {
            if (!is_ready)
                throw aws::AWSError("InvalidDBInstanceState", 400, "Instance is not available");
            databases.erase(name);
        }
        if (operation == "ModifyDBInstance") {
            classes[name] = input.value("DBInstanceClass", classes[name]);
            databases[name] = clock_.now() + std::chrono::seconds(10);
        }
        const json described{
            {"DBInstanceArn", "arn:" + name},
            {"DBInstanceStatus", is_ready ? "available" : "creating"},
            {"Endpoint", {{"Address", name + ".host"}, {"Port", 3306}}}
        };
        return {{"DBInstances", json::array({described})}};
    }

    const Clock& clock_;
};

struct NoObjects final : TemplateObjects {
    std::map<std::string, std::string> objects;

    std::optional<std::string> get(const std::string& bucket, const std::string& key) override {
        const auto found = objects.find(bucket + "/" + key);
        if (found == objects.end()) return std::nullopt;
        return found->second;
    }
};

struct StackScene {
    TestEnvironment test;
    SmallCloud cloud{test.time};
    NoObjects objects;
    CloudFormation formation{test.environment, cloud, objects};
    aws::InternalCalls calls{test.environment, "localhost"};

    StackScene() { calls.add(CloudFormation::descriptor(), formation.api()); }

    json call(const std::string& operation, const json& input) {
        return calls.call({}, "cloudformation", operation, input);
    }

    // The error of a call as "Code: sentence"; empty when there is none.
    std::string refusal(const std::string& operation, const json& input) {
        try {
            call(operation, input);
            return "";
        } catch (const aws::AWSError& error) {
            return error.code() + ": " + error.message();
        }
    }

    json create(const std::string& body, json more = json::object()) {
        more.update({{"StackName", "web"}, {"TemplateBody", body}});
        return call("CreateStack", more);
    }

    void wait(Duration span = std::chrono::minutes(5)) { test.time.run_for(span); }

    json stack(const std::string& name = "web") {
        return call("DescribeStacks", {{"StackName", name}}).at("Stacks").at(0);
    }

    std::string status(const std::string& name = "web") { return stack(name).at("StackStatus"); }

    std::string resource_status(const std::string& logical_id) {
        return call(
                   "DescribeStackResource",
                   {{"StackName", "web"}, {"LogicalResourceId", logical_id}}
        )
            .at("StackResourceDetail")
            .at("ResourceStatus");
    }

    std::string physical_id(const std::string& logical_id) {
        return call(
                   "DescribeStackResource",
                   {{"StackName", "web"}, {"LogicalResourceId", logical_id}}
        )
            .at("StackResourceDetail")
            .value("PhysicalResourceId", "");
    }

    // "Topic CREATE_COMPLETE", oldest first.
    std::vector<std::string> events(const std::string& stack_name = "web") {
        std::vector<std::string> lines;
        const auto found = call("DescribeStackEvents", {{"StackName", stack_name}});
        for (const auto& event : found.at("StackEvents"))
            lines.insert(
                lines.begin(),
                event.at("LogicalResourceId").get<std::string>() + " " +
                    event.at("ResourceStatus").get<std::string>()
            );
        return lines;
    }

    std::string output(const std::string& key) {
        const auto described = stack();
        for (const auto& output : described.value("Outputs", json::array()))
            if (output.at("OutputKey") == key) return output.at("OutputValue");
        return "";
    }
};

} // namespace diorama::cloudformation::test
