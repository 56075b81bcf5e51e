// What the built-in application shows: pages and JSON, made from values. No I/O.
#pragma once

#include "services/ec2/data/database.hpp"
#include "services/ec2/data/instance_host.hpp"

#include <optional>
#include <string>

namespace diorama::ec2 {

struct Order {
    std::string item;
    std::int32_t amount = 1;
};

// The page at "/": who answered, and the newest orders (or why there are none).
std::string
home_page(const InstanceIdentity& identity, const std::string& message, const QueryOutcome& orders);
std::string identity_json(const InstanceIdentity& identity);
// [{"id": 1, "item": "tea", …}, …] with numbers as numbers.
std::string orders_json(const QueryOutcome& orders);
std::string order_json(std::uint64_t id, const Order& order, const InstanceIdentity& identity);
std::string error_json(const std::string& message);

// The body of POST /api/orders, {"item": "tea", "amount": 2}; nothing for what is not that.
std::optional<Order> parse_order(const std::string& body);

} // namespace diorama::ec2
