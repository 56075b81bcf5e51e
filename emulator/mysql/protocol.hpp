// The numbers of the MySQL client/server protocol 4.1: capabilities, commands, column types, flags.
// https://dev.mysql.com/doc/dev/mysql-server/latest/PAGE_PROTOCOL.html
#pragma once

#include <cstdint>

namespace diorama::mysql {

inline constexpr std::uint32_t client_long_password = 1U << 0;
inline constexpr std::uint32_t client_found_rows = 1U << 1;
inline constexpr std::uint32_t client_long_flag = 1U << 2;
inline constexpr std::uint32_t client_connect_with_db = 1U << 3;
inline constexpr std::uint32_t client_compress = 1U << 5;
inline constexpr std::uint32_t client_local_files = 1U << 7;
inline constexpr std::uint32_t client_ignore_space = 1U << 8;
inline constexpr std::uint32_t client_protocol_41 = 1U << 9;
inline constexpr std::uint32_t client_interactive = 1U << 10;
inline constexpr std::uint32_t client_ssl = 1U << 11;
inline constexpr std::uint32_t client_transactions = 1U << 13;
inline constexpr std::uint32_t client_secure_connection = 1U << 15;
inline constexpr std::uint32_t client_multi_statements = 1U << 16;
inline constexpr std::uint32_t client_multi_results = 1U << 17;
inline constexpr std::uint32_t client_ps_multi_results = 1U << 18;
inline constexpr std::uint32_t client_plugin_auth = 1U << 19;
inline constexpr std::uint32_t client_connect_attrs = 1U << 20;
inline constexpr std::uint32_t client_plugin_auth_lenenc_client_data = 1U << 21;
inline constexpr std::uint32_t client_can_handle_expired_passwords = 1U << 22;
inline constexpr std::uint32_t client_session_track = 1U << 23;
inline constexpr std::uint32_t client_deprecate_eof = 1U << 24;
inline constexpr std::uint32_t client_optional_resultset_metadata = 1U << 25;
inline constexpr std::uint32_t client_zstd_compression = 1U << 26;
inline constexpr std::uint32_t client_query_attributes = 1U << 27;

inline constexpr std::uint16_t status_in_transaction = 0x0001;
inline constexpr std::uint16_t status_autocommit = 0x0002;
inline constexpr std::uint16_t status_more_results = 0x0008;
inline constexpr std::uint16_t status_cursor_exists = 0x0040;
inline constexpr std::uint16_t status_last_row_sent = 0x0080;
inline constexpr std::uint16_t status_out_parameters = 0x1000;
inline constexpr std::uint16_t status_in_read_only_transaction = 0x2000;
inline constexpr std::uint16_t status_session_state_changed = 0x4000;

// Of COM_STMT_EXECUTE.
inline constexpr std::uint8_t cursor_read_only = 0x01;
inline constexpr std::uint8_t parameter_count_available = 0x08;

// What an OK packet tells about a session.
enum class Track : std::uint8_t {
    system_variables = 0,
    schema = 1,
    state_change = 2,
    gtids = 3,
    transaction_characteristics = 4,
    transaction_state = 5,
};

enum class Command : std::uint8_t {
    sleep = 0x00,
    quit = 0x01,
    init_db = 0x02,
    query = 0x03,
    field_list = 0x04,
    create_db = 0x05,
    drop_db = 0x06,
    refresh = 0x07,
    statistics = 0x09,
    process_info = 0x0a,
    process_kill = 0x0c,
    debug = 0x0d,
    ping = 0x0e,
    change_user = 0x11,
    stmt_prepare = 0x16,
    stmt_execute = 0x17,
    stmt_send_long_data = 0x18,
    stmt_close = 0x19,
    stmt_reset = 0x1a,
    set_option = 0x1b,
    stmt_fetch = 0x1c,
    reset_connection = 0x1f,
};

enum class FieldType : std::uint8_t {
    decimal = 0x00,
    tiny = 0x01,
    short_integer = 0x02,
    long_integer = 0x03,
    float_number = 0x04,
    double_number = 0x05,
    null = 0x06,
    timestamp = 0x07,
    longlong = 0x08,
    int24 = 0x09,
    date = 0x0a,
    time = 0x0b,
    datetime = 0x0c,
    year = 0x0d,
    varchar = 0x0f,
    bit = 0x10,
    json = 0xf5,
    new_decimal = 0xf6,
    enumeration = 0xf7,
    set = 0xf8,
    tiny_blob = 0xf9,
    medium_blob = 0xfa,
    long_blob = 0xfb,
    blob = 0xfc,
    var_string = 0xfd,
    string = 0xfe,
    geometry = 0xff,
};

inline constexpr std::uint16_t flag_not_null = 0x0001;
inline constexpr std::uint16_t flag_primary_key = 0x0002;
inline constexpr std::uint16_t flag_unique_key = 0x0004;
inline constexpr std::uint16_t flag_multiple_key = 0x0008;
inline constexpr std::uint16_t flag_blob = 0x0010;
inline constexpr std::uint16_t flag_unsigned = 0x0020;
inline constexpr std::uint16_t flag_zerofill = 0x0040;
inline constexpr std::uint16_t flag_binary = 0x0080;
inline constexpr std::uint16_t flag_enum = 0x0100;
inline constexpr std::uint16_t flag_auto_increment = 0x0200;
inline constexpr std::uint16_t flag_timestamp = 0x0400;
inline constexpr std::uint16_t flag_set = 0x0800;
inline constexpr std::uint16_t flag_no_default_value = 0x1000;
inline constexpr std::uint16_t flag_on_update_now = 0x2000;
inline constexpr std::uint16_t flag_number = 0x8000;

// Collation ids, as they stand in handshakes and column definitions.
inline constexpr std::uint16_t collation_utf8mb3_general_ci = 33;
inline constexpr std::uint16_t collation_utf8mb4_general_ci = 45;
inline constexpr std::uint16_t collation_utf8mb4_bin = 46;
inline constexpr std::uint16_t collation_binary = 63;
inline constexpr std::uint16_t collation_utf8mb4_unicode_ci = 224;
inline constexpr std::uint16_t collation_utf8mb4_0900_ai_ci = 255;

inline constexpr std::uint32_t max_packet_payload = 0xffffff; // longer ones are split

} // namespace diorama::mysql
