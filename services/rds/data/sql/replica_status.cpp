// SHOW REPLICA STATUS, and by its old words SHOW SLAVE STATUS: one row on a read replica, none
// elsewhere. https://dev.mysql.com/doc/refman/8.0/en/show-replica-status.html DIFFERS: the columns
// about relay logs, filters, TLS and GTIDs, of which there is nothing to say, are absent.
#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/connection.hpp"

#include <fmt/core.h>

namespace diorama::rds::sql {

void Connection::send_replica_status(const Show& show, ResultSink& sink) const {
    const bool is_old = show.word == "SLAVE";
    const std::string_view replica = is_old ? "Slave" : "Replica";
    const std::string_view source = is_old ? "Master" : "Source";
    const auto status = engine_.replica_status();
    const bool runs = status && status->failure.empty();
    const auto position = status ? fmt::format("{}", status->position) : std::string();
    const auto text = [](std::string_view value) { return Value::text(std::string(value)); };
    const std::string_view failure = status ? std::string_view(status->failure) : "";
    const auto code = text(runs ? "0" : "1872");
    const auto behind =
        status && status->lag
            ? Value::text(fmt::format(
                  "{}",
                  std::chrono::duration_cast<std::chrono::seconds>(*status->lag).count()
              ))
            : Value{};
    const std::pair<std::string, Value> fields[] = {
        {fmt::format("{}_IO_State", replica),
         text(runs ? fmt::format("Waiting for {} to send event", is_old ? "master" : "source") : "")
        },
        {fmt::format("{}_User", source), text("rdsrepladmin")},
        {fmt::format("Read_{}_Log_Pos", source), text(position)},
        {fmt::format("{}_IO_Running", replica), text("Yes")},
        {fmt::format("{}_SQL_Running", replica), text(runs ? "Yes" : "No")},
        {"Last_Errno", code},
        {"Last_Error", text(failure)},
        {fmt::format("Exec_{}_Log_Pos", source), text(position)},
        {fmt::format("Seconds_Behind_{}", source), behind},
        {"Last_IO_Errno", text("0")},
        {"Last_IO_Error", text("")},
        {"Last_SQL_Errno", code},
        {"Last_SQL_Error", text(failure)},
        {fmt::format("{}_UUID", source), text(status ? status->source_uuid : "")},
    };
    std::vector<OutputColumn> columns;
    std::vector<Value> row;
    for (const auto& [name, value] : fields) {
        auto& column = columns.emplace_back();
        column.name = name;
        const bool is_number = name.find("_Log_Pos") != std::string::npos ||
                               name.find("Errno") != std::string::npos ||
                               name.starts_with("Seconds_");
        column.type = is_number ? integer_type() : text_type(1024);
        row.push_back(
            is_number && !value.is_null()
                ? Value::of(std::int64_t{std::strtoll(value.bytes.c_str(), nullptr, 10)})
                : value
        );
    }
    sink.columns(columns);
    const std::vector<ValueView> views(row.begin(), row.end());
    if (status) sink.row(views);
    sink.end();
}

} // namespace diorama::rds::sql
