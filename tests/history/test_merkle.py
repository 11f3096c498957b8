"""The Merkle log against RFC 9162's definitions, for every size and index up to 70."""

import hashlib

import pytest

from engine.history.merkle import EMPTY_ROOT, Frontier, consistency_proof, inclusion_proof, root_of
from engine.history.verify import consistent, leaf_hash, node_hash, root_from_inclusion

SIZES = 70


def by_definition(leaves: list[bytes]) -> bytes:
    """MTH as RFC 9162, 2.1.1 writes it."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(by_definition(leaves[:k]), by_definition(leaves[k:]))


def grown() -> tuple[list[bytes], dict[tuple[int, int], bytes], list[bytes]]:
    leaves = [leaf_hash(str(n).encode()) for n in range(SIZES)]
    nodes: dict[tuple[int, int], bytes] = {}
    frontier, roots = Frontier(), [EMPTY_ROOT]
    for leaf in leaves:
        nodes.update({(level, index): value for level, index, value in frontier.append(leaf)})
        roots.append(frontier.root())
    return leaves, nodes, roots


def test_roots_are_those_of_the_definition() -> None:
    leaves, _, roots = grown()
    assert roots == [by_definition(leaves[:n]) for n in range(SIZES + 1)]
    assert root_of(leaves) == roots[-1]
    known = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"  # leaf hash of the empty entry
    assert leaf_hash(b"").hex() == known


def test_every_inclusion_proof_holds_and_no_other_leaf_fits() -> None:
    leaves, nodes, roots = grown()
    for size in range(1, SIZES + 1):
        for index in range(size):
            proof = inclusion_proof(lambda level, at: nodes[level, at], index, size)
            assert root_from_inclusion(leaves[index], index, size, proof) == roots[size]
            assert root_from_inclusion(leaf_hash(b"x"), index, size, proof) != roots[size]
            for wrong in (proof[:-1], [*proof, leaves[0]]):
                if wrong != proof:
                    with pytest.raises(ValueError, match="panjang"):
                        root_from_inclusion(leaves[index], index, size, wrong)


def test_every_consistency_proof_holds_and_a_changed_past_does_not() -> None:
    _, nodes, roots = grown()
    for second in range(1, SIZES + 1):
        for first in range(1, second):
            proof = consistency_proof(lambda level, at: nodes[level, at], first, second)
            assert consistent(first, roots[first], second, roots[second], proof)
            assert not consistent(first, leaf_hash(b"x"), second, roots[second], proof)
            assert not consistent(first, roots[first], second, leaf_hash(b"x"), proof)
            for wrong in (proof[:-1], [*proof, leaf_hash(b"x")]):
                with pytest.raises(ValueError, match=r"panjang|not enough"):
                    consistent(first, roots[first], second, roots[second], wrong)
