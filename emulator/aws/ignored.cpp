// See ignored.hpp.
#include "emulator/aws/ignored.hpp"

#include <algorithm>

namespace diorama::aws {

void report_ignored(
    const Call& call,
    const Shape& shape,
    const void* value,
    std::initializer_list<std::string_view> effective,
    std::string_view prefix
) {
    for (const Member& member : shape.members) {
        const void* present = member.get(value, member);
        if (present == nullptr) continue;
        const Shape& kind = *member.shape;
        if (kind.list != nullptr && kind.list->size(present) == 0) continue;
        if (kind.map != nullptr && kind.map->size(present) == 0) continue;
        if (std::find(effective.begin(), effective.end(), member.name) != effective.end()) continue;
        call.ignored(
            prefix.empty() ? std::string(member.name)
                           : std::string(prefix) + "." + std::string(member.name)
        );
    }
}

} // namespace diorama::aws
