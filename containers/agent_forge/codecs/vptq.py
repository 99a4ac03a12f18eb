"""Vector quantisation after VPTQ (Liu et al. 2024, arXiv 2409.17066), codebooks shared by tensors of a type.

A matrix is cut along its outputs into vectors of v weights of one input column, so that one entry of the
diagonal of H = E[x x'] weighs a whole vector. Rows are normalised; the codebook is k-means weighted by
diag(H); columns are assigned one after the other, and each column's error is passed on to those that follow
with the rule of GPTQ (arXiv 2210.17323). A residual codebook may follow. Outlier columns and fine-tuning of
centroids are left out. Bits a weight: (log2 k + log2 k_res) / v + 16 / I + the codebooks.

Legend: O rows, R rows rounded up to vectors, I columns, N vectors, v weights of a vector, K centroids.
"""

from collections.abc import Sequence
from math import prod

import torch
from torch import Tensor

from agent_forge.codecs.bits import HALF, floats_bytes, pack_bits, packed_size, read_floats, unpack_bits
from agent_forge.codecs.clusters import cluster, nearest
from agent_forge.codecs.codec import Encoded, Family, Params, Streams, Target, finite_weights, only, whole

LENGTHS, WIDTHS = range(1, 17), range(1, 17)
DAMPING = 0.01  # of the mean diagonal of H
SMALLEST, LARGEST = 2.0**-24, 65504.0
SEED = 1


