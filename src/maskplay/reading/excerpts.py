"""A text of which only some spans are remembered."""


class Excerpts:
    """Stands for a long text where spans of it are cut out: `excerpts[start:end]`, `len(excerpts)`.

    Args:
        length: of the whole text.
        texts: by (start, end), the spans that can be cut out.

    >>> excerpts = Excerpts(1000, {(3, 5): "山峰"})
    >>> excerpts[3:5], len(excerpts)
    ('山峰', 1000)
    """

    def __init__(self, length: int, texts: dict[tuple[int, int], str]) -> None:
        self._length = length
        self._texts = texts

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, place: slice) -> str:
        return self._texts[place.start, place.stop]
