"""Sentences about invented places, so that a benchmark runs without any data."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

_FIRST = "青白云龙凤金石翠东西南北长大小清玉紫红黄"
_SECOND = "华岩泉溪霞松柏鹤鹿鹰虎马羊梅兰竹菊莲荷峰"
_KINDS = ("山", "湖", "寺", "塔", "桥", "岛")
_CITIES = ("广州", "杭州", "成都", "昆明", "西安", "福州", "太原", "南宁")
_FILLERS = (
    "每逢节假日，前来观光的游客络绎不绝，当地的小吃和手工艺品也很受欢迎。",
    "据地方志记载，这里自古就是商旅往来的要道，留下了许多碑刻和传说。",
    "近年来，当地政府加强了生态保护，山间溪水清澈，鸟类的种类逐渐增多。",
    "从市区乘公共汽车约一个小时可以到达，沿途风景秀丽，适合徒步。",
)


class Fact(NamedTuple):
    """A sentence, a question that it answers, the answer and its offset in the sentence."""

    sentence: str
    question: str
    answer: str
    start: int


def facts(seed: int) -> Iterator[Fact]:
    """Make facts without end, the same for the same seed."""
    rng = np.random.default_rng(seed)
    while True:
        kind = str(rng.choice(_KINDS))
        name = rng.choice(list(_FIRST)) + rng.choice(list(_SECOND)) + kind
        height, year = int(rng.integers(50, 4000)), int(rng.integers(1600, 2020))
        before = f"{name}位于{rng.choice(_CITIES)}，"
        if kind == "山":
            answer, question = f"{height}米", f"{name}的主峰有多高？"
            sentence, start = f"{before}主峰海拔{answer}。", len(before) + 4
        else:
            answer, question = f"{year}年", f"{name}是什么时候建成的？"
            sentence, start = f"{before}于{answer}建成。", len(before) + 1
        yield Fact(sentence, question, answer, start)


def sentences(characters: int, seed: int = 0) -> Iterator[str]:
    """Make sentences until they have at least so many characters, one at a time."""
    made = 0
    for number, fact in enumerate(facts(seed)):
        sentence = fact.sentence + _FILLERS[number % len(_FILLERS)] + "\n" * (number % 4 == 3)
        yield sentence
        made += len(sentence)
        if made >= characters:
            return


def filler(number: int) -> str:
    """Give a sentence that answers nothing."""
    return _FILLERS[number % len(_FILLERS)]
