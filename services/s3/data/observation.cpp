// See observation.hpp.
#include "services/s3/data/observation.hpp"

#include <charconv>
#include <utility>

namespace diorama::s3 {

namespace {

std::string_view between(std::string_view text, std::string_view before, std::string_view after) {
    const auto start = text.find(before);
    if (start == std::string_view::npos) return {};
    text.remove_prefix(start + before.size());
    return text.substr(0, text.find(after));
}

class ObservedExchange final : public http::Exchange {
public:
    ObservedExchange(
        std::shared_ptr<http::Exchange> exchange,
        RequestFactsRef facts,
        std::function<void(const RequestFacts&)> answered
    )
        : exchange_(std::move(exchange))
        , facts_(std::move(facts))
        , answered_(std::move(answered)) {}

    ObservedExchange(const ObservedExchange&) = delete;
    ObservedExchange& operator=(const ObservedExchange&) = delete;

    // A response that was begun and dropped is one as well.
    ~ObservedExchange() override {
        if (facts_->status != 0) finish();
    }

    const http::RequestHead& request() const override { return exchange_->request(); }

    const http::Peer& peer() const override { return exchange_->peer(); }

    const http::Classification& classification() const override {
        return exchange_->classification();
    }

    network::EdgeThread& thread() override { return exchange_->thread(); }

    Timestamp received_at() const override { return exchange_->received_at(); }

    bool has_body() const override { return exchange_->has_body(); }

    std::optional<std::uint64_t> content_length() const override {
        return exchange_->content_length();
    }

    void collect_body(std::size_t limit, Collected done) override {
        exchange_->collect_body(limit, std::move(done));
    }

    void stream_body(Piece piece) override {
        exchange_->stream_body([facts = facts_,
                                piece = std::move(piece)](const http::BodyPiece& given) {
            facts->bytes_received += given.bytes.size();
            piece(given);
        });
    }

    void pause_body() override { exchange_->pause_body(); }

    void resume_body() override { exchange_->resume_body(); }

    void respond(http::Response response) override {
        begin(response.status, response.headers);
        if (response.status >= 400)
            facts_->error_code = between(response.body, "<Code>", "</Code>");
        if (request().method != "HEAD") facts_->bytes_sent = response.body.size();
        exchange_->respond(std::move(response));
        finish();
    }

    void begin_response(http::ResponseHead head) override {
        begin(head.status, head.headers);
        exchange_->begin_response(std::move(head));
    }

    void send(std::string bytes) override {
        facts_->bytes_sent += bytes.size();
        exchange_->send(std::move(bytes));
    }

    void send(std::shared_ptr<const std::string> bytes, std::size_t offset, std::size_t length)
        override {
        facts_->bytes_sent += length;
        exchange_->send(std::move(bytes), offset, length);
    }

    void end_response() override {
        exchange_->end_response();
        finish();
    }

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
    Duration elapsed() { return thread().clock().steady_now() - facts_->received_steady; }

    void begin(int status, const http::Headers& headers) {
        facts_->status = status;
        facts_->until_first_byte = elapsed();
        // The whole object, of which a range may be all that is sent.
        auto size = headers.get("content-length");
        if (const auto range = headers.get("content-range"); !range.empty())
            size = range.substr(range.rfind('/') + 1);
        std::from_chars(size.data(), size.data() + size.size(), facts_->object_size);
    }

    void finish() {
        const auto answered = std::exchange(answered_, nullptr);
        if (!answered) return;
        facts_->until_last_byte = elapsed();
        answered(*facts_);
    }

    std::shared_ptr<http::Exchange> exchange_;
    RequestFactsRef facts_;
    std::function<void(const RequestFacts&)> answered_; // empty once it has been called
};

} // namespace

std::shared_ptr<http::Exchange> observe(
    std::shared_ptr<http::Exchange> exchange,
    RequestFactsRef facts,
    std::function<void(const RequestFacts&)> answered
) {
    return std::make_shared<ObservedExchange>(
        std::move(exchange),
        std::move(facts),
        std::move(answered)
    );
}

} // namespace diorama::s3
