// Where the process begins: options, then one of the commands. `up` is a world that runs until it
// is told to end.
#include "emulator/command/check.hpp"
#include "emulator/command/reports.hpp"
#include "emulator/command/run.hpp"
#include "emulator/network/tls.hpp"
#include "emulator/options.hpp"
#include "emulator/world.hpp"

#include <csignal>
#include <iostream>
#include <pthread.h>
#include <thread>

namespace {

// Signals are taken by a thread of their own; all others leave them alone.
sigset_t block_ending_signals() {
    sigset_t ending;
    sigemptyset(&ending);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ending, nullptr);
    // A peer that went away is told by write() itself.
    std::signal(SIGPIPE, SIG_IGN);
    return ending;
}

int up(const diorama::Options& options) {
    const sigset_t ending = block_ending_signals();
    diorama::World world(options);
    world.start();
    std::cout << "Ready." << std::endl;
    std::thread([&world, ending] {
        int signal = 0;
        sigwait(&ending, &signal);
        world.stop();
    }).detach();
    world.run();
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    using namespace diorama;
    using network::CertificateAuthority;
    const auto options = diorama::parse_options(argc, argv);
    try {
        switch (options.command) {
        case Command::up:
            return up(options);
        case Command::print_authority:
            std::cout << CertificateAuthority::open(options.authority_folder)->certificate_pem();
            return 0;
        case Command::run:
            return run_scenario(options.run);
        case Command::check:
            return check_scenarios(options.files, options.run.settings);
        case Command::swarm:
            return run_swarm(options.swarm);
        case Command::merge_reports:
            return merge_report_files(options.merge);
        }
    } catch (const std::exception& error) {
        std::cerr << "diorama: " << error.what() << '\n';
        return 1;
    }
    return 0;
}
