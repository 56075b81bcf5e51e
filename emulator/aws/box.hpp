// A value that may be absent and whose type may contain itself: a unique_ptr that copies. Generated
// shapes use it for recursive structure members; it is read like std::optional.
#pragma once

#include <memory>
#include <utility>

namespace diorama::aws {

template <class T>
class Box {
public:
    Box() = default;

    Box(T value) // NOLINT(google-explicit-constructor): as std::optional
        : value_(std::make_unique<T>(std::move(value))) {}

    Box(const Box& other)
        : value_(other.value_ ? std::make_unique<T>(*other.value_) : nullptr) {}

    Box(Box&& other) noexcept = default;

    Box& operator=(const Box& other) {
        if (this != &other) value_ = other.value_ ? std::make_unique<T>(*other.value_) : nullptr;
        return *this;
    }

    Box& operator=(Box&& other) noexcept = default;
    ~Box() = default;

    bool has_value() const { return value_ != nullptr; }

    explicit operator bool() const { return has_value(); }

    const T& operator*() const { return *value_; }

    T& operator*() { return *value_; }

    const T* operator->() const { return value_.get(); }

    T* operator->() { return value_.get(); }

    T& emplace() {
        value_ = std::make_unique<T>();
        return *value_;
    }

    void reset() { value_.reset(); }

    bool operator==(const Box& other) const {
        if (!value_ || !other.value_) return value_ == other.value_;
        return *value_ == *other.value_;
    }

private:
    std::unique_ptr<T> value_;
};

} // namespace diorama::aws
