// What records are made of that JSON has no word for: moments, and members that may be absent. For
// the state.cpp of services that keep their records as JSON.
#pragma once

#include "emulator/time/time.hpp"

#include <nlohmann/json.hpp>

#include <optional>

namespace diorama::storage {

inline std::int64_t ticks(Timestamp when) {
    return when.time_since_epoch().count();
}

inline Timestamp from_ticks(const nlohmann::json& number) {
    return Timestamp(Duration(number.get<std::int64_t>()));
}

// An absent value as null.
template <class T>
nlohmann::json optional_json(const std::optional<T>& value) {
    return value ? nlohmann::json(*value) : nlohmann::json(nullptr);
}

template <class T>
std::optional<T> optional_from(const nlohmann::json& value) {
    return value.is_null() ? std::nullopt : std::optional<T>(value.get<T>());
}

// An absent value as an absent member.
template <class T>
void put_optional(nlohmann::json& object, const char* key, const std::optional<T>& value) {
    if (value) object[key] = *value;
}

template <class T>
void get_optional(const nlohmann::json& object, const char* key, std::optional<T>& value) {
    if (const auto found = object.find(key); found != object.end())
        value = found->template get<T>();
}

} // namespace diorama::storage
