// See world.hpp. Read from top to bottom: what a cloud is made of, in the order in which one thing
// needs another.
#include "emulator/world.hpp"

#include "emulator/aws/gateway.hpp"
#include "emulator/http/client.hpp"
#include "emulator/metrics/live_metrics.hpp"
#include "emulator/network/live_network.hpp"
#include "emulator/network/names.hpp"
#include "emulator/network/tls.hpp"
#include "emulator/standard_log.hpp"
#include "emulator/storage/data_folder.hpp"
#include "emulator/storage/durable_journal.hpp"
#include "emulator/time/world_thread.hpp"
#include "emulator/world/clock.hpp"
#include "emulator/world/names.hpp"
#include "emulator/world/pages.hpp"
#include "emulator/world/ports.hpp"
#include "emulator/world/proxy.hpp"
#include "services/sts/sts.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <sstream>
#include <thread>

namespace diorama {

namespace {

using network::Names;

// Where the front door's own address listens when 80 and 443 may not be bound.
constexpr std::uint16_t first_front_door_port = 22'000;

std::unique_ptr<Journal> open_journal(const std::string& folder, Log& log) {
    if (folder.empty()) return std::make_unique<ForgetfulJournal>();
    return std::make_unique<DurableJournal>(folder + "/control-plane.sqlite", log);
}

std::size_t thread_count(const Options& options) {
    if (options.threads != 0) return options.threads;
    return std::max(1U, std::min(8U, std::thread::hardware_concurrency()));
}

// The table of places in that file; throws when it is none.
std::string read_places(const std::string& path) {
    if (path.empty()) return {};
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error(fmt::format("--places: cannot read {}", path));
    std::ostringstream text;
    text << file.rdbuf();
    const auto parsed = route53::PlaceTable::parse(text.str());
    if (const auto* wrong = std::get_if<std::string>(&parsed))
        throw std::runtime_error(fmt::format("--places: {}, {}", path, *wrong));
    return text.str();
}

std::string endpoint_url(const Options& options) {
    return fmt::format("http://localhost:{}", options.port);
}

// The secret of an access key. Without credentials of the operator's every key has the same one,
// which everybody knows.
std::optional<std::string> secret_of(const Options& options, std::string_view access_key) {
    if (options.credentials.empty() && !access_key.empty()) return "test";
    for (const auto& pair : options.credentials) {
        const auto colon = pair.find(':');
        if (std::string_view(pair).substr(0, colon) == access_key) return pair.substr(colon + 1);
    }
    return std::nullopt;
}

s3::Settings s3_settings(const Options& options, network::Network& network) {
    s3::Settings settings;
    if (!options.data_folder.empty()) settings.folder = options.data_folder + "/s3";
    settings.durability = options.durability;
    settings.run_blocking = [&network](std::function<void()> work) {
        network.run_blocking(std::move(work));
    };
    if (options.verify_signatures)
        settings.secrets = [&options](std::string_view key) { return secret_of(options, key); };
    return settings;
}

rds::Settings rds_settings(const Options& options, std::shared_ptr<network::TLSContext> tls) {
    rds::Settings settings;
    if (!options.data_folder.empty()) settings.folder = options.data_folder + "/rds";
    settings.tls = std::move(tls);
    return settings;
}

} // namespace

struct World::Parts {
    explicit Parts(const Options& given);

    template <class Service>
    void offer(Service& service);
    void offer_services();
    void serve_hosts();
    void serve_proxy();
    void listen();

    Options options;

    // The ground.
    StandardLog log{options.log_level};
    RealClock clock{options.time_scale};
    WorldThread world{clock, log};
    LiveMetrics metrics;
    storage::DataFolder data_folder{options.data_folder};
    std::unique_ptr<Journal> journal{open_journal(options.data_folder, log)};
    WorldClock world_clock{clock, world, *journal};
    Environment environment{
        clock,
        world,
        Random(options.seed.value_or(seed_from_machine())),
        metrics,
        *journal,
        log,
        options.advertise,
        options.pace
    };
    std::unique_ptr<network::CertificateAuthority> authority{
        network::CertificateAuthority::open(options.authority_folder)
    };
    std::unique_ptr<network::Network> network{
        network::make_live_network(clock, thread_count(options), log)
    };
    std::unique_ptr<http::Client> client{
        http::make_client(*network, network::trusting_client_context())
    };
    Names names{network::take_address_slice()};
    network::IPAddress front_door{names.claim(Names::Kind::edge_location, "front door")};
    WorldNames world_names{names, front_door, options.port};
    WorldProxy proxy{*network, *client, world_names, log};

