// Results as packets: OK, ERR, EOF, column definitions, rows as text or binary.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query_response.html
#pragma once

#include "emulator/mysql/packet.hpp"
#include "services/rds/data/sql/connection.hpp"

#include <string>
#include <vector>

namespace diorama::rds {

enum class RowFormat { text, binary };

class SessionTracker;

// The rows of a cursor that have not been fetched, as packets hold them.
struct CursorRows {
    std::string bytes;
    std::vector<std::size_t> ends;
    std::size_t next = 0;
};

class ResultWriter final : public sql::ResultSink {
public:
    ResultWriter(
        mysql::FrameWriter& frames,
        sql::Connection& connection,
        std::uint32_t capabilities
    )
        : frames_(frames)
        , connection_(connection)
        , capabilities_(capabilities)
        , results_set_(connection.context().results_set) {}

    void set_format(RowFormat format) { format_ = format; }

    // Asked for what OK packets tell about the session.
    void set_tracker(SessionTracker* tracker) { tracker_ = tracker; }

    // Rows are kept there instead of being sent.
    void keep_rows(CursorRows* rows) { kept_ = rows; }

    // Columns are counted, not described: resultset_metadata.
    bool describes_columns() const;

    // More statements of the same COM_QUERY follow.
    void set_more_results(bool more) { more_results_ = more; }

    void begin_part(bool is_out_parameters) override;
    void end_part() override;

    bool has_failed() const { return has_failed_; }

    bool has_columns() const { return columns_ != nullptr; }

    void columns(const std::vector<sql::OutputColumn>& columns) override;
    void row(std::span<const sql::ValueView> values) override;
    void end() override;
    void done(const sql::Done& done) override;
    void failed(const sql::SQLError& error) override;

    void definition(const sql::OutputColumn& column, bool has_default);
    // The end of rows or of definitions that stand alone.
    void finish(std::uint16_t further_status = 0);
    // Between definitions and rows, for clients that want it.
    void eof(std::uint16_t further_status = 0);
    // Some of those of a cursor; what follows says whether it was the end.
    void fetched(CursorRows& rows, std::size_t count);

private:
    std::uint16_t status() const;
    void ok(std::uint8_t head, const sql::Done& done, std::uint16_t further_status = 0);
    void put_name(std::string& out, std::string_view name) const;
    void put_value(std::string& out, const sql::Type& type, const sql::ValueView& value);
    void text_row(std::span<const sql::ValueView> values, std::string& out);
    void binary_row(std::span<const sql::ValueView> values, std::string& out);

    mysql::FrameWriter& frames_;
    sql::Connection& connection_;
    std::uint32_t capabilities_;
    RowFormat format_ = RowFormat::text;
    bool more_results_ = false;
    bool is_in_part_ = false; // of a CALL
    bool are_out_parameters_ = false;
    bool has_failed_ = false;
    const std::vector<sql::OutputColumn>* columns_ = nullptr;
    std::string text_;
    std::optional<sql::CharacterSet> results_set_; // that the client wants
    SessionTracker* tracker_ = nullptr;
    CursorRows* kept_ = nullptr;
};

// The type, length, flags and decimals that a column definition says.
struct FieldDescription {
    mysql::FieldType type;
    std::uint32_t length;
    std::uint16_t flags;
    std::uint8_t decimals;
    std::uint16_t character_set;
};

// For a client that wants that character set; nothing: as the column has it.
FieldDescription describe(
    const sql::OutputColumn& column,
    std::optional<sql::CharacterSet> results = sql::CharacterSet::utf8mb4
);

} // namespace diorama::rds
