"""A Merkle log as in RFC 9162: frontier, root, inclusion and consistency proofs. Knows hashes only.

Hashes are 32 bytes. How proofs are checked stands in verify.py, which must not need this module.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from engine.history.verify import node_hash

EMPTY_ROOT = hashlib.sha256(b"").digest()
Reader = Callable[[int, int], bytes]  # (level, index) -> hash of the complete subtree of 2**level leaves


@dataclass
class Frontier:
    """The right edge of a growing tree: one hash for each bit of its size, largest subtree first."""

    size: int = 0
    hashes: list[bytes] = field(default_factory=list)

    def append(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Add a leaf hash; returns the complete subtrees that came to be: (level, index, hash)."""
        made = [(0, self.size, leaf)]
        level, index, current = 0, self.size, leaf
        while index & 1:
            current = node_hash(self.hashes.pop(), current)
            level, index = level + 1, index >> 1
            made.append((level, index, current))
        self.hashes.append(current)
        self.size += 1
        return made

    def root(self) -> bytes:
        """Root of the tree as it stands."""
        if not self.hashes:
            return EMPTY_ROOT
        current = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            current = node_hash(left, current)
        return current


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Root over leaf hashes, computed from nothing."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def subtree(read: Reader, start: int, size: int) -> bytes:
    """Hash of leaves [start, start + size) from stored complete subtrees; `start` is aligned to the subtree."""
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return read(level, start >> level)
    left = _split(size)
    return node_hash(subtree(read, start, left), subtree(read, start + left, size - left))


def inclusion_proof(read: Reader, index: int, size: int) -> list[bytes]:
    """Audit path of leaf `index` in the tree of `size` leaves (RFC 9162, 2.1.3.1). Raises ValueError."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    proof: list[bytes] = []
    start = 0
    while size > 1:
        left = _split(size)
        if index - start < left:
            proof.append(subtree(read, start + left, size - left))
            size = left
        else:
            proof.append(subtree(read, start, left))
            start, size = start + left, size - left
    return proof[::-1]


def consistency_proof(read: Reader, first: int, second: int) -> list[bytes]:
    """Proof that the tree of `first` leaves is a prefix of that of `second` (RFC 9162, 2.1.4.1). Raises ValueError."""
    if not 0 < first <= second:
        raise ValueError(f"no consistency proof from {first} to {second}")
    proof: list[bytes] = []
    start, size, whole = 0, second, True
    while first - start < size:
        left = _split(size)
        if first - start <= left:
            proof.append(subtree(read, start + left, size - left))
            size = left
        else:
            proof.append(subtree(read, start, left))
            start, size, whole = start + left, size - left, False
    if not whole:
        proof.append(subtree(read, start, size))
    return proof[::-1]
