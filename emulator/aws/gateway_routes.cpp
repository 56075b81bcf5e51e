// What the gateway does not take for an API call: proxying, data planes known by their Host, pages.
#include "emulator/aws/gateway.hpp"

namespace diorama::aws {

void Gateway::add_page(std::string path, Page page) {
    pages_.emplace_back(std::move(path), std::move(page));
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
        // The exchange must live and die on its own thread.
        auto& thread = exchange->thread();
        thread.post([exchange = std::move(exchange), response = std::move(response)]() mutable {
            exchange->respond(std::move(response));
        });
    });
}

} // namespace diorama::aws
