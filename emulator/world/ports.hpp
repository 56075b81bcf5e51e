// The ports of the services, joined: what each service asks of others in its own words, answered by
// asking the others in theirs. Only the world knows all of them.
#pragma once

#include "emulator/aws/internal_calls.hpp"
#include "emulator/network/network.hpp"
#include "emulator/network/tls.hpp"
#include "services/autoscaling/autoscaling.hpp"
#include "services/cloudformation/cloudformation.hpp"
#include "services/cloudfront/cloudfront.hpp"
#include "services/cloudwatch/cloudwatch.hpp"
#include "services/ec2/ec2.hpp"
#include "services/elbv2/elbv2.hpp"
#include "services/rds/rds.hpp"
#include "services/route53/route53.hpp"
#include "services/s3/ports.hpp"
#include "services/s3/s3.hpp"
#include "services/sns/sns.hpp"

#include <array>
#include <map>
#include <shared_mutex>
#include <vector>

namespace diorama {

inline constexpr std::array<std::uint16_t, 2> web_ports{80, 443};

// Load balancers ask EC2.
class SubnetsOfEC2 final : public elbv2::Subnets {
public:
    explicit SubnetsOfEC2(ec2::EC2& ec2)
        : ec2_(ec2) {}

    std::optional<Subnet> find(const elbv2::Place& place, const std::string& subnet_id) override;
    bool has_vpc(const elbv2::Place& place, const std::string& vpc_id) override;
    bool has_security_group(const elbv2::Place& place, const std::string& group_id) override;
    std::string
    default_security_group(const elbv2::Place& place, const std::string& vpc_id) override;

private:
    ec2::EC2& ec2_;
};

class TargetsOfEC2 final : public elbv2::Instances {
public:
    TargetsOfEC2(ec2::EC2& ec2, const network::Names& names)
        : ec2_(ec2)
        , names_(names) {}

    std::optional<Instance>
    find(const elbv2::Place& place, const std::string& instance_id) override;
    std::optional<network::Endpoint>
    endpoint_of(const elbv2::Place& place, const std::string& instance_id, std::uint16_t port)
        override;

private:
    ec2::EC2& ec2_;
    const network::Names& names_;
};

// HTTPS listeners: the emulator's own authority signs for every name.
class OwnCertificates final : public elbv2::Certificates {
public:
    explicit OwnCertificates(std::shared_ptr<network::TLSContext> context)
        : context_(std::move(context)) {}

    std::shared_ptr<network::TLSContext>
    context_for(const elbv2::Place&, const std::vector<std::string>&, const std::string&) override {
        return context_;
    }

private:
    std::shared_ptr<network::TLSContext> context_;
};

// Auto Scaling asks EC2, load balancers and CloudWatch.
class FleetOfEC2 final : public autoscaling::Instances {
public:
    explicit FleetOfEC2(ec2::EC2& ec2)
        : ec2_(ec2) {}

    std::string launch(const autoscaling::Launch& launch) override;

    void terminate(const std::string& instance_id) override { ec2_.terminate(instance_id); }

    Instance find(const std::string& instance_id) override;
    std::pair<std::string, std::string> check_launch_template(
        const autoscaling::Place& place,
        const std::string& id_or_name,
        const std::string& version
    ) override;
    std::optional<std::string>
    zone_of(const autoscaling::Place& place, const std::string& subnet_id) override;
    bool has_zone(const autoscaling::Place& place, const std::string& zone) override;

private:
    ec2::EC2& ec2_;
};

class GroupsOfELB final : public autoscaling::TargetGroups {
public:
    explicit GroupsOfELB(elbv2::ELBv2& elbv2)
        : elbv2_(elbv2) {}

    bool exists(const autoscaling::Place& place, const std::string& target_group_arn) override;
    void add(const std::string& target_group_arn, const std::string& instance_id) override;
    void remove(const std::string& target_group_arn, const std::string& instance_id) override;
    Health health_of(const std::string& target_group_arn, const std::string& instance_id) override;

private:
    elbv2::ELBv2& elbv2_;
};

class AlarmsOfCloudWatch final : public autoscaling::Alarms {
public:
    explicit AlarmsOfCloudWatch(cloudwatch::CloudWatch& cloudwatch)
        : cloudwatch_(cloudwatch) {}

    std::string put(const autoscaling::TrackingAlarm& alarm) override;
    void remove(const autoscaling::Place& place, const std::string& name) override;

private:
    cloudwatch::CloudWatch& cloudwatch_;
};

// CloudWatch's alarms act on SNS topics and scaling policies; both are made after CloudWatch and
// joined later.
class ActionsOfAlarms final : public cloudwatch::AlarmActions {
public:
    void join(sns::SNS& sns, autoscaling::AutoScaling& autoscaling) {
        sns_ = &sns;
        autoscaling_ = &autoscaling;
    }

