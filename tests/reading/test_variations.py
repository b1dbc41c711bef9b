"""What an epoch adds to the data: crops whose labels are right, and questions that a passage itself answers."""

import os
import subprocess
import sys

import numpy as np
import pytest

from maskplay.datasets import Example, Passage, Reference
from maskplay.reading.recurring import Recurring, recurring, sentences
from maskplay.reading.text_encoder import TextEncoder
from maskplay.reading.training_data import TrainingData
from maskplay.reading.variations import Variations
from maskplay.text import CharVocabulary, WordVectors

TEXT = "白云山很高。主峰是摩星岭,海拔382米。登上白云山的人很多。冬天下雪。"
OTHER = "黄浦江在上海。江上有很多桥。"


def word(text: str) -> list[str]:
    """Cut into the words of these texts."""
    known = ("白云山", "主峰", "摩星岭", "海拔", "382", "黄浦江", "上海", "冬天", "很多")
    words, i = [], 0
    while i < len(text):
        found = next((w for w in known if text.startswith(w, i)), text[i])
        words.append(found)
        i += len(found)
    return words


@pytest.fixture(scope="module")
def encode() -> TextEncoder:
    vectors = WordVectors(["白云山", "主峰"], [[1.0], [2.0]])
    return TextEncoder(
        CharVocabulary.from_texts([TEXT + OTHER + "什么多少谁哪一座有几美甲乙丙"]), vectors, word
    )


@pytest.fixture(scope="module")
def data(encode) -> TrainingData:
    def asked(question, answer, text=TEXT):
        return Example(question, question, (Passage(text, (Reference(answer, text.index(answer)),)),))

    examples = [asked("主峰是什么", "摩星岭"), asked("海拔多少", "382米"), asked("江在哪", "上海", OTHER)]
    examples.append(Example("没", "谁有雪", (Passage(OTHER),)))
    return TrainingData().add(examples, encode)


def drawn(data, encode, count=40, **shares):
    vary = Variations(data, encode, **{"exchanged": 0.0, **shares})
    return [vary(np.random.default_rng(seed)) for seed in range(count)]


def text_of(encode, ids) -> str:
    return encode.vocabulary.text(ids.characters)


def test_recurring_is_what_two_sentences_say():
    assert recurring([word(TEXT)]) == [[Recurring(3, (0, TEXT.rindex("白云山")))]]
    assert recurring([word("白云山白云山。")]) == [[]]  # one sentence
    assert recurring([word("白云山。" * 5)]) == [[]]  # everywhere
    assert recurring([word("高。高。")]) == [[]]  # a word of one letter
    [found] = recurring([word("海拔382米。海拔382米。")])
    assert found == [Recurring(5, (0, 7))]  # and not its parts, nor what ends in a word of one letter
    assert recurring([]) == []


def test_what_stands_in_many_texts_means_little():
    texts = [f"白云山。白云山{chr(0x4E00 + i)}。" for i in range(300)]
    assert not any(recurring([word(text) for text in texts]))
    assert all(recurring([word(text) for text in texts[:2]]))


def test_sentences_cover_the_text():
    for text in (TEXT, OTHER, "", "没有句号", "。。甲!!乙\n\n丙"):
        found = sentences(text)
        assert "".join(text[first:last] for first, last in found) == text
    assert sentences("甲！？乙") == [(0, 3), (3, 4)]


def test_nothing_added_leaves_the_data_as_they_are(data, encode):
    [same] = drawn(data, encode, 1, crops=0.0, made=0.0)
    assert sorted(same.pairs) == sorted(data.pairs)
    assert len(same.passages) == len(data.passages)


def test_the_given_data_are_not_changed(data, encode):
    before = (list(data.pairs), len(data.passages), len(data.questions), set(data.unclear))
    drawn(data, encode, crops=1.0, made=1.0)
    assert before == (data.pairs, len(data.passages), len(data.questions), data.unclear)


