// See live_datagrams.hpp. On Linux one system call reads up to 64 datagrams and one sends the
// answers (recvmmsg, sendmmsg); elsewhere they go one by one.
#include "emulator/network/live_datagrams.hpp"

#include "emulator/network/sockets.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/udp.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <netinet/in.h>
#include <sys/socket.h>

namespace diorama::network {

namespace {

constexpr std::size_t batch_size = 64;
constexpr std::size_t largest_datagram = 4096; // EDNS(0) as Route 53 offers it

Endpoint endpoint_of(const sockaddr_storage& from) {
    if (from.ss_family == AF_INET) {
        const auto& v4 = reinterpret_cast<const sockaddr_in&>(from);
        return {IPAddress::v4(ntohl(v4.sin_addr.s_addr)), ntohs(v4.sin_port)};
    }
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(from);
    std::array<std::uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), v6.sin6_addr.s6_addr, bytes.size());
    return {IPAddress::v6(bytes), ntohs(v6.sin6_port)};
}

boost::asio::ip::udp::endpoint asio_endpoint(const Endpoint& endpoint) {
    const auto& address = endpoint.address;
    if (address.is_v4()) return {boost::asio::ip::address_v4(address.v4_bits()), endpoint.port};
    boost::asio::ip::address_v6::bytes_type bytes{};
    std::ranges::copy(address.bytes(), bytes.begin());
    return {boost::asio::ip::address_v6(bytes), endpoint.port};
}

class DatagramSocket : public std::enable_shared_from_this<DatagramSocket> {
public:
    DatagramSocket(LiveThread& thread, int descriptor, bool is_v4, Datagram answer)
        : thread_(thread)
        , answer_(std::move(answer))
        , socket_(
              thread.context(),
              is_v4 ? boost::asio::ip::udp::v4() : boost::asio::ip::udp::v6(),
              descriptor
          ) {}

    void wait() {
        socket_.async_wait(
            boost::asio::ip::udp::socket::wait_read,
            [self = shared_from_this()](const boost::system::error_code& error) {
                if (error) return; // closed
                self->thread_.turn([&self] {
                    while (self->serve_batch() == batch_size) {
                    }
                });
                self->wait();
            }
        );
    }

    void stop() {
        boost::system::error_code ignored;
        socket_.close(ignored);
    }

    void send(const Endpoint& client, std::string_view datagram) {
        boost::system::error_code ignored; // datagrams may be lost
        socket_.send_to(
            boost::asio::buffer(datagram),
            asio_endpoint(client),
            boost::asio::socket_base::message_flags(MSG_DONTWAIT),
            ignored
        );
    }

private:
    struct Slot {
        sockaddr_storage client{};
        std::array<char, largest_datagram> request{};
        std::string answer;
        iovec request_part{};
        iovec answer_part{};
    };

    // A question that cannot be answered costs its own answer, not those of the batch.
    void answer(Slot& slot, std::size_t size) {
        slot.answer.clear();
        thread_.contain([&] {
            answer_({slot.request.data(), size}, endpoint_of(slot.client), thread_, slot.answer);
        });
    }

#ifdef __linux__
    std::size_t serve_batch() {
        for (std::size_t i = 0; i < used_; ++i) {
            Slot& slot = slots_[i];
            slot.request_part = {slot.request.data(), slot.request.size()};
            in_[i]
                .msg_hdr = {&slot.client, sizeof slot.client, &slot.request_part, 1, nullptr, 0, 0};
        }
        const int count =
            recvmmsg(socket_.native_handle(), in_.data(), batch_size, MSG_DONTWAIT, nullptr);
        used_ = count <= 0 ? 0 : static_cast<std::size_t>(count);
        unsigned answers = 0;
        for (std::size_t i = 0; i < used_; ++i) {
            Slot& slot = slots_[i];
            answer(slot, in_[i].msg_len);
            if (slot.answer.empty()) continue;
            slot.answer_part = {slot.answer.data(), slot.answer.size()};
            out_[answers++].msg_hdr =
                {&slot.client, in_[i].msg_hdr.msg_namelen, &slot.answer_part, 1, nullptr, 0, 0};
        }
        // What the kernel does not take is lost, as datagrams may be.
        if (answers > 0) sendmmsg(socket_.native_handle(), out_.data(), answers, MSG_DONTWAIT);
        return used_;
    }
#else
    std::size_t serve_batch() {
        Slot& slot = slots_[0];
        socklen_t length = sizeof slot.client;
        const auto size = recvfrom(
            socket_.native_handle(),
            slot.request.data(),
            slot.request.size(),
            MSG_DONTWAIT,
            reinterpret_cast<sockaddr*>(&slot.client),
            &length
        );
        if (size < 0) return 0;
        answer(slot, static_cast<std::size_t>(size));
        if (!slot.answer.empty()) {
            sendto(
                socket_.native_handle(),
                slot.answer.data(),
                slot.answer.size(),
                MSG_DONTWAIT,
                reinterpret_cast<sockaddr*>(&slot.client),
                length
            );
        }
        return batch_size;
    }
#endif

