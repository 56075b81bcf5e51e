// A connection on a real TCP socket, plain or TLS. Reads happen when the kernel says there is
// something, into the thread's buffer, so that an idle connection holds no memory; writes are tried
// at the end of the turn and wait for the kernel only when it takes no more.
#pragma once

#include "emulator/network/live_thread.hpp"
#include "emulator/network/tls.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <deque>

namespace diorama::network {

class LiveConnection final : public Connection,
                             public std::enable_shared_from_this<LiveConnection> {
public:
    using Socket = boost::asio::
        basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

    LiveConnection(LiveThread& thread, Socket socket);
    ~LiveConnection() override;

    // A connection that was accepted. With `tls`, looks at the first byte unless `tls_only`.
    void start_accepted(
        std::shared_ptr<ConnectionEvents> events,
        std::shared_ptr<TLSContext> tls,
        bool peek,
        bool tls_only
    );

    // One to be made. Endpoint as in Network::connect.
    struct Outbound {
        Endpoint target;
        Duration timeout{};
        std::shared_ptr<TLSContext> tls;
        std::string server_name;
    };

    void start_outbound(std::shared_ptr<ConnectionEvents> events, Outbound outbound);

    void write(std::string bytes) override;
    void write(std::shared_ptr<const std::string> bytes, std::size_t offset, std::size_t length)
        override;

    std::size_t queued_bytes() const override { return queued_; }

    void pause_reading() override { is_paused_ = true; }

    void resume_reading() override;
    void finish() override;
    void close(bool abruptly = false) override;
    void set_idle_timeout(Duration timeout) override;
    void start_tls(std::shared_ptr<TLSContext> context) override;

    const Endpoint& local() const override { return local_; }

    const Endpoint& remote() const override { return remote_; }

    bool is_tls() const override { return tls_ != nullptr; }

    std::string server_name() const override { return tls_ ? tls_->server_name() : std::string(); }

    std::string tls_version() const override { return tls_ ? tls_->version() : std::string(); }

    std::string tls_cipher() const override { return tls_ ? tls_->cipher() : std::string(); }

    EdgeThread& thread() override { return thread_; }

    // For the thread: the end of a turn, and whether the connection still wants its idle time
    // watched.
    void finish_turn();
    bool check_idle(std::chrono::steady_clock::time_point now);

private:
    struct Chunk {
        std::string own;
        std::shared_ptr<const std::string> shared;
        std::size_t offset = 0;
        std::size_t length = 0;

        const char* bytes() const { return (shared ? shared->data() : own.data()) + offset; }
    };

    void connected(const boost::system::error_code& failure, const Outbound& outbound);
    void established();
    void wait_readable();
    void read_some();
    void take(std::string_view bytes);
    void take_ciphertext(std::string_view bytes);
    void offer(std::string_view bytes);
    void peer_finished();
    void touch();
    void mark();
    void queue(Chunk chunk);
    void flush();
    void wait_writable();
    void sent(std::size_t count);
    void fail(CloseReason reason);
    void end_socket();
    void discard();

    LiveThread& thread_;
    Socket socket_;
    // Until it is closed: while reading is paused nothing else may hold it.
    std::shared_ptr<LiveConnection> self_;
    std::shared_ptr<ConnectionEvents> events_;
    Endpoint local_;
    Endpoint remote_;

    std::string input_; // plaintext offered but not consumed yet
    std::deque<Chunk> output_;
    std::size_t queued_ = 0;
    std::chrono::steady_clock::duration idle_timeout_{};
    std::chrono::steady_clock::time_point last_activity_{};
    std::shared_ptr<TLSContext> context_;
    std::unique_ptr<TLSSession> tls_;

    bool is_established_ = false;
    bool peeks_for_tls_ = false;
    bool tls_only_ = false;
    bool is_paused_ = false;
    bool is_reading_ = false; // a wait is pending
    bool is_writing_ = false; // likewise
    bool is_offering_ = false;
    bool is_marked_ = false;
    bool wants_drained_ = false;
    bool is_finishing_ = false;
    bool peer_has_finished_ = false;
    bool is_watched_ = false;
    bool is_closed_ = false;
    bool closes_abruptly_ = false;
    CloseReason reason_ = CloseReason::local;
};

} // namespace diorama::network
