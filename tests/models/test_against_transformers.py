"""Checkpoints of transformers: every hidden state and logit, read, and written back."""

import json

import keras
import numpy as np
import pytest

transformers = pytest.importorskip("transformers")
torch = pytest.importorskip("torch")

from maskplay.models import load_checkpoint, save_checkpoint  # noqa: E402

SIZES = {
    "vocab_size": 23,
    "num_hidden_layers": 3,
    "intermediate_size": 11,
    "max_position_embeddings": 17,
    "type_vocab_size": 3,
}
FAMILIES = {
    "Bert": {"hidden_size": 35, "num_attention_heads": 5},
    "Albert": {"hidden_size": 35, "num_attention_heads": 7, "embedding_size": 13, "num_hidden_groups": 1},
    "Electra": {"hidden_size": 26, "num_attention_heads": 13, "embedding_size": 7, "hidden_act": "gelu"},
    "RoFormer": {"hidden_size": 30, "num_attention_heads": 5, "embedding_size": 7},
}
HEADS = {
    None: ("Model", "last_hidden_state"),
    "masked_lm": ("ForMaskedLM", "logits"),
    "span": ("ForQuestionAnswering", "start_logits"),
    "token": ("ForTokenClassification", "logits"),
    "classification": ("ForSequenceClassification", "logits"),
}
RNG = np.random.default_rng(5)
TOKENS = RNG.integers(1, 23, (2, 13)).astype("int32")
TOKENS[1, 7:] = 0
SEGMENTS = RNG.integers(0, 3, (2, 13)).astype("int32")


def theirs(family: str, head: str | None):
    """A model of transformers whose weights all matter."""
    config = getattr(transformers, f"{family}Config")(**SIZES, **FAMILIES[family], num_labels=5)
    if head == "span":
        config.num_labels = 2
    torch.manual_seed(3)
    model = getattr(transformers, family + HEADS[head][0])(config).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "embed_positions" not in name:
                parameter.normal_(1.0 if name.endswith("LayerNorm.weight") else 0.0, 0.2)
    return model


def say(model, **more):
    with torch.inference_mode():
        return model(
            input_ids=torch.tensor(TOKENS).long(),
            token_type_ids=torch.tensor(SEGMENTS).long(),
            attention_mask=torch.tensor(TOKENS != 0).long(),
            **more,
        )


def close(found, wanted, tolerance=1e-5):
    wanted = wanted.numpy()
    np.testing.assert_allclose(keras.ops.convert_to_numpy(found), wanted, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_hidden_state(family, tmp_path):
    model = theirs(family, None)
    model.save_pretrained(tmp_path)
    network = load_checkpoint(tmp_path).get_layer("transformer")
    wanted = say(model, output_hidden_states=True).hidden_states
    found = network.hidden_states(TOKENS, SEGMENTS)
    assert len(found) == len(wanted) == 4
    for mine, other in zip(found, wanted, strict=True):
        close(mine, other)


@pytest.mark.parametrize("head", [head for head in HEADS if head])
@pytest.mark.parametrize("family", FAMILIES)
def test_logits_and_back(family, head, tmp_path):
    model = theirs(family, head)
    model.save_pretrained(tmp_path / "theirs")
    ours = load_checkpoint(tmp_path / "theirs", head)
    logits = ours({"tokens": TOKENS, "segments": SEGMENTS})
    wanted = say(model)
    if head == "span":
        close(logits[..., 0], wanted.start_logits)
        close(logits[..., 1], wanted.end_logits)
    else:
        close(logits, wanted.logits)
    save_checkpoint(ours, tmp_path / "ours")
    again = getattr(transformers, family + HEADS[head][0]).from_pretrained(tmp_path / "ours").eval()
    name = HEADS[head][1]
    torch.testing.assert_close(say(again)[name], wanted[name], rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("zipped", [True, False], ids=["zip", "before torch 1.6"])
def test_a_bin_is_read_as_torch_reads_it(zipped, tmp_path):
    model = theirs("Bert", None)
    model.config.save_pretrained(tmp_path)
    state = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    state["embeddings.word_embeddings.weight"] = state["embeddings.word_embeddings.weight"].T.contiguous().T
    torch.save(state, tmp_path / "pytorch_model.bin", _use_new_zipfile_serialization=zipped)
    close(load_checkpoint(tmp_path)({"tokens": TOKENS, "segments": SEGMENTS}), say(model).last_hidden_state)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
@pytest.mark.parametrize("safe", [True, False], ids=["safetensors", "bin"])
def test_other_precisions(dtype, safe, tmp_path):
    model = theirs("Bert", None).to(dtype)
    if safe:
        model.save_pretrained(tmp_path)
    else:
        model.config.save_pretrained(tmp_path)
        torch.save(model.state_dict(), tmp_path / "pytorch_model.bin")
    found = load_checkpoint(tmp_path)({"tokens": TOKENS, "segments": SEGMENTS})
    close(found, say(model.float()).last_hidden_state)


def test_pieces(tmp_path):
    model = theirs("Bert", None)
    model.save_pretrained(tmp_path, max_shard_size="8KB")
    index = json.loads((tmp_path / "model.safetensors.index.json").read_text())
    assert len(set(index["weight_map"].values())) > 2
    close(load_checkpoint(tmp_path)({"tokens": TOKENS, "segments": SEGMENTS}), say(model).last_hidden_state)


def test_the_pooled_state(tmp_path):
    model = theirs("Bert", None)
    model.save_pretrained(tmp_path)
    close(
        load_checkpoint(tmp_path, "pooled")({"tokens": TOKENS, "segments": SEGMENTS}),
        say(model).pooler_output,
    )


def test_a_pretraining_checkpoint_gives_up_its_masked_lm_head(tmp_path):
    config = transformers.BertConfig(**SIZES, **FAMILIES["Bert"])
    model = transformers.BertForPreTraining(config).eval()
    model.save_pretrained(tmp_path)
    ours = load_checkpoint(tmp_path, "masked_lm")
    close(ours({"tokens": TOKENS, "segments": SEGMENTS}), say(model).prediction_logits)
