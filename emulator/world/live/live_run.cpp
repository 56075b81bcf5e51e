// See world/live/live_run.hpp. The emulator and the deployment; the run itself stands in
// world/live/course.cpp.
#include "emulator/aws/internal_calls.hpp"
#include "emulator/network/sockets.hpp"
#include "emulator/world/live/parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <future>
#include <sstream>
#include <sys/resource.h>
#include <unistd.h>

namespace diorama {

namespace {

using network::IPAddress;
using std::chrono::milliseconds;
using std::chrono::minutes;

// How long a stack may take, and groups to be complete and healthy before the traffic comes all the
// same.
constexpr Duration deployment_time = minutes(15);
constexpr Duration settling_time = minutes(5);
constexpr milliseconds looks_again(100);
// Between choosing free ports and listening on them somebody else may.
constexpr int most_tries = 5;

const IPAddress loopback = IPAddress::v4(127, 0, 0, 1);

std::uint16_t free_port() {
    const auto sockets = network::open_sockets(network::SocketKind::stream, {loopback, 0}, 1);
    for (const int descriptor : sockets.descriptors)
        ::close(descriptor);
    return sockets.endpoint.port;
}

Options options_of_world(const simulation::Scenario& scenario, const std::string& authority) {
    Options options;
    options.port = free_port();
    options.dns = {{loopback, free_port()}};
    options.authority_folder = authority;
    // Names of the template and of the scenario are AWS's, and the emulator's DNS resolves them.
    options.advertise = Advertise::aws;
    options.seed = scenario.seed;
    options.log_level = LogLevel::error;
    return options;
}

// A request may take this many sockets of this process: its client's, the load balancer's or the
// edge location's two, and the instance's.
constexpr rlim_t sockets_for_each = 6;
constexpr rlim_t fewest_under_way = 16;
constexpr rlim_t most_under_way = 1000;

// As many as the process may open files for, after asking for all it may have.
std::size_t requests_at_once() {
    rlimit files{};
    if (getrlimit(RLIMIT_NOFILE, &files) != 0) return fewest_under_way;
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    getrlimit(RLIMIT_NOFILE, &files);
    return std::clamp(files.rlim_cur / sockets_for_each, fewest_under_way, most_under_way);
}

std::string content_type_of(const std::string& key) {
    static constexpr std::pair<std::string_view, std::string_view> types[]{
        {".html", "text/html"},
        {".css", "text/css"},
        {".js", "text/javascript"},
        {".json", "application/json"},
        {".txt", "text/plain"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".jpg", "image/jpeg"},
        {".webp", "image/webp"},
    };
    for (const auto& [ending, type] : types)
        if (key.ends_with(ending)) return std::string(type);
    return "binary/octet-stream";
}

std::string bytes_of(const ScenarioStack::NewObject& object) {
    if (object.path.empty()) return std::string(object.size, 'x');
    std::ifstream file(object.path, std::ios::binary);
    if (!file) throw DeploymentFailed("cannot read " + object.path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

} // namespace

RunningWorld::RunningWorld(const Options& options)
    : world_(options) {
    world_.start();
    thread_ = std::thread([this] { world_.run(); });
}

RunningWorld::~RunningWorld() {
    world_.stop();
    thread_.join();
}

nlohmann::json RunningWorld::call(
    const std::string& region,
    std::string_view service,
    std::string_view operation,
    const nlohmann::json& input
) {
    const auto answer = std::make_shared<std::promise<nlohmann::json>>();
    auto answered = answer->get_future();
    world_.post([&, answer](aws::InternalCalls& calls) {
        try {
            const aws::InternalCalls::Caller caller{.region = region};
            answer->set_value(calls.call(caller, service, operation, input));
        } catch (...) {
            answer->set_exception(std::current_exception());
        }
    });
    return answered.get();
}

LiveRun::Parts::Parts(const simulation::Scenario& given, const std::string& authority)
    : scenario(given)
    , most_at_once(requests_at_once()) {
    for (int tries = 1; world == nullptr; ++tries) {
        options = options_of_world(scenario, authority);
        try {
            world = std::make_unique<RunningWorld>(options);
        } catch (const network::ListenError&) {
            if (tries == most_tries) throw;
        }
    }
    resolver = std::make_unique<LiveResolver>(options.dns.front());
    traffic = std::make_unique<LiveTraffic>(
        *network,
        *resolver,
        [this](const network::Endpoint& proper) { return world->get().dial(proper); },
        most_at_once
    );
}

LiveRun::Parts::~Parts() {
    network->stop();
}

void LiveRun::Parts::pass(Duration span) {
    const auto over = std::make_shared<std::promise<void>>();
    auto& thread = network->thread(0);
    thread.post([&thread, span, over] { thread.after(span, [over] { over->set_value(); }); });
    over->get_future().get();
}

// The operation PutObject over HTTP, as every client of S3 does it.
void LiveRun::Parts::put(const ScenarioStack::NewObject& object) {
    http::OutboundRequest request;
    request.target = {loopback, options.port};
    request.body = bytes_of(object);
    request.head.method = "PUT";
    request.head.target = "/" + object.bucket + "/" + http::percent_encode(object.key, true);
    auto& headers = request.head.headers;
    headers.add("Host", fmt::format("localhost:{}", options.port));
    // Signatures are not verified; the access key says whose call it is.
    const auto now = iso8601_basic(clock.now());
    headers.add(
        "Authorization",
        fmt::format(
            "AWS4-HMAC-SHA256 Credential=test/{}/{}/s3/aws4_request, "
            "SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature={:064}",
            now.substr(0, now.find('T')),
            scenario.deploy.region,
            0
        )
    );
    headers.add("X-Amz-Date", now);
    headers.add("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD");
    headers.add("Content-Type", content_type_of(object.key));
    if (!object.cache_control.empty()) headers.add("Cache-Control", object.cache_control);
    constexpr std::size_t most_of_an_error = 64 * 1024;
    const auto answer = std::make_shared<std::promise<http::Response>>();
    auto answered = answer->get_future();
    auto& thread = network->thread(0);
    thread.post([this, &thread, request, answer] {
        const auto call = std::make_shared<std::shared_ptr<http::OutboundCall>>();
        *call = uploads->fetch(
            thread,
            request,
            most_of_an_error,
            [&thread, call, answer](http::UpstreamFailure failure, http::Response response) {
                if (failure != http::UpstreamFailure::none) response.status = 0;
                answer->set_value(std::move(response));
                // It goes away, but not inside its own callback.
                thread.post([call] { call->reset(); });
            }
        );
    });
    const auto response = answered.get();
    if (response.status == 200) return;
    throw DeploymentFailed(fmt::format(
        "{} could not be put into {}: {} {}",
        object.key,
        object.bucket,
        response.status,
        response.body
    ));
}

LiveRun::LiveRun(const simulation::Scenario& scenario, const std::string& authority_folder)
    : parts_(std::make_unique<Parts>(scenario, authority_folder)) {}

LiveRun::~LiveRun() = default;

std::string LiveRun::address() const {
    const auto& options = parts_->options;
    return fmt::format(
        "http://localhost:{}, DNS at {}",
        options.port,
        options.dns.front().to_string()
    );
}

void LiveRun::deploy(const std::function<bool()>& goes_on) {
    Parts& p = *parts_;
    const Timestamp began = p.clock.now();
    const auto wait = [&] {
        if (!goes_on()) throw DeploymentFailed("interrupted before the stack stood");
        p.pass(looks_again);
    };
    p.stack.begin();
    while (!p.stack.is_made()) {
        if (p.clock.now() > began + deployment_time)
            throw DeploymentFailed(
                "the stack did not come up in time: " + p.stack.unfinished_resources()
            );
        wait();
    }
    p.values = p.stack.fill_buckets([&](const ScenarioStack::NewObject& object) {
        if (!goes_on()) throw DeploymentFailed("interrupted before the buckets were full");
        p.put(object);
    });
    const Timestamp latest = p.clock.now() + settling_time;
    while (!p.stack.is_ready() && p.clock.now() < latest)
        wait();
}

} // namespace diorama
