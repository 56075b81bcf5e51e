// See demonstration_app.hpp.
#include "services/ec2/data/demonstration_app.hpp"

#include "emulator/mysql/client.hpp"
#include "services/ec2/data/application_pages.hpp"

#include <fmt/format.h>

#include <charconv>

namespace diorama::ec2 {

namespace {

constexpr std::size_t most_body = 64 * 1024;
constexpr auto html = "text/html; charset=utf-8";
constexpr auto json = "application/json";
constexpr auto create_table =
    "CREATE TABLE IF NOT EXISTS orders (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, item "
    "VARCHAR(255) NOT NULL, "
    "amount INT NOT NULL DEFAULT 1, instance VARCHAR(32), created_at DATETIME)";
constexpr auto newest_orders =
    "SELECT id, item, amount, instance, created_at FROM orders ORDER BY id DESC LIMIT 20";
// ER_NO_SUCH_TABLE, as the database's error text begins.
constexpr std::string_view no_such_table = "1146";

Duration requested_work(const http::RequestHead& request) {
    for (const auto& [name, value] : http::parse_query(request.query())) {
        if (name != "ms") continue;
        double ms = 0;
        std::from_chars(value.data(), value.data() + value.size(), ms);
        if (ms > 0 && ms <= 60'000) return Duration(static_cast<Duration::rep>(ms * 1e6));
    }
    return {};
}

} // namespace

DemonstrationApp::DemonstrationApp(
    InstanceIdentity identity,
    ApplicationSettings settings,
    std::unique_ptr<Database> database
)
    : identity_(std::move(identity))
    , settings_(std::move(settings))
    , database_(std::move(database))
    , queue_(identity_.vcpus) {}

Duration DemonstrationApp::cpu_time(Timestamp now) const {
    const std::lock_guard lock(mutex_);
    return queue_.busy_until(now);
}

void DemonstrationApp::serve(std::shared_ptr<http::Exchange> exchange) {
    if (is_off_) return exchange->abort();
    const auto& request = exchange->request();
    received_ +=
        static_cast<double>(request.target.size() + exchange->content_length().value_or(0) + 200);
    // A health check asks whether the instance is there, not for work.
    if (request.path() == "/health") return respond(exchange, 200, "text/plain", "ok\n");
    const Duration cpu = settings_.cpu_per_request +
                         (request.path() == "/work" ? requested_work(request) : Duration{});
    const Timestamp now = exchange->thread().clock().now();
    Timestamp done;
    {
        const std::lock_guard lock(mutex_);
        done = queue_.arrive(cpu, now);
    }
    if (done <= now) return route(exchange);
    exchange->thread().at(done, [self = shared_from_this(), exchange = std::move(exchange)] {
        self->route(exchange);
    });
}

void DemonstrationApp::route(const ExchangePointer& exchange) {
    if (is_off_) return exchange->abort();
    const auto& request = exchange->request();
    const auto path = request.path();
    const bool reads = request.method == "GET" || request.method == "HEAD";
    if (path == "/" && reads) return show_home(exchange);
    if (path == "/whoami" && reads) return respond(exchange, 200, json, identity_json(identity_));
    if (path == "/work" && reads) return respond(exchange, 200, json, identity_json(identity_));
    if (path == "/api/orders" && reads) return list_orders(exchange);
    if (path == "/api/orders" && request.method == "POST") return create_order(exchange);
    if (path == "/" || path == "/whoami" || path == "/work" || path == "/api/orders") {
        return respond(exchange, 405, json, error_json("this method is not allowed here"));
    }
    respond(exchange, 404, json, error_json("there is nothing here"));
}

void DemonstrationApp::show_home(const ExchangePointer& exchange) {
    query(
        exchange,
        newest_orders,
        [self = shared_from_this(), exchange](const QueryOutcome& orders) {
            self->respond(
                exchange,
                200,
                html,
                home_page(self->identity_, self->settings_.message, orders)
            );
        }
    );
}

void DemonstrationApp::list_orders(const ExchangePointer& exchange) {
    query(
        exchange,
        newest_orders,
        [self = shared_from_this(), exchange](const QueryOutcome& orders) {
            if (!orders.ok()) return self->respond(exchange, 503, json, error_json(orders.error));
            self->respond(exchange, 200, json, orders_json(orders));
        }
    );
}

void DemonstrationApp::create_order(const ExchangePointer& exchange) {
    exchange->collect_body(
        most_body,
        [self = shared_from_this(),
         exchange](http::BodyState state, const std::string& body, const http::Headers&) {
            if (state == http::BodyState::aborted) return;
            const auto order =
                state == http::BodyState::complete ? parse_order(body) : std::nullopt;
            if (!order) {
                return self->respond(
                    exchange,
                    400,
                    json,
                    error_json("an order is {\"item\": text, \"amount\": number}")
                );
            }
            self->insert_order(exchange, *order);
        }
    );
}

void DemonstrationApp::insert_order(const ExchangePointer& exchange, const Order& order) {
    auto sql = fmt::format(
        "INSERT INTO orders (item, amount, instance, created_at) VALUES ({}, {}, {}, NOW())",
        mysql::quoted(order.item),
        order.amount,
        mysql::quoted(identity_.id)
    );
    query(
        exchange,
        std::move(sql),
        [self = shared_from_this(), exchange, order](const QueryOutcome& outcome) {
            if (!outcome.ok()) return self->respond(exchange, 503, json, error_json(outcome.error));
            self->respond(
                exchange,
                201,
                json,
                order_json(outcome.insert_id, order, self->identity_)
            );
        }
    );
}

void DemonstrationApp::query(
    const ExchangePointer& exchange,
    std::string sql,
    std::function<void(QueryOutcome)> done
) {
    if (!database_) return done({.error = "no database is configured (DB_HOST in the user data)"});
    auto& thread = exchange->thread();
    database_->query(
        thread,
        sql,
        [self = shared_from_this(), &thread, sql, done = std::move(done)](QueryOutcome outcome) {
            if (!outcome.error.starts_with(no_such_table)) return done(std::move(outcome));
            // The first request to a fresh database makes the table and asks again.
            self->database_
                ->query(thread, create_table, [self, &thread, sql, done](QueryOutcome created) {
                    if (!created.ok()) return done(std::move(created));
                    self->database_->query(thread, sql, done);
                });
        }
    );
}

void DemonstrationApp::respond(
    const ExchangePointer& exchange,
    int status,
    const char* type,
    std::string body
) {
    if (is_off_) return exchange->abort();
    http::Response response;
    response.status = status;
    response.headers.add("Content-Type", type);
    response.headers.add("X-Instance-Id", identity_.id);
    sent_ += static_cast<double>(body.size() + 200);
    response.body = std::move(body);
    exchange->respond(std::move(response));
}

} // namespace diorama::ec2
