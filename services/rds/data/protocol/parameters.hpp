// Values as the binary protocol sends them to us: of prepared statements, and of query attributes.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_stmt_execute.html
#pragma once

#include "emulator/mysql/packet.hpp"
#include "services/rds/data/sql/prepared.hpp"

#include <map>
#include <string>
#include <vector>

namespace diorama::rds {

// Sent with the first values, and valid until others are sent.
struct ParameterTypes {
    std::vector<mysql::FieldType> types;
    std::vector<bool> is_unsigned;
    std::vector<std::string> names; // where the client sends them
};

// From the bitmap of NULLs on. `long_values` came before, by COM_STMT_SEND_LONG_DATA. Nothing: it
// is not the protocol.
std::optional<std::vector<sql::Parameter>> read_parameters(
    mysql::PacketReader& reader,
    std::size_t count,
    bool has_names,
    ParameterTypes& types,
    const std::map<std::size_t, std::string>& long_values
);

// Those that have names and a value, as text.
using QueryAttributes = std::map<std::string, std::string, std::less<>>;
void add_attributes(
    QueryAttributes& attributes,
    const ParameterTypes& types,
    const std::vector<sql::Parameter>& parameters,
    std::size_t first
);

} // namespace diorama::rds
