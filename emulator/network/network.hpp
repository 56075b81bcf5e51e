// The door to sockets: edge threads, listeners, outbound connections, datagrams. Services use these
// classes through their live drivers only. Asio stays inside network/*.cpp.
#pragma once

#include "emulator/network/connection.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::network {

// One thread with its own event loop. Connections, requests and their timers live and die on one of
// them. post() may be called from anywhere, all else from the thread itself.
class EdgeThread : public Scheduler {
public:
    virtual std::size_t index() const = 0;
    virtual const Clock& clock() const = 0;
    virtual bool is_current() const = 0;
};

// Makes the protocol object for a new connection; called on the connection's thread.
using Accept = std::function<std::shared_ptr<ConnectionEvents>(Connection& connection)>;

struct ListenOptions {
    // With a context, connections whose first byte is a TLS handshake become TLS.
    std::shared_ptr<TLSContext> tls;
    // Refuse plaintext: the first byte must be a TLS handshake.
    bool tls_only = false;
    // Say it with TLS from the first byte only when the protocol asks (MySQL): do not look for a
    // handshake.
    bool peek_for_tls = true;
};

// Stops listening when destroyed; open connections live on. Destroy from any thread.
class Listener {
public:
    virtual ~Listener() = default;
    virtual Endpoint endpoint() const = 0;
};

// A datagram, to be answered in `answer`, whose memory is used again; what is left empty is not
// sent. Called on an edge thread.
using Datagram = std::function<void(
    std::string_view request,
    const Endpoint& client,
    EdgeThread& thread,
    std::string& answer
)>;

class DatagramListener : public Listener {
public:
    // An answer that took longer, from where `thread` (the current one) listens.
    virtual void send(EdgeThread& thread, const Endpoint& client, std::string_view datagram) = 0;
};

// Datagrams to one other place and from there, for as long as this lives.
class DatagramExchange {
public:
    virtual ~DatagramExchange() = default;
    virtual void send(std::string_view datagram) = 0;
};

// What came back; nothing when the other side says that nobody listens there.
using DatagramBack = std::function<void(std::optional<std::string_view> datagram)>;

class Network {
public:
    virtual ~Network() = default;

    virtual std::size_t thread_count() const = 0;
    virtual EdgeThread& thread(std::size_t index) = 0;

    // Listens on every edge thread. Throws network::AddressInUse or network::NotPermitted.
    virtual std::unique_ptr<Listener>
    listen(const Endpoint& endpoint, Accept accept, ListenOptions options = {}) = 0;
    virtual std::unique_ptr<DatagramListener>
    listen_datagrams(const Endpoint& endpoint, Datagram datagram) = 0;

    // From a socket of its own, bound to that port; nothing when the port is not to be had. Both
    // `thread` and the thread of its end must be the current one; `back` may end it.
    virtual std::unique_ptr<DatagramExchange> exchange_datagrams(
        EdgeThread& thread,
        const Endpoint& target,
        std::uint16_t local_port,
        DatagramBack back
    ) = 0;

    // Connects from `thread` (which must be the current one); events->connected() or closed()
    // follows. The Connection lives until closed(). Timeout zero: the kernel's own. With `tls`, the
    // handshake is made for `server_name`, and certificates are not checked unless the context says
    // so.
    virtual Connection& connect(
        EdgeThread& thread,
        const Endpoint& target,
        std::shared_ptr<ConnectionEvents> events,
        Duration timeout,
        std::shared_ptr<TLSContext> tls = {},
        std::string server_name = {}
    ) = 0;

    // Ends all threads; what they served is closed, and what was still to happen on them is dropped
    // with all that it held. Nothing calls back after this has returned, while the objects here may
    // still be used and destroyed.
    virtual void stop() = 0;

    // Runs something that blocks (disk, a long SQL statement) on a small pool of workers.
    virtual void run_blocking(std::function<void()> work) = 0;
};

struct ListenError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct AddressInUse : ListenError {
    using ListenError::ListenError;
};

struct NotPermitted : ListenError {
    using ListenError::ListenError;
};

} // namespace diorama::network
