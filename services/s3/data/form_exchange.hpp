// The exchange of the PUT that a browser's form stands for: its body is the form's file, and its
// answer becomes what the form asked for.
#pragma once

#include "emulator/http/exchange.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace diorama::s3 {

// What is said of the answer to a form that succeeded.
struct FormAnswer {
    std::string redirect;
    int status = 204;
    std::string bucket;
    std::string key;
    std::string location;
};

class FormExchange final : public http::Exchange {
public:
    FormExchange(std::shared_ptr<http::Exchange> exchange, http::RequestHead head, FormAnswer form)
        : exchange_(std::move(exchange))
        , head_(std::move(head))
        , form_(std::move(form)) {}

    // From the form: the next bytes of the file, and its end.
    void deliver(http::BodyState state, std::string_view bytes);

    // The file is refused: its bytes go nowhere.
    void forget_body() { piece_ = nullptr; }

    const http::RequestHead& request() const override { return head_; }

    const http::Peer& peer() const override { return exchange_->peer(); }

    const http::Classification& classification() const override {
        return exchange_->classification();
    }

    network::EdgeThread& thread() override { return exchange_->thread(); }

    Timestamp received_at() const override { return exchange_->received_at(); }

    bool has_body() const override { return true; }

    // At most: how long the file is shows at its end.
    std::optional<std::uint64_t> content_length() const override {
        return exchange_->content_length();
    }

    void collect_body(std::size_t, Collected) override {}

    void stream_body(Piece piece) override { piece_ = std::move(piece); }

    void pause_body() override { exchange_->pause_body(); }

    void resume_body() override { exchange_->resume_body(); }

    void respond(http::Response response) override;

    void begin_response(http::ResponseHead head) override {
        exchange_->begin_response(std::move(head));
    }

    void send(std::string bytes) override { exchange_->send(std::move(bytes)); }

    void send(std::shared_ptr<const std::string> bytes, std::size_t offset, std::size_t length)
        override {
        exchange_->send(std::move(bytes), offset, length);
    }

    void end_response() override { exchange_->end_response(); }

    void send_interim(int status, const http::Headers& headers) override {
        exchange_->send_interim(status, headers);
    }

    std::size_t unsent_bytes() const override { return exchange_->unsent_bytes(); }

    void when_drained(std::function<void()> drained) override {
        exchange_->when_drained(std::move(drained));
    }

    void close_after() override { exchange_->close_after(); }

    void abort() override { exchange_->abort(); }

    void when_abandoned(std::function<void()> abandoned) override {
        exchange_->when_abandoned(std::move(abandoned));
    }

    void
    upgrade(http::ResponseHead head, std::shared_ptr<network::ConnectionEvents> events) override {
        exchange_->upgrade(std::move(head), std::move(events));
    }

    network::Connection& connection() override { return exchange_->connection(); }

private:
    std::shared_ptr<http::Exchange> exchange_;
    http::RequestHead head_;
    FormAnswer form_;
    Piece piece_;
};

} // namespace diorama::s3