    // The services, each after those it asks.
    s3::S3 s3{environment, s3_settings(options, *network)};
    sts::STS sts;
    std::unique_ptr<route53::HealthProber> health_prober{route53::make_live_prober(
        *network,
        world,
        [this](std::string_view name, std::uint16_t port) { return world_names.dial(name, port); }
    )};
    TargetHealthOfELB target_health;
    AlarmsOfHealthChecks health_alarms;
    VPCsOfEC2 vpcs;
    NetworksOfInstances instance_networks;
    route53::Route53 route53{
        environment,
        {world_names,
         world_names,
         health_prober.get(),
         &target_health,
         &health_alarms,
         &vpcs,
         &instance_networks,
         options.dns_upstream,
         read_places(options.places_file),
         options.query_log_folder},
        network.get()
    };
    ec2::EC2 ec2{
        environment,
        *network,
        names,
        {options.allow_exec,
         endpoint_url(options),
         [this](std::string_view name, const network::IPAddress& instance) {
             // What its VPC's private zones say, else what everybody finds.
             const auto vpc = instance_networks.vpc_of(instance);
             auto found = route53.look_up(name, {instance, std::nullopt, vpc}).addresses;
             return found.empty() ? world_names.resolve(name) : found;
         }}
    };
    SubnetsOfEC2 subnets{ec2};
    TargetsOfEC2 targets{ec2, names};
    OwnCertificates certificates{authority->server_context()};
    elbv2::ELBv2 elbv2{environment, {subnets, targets, certificates}, {*network, names, *client}};
    ActionsOfAlarms alarm_actions;
    cloudwatch::CloudWatch cloudwatch{environment, alarm_actions};
    std::unique_ptr<sns::HTTPEndpoints> sns_endpoints{sns::make_http_endpoints(
        *network,
        *client,
        world,
        [this](const std::string& host) -> std::optional<network::IPAddress> {
            const auto addresses = world_names.resolve(host);
            return addresses.empty() ? std::nullopt : std::optional(addresses.front());
        },
        [this](const network::Endpoint& endpoint) { return names.translate(endpoint); }
    )};
    sns::SNS sns{environment, *sns_endpoints};
    FleetOfEC2 fleet{ec2};
    TopicsOfSNS event_topics{sns, world, *journal};
    GroupsOfELB target_groups{elbv2};
    AlarmsOfCloudWatch tracking_alarms{cloudwatch};
    autoscaling::AutoScaling autoscaling{environment, fleet, target_groups, tracking_alarms};
    EdgeListeners edge_listeners{*network, names, authority->server_context(), log};
    cloudfront::CloudFront cloudfront{environment, *client, world_names, edge_listeners};
    BackupsInS3 backups{s3};
    DBSubnetsOfEC2 db_subnets{ec2};
    rds::RDS rds{
        environment,
        *network,
        names,
        rds_settings(options, authority->server_context()),
        backups,
        db_subnets
    };

    // What is done by the API from inside, and the stacks that are made so.
    aws::InternalCalls internal_calls{environment, fmt::format("localhost:{}", options.port)};
    CallsOfStacks calls_of_stacks{internal_calls};
    TemplatesInS3 templates_in_s3{s3};
    cloudformation::CloudFormation cloudformation{environment, calls_of_stacks, templates_in_s3};

