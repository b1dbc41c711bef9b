"""`maskplay write`: from a file of pairs to texts."""

import json
import shutil

import pytest
from typer.testing import CliRunner

from maskplay.cli.app import app
from maskplay.cli.write_generate import _sampler
from maskplay.writing import Temperature, TopK, TopP, Writer
from maskplay.writing.poems import FIRST_LINE, NEXT_LINE, TITLE
from maskplay.writing.writer_files import bundled

TINY = {"width": 16, "depth": 1, "heads": 2, "hidden": 32, "max_positions": 32}


def write(*arguments, stdin="", code=0):
    result = CliRunner().invoke(app, ["write", *map(str, arguments)], input=stdin)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == code, result.stderr
    return result


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "writer"
    Writer.new(["abc題：首句對"], **TINY).save(folder)
    return folder


@pytest.fixture
def pairs(tmp_path):
    path = tmp_path / "pairs.tsv"
    path.write_text("ab\tba\nbc\tcb\nabc\tcba\nca\tac\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("config.json", lambda path: path.unlink(), "A writer is a folder with config.json"),
        ("config.json", lambda path: path.write_text("{"), "config.json is damaged: it must be JSON"),
        ("config.json", lambda path: path.write_text("[]"), "Copy the whole folder, or train it again"),
        (
            "config.json",
            lambda path: path.write_text(path.read_text().replace('"version": 1', '"version": 2')),
            "config.json must have version 1. Received: 2. Update maskplay.",
        ),
        ("vocabulary.json", lambda path: path.unlink(), "lacks vocabulary.json. Copy the whole folder"),
    ],
)
def test_a_damaged_start_is_told_as_a_writer(name, change, message, model, pairs, tmp_path):
    shutil.copytree(model, tmp_path / "start")
    change(tmp_path / "start" / name)
    told = write("train", pairs, "--start", tmp_path / "start", "--out", tmp_path / "out", code=2)
    assert message in told.stderr


def test_train_write_and_measure(pairs, tmp_path):
    out = tmp_path / "made" / "writer"
    (tmp_path / "made").mkdir()
    command = (
        "train",
        pairs,
        "--out",
        out,
        "--epochs",
        2,
        "--width",
        16,
        "--depth",
        1,
        "--length",
        16,
        "--rows",
        2,
    )
    told = write(*command)
    assert "epoch 2/2" in told.stdout
    assert "perplexity held out" in told.stdout
    assert "3 to learn from, 1 to validate on" in told.stderr
    history = [
        json.loads(x) for x in (out.parent / "writer.training" / "history.jsonl").read_text().splitlines()
    ]
    assert [row["epoch"] for row in history] == [1, 2]
    again = write(*command)  # it is at its end, and says nothing new
    assert "epoch" not in again.stdout
    options = ("--epochs", 2, "--length", 16, "--rows", 2, "--out", out)
    base = tmp_path / "base"
    Writer.new(["abc"], **TINY).save(base)
    other = write("train", pairs, "--start", base, *options, code=2)  # from other weights
    assert "A run can only go on with the data and options that it began with" in other.stderr
    assert "start: it has '', received" in other.stderr
    written = json.loads(write("generate", "ab", "--model", out, "--max-length", 4, "--json").stdout)[
        "written"
    ]
    assert written[0]["source"] == "ab"
    assert set(written[0]["texts"][0]) == {"text", "score", "log_probability", "tokens"}
    figures = json.loads(
        write("evaluate", pairs, "-m", out, "--max-length", 4, "--length", 16, "--json").stdout
    )
    assert figures["count"] == 4
    assert figures["perplexity"] > 1
    assert set(figures) == {
        "perplexity", "perplexity_language_model", "rouge_1", "rouge_2", "rouge_l", "bleu", "exact", "count",
        "left_out", "seconds",
    }  # fmt: skip
    texts = tmp_path / "texts.txt"
    texts.write_text("abcab\ncabca\nbb\n", encoding="utf-8")
    write(
        "pretrain",
        texts,
        "--start",
        out,
        "--objective",
        "mlm:1,plm:1",
        "--length",
        16,
        "--rows",
        2,
        "--out",
        base,
    )
    assert Writer.load(base).coder.size == Writer.load(out).coder.size


def test_a_writer_is_not_trained_into_its_own_folder(model, pairs, tmp_path):
    """The same command again would begin from what it wrote, whatever the folder is called."""
    (tmp_path / "link").symlink_to(model)
    for command, out in (("train", f"{model}/../{model.name}"), ("pretrain", tmp_path / "link")):
        told = write(command, "nowhere.tsv", "--start", model, "--out", out, code=2)  # before files are read
        assert "--out must be another folder than --start" in told.stderr


