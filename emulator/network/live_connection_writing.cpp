// The writing half of live_connection.hpp: what is queued leaves at the end of the turn, in as few
// system calls as possible, and waits for the kernel only when it takes no more.
#include "emulator/network/live_connection.hpp"

#include <boost/asio/buffer.hpp>

#include <array>
#include <span>

namespace diorama::network {

namespace {

constexpr std::size_t buffers_per_write = 32;

} // namespace

void LiveConnection::write(std::string bytes) {
    if (bytes.empty()) return;
    Chunk chunk;
    chunk.length = bytes.size();
    chunk.own = std::move(bytes);
    queue(std::move(chunk));
}

void LiveConnection::write(
    std::shared_ptr<const std::string> bytes,
    std::size_t offset,
    std::size_t length
) {
    if (length == 0) return;
    Chunk chunk;
    chunk.shared = std::move(bytes);
    chunk.offset = offset;
    chunk.length = length;
    queue(std::move(chunk));
}

void LiveConnection::queue(Chunk chunk) {
    if (is_closed_ || is_finishing_) return;
    wants_drained_ = true;
    mark();
    if (tls_) {
        tls_->send({chunk.bytes(), chunk.length});
        return;
    }
    queued_ += chunk.length;
    output_.push_back(std::move(chunk));
}

void LiveConnection::flush() {
    if (tls_) {
        Chunk chunk;
        chunk.own = tls_->take_output();
        chunk.length = chunk.own.size();
        queued_ += chunk.length;
        if (chunk.length != 0) output_.push_back(std::move(chunk));
    }
    while (!output_.empty() && !is_writing_) {
        std::array<boost::asio::const_buffer, buffers_per_write> buffers;
        std::size_t n = 0;
        std::size_t offered = 0;
        for (const Chunk& chunk : output_) {
            if (n == buffers_per_write) break;
            buffers[n++] = boost::asio::const_buffer(chunk.bytes(), chunk.length);
            offered += chunk.length;
        }
        boost::system::error_code error;
        const std::size_t count = socket_.write_some(std::span(buffers.data(), n), error);
        if (error == boost::asio::error::would_block) return wait_writable();
        if (error) return fail(CloseReason::reset);
        touch();
        sent(count);
        if (count < offered) return wait_writable();
    }
}

void LiveConnection::sent(std::size_t count) {
    queued_ -= count;
    while (count > 0) {
        Chunk& first = output_.front();
        const std::size_t taken = std::min(count, first.length);
        first.offset += taken;
        first.length -= taken;
        count -= taken;
        if (first.length == 0) output_.pop_front();
    }
}

void LiveConnection::wait_writable() {
    if (is_writing_) return;
    is_writing_ = true;
    socket_.async_wait(
        boost::asio::ip::tcp::socket::wait_write,
        [self = shared_from_this()](const boost::system::error_code& error) {
            self->is_writing_ = false;
            if (error || !self->socket_.is_open()) return;
            self->thread_.turn([&self] { self->mark(); }, self.get());
        }
    );
}

} // namespace diorama::network
