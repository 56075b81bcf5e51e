// Health checks of Route 53 and of load balancers, through the simulated network.
#include "emulator/simulation/report/json_report.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/support/small_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
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

// The load balancer's own checks see nothing: the health page answers, the pages do not.
TEST_CASE("simulated world: a failing health check moves clients to the standby, and back") {
    auto given = scenario(20min);
    given.deploy.parameters["StaticStandby"] = "true";
    given.deploy.files.push_back({"Assets", "scenarios/web-application/site", "", ""});
    given.traffic[0].visit = {{1, 1, request("GET", "www.example.com", "/"), {}}};
    simulation::Fault fault;
    fault.number = 1;
    fault.at = 5min;
    fault.lasts = 8min;
    fault.action = "poisoned-deployment";
    fault.target.ids = {"Group"};
    fault.parameters["error_rate"] = "100%";
    given.faults.push_back(fault);
    const auto results = run(given);
    REQUIRE(results.faults.size() == 1);
    CHECK(results.faults[0].failure == "");
    // Detection takes 20 s, resolvers remember for 60 s; then the static page answers.
    const auto failed = count(results, Outcome::server_error);
    CHECK(failed > 10 * 10);
    CHECK(failed < 10 * 120);
    CHECK(count(results, Outcome::ok) + failed == results.requests);
    CHECK(results.cache_hits > 10 * 60 * 5); // from the standby
    CHECK(results.violations.empty());
    for (const auto& checker : results.checkers)
        CHECK(checker.violations == 0);
}

// Status 200 is not enough when a health check looks for words.
TEST_CASE("simulated world: a build whose pages say something else is noticed by their words") {
    auto given = scenario(12min);
    given.deploy.parameters["StaticStandby"] = "true";
    given.deploy.files.push_back({"Assets", "scenarios/web-application/site", "", ""});
    given.app.routes[0].text = "<h1>Welcome to the shop</h1>";
    given.traffic[0].visit = {{1, 1, request("GET", "www.example.com", "/"), {}}};
    simulation::Fault fault;
    fault.number = 1;
    fault.at = 4min;
    fault.lasts = 4min;
    fault.action = "poisoned-deployment";
    fault.target.ids = {"Group"};
    fault.parameters["text"] = "<h1>Under construction</h1>";
    given.faults.push_back(fault);
    auto results = run(given);
    CHECK(results.faults[0].failure == "");
    CHECK(results.cache_hits == 0); // nobody looks, nobody goes to the standby
    given.deploy.parameters["PageWords"] = "Welcome to the shop";
    results = run(given);
    CHECK(results.cache_hits > 10 * 60 * 2);
    CHECK(results.cache_hits < 10 * 60 * 7);
    CHECK(count(results, Outcome::ok) == results.requests);
    CHECK(results.violations.empty());
}

TEST_CASE("simulated world: the same health checks, the same run to the byte") {
    auto given = scenario(3min);
    given.deploy.parameters["StaticStandby"] = "true";
    CHECK(simulation::json_report(run(given)) == simulation::json_report(run(given)));
}

// The first name while its health check finds what it looks for, else an address where nobody is.
TEST_CASE("simulated world: a health check finds words in what a bucket and a listener say") {
    const test::ScratchFolder folder;
    std::ofstream(folder.file("template.yaml")) << R"(
Parameters:
  Host: {Type: String}
  Words: {Type: String}
  SubnetIds: {Type: "List<AWS::EC2::Subnet::Id>"}
Resources:
  Assets: {Type: AWS::S3::Bucket, Properties: {BucketName: assets, PublicAccessBlockConfiguration: {BlockPublicPolicy: false, RestrictPublicBuckets: false}}}
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
        Aliases: [cached.example.com, www.example.com]
        Origins:
          - {Id: assets, DomainName: !GetAtt Assets.RegionalDomainName, S3OriginConfig: {OriginAccessIdentity: ""}}
        DefaultCacheBehavior:
          TargetOriginId: assets
          ViewerProtocolPolicy: allow-all
          CachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6
  LoadBalancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: {Subnets: !Ref SubnetIds}
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref LoadBalancer
      Protocol: HTTP
      Port: 80
      DefaultActions:
        - {Type: fixed-response, FixedResponseConfig: {StatusCode: "200", ContentType: text/plain, MessageBody: the shop is open}}
  Zone: {Type: AWS::Route53::HostedZone, Properties: {Name: example.com}}
  Check:
    Type: AWS::Route53::HealthCheck
    Properties:
      HealthCheckConfig: {Type: HTTP_STR_MATCH, FullyQualifiedDomainName: !Ref Host, ResourcePath: /index.html, SearchString: !Ref Words, RequestInterval: 10, FailureThreshold: 1}
  Names:
    Type: AWS::Route53::RecordSetGroup
    Properties:
      HostedZoneId: !Ref Zone
      RecordSets:
        - {Name: cached.example.com, Type: A, AliasTarget: {HostedZoneId: Z2FDTNDATAQYW2, DNSName: !GetAtt Distribution.DomainName}}
        - {Name: fixed.example.com, Type: A, AliasTarget: {HostedZoneId: !GetAtt LoadBalancer.CanonicalHostedZoneID, DNSName: !GetAtt LoadBalancer.DNSName}}
        - Name: www.example.com
          Type: A
          SetIdentifier: first
          Failover: PRIMARY
          HealthCheckId: !Ref Check
          AliasTarget: {HostedZoneId: Z2FDTNDATAQYW2, DNSName: !GetAtt Distribution.DomainName}
        - {Name: www.example.com, Type: A, TTL: 60, SetIdentifier: second, Failover: SECONDARY, ResourceRecords: [192.0.2.1]}
)";
    auto given = scenario(4min);
    given.deploy.template_path = folder.file("template.yaml");
    given.deploy.files = {{"Assets", "scenarios/web-application/site", "max-age=600", ""}};
    given.deploy.synthetic_files.clear();
    given.traffic[0].visit = {{1, 1, request("GET", "www.example.com", "/index.html"), {}}};
    given.warmup = 3min; // resolvers remember the first answer for a minute
    const auto is_healthy = [&](const std::string& host, const std::string& words) {
        given.deploy.parameters = {{"Host", host}, {"Words", words}};
        const auto results = run(given);
        const auto reached = count(results, Outcome::ok);
        CHECK(reached + count(results, Outcome::unreachable) == results.requests);
        CHECK((reached == 0 || reached == results.requests));
        return reached > 0;
    };
    CHECK(is_healthy("cached.example.com", "This page comes from a bucket"));
    CHECK_FALSE(is_healthy("cached.example.com", "This page comes from a tape"));
    CHECK(is_healthy("assets.s3.amazonaws.com", "This page comes from a bucket"));
    CHECK_FALSE(is_healthy("assets.s3.amazonaws.com", "This page comes from a tape"));
    CHECK(is_healthy("fixed.example.com", "the shop is open"));
    CHECK_FALSE(is_healthy("fixed.example.com", "the shop is closed"));
}

// The group replaces what never becomes healthy; meanwhile the load balancer has no target, or asks
// those it has although none is healthy.
TEST_CASE(
    "simulated world: a load balancer that asks for a page that is not there finds nobody well"
) {
    auto given = scenario(3min);
    given.traffic[0].visit = {{1, 1, request("GET", "www.example.com", "/"), {}}};
    given.app.health_path = "/alive";
    const auto results = run(given);
    CHECK(count(results, Outcome::unavailable) > results.requests / 5);
    given.app.health_path = "/health";
    CHECK(count(run(given), Outcome::ok) == results.requests);
}

} // namespace diorama
