// See probe_conversation.hpp. The times allowed are AWS's (limits.hpp).
#include "services/route53/background/probe_conversation.hpp"

#include "emulator/http/upstream_head.hpp"
#include "services/route53/limits.hpp"

#include <fmt/format.h>

#include <utility>

namespace diorama::route53 {

ProbeConversation::ProbeConversation(
    HealthProbe probe,
    network::EdgeThread& thread,
    std::unique_ptr<network::TLSSession> tls,
    Done done
)
    : probe_(std::move(probe))
    , thread_(thread)
    , tls_(std::move(tls))
    , done_(std::move(done))
    , began_(now())
    , deadline_(thread) {}

void ProbeConversation::begin(network::Connection& connection) {
    connection_ = &connection;
    allow(
        probe_.protocol == HealthProbe::Protocol::tcp ? limits::probe_tcp_timeout
                                                      : limits::probe_connect_timeout
    );
}

void ProbeConversation::allow(Duration time) {
    began_ = now();
    deadline_.start_after(time, [this] {
        finish(
            phase_ == Phase::connecting ? ProbeResult::Ending::connect_timed_out
                                        : ProbeResult::Ending::response_timed_out
        );
    });
}

void ProbeConversation::connected() {
    result_.connection_time = now() - began_;
    if (probe_.protocol == HealthProbe::Protocol::tcp) {
        return finish(ProbeResult::Ending::completed);
    }
    phase_ = Phase::waiting;
    allow(limits::probe_response_timeout);
    if (tls_ == nullptr) return ask();
    phase_ = Phase::shaking_hands;
    connection_->write(tls_->take_output());
}

void ProbeConversation::send(std::string_view bytes) {
    if (tls_ == nullptr) {
        connection_->write(std::string(bytes));
        return;
    }
    tls_->send(bytes);
    connection_->write(tls_->take_output());
}

void ProbeConversation::ask() {
    phase_ = Phase::waiting;
    send(fmt::format(
        "GET {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nUser-Agent: {}\r\n"
        "Accept-Encoding: identity\r\n\r\n",
        probe_.path,
        probe_.host,
        probe_.user_agent
    ));
}

std::size_t ProbeConversation::received(std::string_view bytes) {
    if (is_done()) return bytes.size();
    if (tls_ == nullptr) {
        input_ += bytes;
    } else {
        using State = network::TLSSession::State;
        const auto state = tls_->received(bytes, input_);
        if (auto output = tls_->take_output(); !output.empty()) {
            connection_->write(std::move(output));
        }
        if (phase_ == Phase::shaking_hands) {
            if (state == State::failed) finish(ProbeResult::Ending::tls_failed);
            if (state != State::established) return bytes.size();
            result_.tls_handshake_time = now() - began_;
            ask();
        }
    }
    if (!input_.empty() && phase_ == Phase::waiting) take_head();
    if (phase_ == Phase::reading_body) take_body();
    return bytes.size();
}

void ProbeConversation::take_head() {
    if (!result_.time_to_first_byte) result_.time_to_first_byte = now() - began_;
    auto read = http::read_upstream_head(input_);
    if (read.status == http::UpstreamHead::Status::malformed) {
        return finish(ProbeResult::Ending::broken_off);
    }
    if (read.status == http::UpstreamHead::Status::need_more) return;
    input_.erase(0, read.consumed);
    // RFC 9110 15.2: informational responses come before the one that counts.
    if (read.head.status < 200) return input_.empty() ? void() : take_head();
    result_.status = read.head.status;
    if (probe_.search_string.empty()) return finish(ProbeResult::Ending::completed);
    const auto framing = http::response_framing(read.head.status, read.head.headers, "GET");
    if (!framing.has_body()) return finish(ProbeResult::Ending::completed);
    reader_.emplace(framing);
    phase_ = Phase::reading_body;
    allow(limits::probe_body_timeout);
}

// AWS: the search string "must appear entirely in the first 5,120 bytes of the response body".
void ProbeConversation::take_body() {
    std::size_t used = 0;
    auto state = http::BodyReader::State::more;
    while (state == http::BodyReader::State::more && used < input_.size()) {
        const auto step = reader_->read(std::string_view(input_).substr(used));
        body_ += step.piece;
        state = step.state;
        if (step.consumed == 0) break;
        used += step.consumed;
    }
    input_.erase(0, used);
    if (body_.size() > limits::probe_searched_bytes) body_.resize(limits::probe_searched_bytes);
    result_.found_search_string = body_.find(probe_.search_string) != std::string::npos;
    const bool is_over =
        state != http::BodyReader::State::more || body_.size() == limits::probe_searched_bytes;
    if (result_.found_search_string || is_over) finish(ProbeResult::Ending::completed);
}

bool ProbeConversation::half_closed() {
    if (is_done()) return false;
    // A body may end with the connection; a response that has not begun has ended badly.
    finish(
        phase_ == Phase::reading_body ? ProbeResult::Ending::completed
                                      : ProbeResult::Ending::broken_off
    );
    return false;
}

void ProbeConversation::closed(network::CloseReason reason) {
    connection_ = nullptr;
    switch (reason) {
    case network::CloseReason::refused:
        return finish(ProbeResult::Ending::refused);
    case network::CloseReason::unreachable:
        return finish(ProbeResult::Ending::connect_timed_out);
    default:
        return finish(
            phase_ == Phase::reading_body ? ProbeResult::Ending::completed
                                          : ProbeResult::Ending::broken_off
        );
    }
}

void ProbeConversation::finish(ProbeResult::Ending ending) {
    if (is_done()) return;
    deadline_.stop();
    result_.ending = ending;
    if (connection_ != nullptr) {
        result_.resolved = connection_->remote().address;
        connection_->close();
    }
    std::exchange(done_, nullptr)(result_);
}

} // namespace diorama::route53
