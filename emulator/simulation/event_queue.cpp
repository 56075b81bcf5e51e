// See event_queue.hpp.
#include "emulator/simulation/event_queue.hpp"

namespace diorama::simulation {

namespace {

constexpr std::size_t children = 4;
constexpr int sink_bits = 8;
constexpr int what_bits = 8;

} // namespace

EventQueue::SinkId EventQueue::add(EventSink& sink) {
    sinks_.push_back(&sink);
    return static_cast<SinkId>(sinks_.size() - 1);
}

void EventQueue::schedule(
    Timestamp when,
    SinkId sink,
    std::uint8_t what,
    std::uint32_t subject,
    std::uint32_t generation
) {
    const std::uint64_t order =
        (scheduled_++ << (sink_bits + what_bits)) | (std::uint64_t{sink} << what_bits) | what;
    const Event event{std::max(when, time_.now()), order, subject, generation};
    std::size_t at = heap_.size();
    heap_.push_back(event);
    while (at > 0) {
        const std::size_t parent = (at - 1) / children;
        if (!event.before(heap_[parent])) break;
        heap_[at] = heap_[parent];
        at = parent;
    }
    heap_[at] = event;
}

void EventQueue::pop() {
    const Event last = heap_.back();
    heap_.pop_back();
    const std::size_t size = heap_.size();
    if (size == 0) return;
    std::size_t at = 0;
    for (;;) {
        const std::size_t first = at * children + 1;
        if (first >= size) break;
        std::size_t least = first;
        for (std::size_t i = first + 1; i < std::min(first + children, size); ++i)
            if (heap_[i].before(heap_[least])) least = i;
        if (!heap_[least].before(last)) break;
        heap_[at] = heap_[least];
        at = least;
    }
    heap_[at] = last;
}

void EventQueue::run_until(Timestamp end, const volatile bool* stop) {
    auto timer = time_.next();
    while (stop == nullptr || !*stop) {
        // Control planes go first, so that what they decide at a moment holds for its traffic.
        if (timer && *timer <= end && (heap_.empty() || *timer <= heap_.front().when)) {
            time_.step();
            ++happened_;
            timer = time_.next();
            continue;
        }
        if (heap_.empty() || heap_.front().when > end) break;
        const Event event = heap_.front();
        pop();
        time_.pass_to(event.when);
        ++happened_;
        const auto low = static_cast<std::uint32_t>(event.order);
        sinks_[(low >> what_bits) & 0xff]
            ->happen(static_cast<std::uint8_t>(low), event.subject, event.generation);
        timer = time_.next();
    }
    if (stop == nullptr || !*stop) time_.pass_to(end);
}

} // namespace diorama::simulation
