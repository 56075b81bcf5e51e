// See live_datagrams.hpp. On Linux one system call reads up to 64 datagrams and one sends the
// answers (recvmmsg, sendmmsg); elsewhere they go one by one.
#include "emulator/network/live_datagrams.hpp"

#include "emulator/network/sockets.hpp"

#include <boost/asio/ip/udp.hpp>

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
            slot.answer = answer_({slot.request.data(), size}, endpoint_of(slot.client), thread_);
        });
    }

#ifdef __linux__
    std::size_t serve_batch() {
        std::array<mmsghdr, batch_size> headers{};
        for (std::size_t i = 0; i < batch_size; ++i) {
            Slot& slot = slots_[i];
            slot.request_part = {slot.request.data(), slot.request.size()};
            headers[i]
                .msg_hdr = {&slot.client, sizeof slot.client, &slot.request_part, 1, nullptr, 0, 0};
        }
        const int count =
            recvmmsg(socket_.native_handle(), headers.data(), batch_size, MSG_DONTWAIT, nullptr);
        if (count <= 0) return 0;
        unsigned answers = 0;
        std::array<mmsghdr, batch_size> out{};
        for (int i = 0; i < count; ++i) {
            Slot& slot = slots_[static_cast<std::size_t>(i)];
            answer(slot, headers[i].msg_len);
            if (slot.answer.empty()) continue;
            slot.answer_part = {slot.answer.data(), slot.answer.size()};
            out[answers++].msg_hdr =
                {&slot.client, headers[i].msg_hdr.msg_namelen, &slot.answer_part, 1, nullptr, 0, 0};
        }
        // What the kernel does not take is lost, as datagrams may be.
        if (answers > 0) sendmmsg(socket_.native_handle(), out.data(), answers, MSG_DONTWAIT);
        return static_cast<std::size_t>(count);
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
};

class DatagramListener final : public Listener {
public:
    DatagramListener(
        Endpoint endpoint,
        std::vector<std::pair<LiveThread*, std::shared_ptr<DatagramSocket>>> sockets
    )
        : endpoint_(endpoint)
        , sockets_(std::move(sockets)) {}

    ~DatagramListener() override {
        for (auto& [thread, socket] : sockets_)
            thread->post([stopping = socket] { stopping->stop(); });
    }

    Endpoint endpoint() const override { return endpoint_; }

private:
    Endpoint endpoint_;
    std::vector<std::pair<LiveThread*, std::shared_ptr<DatagramSocket>>> sockets_;
};

} // namespace

std::unique_ptr<Listener> listen_for_datagrams(
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
    return std::make_unique<DatagramListener>(opened.endpoint, std::move(sockets));
}

} // namespace diorama::network
