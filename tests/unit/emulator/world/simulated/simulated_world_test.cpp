// Whole worlds in virtual time: the reference architecture serves, heals, and is the same twice.
#include "emulator/simulation/report/json_report.hpp"
#include "emulator/world/simulated/simulated_world.hpp"
#include "tests/support/scratch_folder.hpp"

#include <doctest/doctest.h>

#include <fstream>

namespace diorama {

namespace {

using namespace std::chrono_literals;
using simulation::Outcome;

simulation::RequestStep request(std::string method, std::string host, std::string path) {
    simulation::RequestStep step;
    step.name = method + " " + path;
    step.method = std::move(method);
    step.host = std::move(host);
    step.path = std::move(path);
    return step;
}

simulation::AppRoute route(std::string method, std::string path, std::string sql, bool writes) {
    simulation::AppRoute made;
    made.pattern = {std::move(method), std::move(path)};
    made.cpu = simulation::RandomVariable::lognormal(20e6, 0.4);
    made.sql = {{std::move(sql), writes, {}}};
    made.size = simulation::RandomVariable::constant(4096);
    return made;
}

// Ten visits per second: a page, two pictures, an order.
simulation::Scenario scenario(Duration duration) {
    simulation::Scenario made;
    made.name = "small";
    made.start = *parse_iso8601("2026-11-27T00:00:00Z");
    made.duration = duration;
    made.deploy.template_path = "scenarios/web-application/template.yaml";
    made.deploy.stack_name = "small";
    made.deploy.synthetic_files.push_back(
        {"Assets",
         "assets/",
         ".webp",
         50,
         simulation::RandomVariable::constant(20'000),
         "max-age=600"}
    );
    made.app.start = 45s;
    made.app.routes = {
        route("GET", "/", "SELECT 1", false),
        route("POST", "/orders", "INSERT", true),
    };
    simulation::Population shoppers;
    shoppers.name = "shoppers";
    shoppers.from = {{"us-east", 0.5}, {"eu-west", 0.5}};
    shoppers.arrivals = simulation::OpenLoop{{{{0s, 10.0}}}, true};
    shoppers.visit = {
        {1, 1, request("GET", "www.example.com", "/"), {}},
        {1, 2, request("GET", "static.example.com", "/{asset}"), {}},
        {1, 1, request("POST", "www.example.com", "/orders"), {}},
    };
    made.traffic.push_back(std::move(shoppers));
    return made;
}

simulation::Results run(const simulation::Scenario& scenario, std::uint64_t seed = 1) {
    SilentLog log;
    SimulatedWorld world(scenario, seed, log);
    world.deploy();
    return world.run({});
}

std::uint64_t count(const simulation::Results& results, Outcome outcome) {
    std::uint64_t sum = 0;
    for (const auto& row : results.outcomes)
        sum += row.count[static_cast<std::size_t>(outcome)];
    return sum;
}

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
