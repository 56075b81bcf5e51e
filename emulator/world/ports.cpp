// See world/ports.hpp.
#include "emulator/world/ports.hpp"

#include "emulator/aws/arn.hpp"
#include "emulator/aws/error.hpp"

#include <nlohmann/json.hpp>

namespace diorama {

namespace {

// Where edge locations and the front door's own address listen when 80 and 443 may not be bound.
constexpr std::uint16_t first_edge_port = 22'100;
constexpr std::uint16_t ports_to_try = 800;

} // namespace

std::optional<elbv2::Subnets::Subnet>
SubnetsOfEC2::find(const elbv2::Place& place, const std::string& subnet_id) {
    const auto subnet = ec2_.find_subnet(place.account, place.region, subnet_id);
    if (!subnet) return std::nullopt;
    return Subnet{subnet->vpc_id, subnet->zone};
}

bool SubnetsOfEC2::has_vpc(const elbv2::Place& place, const std::string& vpc_id) {
    return ec2_.default_vpc(place.account, place.region) == vpc_id;
}

bool SubnetsOfEC2::has_security_group(const elbv2::Place& place, const std::string& group_id) {
    return ec2_.default_security_group(place.account, place.region) == group_id;
}

std::string
SubnetsOfEC2::default_security_group(const elbv2::Place& place, const std::string& vpc_id) {
    return has_vpc(place, vpc_id) ? ec2_.default_security_group(place.account, place.region)
                                  : std::string();
}

std::optional<elbv2::Instances::Instance>
TargetsOfEC2::find(const elbv2::Place& place, const std::string& instance_id) {
    const auto instance = ec2_.find_instance(instance_id);
    if (!instance || instance->account != place.account || instance->region != place.region)
        return std::nullopt;
    return Instance{
        instance->vpc_id,
        instance->zone,
        instance->phase == ec2::InstancePhase::running
    };
}

std::optional<network::Endpoint>
TargetsOfEC2::endpoint_of(const elbv2::Place&, const std::string& instance_id, std::uint16_t port) {
    const auto address = ec2_.address_of(instance_id);
    if (!address) return std::nullopt;
    return names_.translate({*address, port});
}

std::string FleetOfEC2::launch(const autoscaling::Launch& launch) {
    return ec2_.launch(
        {launch.place.account,
         launch.place.region,
         launch.launch_template,
         launch.version,
         launch.subnet_id,
         launch.zone,
         launch.tags}
    );
}

autoscaling::Instances::Instance FleetOfEC2::find(const std::string& instance_id) {
    const auto instance = ec2_.find_instance(instance_id);
    if (!instance) return {};
    Instance result;
    switch (instance->phase) {
    case ec2::InstancePhase::starting:
        result.phase = Phase::starting;
        break;
    case ec2::InstancePhase::running:
        result.phase = Phase::running;
        break;
    case ec2::InstancePhase::gone:
        result.phase = Phase::gone;
        break;
    case ec2::InstancePhase::ending:
    case ec2::InstancePhase::stopped:
        result.phase = Phase::ending;
        break;
    }
    result.type = instance->type;
    result.zone = instance->zone;
    result.launch_template_version = instance->launch_template_version;
    result.launched = instance->launched;
    return result;
}

std::pair<std::string, std::string> FleetOfEC2::check_launch_template(
    const autoscaling::Place& place,
    const std::string& id_or_name,
    const std::string& version
) {
    const auto found = ec2_.check_launch_template(
        {.account = place.account,
         .region = place.region,
         .launch_template = id_or_name,
         .version = version}
    );
    return {found.id, found.name};
}

std::optional<std::string>
FleetOfEC2::zone_of(const autoscaling::Place& place, const std::string& subnet_id) {
    const auto subnet = ec2_.find_subnet(place.account, place.region, subnet_id);
    if (!subnet) return std::nullopt;
    return subnet->zone;
}

bool FleetOfEC2::has_zone(const autoscaling::Place& place, const std::string& zone) {
    return ec2_.find_subnet_in(place.account, place.region, zone).has_value();
}

bool GroupsOfELB::exists(const autoscaling::Place& place, const std::string& target_group_arn) {
    const auto arn = aws::ARN::parse(target_group_arn);
    return arn && arn->account == place.account && arn->region == place.region &&
           elbv2_.has_target_group(target_group_arn);
}

void GroupsOfELB::add(const std::string& target_group_arn, const std::string& instance_id) {
    elbv2_.register_instance(target_group_arn, instance_id);
}

void GroupsOfELB::remove(const std::string& target_group_arn, const std::string& instance_id) {
    elbv2_.deregister_instance(target_group_arn, instance_id);
}

autoscaling::TargetGroups::Health
GroupsOfELB::health_of(const std::string& target_group_arn, const std::string& instance_id) {
    switch (elbv2_.instance_health(target_group_arn, instance_id).state) {
    case elbv2::TargetHealthState::initial:
        return Health::initial;
    case elbv2::TargetHealthState::healthy:
        return Health::healthy;
    case elbv2::TargetHealthState::unhealthy:
        return Health::unhealthy;
    case elbv2::TargetHealthState::draining:
        return Health::draining;
    default:
        return Health::unused;
    }
}

std::string AlarmsOfCloudWatch::put(const autoscaling::TrackingAlarm& alarm) {
    cloudwatch::ServiceAlarm result;
    result.account = alarm.place.account;
    result.region = alarm.place.region;
    result.name = alarm.name;
    result.description = alarm.description;
    result.metric.metric_namespace = alarm.metric.metric_namespace;
    result.metric.metric_name = alarm.metric.name;
    for (const auto& [name, value] : alarm.metric.dimensions)
        result.metric.dimensions.push_back({name, value});
    result.metric.statistic = alarm.metric.statistic;
    result.metric.unit = alarm.metric.unit;
    result.comparison_operator = alarm.comparison_operator;
    result.threshold = alarm.threshold;
    result.evaluation_periods = alarm.evaluation_periods;
    result.alarm_actions = {alarm.policy_arn};
    return cloudwatch_.put_alarm(result);
}

void AlarmsOfCloudWatch::remove(const autoscaling::Place& place, const std::string& name) {
    cloudwatch_.delete_alarm(place.account, place.region, name);
}

bool ActionsOfAlarms::is_emulated(const std::string& action_arn) const {
    const auto arn = aws::ARN::parse(action_arn);
    return arn && (arn->service == "sns" || arn->service == "autoscaling");
}

std::string ActionsOfAlarms::perform(
    const cloudwatch::AlarmTransition& transition,
    const std::string& action_arn
) {
    const auto arn = aws::ARN::parse(action_arn);
    if (arn && arn->service == "sns")
        return sns_->publish(action_arn, transition.subject, transition.message);
    if (!arn || arn->service != "autoscaling") return "actions of this kind are not emulated";
    return autoscaling_->alarm_acted(
        {action_arn,
         transition.alarm_name,
         transition.new_state,
         transition.threshold,
         transition.metric_value}
    );
}

namespace {

rds::BackupStore::Failure failure_of(s3::S3::Outcome outcome) {
    switch (outcome) {
    case s3::S3::Outcome::done:
        return std::nullopt;
    case s3::S3::Outcome::no_such_bucket:
        return "the bucket is gone";
    case s3::S3::Outcome::no_such_key:
        return "the object is gone";
    case s3::S3::Outcome::failed:
        return "the object cannot be written or read";
    }
    return std::nullopt;
}

} // namespace

rds::BackupStore::Failure
BackupsInS3::put_file(const rds::BackupObject& object, const std::string& path) {
    if (const auto failure =
            failure_of(s3_.create_bucket_if_absent(object.account, object.region, object.bucket))) {
        return failure;
    }
    return failure_of(s3_.put_file(object.bucket, object.key, path));
}

rds::BackupStore::Failure
BackupsInS3::get_file(const rds::BackupObject& object, const std::string& path) {
    return failure_of(s3_.get_file(object.bucket, object.key, path));
}

rds::BackupStore::Failure BackupsInS3::remove(const rds::BackupObject& object) {
    const auto outcome = s3_.delete_object(object.bucket, object.key);
    return outcome == s3::S3::Outcome::failed ? failure_of(outcome) : std::nullopt;
}

std::optional<rds::Subnets::Subnet>
DBSubnetsOfEC2::find(const std::string& account, const std::string& region, const std::string& id) {
    const auto subnet = ec2_.find_subnet(account, region, id);
    if (!subnet) return std::nullopt;
    return Subnet{subnet->id, subnet->vpc_id, subnet->zone};
}

std::vector<rds::Subnets::Subnet>
DBSubnetsOfEC2::default_subnets(const std::string& account, const std::string& region) {
    std::vector<Subnet> subnets;
    for (const auto& subnet : ec2_.default_subnets(account, region)) {
        subnets.push_back({subnet.id, subnet.vpc_id, subnet.zone});
    }
    return subnets;
}

nlohmann::json CallsOfStacks::call(
    const cloudformation::Place& place,
    std::string_view service,
    std::string_view operation,
    const nlohmann::json& input
) {
    return calls_.call({place.account, place.region}, service, operation, input);
}

void TopicsOfSNS::publish(
    const std::string& topic_arn,
    const std::string& subject,
    const std::string& message,
    std::function<void(std::string error)> done
) {
    world_.post([this, topic_arn, subject, message, done = std::move(done)] {
        auto error = sns_.publish(topic_arn, subject, message);
        journal_.commit();
        done(std::move(error));
    });
}

std::optional<std::string> TemplatesInS3::get(const std::string& bucket, const std::string& key) {
    std::string bytes;
    if (s3_.get_object(bucket, key, bytes) != s3::S3::Outcome::done) return std::nullopt;
    return bytes;
}

std::unique_ptr<network::Listener> listen_near(
    network::Network& network,
    network::Names& names,
    const network::Endpoint& proper,
    std::uint16_t first_port,
    const network::Accept& accept,
    network::ListenOptions options
) {
    network::Endpoint endpoint = proper;
    for (std::uint16_t attempt = 0; attempt < ports_to_try; ++attempt) {
        try {
            auto listener = network.listen(endpoint, accept, options);
            if (endpoint != proper) names.redirect(proper, endpoint);
            return listener;
        } catch (const network::ListenError&) {
            endpoint.port = static_cast<std::uint16_t>(first_port + attempt);
        }
    }
    return nullptr;
}

void EdgeListeners::listen(const std::string& edge_location, http::Handler handler) {
    handlers_[edge_location] = std::move(handler);
}

void EdgeListeners::publish(const std::string& host_name, const std::string& edge_location) {
    const auto address = names_.claim(network::Names::Kind::edge_location, edge_location);
    names_.publish(host_name, {address});
    // The sockets are opened for the first distribution: a cloud without one costs nothing.
    const auto handler = handlers_.find(edge_location);
    if (handler == handlers_.end()) return;
    const http::ServerOptions server{.log = &log_, .component = "cloudfront"};
    for (const std::uint16_t port : web_ports) {
        const network::ListenOptions options{
            .tls = port == 443 ? tls_ : nullptr,
            .tls_only = port == 443
        };
        auto listener = listen_near(
            network_,
            names_,
            {address, port},
            first_edge_port,
            http::serve(handler->second, server),
            options
        );
        if (!listener) {
            log_.write(
                LogLevel::warning,
                "cloudfront",
                "no port to listen on for {}",
                edge_location
            );
            continue;
        }
        log_.write(
            LogLevel::note,
            "cloudfront",
            "edge location {} answers at {}",
            edge_location,
            listener->endpoint().to_string()
        );
        listeners_.push_back(std::move(listener));
    }
    handlers_.erase(handler);
}

void EdgeListeners::withdraw(const std::string& host_name) {
    names_.publish(host_name, {});
}

} // namespace diorama
