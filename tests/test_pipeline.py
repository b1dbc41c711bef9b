"""The pipeline that transformers 5.3 removed: its calls, its results."""

import warnings
from types import SimpleNamespace
from typing import Any

import pytest

import maskplay
from maskplay.reading.question_answering import QuestionAnsweringPipeline

CONTEXT = "白云山位于广州，主峰海拔382米。"
QUESTION = "白云山多高"
FOUND = {"start": 12, "end": 16, "answer": "382米"}


@pytest.fixture
def qa(oracle_reader: Any) -> QuestionAnsweringPipeline:
    return maskplay.pipeline("question-answering", oracle_reader)


def without_score(found: dict[str, Any]) -> dict[str, Any]:
    assert list(found) == ["score", "start", "end", "answer"]
    assert 0 <= found["score"] <= 1
    assert isinstance(found["score"], float)
    return {name: value for name, value in found.items() if name != "score"}


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [
        ((), {"question": QUESTION, "context": CONTEXT}),
        ((), {"question": [QUESTION], "context": CONTEXT}),
        ((), {"question": [QUESTION], "context": [CONTEXT]}),
        ((), {"data": {"question": QUESTION, "context": CONTEXT}}),
        ((), {"X": [{"question": QUESTION, "context": CONTEXT}]}),
        ((QUESTION, CONTEXT), {}),
        (({"question": QUESTION, "context": CONTEXT},), {}),
        (([{"question": QUESTION, "context": CONTEXT}],), {}),
        ((SimpleNamespace(question_text=QUESTION, context_text=CONTEXT),), {}),
        ((QuestionAnsweringPipeline.create_sample(QUESTION, CONTEXT),), {}),
        ((QuestionAnsweringPipeline.create_sample([QUESTION], [CONTEXT]),), {}),
    ],
)
def test_every_call_for_one_question_gives_one_dictionary(
    qa: QuestionAnsweringPipeline, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> None:
    assert without_score(qa(*args, **kwargs)) == FOUND


def test_many_questions_give_a_list(qa: QuestionAnsweringPipeline) -> None:
    other = "越秀山海拔约70米。"
    found = qa(question=[QUESTION, "越秀山多高"], context=[CONTEXT, other])
    assert [without_score(one)["answer"] for one in found] == ["382米", "70米"]
    assert [one["answer"] for one in qa(question=[QUESTION, "主峰多高"], context=CONTEXT)] == [
        "382米",
        "382米",
    ]
    assert found == qa(
        {"question": QUESTION, "context": CONTEXT}, {"question": "越秀山多高", "context": other}
    )
    assert qa([]) == []


def test_samples_are_made_as_before(qa: QuestionAnsweringPipeline) -> None:
    samples = qa.create_sample([QUESTION, "在哪"], [CONTEXT] * 2)
    assert qa(samples) == qa(question=[QUESTION, "在哪"], context=CONTEXT)
    with pytest.raises(ValueError, match="`context` cannot be empty"):
        qa.create_sample(QUESTION, "")


def test_a_generator_is_answered_as_it_goes(qa: QuestionAnsweringPipeline) -> None:
    drawn = []

    def questions() -> Any:
        for height in (382, 70):
            drawn.append(height)
            yield {"question": QUESTION, "context": f"白云山高{height}米"}

    found = qa(questions())
    assert drawn == []
    assert next(found)["answer"] == "382米"
    assert drawn == [382]
    assert next(found)["answer"] == "70米"


def test_top_k_gives_the_best_first_and_a_dictionary_where_there_is_one(
    qa: QuestionAnsweringPipeline,
) -> None:
    found = qa(question=QUESTION, context="白云山高382米，也说高400米。", top_k=9)
    assert len(found) > 1
    assert {"382米", "400米"} <= {one["answer"] for one in found}
    scores = [one["score"] for one in found]
    assert scores == sorted(scores, reverse=True)
    assert found[:2] == qa(question=QUESTION, context="白云山高382米，也说高400米。", topk=2)
    assert sum(scores) <= 1


def test_no_answer_comes_first_exactly_where_the_reader_gives_none(qa: QuestionAnsweringPipeline) -> None:
    nothing = {"start": 0, "end": 0, "answer": ""}
    stranger = {"question": "越秀岗多高", "context": "白云高382米"}
    assert not qa.reader(stranger["question"], [stranger["context"]])
    assert qa(stranger)["answer"] == "382米"
    assert without_score(qa(stranger, handle_impossible_answer=True)) == nothing
    assert qa(question=QUESTION, context=CONTEXT, handle_impossible_answer=True)["answer"] == "382米"
    first, *_, last = qa(question=QUESTION, context=CONTEXT, handle_impossible_answer=True, top_k=99)
    assert first["answer"] == "382米"
    assert last["score"] <= first["score"]


def test_max_answer_len_is_in_characters(qa: QuestionAnsweringPipeline) -> None:
    assert qa(question=QUESTION, context=CONTEXT, max_answer_len=4)["answer"] == "382米"
    for answer in qa(question=QUESTION, context=CONTEXT, max_answer_len=3, top_k=20):
        assert len(answer["answer"]) <= 3
    whole = qa(question=QUESTION, context=CONTEXT)
    assert whole["answer"] == "382米"  # the reader is as it was
    for longest in (1, 2, 3):
        assert qa(question=QUESTION, context=CONTEXT, max_answer_len=longest)["score"] < whole["score"]


def test_settings_may_be_given_once(oracle_reader: Any) -> None:
    qa = maskplay.pipeline("question-answering", model=oracle_reader, top_k=2)
    assert len(qa(question=QUESTION, context=CONTEXT)) == 2
    assert isinstance(qa(question=QUESTION, context=CONTEXT, top_k=1), dict)


def test_a_context_that_holds_nothing(qa: QuestionAnsweringPipeline) -> None:
    assert qa(question=QUESTION, context="，。！") == {"score": 0.0, "start": 0, "end": 0, "answer": ""}


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        ({"question": "", "context": CONTEXT}, ValueError, "`question` cannot be empty"),
        ({"question": QUESTION, "context": " \n"}, ValueError, "`context` cannot be empty"),
        ({"question": None, "context": CONTEXT}, TypeError, "`question` must be a string. Received: None"),
        ({"question": QUESTION, "context": [CONTEXT]}, TypeError, "`context` must be a string"),
        ({"question": [QUESTION] * 3, "context": [CONTEXT] * 2}, ValueError, "3 questions and 2 contexts"),
        ({"question": QUESTION}, ValueError, "needs question=... and context=.... Received: question"),
        ({}, ValueError, "Received: nothing"),
        ({"data": {"question": QUESTION}}, KeyError, "context is missing"),
        ({"data": QUESTION}, ValueError, "What is asked must be"),
        ({"data": [3]}, ValueError, "Each input must be a dictionary .* Received: 3"),
        ({"question": QUESTION, "context": CONTEXT, "top_k": 0}, ValueError, "top_k must be at least 1"),
        ({"question": QUESTION, "context": CONTEXT, "top_k": 1.5}, TypeError, "top_k must be a whole number"),
        (
            {"question": QUESTION, "context": CONTEXT, "max_answer_len": 0},
            ValueError,
            "max_answer_len must be",
        ),
        ({"question": QUESTION, "context": CONTEXT, "topp": 1}, TypeError, "no setting called topp"),
    ],
)
def test_refusals(
    qa: QuestionAnsweringPipeline, call: dict[str, Any], error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=text):
        qa(**call)


