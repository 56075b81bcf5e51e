// The client's side of the MySQL protocol, without a socket: bytes in, bytes out. It logs in with
// mysql_native_password or caching_sha2_password and runs text queries, one at a time.
#pragma once

#include "emulator/mysql/packet.hpp"

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::mysql {

struct ClientSettings {
    std::string user;
    std::string password;
    std::string database; // empty: none
};

struct QueryError {
    std::uint16_t code = 0;
    std::string sqlstate;
    std::string message;
};

struct QueryResult {
    std::optional<QueryError> error;
    std::vector<std::string> columns;                          // none for statements without rows
    std::vector<std::vector<std::optional<std::string>>> rows; // nothing is NULL
    std::uint64_t affected_rows = 0;
    std::uint64_t last_insert_id = 0;
};

class ClientSession {
public:
    explicit ClientSession(ClientSettings settings)
        : settings_(std::move(settings))
        , frames_(output_)
        , reader_(std::size_t{64} << 20) {}

    // What is to be sent; taken and cleared by the driver.
    std::string& output() { return output_; }

    // How many bytes were consumed.
    std::size_t received(std::string_view bytes);

    // Logged in, with nothing under way: query() may be called.
    bool is_ready() const { return state_ == State::ready; }

    // Refused, or what came is not the protocol: close the connection.
    bool has_failed() const { return state_ == State::failed; }

    const QueryError& failure() const { return failure_; }

    void query(std::string_view text);
    void ping();
    void quit();

    // The results that have arrived, oldest first; nothing when there is none.
    std::optional<QueryResult> take_result();

private:
    enum class State {
        greeting,
        authentication,
        public_key,
        ready,
        first_packet,
        columns,
        rows,
        failed
    };

    void greeting(std::string_view payload);
    void authentication(std::string_view payload);
    void first_packet(std::string_view payload);
    void column(std::string_view payload);
    void row(std::string_view payload);
    void ok(std::string_view payload);
    void finish(std::uint16_t status);
    void fail(std::string_view why);
    void command(Command kind, std::string_view text);
    std::string proof() const;
    static QueryError error_of(std::string_view payload);

    ClientSettings settings_;
    std::string output_;
    FrameWriter frames_;
    FrameReader reader_;
    State state_ = State::greeting;
    std::string nonce_;
    std::string plugin_;
    QueryError failure_;
    QueryResult result_;
    std::uint64_t columns_left_ = 0;
    std::deque<QueryResult> results_;
};

// A text as a literal of SQL, quotes included.
std::string quoted(std::string_view text);

} // namespace diorama::mysql
