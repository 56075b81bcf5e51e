// See intake.hpp.
#include "services/s3/data/intake.hpp"

#include "emulator/aws/aws_chunked.hpp"
#include "emulator/aws/base64.hpp"
#include "services/s3/data/customer_key.hpp"
#include "services/s3/data/errors.hpp"
#include "services/s3/limits.hpp"

#include <algorithm>
#include <utility>

namespace diorama::s3 {

namespace {

using aws::AWSError;

// Ours. Bodies up to this lie in the record of their object: a file of their own would cost two
// syncs more, and all records are in memory, so they may not be larger.
constexpr std::uint64_t small_bytes_max = 1024;
// Enough is gathered, and what came with the last of it.
constexpr std::uint64_t piece_bytes_max = limits::write_bytes + (64 << 10);

// All digests of a body at once.
class BodyDigests {
public:
    BodyDigests(ChecksumAlgorithm algorithm, bool with_sha256, bool with_crc64nvme = false)
        : md5_(make_md5())
        , checksum_(make_digest(algorithm))
        , sha256_(with_sha256 ? make_digest(ChecksumAlgorithm::sha256) : nullptr)
        , crc64nvme_(with_crc64nvme ? make_digest(ChecksumAlgorithm::crc64nvme) : nullptr) {
        checksum.algorithm = algorithm;
    }

    void update(std::string_view bytes) {
        md5_->update(bytes);
        checksum_->update(bytes);
        if (sha256_ != nullptr) sha256_->update(bytes);
        if (crc64nvme_ != nullptr) crc64nvme_->update(bytes);
    }

    void finish() {
        md5 = md5_->finish();
        checksum.value = aws::base64_encode(checksum_->finish());
        if (sha256_ != nullptr) sha256 = aws::hex(sha256_->finish());
        if (crc64nvme_ != nullptr)
            crc64nvme = Checksum{
                ChecksumAlgorithm::crc64nvme,
                ChecksumType::full_object,
                aws::base64_encode(crc64nvme_->finish())
            };
    }

    std::string md5;
    std::string sha256; // hex
    Checksum checksum;
    std::optional<Checksum> crc64nvme;

private:
    std::unique_ptr<Digest> md5_;
    std::unique_ptr<Digest> checksum_;
    std::unique_ptr<Digest> sha256_;
    std::unique_ptr<Digest> crc64nvme_;
};

// Encrypts bytes with a customer's key on their way to a blob; without a key they pass unchanged.
class Sealing {
public:
    // `managed_key`: an ARN, or empty.
    Sealing(const std::string& key, const std::string& nonce, std::string managed_key)
        : key_(key)
        , managed_key_(std::move(managed_key)) {
        if (!key.empty()) stream_.emplace(key, nonce);
    }

    std::string_view seal(std::string_view bytes) {
        if (!stream_) return bytes;
        sealed_.assign(bytes);
        stream_->apply(size_, sealed_);
        size_ += sealed_.size();
        return sealed_;
    }

    // The same bytes under the same key have the same entity tag, though they are stored otherwise
    // each time; without the key it tells nothing of them.
    std::string e_tag_of(const std::string& md5) const {
        if (!managed_key_.empty()) return md5_of(managed_key_ + md5);
        return stream_ ? md5_of(key_ + md5) : md5;
    }

private:
    std::string key_;
    std::string managed_key_;
    std::optional<KeyStream> stream_;
    std::uint64_t size_ = 0;
    std::string sealed_;
};

class Intake : public std::enable_shared_from_this<Intake> {
public:
    Intake(
        RequestRef request,
        ExpectedBody expected,
        storage::BlobStore& blobs,
        RunBlocking run_blocking,
        BodyReceived done
    )
        : request_(std::move(request))
        , expected_(std::move(expected))
        , small_blobs_(is_small() ? storage::make_memory_blobs() : nullptr)
        , blobs_(small_blobs_ ? *small_blobs_ : blobs)
        , run_blocking_(std::move(run_blocking))
        , done_(std::move(done))
        // AWS: If you don't specify a checksum algorithm, S3 uses CRC64NVME.
        , framing_(
              [this](std::string_view bytes) {
                  if (const auto& signatures = request_->chunk_signatures)
                      signatures->update(bytes);
                  take(bytes);
              },
              [this](std::string_view signature) {
                  if (const auto& signatures = request_->chunk_signatures)
                      signatures->end_chunk(signature);
              }
          )
        , digests_(
              expected_.algorithm.value_or(ChecksumAlgorithm::crc64nvme),
              !expected_.content_sha256.empty(),
              expected_.needs_crc64nvme
          )
        , sealing_(expected_.customer_key, expected_.nonce, expected_.managed_key) {}

