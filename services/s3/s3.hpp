// The front door of S3: all that other code may include. S3 takes its exchanges itself, on the edge
// threads, so everything here may be called from any thread.
#pragma once

#include "emulator/environment.hpp"
#include "emulator/http/exchange.hpp"
#include "emulator/storage/blob_store.hpp"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace diorama::s3 {

struct Store;
class AccessLogs;
class EventTopics;
class Lifecycle;
class Observers;
class StorageMetrics;

struct Settings {
    // Where objects and their records are kept; empty: in memory.
    std::string folder;
    storage::Durability durability = storage::Durability::full;
    // Runs what waits for a disk (network::Network::run_blocking). Needed with a folder.
    std::function<void(std::function<void()>)> run_blocking;
    // Signatures are verified with the secret of an access key; empty: any signature is taken.
    std::function<std::optional<std::string>(std::string_view access_key)> secrets{};
};

struct HostMeaning;

class S3 {
public:
    // Loads what an earlier process left; throws storage::SQLiteError or storage::BlobError.
    S3(Environment& environment, Settings settings);
    ~S3();

    // Answers one exchange: gateway.add_raw("s3", [&](auto exchange) { s3.serve(exchange); }).
    void serve(std::shared_ptr<http::Exchange> exchange);

    // As above for a Host that is no name of S3's but leads to it: the bucket is named like it.
    void serve_by_name(std::shared_ptr<http::Exchange> exchange);

    // Whether a Host (lower case, without port) is one of S3's: an endpoint, a bucket or a bucket's
    // website.
    bool claims_host(std::string_view host) const;

    // For other parts of this cloud, which keep things in buckets (RDS backups). No exchange, no
    // signature; metadata as an upload would have it. Where a disk is involved these wait for it:
    // call them on a worker.
    enum class Outcome { done, no_such_bucket, no_such_key, failed };

    // Makes the bucket unless there is one. `failed`: the name is another account's, or not valid.
    Outcome create_bucket_if_absent(
        const std::string& account,
        const std::string& region,
        const std::string& bucket
    );
    // Durable when it returns.
    Outcome put_object(
        const std::string& bucket,
        const std::string& key,
        std::string_view bytes,
        const std::string& content_type = "binary/octet-stream"
    );
    // An object of that length for simulations: it can be found; of its bytes only those can be
    // read that are given here.
    Outcome put_modelled_object(
        const std::string& bucket,
        const std::string& key,
        std::uint64_t size,
        const std::string& cache_control,
        std::string_view beginning = {}
    );

    // What a HEAD request would tell.
    struct ObjectView {
        std::uint64_t size = 0;
        std::string e_tag; // quoted
        std::string content_type;
        std::string cache_control;
        Timestamp last_modified;
    };

    std::optional<ObjectView> find_object(const std::string& bucket, const std::string& key) const;
    // Whether a GET of this key would be let through: from a distribution with an origin access
    // control (its ARN), or from nobody known (empty). A bucket that is not there refuses nobody.
    bool may_get(const std::string& bucket, const std::string& key, const std::string& distribution)
        const;
    Outcome put_file(
        const std::string& bucket,
        const std::string& key,
        const std::string& path,
        const std::string& content_type = "binary/octet-stream"
    );
    // Reads no more than the first `at_most` bytes, where that is said.
    Outcome get_object(
        const std::string& bucket,
        const std::string& key,
        std::string& bytes,
        std::size_t at_most = std::string::npos
    ) const;
    // Writes the object to a file of that name, which is replaced.
    Outcome
    get_file(const std::string& bucket, const std::string& key, const std::string& path) const;
    Outcome delete_object(const std::string& bucket, const std::string& key);

    // An operation on a bucket or on tags by name ("CreateBucket"), for calls from inside the
    // process: JSON with the model's names. Durable when it returns; throws aws::AWSError.
    nlohmann::json call(
        const std::string& account,
        const std::string& region,
        std::string_view operation,
        const nlohmann::json& input
    );

    // Where event notifications are published; before the first request.
    void publish_to(EventTopics& topics);

    // Whether a website endpoint would answer for this bucket (Route 53's aliases).
    bool has_website(const std::string& bucket) const;

private:
    using Source = std::function<std::string_view()>; // the next bytes; empty at the end
    Outcome put_from(
        const std::string& bucket,
        const std::string& key,
        const std::string& content_type,
        const Source& next
    );
    using Sink = std::function<bool(std::string_view bytes)>; // false: failed
    Outcome get_into(const std::string& bucket, const std::string& key, const Sink& sink) const;
    bool is_bucket(const std::string& name) const;
    void answer(std::shared_ptr<http::Exchange> exchange, const HostMeaning& meaning);

    Environment& environment_;
    std::mutex random_mutex_;
    Random random_;
    std::unique_ptr<Store> store_;
    std::unique_ptr<StorageMetrics> storage_metrics_;
    std::unique_ptr<AccessLogs> access_logs_;
    std::unique_ptr<Observers> observers_;
    std::unique_ptr<Lifecycle> lifecycle_;
};

} // namespace diorama::s3
