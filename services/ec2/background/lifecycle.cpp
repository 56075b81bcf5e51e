// See lifecycle.hpp.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html
#include "services/ec2/background/lifecycle.hpp"

#include "emulator/aws/base64.hpp"
#include "services/ec2/data/instance_types.hpp"
#include "services/ec2/limits.hpp"

namespace diorama::ec2 {

namespace {

// "User initiated (2026-11-22 12:00:00 GMT)"
std::string user_initiated(Timestamp now) {
    std::string when = iso8601(now);
    when[10] = ' ';
    when.pop_back();
    return "User initiated (" + when + " GMT)";
}

} // namespace

Lifecycle::Lifecycle(
    Environment& environment,
    State& state,
    network::Names& names,
    InstanceHosts& hosts
)
    : environment_(environment)
    , state_(state)
    , names_(names)
    , hosts_(hosts) {}

void Lifecycle::resume() {
    std::vector<std::pair<std::string, InstanceState>> known;
    for (const auto& [id, instance] : state_.instances)
        known.emplace_back(id, instance.state);
    for (const auto& [id, state] : known) {
        switch (state) {
        case InstanceState::pending:
        case InstanceState::running:
            bring_up(id);
            break;
        case InstanceState::stopping:
            now_stopped(id);
            break;
        case InstanceState::shutting_down:
            now_terminated(id);
            break;
        case InstanceState::terminated:
            after(limits::terminated_visible, id, &Lifecycle::forget);
            break;
        case InstanceState::stopped:
            break;
        }
    }
}

void Lifecycle::after(
    Duration delay,
    const std::string& id,
    void (Lifecycle::*next)(const std::string&)
) {
    auto& timer = timers_.insert_or_assign(id, Timer(environment_.scheduler)).first->second;
    timer.start_after(delay, [this, id, next] {
        (this->*next)(id);
        environment_.journal.commit();
    });
}

void Lifecycle::change(const std::string& id, InstanceState state, std::string reason) {
    auto* instance = state_.instances.edit(id);
    if (instance == nullptr) return;
    instance->state = state;
    instance->changed = environment_.clock.now();
    instance->transition_reason = std::move(reason);
    environment_.log.write(LogLevel::note, "ec2", "{} is {}", id, name_of(state));
    const Instance copy = *instance; // a watcher may change the table
    for (const auto& watcher : watchers_)
        watcher(copy);
}

void Lifecycle::launched(const std::string& id) {
    after(limits::launch_time.at(environment_.pace), id, &Lifecycle::now_running);
}

void Lifecycle::bring_up(const std::string& id) {
    const auto* instance = state_.instances.find(id);
    const auto* type = find_instance_type(instance->type);
    InstanceIdentity identity;
    identity.id = id;
    identity.type = instance->type;
    identity.zone = instance->zone;
    identity.region = instance->region;
    identity.account = instance->account;
    identity.group = instance->group();
    identity.vcpus = static_cast<std::size_t>(type == nullptr ? 1 : type->vcpus);
    identity.address = address_of(id);
    identity.user_data = aws::base64_decode(instance->user_data).value_or("");
    running_[id] = hosts_.start(identity);
    change(id, InstanceState::running, "");
}

void Lifecycle::now_running(const std::string& id) {
    const auto* instance = state_.instances.find(id);
    if (instance != nullptr && instance->state == InstanceState::pending) bring_up(id);
}

void Lifecycle::start(const std::string& id) {
    // AWS: the launch time is that of the last start.
    if (auto* instance = state_.instances.edit(id)) instance->launched = environment_.clock.now();
    change(id, InstanceState::pending, "");
    after(limits::launch_time.at(environment_.pace), id, &Lifecycle::now_running);
}

void Lifecycle::stop(const std::string& id) {
    running_.erase(id);
    change(id, InstanceState::stopping, user_initiated(environment_.clock.now()));
    after(limits::stop_time.at(environment_.pace), id, &Lifecycle::now_stopped);
}

void Lifecycle::now_stopped(const std::string& id) {
    change(id, InstanceState::stopped, state_.instances.find(id)->transition_reason);
}

void Lifecycle::terminate(const std::string& id) {
    running_.erase(id);
    change(id, InstanceState::shutting_down, user_initiated(environment_.clock.now()));
    after(limits::shutdown_time.at(environment_.pace), id, &Lifecycle::now_terminated);
}

void Lifecycle::now_terminated(const std::string& id) {
    change(id, InstanceState::terminated, state_.instances.find(id)->transition_reason);
    names_.release(id);
    after(limits::terminated_visible, id, &Lifecycle::forget);
}

void Lifecycle::reboot(const std::string& id) {
    // AWS: a reboot keeps state, addresses and the running time; the application starts anew.
    if (running_.erase(id) > 0) bring_up(id);
}

void Lifecycle::forget(const std::string& id) {
    state_.instances.erase(id);
    timers_.erase(id); // last: the timer is the one that is running
}

const InstanceHost* Lifecycle::find_host(const std::string& id) const {
    const auto found = running_.find(id);
    return found == running_.end() ? nullptr : found->second.get();
}

network::IPAddress Lifecycle::address_of(const std::string& id) {
    return names_.claim(network::Names::Kind::instance, id);
}

} // namespace diorama::ec2
