// See delivery.hpp.
#include "services/s3/data/delivery.hpp"

#include "services/s3/data/customer_key.hpp"
#include "services/s3/limits.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace diorama::s3 {

namespace {

class Delivery : public std::enable_shared_from_this<Delivery> {
public:
    Delivery(
        std::shared_ptr<http::Exchange> exchange,
        ObjectRef object,
        ByteRange range,
        std::string customer_key
    )
        : exchange_(std::move(exchange))
        , object_(std::move(object))
        , range_(range)
        , customer_key_(std::move(customer_key)) {
        // The part in which the stretch begins.
        while (part_ < object_->parts.size() && range_.offset >= object_->parts[part_].size)
            range_.offset -= object_->parts[part_++].size;
    }

    void go_on() {
        while (range_.length != 0) {
            const auto& part = object_->parts[part_];
            const auto length = std::min(range_.length, part.size - range_.offset);
            if (length == 0) {
                advance(0);
            } else if (auto bytes = part.blob->bytes(); bytes && customer_key_.empty()) {
                exchange_->send(std::move(bytes), range_.offset, length);
                advance(length);
            } else if (!send_piece(std::min<std::uint64_t>(length, limits::read_bytes))) {
                return;
            }
        }
        exchange_->end_response();
    }

private:
    // Pages that were written or read lately are in the kernel's cache, so the read happens here
    // and not on a worker: the way there and back takes longer than the copy. False: stop, the rest
    // follows when this has left, or the object cannot be read.
    bool send_piece(std::size_t length) {
        std::string bytes;
        try {
            object_->parts[part_].blob->read(range_.offset, length, bytes);
        } catch (const storage::BlobError&) {
            // The head has promised more; only a broken connection can say that it will not come.
            exchange_->abort();
            return false;
        }
        if (!customer_key_.empty()) {
            if (!unsealing_) unsealing_.emplace(customer_key_, object_->parts[part_].nonce);
            unsealing_->apply(range_.offset, bytes);
        }
        exchange_->send(std::move(bytes));
        advance(length);
        if (range_.length == 0 || exchange_->unsent_bytes() == 0) return true;
        exchange_->when_drained([self = shared_from_this()] { self->go_on(); });
        return false;
    }

    void advance(std::uint64_t length) {
        range_.offset += length;
        range_.length -= length;
        if (range_.offset == object_->parts[part_].size) {
            ++part_;
            range_.offset = 0;
            unsealing_.reset();
        }
    }

    std::shared_ptr<http::Exchange> exchange_;
    ObjectRef object_;
    ByteRange range_; // what is still to be sent; the offset counts from the part's first byte
    std::size_t part_ = 0;
    std::string customer_key_;
    std::optional<KeyStream> unsealing_; // of this part
};

} // namespace

void send_object(
    const std::shared_ptr<http::Exchange>& exchange,
    http::ResponseHead head,
    ObjectRef object,
    ByteRange range,
    std::string customer_key
) {
    if (exchange->request().method == "HEAD")
        return exchange->respond({head.status, std::move(head.headers), {}, {}});
    exchange->begin_response(std::move(head));
    std::make_shared<Delivery>(exchange, std::move(object), range, std::move(customer_key))
        ->go_on();
}

} // namespace diorama::s3
