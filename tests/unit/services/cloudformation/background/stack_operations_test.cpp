#include "tests/unit/services/cloudformation/stack_scene.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace diorama;
using cloudformation::test::json;
using cloudformation::test::StackScene;
using Lines = std::vector<std::string>;

namespace {

constexpr const char* two_topics = R"(
Parameters: {Greeting: {Type: String, Default: hello}}
Resources:
  First: {Type: AWS::SNS::Topic, Properties: {TopicName: first, DisplayName: !Ref Greeting}}
  Second: {Type: AWS::SNS::Topic, Properties: {DisplayName: !GetAtt First.TopicName}}
Outputs:
  Arn: {Value: !Ref First, Export: {Name: first-arn}}
  Text: {Value: !Sub "${Greeting} of ${AWS::StackName}"}
)";

constexpr const char* database = R"(
Parameters: {Class: {Type: String, Default: db.small}, Name: {Type: String, Default: shop}}
Resources:
  Db:
    Type: AWS::RDS::DBInstance
    Properties: {Engine: mysql, DBInstanceClass: !Ref Class, DBName: !Ref Name}
  Note: {Type: AWS::SNS::Topic, Properties: {DisplayName: !GetAtt Db.Endpoint.Address}}
  Alone: {Type: AWS::SNS::Topic}
)";

json parameter(const char* key, const char* value) {
    return {{"ParameterKey", key}, {"ParameterValue", value}};
}

bool has(const Lines& lines, const std::string& line) {
    return std::find(lines.begin(), lines.end(), line) != lines.end();
}

} // namespace

TEST_CASE("a stack is created in the order in which its resources need each other") {
    StackScene scene;
    scene.create(two_topics);
    CHECK(scene.status() == "CREATE_IN_PROGRESS");
    CHECK(scene.cloud.topics.empty()); // nothing happens before the call is answered
    scene.wait();
    CHECK(scene.status() == "CREATE_COMPLETE");
    CHECK(
        scene.events() ==
        Lines{
            "web CREATE_IN_PROGRESS",
            "First CREATE_IN_PROGRESS",
            "First CREATE_IN_PROGRESS",
            "First CREATE_COMPLETE",
            "Second CREATE_IN_PROGRESS",
            "Second CREATE_IN_PROGRESS",
            "Second CREATE_COMPLETE",
            "web CREATE_COMPLETE"
        }
    );
    const auto second = scene.physical_id("Second");
    const auto name = second.substr(second.rfind(':') + 1);
    CHECK(name.starts_with("web-Second-"));
    CHECK(name.size() == std::string("web-Second-").size() + 12);
    CHECK(scene.cloud.topics.at(name).at("DisplayName") == "first");
    CHECK(scene.output("Arn") == "arn:aws:sns:us-east-1:000000000000:first");
    CHECK(scene.output("Text") == "hello of web");
}

TEST_CASE("independent resources are made at the same time; what needs one waits until it is stable"
) {
    StackScene scene;
    scene.create(database);
    scene.wait(std::chrono::seconds(30));
    CHECK(scene.resource_status("Db") == "CREATE_IN_PROGRESS");
    CHECK(scene.resource_status("Alone") == "CREATE_COMPLETE");
    CHECK(scene.cloud.topics.size() == 1);
    scene.wait(std::chrono::seconds(40));
    CHECK(scene.status() == "CREATE_COMPLETE");
    CHECK(scene.cloud.topics.size() == 2);
}

TEST_CASE("a stack that fails is rolled back, and says why") {
    StackScene scene;
    scene.cloud.failing = {"CreateTopic web-Second"};
    scene.create(two_topics);
    scene.wait();
    CHECK(scene.status() == "ROLLBACK_COMPLETE");
    CHECK(scene.cloud.topics.empty());
    CHECK(scene.resource_status("First") == "DELETE_COMPLETE");
    const auto events = scene.call("DescribeStackEvents", {{"StackName", "web"}}).at("StackEvents");
    std::string reason;
    std::string of_stack;
    for (const auto& event : events) {
        if (event.at("ResourceStatus") == "CREATE_FAILED")
            reason = event.at("ResourceStatusReason");
        if (event.at("ResourceStatus") == "ROLLBACK_IN_PROGRESS")
            of_stack = event.at("ResourceStatusReason");
    }
    CHECK(reason.starts_with("Resource handler returned message: \"refused: CreateTopic"));
    CHECK(
        of_stack ==
        "The following resource(s) failed to create: [Second]. Rollback requested by user."
    );
    CHECK(
        scene.refusal("UpdateStack", {{"StackName", "web"}, {"TemplateBody", two_topics}})
            .find("is in ROLLBACK_COMPLETE state and can not be updated.") != std::string::npos
    );
}

