// Whole worlds in virtual time: the reference architecture serves, heals, and is the same twice.
#include "emulator/simulation/report/json_report.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/support/small_world.hpp"

#include <doctest/doctest.h>

#include <fstream>

namespace diorama {

namespace {

using namespace std::chrono_literals;
using simulation::Outcome;
using test::count;
using test::request;
using test::run;
using test::scenario;

} // namespace

TEST_CASE("simulated world: a page, its pictures and an order go all the way") {
    const auto results = run(scenario(5min));
    CHECK(results.requests == doctest::Approx(10 * 300 * 4).epsilon(0.1));
    CHECK(count(results, Outcome::ok) == results.requests);
    CHECK(results.cache_misses <= 60);
    CHECK(results.cache_hits > 5000);
    CHECK(results.acknowledged_writes == results.outcomes[2].total());
    CHECK(results.lost_writes == 0);
    CHECK(results.violations.empty());
    for (const auto& checker : results.checkers)
        CHECK(checker.violations == 0);
}

TEST_CASE("simulated world: one seed is one run, to the byte; another seed is another") {
    const auto given = scenario(2min);
    const auto first = simulation::json_report(run(given));
    CHECK(first == simulation::json_report(run(given)));
    CHECK(first != simulation::json_report(run(given, 2)));
}

TEST_CASE("simulated world: an instance that is terminated is replaced") {
    auto given = scenario(10min);
    simulation::Fault fault;
    fault.number = 1;
    fault.at = 2min;
    fault.action = "aws:ec2:terminate-instances";
    fault.target.mode = simulation::TargetSelector::Mode::count;
    fault.target.count = 1;
    given.faults.push_back(fault);
    const auto results = run(given);
    REQUIRE(results.faults.size() == 1);
    CHECK(results.faults[0].failure == "");
    REQUIRE(results.faults[0].targets.size() == 1);
    const auto launched_later =
        std::count_if(results.instances.begin(), results.instances.end(), [](const auto& life) {
            return life.launched > 2min && life.in_service;
        });
    CHECK(launched_later >= 1);
    CHECK(results.violations.empty());
}

TEST_CASE(
    "simulated world: a failover fails what is under way and loses nothing that was acknowledged"
) {
    auto given = scenario(10min);
    simulation::Fault fault;
    fault.number = 1;
    fault.at = 2min;
    fault.action = "aws:rds:reboot-db-instances";
    fault.target.ids = {"Database"};
    fault.parameters = {{"forceFailover", "true"}};
    given.faults.push_back(fault);
    const auto results = run(given);
    CHECK(results.faults[0].failure == "");
    CHECK(count(results, Outcome::server_error) > 0);
    CHECK(results.acknowledged_writes > 1000);
    CHECK(results.lost_writes == 0);
    CHECK(results.violations.empty());
}

TEST_CASE("simulated world: settings that have no effect yet are told with the run") {
    auto given = scenario(1min);
    CHECK(run(given).parameters.empty());
    given.app.sql_engine = simulation::SQLEngine::model;
    given.deploy.sql.push_back({"Database", "schema.sql"});
    const auto parameters = run(given).parameters;
    REQUIRE(parameters.size() == 1);
    CHECK(parameters[0].first == "without effect in virtual time");
    CHECK(parameters[0].second == "deploy.sql");
}

// Requests are so rare that nothing is under way when the zone goes dark, and when it is back.
TEST_CASE("simulated world: a zone goes dark and comes back with nobody on the way") {
    auto given = scenario(10min);
    given.traffic[0].arrivals = simulation::OpenLoop{{{{0s, 0.2}}}, false};
    simulation::Fault fault;
    fault.number = 1;
    fault.at = 122s;
    fault.lasts = 3min;
    fault.action = "az-power-interruption";
    fault.target.zone = "us-east-1a";
    given.faults.push_back(fault);
    const auto results = run(given);
    REQUIRE(results.faults.size() == 1);
    CHECK(results.faults[0].failure == "");
    CHECK(count(results, Outcome::ok) > results.requests * 3 / 4);
    CHECK(results.violations.empty());
}

TEST_CASE("simulated world: a fault that nobody injects is refused before anything runs") {
    auto given = scenario(1min);
    simulation::Fault fault;
    fault.action = "aws:eks:pod-delete";
    fault.position = {"shop.yaml", 12, 5};
    given.faults.push_back(fault);
    SilentLog log;
    SimulatedWorld world(given, 1, log);
    CHECK_THROWS_WITH_AS(
        world.deploy(),
        "shop.yaml:12: aws:eks:pod-delete is not emulated in virtual time yet",
        DeploymentFailed
    );
}

TEST_CASE("simulated world: a template that cannot be made says why") {
    auto given = scenario(1min);
    given.deploy.parameters["MinSize"] = "many";
    SilentLog log;
    SimulatedWorld world(given, 1, log);
    CHECK_THROWS_AS(world.deploy(), std::exception);
}

// Americans are sent to the distribution, everybody else to an address where nobody answers.
TEST_CASE("simulated world: answers depend on where the client is") {
    const test::ScratchFolder folder;
    std::ofstream(folder.file("template.yaml")) << R"(
Resources:
  Assets:
    Type: AWS::S3::Bucket
    Properties: {PublicAccessBlockConfiguration: {BlockPublicPolicy: false, RestrictPublicBuckets: false}}
  AssetsPolicy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Assets
      PolicyDocument:
        Statement: [{Effect: Allow, Principal: "*", Action: "s3:GetObject", Resource: !Sub "${Assets.Arn}/*"}]
  Distribution:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        Aliases: [www.example.com]
        Origins:
          - {Id: assets, DomainName: !GetAtt Assets.RegionalDomainName, S3OriginConfig: {OriginAccessIdentity: ""}}
        DefaultCacheBehavior:
          TargetOriginId: assets
          ViewerProtocolPolicy: allow-all
          CachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6
  Zone: {Type: AWS::Route53::HostedZone, Properties: {Name: example.com}}
  Names:
    Type: AWS::Route53::RecordSetGroup
    Properties:
      HostedZoneId: !Ref Zone
      RecordSets:
        - Name: www.example.com
          Type: A
          SetIdentifier: americans
          GeoLocation: {ContinentCode: NA}
          AliasTarget: {HostedZoneId: Z2FDTNDATAQYW2, DNSName: !GetAtt Distribution.DomainName}
        - {Name: www.example.com, Type: A, TTL: 60, SetIdentifier: rest, GeoLocation: {CountryCode: "*"}, ResourceRecords: [192.0.2.1]}
)";
    auto given = scenario(2min);
    given.deploy.template_path = folder.file("template.yaml");
    given.traffic[0].visit = {{1, 1, request("GET", "www.example.com", "/{asset}"), {}}};
    auto& shoppers = given.traffic[0];
    shoppers.from = {{"us-west", 1.0}};
    auto results = run(given);
    CHECK(results.requests > 600);
    CHECK(count(results, Outcome::ok) == results.requests);
    shoppers.from = {{"eu-west", 1.0}};
    results = run(given);
    CHECK(results.requests > 600);
    CHECK(count(results, Outcome::unreachable) == results.requests);
}

} // namespace diorama
