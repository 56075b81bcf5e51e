// Reading and judging requests, one after another; see server_connection.hpp. Bytes that come while
// they cannot be used (a handler is at work, or does not want the body yet) wait in the backlog.
#include "emulator/http/server_connection.hpp"

#include "emulator/assert.hpp"

#include <exception>
#include <utility>

namespace diorama::http {

namespace {

// From here on the client has to wait until the handler is done.
constexpr std::size_t most_backlog = 64 * 1024;
// So much of an unwanted body is read to keep the connection; a longer one ends it.
constexpr std::size_t most_discarded = 64 * 1024;

struct RequestTraits {
    bool wants_keep_alive = false;
    bool expects_continue = false;
};

RequestTraits traits_of(const RequestHead& request, bool is_http_11) {
    RequestTraits traits;
    bool says_close = false;
    bool says_keep_alive = false;
    for (const auto& [name, value] : request.headers) {
        if (name.size() == 10 && equal_ignoring_case(name, "Connection")) {
            says_close = says_close || list_contains(value, "close");
            says_keep_alive = says_keep_alive || list_contains(value, "keep-alive");
        } else if (name.size() == 6 && equal_ignoring_case(name, "Expect")) {
            traits.expects_continue = is_http_11 && equal_ignoring_case(value, "100-continue");
        }
    }
    traits.wants_keep_alive = !says_close && (is_http_11 || says_keep_alive);
    return traits;
}

} // namespace

ServerConnection::ServerConnection(
    network::Connection& connection,
    std::shared_ptr<const Service> service
)
    : connection_(&connection)
    , thread_(connection.thread())
    , service_(std::move(service))
    , head_reader_(
          {service_->options.max_request_line,
           service_->options.max_header_line,
           service_->options.max_head}
      )
    , writer_(connection)
    , idle_timer_(thread_) {}

std::size_t ServerConnection::received(std::string_view bytes) {
    active_at_ = steady_now();
    if (!backlog_.empty()) {
        backlog_.append(bytes);
        advance_backlog();
        return bytes.size();
    }
    auto used = advance(bytes);
    if (used < bytes.size() && is_blocked()) {
        backlog_.assign(bytes.substr(used));
        used = bytes.size();
        regulate_reading();
    }
    return used;
}

// Whether more bytes would not help: the handler has to move first.
bool ServerConnection::is_blocked() const {
    if (phase_ != Phase::exchange) return false;
    return exchange_ == nullptr || !exchange_->takes_body();
}

void ServerConnection::regulate_reading() {
    if (connection_ == nullptr) return;
    const bool is_body_held = phase_ == Phase::exchange && exchange_ != nullptr &&
                              exchange_->wants_body() && !exchange_->is_body_over() &&
                              !exchange_->takes_body();
    const bool should_pause = is_body_held || backlog_.size() >= most_backlog;
    if (should_pause == is_reading_paused_) return;
    is_reading_paused_ = should_pause;
    should_pause ? connection_->pause_reading() : connection_->resume_reading();
}

std::size_t ServerConnection::advance(std::string_view bytes) {
    const auto self = shared_from_this();
    is_advancing_ = true;
    std::size_t used = 0;
    for (bool goes_on = true; goes_on && connection_ != nullptr;) {
        const auto rest = bytes.substr(used);
        Progress progress;
        switch (phase_) {
        case Phase::head:
            progress = read_head(rest);
            break;
        case Phase::exchange:
            progress = read_body(rest);
            break;
        case Phase::discarding:
            progress = discard_body(rest);
            break;
        case Phase::closing:
            progress.used = rest.size();
            break;
        case Phase::upgraded:
            if (!rest.empty()) progress.used = upgraded_->received(rest);
            break;
        }
        used += progress.used;
        goes_on = progress.goes_on;
    }
    is_advancing_ = false;
    writer_.flush();
    if (client_has_finished_) end_of_input();
    return used;
}

void ServerConnection::advance_backlog() {
    // Taken aside, so that nothing can change it while it is read.
    auto bytes = std::exchange(backlog_, {});
    bytes.erase(0, advance(bytes));
    backlog_ = std::move(bytes);
    regulate_reading();
}

void ServerConnection::advance_soon() {
    if (is_advancing_ || will_advance_) return;
    will_advance_ = true;
    thread_.post([self = shared_from_this()] {
        self->will_advance_ = false;
        if (self->connection_ != nullptr) self->advance_backlog();
    });
}

ServerConnection::Progress ServerConnection::read_head(std::string_view bytes) {
    if (bytes.empty()) return {};
    if (!head_reader_.has_begun()) received_at_ = active_at_;
    switch (head_reader_.read(bytes)) {
    case HeadStatus::need_more:
        return {};
    case HeadStatus::ok:
        break;
    case HeadStatus::request_line_too_long:
        refuse(414, "the request line is too long");
        return {bytes.size(), true};
    case HeadStatus::header_too_long:
        refuse(431, "a header line is too long");
        return {bytes.size(), true};
    case HeadStatus::head_too_long:
        refuse(431, "the head is too long");
        return {bytes.size(), true};
    case HeadStatus::refused:
        refuse(400, head_reader_.refusal());
        return {bytes.size(), true};
    }
    take_request();
    const auto used = head_reader_.consumed();
    head_reader_.reset();
    return {used, true};
}

void ServerConnection::take_request() {
    const auto& raw = head_reader_.head();
    const int version = version_number(raw.version);
    if (version >= 20) {
        refuse(505, "the HTTP version is not supported");
        return;
    }
    const auto classification = classify(raw);
    if (refuse_dangerous(classification)) return;
    if (version == 0) {
        refuse(400, name_of(DesyncReason::bad_version));
        return;
    }
    auto request = to_request_head(raw);
    const auto framing = request_framing(request.headers);
    if (framing.kind == BodyFraming::Kind::invalid) {
        refuse(400, "the length of the body is unclear");
    } else if (framing.kind == BodyFraming::Kind::unsupported) {
        refuse(501, "the transfer coding is not supported");
    } else {
        const auto traits = traits_of(request, version == 11);
        writer_.expect({request.method == "HEAD", version < 11, traits.wants_keep_alive});
        // AWS: in defensive mode ambiguous requests are passed on, and both connections closed.
        if (classification.tier == DesyncTier::ambiguous &&
            service_->options.desync == DesyncMitigation::defensive) {
            writer_.close_after();
        }
        body_reader_ = BodyReader(framing);
        // RFC 9110 10.1.1: may be left out "if the framing indicates that there is no content".
        // Amazon's SDKs count on it even then: without it botocore misreads the next answer on the
        // connection.
        expects_continue_ = traits.expects_continue &&
                            (framing.has_body() || request.headers.contains("Content-Length"));
        phase_ = Phase::exchange;
        auto exchange = std::make_shared<ServerExchange>(
            shared_from_this(),
            std::move(request),
            framing,
            classification,
            received_at_
        );
        exchange_ = exchange.get();
        try {
            service_->handler(std::move(exchange));
        } catch (const std::exception& error) {
            // The exchange went with the stack and has been answered.
            tell_defect(error.what());
        }
    }
}

bool ServerConnection::refuse_dangerous(const Classification& classification) {
    const auto& [tier, reason] = classification;
    switch (service_->options.desync) {
    case DesyncMitigation::monitor:
        return false;
    case DesyncMitigation::defensive:
        if (tier != DesyncTier::severe) return false;
        break;
    case DesyncMitigation::strictest:
        if (tier == DesyncTier::compliant) return false;
        break;
    }
    refuse(400, name_of(reason));
    return true;
}

Response ServerConnection::error_response(int status, std::string_view reason) const {
    if (service_->options.error_response) return service_->options.error_response(status, reason);
    Response response;
    response.status = status;
    response.headers.add("Content-Type", "text/plain");
    response.body = std::to_string(status) + " " + std::string(reason_phrase(status)) + "\n";
    return response;
}

void ServerConnection::tell_refusal(int status, std::string_view reason) {
    const auto& options = service_->options;
    if (options.log == nullptr) return;
    options.log->refuse(
        options.component,
        "refused a request of {}: {} {}",
        peer_.client.to_string(),
        status,
        reason
    );
}

void ServerConnection::tell_defect(const char* what) {
    const auto& options = service_->options;
    if (options.refused) options.refused(500, what, peer_);
    if (options.log == nullptr) return;
    options.log->write(
        LogLevel::error,
        options.component,
        "a request of {} broke: {}",
        peer_.client.to_string(),
        what
    );
}

void ServerConnection::refuse(int status, std::string_view reason) {
    if (service_->options.refused) service_->options.refused(status, reason, peer_);
    tell_refusal(status, reason);
    writer_.expect({false, false, false});
    writer_.respond(error_response(status, reason), now());
    finish_connection();
}

void ServerConnection::finish_connection() {
    phase_ = Phase::closing;
    backlog_.clear();
    if (connection_ != nullptr) connection_->finish();
}

ServerConnection::Progress ServerConnection::read_body(std::string_view bytes) {
    if (is_blocked()) return {};
    if (exchange_->exceeds_limit()) {
        exchange_->deliver({BodyState::too_large, {}, nullptr});
        return {0, true};
    }
    const auto step = body_reader_.read(bytes);
    switch (step.state) {
    case BodyReader::State::more:
        if (!step.piece.empty()) exchange_->deliver({BodyState::more, step.piece, nullptr});
        break;
    case BodyReader::State::complete:
        exchange_->deliver({BodyState::complete, step.piece, &body_reader_.trailers()});
        break;
    case BodyReader::State::malformed:
        tell_refusal(400, "the body's chunked coding is broken");
        writer_.close_after();
        exchange_->deliver({BodyState::malformed, {}, nullptr});
        return {bytes.size(), true};
    }
    return {step.consumed, step.consumed > 0 || step.state == BodyReader::State::complete};
}

ServerConnection::Progress ServerConnection::discard_body(std::string_view bytes) {
    const auto step = body_reader_.read(bytes);
    discarded_ += step.consumed;
    if (step.state == BodyReader::State::complete) {
        phase_ = Phase::head;
        return {step.consumed, true};
    }
    if (step.state == BodyReader::State::malformed || discarded_ > most_discarded) {
        finish_connection();
        return {bytes.size(), false};
    }
    return {step.consumed, step.consumed > 0};
}

} // namespace diorama::http
