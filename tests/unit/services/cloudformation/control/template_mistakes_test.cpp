// What is said of a template before anything is made of it.
#include "services/cloudformation/cloudformation.hpp"

#include <doctest/doctest.h>

using diorama::cloudformation::mistakes_in_template;

TEST_CASE("template mistakes: all types, properties and required ones that are wrong, at once") {
    const auto mistakes = mistakes_in_template(R"(
Resources:
  Assets: {Type: AWS::S3::Bucket, Properties: {BucketNam: assets}}
  Sheep: {Type: AWS::Farm::Sheep}
  Letters: {Type: AWS::SNS::Subscription, Properties: {Protocol: email}}
  Topic: {Type: AWS::SNS::Topic}
)");
    REQUIRE(mistakes.size() == 3);
    CHECK(mistakes[0] == "Assets (AWS::S3::Bucket): there is no property BucketNam");
    CHECK(mistakes[1] == "Letters (AWS::SNS::Subscription): TopicArn is required");
    CHECK(mistakes[2] == "Sheep (AWS::Farm::Sheep): there is no such resource type");
}

TEST_CASE("template mistakes: of one that is none, CloudFormation's own sentence") {
    const auto mistakes = mistakes_in_template(
        "Resources: {A: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref B}}}"
    );
    REQUIRE(mistakes.size() == 1);
    CHECK(
        mistakes[0] == "Template format error: Unresolved resource dependencies [B] in the "
                       "Resources block of the template"
    );
    CHECK(mistakes_in_template("Resources: {A: {Type: AWS::SNS::Topic}}").empty());
}
