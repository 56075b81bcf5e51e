// See drawn_cloud.hpp. The resource types are those of scenarios/web-application/template.yaml;
// what varies is how many there are and every setting that decides something in a core.
#include "emulator/simulation/swarm/drawn_cloud.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace diorama::simulation {

namespace {

using Json = nlohmann::ordered_json;

Json ref_to(const std::string& name) {
    return {{"Ref", name}};
}

Json attribute(const std::string& name, const std::string& of) {
    return {{"Fn::GetAtt", {name, of}}};
}

class TemplateDrawer {
public:
    TemplateDrawer(const CloudShape& shape, Chance& chance)
        : shape_(shape)
        , chance_(chance) {}

    std::string draw() {
        if (shape_.has_edge) add_edge();
        if (shape_.has_database) add_database();
        add_balancer();
        for (int number = 1; number <= shape_.groups; ++number)
            add_group(number);
        add_names();
        Json document{{"AWSTemplateFormatVersion", "2010-09-09"}};
        document["Parameters"] = {
            {"VpcId", {{"Type", "AWS::EC2::VPC::Id"}}},
            {"SubnetIds", {{"Type", "List<AWS::EC2::Subnet::Id>"}}},
            {"DBPassword", {{"Type", "String"}, {"NoEcho", true}, {"Default", "not-a-secret"}}},
        };
        document["Resources"] = std::move(resources_);
        return document.dump(2) + "\n";
    }

private:
    Json& add(const std::string& name, const std::string& type, Json properties) {
        resources_[name] = {{"Type", type}, {"Properties", std::move(properties)}};
        return resources_[name];
    }

    void add_edge();
    Json pages_behavior();
    void add_database();
    void add_balancer();
    void add_rules();
    void add_group(int number);
    void add_target_group(const std::string& name);
    void add_launch_template(const std::string& name);
    void add_scaling(int number);
    void add_step_scaling(int number);
    void add_names();