def test_crops_are_whole_sentences_with_their_labels(data, encode):
    seen = set()
    for varied in drawn(data, encode, crops=1.0, made=0.0):
        assert set(data.pairs) <= set(varied.pairs)
        for pair in varied.pairs:
            if pair.passage < len(data.passages):
                continue
            crop = text_of(encode, varied.passages[pair.passage])
            assert any(crop in text and text.split(crop)[0][-1:] in ("", "。") for text in (TEXT, OTHER))
            assert crop.endswith("。")
            answer = {0: "摩星岭", 1: "382米", 2: "上海", 3: "没有"}[pair.question]
            assert [crop[start:end] for start, end in pair.spans] == ([answer] if answer in crop else [])
            seen.add((pair.question, bool(pair.spans), crop))
    assert len({crop for *_, crop in seen}) > 4
    assert {(question, found) for question, found, _ in seen} == {
        (0, True), (1, True), (2, True), (3, False)
    }  # the first two answers stand in one sentence, which every crop of their passage has  # fmt: skip


def test_a_crop_without_the_answer_is_a_no(encode):
    examples = [
        Example(str(i), f"{answer}是什么", (Passage(TEXT, (Reference(answer, TEXT.index(answer)),)),))
        for i, answer in enumerate(("摩星岭", "冬天"))
    ]
    data = TrainingData().add(examples, encode)
    answered = {
        (pair.question, bool(pair.spans))
        for varied in drawn(data, encode, crops=1.0, made=0.0)
        for pair in varied.pairs
        if pair.passage >= len(data.passages)
    }
    assert answered == {(0, True), (0, False), (1, True), (1, False)}


def test_the_same_words_elsewhere_are_neither_yes_nor_no(encode):
    text = "白云山很高。冬天下雪。白云山很美。"
    examples = [
        Example("1", "哪座山美", (Passage(text, (Reference("白云山", text.rindex("白云山")),)),)),
        Example("2", "有雪", (Passage(text, (Reference("冬天", text.index("冬天")),)),)),
    ]
    data = TrainingData().add(examples, encode)
    unclear = 0
    for varied in drawn(data, encode, crops=1.0, made=0.0):
        for number in range(len(data.passages), len(varied.passages)):
            crop = text_of(encode, varied.passages[number])
            asked = [pair for pair in varied.pairs if pair.passage == number and pair.question == 0]
            if "很美" in crop:
                assert [crop[s:e] for s, e in asked[0].spans] == ["白云山"]
            elif "白云山" in crop:
                assert not asked
                assert (0, number) in varied.unclear
                unclear += 1
            else:
                assert asked[0].spans == ()
    assert unclear


def test_a_question_is_made_of_a_sentence_that_is_taken_out(data, encode):
    made = set()
    for varied in drawn(data, encode, crops=0.0, made=1.0):
        of_own = [pair for pair in varied.pairs if pair.question < len(data.questions)]
        assert len(of_own) == len(data.pairs)
        for pair in of_own:
            passage = text_of(encode, varied.passages[pair.passage])
            answer = {0: ["摩星岭"], 1: ["382米"], 2: ["上海"], 3: []}[pair.question]
            assert [passage[start:end] for start, end in pair.spans] == answer
        for pair in varied.pairs:
            if pair.question >= len(data.questions):
                passage = text_of(encode, varied.passages[pair.passage])
                assert [passage[start:end] for start, end in pair.spans] == ["白云山"]
                made.add((text_of(encode, varied.questions[pair.question]), passage))
    assert made == {
        ("什么很高。", TEXT.replace("白云山很高。", "")),
        ("登上什么的人很多。", TEXT.replace("登上白云山的人很多。", "")),
    }


def test_no_sentence_with_an_answer_is_taken_out(encode):
    text = "白云山很高。登上白云山的人很多。"
    spans = [Reference("很高", text.index("很高")), Reference("人", text.index("人"))]
    data = TrainingData().add([Example("1", "谁", (Passage(text, tuple(spans)),))], encode)
    for varied in drawn(data, encode, crops=0.0, made=1.0):
        assert varied.pairs == data.pairs


