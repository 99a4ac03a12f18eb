"""No sparsification: task vectors as they are."""

from agent_forge.merging.sparsifiers.sparsifier import Sparsifier, keep_all

EVERYTHING = Sparsifier(prepare=lambda _vector: keep_all)
