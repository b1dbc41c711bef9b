"""Samplers, and texts drawn by them."""

from dataclasses import dataclass

import numpy as np
import pytest
from keras import ops

from maskplay.decoding.generation import MinimumLength, draw
from maskplay.decoding.generation.noise import gumbel
from maskplay.decoding.samplers import Greedy, Sampler, Temperature, TopK, TopP

from .generation_models import END, Models, lists, run

LIKELY = np.log(np.array([0.07, 0.4, 0.03, 0.3, 0.2], "float32"))


def weights(sampler):
    x = np.exp(ops.convert_to_numpy(sampler.weigh(ops.convert_to_tensor(LIKELY))))
    return x / x.sum()


@pytest.mark.parametrize(
    ("sampler", "wanted"),
    [
        (Temperature(1.0), [0.07, 0.4, 0.03, 0.3, 0.2]),
        (Temperature(0.5), np.array([49, 1600, 9, 900, 400]) / 2958),
        (TopK(2), [0, 4 / 7, 0, 3 / 7, 0]),
        (TopK(9), [0.07, 0.4, 0.03, 0.3, 0.2]),
        (TopK(1, 0.3), [0, 1, 0, 0, 0]),
        (TopP(0.65), [0, 4 / 7, 0, 3 / 7, 0]),
        (TopP(0.75), [0, 4 / 9, 0, 3 / 9, 2 / 9]),
        (TopP(1e-9), [0, 1, 0, 0, 0]),
        (TopP(1e-320), [0, 1, 0, 0, 0]),  # 0 in float32
        (TopP(1.0), [0.07, 0.4, 0.03, 0.3, 0.2]),
        (TopP(0.5, 0.5), [0, 1, 0, 0, 0]),  # 1600 of 2958 is more than half
        *(
            (sampler, [0, 1, 0, 0, 0])
            for t in (1e-30, 1e-45)
            for sampler in (Temperature(t), TopK(3, t), TopP(1.0, t))
        ),
        *(
            (sampler, [0.2] * 5)
            for t in (1e30, 1e300)
            for sampler in (Temperature(t), TopK(5, t), TopP(1.0, t))
        ),
    ],
)
def test_weights_by_hand(sampler, wanted):
    np.testing.assert_allclose(weights(sampler), wanted, atol=1e-6)


def test_what_is_equally_probable_stays_so_however_cold():
    likely = ops.log(ops.array([0.4, 0.2, 0.4]))
    for sampler in (Temperature(1e-45), TopK(2, 1e-45), TopP(0.8, 1e-45)):
        found = np.exp(ops.convert_to_numpy(sampler.weigh(likely)))
        np.testing.assert_allclose(found / found.sum(), [0.5, 0, 0.5], atol=1e-6)


EXTREME = [
    Temperature(1e-45),
    Temperature(1e300),
    TopK(3, 1e-45),
    TopK(3, 1e300),
    TopP(0.8, 1e-45),
    TopP(1, 1e300),
]


@pytest.mark.parametrize("sampler", [Temperature(0.8), TopK(3), TopP(0.8), Greedy(), *EXTREME])
def test_what_is_not_allowed_is_never_drawn(sampler):
    likely = np.array([-np.inf, np.log(0.6), -np.inf, np.log(0.4)], "float32")
    noise = np.random.default_rng(0).gumbel(size=(500, 4)).astype("float32")
    many = ops.convert_to_tensor(np.tile(likely, (500, 1)))
    found = sampler.choose(many, ops.convert_to_tensor(noise))
    assert set(ops.convert_to_numpy(found).tolist()) <= {1, 3}


def test_noise_has_its_distribution():
    x = ops.convert_to_numpy(run(lambda: gumbel(ops.arange(40), 3, 11, 997))).ravel().astype("float64")
    assert x.mean() == pytest.approx(0.5772, abs=0.01)
    assert x.std() == pytest.approx(np.pi / 6**0.5, abs=0.01)
    grid = np.sort(x)
    expected = np.exp(-np.exp(-grid))
    assert abs(np.arange(len(x)) / len(x) - expected).max() < 0.006  # Kolmogorov: 0.1 % beyond 1.95 / sqrt(n)


def test_noise_is_not_the_same_elsewhere():
    both = run(lambda: [gumbel(ops.array([5, 6]), 2, index, 401) for index in (0, 1)])
    rows = np.concatenate([ops.convert_to_numpy(x).reshape(4, -1) for x in both])
    correlation = np.corrcoef(rows) - np.eye(8)
    assert abs(correlation).max() < 0.2


