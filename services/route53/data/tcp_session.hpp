// One connection of a DNS client: RFC 1035 4.2.2 and RFC 7766, messages with a two-byte length in
// front, any number of them in a row. Slow senders and those who never read are let go of.
#pragma once

#include "emulator/network/network.hpp"

#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>

namespace diorama::route53 {

class TCPSession;

// The sessions of one thread, the one that has been quiet for longest first.
class TCPSessions {
public:
    // Beyond the limit the first one has to go.
    void enter(TCPSession& session);
    void refresh(TCPSession& session);
    void leave(TCPSession& session);

    std::size_t size() const { return sessions_.size(); }

private:
    std::list<TCPSession*> sessions_;
};

class TCPSession final : public network::ConnectionEvents,
                         public std::enable_shared_from_this<TCPSession> {
public:
    // Answers now or later, on this thread; an empty answer is none.
    using Reply = std::function<void(std::string response)>;
    using Ask =
        std::function<void(std::string_view request, const network::Endpoint& client, Reply reply)>;

    TCPSession(network::Connection& connection, TCPSessions& sessions, Ask ask);
    ~TCPSession() override;

    // To make room for another.
    void close();

    // network::ConnectionEvents
    std::size_t received(std::string_view bytes) override;
    void drained() override;
    bool half_closed() override;
    void closed(network::CloseReason reason) override;

private:
    friend class TCPSessions;

    void send(std::string_view response);
    void finish_when_answered();

    network::Connection* connection_; // none once it is closed
    TCPSessions& sessions_;
    std::list<TCPSession*>::iterator place_;
    Ask ask_;
    Timer deadline_; // of a message that has begun
    std::size_t unanswered_ = 0;
    bool is_waiting_for_rest_ = false;
    bool is_paused_ = false;
    bool peer_has_finished_ = false;
};

} // namespace diorama::route53
