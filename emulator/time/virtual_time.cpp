// See virtual_time.hpp.
#include "emulator/time/virtual_time.hpp"

#include <algorithm>

namespace diorama {

TimerId VirtualTime::at(Timestamp when, std::function<void()> task) {
    const TimerId id = ++last_id_;
    when = std::max(when, now_);
    events_.emplace(Key{when, id}, std::move(task));
    times_.emplace(id, when);
    return id;
}

TimerId VirtualTime::after(Duration delay, std::function<void()> task) {
    return at(now_ + delay, std::move(task));
}

void VirtualTime::cancel(TimerId timer) {
    const auto found = times_.find(timer);
    if (found == times_.end()) return;
    events_.erase(Key{found->second, timer});
    times_.erase(found);
}

bool VirtualTime::step() {
    if (events_.empty()) return false;
    auto next = events_.extract(events_.begin());
    now_ = next.key().first;
    times_.erase(next.key().second);
    next.mapped()();
    return true;
}

void VirtualTime::run_until(Timestamp end) {
    while (!events_.empty() && events_.begin()->first.first <= end)
        step();
    now_ = std::max(now_, end);
}

} // namespace diorama
