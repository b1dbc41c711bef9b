"""Every mask and composition, in every form, against its definition pair by pair; and attention against NumPy."""

import keras
import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from keras import ops

from maskplay import masks

LENGTH, BATCH = 7, 3
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
SLOW = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))


# ---- what is drawn: an expression, as a tree of tuples


def lines(numbers, batch=None):
    rows = st.sampled_from([1, BATCH]) if batch is None else st.just(batch)
    return rows.flatmap(
        lambda rows: st.lists(
            st.lists(numbers, min_size=LENGTH, max_size=LENGTH), min_size=rows, max_size=rows
        )
    )


def permutations():
    one = st.permutations(range(LENGTH))
    return st.sampled_from([1, BATCH]).flatmap(lambda rows: st.lists(one, min_size=rows, max_size=rows))


def lengths():
    few = st.integers(0, LENGTH)
    return few | st.lists(few, min_size=BATCH, max_size=BATCH)


LEAVES = st.one_of(
    st.tuples(st.just("bidirectional")),
    st.tuples(st.just("causal")),
    st.tuples(st.just("window"), st.integers(0, LENGTH), st.none() | st.integers(0, LENGTH)),
    st.tuples(st.just("prefix"), lines(st.integers(0, 1))),
    st.tuples(st.just("prefix_from_lengths"), lengths()),
    st.tuples(st.just("permutation"), permutations(), st.booleans()),
    st.tuples(st.just("packed"), lines(st.integers(-1, 2))),
    st.tuples(st.just("padding"), lines(st.booleans())),
    st.tuples(st.just("padding_from_lengths"), lengths()),
    st.tuples(st.just("blank_filling"), lines(st.integers(0, 3))),
    st.tuples(st.just("ranked"), lines(st.integers(-5, 5)), st.booleans()),
    st.tuples(st.just("matrix"), st.integers(0, 2**32 - 1), st.sampled_from([1, BATCH])),
)
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda parts: st.one_of(
        st.tuples(st.just("&"), parts, parts),
        st.tuples(st.just("|"), parts, parts),
        st.tuples(st.just("~"), parts),
        st.tuples(st.just("T"), parts),
    ),
    max_leaves=5,
)


def made(expression, of=np.array):
    """The mask of an expression; arrays are made by `of`."""
    kind, *rest = expression
    if kind in ("&", "|"):
        a, b = (made(part, of) for part in rest)
        return a & b if kind == "&" else a | b
    if kind == "~":
        return ~made(rest[0], of)
    if kind == "T":
        return made(rest[0], of).T
    if kind in ("bidirectional", "causal"):
        return getattr(masks, kind)(LENGTH)
    if kind == "window":
        return masks.sliding_window(LENGTH, *rest)
    if kind in ("prefix_from_lengths", "padding_from_lengths"):
        given = rest[0] if isinstance(rest[0], int) else of(np.array(rest[0], "int32"))
        return getattr(masks, kind)(given, LENGTH)
    if kind == "matrix":
        return masks.matrix(of(random_matrix(*rest)))
    dtype = "bool" if kind == "padding" else "int32"
    return getattr(masks, kind)(of(np.array(rest[0], dtype)), *rest[1:])


def random_matrix(seed, batch):
    return np.random.default_rng(seed).random((batch, LENGTH, LENGTH)) < 0.5


# ---- what it means, pair by pair


def sees(expression, row, query, key):
    kind, *rest = expression
    if kind == "&":
        return all(sees(part, row, query, key) for part in rest)
    if kind == "|":
        return any(sees(part, row, query, key) for part in rest)
    if kind == "~":
        return not sees(rest[0], row, query, key)
    if kind == "T":
        return sees(rest[0], row, key, query)
    if kind == "bidirectional":
        return True
    if kind == "causal":
        return key <= query
    if kind == "window":
        before, after = rest[0], rest[0] if rest[1] is None else rest[1]
        return -before <= key - query <= after
    if kind == "matrix":
        return bool(random_matrix(*rest)[row if rest[1] > 1 else 0, query, key])
    values = rest[0]
    if kind in ("prefix_from_lengths", "padding_from_lengths"):
        count = values if isinstance(values, int) else values[row]
        return key < count or (kind == "prefix_from_lengths" and key <= query)
    values = values[row if len(values) > 1 else 0]
    if kind == "prefix":
        # The source of a turn sees all before it and itself; the target what is before it.
        end = query
        while values[query] == 0 and end + 1 < LENGTH and values[end + 1] == 0:
            end += 1
        return key <= end
    if kind == "permutation":
        turns = (values.index(key), values.index(query))
        return turns[0] < turns[1] or (rest[1] and key == query)
    if kind == "packed":
        return values[key] == values[query]
    if kind == "padding":
        return values[key]
    if kind == "blank_filling":
        if values[key] == 0 or values[query] == 0:
            return values[key] == 0
        return (values[key], key) <= (values[query], query)
    if kind == "ranked":
        return values[key] <= values[query] if rest[1] else values[key] < values[query]
    raise AssertionError(kind)


