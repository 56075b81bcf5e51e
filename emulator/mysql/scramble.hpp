// Proofs of a password that never send it: mysql_native_password and caching_sha2_password, seen
// from both sides.
#pragma once

#include <string>
#include <string_view>

namespace diorama::mysql {

inline constexpr std::string_view native_password_plugin = "mysql_native_password";
inline constexpr std::string_view caching_sha2_plugin = "caching_sha2_password";
inline constexpr std::size_t nonce_size = 20;

// What a server keeps instead of the password: SHA1(SHA1(password)), SHA256(SHA256(password)).
// Empty for the empty password.
std::string native_verifier(std::string_view password);
std::string sha2_verifier(std::string_view password);

// What a client sends for a nonce. Empty for the empty password.
std::string native_scramble(std::string_view password, std::string_view nonce);
std::string sha2_scramble(std::string_view password, std::string_view nonce);

bool native_scramble_matches(
    std::string_view scramble,
    std::string_view nonce,
    std::string_view verifier
);
bool sha2_scramble_matches(
    std::string_view scramble,
    std::string_view nonce,
    std::string_view verifier
);

// The full form of caching_sha2_password without TLS: the password and its final NUL, mixed with
// the nonce. Applying it twice gives the text back.
std::string mixed_with_nonce(std::string_view text, std::string_view nonce);
// RSA-OAEP with a PEM public key; empty when the key is not one.
std::string rsa_encrypted(std::string_view text, std::string_view public_key_pem);

// Compares in time that does not depend on where the texts differ.
bool equal_in_constant_time(std::string_view a, std::string_view b);

} // namespace diorama::mysql