def test_what_has_no_effect_says_so(qa: QuestionAnsweringPipeline, oracle_reader: Any) -> None:
    with pytest.warns(UserWarning, match="doc_stride has no effect: a context of any length is read whole"):
        qa(question=QUESTION, context=CONTEXT, doc_stride=128)
    with pytest.warns(UserWarning, match="align_to_words has no effect"):
        qa(question=QUESTION, context=CONTEXT, align_to_words=False)
    with pytest.warns(UserWarning, match="tokenizer, device has no effect"):
        maskplay.pipeline("question-answering", oracle_reader, tokenizer="bert-base-chinese", device=0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        qa(question=QUESTION, context=CONTEXT, align_to_words=True, doc_stride=None)


@pytest.mark.parametrize("device", [-1, "cpu", None])
def test_the_old_defaults_are_no_reason_to_warn(oracle_reader: Any, device: Any) -> None:
    maskplay.pipeline("question-answering", oracle_reader, device=device, framework=None)
    for settings in ({"framework": "pt"}, {"device": 0}, {"device": "cuda"}, {"dtype": "cpu"}):
        with pytest.warns(UserWarning, match="has no effect: a maskplay reader brings"):
            maskplay.pipeline("question-answering", oracle_reader, **settings)


def test_a_model_alone_says_which_task_it_has(oracle_reader: Any) -> None:
    for qa in (maskplay.pipeline(model=oracle_reader), maskplay.pipeline(None, oracle_reader)):
        assert qa.task == "question-answering"
        assert qa(question=QUESTION, context=CONTEXT)["answer"] == "382米"
    with pytest.raises(FileNotFoundError, match="A model must be a folder"):
        maskplay.pipeline(model="nothing")


def test_other_tasks_and_models_are_refused() -> None:
    with pytest.raises(
        KeyError, match=r"Unknown task summarization, available tasks are .'question-answering'"
    ):
        maskplay.pipeline("summarization")
    with pytest.raises(FileNotFoundError, match="no folder nobody/nothing, and the Hugging Face hub gave no"):
        maskplay.pipeline("question-answering", "nobody/nothing")
    with pytest.raises(
        FileNotFoundError, match=r"A model must be a folder that .* checkpoint of the BERT family"
    ):
        maskplay.pipeline("question-answering", "nothing")
