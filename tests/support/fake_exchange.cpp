// See fake_exchange.hpp.
#include "tests/support/fake_exchange.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <utility>

namespace diorama::test {

std::optional<std::uint64_t> FakeExchange::content_length() const {
    const auto* value = head_.headers.find("content-length");
    if (value == nullptr) return std::nullopt;
    std::uint64_t length = 0;
    std::from_chars(value->data(), value->data() + value->size(), length);
    return length;
}

void FakeExchange::collect_body(std::size_t limit, Collected done) {
    std::string all;
    for (auto& bytes : body)
        all += bytes;
    body.clear();
    if (body_end != http::BodyState::complete) return done(body_end, {}, trailers);
    if (all.size() > limit) return done(http::BodyState::too_large, {}, trailers);
    done(http::BodyState::complete, std::move(all), trailers);
}

void FakeExchange::stream_body(Piece piece) {
    piece_ = std::move(piece);
    deliver();
}

void FakeExchange::resume_body() {
    is_body_paused = false;
    deliver();
}

void FakeExchange::deliver() {
    if (is_delivering_ || is_delivered_) return;
    is_delivering_ = true;
    while (!is_body_paused && !body.empty()) {
        const auto bytes = std::move(body.front());
        body.pop_front();
        piece_({http::BodyState::more, bytes, nullptr});
    }
    is_delivering_ = false;
    if (is_body_paused) return;
    is_delivered_ = true;
    const auto piece = std::exchange(piece_, nullptr);
    piece({body_end, {}, body_end == http::BodyState::complete ? &trailers : nullptr});
}

void FakeExchange::respond(http::Response response) {
    begin_response({response.status, response.reason, std::move(response.headers)});
    send(std::move(response.body));
    end_response();
}

void FakeExchange::begin_response(http::ResponseHead head) {
    if (is_answered) throw std::logic_error("answered twice");
    is_answered = true;
    status = head.status;
    headers = std::move(head.headers);
}

void FakeExchange::send(std::string bytes) {
    sent += bytes;
    if (!holds_back) return;
    unsent_ += bytes.size();
    longest_backlog = std::max(longest_backlog, unsent_);
}

void FakeExchange::send(
    std::shared_ptr<const std::string> bytes,
    std::size_t offset,
    std::size_t length
) {
    send(bytes->substr(offset, length));
}

void FakeExchange::end_response() {
    is_complete = true;
}

void FakeExchange::when_drained(std::function<void()> drained) {
    if (unsent_ == 0) {
        thread_.post(std::move(drained));
    } else {
        drained_ = std::move(drained);
    }
}

void FakeExchange::drain() {
    unsent_ = 0;
    if (const auto drained = std::exchange(drained_, nullptr)) drained();
}

void FakeExchange::abandon() {
    if (const auto abandoned = std::exchange(abandoned_, nullptr)) abandoned();
}

network::Connection& FakeExchange::connection() {
    throw std::logic_error("a FakeExchange has no connection");
}

} // namespace diorama::test
