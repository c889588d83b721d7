"""A sentence model read by hand: the vectors that the static word table is made from (build_words). Never at run time.

The model is all-MiniLM-L6-v2 (Apache 2.0): six layers of attention over pieces of words. Only NumPy is needed.
"""

import json
import struct
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
HEADS, WIDTH = 12, 32
START, END, UNKNOWN = 101, 102, 100
BATCH = 256


class SentenceModel:
    """vectors(["bread", "lorry driver"]) -> one row of unit length for each text."""

    def __init__(self, folder: Path) -> None:
        lines = (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()
        self.pieces = {piece: number for number, piece in enumerate(lines)}
        self.weights = _weights(folder / "model.safetensors")

    def vectors(self, texts: Iterable[str]) -> Vectors:
        """The mean of what the last layer says of each piece."""
        tokens = [self.tokens(text) for text in texts]
        found = np.zeros((len(tokens), HEADS * WIDTH), np.float32)
        order = sorted(range(len(tokens)), key=lambda number: len(tokens[number]))
        while order:  # those of one length together
            length = len(tokens[order[0]])
            some = [number for number in order[:BATCH] if len(tokens[number]) == length]
            found[some] = self._forward(np.array([tokens[number] for number in some]))
            order = order[len(some) :]
        unit: Vectors = found / np.linalg.norm(found, axis=1, keepdims=True)
        return unit

    def tokens(self, text: str) -> list[int]:
        """The pieces of a text, the longest first, as the model was taught."""
        plain = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if unicodedata.category(c) != "Mn")
        found = [piece for word in plain.split() for piece in self._pieces(word)]
        return [START, *found, END]

    def _pieces(self, word: str) -> list[int]:
        found, start = [], 0
        while start < len(word):
            ends = range(len(word), start, -1)
            tries = (("##" if start else "") + word[start:end] for end in ends)
            known = next(((piece, end) for piece, end in zip(tries, ends, strict=True) if piece in self.pieces), None)
            if known is None:
                return [UNKNOWN]
            found.append(self.pieces[known[0]])
            start = known[1]
        return found

    def _forward(self, tokens: NDArray[np.int64]) -> Vectors:
        x = self.weights["embeddings.word_embeddings.weight"][tokens]
        x = x + self.weights["embeddings.position_embeddings.weight"][: tokens.shape[1]]
        x = self._norm(x + self.weights["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
        for number in range(6):
            layer = f"encoder.layer.{number}."
            x = self._norm(x + self._attention(x, layer), f"{layer}attention.output.LayerNorm")
            wider = _gelu(self._linear(x, f"{layer}intermediate.dense"))
            x = self._norm(x + self._linear(wider, f"{layer}output.dense"), f"{layer}output.LayerNorm")
        mean: Vectors = x.mean(axis=1)
        return mean

    def _attention(self, x: Vectors, layer: str) -> Vectors:
        texts, length, width = x.shape
        names = [f"{layer}attention.self.{name}" for name in ("query", "key", "value")]
        split = (self._linear(x, name).reshape(texts, length, HEADS, WIDTH).transpose(0, 2, 1, 3) for name in names)
        query, key, value = split
        scores = query @ key.transpose(0, 1, 3, 2) / np.float32(WIDTH**0.5)
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        mixed = (scores / scores.sum(-1, keepdims=True)) @ value
        return self._linear(mixed.transpose(0, 2, 1, 3).reshape(texts, length, width), f"{layer}attention.output.dense")

    def _linear(self, x: Vectors, name: str) -> Vectors:
        result: Vectors = x @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]
        return result

    def _norm(self, x: Vectors, name: str) -> Vectors:
        middle, spread = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
        result: Vectors = (x - middle) / np.sqrt(spread + 1e-12) * self.weights[f"{name}.weight"]
        return result + self.weights[f"{name}.bias"]


def _gelu(x: Vectors) -> Vectors:
    """By the usual tanh form, right to three digits."""
    result: Vectors = 0.5 * x * (1 + np.tanh(np.float32(0.7978845608) * (x + 0.044715 * x**3)))
    return result


def _weights(file: Path) -> dict[str, Vectors]:
    """The tensors of a .safetensors file: a length, a header in JSON, and the numbers one after another."""
    raw = file.read_bytes()
    (length,) = struct.unpack("<Q", raw[:8])
    header: dict[str, Any] = json.loads(raw[8 : 8 + length])
    numbers = memoryview(raw)[8 + length :]
    return {
        name: np.frombuffer(numbers[slice(*about["data_offsets"])], np.float32).reshape(about["shape"])
        for name, about in header.items()
        if about.get("dtype") == "F32"
    }
