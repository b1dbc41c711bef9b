"""What depends on what: found where it is known by construction."""

import json

import hypothesis.strategies as st
import keras
import numpy as np
import pytest
from hypothesis import given, settings
from keras import layers, ops

from maskplay.masks.audit import DependencyMap, dependencies

from .models import embed, settled, stack


def linear(weights: np.ndarray):
    """A model `(batch, keys, dim) -> (batch, queries, dim)` that depends on what `weights` (queries, keys) says."""
    return lambda x: ops.einsum("qk,bkd->bqd", ops.convert_to_tensor(weights.astype("float32")), x)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 7), st.integers(1, 5), st.integers(0, 1 << 30))
def test_any_matrix_is_found(queries, keys, seed):
    rng = np.random.default_rng(seed)
    allowed = rng.random((queries, keys)) < 0.5
    weights = np.where(allowed, rng.uniform(0.01, 1, (queries, keys)), 0)
    x = rng.normal(size=(2, keys, 3))
    found = dependencies(linear(weights), x, draws=1)
    np.testing.assert_array_equal(found.matrix, allowed)
    assert found.apart


def test_one_call_or_many_say_the_same(floats):
    weights = np.tril(np.ones((5, 5)))
    one = dependencies(linear(weights), floats, draws=3)
    many = dependencies(linear(weights), floats, draws=3, batch_size=7)
    assert one.calls == 3  # twice alike, once with the rows in other company
    assert many.calls == 7  # (1 + 3 * 5) * 2 rows by 7, and two more
    np.testing.assert_allclose(one.strength, many.strength, rtol=1e-5)
    np.testing.assert_array_equal(one.strength, dependencies(linear(weights), floats, draws=3).strength)
    assert (dependencies(linear(weights), floats, seed=1).strength != one.strength).any()


def test_strength_is_relative(floats):
    """A thousandth of the weight is a thousandth of the change; a thousand times the output changes nothing."""
    weights = np.eye(5)
    weights[0, 3] = 1e-3
    found = dependencies(linear(weights), floats)
    assert 1e-5 < found.strength[0, 3] < 1e-2 < found.strength[0, 0] <= 2
    np.testing.assert_allclose(
        dependencies(linear(1000 * weights), floats).strength, found.strength, rtol=1e-4
    )
    assert not dependencies(linear(weights), floats, tolerance=0.05).matrix[0, 3]


def test_huge_and_infinite_numbers_hide_nothing(floats):
    """Scores are often -1e9 or -inf where something is excluded."""
    for low in (-1e9, -np.inf):
        model = lambda x, low=low: ops.concatenate([x, ops.full_like(x, low)], axis=-1)  # noqa: E731
        np.testing.assert_array_equal(dependencies(model, floats).matrix, np.eye(5, dtype=bool))
    jump = lambda x: ops.where(x > 0, x, -float("inf"))  # noqa: E731
    assert dependencies(jump, floats).strength.max() == 1


def test_a_causal_transformer_both_ways(ids):
    inputs = keras.Input((None,), dtype="int32")
    x = embed()(inputs)
    x = layers.Add()([x, layers.MultiHeadAttention(2, 4)(x, x, use_causal_mask=True)])
    model = settled(keras.Model(inputs, layers.Dense(5)(x)))
    expected = np.tril(np.ones((7, 7), bool))
    for method in ("perturbation", "jacobian"):
        found = dependencies(model, ids[:2], method=method, draws=2)
        np.testing.assert_array_equal(found.matrix, expected)
        assert not found.rows[1, :, 5:].any()  # padding stays padding
        assert found.kept.tolist() == (ids[:2] != 0).tolist()


@pytest.mark.parametrize("method", ["perturbation", "jacobian"])
def test_layers_on_floats(floats, method):
    one_back = dependencies(layers.Conv1D(4, 2, padding="causal"), floats, method=method, draws=2)
    np.testing.assert_array_equal(one_back.matrix, np.eye(5, dtype=bool) | np.eye(5, k=-1, dtype=bool))
    strided = dependencies(layers.Conv1D(4, 2, strides=2), floats, method=method, draws=2)
    assert strided.matrix.astype(int).tolist() == [[1, 1, 0, 0, 0], [0, 0, 1, 1, 0]]


