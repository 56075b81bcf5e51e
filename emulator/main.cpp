// Where the process begins: options, then a world, which runs until it is told to end.
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

int run(const diorama::Options& options) {
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
    const auto options = diorama::parse_options(argc, argv);
    try {
        if (options.command == diorama::Command::print_authority) {
            std::cout << diorama::network::CertificateAuthority::open(options.authority_folder)->certificate_pem();
            return 0;
        }
        return run(options);
    } catch (const std::exception& error) {
        std::cerr << "diorama: " << error.what() << '\n';
        return 1;
    }
}
