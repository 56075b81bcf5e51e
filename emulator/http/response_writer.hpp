// Puts responses on a connection: renders heads, frames bodies, and decides whether the connection
// can be used again. One for each server connection, told of every request by expect(). A head
// waits for the first bytes of its body, so that both leave together.
#pragma once

#include "emulator/http/message.hpp"
#include "emulator/network/connection.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace diorama::http {

// What of a request shapes its response.
struct ResponseConditions {
    bool is_head = false;
    bool is_http_10 = false;
    bool wants_keep_alive = false;
};

class ResponseWriter {
public:
    explicit ResponseWriter(network::Connection& connection)
        : connection_(&connection) {}

    // The connection is gone; what is written from now on is lost.
    void detach() { connection_ = nullptr; }

    // A request came; its response has not begun.
    void expect(const ResponseConditions& conditions);

    void respond(Response response, Timestamp now);
    void begin(ResponseHead head, Timestamp now);
    void send(std::string bytes);
    void send(std::shared_ptr<const std::string> bytes, std::size_t offset, std::size_t length);
    // False if less was sent than declared: then the connection must be broken off.
    [[nodiscard]] bool end();
    // As it is, without additions: informational responses and the answer to an upgrade.
    void write_bare_head(int status, std::string_view reason, const Headers& headers);
    // Lets a head go that waits for its body.
    void flush();

    void close_after() { closes_ = true; }

    bool has_begun() const { return stage_ != Stage::expected; }

    bool has_ended() const { return stage_ == Stage::ended; }

    bool closes() const { return closes_; }

    bool has_waiting_head() const { return !waiting_.empty(); }

    std::size_t unsent_bytes() const;

private:
    enum class Stage { expected, begun, ended };
    enum class Body { none, counted, chunked, until_close };

    void write(std::string bytes);
    void write_together(std::string bytes);
    std::size_t admit(std::size_t size);
    void add_chunk_size(std::size_t size);
    bool has_no_body(int status) const;

    network::Connection* connection_;
    ResponseConditions conditions_;
    Stage stage_ = Stage::ended;
    Body body_ = Body::none;
    std::uint64_t remaining_ = 0; // of a counted body
    bool closes_ = false;
    std::string waiting_; // a head, or the framing before the next bytes
};

} // namespace diorama::http