    // The front door.
    aws::Gateway gateway{environment};
    std::vector<std::unique_ptr<network::Listener>> listeners;
    Ticker gather{world, std::chrono::seconds(1), [this] {
                      metrics.gather(cloudwatch, clock.now());
                  }};
};

World::Parts::Parts(const Options& given)
    : options(given) {
    world_names.join([this](std::string_view name) { return route53.resolve(name); });
    alarm_actions.join(sns, autoscaling);
    target_health.join(elbv2);
    health_alarms.join(internal_calls);
    vpcs.join(internal_calls);
    s3.publish_to(event_topics);
    ec2.watch([this](const ec2::InstanceView& instance) {
        instance_networks.instance_changed(ec2, instance);
        elbv2.instance_changed(instance.account, instance.region, instance.id);
        autoscaling.instance_changed(instance.id);
    });

    if (options.verify_signatures)
        gateway.verify_signatures([this](std::string_view key) { return secret_of(options, key); });
    offer_services();
    serve_hosts();
    serve_proxy();
    add_pages(gateway, {options, world_clock, names, sns, ec2, route53});
}

// To clients over HTTP, and to calls from inside.
template <class Service>
void World::Parts::offer(Service& service) {
    gateway.add(service.descriptor(), service.api());
    internal_calls.add(service.descriptor(), service.api());
}

void World::Parts::offer_services() {
    gateway.add_raw("s3", [this](std::shared_ptr<http::Exchange> exchange) {
        s3.serve(std::move(exchange));
    });
    internal_calls.add_raw(
        "s3",
        [this](const auto& caller, std::string_view operation, const nlohmann::json& input) {
            return s3.call(caller.account, caller.region, operation, input);
        }
    );
    offer(sts);
    offer(route53);
    offer(ec2);
    offer(elbv2);
    offer(cloudwatch);
    offer(sns);
    offer(autoscaling);
    offer(cloudfront);
    offer(rds);
    offer(cloudformation);
}

// Data planes by Host on the front door: buckets, distributions, load balancers, and every name of
// a hosted zone.
void World::Parts::serve_hosts() {
    gateway.route_host(
        [this](std::string_view host) { return cloudfront.claims_host(host); },
        cloudfront.viewer_handler()
    );
    gateway.route_host(
        [this](std::string_view host) { return elbv2.claims_host(host); },
        elbv2.handler_for_host()
    );
    gateway.route_host(
        [this](std::string_view host) { return s3.claims_host(host); },
        [this](std::shared_ptr<http::Exchange> exchange) { s3.serve(std::move(exchange)); }
    );
    gateway.route_host(
        [this](std::string_view host) { return route53.is_authority_for(host); },
        [this](const std::shared_ptr<http::Exchange>& exchange) {
            proxy.forward(exchange, exchange->request().host(), exchange->peer().is_tls ? 443 : 80);
        }
    );
}

void World::Parts::serve_proxy() {
    // A website's alias, or a bucket's CNAME.
    proxy.join([this](std::shared_ptr<http::Exchange> exchange) {
        s3.serve_by_name(std::move(exchange));
    });
    gateway.route_proxy([this](const std::shared_ptr<http::Exchange>& exchange) {
        const auto [host, port] = split_authority(exchange->request().authority(), 80);
        // Our own API through a proxy setting is the API, on whatever address --host chose.
        const auto address = network::IPAddress::parse(host);
        if (address && !address->is_loopback() && port == options.port) return false;
        const auto endpoints = world_names.dial(host, port);
        if (!endpoints.empty() && world_names.is_front_door(endpoints.front())) return false;
        proxy.forward(exchange, host, port);
        return true;
    });
    gateway.route_connect([this](const std::shared_ptr<http::Exchange>& exchange) {
        proxy.tunnel(exchange);
    });
}

void World::Parts::listen() {
    auto server = gateway.server_options();
    // SDKs keep connections for minutes; this is emulated time.
    server.idle_timeout =
        std::chrono::duration_cast<Duration>(std::chrono::minutes(10) * options.time_scale);
    const network::ListenOptions both{.tls = authority->server_context()};
    const auto accept = http::serve(gateway.handler(), server);
    const auto listen_at = [&](const network::IPAddress& address) {
        listeners.push_back(network->listen({address, options.port}, accept, both));
    };
    const auto host = network::IPAddress::parse(options.host);
    listen_at(host.value_or(network::IPAddress::v4(127, 0, 0, 1)));
    try {
        if (!host) listen_at(*network::IPAddress::parse("::1"));
    } catch (const network::ListenError&) {
        log.write(LogLevel::debug, "world", "IPv6 is not to be had; clients use 127.0.0.1");
    }
    for (const std::uint16_t port : web_ports) {
        const network::ListenOptions tls{
            .tls = port == 443 ? authority->server_context() : nullptr,
            .tls_only = port == 443
        };
        auto listener =
            listen_near(*network, names, {front_door, port}, first_front_door_port, accept, tls);
        if (listener) listeners.push_back(std::move(listener));
    }
    route53.start(options.dns, options.dns_if_possible);
}

World::World(const Options& options)
    : parts_(std::make_unique<Parts>(options)) {}

World::~World() {
    // Nothing calls into the services any more while they go away, and nothing of theirs waits
    // anywhere for a thread that has ended.
    parts_->network->stop();
    parts_->world.discard();
}

void World::start() {
    parts_->ec2.resume();
    parts_->rds.resume();
    parts_->elbv2.start();
    parts_->cloudfront.resume();
    parts_->cloudformation.resume();
    parts_->listen();
    parts_->log.write(
        LogLevel::note,
        "world",
        "Diorama {} at {}{}{}",
        version,
        endpoint_url(parts_->options),
        parts_->options.dns.empty() ? "" : ", DNS at " + parts_->options.dns.front().to_string(),
        parts_->options.data_folder.empty() ? ", in memory"
                                            : ", data in " + parts_->options.data_folder
    );
}

void World::run() {
    parts_->world.run();
}

void World::stop() {
    parts_->world.stop();
}

void World::post(std::function<void(aws::InternalCalls& calls)> task) {
    parts_->world.post([this, task = std::move(task)] {
        task(parts_->internal_calls);
        parts_->journal->commit();
    });
}

network::Endpoint World::dial(const network::Endpoint& proper) const {
    return parts_->names.translate(proper);
}

} // namespace diorama
