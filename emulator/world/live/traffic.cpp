// See world/live/traffic.hpp.
#include "emulator/world/live/traffic.hpp"

#include "emulator/network/tls.hpp"

#include <charconv>

namespace diorama {

namespace {

using http::UpstreamFailure;

// Clients of a scenario tell a new connection from a kept one by the time it takes to make; how
// long it really takes is what is measured here.
constexpr Duration any_distance(1);
// How long a visitor's connection is kept while nothing goes over it.
constexpr Duration keep_alive = std::chrono::seconds(15);
// Clients lose patience first.
constexpr Duration longest_silence = std::chrono::minutes(10);

// What the demonstration application takes for an order; spaces fill it up to its size.
std::string body_of(const simulation::HTTPRequest& request) {
    const auto& method = request.head.method;
    if (method != "POST" && method != "PUT" && method != "PATCH") return {};
    std::string item = "tea";
    for (const auto& [name, value] : request.values)
        if (name == "item") item = value;
    std::string body = R"({"item": ")" + item + R"(", "amount": 1})";
    if (body.size() < request.body_bytes) body.resize(request.body_bytes, ' ');
    return body;
}

// "www.example.com:8080" -> name and port.
std::pair<std::string, std::uint16_t> split_host(const std::string& host, bool is_tls) {
    const std::uint16_t usual = is_tls ? 443 : 80;
    const auto colon = host.rfind(':');
    if (colon == std::string::npos) return {host, usual};
    std::uint16_t port = usual;
    std::from_chars(host.data() + colon + 1, host.data() + host.size(), port);
    return {host.substr(0, colon), port};
}

} // namespace

LiveTraffic::LiveTraffic(
    network::Network& network,
    LiveResolver& resolver,
    Dial dial,
    std::size_t most_under_way
)
    : thread_(network.thread(0))
    , client_(http::make_client(network, network::trusting_client_context()))
    , resolver_(resolver)
    , dial_(std::move(dial))
    , most_under_way_(most_under_way) {}

simulation::Resolution LiveTraffic::resolve(const std::string& host, simulation::PlaceId from) {
    const auto answer = resolver_.resolve(split_host(host, false).first, from);
    simulation::Resolution resolution;
    resolution.ttl = answer.ttl;
    for (const auto& address : answer.addresses) {
        // Nothing in here ever talks to another machine.
        if (!address.is_loopback()) continue;
        const auto [found, is_new] = destination_ids_.try_emplace(
            address,
            static_cast<simulation::DestinationId>(destinations_.size())
        );
        if (is_new) destinations_.push_back(address);
        resolution.addresses.push_back(found->second);
    }
    return resolution;
}

Duration LiveTraffic::distance(simulation::PlaceId, simulation::DestinationId) {
    return any_distance;
}

std::shared_ptr<LiveTraffic::Outgoing> LiveTraffic::outgoing_of(const simulation::Sending& sending
) {
    const auto& given = *sending.request;
    const auto [name, port] = split_host(given.host, given.is_tls);
    auto outgoing = std::make_shared<Outgoing>();
    outgoing->id = ++last_id_;
    auto& request = outgoing->request;
    request.target = dial_({destinations_[sending.destination], port});
    request.tls = given.is_tls;
    request.server_name = name;
    request.head = given.head;
    request.body = body_of(given);
    request.head.headers.remove("Content-Length"); // the sender's own business
    request.head.headers.add("User-Agent", "diorama");
    request.head.headers.add("Accept", "*/*");
    if (const auto cookies = cookies_.find(sending.cookie.number); !cookies.empty())
        request.head.headers.add("Cookie", std::string(cookies));
    if (!request.body.empty()) request.head.headers.add("Content-Type", "application/json");
    request.response_timeout = longest_silence;
    request.keep_alive = keep_alive;
    request.from_pool = sending.connection_set_up == Duration::zero();
    return outgoing;
}

void LiveTraffic::send(const simulation::Sending& sending) {
    auto outgoing = outgoing_of(sending);
    tokens_[outgoing->id] = sending.token;
    ids_by_token_[sending.token] = outgoing->id;
    if (under_way_ < most_under_way_)
        begin(std::move(outgoing));
    else
        queue_.push_back(std::move(outgoing));
}

void LiveTraffic::abandoned(std::uint32_t token) {
    const auto found = ids_by_token_.find(token);
    if (found == ids_by_token_.end()) return;
    const auto id = found->second;
    ids_by_token_.erase(found);
    tokens_.erase(id);
    if (std::erase_if(queue_, [id](const auto& waiting) { return waiting->id == id; }) > 0) return;
    thread_.post([this, id] {
        const auto call = calls_.find(id);
        if (call == calls_.end()) return; // it has just ended
        call->second->cancel();
        calls_.erase(call);
        Ending ending;
        ending.id = id;
        ending.is_cancelled = true;
        end(std::move(ending));
    });
}

void LiveTraffic::begin(std::shared_ptr<Outgoing> outgoing) {
    ++under_way_;
    thread_.post([this, outgoing = std::move(outgoing)] { start(*outgoing); });
}

void LiveTraffic::start(const Outgoing& outgoing) {
    const auto id = outgoing.id;
    const auto ending = std::make_shared<Ending>();
    ending->id = id;
    ending->cookies = outgoing.request.head.headers.get("Cookie");
    http::ResponseEvents events;
    events.head = [ending](const http::ResponseHead& head) {
        if (head.headers.contains("Set-Cookie"))
            ending->cookies = cookies_after(ending->cookies, head.headers);
        ending->status = static_cast<std::uint16_t>(head.status);
        ending->x_cache = head.headers.get("X-Cache");
        ending->instance = head.headers.get("X-Instance-Id");
    };
    events.body = [ending](std::string_view bytes) { ending->bytes += bytes.size(); };
    events.done = [this, ending](UpstreamFailure failure) {
        ending->failure = failure;
        // It goes away, but not inside its own callback.
        if (auto call = calls_.extract(ending->id); !call.empty())
            thread_.post([call = std::move(call.mapped())] {});
        end(*ending);
    };
    calls_[id] = client_->start(thread_, outgoing.request, std::move(events));
}

void LiveTraffic::end(Ending ending) {
    ending.at = thread_.clock().now();
    const std::lock_guard lock(mutex_);
    endings_.push_back(std::move(ending));
    ended_.notify_one();
}

std::vector<LiveTraffic::Answer> LiveTraffic::wait(std::chrono::microseconds longest) {
    std::vector<Ending> endings;
    {
        std::unique_lock lock(mutex_);
        ended_.wait_for(lock, longest, [this] { return !endings_.empty(); });
        endings.swap(endings_);
    }
    std::vector<Answer> answers;
    for (const auto& ending : endings) {
        --under_way_;
        if (!queue_.empty()) {
            begin(std::move(queue_.front()));
            queue_.pop_front();
        }
        if (!ending.is_cancelled) count(ending);
        const auto token = tokens_.find(ending.id);
        if (token == tokens_.end()) continue;
        Answer answer{ending.at, token->second, {}, ending.id};
        answer.reply.bytes = ending.bytes;
        answer.reply.status = ending.status;
        answer.reply.is_from_cache = ending.x_cache.starts_with("Hit");
        if (ending.failure != UpstreamFailure::none)
            answer.reply.kind = simulation::Reply::Kind::unreachable;
        answer.reply.cookie.number = cookies_.note(ending.cookies);
        answers.push_back(answer);
    }
    return answers;
}

bool LiveTraffic::is_awaited(const Answer& answer) {
    if (tokens_.erase(answer.call) == 0) return false;
    ids_by_token_.erase(answer.token);
    return true;
}

void LiveTraffic::count(const Ending& ending) {
    if (ending.failure != UpstreamFailure::none) return;
    const auto bytes = static_cast<double>(ending.bytes);
    if (ending.x_cache.empty()) {
        ++counts_.other_requests;
        counts_.other_bytes += bytes;
    } else {
        const bool is_hit =
            ending.x_cache.starts_with("Hit") || ending.x_cache.starts_with("RefreshHit");
        ++counts_.edge_requests;
        ++(is_hit ? counts_.edge_hits : counts_.edge_misses);
        counts_.edge_bytes += bytes;
    }
    if (!ending.instance.empty()) ++counts_.by_instance[ending.instance];
}

} // namespace diorama
