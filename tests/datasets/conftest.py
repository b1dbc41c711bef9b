"""Small files in every format."""

import copy
import json

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

MOUNTAIN = "白云山位于广州市，主峰高382米。2008年11月12日开放，门票5元。"
QAS = [
    {"id": "Q1", "question": "主峰多高？", "answers": [{"text": "382米", "answer_start": 12}]},
    {"id": "Q2", "question": "在哪里？", "answers": [{"text": "广州市", "answer_start": 5}]},
]
SQUAD = {
    "version": "v1.0",
    "data": [{"title": "山", "paragraphs": [{"id": "P", "context": MOUNTAIN, "qas": QAS}]}],
}
SAMPLES = {
    "cmrc": SQUAD,
    "drcd": {
        "data": [
            {
                "paragraphs": [
                    {
                        "context": "這座山位於臺灣的東邊。",
                        "qas": [
                            {
                                "id": "1",
                                "question": "這座山位於哪裡的東邊？",
                                "answers": [{"text": "臺灣", "answer_start": 5}],
                            }
                        ],
                    }
                ]
            }
        ]
    },
    "squad": {
        "version": "v2.0",
        "data": [
            {
                "paragraphs": [
                    {
                        "context": "The peak is 382 m high.",
                        "qas": [
                            {
                                "id": "a",
                                "question": "How high is the peak?",
                                "is_impossible": False,
                                "answers": [{"text": "382 m", "answer_start": 12}],
                            },
                            {
                                "id": "b",
                                "question": "Who owns it?",
                                "is_impossible": True,
                                "answers": [],
                                "plausible_answers": [{"text": "peak", "answer_start": 4}],
                            },
                        ],
                    }
                ]
            }
        ],
    },
    "cmrc-list": [
        {
            "context_id": "P",
            "context_text": MOUNTAIN,
            "title": "山",
            "qas": [{"query_id": "Q1", "query_text": "主峰多高？", "answers": ["382米", "高382米"]}],
        }
    ],
    "webqa": {
        "Q_1": {
            "question": "主峰多高？",
            "evidences": {
                "Q_1#0": {"evidence": MOUNTAIN, "answer": ["382米"]},
                "Q_1#1": {"evidence": "不知道。", "answer": ["no_answer"]},
            },
        }
    },
    "sogou": [
        {
            "id": 7,
            "question": "主峰多高？",
            "passages": [
                {"passage": MOUNTAIN, "answer": "382米"},
                {"passage": "不知道。", "answer": ""},
                {"passage": "高382米，就是382米。", "answer": "382米"},
            ],
        }
    ],
    "jsonl": [
        {"question": "主峰多高？", "passages": [MOUNTAIN, "不知道。"], "answers": ["382米", "三百八十二米"]},
        {"id": "two", "question": "在哪里？", "context": MOUNTAIN, "answer": "广州市"},
    ],
}


@pytest.fixture(scope="session")
def samples():
    """The sample files by format; not to be changed."""
    return SAMPLES


@pytest.fixture
def sample():
    """A fresh copy of the sample file of a format."""
    return lambda name: copy.deepcopy(SAMPLES[name])


@pytest.fixture
def write(tmp_path):
    """Write a JSON value (a list as JSON lines if asked) or bytes; give the path."""

    def write(value, *, lines=False, name="data.json"):
        path = tmp_path / name
        if lines:
            value = "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in value).encode()
        elif not isinstance(value, bytes):
            value = json.dumps(value, ensure_ascii=False).encode()
        path.write_bytes(value)
        return path

    return write