def test_draws_follow_the_probabilities():
    models = Models(1, capacity=2, spread=1.0)
    copies = Models(1, capacity=2)
    copies.logits = np.repeat(models.logits, 4001, axis=0)
    texts = drawn(copies, Temperature())
    found = [lists(texts, row)[0][1] for row in range(4001)]
    for text in models.all_texts():
        if len(text) < 2:
            share = found.count(text) / 4001
            assert share == pytest.approx(np.exp(models.log_probability(0, text)), abs=0.03)


def drawn(models, sampler, width=1, seeds=None, **options):
    batch = len(models.logits)
    seeds = ops.arange(batch) if seeds is None else ops.convert_to_tensor(seeds)
    return run(
        lambda: draw(
            models,
            models.cache(width),
            models.first,
            sampler,
            seeds=seeds,
            end=END,
            width=width,
            capacity=models.capacity,
            **options,
        )
    )


def test_greedy_is_the_most_probable_token_each_time():
    models = Models(23, seed=1)
    texts = drawn(models, Greedy())
    for row in range(23):
        text, code = [], 0
        while len(text) < 3:
            token = int(models.logits[row, len(text), code].argmax())
            if token == END:
                break
            code += token * 4 ** len(text)
            text.append(token)
        assert lists(texts, row) == [
            (pytest.approx(models.log_probability(row, text), abs=1e-4), tuple(text))
        ]


def test_every_text_says_how_probable_it_is():
    models = Models(5, seed=2)
    texts = drawn(models, TopP(0.9), width=4, constraints=(MinimumLength(1, END),))
    for row in range(5):
        found = lists(texts, row)
        assert [s for s, _ in found] == sorted((s for s, _ in found), reverse=True)
        for score, text in found:
            assert len(text) >= 1
            assert score == pytest.approx(models.log_probability(row, text), abs=1e-4)


def test_a_draw_depends_on_its_seed_alone():
    models = Models(1, seed=3, spread=0.3)
    several = Models(3)
    several.logits = np.repeat(models.logits, 3, axis=0)
    together = drawn(several, Temperature(), width=3, seeds=[7, 8, 7])
    assert [t for _, t in lists(together, 0)] == [t for _, t in lists(together, 2)]
    assert [t for _, t in lists(together, 0)] != [t for _, t in lists(together, 1)]
    alone = drawn(models, Temperature(), width=3, seeds=[8])
    assert [t for _, t in lists(alone, 0)] == [t for _, t in lists(together, 1)]


def test_the_coldest_draws_are_greedy():
    models = Models(7, seed=6)
    wanted = [lists(drawn(models, Greedy()), row) for row in range(7)]
    assert any(text for ((_, text),) in wanted)
    assert [lists(drawn(models, Temperature(1e-45)), row) for row in range(7)] == wanted


def test_the_limit_holds():
    models = Models(9, seed=4)
    models.logits[..., END] = -30
    texts = drawn(models, Greedy(), max_length=2)
    assert ops.convert_to_numpy(texts.lengths).tolist() == [[2]] * 9
    assert (ops.convert_to_numpy(texts.tokens)[:, :, 2] == 0).all()


def test_a_sampler_of_ones_own_overrides_one_method():
    @dataclass(frozen=True)
    class Second(Sampler):
        def weigh(self, log_probabilities):
            best = ops.max(log_probabilities, axis=-1, keepdims=True)
            return ops.where(log_probabilities == best, float("-inf"), log_probabilities)

    assert int(Second().choose(ops.convert_to_tensor(LIKELY))) == 3
    with pytest.raises(NotImplementedError, match="Sampler must override weigh"):
        Sampler().weigh(LIKELY)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Temperature(0), "temperature must be above 0"),
        (lambda: TopK(0), "k must be at least 1"),
        (lambda: TopP(0.0), "p must be above 0 and at most 1"),
        (lambda: TopP(1.1), "p must be above 0 and at most 1"),
        (lambda: TopK(2, -1.0), "temperature must be above 0"),
        (lambda: Temperature(float("inf")), "temperature must be finite"),
        (lambda: TopP(float("nan")), "p must be finite"),
    ],
)
def test_wrong_samplers_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_samplers_are_of_numbers():
    for make, message in (
        (lambda: TopK(2.0), r"k must be a whole number\. Received: 2\.0"),
        (lambda: TopK(True), r"k must be a whole number\. Received: True"),
        (lambda: TopP("0.9"), r"p must be a number\. Received: '0\.9'"),
        (lambda: Temperature(True), r"temperature must be a number\. Received: True"),
    ):
        with pytest.raises(TypeError, match=message):
            make()
    assert repr(TopK(np.int64(2), np.float32(0.5))) == "TopK(k=2, temperature=0.5)"
    assert repr(TopP(np.float64(0.5), 1)) == "TopP(p=0.5, temperature=1.0)"
