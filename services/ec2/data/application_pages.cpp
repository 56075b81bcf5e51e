// See application_pages.hpp.
#include "services/ec2/data/application_pages.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace diorama::ec2 {

namespace {

using nlohmann::json;

std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        switch (c) {
        case '&':
            result += "&amp;";
            break;
        case '<':
            result += "&lt;";
            break;
        case '>':
            result += "&gt;";
            break;
        case '"':
            result += "&quot;";
            break;
        default:
            result += c;
        }
    }
    return result;
}

std::string to_text(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

constexpr auto style =
    "body{font:16px system-ui,sans-serif;max-width:44em;margin:3em auto;padding:0 1em;color:#222}"
    "table{border-collapse:collapse;width:100%}td,th{padding:.4em .6em;border-bottom:1px solid "
    "#ddd;text-align:left}small{color:#666}";

std::string orders_table(const QueryOutcome& orders) {
    if (!orders.ok()) return fmt::format("<p>No orders to show: {}</p>\n", escaped(orders.error));
    std::string table = "<table>\n<tr>";
    for (const auto& column : orders.columns)
        table += fmt::format("<th>{}</th>", escaped(column));
    table += "</tr>\n";
    for (const auto& row : orders.rows) {
        table += "<tr>";
        for (const auto& value : row)
            table += fmt::format("<td>{}</td>", escaped(value.value_or("")));
        table += "</tr>\n";
    }
    return table + "</table>\n";
}

} // namespace

std::string home_page(
    const InstanceIdentity& identity,
    const std::string& message,
    const QueryOutcome& orders
) {
    return fmt::format(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta "
        "charset=\"utf-8\"><title>Orders</title><style>{}</style></head>\n"
        "<body>\n<h1>Orders</h1>\n{}{}<p><small>Served by instance {} ({}) in "
        "{}</small></p>\n</body>\n</html>\n",
        style,
        message.empty() ? std::string() : fmt::format("<p>{}</p>\n", escaped(message)),
        orders_table(orders),
        identity.id,
        identity.type,
        identity.zone
    );
}

std::string identity_json(const InstanceIdentity& identity) {
    json object = {
        {"instance_id", identity.id},
        {"instance_type", identity.type},
        {"availability_zone", identity.zone},
        {"region", identity.region}
    };
    if (!identity.group.empty()) object["auto_scaling_group"] = identity.group;
    return to_text(object);
}

std::string orders_json(const QueryOutcome& orders) {
    json list = json::array();
    for (const auto& row : orders.rows) {
        json object = json::object();
        for (std::size_t i = 0; i < row.size() && i < orders.columns.size(); ++i) {
            const auto& name = orders.columns[i];
            if (!row[i]) {
                object[name] = nullptr;
            } else if (name == "id" || name == "amount") {
                auto number = json::parse(*row[i], nullptr, false);
                object[name] = number.is_number() ? std::move(number) : json(*row[i]);
            } else {
                object[name] = *row[i];
            }
        }
        list.push_back(std::move(object));
    }
    return to_text(list);
}

std::string order_json(std::uint64_t id, const Order& order, const InstanceIdentity& identity) {
    return to_text(
        {{"id", id}, {"item", order.item}, {"amount", order.amount}, {"instance", identity.id}}
    );
}

std::string error_json(const std::string& message) {
    return to_text({{"error", message}});
}

std::optional<Order> parse_order(const std::string& body) {
    const json object = json::parse(body, nullptr, false);
    if (!object.is_object()) return std::nullopt;
    const auto item = object.find("item");
    if (item == object.end() || !item->is_string()) return std::nullopt;
    Order order;
    order.item = item->get<std::string>();
    if (order.item.empty() || order.item.size() > 255) return std::nullopt;
    if (const auto amount = object.find("amount"); amount != object.end()) {
        if (!amount->is_number_integer() || *amount < 1 || *amount > 1'000'000) return std::nullopt;
        order.amount = amount->get<std::int32_t>();
    }
    return order;
}

} // namespace diorama::ec2
