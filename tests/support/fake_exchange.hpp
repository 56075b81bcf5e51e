// An Exchange without a connection, for testing what answers HTTP requests: the test gives the
// request and its body in the pieces it likes and reads the response afterwards. The thread is
// virtual time, so that posted work runs when the test says so.
#pragma once

#include "emulator/http/exchange.hpp"
#include "emulator/time/virtual_time.hpp"

#include <deque>
#include <string>
#include <vector>

namespace diorama::test {

class ExchangeThread final : public network::EdgeThread {
public:
    VirtualTime time;

    std::size_t index() const override { return 0; }

    const Clock& clock() const override { return time; }

    bool is_current() const override { return true; }

    TimerId at(Timestamp when, std::function<void()> task) override {
        return time.at(when, std::move(task));
    }

    TimerId after(Duration delay, std::function<void()> task) override {
        return time.after(delay, std::move(task));
    }

    void cancel(TimerId timer) override { time.cancel(timer); }

    void post(std::function<void()> task) override { time.post(std::move(task)); }

    // Runs what was posted, and what that posts, until nothing is left for this moment.
    void run() { time.run_for(Duration::zero()); }
};

class FakeExchange final : public http::Exchange {
public:
    FakeExchange(ExchangeThread& thread, http::RequestHead head)
        : thread_(thread)
        , head_(std::move(head)) {}

    // The body in pieces, as they come from the network; without pieces there is no body.
    std::deque<std::string> body;
    // What the body ends with: complete, malformed or aborted.
    http::BodyState body_end = http::BodyState::complete;
    http::Headers trailers;
    http::Peer client;
    // While true, what is sent stays unsent until drain().
    bool holds_back = false;

    // What was answered.
    bool is_answered = false; // the response has begun
    bool is_complete = false; // and ended
    bool was_aborted = false;
    int status = 0;
    http::Headers headers;
    std::string sent;
    std::size_t longest_backlog = 0;
    bool is_body_paused = false;

    void drain();   // the client has read everything
    void abandon(); // the client goes away

    const http::RequestHead& request() const override { return head_; }

    const http::Peer& peer() const override { return client; }

    const http::Classification& classification() const override { return classification_; }

    network::EdgeThread& thread() override { return thread_; }

    Timestamp received_at() const override { return thread_.time.now(); }

    bool has_body() const override { return !body.empty(); }

    std::optional<std::uint64_t> content_length() const override;
    void collect_body(std::size_t limit, Collected done) override;
    void stream_body(Piece piece) override;

    void pause_body() override { is_body_paused = true; }

    void resume_body() override;
    void respond(http::Response response) override;
    void begin_response(http::ResponseHead head) override;
    void send(std::string bytes) override;
    void
    send(std::shared_ptr<const std::string> bytes, std::size_t offset, std::size_t length) override;
    void end_response() override;

    void send_interim(int, const http::Headers&) override {}

    std::size_t unsent_bytes() const override { return unsent_; }

    void when_drained(std::function<void()> drained) override;

    void close_after() override {}

    void abort() override { was_aborted = true; }

    void when_abandoned(std::function<void()> abandoned) override {
        abandoned_ = std::move(abandoned);
    }

    void upgrade(http::ResponseHead, std::shared_ptr<network::ConnectionEvents>) override {}

    // There is none; a test that gets here is wrong.
    network::Connection& connection() override;

private:
    void deliver();

    ExchangeThread& thread_;
    http::RequestHead head_;
    http::Classification classification_;
    Piece piece_;
    bool is_delivering_ = false;
    bool is_delivered_ = false;
    std::size_t unsent_ = 0;
    std::function<void()> drained_;
    std::function<void()> abandoned_;
};

} // namespace diorama::test
