"""A text in the making: its tokens, and what they spell so far. Called by `resgen.text.batch`."""

import codecs

from resgen.text.sentences import last_sentence

LONGEST = 1000  # characters of a sentence that are looked back on


def readable(prompt: str) -> str:
    """A prompt without the blanks at its end, which may begin the next token."""
    return prompt.rstrip(" ")


class Draft:
    """A prompt and what was written after it. A token costs the same wherever it stands: only what it adds counts.

    `text` is the whole, without half a UTF-8 character at the end; `grown` what the last token added to it, `sentence`
    its last sentence, `words` how many were written, `tokens` those of the prompt and those written, `written` how many
    these are.

    Args:
        prompt: as the request has it.
        ids: tokens of what the network reads of it.
        pieces: bytes of every token.
    """

    def __init__(self, prompt: str, ids: list[int], pieces: list[bytes]):
        self.text, self.grown, self.words, self.written = prompt, "", 0, 0
        self.tokens = list(ids)
        self.sentence = last_sentence(prompt)[-LONGEST:]
        self._read = readable(prompt)
        self._spaces = prompt[len(self._read) :]
        self._pieces = pieces
        self._utf8 = codecs.getincrementaldecoder("utf-8")("replace")
        self._added = ""
        self._in_word = False

    def append(self, token: int) -> None:
        """One more token."""
        self.written += 1
        self.tokens.append(token)
        self._added += self._utf8.decode(self._pieces[token])
        self._show(self._added.rstrip("\ufffd"))

    def close(self) -> None:
        """No more tokens come: what was held back is shown."""
        self._added += self._utf8.decode(b"", final=True)
        self._show(self._added)

    def _show(self, added: str) -> None:
        """The prompt and that. A first space is the one that the prompt ends with, if it does."""
        if self._read:
            spaces = self._spaces
            if added.startswith(" "):
                added, spaces = added[1:], spaces or " "
            text = self._read + spaces + added
        else:
            text = added.lstrip(" ")
        grown = self.grown = text[len(self.text) :]
        self.text = text
        if not grown:
            return
        self.words += len(grown.split()) - (self._in_word and not grown[0].isspace())
        self._in_word = not grown[-1].isspace()
        self.sentence = last_sentence(self.sentence + grown)[-LONGEST:]


def at_sentence_end(text: str) -> bool:
    """Whether a sentence, and what is said in it, is over."""
    last = text.rstrip().rstrip("'\"’”)")
    return last.endswith(tuple(".!?…。！？")) and sum(map(text.count, '"“”')) % 2 == 0