TEST_CASE("what is under way when another resource fails is cancelled, and removed once it can be"
) {
    StackScene scene;
    scene.cloud.failing = {"CreateTopic web-Alone"};
    // The database begins first: names are taken in order.
    scene.create(std::string(database) + "  Zed: {Type: AWS::SNS::Topic, DependsOn: Alone}\n");
    scene.cloud.failing = {"CreateTopic web-Other"};
    scene.wait(std::chrono::seconds(2));
    scene.call("DeleteStack", {{"StackName", "web"}});
    scene.wait(std::chrono::seconds(10));
    CHECK(scene.status() == "DELETE_IN_PROGRESS"); // a database that is being made cannot go yet
    scene.wait();
    CHECK(scene.cloud.databases.empty());
    CHECK(
        scene.refusal("DescribeStacks", {{"StackName", "web"}}) ==
        "ValidationError: Stack with id web does not exist"
    );
}

TEST_CASE("OnFailure decides what becomes of a stack that failed") {
    for (const auto& [on_failure, status] :
         {std::pair{"DO_NOTHING", "CREATE_FAILED"}, std::pair{"DELETE", "DELETE_COMPLETE"}}) {
        StackScene scene;
        scene.cloud.failing = {"CreateTopic web-Second"};
        const auto id = scene.create(two_topics, {{"OnFailure", on_failure}}).at("StackId");
        scene.wait();
        CHECK(scene.status(id) == status);
        CHECK(scene.cloud.topics.size() == (std::string(status) == "CREATE_FAILED" ? 1 : 0));
    }
}

TEST_CASE("an update changes in place what it can") {
    StackScene scene;
    scene.create(two_topics);
    scene.wait();
    const auto before = scene.physical_id("First");
    scene.call(
        "UpdateStack",
        {{"StackName", "web"},
         {"UsePreviousTemplate", true},
         {"Parameters", {parameter("Greeting", "bye")}}}
    );
    CHECK(scene.status() == "UPDATE_IN_PROGRESS");
    scene.wait();
    CHECK(scene.status() == "UPDATE_COMPLETE");
    CHECK(scene.physical_id("First") == before);
    CHECK(scene.cloud.topics.at("first").at("DisplayName") == "bye");
    CHECK(scene.output("Text") == "bye of web");
    CHECK(scene.resource_status("Second") == "CREATE_COMPLETE"); // untouched
    CHECK(
        scene.refusal(
            "UpdateStack",
            {{"StackName", "web"},
             {"UsePreviousTemplate", true},
             {"Parameters", {parameter("Greeting", "bye")}}}
        ) == "ValidationError: No updates are to be performed."
    );
}

TEST_CASE("an update replaces what it must, and cleans up when all is well") {
    StackScene scene;
    scene.create(database);
    scene.wait();
    const auto before = scene.physical_id("Db");
    scene.cloud.log.clear();
    scene.call(
        "UpdateStack",
        {{"StackName", "web"},
         {"UsePreviousTemplate", true},
         {"Parameters", {parameter("Name", "other")}}}
    );
    scene.wait();
    CHECK(scene.status() == "UPDATE_COMPLETE");
    const auto after = scene.physical_id("Db");
    CHECK(after != before);
    CHECK(scene.cloud.databases.size() == 1);
    CHECK(scene.cloud.databases.contains(after));
    CHECK(scene.cloud.position("CreateDBInstance") < scene.cloud.position("SetTopicAttributes"));
    CHECK(scene.cloud.position("SetTopicAttributes") < scene.cloud.position("DeleteDBInstance"));
    CHECK(has(scene.events(), "web UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"));
}