def by_definition(expression):
    places = (range(BATCH), range(LENGTH), range(LENGTH))
    return np.array([[[sees(expression, b, q, k) for k in places[2]] for q in places[1]] for b in places[0]])


def by_hand(query, key, value, seen, bias=None):
    """Attention in float64; zeros where nothing is seen."""
    out = np.zeros(query.shape)
    for b, q, h in np.ndindex(query.shape[:3]):
        kept = seen[b, q]
        if kept.any():
            scores = key[b, kept, h].astype("float64") @ query[b, q, h] / np.sqrt(query.shape[-1])
            scores += 0 if bias is None else bias[0, h, q, kept]
            weights = np.exp(scores - scores.max())
            out[b, q, h] = weights / weights.sum() @ value[b, kept, h]
    return out


def tensors(seed, queries=LENGTH):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(BATCH, n, 2, 5)).astype("float32") for n in (queries, LENGTH, LENGTH)]


def full(array):
    return np.broadcast_to(np.asarray(array), (BATCH, *array.shape[1:]))


def numpy_of(tensor):
    return ops.convert_to_numpy(tensor)


# ---- the properties


@given(EXPRESSIONS)
@QUICK
def test_every_form_of_a_mask_says_what_its_definition_says(expression):
    wanted = by_definition(expression)
    mask = made(expression)
    assert mask.shape[1:] == (LENGTH, LENGTH)
    np.testing.assert_array_equal(full(mask.numpy()), wanted)
    np.testing.assert_array_equal(full(numpy_of(mask.dense())), wanted)
    np.testing.assert_array_equal(np.asarray(mask), mask.numpy())
    for place in np.ndindex(wanted.shape):
        if sum(place) % 5 == 0:
            row, query, key = place
            assert mask.allows(query, key, row) == wanted[place]
    inverse, transposed = ~mask, mask.T
    np.testing.assert_array_equal(full(inverse.numpy()), ~wanted)
    np.testing.assert_array_equal(full(transposed.numpy()), wanted.swapaxes(1, 2))
    assert ~inverse == mask
    assert mask == transposed.T
    assert mask == masks.matrix(wanted)
    assert (mask & inverse) == ~masks.bidirectional(LENGTH)
    assert (mask | inverse) == masks.bidirectional(LENGTH)


@given(EXPRESSIONS, st.integers(0, LENGTH - 2), st.lists(st.integers(0, LENGTH - 2), min_size=3, max_size=3))
@QUICK
def test_parts_are_those_of_the_matrix(expression, start, starts):
    wanted = by_definition(expression)
    mask = made(expression)
    np.testing.assert_array_equal(full(mask.last(2).numpy()), wanted[:, -2:])
    np.testing.assert_array_equal(full(mask.queries(start, 2).numpy()), wanted[:, start : start + 2])
    np.testing.assert_array_equal(full(mask.keys(start, 2).numpy()), wanted[:, :, start : start + 2])
    part = mask.queries(ops.convert_to_tensor(start), 2).keys(1, LENGTH - 1)
    np.testing.assert_array_equal(full(numpy_of(part.dense())), wanted[:, start : start + 2, 1:])
    each = numpy_of(mask.queries(ops.convert_to_tensor(np.array(starts)), 2).dense())
    np.testing.assert_array_equal(
        full(each), np.stack([wanted[row, first : first + 2] for row, first in enumerate(starts)])
    )


@given(EXPRESSIONS, st.integers(0, 99), st.booleans())
@example(("window", 2, 0), 0, False)
@example(("&", ("window", 2, 0), ("padding_from_lengths", [7, 3, 0])), 0, True)
@QUICK
def test_attention_equals_that_by_hand(expression, seed, on_the_backend):
    mask = made(expression, ops.convert_to_tensor if on_the_backend else np.array)
    query, key, value = tensors(seed)
    wanted = by_hand(query, key, value, by_definition(expression))
    np.testing.assert_allclose(numpy_of(masks.attention(query, key, value, mask)), wanted, atol=2e-6)


