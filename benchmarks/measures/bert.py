"""A reader as people have it today: BERT-base of transformers, on PyTorch."""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
import transformers

from measures.clock import cores

_VOCABULARY = 21128  # of bert-base-chinese
_MOST, _STRIDE = 384, 128  # as the question-answering pipeline of transformers before 5.3 had them
_BATCH = 8
_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


class BertReader:
    """BERT-base for question answering, with random weights: they take as long as trained ones.

    It is given what helps it: all cores, windows of all pairs sorted by length so that next to nothing is padded,
    the tokenizer in Rust, inference mode, the fastest attention that transformers chooses. Its spans are not
    searched, which a reader that answers would have to do.
    """

    def __init__(self) -> None:
        torch.set_num_threads(cores())
        torch.manual_seed(0)
        config = transformers.BertConfig(vocab_size=_VOCABULARY)
        self.model = transformers.BertForQuestionAnswering(config).eval()
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "vocab.txt")
            file.write_text("\n".join(_tokens()) + "\n", encoding="utf-8")
            self.tokenizer = transformers.BertTokenizerFast.from_pretrained(folder)

    def read(self, pairs: Sequence[tuple[str, str]]) -> int:
        """Compute the start and end logits of pairs of question and passage.

        Returns:
            The number of windows that they were cut into.
        """
        encoded = self.tokenizer(
            [question for question, _ in pairs],
            [passage for _, passage in pairs],
            truncation="only_second",
            max_length=_MOST,
            stride=_STRIDE,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
        )
        windows = sorted(zip(encoded["input_ids"], encoded["token_type_ids"], strict=True), key=_length)
        with torch.inference_mode():
            for inputs in _batches(windows):
                self.model(**inputs)
        return len(windows)


def _tokens() -> list[str]:
    """List special tokens, what is printable of ASCII and Chinese punctuation, and Han characters up to the size.

    There are no pieces of words, so that every Latin word and every number is a single token: it keeps texts short.
    """
    marks = [chr(i) for i in (*range(0x21, 0x7F), *range(0x3000, 0x3020), *range(0xFF00, 0xFFF0))]
    tokens = [*_SPECIAL, *marks]
    return tokens + [chr(0x4E00 + i) for i in range(_VOCABULARY - len(tokens))]


def _length(window: tuple[list[int], list[int]]) -> int:
    return len(window[0])


def _batches(windows: list[tuple[list[int], list[int]]]) -> Iterator[dict[str, torch.Tensor]]:
    for i in range(0, len(windows), _BATCH):
        batch = windows[i : i + _BATCH]
        longest = max(map(_length, batch))
        ids = torch.zeros((len(batch), longest), dtype=torch.long)
        types, mask = torch.zeros_like(ids), torch.zeros_like(ids)
        for row, (window, segments) in enumerate(batch):
            ids[row, : len(window)] = torch.tensor(window)
            types[row, : len(window)] = torch.tensor(segments)
            mask[row, : len(window)] = 1
        yield {"input_ids": ids, "token_type_ids": types, "attention_mask": mask}