def test_generate(model, tmp_path):
    lines = write(
        "generate", "-", "--model", model, "--max-length", 4, "--min-length", 1, stdin="ab\n\ncab\n"
    )
    assert len(lines.stdout.splitlines()) == 2
    allowed = tmp_path / "allowed.txt"
    allowed.write_text("a\nbc\ncc\n", encoding="utf-8")
    several = write(
        "generate", "ab", "--model", model, "--max-length", 4, "--beam", 3, "-n", 3, "--allowed", allowed
    )
    assert sorted(several.stdout.split()) == ["a", "bc", "cc"]
    told = write(
        "generate", "a", "--poem", "title", "--model", model, "--max-length", 4, "--min-length", 1, "--json"
    )
    assert json.loads(told.stdout)["written"][0]["source"] == "題：a"
    told = write(
        "generate",
        "a",
        "b。",
        "--poem",
        "next",
        "--model",
        model,
        "--max-length",
        4,
        "--min-length",
        1,
        "--json",
    )
    assert [one["source"] for one in json.loads(told.stdout)["written"]] == ["對：a，", "對：b。"]


def test_streaming_prints_the_text(model):
    plain = write("generate", "ab", "--model", model, "--max-length", 4, "--min-length", 1)
    stream = write("generate", "ab", "--model", model, "--max-length", 4, "--min-length", 1, "--stream")
    assert stream.stdout == plain.stdout


def test_samplers():
    assert _sampler(None, None, None) is None
    assert _sampler(0.5, None, None) == Temperature(0.5)
    assert _sampler(0.5, 3, None) == TopK(3, 0.5)
    assert _sampler(None, None, 0.9) == TopP(0.9)


def test_no_files_for_humans_to_guess_at(model, pairs):
    figures = write("evaluate", pairs, "-m", model, "--no-write", "--length", 16, "--limit", 2)
    assert figures.stdout.startswith("perplexity ")
    assert "ROUGE" not in figures.stdout


def test_pairs_that_are_too_long_are_told(model, pairs):
    with pairs.open("a", encoding="utf-8") as file:
        file.write("ab\t" + "ba" * 20 + "\n")
    told = write("evaluate", pairs, "-m", model, "--no-write", "--length", 16).stderr
    assert told == (
        "1 of 5 pairs have no target, or more tokens, marks included, than length=16; they are left out.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("generate",), "There is nothing to write for"),
        (("generate", "a", "--top-k", "2", "--top-p", "0.5"), "not both"),
        (("generate", "a", "b", "--stream"), "--stream shows one text"),
        (("generate", "a", "--temperature", "0"), "temperature must be above 0"),
        (("generate", "a" * 40, "--model", "MODEL"), "can have 30 tokens"),
        (("generate", "a", "--model", "nowhere"), "A writer is a folder with config.json"),
        (("train", "PAIRS", "--out", "OUT", "--objective", "bert"), "must be one of seq2seq"),
        (("train", "nowhere.tsv", "--out", "OUT"), "nowhere.tsv: No such file"),
        (("train", "PAIRS", "--out", "OUT", "--start", "./nowhere"), "There is no folder ./nowhere"),
        (("train", ".", "--out", "OUT"), "a folder; name a file"),
        (
            ("train", "PAIRS", "--out", "OUT", "--start", "MODEL", "--width", "8"),
            "--width: for a fresh network",
        ),
        (("generate", "", "--poem", "title"), "at least one character"),
        (("generate", "a", "--length-penalty", "2"), "give --beam too"),
        (
            ("generate", "a", "zzz", "--model", "MODEL", "--max-length", "4"),
            "must have a character that the writer knows. Received: 'zzz'",
        ),
        (
            ("generate", "z", "--poem", "next", "--model", "MODEL"),
            "that the writer knows. Received: 'z'",
        ),
        (("generate", "☃", "--poem", "next"), "that the writer knows. Received: '☃'"),
        (("generate", "a", "--allowed", "EMPTY"), "empty.txt: there is no text that may be written"),
        (("generate", "--file", "BYTES"), "byte 0 (0xb0) is not utf-8; save it as UTF-8."),
        (("evaluate", "PAIRS", "--length-penalty", "2"), "give --beam too"),
        (("evaluate", "PAIRS", "--no-write", "--beam", "2"), "--beam is of what is written"),
        (("evaluate", "PAIRS", "--beam", str(2**63)), "beam must be at most 2147483647"),
        (("train", "nowhere.tsv", "--out", "OUT", "--objective", "lm:0"), "must be above 0"),
        (("train", "nowhere.tsv", "--out", "OUT", "--learning-rate", "2"), "learning_rate must be above 0"),
        (("train", "nowhere.tsv", "--out", f"{__file__}/x"), "test_write.py is a file; name another place"),
        (("train", "PAIRS", "--out", "OUT", "--seed", str(2**32)), "--seed"),
        (("train", "PAIRS", "--out", "OUT", "--at-least", "99"), "a character that occurs at_least=99 times"),
        (("prune", "somewhere", "--out", "OUT"), "Which tokens are kept?"),
        (("prune", "somewhere", "--out", "OUT", "--restore", "x", "--tokens", "y"), "takes all tokens back"),
        (
            ("prune", "somewhere", "--out", "OUT", "--tokens", "y", "--at-least", "2"),
            "occurs in --texts; give",
        ),
        (
            ("prune", "somewhere", "--out", "OUT", "--restore", "x", "--at-least", "1"),
            "occurs in --texts; give",
        ),
    ],
)
def test_bad_input_is_one_sentence(arguments, message, model, pairs, tmp_path):
    named = {"MODEL": model, "PAIRS": pairs, "OUT": tmp_path / "out"}
    named |= {"EMPTY": tmp_path / "empty.txt", "BYTES": tmp_path / "bytes.txt"}
    named["EMPTY"].write_text("\n \n", encoding="utf-8")
    named["BYTES"].write_bytes("白云".encode("gb18030"))
    result = write(*(named.get(one, one) for one in arguments), code=2)
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_a_poem_asks_for_a_writer_of_poems(tmp_path):
    from maskplay import Writer

    Writer.new(["abc"], width=8, depth=1, heads=1, hidden=8).save(tmp_path / "w")
    told = write("generate", "a", "--poem", "title", "--model", tmp_path / "w", code=2).stderr
    assert "--poem is for a writer of poems, whose sources begin with '題：'" in told


