"""How a load generator reaches an emulated name: where the emulated DNS leads, else the front door by Host header."""

from reference.dns import query


def viewer_address(emulator, name, port):
    """The address and port to connect to for name:port."""
    addresses = query(name, emulator.dns_port)
    if not addresses:
        return "127.0.0.1", emulator.port
    return emulator.real_endpoint(addresses[0], port)
