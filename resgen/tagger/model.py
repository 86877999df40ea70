"""The tagger's network: what each word of a text names, by its letters, by the word itself and by those around it.

Built from its card by `resgen.checkpoint`, run by `resgen.tagger.engine`, trained by `resgen.training.tagger.train`.
"""

import torch
from torch import Tensor, nn

from resgen.blocks import ChannelNorm, convolution, dilated_stack
from resgen.tagger.vocabulary import ALPHABET_SIZE, PAD
from resgen.tagger.words import CATEGORIES


class TaggerNet(nn.Module):
    """Letters -> SCN -> their maximum; with the word's embedding -> SCN over the text, in both directions -> softmax.

    Shapes: letters (U, L) and words (U,) of the different words of the texts, index (B, T) into them -> logits
    (B, T, 12), of the categories and none. `reach` words on either side of a word have a say in it.

    Args:
        vocabulary: number of words with an embedding; 0 is any other word.
        channels: width of the residual stream over the text.
        word_channels, letter_channels: widths of a word's own embedding and of what its letters give.
        dilations: one DCL for each over the text.
        letter_dilations: the same over letters.
        dropout: in training, inside every DCL, 0-1.
    """

    def __init__(
        self,
        vocabulary: int,
        channels: int,
        word_channels: int,
        letter_channels: int,
        dilations: tuple[int, ...],
        letter_dilations: tuple[int, ...],
        dropout: float = 0.1,
    ):
        super().__init__()
        self.reach = sum(dilations)
        self.letters = nn.Embedding(ALPHABET_SIZE, letter_channels)
        self.spelling = dilated_stack(letter_channels, tuple(letter_dilations), letter_channels, dropout)
        self.words = nn.Embedding(vocabulary, word_channels)
        nn.init.normal_(self.words.weight, std=0.1)
        self.enter = convolution(letter_channels + word_channels, channels, 1)
        self.context = dilated_stack(channels, tuple(dilations), channels, dropout)
        self.norm = ChannelNorm(channels)
        self.head = convolution(channels, len(CATEGORIES) + 1, 1)

    def forward(self, letters: Tensor, words: Tensor, index: Tensor) -> Tensor:
        spelled = self.spelling(self.letters(letters).mT)  # (U, letter_channels, L)
        there = (letters != PAD).unsqueeze(1)
        spelled = spelled.masked_fill(~there, -10.0).amax(2).clamp(min=-10.0)
        each = torch.cat([spelled, self.words(words).type_as(spelled)], 1)  # (U, letter_channels + word_channels)
        stream = self.enter(each[index].mT)  # (B, channels, T)
        return self.head(self.norm(self.context(stream))).mT
