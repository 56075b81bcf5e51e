// The live driver of HTTP deliveries: signs on a worker, posts from an edge thread, and reports the
// status back to the world thread.
#include "emulator/http/client.hpp"
#include "services/sns/data/signature.hpp"
#include "services/sns/data/url.hpp"
#include "services/sns/limits.hpp"
#include "services/sns/sns.hpp"

#include <openssl/evp.h>

#include <map>
#include <mutex>

namespace diorama::sns {

namespace {

constexpr std::size_t response_limit = 64 * 1024;

std::string basic_authorization(const std::string& user) {
    std::string text(4 * ((user.size() + 2) / 3) + 1, '\0');
    const int length = EVP_EncodeBlock(
        reinterpret_cast<unsigned char*>(text.data()),
        reinterpret_cast<const unsigned char*>(user.data()),
        static_cast<int>(user.size())
    );
    text.resize(static_cast<std::size_t>(length));
    return "Basic " + text;
}

class LiveHTTPEndpoints final : public HTTPEndpoints {
public:
    LiveHTTPEndpoints(
        network::Network& network,
        http::Client& client,
        Scheduler& world,
        FindAddress find_address,
        Translate translate
    )
        : network_(network)
        , client_(client)
        , world_(world)
        , find_address_(std::move(find_address))
        , translate_(std::move(translate)) {}

    void post(EndpointRequest request, std::function<void(int status)> answered) override {
        const auto index = next_thread_++ % network_.thread_count();
        network_.run_blocking(
            [this, index, request = std::move(request), answered = std::move(answered)]() mutable {
                try {
                    if (!request.text_to_sign.empty())
                        request.body +=
                            signer_.sign(request.text_to_sign, request.signature_version);
                } catch (...) {
                    answer(std::move(answered), 0); // the delivery is tried again
                    throw;
                }
                request.body += request.body_after_signature;
                auto& thread = network_.thread(index);
                thread.post(
                    [this, &thread, request = std::move(request), answered = std::move(answered)](
                    ) mutable { send(thread, std::move(request), std::move(answered)); }
                );
            }
        );
    }

    std::string signing_certificate() override { return signer_.certificate_pem(); }

private:
    using Answered = std::function<void(int status)>;

    std::optional<network::Endpoint> target_of(const EndpointURL& url) const {
        auto address = network::IPAddress::parse(url.host);
        if (!address && url.host == "localhost") address = network::IPAddress::v4(127, 0, 0, 1);
        if (!address && find_address_) address = find_address_(url.host);
        if (!address) return {};
        const network::Endpoint proper{*address, url.port};
        return translate_ ? translate_(proper) : proper;
    }

    void answer(Answered answered, int status) {
        world_.post([answered = std::move(answered), status] { answered(status); });
    }

    void send(network::EdgeThread& thread, EndpointRequest request, Answered answered) {
        const auto url = parse_endpoint_url(request.url);
        const auto target = url ? target_of(*url) : std::nullopt;
        if (!target) {
            answer(std::move(answered), 0);
            return;
        }
        http::OutboundRequest outbound;
        outbound.target = *target;
        outbound.tls = url->is_tls;
        outbound.server_name = url->host;
        outbound.head.method = "POST";
        outbound.head.target = url->target;
        outbound.head.headers = std::move(request.headers);
        outbound.head.headers.add("Host", url->authority);
        if (!url->user.empty())
            outbound.head.headers.add("Authorization", basic_authorization(url->user));
        outbound.body = std::move(request.body);
        outbound.connect_timeout = limits::endpoint_timeout;
        outbound.response_timeout = limits::endpoint_timeout;
        const auto id = remember();
        auto call = client_.fetch(
            thread,
            std::move(outbound),
            response_limit,
            [this, id, answered = std::move(answered)](
                http::UpstreamFailure failure,
                http::Response response
            ) mutable {
                answer(
                    std::move(answered),
                    failure == http::UpstreamFailure::none ? response.status : 0
                );
                forget(id);
            }
        );
        keep(id, std::move(call));
    }

    // A call lives until it is done, which may be before fetch() has returned.
    std::uint64_t remember() {
        const std::lock_guard lock(mutex_);
        calls_[++last_call_] = nullptr;
        return last_call_;
    }

    void keep(std::uint64_t id, std::shared_ptr<http::OutboundCall> call) {
        const std::lock_guard lock(mutex_);
        if (const auto found = calls_.find(id); found != calls_.end())
            found->second = std::move(call);
    }

    void forget(std::uint64_t id) {
        std::shared_ptr<http::OutboundCall> done; // dies outside the lock
        const std::lock_guard lock(mutex_);
        if (const auto found = calls_.find(id); found != calls_.end()) {
            done = std::move(found->second);
            calls_.erase(found);
        }
    }

    network::Network& network_;
    http::Client& client_;
    Scheduler& world_;
    FindAddress find_address_;
    Translate translate_;
    Signer signer_;
    std::size_t next_thread_ = 0; // world thread
    std::mutex mutex_;
    std::uint64_t last_call_ = 0;
    std::map<std::uint64_t, std::shared_ptr<http::OutboundCall>> calls_;
};

} // namespace

std::unique_ptr<HTTPEndpoints> make_http_endpoints(
    network::Network& network,
    http::Client& client,
    Scheduler& world,
    FindAddress find_address,
    Translate translate
) {
    return std::make_unique<LiveHTTPEndpoints>(
        network,
        client,
        world,
        std::move(find_address),
        std::move(translate)
    );
}

} // namespace diorama::sns