TEST_CASE("an update that fails is rolled back to what was") {
    StackScene scene;
    scene.create(database);
    scene.wait();
    const auto db = scene.physical_id("Db");
    scene.cloud.failing = {"CreateTopic web-New"};
    const auto body =
        std::string(database) + "  New: {Type: AWS::SNS::Topic, DependsOn: [Db, Note]}\n";
    scene.call(
        "UpdateStack",
        {{"StackName", "web"},
         {"TemplateBody", body},
         {"Parameters", {parameter("Class", "db.large"), parameter("Name", "other")}}}
    );
    scene.wait();
    CHECK(scene.status() == "UPDATE_ROLLBACK_COMPLETE");
    CHECK(scene.physical_id("Db") == db);
    CHECK(scene.cloud.databases.size() == 1);
    CHECK(scene.cloud.databases.contains(db));
    CHECK(scene.cloud.classes.at(db) == "db.small");
    const auto note = scene.physical_id("Note");
    CHECK(
        scene.cloud.topics.at(note.substr(note.rfind(':') + 1)).at("DisplayName") == db + ".host"
    );
    CHECK(scene.stack().at("Parameters").at(0).at("ParameterValue") == "db.small");
    CHECK(has(scene.events(), "web UPDATE_ROLLBACK_IN_PROGRESS"));
    CHECK(
        scene.refusal(
            "DescribeStackResource",
            {{"StackName", "web"}, {"LogicalResourceId", "New"}}
        ) != ""
    );
}

TEST_CASE("a resource with a name of its own cannot be replaced under it") {
    StackScene scene;
    scene.create("Resources: {T: {Type: AWS::SNS::Topic, Properties: {TopicName: mine}}}");
    scene.wait();
    scene.call(
        "UpdateStack",
        {{"StackName", "web"},
         {"TemplateBody",
          "Resources: {T: {Type: AWS::SNS::Topic, Properties: {TopicName: mine, FifoTopic: false}}}"
         }}
    );
    scene.wait();
    CHECK(scene.status() == "UPDATE_ROLLBACK_COMPLETE");
    CHECK(scene.cloud.topics.contains("mine"));
}

TEST_CASE("a stack is deleted in the reverse order; policies and exports are obeyed") {
    StackScene scene;
    scene.create(
        "Resources:\n"
        "  A: {Type: AWS::SNS::Topic, Properties: {TopicName: a}}\n"
        "  B: {Type: AWS::SNS::Topic, Properties: {TopicName: b, DisplayName: !Ref A}}\n"
        "  C: {Type: AWS::SNS::Topic, DeletionPolicy: Retain, Properties: {TopicName: c}}\n"
        "Outputs: {O: {Value: !Ref A, Export: {Name: shared}}}"
    );
    scene.wait();
    scene.call(
        "CreateStack",
        {{"StackName", "user"},
         {"TemplateBody",
          "Resources: {T: {Type: AWS::SNS::Topic, Properties: {DisplayName: !ImportValue shared}}}"}
        }
    );
    scene.wait();
    CHECK(scene.call("ListImports", {{"ExportName", "shared"}}).at("Imports") == json{"user"});
    CHECK(
        scene.refusal("DeleteStack", {{"StackName", "web"}}) ==
        "ValidationError: Export shared cannot be deleted as it is in use by user"
    );
    scene.call("DeleteStack", {{"StackName", "user"}});
    scene.wait();
    const auto id = scene.stack().at("StackId").get<std::string>();
    scene.call("DeleteStack", {{"StackName", "web"}});
    scene.wait();
    CHECK(scene.status(id) == "DELETE_COMPLETE");
    CHECK(scene.cloud.position("DeleteTopic b") < scene.cloud.position("DeleteTopic a"));
    CHECK(scene.cloud.topics.contains("c"));
    CHECK(has(scene.events(id), "C DELETE_SKIPPED"));
}

TEST_CASE("a resource that cannot be deleted fails the deletion, until it is retained") {
    StackScene scene;
    scene.create(two_topics);
    scene.wait();
    scene.cloud.failing = {"DeleteTopic first"};
    scene.call("DeleteStack", {{"StackName", "web"}});
    scene.wait();
    CHECK(scene.status() == "DELETE_FAILED");
    CHECK(
        scene.stack().at("StackStatusReason") ==
        "The following resource(s) failed to delete: [First]. "
    );
    const auto id = scene.stack().at("StackId").get<std::string>();
    scene.call("DeleteStack", {{"StackName", "web"}, {"RetainResources", {"First"}}});
    scene.wait();
    CHECK(scene.status(id) == "DELETE_COMPLETE");
}