    void start() {
        request_->exchange->stream_body([self = shared_from_this()](const http::BodyPiece& piece) {
            self->received(piece);
        });
    }

private:
    // A form does not say how long its file is.
    bool is_small() const { return !request_->is_form && *expected_.size <= small_bytes_max; }

    void received(const http::BodyPiece& piece) {
        if (!done_) return; // refused already; the rest is thrown away
        // A client that only stopped sending still reads the answer.
        if (piece.state == http::BodyState::aborted || piece.state == http::BodyState::malformed)
            return refuse(incomplete_body());
        if (!piece.bytes.empty() && !take_framed(piece.bytes)) return;
        if (piece.state == http::BodyState::complete) finish();
    }

    // False: refused.
    bool take_framed(std::string_view bytes) {
        if (!expected_.is_aws_chunked) return take(bytes);
        framing_.add(bytes); // calls take()
        if (done_ && framing_.state() == aws::AWSChunkedDecoder::State::malformed)
            refuse(incomplete_body());
        return done_ != nullptr;
    }

    bool take(std::string_view bytes) {
        if (!done_) return false;
        if (received_ + bytes.size() > *expected_.size) {
            refuse(incomplete_body());
            return false;
        }
        received_ += bytes.size();
        if (blobs_.blocks()) {
            if (gathered_.empty()) gathered_.reserve(std::min(*expected_.size, piece_bytes_max));
            gathered_ += bytes;
            write_gathered();
        } else {
            store(bytes);
        }
        return true;
    }

    // Where blobs block this is the worker's, digests and all: the edge thread goes on receiving.
    void store(std::string_view bytes) {
        if (writer_ == nullptr) writer_ = blobs_.begin(blobs_.blocks() ? 0 : *expected_.size);
        if (bytes.empty()) return;
        digests_.update(bytes);
        writer_->append(sealing_.seal(bytes));
    }

    // The checksum that came after the bytes.
    std::optional<AWSError> read_trailer() {
        if (!expected_.is_aws_chunked) return std::nullopt;
        if (framing_.finish() != aws::AWSChunkedDecoder::State::complete) return incomplete_body();
        if (expected_.trailer.empty()) return std::nullopt;
        const auto* value = framing_.trailer(expected_.trailer);
        if (value == nullptr)
            return AWSError(
                "MalformedTrailerError",
                400,
                "The request contained trailing data that was not well-formed or did not conform "
                "to our published schema."
            );
        if (!is_checksum_value(digests_.checksum.algorithm, *value))
            return invalid_request(
                fmt::format("Value for {} trailing header is invalid.", expected_.trailer)
            );
        expected_.checksum = *value;
        return std::nullopt;
    }

    void finish() {
        if (auto error = read_trailer()) return refuse(std::move(*error));
        const bool is_open_ended = request_->is_form;
        if (!is_open_ended && received_ != *expected_.size) return refuse(incomplete_body());
        has_ended_ = true;
        if (blobs_.blocks()) return write_gathered();
        store({});
        digests_.finish();
        if (auto error = find_mismatch()) return refuse(std::move(*error));
        complete(writer_->finish());
    }

    std::optional<AWSError> find_mismatch() const {
        const auto& signatures = request_->chunk_signatures;
        if (signatures && !signatures->hold(received_, framing_.trailers()))
            return signature_mismatch(request_->caller.access_key);
        const auto& md5 = expected_.content_md5;
        if (!md5.empty() && md5 != digests_.md5)
            return AWSError(
                       "BadDigest",
                       400,
                       "The Content-MD5 you specified did not match what we received."
            )
                .with("ExpectedDigest", aws::hex(md5))
                .with("CalculatedDigest", aws::base64_encode(digests_.md5));
        if (expected_.content_sha256 != digests_.sha256)
            return AWSError(
                       "XAmzContentSHA256Mismatch",
                       400,
                       "The provided 'x-amz-content-sha256' header does not match what was "
                       "computed."
            )
                .with("ClientComputedContentSHA256", expected_.content_sha256)
                .with("S3ComputedContentSHA256", digests_.sha256);
        if (!expected_.checksum.empty() && expected_.checksum != digests_.checksum.value)
            return checksum_mismatch(digests_.checksum.algorithm);
        return std::nullopt;
    }

