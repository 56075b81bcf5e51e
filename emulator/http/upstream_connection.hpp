// One connection to an upstream: carries one call at a time, reads its response, and waits in its
// thread's pool in between. Only client.cpp and upstream_call.cpp look in here.
#pragma once

#include "emulator/http/body_reader.hpp"
#include "emulator/http/client.hpp"

#include <compare>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::http {

class UpstreamCall;
class UpstreamConnection;

// Connections with equal keys can be used for each other's requests.
struct PoolKey {
    network::Endpoint target;
    bool is_tls = false;
    std::string server_name;
    auto operator<=>(const PoolKey&) const = default;
};

// The idle connections of one edge thread; the one used last is used next. Of each key as many as
// limits.hpp says.
class UpstreamPool {
public:
    std::shared_ptr<UpstreamConnection> take(const PoolKey& key, Timestamp now);
    void keep(const PoolKey& key, std::shared_ptr<UpstreamConnection> connection);
    void forget(const PoolKey& key, const UpstreamConnection& connection);

private:
    std::map<PoolKey, std::vector<std::shared_ptr<UpstreamConnection>>> idle_;
};

class UpstreamConnection final : public network::ConnectionEvents,
                                 public std::enable_shared_from_this<UpstreamConnection> {
public:
    UpstreamConnection(
        network::EdgeThread& thread,
        std::weak_ptr<UpstreamPool> pool,
        PoolKey key,
        Duration connect_timeout
    );

    void open(network::Network& network, std::shared_ptr<network::TLSContext> tls);

    // For the call.

    // Carries this call, at once or as soon as the connection is established.
    void carry(UpstreamCall& call);
    void write(std::string bytes);
    void write(std::shared_ptr<const std::string> bytes);
    std::size_t queued_bytes() const;
    void pause();
    void resume();
    // The call is not interested any more.
    void abandon();

    bool is_tunnel() const { return phase_ == Phase::tunnel; }

    // For the pool.

    bool may_be_used_at(Timestamp now) const {
        return phase_ == Phase::idle && now < active_at_ + keep_alive_;
    }

    void close();

    void connected() override;
    std::size_t received(std::string_view bytes) override;
    void drained() override;
    bool half_closed() override;
    void closed(network::CloseReason reason) override;

private:
    enum class Phase {
        connecting,
        idle,   // in the pool
        head,   // the request is on its way, the response has not begun or not its body
        body,   // of the response
        tunnel, // after 101: bytes in both directions
        closing
    };

    std::size_t read_head(std::string_view bytes);
    std::size_t read_body(std::string_view bytes);
    void take_head(ResponseHead head, int version);
    void begin_exchange();
    void complete(bool is_followed_by_bytes);
    void fail(UpstreamFailure failure);
    void end_of_input();
    void release();

    Timestamp now() const { return thread_.clock().steady_now(); }

    Timestamp deadline() const;
    Timestamp response_deadline() const;
    void writing(std::size_t size);
    void watch();
    void check_deadline();

    network::EdgeThread& thread_;
    std::weak_ptr<UpstreamPool> pool_;
    PoolKey key_;
    network::Connection* connection_ = nullptr; // null before open() and after closed()
    UpstreamCall* call_ = nullptr;
    Phase phase_ = Phase::connecting;
    BodyReader body_reader_;
    bool keeps_alive_ = false;  // the upstream allows another request
    bool has_answered_ = false; // a byte of the current response has come
    bool is_paused_ = false;
    bool peer_has_finished_ = false;

    Timer timer_;
    Timestamp armed_for_{};
    bool is_armed_ = false;
    Timestamp active_at_; // the last sign of life
    Duration connect_timeout_;
    Duration response_timeout_{};
    Duration keep_alive_{};
    std::size_t queued_at_check_ = 0;
    // How much of all that was written the upstream had taken when it was looked at last, and when
    // that had changed.
    std::uint64_t written_ = 0;
    std::uint64_t taken_at_check_ = 0;
    Timestamp taken_at_;
};

} // namespace diorama::http