class VectorQuantisation:
    """`length` v, `index_bits` log2 k, `residual_bits` log2 k_res or 0."""

    name = "vptq"
    version = 1

    def encode(self, targets: Sequence[Target], settings: Params) -> Family:
        """Settings: `length`, `index_bits`, `residual_bits`."""
        length, bits, residual = _settings(settings)
        cut = [_Cut(target, length) for target in targets]
        vectors_Nv = torch.cat([each.vectors(each.matrix_RI).reshape(-1, length) for each in cut])
        weights_Nv = torch.cat([each.weights().reshape(-1, length) for each in cut])
        books = [cluster(vectors_Nv, weights_Nv, 1 << bits, SEED)]
        if residual:
            left_Nv = vectors_Nv - books[0][nearest(vectors_Nv, weights_Nv, books[0])]
            books.append(cluster(left_Nv, weights_Nv, 1 << residual, SEED + 1))
        shared = {"codebook": floats_bytes(books[0], HALF)}
        if residual:
            shared["residuals"] = floats_bytes(books[1], HALF)
        return Family([_encoded(each, books, (length, bits, residual)) for each in cut], shared)

    def sizes(self, shape: Sequence[int], params: Params) -> tuple[dict[str, int], dict[str, int]]:
        """An index per vector and book, a half per row; the books are shared."""
        only(params, "length", "index_bits", "residual_bits")
        length, bits, residual = _settings(params)
        rows, columns = _rows_columns(shape)
        count = -(-rows // length) * columns
        own = {"norms": 2 * rows, "indices": packed_size(count, bits)}
        shared = {"codebook": 2 * length << bits}
        if residual:
            own["residual_indices"] = packed_size(count, residual)
            shared["residuals"] = 2 * length << residual
        return own, shared

    def decode(self, shape: Sequence[int], params: Params, streams: Streams) -> Tensor:
        """(centroid + residual) * norm of the row, in fp32 in that order."""
        length, bits, residual = _settings(params)
        rows, columns = _rows_columns(shape)
        bands = -(-rows // length)
        found = _looked_up(streams["codebook"], streams["indices"], bands * columns, length, bits)
        if residual:
            found = found + _looked_up(
                streams["residuals"], streams["residual_indices"], bands * columns, length, residual
            )
        matrix_OI = found.reshape(bands, columns, length).transpose(1, 2).reshape(-1, columns)[:rows]
        return (matrix_OI * read_floats(streams["norms"], HALF)[:, None]).reshape(tuple(shape))


def _settings(settings: Params) -> tuple[int, int, int]:
    return (
        whole(settings, "length", LENGTHS), whole(settings, "index_bits", WIDTHS),
        whole(settings, "residual_bits", range(17)),
    )  # fmt: skip


def _rows_columns(shape: Sequence[int]) -> tuple[int, int]:
    return (1, prod(shape)) if len(shape) < 2 else (shape[0], prod(shape[1:]))


def _looked_up(book: bytes, indices: bytes, count: int, length: int, bits: int) -> Tensor:
    return read_floats(book, HALF).reshape(1 << bits, length)[unpack_bits(indices, count, bits)]


class _Cut:
    """A matrix in bands of v rows, with rows normalised and what every element's error weighs."""

    def __init__(self, target: Target, length: int) -> None:
        finite_weights(target.weight)
        matrix_OI = target.matrix.double()
        self.rows, self.columns, self.length = *matrix_OI.shape, length
        rms_O = matrix_OI.square().mean(1).sqrt()
        if bool((rms_O > LARGEST).any()):
            raise ValueError("a row's norm lies beyond 65504, the largest half")
        self.norm_O = torch.where(rms_O > 0, rms_O.clamp_min(SMALLEST), 1.0).half().double()
        spare = -self.rows % length
        self.matrix_RI = torch.nn.functional.pad(matrix_OI / self.norm_O[:, None], (0, 0, 0, spare))
        # Rows that only fill the last band up weigh nothing.
        self.row_R = torch.nn.functional.pad(self.norm_O.square(), (0, spare))
        hessian = target.hessian_II
        self.hessian_II = (
            torch.eye(self.columns, dtype=torch.float64) if hessian is None else hessian.double()
        )

    def vectors(self, matrix_RI: Tensor) -> Tensor:
        """(R / v, I, v) of (R, I)."""
        return matrix_RI.reshape(-1, self.length, self.columns).transpose(1, 2)

    def weights(self) -> Tensor:
        """What the square of each element's error costs, (R / v, I, v)."""
        return self.vectors(self.row_R[:, None] * self.hessian_II.diagonal().clamp_min(0)[None])

    def passed_on(self) -> Tensor:
        """Upper Cholesky factor of the damped H's inverse: row q says where column q's error goes, (I, I)."""
        mean = self.hessian_II.diagonal().mean().clamp_min(1e-12)
        damped_II = self.hessian_II + DAMPING * mean * torch.eye(self.columns, dtype=torch.float64)
        inverse_II = torch.cholesky_inverse(torch.linalg.cholesky(damped_II))
        return torch.linalg.cholesky(inverse_II, upper=True)


def _encoded(cut: _Cut, books: Sequence[Tensor], settings: tuple[int, int, int]) -> Encoded:
    left_RI, factor_II = cut.matrix_RI.clone(), cut.passed_on()
    row_weights_bv = cut.row_R.reshape(-1, cut.length)
    chosen: list[list[Tensor]] = [[] for _ in books]
    for column in range(cut.columns):
        wanted_bv = left_RI[:, column].reshape(-1, cut.length)
        made_bv = torch.zeros_like(wanted_bv)
        for book_Kv, indices in zip(books, chosen, strict=True):
            indices.append(nearest(wanted_bv - made_bv, row_weights_bv, book_Kv))
            made_bv = made_bv + book_Kv[indices[-1]]
        error_R = (wanted_bv - made_bv).reshape(-1) / factor_II[column, column]
        left_RI[:, column + 1 :] -= error_R[:, None] * factor_II[column, None, column + 1 :]
    length, *widths = settings
    streams = {"norms": floats_bytes(cut.norm_O, HALF)}
    names = ("indices", "residual_indices")
    for name, indices, width in zip(names, chosen, widths, strict=False):
        streams[name] = pack_bits(torch.stack(indices, 1), width)
    return Encoded({"length": length, "index_bits": widths[0], "residual_bits": widths[1]}, streams)
