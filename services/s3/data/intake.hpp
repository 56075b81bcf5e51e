// The live driver of an upload: takes the body off the connection as it comes, through aws-chunked
// framing and digests, into a blob. Blobs on disk are written by a worker, and the client is held
// back when the disk is slower than the network, so that no request holds more than half a MiB.
#pragma once

#include "emulator/aws/error.hpp"
#include "emulator/storage/blob_store.hpp"
#include "services/s3/background/persistence.hpp"
#include "services/s3/data/expected_body.hpp"
#include "services/s3/data/range.hpp"
#include "services/s3/data/request.hpp"
#include "services/s3/state.hpp"

#include <functional>
#include <memory>
#include <variant>

namespace diorama::s3 {

struct ReceivedBody {
    std::shared_ptr<const storage::Blob> blob; // durable if its store is
    std::string md5;                           // raw
    Checksum checksum;
    std::optional<Checksum> crc64nvme; // if it was asked for
    std::string nonce;                 // if it was encrypted
    // Raw: the MD5, or with a key that is not S3's own another digest. AWS: "Objects encrypted by
    // […] SSE-C or SSE-KMS […] have ETags that are not an MD5 digest of their object data."
    std::string e_tag;
};

// Either the body, or why it was refused. Not called if the client goes away. On the exchange's
// thread.
using BodyReceived = std::function<void(std::variant<ReceivedBody, aws::AWSError> result)>;

void receive_body(
    RequestRef request,
    ExpectedBody expected,
    storage::BlobStore& blobs,
    const RunBlocking& run_blocking,
    BodyReceived done
);

// The keys of a copy; empty where nothing is encrypted.
struct CopyKeys {
    std::string source;
    std::string target;
    std::string nonce;   // of the copy
    std::string managed; // ARN of the copy's
};

// Reads blobs and writes their bytes as one new blob, with digests: for copies that have to be made
// anew. May wait for a disk.
ReceivedBody rewrite(
    const std::vector<Part>& parts,
    ByteRange range,
    ChecksumAlgorithm algorithm,
    const CopyKeys& keys,
    storage::BlobStore& blobs
);

} // namespace diorama::s3
