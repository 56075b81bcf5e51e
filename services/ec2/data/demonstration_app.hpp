// The built-in demonstration application: a small shop's order book, as a person would write it on
// a real instance. It renders pages, speaks a small JSON API, and reads and writes MySQL over the
// wire; each request first takes its CPU time from the instance's queue.
//
//     GET  /                 a page with the newest orders and the instance that answered
//     GET  /api/orders       the newest orders, JSON
//     POST /api/orders       {"item": "tea", "amount": 2} -> 201
//     GET  /whoami           the instance, JSON
//     GET  /work?ms=50       takes that much CPU time
//     GET  /health           200 as long as the instance runs
#pragma once

#include "emulator/http/exchange.hpp"
#include "services/ec2/data/database.hpp"
#include "services/ec2/data/instance_host.hpp"
#include "services/ec2/data/instance_queue.hpp"
#include "services/ec2/data/user_data.hpp"

#include <atomic>
#include <memory>
#include <mutex>

namespace diorama::ec2 {

struct Order;

class DemonstrationApp : public std::enable_shared_from_this<DemonstrationApp> {
public:
    // `database` may be absent.
    DemonstrationApp(
        InstanceIdentity identity,
        ApplicationSettings settings,
        std::unique_ptr<Database> database
    );

    // Any edge thread.
    void serve(std::shared_ptr<http::Exchange> exchange);

    // From now on every request, also those under way, is broken off.
    void pull_the_plug() { is_off_ = true; }

    Duration cpu_time(Timestamp now) const;

    double bytes_received() const { return received_; }

    double bytes_sent() const { return sent_; }

private:
    using ExchangePointer = std::shared_ptr<http::Exchange>;

    void route(const ExchangePointer& exchange);
    void show_home(const ExchangePointer& exchange);
    void list_orders(const ExchangePointer& exchange);
    void create_order(const ExchangePointer& exchange);
    void insert_order(const ExchangePointer& exchange, const Order& order);
    // Runs a statement; where its table is missing, makes that and runs it again.
    void
    query(const ExchangePointer& exchange, std::string sql, std::function<void(QueryOutcome)> done);
    void respond(const ExchangePointer& exchange, int status, const char* type, std::string body);

    InstanceIdentity identity_;
    ApplicationSettings settings_;
    std::unique_ptr<Database> database_;
    mutable std::mutex mutex_; // guards queue_
    InstanceQueue queue_;
    std::atomic<bool> is_off_ = false;
    std::atomic<double> received_ = 0;
    std::atomic<double> sent_ = 0;
};

} // namespace diorama::ec2
