// The server's side of one connection and the exchange that is under way on it. The connection
// reads requests one at a time, judges them and hands them to the handler as exchanges; the
// exchange is the handler's view. Only server.cpp and tests look in here.
#pragma once

#include "emulator/http/body_reader.hpp"
#include "emulator/http/exchange.hpp"
#include "emulator/http/head_reader.hpp"
#include "emulator/http/response_writer.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace diorama::http {

class ServerExchange;

// What all connections of a listener have in common.
struct Service {
    Handler handler;
    ServerOptions options;
};

class ServerConnection final : public network::ConnectionEvents,
                               public std::enable_shared_from_this<ServerConnection> {
public:
    ServerConnection(network::Connection& connection, std::shared_ptr<const Service> service);

    void connected() override;
    std::size_t received(std::string_view bytes) override;
    void drained() override;
    bool half_closed() override;
    void closed(network::CloseReason reason) override;

    // The following are for the current exchange.

    network::Connection& connection();

    network::EdgeThread& thread() { return thread_; }

    const Peer& peer() const { return peer_; }

    ResponseWriter& writer() { return writer_; }

    Timestamp now() const { return thread_.clock().now(); }

    Timestamp steady_now() const { return thread_.clock().steady_now(); }

    // The handler has asked for the body, or goes on with it.
    void body_wanted();
    void body_paused();
    // The response is about to be written; a final one stands here in whole.
    void response_begins(bool is_whole);
    void response_ended();
    // A head waits for its body while bytes are being read; otherwise it leaves at once.
    void flush_soon();
    void drained_soon();
    void break_off();
    void exchange_dropped(const ServerExchange& exchange);
    void upgrade(ResponseHead head, std::shared_ptr<network::ConnectionEvents> events);

private:
    enum class Phase {
        head,       // between requests, or within a head
        exchange,   // a handler has the request
        discarding, // answered; the rest of the body is thrown away
        closing,    // nothing more is read
        upgraded,   // the bytes belong to another protocol
    };

    // What one step over the received bytes came to.
    struct Progress {
        std::size_t used = 0;
        bool goes_on = false;
    };

    std::size_t advance(std::string_view bytes);
    Progress read_head(std::string_view bytes);
    Progress read_body(std::string_view bytes);
    Progress discard_body(std::string_view bytes);
    void advance_backlog();
    void advance_soon();
    bool is_blocked() const;
    void regulate_reading();

    void take_request();
    void start_exchange(const BodyFraming& framing, Classification classification);
    bool refuse_dangerous(const Classification& classification);
    void refuse(int status, std::string_view reason);
    void tell_refusal(int status, std::string_view reason);
    void tell_defect(const char* what);
    Response error_response(int status, std::string_view reason) const;
    void finish_connection();
    void end_of_input();
    void abandon_exchange(BodyState body_state);

    void arm_idle_timer(Duration delay);
    void check_idleness();

    network::Connection* connection_; // null when closed
    network::EdgeThread& thread_;
    std::shared_ptr<const Service> service_;
    Peer peer_;
    Phase phase_ = Phase::head;
    HeadReader head_reader_;
    BodyReader body_reader_;
    ResponseWriter writer_;
    ServerExchange* exchange_ = nullptr; // the current one, as long as the handler keeps it
    std::shared_ptr<network::ConnectionEvents> upgraded_;

    std::string backlog_; // received while it could not be used
    bool is_advancing_ = false;
    bool will_advance_ = false;
    bool is_reading_paused_ = false;
    bool client_has_finished_ = false;
    bool expects_continue_ = false;
    std::size_t discarded_ = 0;

    Timer idle_timer_;
    Timestamp received_at_; // the first byte of the current request
    Timestamp active_at_;   // the last sign of life
    std::size_t unsent_at_check_ = 0;
};

class ServerExchange final : public Exchange, public std::enable_shared_from_this<ServerExchange> {
public:
    ServerExchange(
        std::shared_ptr<ServerConnection> connection,
        RequestHead request,
        const BodyFraming& framing,
        Classification classification,
        Timestamp received_at
    );
    ServerExchange(const ServerExchange&) = delete;
    ServerExchange& operator=(const ServerExchange&) = delete;
    ~ServerExchange() override;

    const RequestHead& request() const override { return request_; }

    const Peer& peer() const override { return connection_->peer(); }

    const Classification& classification() const override { return classification_; }

    network::EdgeThread& thread() override { return connection_->thread(); }

    Timestamp received_at() const override { return received_at_; }

    bool has_body() const override { return framing_.has_body(); }

    std::optional<std::uint64_t> content_length() const override;

    void collect_body(std::size_t limit, Collected done) override;
    void stream_body(Piece piece) override;
    void pause_body() override;
    void resume_body() override;

    void respond(Response response) override;
    void begin_response(ResponseHead head) override;
    void send(std::string bytes) override;
    void
    send(std::shared_ptr<const std::string> bytes, std::size_t offset, std::size_t length) override;
    void end_response() override;
    void send_interim(int status, const Headers& headers) override;
    std::size_t unsent_bytes() const override;
    void when_drained(std::function<void()> drained) override;
    void close_after() override;
    void abort() override;
    void when_abandoned(std::function<void()> abandoned) override;
    void upgrade(ResponseHead head, std::shared_ptr<network::ConnectionEvents> events) override;

    network::Connection& connection() override { return connection_->connection(); }

    // For the connection.

    // Whether body bytes would be taken now.
    bool takes_body() const { return wants_body_ && !is_body_paused_ && !is_body_over_; }

    bool wants_body() const { return wants_body_; }

    bool is_body_over() const { return is_body_over_; }

    // The declared length is already more than the handler wants to collect.
    bool exceeds_limit() const {
        return collect_done_ != nullptr && framing_.kind == BodyFraming::Kind::length &&
               framing_.length > collect_limit_;
    }

    bool is_body_malformed() const { return is_body_malformed_; }

    // Gives the handler a piece of the body; a state other than more is the last.
    void deliver(const BodyPiece& piece);
    void drained();
    void abandoned();
    // The response has ended, or the connection: no callback comes any more.
    void detach();

private:
    void deliver_collected(const BodyPiece& piece);
    void want_body();

    std::shared_ptr<ServerConnection> connection_;
    RequestHead request_;
    BodyFraming framing_;
    Classification classification_;
    Timestamp received_at_;
    bool is_current_ = true;
    bool wants_body_ = false;
    bool is_body_paused_ = false;
    bool is_body_over_ = false;
    bool is_body_malformed_ = false;

    std::size_t collect_limit_ = 0;
    std::string collected_;
    Collected collect_done_;
    Piece piece_;
    std::function<void()> drained_;
    std::function<void()> abandoned_;
};

} // namespace diorama::http