    const CloudShape& shape_;
    Chance& chance_;
    Json resources_ = Json::object();
};

// AWS's managed policies: CachingOptimized, CachingDisabled.
constexpr auto caching_optimized = "658327ea-f89d-4fab-a63d-7e88639e58f6";
constexpr auto caching_disabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";

void TemplateDrawer::add_edge() {
    add("Assets", "AWS::S3::Bucket", Json::object());
    add("AssetsPolicy",
        "AWS::S3::BucketPolicy",
        {{"Bucket", ref_to("Assets")},
         {"PolicyDocument",
          {{"Version", "2012-10-17"},
           {"Statement",
            Json::array(
                {{{"Effect", "Allow"},
                  {"Principal", {{"Service", "cloudfront.amazonaws.com"}}},
                  {"Action", "s3:GetObject"},
                  {"Resource", {{"Fn::Sub", "${Assets.Arn}/*"}}}}}
            )}}}});
    add("Access",
        "AWS::CloudFront::OriginAccessControl",
        {{"OriginAccessControlConfig",
          {{"Name", {{"Fn::Sub", "${AWS::StackName}-assets"}}},
           {"OriginAccessControlOriginType", "s3"},
           {"SigningBehavior", "always"},
           {"SigningProtocol", "sigv4"}}}});
    Json origins = Json::array(
        {{{"Id", "assets"},
          {"DomainName", attribute("Assets", "RegionalDomainName")},
          {"OriginAccessControlId", attribute("Access", "Id")},
          {"S3OriginConfig", {{"OriginAccessIdentity", ""}}}}}
    );
    Json aliases = Json::array({"static.example.com"});
    Json standard{
        {"TargetOriginId", "assets"},
        {"ViewerProtocolPolicy", "allow-all"},
        {"CachePolicyId", caching_optimized},
        {"AllowedMethods", {"GET", "HEAD"}},
        {"CachedMethods", {"GET", "HEAD"}}
    };
    Json config{{"Enabled", true}};
    if (shape_.has_pages_at_edge) {
        origins.push_back(
            {{"Id", "pages"},
             {"DomainName", attribute("LoadBalancer", "DNSName")},
             {"CustomOriginConfig", {{"OriginProtocolPolicy", "http-only"}}}}
        );
        aliases.push_back("www.example.com");
        standard["PathPattern"] = "assets/*";
        config["CacheBehaviors"] = Json::array({std::move(standard)});
        config["DefaultCacheBehavior"] = pages_behavior();
    } else {
        config["DefaultCacheBehavior"] = std::move(standard);
    }
    config["Origins"] = std::move(origins);
    config["Aliases"] = std::move(aliases);
    add("Distribution", "AWS::CloudFront::Distribution", {{"DistributionConfig", std::move(config)}}
    );
}

Json TemplateDrawer::pages_behavior() {
    Json behavior{
        {"TargetOriginId", "pages"},
        {"ViewerProtocolPolicy", "allow-all"},
        {"AllowedMethods", {"GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"}},
        {"CachedMethods", {"GET", "HEAD"}}
    };
    if (chance_.with(0.5)) {
        behavior["CachePolicyId"] = caching_disabled;
        return behavior;
    }
    behavior["ForwardedValues"] = {
        {"QueryString", true},
        {"Cookies", {{"Forward", chance_.one_of({"none", "all"})}}}
    };
    behavior["MinTTL"] = 0;
    behavior["DefaultTTL"] = chance_.one_of({0, 1, 30, 600});
    behavior["MaxTTL"] = chance_.one_of({600, 86'400});
    return behavior;
}

void TemplateDrawer::add_database() {
    add("DatabaseSubnets",
        "AWS::RDS::DBSubnetGroup",
        {{"DBSubnetGroupDescription", "of a drawn world"}, {"SubnetIds", ref_to("SubnetIds")}});
    add("Database",
        "AWS::RDS::DBInstance",
        {{"Engine", "mysql"},
         {"DBInstanceClass", chance_.one_of({"db.t3.micro", "db.t3.medium", "db.m6g.large"})},
         {"AllocatedStorage", "20"},
         {"DBName", "shop"},
         {"MasterUsername", "admin"},
         {"MasterUserPassword", ref_to("DBPassword")},
         {"MultiAZ", shape_.has_standby},
         {"BackupRetentionPeriod", chance_.number(0, 2)},
         {"DBSubnetGroupName", ref_to("DatabaseSubnets")}});
    auto& properties = resources_["Database"]["Properties"];
    if (!shape_.has_replica) return;
    // AWS: a source of replicas has backups.
    properties["BackupRetentionPeriod"] = 1;
    add("Replica",
        "AWS::RDS::DBInstance",
        {{"SourceDBInstanceIdentifier", ref_to("Database")}, {"DBInstanceClass", "db.t3.medium"}});
}

void TemplateDrawer::add_target_group(const std::string& name) {
    const int interval = chance_.one_of({5, 10, 30});
    Json attributes = Json::array(
        {{{"Key", "deregistration_delay.timeout_seconds"},
          {"Value", chance_.one_of({"0", "5", "30", "120"})}},
         {{"Key", "load_balancing.algorithm.type"},
          {"Value", chance_.one_of({"round_robin", "least_outstanding_requests"})}}}
    );
    add(name,
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        {{"Protocol", "HTTP"},
         {"Port", 80},
         {"VpcId", ref_to("VpcId")},
         {"HealthCheckPath", "/health"},
         {"HealthCheckIntervalSeconds", interval},
         {"HealthCheckTimeoutSeconds", chance_.number(2, interval - 1)},
         {"HealthyThresholdCount", chance_.number(2, 5)},
         {"UnhealthyThresholdCount", chance_.number(2, 5)},
         {"TargetGroupAttributes", std::move(attributes)}});
}

void TemplateDrawer::add_balancer() {
    add("LoadBalancer",
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        {{"Type", "application"}, {"Scheme", "internet-facing"}, {"Subnets", ref_to("SubnetIds")}});
    Json groups = Json::array();
    for (int number = 1; number <= shape_.groups; ++number) {
        const auto name = fmt::format("Targets{}", number);
        add_target_group(name);
        groups.push_back({{"TargetGroupArn", ref_to(name)}, {"Weight", chance_.number(1, 10)}});
    }
    add("Listener",
        "AWS::ElasticLoadBalancingV2::Listener",
        {{"LoadBalancerArn", ref_to("LoadBalancer")},
         {"Protocol", "HTTP"},
         {"Port", 80},
         {"DefaultActions",
          Json::array(
              {{{"Type", "forward"}, {"ForwardConfig", {{"TargetGroups", std::move(groups)}}}}}
          )}});
    add_rules();
}

void TemplateDrawer::add_rules() {
    if (chance_.with(0.5))
        add("StatusPage",
            "AWS::ElasticLoadBalancingV2::ListenerRule",
            {{"ListenerArn", ref_to("Listener")},
             {"Priority", 10},
             {"Conditions",
              Json::array({{{"Field", "path-pattern"}, {"Values", Json::array({"/status"})}}})},
             {"Actions",
              Json::array(
                  {{{"Type", "fixed-response"},
                    {"FixedResponseConfig",
                     {{"StatusCode", chance_.one_of({"200", "404", "503"})},
                      {"ContentType", "text/plain"},
                      {"MessageBody", "as drawn"}}}}}
              )}});
    if (chance_.with(0.5))
        add("Orders",
            "AWS::ElasticLoadBalancingV2::ListenerRule",
            {{"ListenerArn", ref_to("Listener")},
             {"Priority", 20},
             {"Conditions",
              Json::array({{{"Field", "path-pattern"}, {"Values", Json::array({"/api/*"})}}})},
             {"Actions",
              Json::array(
                  {{{"Type", "forward"},
                    {"TargetGroupArn",
                     ref_to(fmt::format("Targets{}", chance_.number(1, shape_.groups)))}}}
              )}});
}

void TemplateDrawer::add_launch_template(const std::string& name) {
    std::string settings = "#!/bin/bash\n";
    if (shape_.has_database)
        settings += "export DB_HOST=${Database.Endpoint.Address}\n"
                    "export DB_PORT=${Database.Endpoint.Port}\n"
                    "export DB_USER=admin\nexport DB_PASSWORD='${DBPassword}'\n"
                    "export DB_NAME=shop\n";
    if (shape_.has_replica) settings += "export DB_READ_HOST=${Replica.Endpoint.Address}\n";
    add(name,
        "AWS::EC2::LaunchTemplate",
        {{"LaunchTemplateData",
          {{"ImageId", "ami-0d10a3a1d10a3a101"},
           {"InstanceType", chance_.one_of({"t3.micro", "t3.medium", "m6g.large", "c6g.xlarge"})},
           {"Monitoring", {{"Enabled", chance_.with(0.5)}}},
           {"UserData", {{"Fn::Base64", {{"Fn::Sub", settings}}}}}}}});
}

void TemplateDrawer::add_group(int number) {
    const auto launch_template = fmt::format("LaunchTemplate{}", number);
    add_launch_template(launch_template);
    const int least = chance_.number(1, 4);
    auto& group =
        add(fmt::format("Group{}", number),
            "AWS::AutoScaling::AutoScalingGroup",
            {{"LaunchTemplate",
              {{"LaunchTemplateId", ref_to(launch_template)},
               {"Version", attribute(launch_template, "LatestVersionNumber")}}},
             {"MinSize", std::to_string(least)},
             {"MaxSize", std::to_string(least + chance_.number(0, 8))},
             {"VPCZoneIdentifier", ref_to("SubnetIds")},
             {"TargetGroupARNs", Json::array({ref_to(fmt::format("Targets{}", number))})},
             {"HealthCheckType", chance_.one_of({"ELB", "EC2"})},
             {"HealthCheckGracePeriod", chance_.number(60, 200)},
             {"DefaultInstanceWarmup", chance_.one_of({0, 30, 60, 120})},
             {"Cooldown", chance_.one_of({"30", "60", "300"})},
             {"MetricsCollection", Json::array({{{"Granularity", "1Minute"}}})}});
    group["DependsOn"] = "Listener";
    add_scaling(number);
}

void TemplateDrawer::add_scaling(int number) {
    const int kind = chance_.number(0, 3);
    if (kind == 0) return;
    if (kind == 1) return add_step_scaling(number);
    Json tracking{{"TargetValue", chance_.number(20, 80)}};
    tracking["PredefinedMetricSpecification"] = {
        {"PredefinedMetricType", "ASGAverageCPUUtilization"}
    };
    add(fmt::format("Tracking{}", number),
        "AWS::AutoScaling::ScalingPolicy",
        {{"AutoScalingGroupName", ref_to(fmt::format("Group{}", number))},
         {"PolicyType", "TargetTrackingScaling"},
         {"TargetTrackingConfiguration", std::move(tracking)}});
}

void TemplateDrawer::add_step_scaling(int number) {
    const auto group = ref_to(fmt::format("Group{}", number));
    const auto targets = attribute(fmt::format("Targets{}", number), "TargetGroupFullName");
    const auto alarm = [&](const char* comparison, int threshold, const std::string& policy) {
        const int periods = chance_.number(1, 4);
        return Json{
            {"Namespace", "AWS/ApplicationELB"},
            {"MetricName", "RequestCountPerTarget"},
            {"Dimensions", Json::array({{{"Name", "TargetGroup"}, {"Value", targets}}})},
            {"Statistic", "Sum"},
            {"Period", 60},
            {"EvaluationPeriods", periods},
            {"DatapointsToAlarm", chance_.number(1, periods)},
            {"Threshold", threshold},
            {"ComparisonOperator", comparison},
            {"TreatMissingData", chance_.one_of({"missing", "ignore", "breaching", "notBreaching"})
            },
            {"AlarmActions", Json::array({ref_to(policy)})}
        };
    };
    const auto out = fmt::format("ScaleOut{}", number);
    const auto in = fmt::format("ScaleIn{}", number);
    const int busy = chance_.number(100, 1000);
    add(out,
        "AWS::AutoScaling::ScalingPolicy",
        {{"AutoScalingGroupName", group},
         {"PolicyType", "StepScaling"},
         {"AdjustmentType", chance_.one_of({"ChangeInCapacity", "PercentChangeInCapacity"})},
         {"StepAdjustments",
          Json::array(
              {{{"MetricIntervalLowerBound", 0},
                {"MetricIntervalUpperBound", 200},
                {"ScalingAdjustment", chance_.number(1, 3)}},
               {{"MetricIntervalLowerBound", 200}, {"ScalingAdjustment", chance_.number(2, 50)}}}
          )}});
    add(in,
        "AWS::AutoScaling::ScalingPolicy",
        {{"AutoScalingGroupName", group},
         {"PolicyType", "SimpleScaling"},
         {"AdjustmentType", "ChangeInCapacity"},
         {"ScalingAdjustment", -chance_.number(1, 2)},
         {"Cooldown", "60"}});
    add(fmt::format("TooBusy{}", number),
        "AWS::CloudWatch::Alarm",
        alarm("GreaterThanThreshold", busy, out));
    add(fmt::format("Quiet{}", number),
        "AWS::CloudWatch::Alarm",
        alarm("LessThanOrEqualToThreshold", busy / chance_.number(2, 5), in));
}

void TemplateDrawer::add_names() {
    add("Zone", "AWS::Route53::HostedZone", {{"Name", "example.com"}});
    const Json distribution{
        {"HostedZoneId", "Z2FDTNDATAQYW2"}, // CloudFront's own
        {"DNSName", shape_.has_edge ? attribute("Distribution", "DomainName") : Json("")}
    };
    const Json balancer{
        {"HostedZoneId", attribute("LoadBalancer", "CanonicalHostedZoneID")},
        {"DNSName", attribute("LoadBalancer", "DNSName")}
    };
    Json records = Json::array();
    records.push_back(
        {{"Name", "www.example.com"},
         {"Type", "A"},
         {"AliasTarget", shape_.has_pages_at_edge ? distribution : balancer}}
    );
    if (shape_.has_edge)
        records.push_back(
            {{"Name", "static.example.com"}, {"Type", "A"}, {"AliasTarget", distribution}}
        );
    add("Names",
        "AWS::Route53::RecordSetGroup",
        {{"HostedZoneId", ref_to("Zone")}, {"RecordSets", std::move(records)}});
}

} // namespace

CloudShape draw_shape(Chance& chance) {
    CloudShape shape;
    shape.has_edge = chance.with(0.7);
    shape.has_pages_at_edge = shape.has_edge && chance.with(0.4);
    shape.has_database = chance.with(0.8);
    shape.has_standby = shape.has_database && chance.with(0.5);
    shape.has_replica = shape.has_database && chance.with(0.4);
    shape.groups = chance.number(1, 2);
    return shape;
}

std::string draw_template(const CloudShape& shape, Chance& chance) {
    return TemplateDrawer(shape, chance).draw();
}

} // namespace diorama::simulation
