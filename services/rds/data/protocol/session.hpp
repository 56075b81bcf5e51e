// One client's MySQL session, without a socket: bytes in, bytes out. First the connection phase
// (handshake, TLS, authentication), then commands. Executing a statement is a step of its own, so
// that a driver may run it inline or on a worker.
#pragma once

#include "emulator/mysql/compression.hpp"
#include "services/rds/data/engine.hpp"
#include "services/rds/data/protocol/parameters.hpp"
#include "services/rds/data/protocol/result_writer.hpp"
#include "services/rds/data/protocol/server_key.hpp"
#include "services/rds/data/protocol/session_tracker.hpp"

#include <map>

namespace diorama::rds {

struct SessionOptions {
    std::string client_host = "localhost";
    bool offers_tls = false;
    ServerKey* server_key = nullptr; // without one, caching_sha2_password needs TLS
};

class Session {
public:
    Session(Engine& engine, SessionOptions options);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    // What is to be sent; taken and cleared by the driver. The greeting is there from the start.
    std::string& output();

    // Of its connection.
    std::uint32_t id() const { return id_; }

    // How many bytes were consumed. Stops after a statement (pending_statement()) and after an
    // SSLRequest (wants_tls()): what follows is offered again later.
    std::size_t received(std::string_view bytes);

    // The client asked for TLS: the driver makes the handshake, then calls tls_established().
    bool wants_tls() const { return phase_ == Phase::awaits_tls; }

    void tls_established(std::string version = {}, std::string cipher = {});

    // A statement waits to be executed; nothing more is received until that is done.
    bool pending_statement() const {
        return phase_ != Phase::local_file && (!pending_.empty() || pending_execute_);
    }

    // Executes it (the next one of several). Waiting: call again after the wake-up, or give up.
    // Longer than `limit`: call again where it may take its time.
    sql::Progress execute(std::optional<Duration> limit = {});
    void set_wake_up(std::function<void()> wake_up);

    // What was executed has committed something: the output may be sent when that is on the disk.
    bool must_be_synced() { return connection_ && connection_->must_be_synced(); }

    void give_up_waiting();
    // How long to wait before giving up.
    Duration lock_wait_timeout() const;
    // It is a KILL, which must not queue behind what it is to end.
    bool is_urgent();

    // Between statements: it has the writer's place and another waits for it; giving it up.
    bool is_wanted() const { return connection_ && connection_->is_wanted(); }

    void park();

    // Everything is said: send the output and close.
    bool is_finished() const { return phase_ == Phase::finished; }

    // Why it is finished, unless the client wanted that.
    const std::string& refusal() const { return refusal_; }

    // Another session said KILL: the driver closes the connection.
    bool is_killed() const { return connection_ && connection_->is_killed(); }

    bool is_authenticated() const { return phase_ == Phase::commands; }

    // How long the client may say nothing between two commands, and how long it may take to log in
    // or to send the rest of a packet.
    Duration idle_timeout() const;
    Duration login_timeout() const;
    Duration packet_timeout() const;

    // The rest of a packet is still to come, though all that was received is consumed.
    bool is_in_packet() const { return !unpacked_.empty(); }

    // It has said nothing for that long: tells it and finishes.
    void end_idle();

private:
    enum class Phase {
        greeting,
        awaits_tls,
        authentication,
        sha2_full,
        commands,
        local_file,
        finished
    };

    struct Prepared {
        sql::PreparedPtr statement;
        ParameterTypes types;
        std::map<std::size_t, std::string> long_values;
        std::optional<sql::SQLError> long_failure;
        std::optional<CursorRows> cursor;
    };

    // Packets.
    std::size_t next_packet(std::string_view bytes);
    bool unpack(std::string_view bytes, std::size_t& consumed);
    void take_packet(std::string_view payload);

    bool is_listening() const {
        return !pending_statement() && phase_ != Phase::finished && phase_ != Phase::awaits_tls;
    }

    // Connection phase.
    void greet();
    void refuse_place();
    std::uint32_t offered() const;
    void read_attributes(mysql::PacketReader& reader);
    void handshake_response(std::string_view payload);
    void choose_plugin(std::string_view plugin, std::string_view proof);
    void switch_plugin(std::string_view plugin);
    void check_proof(std::string_view proof);
    void sha2_full(std::string_view payload);
    std::optional<sql::SQLError> refused_account() const;
    void accept_user();
    void take_settings();
    void start_compression();
    void refuse_user();
    void fail_and_finish(const sql::SQLError& error);

    // Command phase.
    void command(std::string_view payload);
    void further_command(mysql::Command kind, std::string_view rest);
    void query(std::string_view text);
    bool sends_utf8() const;
    std::string from_client(std::string_view text) const;
    void query_with_attributes(std::string_view payload);
    void statistics();
    void set_option(std::string_view payload);
    void reset_connection();
    void field_list(std::string_view payload);
    void ask_for_file(const std::string& name);
    void take_file(std::string_view payload);
    void change_user(std::string_view payload);
    void prepare(std::string_view text);
    void start_execute(std::string_view payload);
    bool read_values(Prepared& prepared, mysql::PacketReader& reader, bool says_count);
    void send_long_data(std::string_view payload);
    void fetch(std::string_view payload);
    void reset_statement(std::string_view payload);
    void close_statement(std::string_view payload);
    void close_statements();
    sql::Progress execute_prepared();
    void ok();
    void send(const sql::SQLError& error);
    ResultWriter writer();
    sql::Progress execute_query();
    sql::Progress run(sql::PreparedStatement& statement, ResultWriter& results);

    Engine& engine_;
    SessionOptions options_;
    bool has_place_ = false; // among max_connections
    std::string said_;       // packets, before they are compressed
    std::string output_;
    mysql::FrameWriter frames_;
    mysql::CompressedStream stream_;
    int zstd_level_ = 0;
    std::string unpacked_; // of compressed packets; taken up to there
    std::size_t unpacked_taken_ = 0;
    SessionTracker tracker_;
    mysql::FrameReader reader_;
    Phase phase_ = Phase::greeting;
    std::uint32_t id_ = 0; // as the greeting said
    std::string nonce_;
    std::uint32_t capabilities_ = 0;
    bool is_tls_ = false;
    std::string tls_version_;
    std::string tls_cipher_;
    std::string user_;
    std::string database_;
    std::string plugin_;
    std::uint16_t collation_ = 0;
    std::vector<std::pair<std::string, std::string>> attributes_;
    bool sent_password_ = false;
    std::unique_ptr<sql::Connection> connection_;
    std::string pending_;      // text of COM_QUERY not yet executed
    sql::PreparedPtr current_; // the statement that waits for the writer's place
    bool pending_execute_ = false;
    std::string file_; // of LOAD DATA LOCAL, as far as it has come
    bool has_file_ = false;
    std::map<std::uint32_t, Prepared> prepared_;
    std::uint32_t next_statement_ = 1;
    std::uint32_t executing_ = 0;
    bool opens_cursor_ = false;
    std::vector<sql::Parameter> parameters_;
    std::function<void()> wake_up_;
    std::string refusal_;
};

} // namespace diorama::rds
