// The handler's view of a request; see server_connection.hpp. Callbacks are moved out of the
// exchange while they run, so that a handler may end the exchange from within them.
#include "emulator/assert.hpp"
#include "emulator/http/server_connection.hpp"

#include <utility>

namespace diorama::http {

ServerExchange::ServerExchange(
    std::shared_ptr<ServerConnection> connection,
    RequestHead request,
    const BodyFraming& framing,
    Classification classification,
    Timestamp received_at
)
    : connection_(std::move(connection))
    , request_(std::move(request))
    , framing_(framing)
    , classification_(classification)
    , received_at_(received_at) {}

ServerExchange::~ServerExchange() {
    if (is_current_) connection_->exchange_dropped(*this);
}

std::optional<std::uint64_t> ServerExchange::content_length() const {
    if (framing_.kind == BodyFraming::Kind::length) return framing_.length;
    if (framing_.has_body() || !request_.headers.contains("Content-Length")) return std::nullopt;
    return 0;
}

void ServerExchange::want_body() {
    ASSERT(!wants_body_);
    wants_body_ = true;
    if (is_current_) connection_->body_wanted();
}

void ServerExchange::collect_body(std::size_t limit, Collected done) {
    collect_limit_ = limit;
    collect_done_ = std::move(done);
    want_body();
}

void ServerExchange::stream_body(Piece piece) {
    piece_ = std::move(piece);
    want_body();
}

void ServerExchange::pause_body() {
    is_body_paused_ = true;
    if (is_current_) connection_->body_paused();
}

void ServerExchange::resume_body() {
    is_body_paused_ = false;
    if (is_current_ && wants_body_) connection_->body_wanted();
}

void ServerExchange::deliver(const BodyPiece& piece) {
    const auto self = shared_from_this();
    is_body_over_ = piece.state != BodyState::more;
    is_body_malformed_ = piece.state == BodyState::malformed;
    if (collect_done_) {
        deliver_collected(piece);
    } else if (piece_) {
        auto callback = std::move(piece_);
        piece_ = nullptr;
        callback(piece);
        if (is_current_ && !is_body_over_) piece_ = std::move(callback);
    }
}

void ServerExchange::deliver_collected(const BodyPiece& piece) {
    static const Headers no_trailers;
    auto state = piece.state;
    if (piece.bytes.size() > collect_limit_ - collected_.size()) {
        state = BodyState::too_large;
        is_body_over_ = true;
    } else if (state == BodyState::more || state == BodyState::complete) {
        if (collected_.empty() && framing_.kind == BodyFraming::Kind::length) {
            // The head promised at most the limit: nothing is allocated for a mere promise of more.
            collected_.reserve(
                std::min<std::size_t>(framing_.length, piece.bytes.size() + 1024UL * 1024UL)
            );
        }
        collected_ += piece.bytes;
    }
    if (state == BodyState::more) return;
    auto done = std::exchange(collect_done_, nullptr);
    if (state != BodyState::complete) collected_.clear();
    done(state, std::move(collected_), piece.trailers == nullptr ? no_trailers : *piece.trailers);
}

void ServerExchange::respond(Response response) {
    if (!is_current_ || connection_->writer().has_begun()) return;
    const auto self = shared_from_this();
    connection_->response_begins(true);
    connection_->writer().respond(std::move(response), connection_->now());
    connection_->response_ended();
}

void ServerExchange::begin_response(ResponseHead head) {
    if (!is_current_ || connection_->writer().has_begun()) return;
    connection_->response_begins(false);
    connection_->writer().begin(std::move(head), connection_->now());
    connection_->flush_soon();
}

void ServerExchange::send(std::string bytes) {
    if (is_current_) connection_->writer().send(std::move(bytes));
}

void ServerExchange::send(
    std::shared_ptr<const std::string> bytes,
    std::size_t offset,
    std::size_t length
) {
    if (is_current_) connection_->writer().send(std::move(bytes), offset, length);
}

void ServerExchange::end_response() {
    if (!is_current_ || !connection_->writer().has_begun()) return;
    const auto self = shared_from_this();
    if (connection_->writer().end()) {
        connection_->response_ended();
    } else {
        // Less was sent than the head declared: only a broken connection can tell the client.
        connection_->break_off();
    }
}

void ServerExchange::send_interim(int status, const Headers& headers) {
    // RFC 9110 15.2: "a server MUST NOT send a 1xx response to an HTTP/1.0 client".
    if (!is_current_ || connection_->writer().has_begun() || request_.version < 11) return;
    connection_->writer().write_bare_head(status, {}, headers);
}

std::size_t ServerExchange::unsent_bytes() const {
    return is_current_ ? connection_->writer().unsent_bytes() : 0;
}

void ServerExchange::when_drained(std::function<void()> drained) {
    if (!is_current_) return;
    drained_ = std::move(drained);
    connection_->writer().flush();
    if (unsent_bytes() == 0) connection_->drained_soon();
}

void ServerExchange::close_after() {
    if (is_current_) connection_->writer().close_after();
}

void ServerExchange::abort() {
    const auto self = shared_from_this();
    if (is_current_) connection_->break_off();
}

void ServerExchange::when_abandoned(std::function<void()> abandoned) {
    if (is_current_) abandoned_ = std::move(abandoned);
}

void ServerExchange::upgrade(ResponseHead head, std::shared_ptr<network::ConnectionEvents> events) {
    if (!is_current_ || connection_->writer().has_begun()) return;
    const auto self = shared_from_this();
    connection_->upgrade(std::move(head), std::move(events));
}

void ServerExchange::drained() {
    if (!drained_) return;
    const auto self = shared_from_this();
    std::exchange(drained_, nullptr)();
}

void ServerExchange::abandoned() {
    if (!abandoned_) return;
    std::exchange(abandoned_, nullptr)();
}

void ServerExchange::detach() {
    // What the callbacks hold may be the exchange itself.
    const auto self = shared_from_this();
    is_current_ = false;
    collect_done_ = nullptr;
    piece_ = nullptr;
    drained_ = nullptr;
    abandoned_ = nullptr;
}

} // namespace diorama::http
