// See upstream_head.hpp. Beast's parser is used without its containers: the fields go straight into
// ours. The body is not its business.
#include "emulator/http/upstream_head.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include <algorithm>

namespace diorama::http {

namespace {

namespace beast = boost::beast;
using beast::error_code;

class HeadParser final : public beast::http::basic_parser<false> {
public:
    explicit HeadParser(UpstreamHead& result)
        : result_(result) {
        header_limit(static_cast<std::uint32_t>(max_upstream_head));
        body_limit(boost::none);
        skip(true);
    }

private:
    using string_view = beast::string_view;

    static std::string copy(string_view text) { return {text.data(), text.size()}; }

    void on_request_impl(beast::http::verb, string_view, string_view, int, error_code&) override {}

    void on_response_impl(int status, string_view reason, int version, error_code&) override {
        result_.head.status = status;
        result_.head.reason = copy(reason);
        result_.version = version;
    }

    void
    on_field_impl(beast::http::field, string_view name, string_view value, error_code&) override {
        result_.head.headers.add(copy(name), copy(value));
    }

    void on_header_impl(error_code&) override {}

    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}

    std::size_t on_body_impl(string_view text, error_code&) override { return text.size(); }

    void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}

    std::size_t on_chunk_body_impl(std::uint64_t, string_view text, error_code&) override {
        return text.size();
    }

    void on_finish_impl(error_code&) override {}

    UpstreamHead& result_;
};

} // namespace

UpstreamHead read_upstream_head(std::string_view bytes) {
    using Status = UpstreamHead::Status;
    UpstreamHead result;
    constexpr std::string_view beginning = "HTTP/1.";
    const auto first = bytes.substr(0, beginning.size());
    const auto end = bytes.substr(0, max_upstream_head).find("\r\n\r\n");
    if (end == std::string_view::npos) {
        const bool is_hopeless =
            bytes.size() >= max_upstream_head || beginning.substr(0, first.size()) != first;
        result.status = is_hopeless ? Status::malformed : Status::need_more;
        return result;
    }
    HeadParser parser(result);
    error_code error;
    const auto lines = static_cast<std::size_t>(std::count(bytes.data(), bytes.data() + end, '\n'));
    result.head.headers.reserve(lines);
    result.consumed = parser.put(boost::asio::const_buffer(bytes.data(), end + 4), error);
    const bool is_whole = !error && parser.is_header_done() && result.consumed == end + 4;
    result.status = is_whole ? Status::ok : Status::malformed;
    return result;
}

} // namespace diorama::http
