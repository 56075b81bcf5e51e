// Bytes encrypted, compressed, and drawn by chance.
// https://dev.mysql.com/doc/refman/8.0/en/encryption-functions.html
#include "services/rds/data/sql/functions.hpp"

#include <openssl/evp.h>

#include <array>
#include <memory>
#include <zlib.h>

namespace diorama::rds::sql {

namespace {

constexpr std::size_t block_size = 16;
constexpr std::size_t most_bytes = std::size_t{64} << 20; // max_allowed_packet

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

// How the session encrypts: block_encryption_mode, "aes-128-ecb" if nothing else is set.
struct Mode {
    std::size_t key_size = 16;
    std::string kind = "ecb";

    static Mode of(const Context& context) {
        const auto set = context.variables.find("block_encryption_mode");
        if (set == context.variables.end() || set->second.size() < 11) return {};
        return {std::stoul(set->second.substr(4, 3)) / 8, set->second.substr(8)};
    }

    const EVP_CIPHER* cipher() const {
        const auto name = "AES-" + std::to_string(key_size * 8) + "-" + kind;
        return EVP_get_cipherbyname(name.c_str());
    }

    bool needs_vector() const { return kind != "ecb"; }
};

// MySQL: a longer key is folded onto itself by XOR, a shorter one filled up with zeros.
std::string folded_key(std::string_view key, std::size_t size) {
    std::string folded(size, '\0');
    for (std::size_t i = 0; i < key.size(); ++i)
        folded[i % size] = static_cast<char>(folded[i % size] ^ key[i]);
    return folded;
}

const unsigned char* bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

// Nothing if the padding shows that it was not encrypted so.
std::optional<std::string> crypt(
    const Mode& mode,
    std::string_view text,
    std::string_view key,
    std::string_view vector,
    bool encrypts
) {
    const auto* cipher = mode.cipher();
    const Cipher state(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    const auto folded = folded_key(key, mode.key_size);
    const auto* start = vector.empty() ? nullptr : bytes(vector);
    if (cipher == nullptr ||
        EVP_CipherInit_ex(state.get(), cipher, nullptr, bytes(folded), start, encrypts ? 1 : 0) !=
            1)
        return std::nullopt;
    std::string out(text.size() + block_size, '\0');
    auto* place = reinterpret_cast<unsigned char*>(out.data());
    int written = 0;
    int last = 0;
    const auto size = static_cast<int>(text.size());
    if (EVP_CipherUpdate(state.get(), place, &written, bytes(text), size) != 1 ||
        EVP_CipherFinal_ex(state.get(), place + written, &last) != 1)
        return std::nullopt;
    out.resize(static_cast<std::size_t>(written + last));
    return out;
}

// (text, key [, initialization vector])
void run_cipher(const Call& call, bool encrypts) {
    const auto mode = Mode::of(call.context);
    std::string_view vector;
    if (mode.needs_vector()) {
        const std::string_view name = encrypts ? "aes_encrypt" : "aes_decrypt";
        if (call.size() < 3)
            return call.fail(
                {1582,
                 "42000",
                 "Incorrect parameter count in the call to native function '" + std::string(name) +
                     "'"}
            );
        vector = call.text(2);
        if (vector.size() < block_size)
            return call.fail(
                {1882,
                 "HY000",
                 "The initialization vector supplied to " + std::string(name) +
                     " is too short. Must be at least 16 bytes long"}
            );
    }
    const auto out = crypt(mode, call.text(0), call.text(1), vector, encrypts);
    out ? call.result_blob(*out) : call.null();
}

void encrypt(const Call& call) {
    run_cipher(call, true);
}

void decrypt(const Call& call) {
    run_cipher(call, false);
}

constexpr std::size_t size_bytes = 4;

// MySQL: four bytes with the length, the low one first, then what zlib makes of it; a point behind
// where that ends with a space.
void compress_text(const Call& call) {
    const auto text = call.text(0);
    if (text.empty()) return call.result_blob({});
    auto size = compressBound(text.size());
    std::string out(size_bytes + size, '\0');
    for (std::size_t i = 0; i < size_bytes; ++i)
        out[i] = static_cast<char>(text.size() >> (8 * i) & 0xff);
    auto* place = reinterpret_cast<Bytef*>(out.data() + size_bytes);
    if (compress(place, &size, bytes(text), text.size()) != Z_OK) return call.null();
    out.resize(size_bytes + size);
    if (out.back() == ' ') out += '.';
    call.result_blob(out);
}

std::size_t told_size(std::string_view compressed) {
    std::size_t size = 0;
    for (std::size_t i = 0; i < size_bytes; ++i)
        size |= std::size_t{static_cast<std::uint8_t>(compressed[i])} << (8 * i);
    return size & 0x3fff'ffff;
}

void broken(const Call& call) {
    call.context.warn({1259, "HY000", "ZLIB: Input data corrupted"});
    call.null();
}

void uncompress_text(const Call& call) {
    const auto text = call.text(0);
    if (text.empty()) return call.result_blob({});
    if (text.size() <= size_bytes) return broken(call);
    uLongf size = told_size(text);
    if (size > most_bytes) {
        call.context.warn({1256, "HY000", "Uncompressed data size too large"});
        return call.null();
    }
    std::string out(size, '\0');
    auto* place = reinterpret_cast<Bytef*>(out.data());
    const auto packed = text.substr(size_bytes);
    if (uncompress(place, &size, bytes(packed), packed.size()) != Z_OK) return broken(call);
    out.resize(size);
    call.result_blob(out);
}

void uncompressed_length(const Call& call) {
    const auto text = call.text(0);
    if (text.empty()) return call.result(std::int64_t{0});
    if (text.size() <= size_bytes) return broken(call);
    call.result(static_cast<std::int64_t>(told_size(text)));
}

void random_bytes(const Call& call) {
    constexpr std::int64_t most = 1024;
    const auto count = call.integer(0);
    if (count < 1 || count > most)
        return call.fail({1690, "22003", "length value is out of range in 'random_bytes'"});
    std::string out;
    while (out.size() < static_cast<std::size_t>(count))
        out.push_back(static_cast<char>(call.context.random.below(256)));
    call.result_blob(out);
}

constexpr std::array functions = {
    Function{"my_aes_encrypt", encrypt},
    Function{"my_aes_decrypt", decrypt},
    Function{"my_compress", compress_text},
    Function{"my_uncompress", uncompress_text},
    Function{"my_uncompressed_length", uncompressed_length},
    Function{
        "my_random_bytes",
        random_bytes,
        Function::Nulls::give_null,
        Function::Changes::each_call
    },
};

} // namespace

std::span<const Function> secret_functions() {
    return functions;
}

} // namespace diorama::rds::sql
