// See names.hpp.
#include "emulator/network/names.hpp"

#include <algorithm>
#include <stdexcept>

namespace diorama::network {

namespace {

constexpr std::uint32_t slices = 16;
constexpr std::uint32_t addresses_per_slice = 16 * 254;

std::string normalized(std::string_view name) {
    if (name.ends_with('.')) name.remove_suffix(1);
    std::string result(name);
    std::transform(result.begin(), result.end(), result.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    });
    return result;
}

} // namespace

IPAddress Names::claim(Kind kind, const std::string& resource) {
    const std::unique_lock lock(mutex_);
    if (const auto found = claimed_.find(resource); found != claimed_.end()) return found->second;
    // Addresses are handed out in order and reused only when the slice has been gone through; a
    // process that needs more than its slice borrows from the next ones.
    IPAddress address;
    std::uint32_t tries = 0;
    do {
        if (tries++ == slices * addresses_per_slice)
            throw std::length_error("no loopback address is left for another resource");
        const std::uint32_t n = next_[kind]++;
        const std::uint32_t slice = slice_ + n / addresses_per_slice;
        const std::uint32_t within = n % addresses_per_slice;
        address = IPAddress::v4(
            127,
            static_cast<std::uint8_t>(kind),
            static_cast<std::uint8_t>(slice % slices * 16 + within / 254),
            static_cast<std::uint8_t>(within % 254 + 1)
        );
    } while (owners_.contains(address));
    claimed_.emplace(resource, address);
    owners_.emplace(address, resource);
    return address;
}

void Names::release(const std::string& resource) {
    const std::unique_lock lock(mutex_);
    const auto found = claimed_.find(resource);
    if (found == claimed_.end()) return;
    owners_.erase(found->second);
    claimed_.erase(found);
}

void Names::publish(const std::string& name, std::vector<IPAddress> addresses) {
    const std::unique_lock lock(mutex_);
    if (addresses.empty()) {
        addresses_.erase(normalized(name));
    } else {
        addresses_.insert_or_assign(normalized(name), std::move(addresses));
    }
    version_.fetch_add(1, std::memory_order_release);
}

std::vector<IPAddress> Names::find(std::string_view name) const {
    const std::shared_lock lock(mutex_);
    const auto found = addresses_.find(normalized(name));
    return found == addresses_.end() ? std::vector<IPAddress>{} : found->second;
}

void Names::redirect(const Endpoint& proper, const Endpoint& actual) {
    const std::unique_lock lock(mutex_);
    redirects_.insert_or_assign(proper, actual);
}

void Names::forget_redirect(const Endpoint& proper) {
    const std::unique_lock lock(mutex_);
    redirects_.erase(proper);
}

Endpoint Names::translate(const Endpoint& proper) const {
    const std::shared_lock lock(mutex_);
    const auto found = redirects_.find(proper);
    return found == redirects_.end() ? proper : found->second;
}

std::map<Endpoint, Endpoint> Names::redirects() const {
    const std::shared_lock lock(mutex_);
    return redirects_;
}

} // namespace diorama::network
