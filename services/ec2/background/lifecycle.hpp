// What happens to instances as time passes: they come up, go down, and are forgotten an hour after
// their end. Owns the hosts of running instances.
#pragma once

#include "emulator/environment.hpp"
#include "emulator/network/names.hpp"
#include "services/ec2/data/instance_host.hpp"
#include "services/ec2/state.hpp"

#include <functional>
#include <map>

namespace diorama::ec2 {

class Lifecycle {
public:
    Lifecycle(Environment& environment, State& state, network::Names& names, InstanceHosts& hosts);

    // Goes on where an earlier process stopped: instances that ran come up again.
    void resume();

    void launched(const std::string& id);  // state is pending
    void start(const std::string& id);     // stopped -> pending -> running
    void stop(const std::string& id);      // -> stopping -> stopped
    void terminate(const std::string& id); // -> shutting-down -> terminated
    void reboot(const std::string& id);

    // Called after every change of an instance's state.
    using Watcher = std::function<void(const Instance& instance)>;

    void watch(Watcher watcher) { watchers_.push_back(std::move(watcher)); }

    // The host of a running instance.
    const InstanceHost* find_host(const std::string& id) const;
    network::IPAddress address_of(const std::string& id);

private:
    void change(const std::string& id, InstanceState state, std::string reason);
    void bring_up(const std::string& id);
    void forget(const std::string& id);
    void after(Duration delay, const std::string& id, void (Lifecycle::*next)(const std::string&));
    void now_running(const std::string& id);
    void now_stopped(const std::string& id);
    void now_terminated(const std::string& id);

    Environment& environment_;
    State& state_;
    network::Names& names_;
    InstanceHosts& hosts_;
    std::map<std::string, std::unique_ptr<InstanceHost>> running_;
    std::map<std::string, Timer> timers_; // one pending transition per instance
    std::vector<Watcher> watchers_;
};

} // namespace diorama::ec2
