"""A Merkle log as in RFC 9162: frontier, root, inclusion and consistency proofs. Knows hashes only.

Hashes are 32 bytes. Leaf hash: SHA-256(0x00 || entry); inner node: SHA-256(0x01 || left || right) (RFC 9162, 2.1.1).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

EMPTY_ROOT = hashlib.sha256(b"").digest()
Reader = Callable[[int, int], bytes]  # (level, index) -> hash of the complete subtree of 2**level leaves


def leaf_hash(entry: bytes) -> bytes:
    """Hash of one entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


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


def _subtree(read: Reader, start: int, size: int) -> bytes:
    """Hash of leaves [start, start + size); `start` is aligned to the subtree."""
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return read(level, start >> level)
    left = _split(size)
    return node_hash(_subtree(read, start, left), _subtree(read, start + left, size - left))


def inclusion_proof(read: Reader, index: int, size: int) -> list[bytes]:
    """Audit path of leaf `index` in the tree of `size` leaves (RFC 9162, 2.1.3.1). Raises ValueError."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    proof: list[bytes] = []
    start = 0
    while size > 1:
        left = _split(size)
        if index - start < left:
            proof.append(_subtree(read, start + left, size - left))
            size = left
        else:
            proof.append(_subtree(read, start, left))
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
            proof.append(_subtree(read, start + left, size - left))
            size = left
        else:
            proof.append(_subtree(read, start, left))
            start, size, whole = start + left, size - left, False
    if not whole:
        proof.append(_subtree(read, start, size))
    return proof[::-1]


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root that an inclusion proof leads to (RFC 9162, 2.1.3.2); None when its length does not fit."""
    if not 0 <= index < size:
        return None
    node, last, current = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return None
        if node & 1 or node == last:
            current = node_hash(sibling, current)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            current = node_hash(current, sibling)
        node, last = node >> 1, last >> 1
    return current if last == 0 else None


def consistent(first: int, first_root: bytes, second: int, second_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether a consistency proof holds between two roots (RFC 9162, 2.1.4.2)."""
    if first == second:
        return not proof and first_root == second_root
    if not 0 < first < second or not proof:
        return False
    path = list(proof) if first & (first - 1) else [first_root, *proof]
    node, last = first - 1, second - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root