def test_the_jacobian_is_the_derivative(floats):
    """Of a linear model: the weight times the size of the input, over that of the output, times a random length."""
    weights = np.array([[1.0, 0.5, 0, 0, 0], [0, 0, 2.0, 0, 0]])
    found = dependencies(linear(weights), floats, method="jacobian", draws=1)
    np.testing.assert_allclose(found.rows[:, 0, 1] / found.rows[:, 0, 0], 0.5, rtol=1e-5)
    np.testing.assert_array_equal(found.matrix, weights > 0)


def test_the_jacobian_of_shared_embeddings():
    """An embedding that reads the ids twice, and other ids in between, is told apart."""
    inputs = [keras.Input((None,), dtype="int32", name=name) for name in ("ids", "others")]
    shared = layers.Embedding(11, 4)
    x = shared(inputs[0])[:, :2] + shared(inputs[1])[:, 1:3] + 3 * shared(inputs[0])[:, 2:4]
    model = keras.Model(inputs, x)
    rng = np.random.default_rng(0)
    arrays = [rng.integers(1, 11, (2, 5)) for _ in inputs]
    found = dependencies(model, arrays, method="jacobian", input="ids", draws=1)
    assert found.matrix.astype(int).tolist() == [[1, 0, 1, 0, 0], [0, 1, 0, 1, 0]]
    other = dependencies(model, arrays, input="others")
    assert other.matrix.astype(int).tolist() == [[0, 1, 0, 0, 0], [0, 0, 1, 0, 0]]
    assert "call" not in vars(shared)


def test_ids_keep_to_the_vocabulary():
    """Ids that are put in occur already, or are below vocabulary_size; never padding."""
    seen = set()

    def model(x):
        seen.update(np.unique(ops.convert_to_numpy(x)).tolist())
        return ops.cast(x, "float32")[:, :, None]

    ids = np.array([[3, 9, 5, 0], [9, 3, 3, 5]])
    found = dependencies(model, ids)
    assert seen == {0, 3, 5, 9}
    np.testing.assert_array_equal(found.matrix, np.eye(4, dtype=bool))
    assert not found.rows[0, :, 3].any()
    seen.clear()
    dependencies(model, ids, vocabulary_size=12, draws=20)
    assert seen == set(range(12))
    seen.clear()
    dependencies(model, ids, pad_id=None)
    assert seen == {0, 3, 5, 9}
    with pytest.raises(ValueError, match=r"there must be two different ones at least.*Received: \[4\]"):
        dependencies(model, np.full((1, 3), 4))


def test_inputs_and_outputs_by_name(floats):
    other = np.random.default_rng(0).normal(size=(2, 4, 3)).astype("float32")

    def model(inputs):
        mean = ops.mean(inputs["b"], axis=1, keepdims=True)
        return {"own": inputs["a"] * 1.0, "mixed": inputs["a"] + mean, "pooled": mean[:, 0]}

    inputs = {"a": floats, "b": other}
    assert dependencies(model, inputs, output="own").matrix.tolist() == np.eye(5, dtype=bool).tolist()
    assert dependencies(model, inputs, input="b", output="mixed").matrix.tolist() == [[True] * 4] * 5
    assert not dependencies(model, inputs, input="b", output="own").matrix.any()
    assert dependencies(model, inputs, input=1).matrix.all()
    np.testing.assert_array_equal(dependencies(model, inputs).matrix, np.eye(5, dtype=bool))
    with pytest.raises(ValueError, match=r"input must name one of \['a', 'b'\]. Received: input='c'"):
        dependencies(model, inputs, input="c")
    with pytest.raises(ValueError, match=r"must share \(batch, length\)"):
        dependencies(model, inputs, input=["a", "b"])


def test_several_inputs_are_changed_together(floats):
    model = lambda inputs: inputs["a"] * 0.0 + inputs["b"]  # noqa: E731
    inputs = {"a": floats, "b": floats + 1}
    assert not dependencies(model, inputs, input="a").matrix.any()
    assert dependencies(model, inputs, input=["a", "b"]).matrix.tolist() == np.eye(5, dtype=bool).tolist()


