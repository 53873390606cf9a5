"""Starts moto's server, patched, and ends it when whoever started it is gone.

The front keeps the other end of standard input open for as long as it lives. However it ends, the
kernel closes that end, the read below returns, and moto ends too: none is ever left behind.
"""

import os
import sys
import threading


def end_with_the_front() -> None:
    while os.read(0, 4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=end_with_the_front, daemon=True).start()

    import cloudfront  # noqa: F401, it and patches apply what they hold
    import moto.server
    import patches  # noqa: F401
    import wire

    moto.server.DomainDispatcherApplication = wire.Dispatcher
    moto.server.main(sys.argv[1:])