def test_prune_there_and_back(tmp_path):
    from maskplay.models import TransformerConfig, save_checkpoint

    names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "白"]
    network = TransformerConfig(
        vocabulary_size=8, width=4, depth=1, heads=1, hidden=4, max_positions=9, head="masked_lm"
    ).layer(name="transformer")
    network.build((None, None))
    save_checkpoint(network, tmp_path / "full")
    (tmp_path / "full" / "vocab.txt").write_text("\n".join(names) + "\n", encoding="utf-8")
    (tmp_path / "texts.txt").write_text("白 b\n", encoding="utf-8")
    told = write("prune", tmp_path / "full", "--texts", tmp_path / "texts.txt", "--out", tmp_path / "small")
    assert "7 of 8 tokens are kept" in told.stderr
    assert (tmp_path / "small" / "vocab.txt").read_text(encoding="utf-8").split() == [
        n for n in names if n != "a"
    ]
    write("prune", tmp_path / "small", "--restore", tmp_path / "full", "--out", tmp_path / "again")
    assert (tmp_path / "again" / "vocab.txt").read_bytes() == (tmp_path / "full" / "vocab.txt").read_bytes()


def test_a_checkpoint_becomes_a_writer(tmp_path):
    """Its vocabulary, its weights and its way of cutting text; saved and loaded again."""
    from maskplay.models import TransformerConfig, save_checkpoint

    names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[unused1]", "白", "云", "play", "##er", "山"]
    config = TransformerConfig(
        vocabulary_size=11, width=8, depth=1, heads=2, hidden=8, max_positions=24, head="masked_lm"
    )
    network = config.layer(name="transformer")
    network.build((None, None))
    save_checkpoint(network, tmp_path / "bert")
    (tmp_path / "bert" / "vocab.txt").write_text("\n".join(names) + "\n", encoding="utf-8")
    writer = Writer.from_pretrained(tmp_path / "bert")
    found = writer.candidates(["白云"], best=4, beam=4, max_length=3, min_length=1)[0]
    assert all("[" not in text.text for text in found)
    writer.save(tmp_path / "writer", dtype="float32")
    loaded = Writer.load(tmp_path / "writer")
    assert loaded("白云 player", max_length=3) == writer("白云 player", max_length=3)
    kept = Writer.from_pretrained(tmp_path / "bert", keep_tokens=["白云 play"])
    # What a training run is told of where it began.
    assert writer.origin == Writer.from_pretrained(tmp_path / "bert").origin
    assert len({"", writer.origin, kept.origin}) == 3
    assert kept.coder.size == 8
    with pytest.raises(ValueError, match="A source must have at least one token"):
        writer("  ")


def test_how_to_ask_for_poems_is_told():
    """By the command, and for those who have the weights alone, by their card."""
    told = " ".join(write("generate", "--help").stdout.split())
    assert "title: a poem for a title; first: a poem for its first verse; next: the answer to a verse" in told
    card = (bundled() / "README.md").read_text(encoding="utf-8")
    for poem, mark in (("title", TITLE), ("first", FIRST_LINE), ("next", NEXT_LINE)):
        assert f"| `{poem}` | `{mark}` and a" in card


def test_the_commands_are_listed():
    told = CliRunner().invoke(app, ["write", "--help"]).stdout
    for name in ("train", "evaluate", "generate", "pretrain", "prune"):
        assert name in told