def test_rows_that_touch_each_other_are_kept_together(floats):
    """Row i of the output is row `row[i]` of the input: copies of rows in one batch would mix this up."""
    model = lambda inputs: ops.take(inputs["x"], inputs["row"], axis=0)  # noqa: E731
    for row in ([1, 0], [0, 0], [0, 1, 1]):
        found = dependencies(model, {"x": floats, "row": np.array(row)})
        np.testing.assert_array_equal(found.matrix, np.eye(5, dtype=bool))
        assert not found.apart
        assert found.rows.shape == (len(row), 5, 5)
    for touching in (lambda x: x + ops.flip(x, axis=0), lambda x: x - ops.mean(x, axis=0)):
        assert not dependencies(touching, floats).apart


def test_a_model_of_one_batch_size():
    inputs = keras.Input(batch_shape=(3, 5, 2))
    model = keras.Model(inputs, layers.Dense(2)(inputs))
    x = np.random.default_rng(0).normal(size=(3, 5, 2))
    found = dependencies(model, x)
    np.testing.assert_array_equal(found.matrix, np.eye(5, dtype=bool))
    assert found.apart


def test_whole_numbers_have_dependencies_and_no_derivatives(ids):
    model = lambda x: ops.cumsum(x, axis=1)[:, :, None]  # noqa: E731
    np.testing.assert_array_equal(dependencies(model, ids).matrix, np.tril(np.ones((7, 7), bool)))
    with pytest.raises(ValueError, match=r"Outputs must be floats"):
        dependencies(model, ids, method="jacobian")
    with pytest.raises(ValueError, match=r"needs a float input, or a Keras Embedding"):
        dependencies(lambda x: ops.cast(x, "float32")[:, :, None], ids, method="jacobian")


def test_half_precision_has_a_tolerance_of_its_own(ids):
    policy = keras.dtype_policies.get("mixed_bfloat16")
    model = keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            layers.Embedding(11, 8, dtype=policy),
            layers.Dense(3, dtype=policy),
        ]
    )
    found = dependencies(model, ids)
    assert found.tolerance > 0.05
    np.testing.assert_array_equal(found.matrix, np.eye(7, dtype=bool))


def test_bad_input_is_told(ids, floats):
    pooled = stack(layers.GlobalAveragePooling1D())
    with pytest.raises(ValueError, match=r"must have an output with positions.*Look at an inner tensor"):
        dependencies(pooled, ids)
    with pytest.raises(ValueError, match=r"The outputs have several lengths"):
        dependencies(lambda x: [x * 1.0, x[:, :2]], floats)
    with pytest.raises(ValueError, match=r"output 'output' is NaN at"):
        dependencies(lambda x: x * float("nan"), floats)
    first = float(floats[0, 0, 0])
    with pytest.raises(ValueError, match=r"becomes NaN in row 0 when input position 0 is changed"):
        dependencies(lambda x: ops.where(x[:, :1, :1] == first, x, float("nan")), floats[:1])
    with pytest.raises(ValueError, match=r"must give the same outputs for the same inputs"):
        dependencies(lambda x: x + keras.random.normal(x.shape), floats)
    with pytest.raises(ValueError, match=r"One input must be a sequence"):
        dependencies(lambda x: x, np.ones(3))
    with pytest.raises(ValueError, match=r"with a batch axis"):
        dependencies(lambda x: x, 3.0)
    with pytest.raises(ValueError, match=r"method must be one of"):
        dependencies(lambda x: x, floats, method="guess")
    with pytest.raises(ValueError, match=r"draws and batch_size must be 1 or more"):
        dependencies(lambda x: x, floats, draws=0)
    with pytest.raises(ValueError, match=r"The model gives no outputs"):
        dependencies(lambda x: [], floats)
    with pytest.raises(Exception, match=r".") as caught:
        dependencies(lambda x: ops.reshape(x, (7, 7)), floats)
    assert "maskplay called the model on inputs of shapes [(32, 5, 3)]" in caught.value.__notes__[0]


def test_the_map_is_drawn_and_written(floats):
    found = dependencies(linear(np.tril(np.ones((3, 5)))), floats)
    assert isinstance(found, DependencyMap)
    assert found.draw() == "  01234\n0 ■····\n1 ■■···\n2 ■■■··"
    told = json.loads(json.dumps(found.to_dict()))
    assert told["matrix"][1] == [True, True, False, False, False]
    assert told["method"] == "perturbation"
