// What the gateway does not take for an API call: proxying, data planes known by their Host, pages.
#include "emulator/aws/gateway.hpp"

namespace diorama::aws {

namespace {

constexpr std::size_t largest_action = 64UL * 1024;

http::Response in_one_sentence(int status, const std::string& sentence) {
    http::Response response;
    response.status = status;
    response.headers.add("Content-Type", "text/plain");
    response.body = sentence + "\n";
    return response;
}

// From the world thread; the exchange must live and die on its own thread.
void respond_there(std::shared_ptr<http::Exchange>& exchange, http::Response response) {
    auto& thread = exchange->thread();
    thread.post([exchange = std::move(exchange), response = std::move(response)]() mutable {
        exchange->respond(std::move(response));
    });
}

// An exchange on its way through the world thread: dropped there without an answer, it goes home.
class Traveller {
public:
    explicit Traveller(std::shared_ptr<http::Exchange> exchange)
        : exchange_(std::move(exchange)) {}

    Traveller(const Traveller&) = delete;
    Traveller& operator=(const Traveller&) = delete;

    ~Traveller() { respond({500, {}, {}, {}}); }

    void respond(http::Response response) {
        if (exchange_ != nullptr) respond_there(exchange_, std::move(response));
    }

private:
    std::shared_ptr<http::Exchange> exchange_;
};

} // namespace

void Gateway::add_page(std::string path, Page page) {
    pages_.emplace_back(std::move(path), std::move(page));
}

void Gateway::add_action(std::string path, Action action) {
    actions_.emplace_back(std::move(path), std::move(action));
}

void Gateway::route_host(HostPredicate matches, http::Handler handler) {
    hosts_.emplace_back(std::move(matches), std::move(handler));
}

void Gateway::route_host_suffix(std::string suffix, http::Handler handler) {
    route_host(
        [suffix = std::move(suffix)](std::string_view host) {
            return host.size() > suffix.size() && host.ends_with(suffix);
        },
        std::move(handler)
    );
}

bool Gateway::is_taken_elsewhere(const std::shared_ptr<http::Exchange>& exchange) {
    const auto& request = exchange->request();
    if (request.method == "CONNECT") {
        if (connect_)
            connect_(exchange);
        else
            exchange->respond({501, {}, "CONNECT is not served here.\n", {}});
        return true;
    }
    if (request.is_absolute_form() && proxy_ && proxy_(exchange)) return true;
    const auto host = request.host();
    for (const auto& [matches, handler] : hosts_) {
        if (!matches(host)) continue;
        handler(exchange);
        return true;
    }
    for (const auto& [path, action] : actions_) {
        if (request.method != "POST" || request.path() != path) continue;
        act(exchange, action);
        return true;
    }
    for (const auto& [path, page] : pages_) {
        if (request.path() != path) continue;
        show(exchange, page);
        return true;
    }
    return false;
}

// Pages are made on the world thread too: they show what it owns.
void Gateway::show(std::shared_ptr<http::Exchange> exchange, const Page& page) {
    environment_.scheduler.post([this, exchange = std::move(exchange), &page]() mutable {
        http::Response response;
        try {
            response = page(exchange->request());
        } catch (const std::exception& thrown) {
            environment_.log.write(LogLevel::error, "gateway", "a page broke: {}", thrown.what());
            response.status = 500;
        }
        respond_there(exchange, std::move(response));
    });
}

void Gateway::act(const std::shared_ptr<http::Exchange>& exchange, const Action& action) {
    exchange->collect_body(
        largest_action,
        [this, exchange, &action](http::BodyState state, std::string body, const auto&) {
            if (state == http::BodyState::too_large)
                return exchange->respond(in_one_sentence(413, "That is too long."));
            if (state != http::BodyState::complete) return exchange->abort();
            const auto traveller = std::make_shared<Traveller>(exchange);
            environment_.scheduler.post([this, traveller, &action, body = std::move(body)] {
                try {
                    action(body, [traveller](http::Response response) {
                        traveller->respond(std::move(response));
                    });
                } catch (const std::exception& thrown) {
                    environment_.log
                        .write(LogLevel::error, "gateway", "a page broke: {}", thrown.what());
                }
            });
        }
    );
}

} // namespace diorama::aws