    LiveThread& thread_;
    Datagram answer_;
    boost::asio::basic_datagram_socket<boost::asio::ip::udp, boost::asio::io_context::executor_type>
        socket_;
    std::vector<Slot> slots_{batch_size};
#ifdef __linux__
    std::array<mmsghdr, batch_size> in_{};
    std::array<mmsghdr, batch_size> out_{};
    std::size_t used_ = batch_size; // of in_, by the last batch: to be made ready again
#endif
};

class LiveDatagramListener final : public DatagramListener {
public:
    LiveDatagramListener(
        Endpoint endpoint,
        std::vector<std::pair<LiveThread*, std::shared_ptr<DatagramSocket>>> sockets
    )
        : endpoint_(endpoint)
        , sockets_(std::move(sockets)) {}

    ~LiveDatagramListener() override {
        for (auto& [thread, socket] : sockets_)
            thread->post([stopping = socket] { stopping->stop(); });
    }

    Endpoint endpoint() const override { return endpoint_; }

    void send(EdgeThread& thread, const Endpoint& client, std::string_view datagram) override {
        for (auto& [owner, socket] : sockets_) {
            if (owner == &thread) socket->send(client, datagram);
        }
    }

private:
    Endpoint endpoint_;
    std::vector<std::pair<LiveThread*, std::shared_ptr<DatagramSocket>>> sockets_;
};

// One socket that talks to one other place; it lives as long as something may still come.
class ExchangeSocket : public std::enable_shared_from_this<ExchangeSocket> {
public:
    ExchangeSocket(LiveThread& thread, DatagramBack back)
        : thread_(thread)
        , back_(std::move(back))
        , socket_(thread.context()) {}

    // False when the port is not to be had, or no socket.
    bool open(const Endpoint& target, std::uint16_t local_port) {
        boost::system::error_code error;
        const auto other = asio_endpoint(target);
        socket_.open(other.protocol(), error);
        if (!error) socket_.bind({other.protocol(), local_port}, error);
        // Connected: the kernel passes on what comes from there alone.
        if (!error) socket_.connect(other, error);
        if (!error) socket_.non_blocking(true, error);
        return !error;
    }

    void wait() {
        socket_.async_wait(
            boost::asio::ip::udp::socket::wait_read,
            [self = shared_from_this()](const boost::system::error_code& error) {
                if (error || !self->back_) return; // closed
                self->thread_.turn([&self] { self->receive(); });
                if (self->back_) self->wait();
            }
        );
    }

    void send(std::string_view datagram) {
        boost::system::error_code ignored; // what is lost is asked for again, or not
        socket_.send(boost::asio::buffer(datagram), 0, ignored);
    }

    void end() {
        back_ = nullptr;
        boost::system::error_code ignored;
        socket_.close(ignored);
    }

private:
    void receive() {
        boost::system::error_code error;
        auto& datagram = thread_.read_buffer();
        const auto size = socket_.receive(boost::asio::buffer(datagram), 0, error);
        if (error == boost::asio::error::would_block) return;
        const auto back = back_; // which may end this
        if (error) {
            back(std::nullopt);
        } else {
            back(std::string_view(datagram).substr(0, size));
        }
    }

    LiveThread& thread_;
    DatagramBack back_;
    boost::asio::basic_datagram_socket<boost::asio::ip::udp, boost::asio::io_context::executor_type>
        socket_;
};

class LiveDatagramExchange final : public DatagramExchange {
public:
    explicit LiveDatagramExchange(std::shared_ptr<ExchangeSocket> socket)
        : socket_(std::move(socket)) {}

    ~LiveDatagramExchange() override { socket_->end(); }

    void send(std::string_view datagram) override { socket_->send(datagram); }

private:
    std::shared_ptr<ExchangeSocket> socket_;
};

} // namespace

std::unique_ptr<DatagramExchange> open_exchange(
    LiveThread& thread,
    const Endpoint& target,
    std::uint16_t local_port,
    DatagramBack back
) {
    auto socket = std::make_shared<ExchangeSocket>(thread, std::move(back));
    if (!socket->open(target, local_port)) return nullptr;
    socket->wait();
    return std::make_unique<LiveDatagramExchange>(std::move(socket));
}

std::unique_ptr<DatagramListener> listen_for_datagrams(
    const std::vector<LiveThread*>& threads,
    const Endpoint& endpoint,
    Datagram datagram
) {
    const auto opened = open_sockets(SocketKind::datagram, endpoint, threads.size());
    std::vector<std::pair<LiveThread*, std::shared_ptr<DatagramSocket>>> sockets;
    for (std::size_t i = 0; i < threads.size(); ++i) {
        auto socket = std::make_shared<DatagramSocket>(
            *threads[i],
            opened.descriptors[i],
            endpoint.address.is_v4(),
            datagram
        );
        threads[i]->post([socket] { socket->wait(); });
        sockets.emplace_back(threads[i], std::move(socket));
    }
    return std::make_unique<LiveDatagramListener>(opened.endpoint, std::move(sockets));
}

} // namespace diorama::network
