// The functions behind the pointers of shape.hpp for C++ types. Included by generated sources only.
#pragma once

#include "emulator/aws/box.hpp"
#include "emulator/aws/service.hpp"
#include "emulator/aws/shape.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace diorama::aws::access {

template <class T>
const T& at(const void* structure, std::size_t offset) {
    return *reinterpret_cast<const T*>(static_cast<const char*>(structure) + offset);
}

template <class T>
T& at(void* structure, std::size_t offset) {
    return *reinterpret_cast<T*>(static_cast<char*>(structure) + offset);
}

// Members that are always there: required ones, lists and maps.
inline const void* get_field(const void* structure, const Member& member) {
    return static_cast<const char*>(structure) + member.offset;
}

inline void* set_field(void* structure, const Member& member) {
    return static_cast<char*>(structure) + member.offset;
}

template <class T>
const void* get_optional(const void* structure, const Member& member) {
    const auto& field = at<std::optional<T>>(structure, member.offset);
    return field ? &*field : nullptr;
}

template <class T>
void* set_optional(void* structure, const Member& member) {
    return &at<std::optional<T>>(structure, member.offset).emplace();
}

template <class T>
const void* get_box(const void* structure, const Member& member) {
    const auto& field = at<Box<T>>(structure, member.offset);
    return field ? &*field : nullptr;
}

template <class T>
void* set_box(void* structure, const Member& member) {
    return &at<Box<T>>(structure, member.offset).emplace();
}

template <class T>
std::size_t list_size(const void* list) {
    return static_cast<const std::vector<T>*>(list)->size();
}

template <class T>
const void* list_at(const void* list, std::size_t index) {
    return &(*static_cast<const std::vector<T>*>(list))[index];
}

template <class T>
void* list_append(void* list, const Shape&) {
    return &static_cast<std::vector<T>*>(list)->emplace_back();
}

template <class T>
inline constexpr ListAccess list_of{&list_size<T>, &list_at<T>, &list_append<T>};

template <class T>
std::size_t map_size(const void* map) {
    return static_cast<const std::map<std::string, T>*>(map)->size();
}

template <class T>
void map_each(const void* map, void* context, MapAccess::Visit visit) {
    for (const auto& [key, value] : *static_cast<const std::map<std::string, T>*>(map))
        visit(context, key, &value);
}

template <class T>
void* map_insert(void* map, const Shape&, std::string key) {
    return &(*static_cast<std::map<std::string, T>*>(map))[std::move(key)];
}

template <class T>
inline constexpr MapAccess map_of{&map_size<T>, &map_each<T>, &map_insert<T>};

template <class T>
void* make(const Shape&) {
    return new T();
}

template <class T>
void destroy(void* value) {
    delete static_cast<T*>(value);
}

} // namespace diorama::aws::access
