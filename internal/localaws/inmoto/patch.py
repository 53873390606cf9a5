"""Patches of moto. Each is around one method or function of moto's and is given the original; README.md lists them."""

import functools


def patch(service, operations, why, owner, method):
    """Puts a function around a method, which it gets as its first argument; None where moto has none."""

    def decorate(function):
        original = getattr(owner, method, None)

        def patched(*args, **kwargs):
            return function(original, *args, **kwargs)

        setattr(owner, method, functools.wraps(original)(patched) if original else patched)
        return function

    return decorate
