// A byte stream and what happens on it. Protocols (HTTP, DNS over TCP, MySQL) are written against
// these two classes and never see a socket; the live ones stand in stream.cpp, tests use a scripted
// one (tests/support/scripted_connection.hpp).
#pragma once

#include "emulator/network/address.hpp"
#include "emulator/time/clock.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace diorama::network {

enum class CloseReason {
    local,         // we closed it
    end_of_stream, // the peer finished sending
    reset,         // the peer or the network broke it
    timed_out,     // nothing happened within the idle timeout
    tls_failed,    // the handshake did not succeed
    refused,       // outbound only: nobody listens there
    unreachable,   // outbound only: no route, or the connect timeout passed
};

// What a protocol does with a connection. All calls come on the connection's own thread, never
// inside a call to Connection.
class ConnectionEvents {
public:
    virtual ~ConnectionEvents() = default;

    // The connection (and TLS, if any) is established.
    virtual void connected() {}

    // Bytes have arrived. Returns how many were consumed; the rest is offered again together with
    // what follows. Everything written in here goes out in one piece when it returns.
    virtual std::size_t received(std::string_view bytes) = 0;

    // All that was written has left.
    virtual void drained() {}

    // The peer finished sending but may still read. The default closes.
    // Returns true to keep the connection open for writing.
    virtual bool half_closed() { return false; }

    // Exactly once, last of all; the Connection must not be touched afterwards.
    virtual void closed(CloseReason reason) = 0;
};

class TLSContext; // certificates; see tls.hpp

class EdgeThread;

class Connection {
public:
    virtual ~Connection() = default;

    virtual void write(std::string bytes) = 0;
    // Without copying; the bytes must not change any more.
    virtual void
    write(std::shared_ptr<const std::string> bytes, std::size_t offset, std::size_t length) = 0;

    void write(std::shared_ptr<const std::string> bytes) {
        const auto length = bytes->size();
        write(std::move(bytes), 0, length);
    }

    virtual std::size_t queued_bytes() const = 0;

    // Stop and go on delivering received(). While paused the kernel's window fills and the peer
    // waits. Resuming offers again what was not consumed.
    virtual void pause_reading() = 0;
    virtual void resume_reading() = 0;

    // Closes once everything written has left. closed(local) follows.
    virtual void finish() = 0;
    // Closes at once, discarding what is queued; with a reset if `abruptly`. closed(local) follows.
    virtual void close(bool abruptly = false) = 0;

    // Without traffic in either direction for this long, closed(timed_out). Zero: never. Emulated
    // time, as long as nobody advances it by hand.
    virtual void set_idle_timeout(Duration timeout) = 0;

    // Become TLS from the next byte on (MySQL's SSLRequest); connected() is called again when done.
    virtual void start_tls(std::shared_ptr<TLSContext> context) = 0;

    virtual const Endpoint& local() const = 0;
    virtual const Endpoint& remote() const = 0;
    virtual bool is_tls() const = 0;
    // The name asked for by the peer's TLS client hello; empty without.
    virtual std::string server_name() const = 0;
    // The negotiated "TLSv1.3" and cipher name; empty without TLS.
    virtual std::string tls_version() const = 0;
    virtual std::string tls_cipher() const = 0;
    // The thread that this connection lives on; its clock and timers.
    virtual EdgeThread& thread() = 0;
};

} // namespace diorama::network