@given(EXPRESSIONS, st.integers(0, 99))
@SLOW
def test_attention_of_a_decoding_step_is_the_last_of_all(expression, seed):
    count = 2
    mask = made(expression).last(count)
    query, key, value = tensors(seed)
    wanted = by_hand(query, key, value, by_definition(expression))[:, -count:]
    found = masks.attention(query[:, -count:], key, value, mask)
    np.testing.assert_allclose(numpy_of(found), wanted, atol=2e-6)


@given(EXPRESSIONS, st.integers(0, 99))
@SLOW
def test_a_bias_is_added_whatever_the_kernel(expression, seed):
    query, key, value = tensors(seed)
    bias = np.random.default_rng(seed).normal(size=(1, 2, LENGTH, LENGTH)).astype("float32")
    wanted = by_hand(query, key, value, by_definition(expression), bias)
    found = masks.attention(query, key, value, made(expression), bias=bias)
    np.testing.assert_allclose(numpy_of(found), wanted, atol=2e-6)


def test_compiled_with_traced_values(compiled):
    tensor = ops.convert_to_tensor
    query, key, value = tensors(1)

    @given(EXPRESSIONS)
    @settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
    def check(expression):
        wanted = by_definition(expression)

        def run(zero):
            # All arrays of the mask are functions of what is given, and so are traced.
            mask = made(expression, lambda x: tensor(x) if x.dtype == bool else tensor(x) + zero)
            return mask.dense(), masks.attention(query, key, value, mask)

        dense, attended = compiled(run)(tensor(np.int32(0)))
        np.testing.assert_array_equal(full(numpy_of(dense)), wanted)
        np.testing.assert_allclose(numpy_of(attended), by_hand(query, key, value, wanted), atol=2e-6)

    check()


@given(EXPRESSIONS)
@example(("window", 2, 0))
@QUICK
def test_what_is_explained_is_so(expression):
    wanted = by_definition(expression)
    for backend, device in (("jax", "cpu"), ("torch", "cpu"), ("torch", "gpu"), ("tensorflow", "cpu")):
        said = made(expression).explain(backend, device)
        rows = wanted[: said.shape[0]]
        assert said.empty_count == (~rows.any(-1)).sum()
        assert list(said.empty) == [tuple(place) for place in np.argwhere(~rows.any(-1)).tolist()]
        assert said.dense_bytes == rows.size
        if said.kernel == "none":
            assert wanted.all()
        if said.kernel == "nothing":
            assert not wanted.any()
        if said.kernel == "causal":
            assert (wanted == np.tri(LENGTH, dtype=bool)).all()
        if said.kernel == "keys":
            assert (wanted == wanted[:, :1]).all()
        assert said.description in str(said)


ON_TORCH = pytest.mark.skipif(keras.backend.backend() != "torch", reason="FlexAttention is torch's")


@ON_TORCH
@given(EXPRESSIONS)
@example(("~", ("packed", [[0, 1, 0, 1, 1, 2, 2]])))
@example(("~", ("bidirectional",)))
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_block_masks_of_flex_attention_say_the_same(expression):
    from torch.nn.attention.flex_attention import create_mask

    from maskplay.masks.lowering.flex import block_mask

    blocks = block_mask(made(expression))
    pairs = create_mask(blocks.mask_mod, BATCH, 1, LENGTH, LENGTH, device="cpu")
    np.testing.assert_array_equal(pairs[:, 0].numpy(), by_definition(expression))


@ON_TORCH
@pytest.mark.filterwarnings("ignore:flex_attention called without torch.compile")
@pytest.mark.parametrize("seed", [0, 1])
def test_flex_attention_on_blocks_is_exact(seed):
    """Without a GPU it is not fused, and computes the same."""
    from maskplay.masks.lowering.flex import block_mask, flex

    length = 300  # three blocks of 128, the last of them not full
    documents = np.random.default_rng(seed).integers(0, 3, (BATCH, length))
    ids = np.random.default_rng(seed).integers(0, 2, (BATCH, length))
    mask = masks.packed(documents) & masks.prefix(ids) & ~masks.sliding_window(length, 1 + seed)
    rng = np.random.default_rng(seed)
    query, key, value = (rng.normal(size=(BATCH, length, 2, 5)).astype("float32") for _ in range(3))
    swapped = [ops.convert_to_tensor(x).transpose(1, 2) for x in (query, key, value)]
    found = flex(*swapped, block_mask(mask), None).transpose(1, 2)
    np.testing.assert_allclose(found.numpy(), by_hand(query, key, value, mask.numpy()), atol=2e-6)