TEST_CASE("unknown properties and types are refused") {
    StackScene scene;
    CHECK(
        scene.refusal(
            "CreateStack",
            {{"StackName", "web"},
             {"TemplateBody", "Resources: {A: {Type: AWS::Foo::Bar}, B: {Type: AWS::X::Y}}"}}
        ) == "ValidationError: Template format error: Unrecognized resource types: [AWS::Foo::Bar, "
             "AWS::X::Y]"
    );
    CHECK(
        scene.refusal(
            "CreateStack",
            {{"StackName", "web"},
             {"TemplateBody",
              "Resources: {A: {Type: AWS::SNS::Topic}, B: {Type: AWS::SNS::Topic, Properties: "
              "{DisplayName: !GetAtt A.Nope}}}"}}
        ) == "ValidationError: Template error: resource A does not support attribute type Nope in "
             "Fn::GetAtt"
    );
    CHECK(
        scene.refusal(
            "CreateStack",
            {{"StackName", "web"},
             {"TemplateBody",
              "Conditions: {Never: !Equals [a, b]}\n"
              "Resources:\n"
              "  A: {Type: AWS::SNS::Topic, Condition: Never}\n"
              "  B: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref A}}"}}
        ) == "ValidationError: Template format error: Unresolved resource dependencies [A] in the "
             "Resources block of the template"
    );
    scene.create("Resources: {A: {Type: AWS::SNS::Topic, Properties: {Colour: red}}}");
    scene.wait();
    CHECK(scene.status() == "ROLLBACK_COMPLETE");
    bool is_told = false;
    const auto events = scene.call("DescribeStackEvents", {{"StackName", "web"}});
    for (const auto& event : events.at("StackEvents"))
        is_told = is_told || event.value("ResourceStatusReason", "") ==
                                 "Encountered unsupported property Colour";
    CHECK(is_told);
}

TEST_CASE("change sets say what would change, and do it") {
    StackScene scene;
    const json first{
        {"StackName", "web"},
        {"ChangeSetName", "one"},
        {"ChangeSetType", "CREATE"},
        {"TemplateBody", two_topics}
    };
    const auto id = scene.call("CreateChangeSet", first).at("Id").get<std::string>();
    CHECK(scene.status() == "REVIEW_IN_PROGRESS");
    auto described = scene.call("DescribeChangeSet", {{"ChangeSetName", id}});
    CHECK(described.at("Status") == "CREATE_COMPLETE");
    CHECK(described.at("ExecutionStatus") == "AVAILABLE");
    CHECK(described.at("Changes").size() == 2);
    CHECK(described.at("Changes").at(0).at("ResourceChange").at("Action") == "Add");
    scene.call("ExecuteChangeSet", {{"ChangeSetName", id}});
    scene.wait();
    CHECK(scene.status() == "CREATE_COMPLETE");
    CHECK(
        scene.call("DescribeChangeSet", {{"ChangeSetName", id}}).at("ExecutionStatus") ==
        "EXECUTE_COMPLETE"
    );
    json same{{"StackName", "web"}, {"ChangeSetName", "two"}, {"TemplateBody", two_topics}};
    scene.call("CreateChangeSet", same);
    described = scene.call("DescribeChangeSet", {{"ChangeSetName", "two"}, {"StackName", "web"}});
    CHECK(described.at("Status") == "FAILED");
    CHECK(described.at("StatusReason")
              .get<std::string>()
              .starts_with("The submitted information didn't contain changes."));
    json other = same;
    other["ChangeSetName"] = "three";
    other["Parameters"] = json::array({parameter("Greeting", "bye")});
    scene.call("CreateChangeSet", other);
    described = scene.call("DescribeChangeSet", {{"ChangeSetName", "three"}, {"StackName", "web"}});
    const auto change = described.at("Changes").at(0).at("ResourceChange");
    CHECK(change.at("Action") == "Modify");
    CHECK(change.at("Replacement") == "False");
    CHECK(change.at("LogicalResourceId") == "First");
    CHECK(scene.call("ListChangeSets", {{"StackName", "web"}}).at("Summaries").size() == 3);
}

TEST_CASE("a template may lie in S3") {
    StackScene scene;
    scene.objects.objects["templates/a/web.yaml"] = two_topics;
    for (const auto* url :
         {"https://templates.s3.us-east-1.amazonaws.com/a/web.yaml",
          "https://s3.amazonaws.com/templates/a/web.yaml",
          "http://localhost:4566/templates/a/web.yaml"})
        CHECK(scene.call("ValidateTemplate", {{"TemplateURL", url}}).at("Parameters").size() == 1);
    CHECK(
        scene.refusal("ValidateTemplate", {{"TemplateURL", "https://s3.amazonaws.com/templates/b"}})
            .starts_with("ValidationError: S3 error: The specified key does not exist.")
    );
}