    // One piece is with the worker at a time; what comes meanwhile is gathered, up to a limit.
    void write_gathered() {
        if (gathered_.size() >= limits::write_bytes && is_writing_ && !is_paused_) {
            is_paused_ = true;
            request_->exchange->pause_body();
        }
        if (is_writing_ || (gathered_.size() < limits::write_bytes && !has_ended_)) return;
        is_writing_ = true;
        run_blocking_([self = shared_from_this(),
                       bytes = std::exchange(gathered_, std::exchange(spare_, {})),
                       is_last = has_ended_]() mutable {
            auto written = self->write(bytes, is_last);
            bytes.clear(); // its memory is used again
            // Nothing stays here: an exchange lives and dies on its own thread.
            auto& thread = self->request_->exchange->thread();
            thread.post([self = std::move(self),
                         bytes = std::move(bytes),
                         written = std::move(written)]() mutable {
                self->spare_ = std::move(bytes);
                self->wrote(std::move(written));
            });
        });
    }

    struct Written {
        std::optional<AWSError> error;
        std::shared_ptr<const storage::Blob> blob; // the last piece: the whole
    };

    // On the worker.
    Written write(std::string_view bytes, bool is_last) {
        try {
            store(bytes);
            if (!is_last) return {};
            digests_.finish();
            if (auto error = find_mismatch()) return {std::move(error), nullptr};
            return {std::nullopt, writer_->finish()};
        } catch (const std::exception&) { // the disk, most likely
            return {internal_error(), nullptr};
        }
    }

    void wrote(Written written) {
        is_writing_ = false;
        if (!done_) return;
        if (written.error) return refuse(std::move(*written.error));
        if (written.blob != nullptr) return complete(std::move(written.blob));
        if (std::exchange(is_paused_, false)) request_->exchange->resume_body();
        write_gathered();
    }

    void complete(std::shared_ptr<const storage::Blob> blob) {
        writer_.reset();
        if (auto done = std::exchange(done_, nullptr))
            done(ReceivedBody{
                std::move(blob),
                digests_.md5,
                digests_.checksum,
                digests_.crc64nvme,
                expected_.nonce,
                sealing_.e_tag_of(digests_.md5)
            });
    }

    void refuse(AWSError error) {
        gathered_.clear();
        if (std::exchange(is_paused_, false)) request_->exchange->resume_body();
        if (auto done = std::exchange(done_, nullptr)) done(std::move(error));
    }

    RequestRef request_;
    ExpectedBody expected_;
    std::unique_ptr<storage::BlobStore> small_blobs_;
    storage::BlobStore& blobs_;
    RunBlocking run_blocking_;
    BodyReceived done_; // empty once it has been called
    aws::AWSChunkedDecoder framing_;
    std::uint64_t received_ = 0;
    // The worker's while is_writing_, else the edge thread's.
    BodyDigests digests_;
    Sealing sealing_;
    std::unique_ptr<storage::BlobWriter> writer_;
    std::string gathered_;
    std::string spare_; // empty, with memory for what is gathered next
    bool is_writing_ = false;
    bool is_paused_ = false;
    bool has_ended_ = false;
};

} // namespace

void receive_body(
    RequestRef request,
    ExpectedBody expected,
    storage::BlobStore& blobs,
    const RunBlocking& run_blocking,
    BodyReceived done
) {
    std::make_shared<Intake>(
        std::move(request),
        std::move(expected),
        blobs,
        run_blocking,
        std::move(done)
    )
        ->start();
}

ReceivedBody rewrite(
    const std::vector<Part>& parts,
    ByteRange range,
    ChecksumAlgorithm algorithm,
    const CopyKeys& keys,
    storage::BlobStore& blobs
) {
    BodyDigests digests(algorithm, false);
    Sealing sealing(keys.target, keys.nonce, keys.managed);
    const auto writer = blobs.begin(range.length);
    std::string bytes;
    for (const auto& part : parts) {
        if (range.offset >= part.size) {
            range.offset -= part.size;
            continue;
        }
        std::optional<KeyStream> unsealing;
        if (!keys.source.empty()) unsealing.emplace(keys.source, part.nonce);
        while (range.length != 0 && range.offset < part.size) {
            const auto length =
                std::min<std::uint64_t>({range.length, part.size - range.offset, limits::read_bytes}
                );
            bytes.clear();
            part.blob->read(range.offset, length, bytes);
            if (unsealing) unsealing->apply(range.offset, bytes);
            digests.update(bytes);
            writer->append(sealing.seal(bytes));
            range.offset += length;
            range.length -= length;
        }
        range.offset = 0;
    }
    digests.finish();
    auto e_tag = sealing.e_tag_of(digests.md5);
    return {
        writer->finish(),
        digests.md5,
        digests.checksum,
        std::nullopt,
        keys.nonce,
        std::move(e_tag)
    };
}

} // namespace diorama::s3
