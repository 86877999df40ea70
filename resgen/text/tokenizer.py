"""Byte-level BPE tokens: text <-> ids, and the header that names a story's topic. Used by the text engine and by
`resgen.training.text.data`; the tokenizer travels inside the checkpoint of the model that was trained with it.
"""

from collections.abc import Iterable

from tokenizers import Tokenizer as BPE
from tokenizers import decoders, models, pre_tokenizers, trainers

END = "<|endoftext|>"  # before and after every document
TOPIC = "<|topic|>"  # opens the header: key words, separated by commas
TEXT = "<|text|>"  # closes the header
SPECIAL = (END, TOPIC, TEXT)


def _alphabet() -> dict[str, int]:
    """Character -> byte of byte-level BPE (GPT-2): printable Latin-1 characters are themselves, the other bytes the
    characters from 256 on, in their order."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {chr(256 + n): byte for n, byte in enumerate(others)}


_BYTES = _alphabet()


class Tokenizer:
    """Byte-level byte-pair encoding (Sennrich et al., arXiv:1508.07909) by the `tokenizers` library.

    Every string can be encoded, and decode(encode(s)) == s. Special tokens exist as ids only: a text that spells
    one is encoded as ordinary characters, so no prompt can imitate the header.

    Args:
        serialized: the JSON of the `tokenizers` library.
    """

    def __init__(self, serialized: str):
        self.serialized = serialized
        self._bpe = BPE.from_str(serialized)
        self.end, self.topic, self.text = (_id(self._bpe, name) for name in SPECIAL)
        self._ordinary = BPE.from_str(serialized)
        # The library finds special tokens in any text unless told otherwise.
        self._ordinary.encode_special_tokens = True

    @classmethod
    def train(cls, documents: Iterable[str], vocabulary: int = 4096) -> "Tokenizer":
        """Learn the merges from documents; the same documents give the same tokenizer."""
        bpe = BPE(models.BPE())
        bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        bpe.decoder = decoders.ByteLevel()
        trainer = trainers.BpeTrainer(
            vocab_size=vocabulary,
            special_tokens=list(SPECIAL),
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        )
        bpe.train_from_iterator(documents, trainer)
        return cls(bpe.to_str())

    def __len__(self) -> int:
        return self._bpe.get_vocab_size()

    def tokens(self) -> list[str]:
        """How each token is spelt, by id: special ones by name, others in the alphabet of byte-level BPE."""
        return [self._bpe.id_to_token(number) or "" for number in range(len(self))]

    def pieces(self) -> list[bytes]:
        """The bytes that each token spells, by id; special ones spell nothing."""
        return [b"" if text in SPECIAL else bytes(_BYTES[letter] for letter in text) for text in self.tokens()]

    def encode(self, text: str) -> list[int]:
        return self._ordinary.encode(text, add_special_tokens=False).ids

    def encode_batch(self, texts: list[str]) -> list[list[int]]:
        return [encoding.ids for encoding in self._ordinary.encode_batch(texts, add_special_tokens=False)]

    def decode(self, ids: list[int]) -> str:
        """Ids -> text; special tokens vanish, bytes that are no UTF-8 become U+FFFD."""
        return self._bpe.decode(ids, skip_special_tokens=True)

    def header(self, words: list[str]) -> list[int]:
        """The ids before a document's text that name its topic; none for no words."""
        if not words:
            return []
        return [self.topic, *self.encode("".join(f" {word}," for word in words)[:-1]), self.text]


def _id(bpe: BPE, name: str) -> int:
    number = bpe.token_to_id(name)
    if number is None:
        raise ValueError(f"The tokenizer has no token {name}.")
    return number
