// Two ways to keep what millions of objects have without keeping it millions of times: what most of
// them say alike (Shared), and what hardly any of them has (Rare). See state.hpp.
#pragma once

#include <memory>
#include <utility>

namespace diorama::s3 {

// A value that copies share until one of them is edited.
template <typename T>
class Shared {
public:
    Shared() = default;

    // NOLINTNEXTLINE(google-explicit-constructor): it stands wherever a T stood.
    Shared(T value)
        : value_(std::make_shared<const T>(std::move(value))) {}

    const T& operator*() const { return *value_; }

    const T* operator->() const { return value_.get(); }

    // A copy of its own to write into, while nobody else has a copy of this.
    T& edit() {
        auto copy = std::make_shared<T>(*value_);
        auto& edited = *copy;
        value_ = std::move(copy);
        return edited;
    }

    // Keeps the other's value if it is the same, so that its own can go.
    void join(const Shared& other) {
        if (value_ != other.value_ && *value_ == *other.value_) value_ = other.value_;
    }

private:
    static const std::shared_ptr<const T>& usual() {
        static const auto value = std::make_shared<const T>();
        return value;
    }

    std::shared_ptr<const T> value_ = usual();
};

// An optional that takes one pointer's room while it is empty.
template <typename T>
class Rare {
public:
    Rare() = default;

    // NOLINTNEXTLINE(google-explicit-constructor): it stands wherever an optional stood.
    Rare(T value)
        : value_(std::make_unique<T>(std::move(value))) {}

    Rare(const Rare& other)
        : value_(other.value_ ? std::make_unique<T>(*other.value_) : nullptr) {}

    Rare(Rare&&) noexcept = default;

    Rare& operator=(Rare other) noexcept {
        value_ = std::move(other.value_);
        return *this;
    }

    ~Rare() = default;

    explicit operator bool() const { return value_ != nullptr; }

    const T& operator*() const { return *value_; }

    const T* operator->() const { return value_.get(); }

private:
    std::unique_ptr<T> value_;
};

} // namespace diorama::s3