def test_numbers_are_asked_for_as_numbers_and_long_sentences_in_part(encode):
    filling = "冬" * 200
    text = f"海拔382。{filling}有382座{filling}。"
    data = TrainingData(longest=512).add([Example("1", "谁", (Passage(text),))], encode)
    questions = {
        text_of(encode, varied.questions[-1])
        for varied in drawn(data, encode, crops=0.0, made=1.0)
        if len(varied.questions) > 1
    }
    assert {"海拔多少。", "冬" * 13 + "有多少座" + "冬" * 13} == questions


def test_it_depends_on_the_generator_alone(data, encode):
    one, two = (Variations(data, encode) for _ in range(2))
    first, second = one(np.random.default_rng(3)), two(np.random.default_rng(3))
    assert first.pairs == second.pairs
    assert any(one(np.random.default_rng(s)).pairs != first.pairs for s in range(9))


def test_a_name_is_exchanged_in_the_passage_or_in_both(encode):
    """In the passage alone it answers no more; in both it does."""
    examples = [
        Example("1", "白云山多高", (Passage(TEXT, (Reference("很高", TEXT.index("很高")),)),)),
        Example("2", "黄浦江在哪", (Passage(OTHER, (Reference("上海", OTHER.index("上海")),)),)),
    ]
    data = TrainingData().add(examples, encode)
    seen = set()
    for varied in drawn(data, encode, 80, crops=0.0, made=0.0, exchanged=1.0):
        assert set(data.pairs) <= set(varied.pairs)
        for pair in varied.pairs:
            if pair.passage >= len(data.passages):
                crop, asked = (
                    text_of(encode, ids)
                    for ids in (varied.passages[pair.passage], varied.questions[pair.question])
                )
                old, answer = ("白云山", "很高") if "多高" in asked else ("黄浦江", "上海")
                assert old not in crop
                assert answer in crop
                assert [crop[s:e] for s, e in pair.spans] == ([] if old in asked else [answer])
                assert old in asked or asked[: len(old)] in crop
                seen.add((old, old in asked))
    assert seen == {("白云山", True), ("白云山", False), ("黄浦江", True), ("黄浦江", False)}


def test_only_a_rare_word_that_is_not_the_answer_is_a_name(encode):
    """The question shares no name with its passage, or only the answer."""
    examples = [
        Example("1", "哪里有桥", (Passage(OTHER, (Reference("很多桥", OTHER.index("很多桥")),)),)),
        Example("2", "黄浦江是什么", (Passage(OTHER, (Reference("黄浦江", 0),)),)),
    ]
    data = TrainingData().add(examples, encode)
    for varied in drawn(data, encode, crops=0.0, made=0.0, exchanged=1.0):
        assert sorted(varied.pairs) == sorted(data.pairs)


def test_words_of_an_exchanged_name_are_its_own(encode):
    """白云山 has a word vector, 摩星岭 has none."""
    data = TrainingData().add(
        [Example("1", "白云山多高", (Passage(TEXT, (Reference("很高", TEXT.index("很高")),)),))], encode
    )
    known = encode("白云山").words[0]
    for varied in drawn(data, encode, crops=0.0, made=0.0, exchanged=1.0):
        for ids in varied.passages[len(data.passages) :]:
            assert known not in ids.words


def test_names_come_in_the_same_order_in_every_process():
    """A set of strings has another order in each; a seed would not give the same reader, nor a resumed run the same."""
    code = (
        "from maskplay.reading.variations import _names_in;"
        "print(dict(_names_in([['主峰', '上海', '冬天', '黄浦江', '382', '很多'], ['白云', '白云山']])))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-X", "utf8", "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(found) == 1
    assert "主峰" in found.pop()