    bool is_emulated(const std::string& action_arn) const override;
    std::string
    perform(const cloudwatch::AlarmTransition& transition, const std::string& action_arn) override;

private:
    sns::SNS* sns_ = nullptr;
    autoscaling::AutoScaling* autoscaling_ = nullptr;
};

// Route 53 asks load balancers and CloudWatch, which are made after it and joined later.
class TargetHealthOfELB final : public route53::TargetHealth {
public:
    void join(const elbv2::ELBv2& elbv2) { elbv2_ = &elbv2; }

    std::optional<bool> is_healthy(std::string_view name) override;

private:
    const elbv2::ELBv2* elbv2_ = nullptr;
};

class AlarmsOfHealthChecks final : public route53::Alarms {
public:
    void join(aws::InternalCalls& calls) { calls_ = &calls; }

    std::optional<route53::AlarmState>
    state_of(const std::string& account, const std::string& region, const std::string& name)
        override;

private:
    aws::InternalCalls* calls_ = nullptr;
};

class VPCsOfEC2 final : public route53::VPCs {
public:
    void join(aws::InternalCalls& calls) { calls_ = &calls; }

    bool exists(const std::string& account, const std::string& region, const std::string& vpc_id)
        override;

private:
    aws::InternalCalls* calls_ = nullptr;
};

// Which VPC the instance at an address is in: told on the world thread, asked on any.
class NetworksOfInstances final : public route53::ClientNetworks {
public:
    void instance_changed(const ec2::EC2& ec2, const ec2::InstanceView& instance);
    std::string vpc_of(const network::IPAddress& client) const override;

private:
    mutable std::shared_mutex mutex_;
    std::map<network::IPAddress, std::string> vpcs_;
    std::map<std::string, network::IPAddress> addresses_; // by instance id
};

// RDS keeps its backups in S3, and asks EC2 for subnets.
class BackupsInS3 final : public rds::BackupStore {
public:
    explicit BackupsInS3(s3::S3& s3)
        : s3_(s3) {}

    Failure put_file(const rds::BackupObject& object, const std::string& path) override;
    Failure get_file(const rds::BackupObject& object, const std::string& path) override;
    Failure remove(const rds::BackupObject& object) override;

private:
    s3::S3& s3_;
};

class DBSubnetsOfEC2 final : public rds::Subnets {
public:
    explicit DBSubnetsOfEC2(ec2::EC2& ec2)
        : ec2_(ec2) {}

    std::optional<Subnet>
    find(const std::string& account, const std::string& region, const std::string& id) override;
    std::vector<Subnet>
    default_subnets(const std::string& account, const std::string& region) override;

private:
    ec2::EC2& ec2_;
};

// Stacks call every service's API, and read templates from S3.
class CallsOfStacks final : public cloudformation::ServiceCalls {
public:
    explicit CallsOfStacks(aws::InternalCalls& calls)
        : calls_(calls) {}

    nlohmann::json call(
        const cloudformation::Place& place,
        std::string_view service,
        std::string_view operation,
        const nlohmann::json& input
    ) override;

private:
    aws::InternalCalls& calls_;
};

// Events of buckets are published to SNS topics, on the world thread.
class TopicsOfSNS final : public s3::EventTopics {
public:
    TopicsOfSNS(sns::SNS& sns, Scheduler& world, Journal& journal)
        : sns_(sns)
        , world_(world)
        , journal_(journal) {}

    void publish(
        const std::string& topic_arn,
        const std::string& subject,
        const std::string& message,
        std::function<void(std::string error)> done
    ) override;

private:
    sns::SNS& sns_;
    Scheduler& world_;
    Journal& journal_;
};

class TemplatesInS3 final : public cloudformation::TemplateObjects {
public:
    explicit TemplatesInS3(s3::S3& s3)
        : s3_(s3) {}

    std::optional<std::string> get(const std::string& bucket, const std::string& key) override;

private:
    s3::S3& s3_;
};

// CloudFront's edge locations listen on loopback addresses of their own.
class EdgeListeners final : public cloudfront::ViewerListeners {
public:
    EdgeListeners(
        network::Network& network,
        network::Names& names,
        std::shared_ptr<network::TLSContext> tls,
        Log& log
    )
        : network_(network)
        , names_(names)
        , tls_(std::move(tls))
        , log_(log) {}

    void listen(const std::string& edge_location, http::Handler handler) override;
    void publish(const std::string& host_name, const std::string& edge_location) override;
    void withdraw(const std::string& host_name) override;

private:
    network::Network& network_;
    network::Names& names_;
    std::shared_ptr<network::TLSContext> tls_;
    Log& log_;
    std::map<std::string, http::Handler> handlers_;
    std::vector<std::unique_ptr<network::Listener>> listeners_;
};

// Listens for HTTP on `proper`; where that port may not be bound, on the next free one from
// `first_port` on, which Names then translates to. Nothing when all are taken.
std::unique_ptr<network::Listener> listen_near(
    network::Network& network,
    network::Names& names,
    const network::Endpoint& proper,
    std::uint16_t first_port,
    const network::Accept& accept,
    network::ListenOptions options
);

} // namespace diorama
