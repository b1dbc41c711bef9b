# ruff: noqa: E501 (tables of errors)
"""A mask is a value: made of what fits, never changed, small until it is lowered, and understood by compilers."""

import tracemalloc

import keras
import numpy as np
import pytest

from maskplay import masks

SEGMENTS = [[0, 0, 1, 1, 1], [0, 1, 1, 0, 0], [0, 0, 0, 1, 0]]


def ones(mask) -> list:
    return mask.numpy().astype(int).tolist()


# ---- by hand, where the words of a definition are easily read otherwise


def test_prefix_of_a_dialogue_hides_the_next_turn_from_the_target_before_it():
    assert ones(masks.prefix([0, 1, 0, 0, 1])) == [
        [[1, 0, 0, 0, 0], [1, 1, 0, 0, 0], [1, 1, 1, 1, 0], [1, 1, 1, 1, 0], [1, 1, 1, 1, 1]]
    ]


def test_queries_are_the_last_positions():
    assert masks.causal(2, 5) == masks.causal(5).last(2)
    assert masks.sliding_window(2, 1, 0, key_length=5) == masks.sliding_window(5, 1, 0).last(2)
    assert ones(masks.causal(3, 2)) == [[[0, 0], [1, 0], [1, 1]]]


def test_the_query_stream_of_a_permutation_does_not_see_itself():
    assert ones(masks.permutation([2, 0, 1], see_itself=False)) == [[[0, 0, 1], [1, 0, 1], [0, 0, 0]]]


def test_packing_composes_with_what_is_of_one_document():
    documents, ids = [1, 1, 1, 2, 2], [0, 1, 1, 0, 1]
    alone = [masks.prefix(ids[:3]).numpy()[0], masks.prefix(ids[3:]).numpy()[0]]
    wanted = np.zeros((5, 5), bool)
    wanted[:3, :3], wanted[3:, 3:] = alone
    assert masks.packed(documents) & masks.prefix(ids) == masks.matrix(wanted)


def test_attention_to_another_sequence():
    kept = np.array([[True, True, False], [True, False, False]])
    mask = masks.padding(kept, query_length=2) & masks.packed([[1, 2]], [[2, 1, 1]])
    assert mask.shape == (2, 2, 3)
    assert ones(mask) == [[[0, 1, 0], [1, 0, 0]], [[0, 0, 0], [1, 0, 0]]]


# ---- values


def test_a_mask_cannot_be_changed():
    given = np.array([0, 0, 1])
    mask = masks.prefix(given)
    given[:] = 0
    assert mask == masks.prefix([0, 0, 1])
    with pytest.raises(AttributeError, match="A mask is a value and cannot be changed"):
        mask.query_length = 4
    with pytest.raises(AttributeError, match="cannot be changed"):
        del mask.term
    pairs = np.ones((2, 2), bool)
    of_matrix = masks.matrix(pairs)
    pairs[:] = False
    assert of_matrix.allows(0, 1)


def test_a_mask_is_neither_true_nor_false():
    for ask in (bool, lambda mask: mask and mask, lambda mask: not mask):
        with pytest.raises(TypeError, match=r"Compose masks with &, \|, ~"):
            ask(masks.causal(3))


@pytest.mark.parametrize("make", [masks.permutation, masks.ranked])
def test_whether_a_position_sees_itself_is_a_boolean(make):
    with pytest.raises(TypeError, match=r"must be True or False. Received: 'no'"):
        make([0, 1], "no")


def test_masks_that_say_the_same_are_equal_and_hash_alike():
    same = [masks.prefix([1, 1, 1]), masks.causal(3), masks.ranked([5, 6, 7]), masks.matrix(np.tri(3) == 1)]
    assert all(mask == same[0] and hash(mask) == hash(same[0]) for mask in same)
    assert len({masks.causal(3), masks.causal(4), masks.causal(3, 4)}) == 3
    assert masks.causal(3) != masks.causal(4)
    assert masks.causal(3) != "causal"
    assert masks.causal(3) == masks.matrix(np.tri(3)[None].repeat(2, 0) == 1)


def test_a_comparison_names_every_pair_up_to_a_hundred():
    found = masks.prefix(SEGMENTS).compare(masks.causal(5))
    assert found.count == 1 + 1 + 3
    assert found.pairs == (
        (0, 0, 1, True),
        (1, 3, 4, True),
        (2, 0, 1, True),
        (2, 0, 2, True),
        (2, 1, 2, True),
    )
    assert not found
    many = masks.bidirectional(50).compare(masks.causal(50))
    assert (many.count, len(many.pairs)) == (1225, 100)
    assert str(many).startswith("1,225 pairs differ:\n  row 0: query 0 sees key 1 only in the first mask\n")
    assert str(many).endswith(
        "\n  and 1,215 more, first of them row 0: query 0 sees key 11 only in the first mask"
    )
    assert str(masks.causal(3).compare(masks.causal(3))) == "The masks say the same."


def test_a_composition_is_simplified_where_that_is_cheap():
    causal, everything = masks.causal(4), masks.bidirectional(4)
    assert (causal & everything).explain("jax").kernel == "causal"
    assert len((causal & masks.causal(4) & masks.sliding_window(4, 2)).term.terms) == 3
    assert (causal | everything).explain("jax").kernel == "none"
    assert (causal & ~everything).explain("jax").kernel == "nothing"
    assert causal.last(1).explain("torch").kernel == "none"


def test_descriptions_can_be_read():
    a, b, c = masks.causal(3), masks.prefix([0, 0, 1]), masks.sliding_window(3, 1)
    assert repr((a | b) & ~c) == "<AttentionMask (causal | prefix) & ~window(1, 1), 3 queries x 3 keys>"
    assert (a & b & c).description == "causal & prefix & window(1, 1)"
    assert (~(a & b)).T.last(1).description == "~(causal & prefix).T.queries(2, 1)"


# ---- memory


@pytest.mark.parametrize("kind", ["causal", "packed", "window & padding", "blank_filling"])
def test_memory_is_of_the_order_of_the_length(kind):
    length = 100_000
    documents = np.arange(length, dtype="int32") // 1000

    def make():
        if kind == "causal":
            return masks.causal(length)
        if kind == "packed":
            return masks.packed(documents) & masks.causal(length)
        if kind == "blank_filling":
            return masks.blank_filling(documents)
        return masks.sliding_window(length, 512) & masks.padding(documents < 90)

    make()  # whatever is imported or filled only once
    tracemalloc.start()
    mask = make()
    step = (~mask).last(1)
    assert mask.allows(length - 1, length - 1) in (True, False)
    mask.explain("torch", "gpu")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert step.shape == (1, 1, length)
    assert peak < 40 * length


# ---- lowering


def kernel(mask, backend, device="cpu"):
    found = mask.explain(backend, device)
    return found.kernel, found.arguments


def test_jax_is_told_flags():
    lengths = masks.padding_from_lengths([3, 5], 5)
    assert kernel(masks.causal(5), "jax") == ("causal", {"is_causal": "True"})
    assert kernel(masks.causal(5) & lengths, "jax") == (
        "flags",
        {"is_causal": "True", "key_value_seq_lengths": "[3, 5]"},
    )
    assert kernel(masks.sliding_window(5, 2, 1), "jax") == ("flags", {"local_window_size": "(2, 1)"})
    assert kernel(masks.causal(5) & masks.sliding_window(5, 2), "jax")[1] == {"local_window_size": "(2, 0)"}
    assert kernel(lengths & lengths.T, "jax") == (
        "flags",
        {"query_seq_lengths": "[3, 5]", "key_value_seq_lengths": "[3, 5]"},
    )
    assert kernel(masks.causal(5).last(2), "jax") == ("flags", {"local_window_size": "(2, 3)"})


def test_arrays_are_known_for_what_they_are():
    kept = np.array([[True, True, True, False], [True, False, False, False]])
    assert kernel(masks.padding(kept), "jax") == ("flags", {"key_value_seq_lengths": "[3, 1]"})
    assert kernel(masks.padding(kept).T, "jax") == ("flags", {"query_seq_lengths": "[3, 1]"})
    assert kernel(masks.padding(kept[:, ::-1]), "jax")[0] == "keys"  # padding on the left
    assert kernel(masks.padding(kept | True), "torch")[0] == "none"
    assert kernel(masks.packed([[4, 4, 4]]), "torch")[0] == "none"
    assert kernel(masks.permutation([0, 1, 2]), "tensorflow")[0] == "causal"
    backwards = masks.permutation([3, 2, 1, 0]) & masks.permutation([0, 1, 2, 3])
    assert kernel(backwards, "jax") == ("flags", {"local_window_size": "(0, 0)"})


@pytest.mark.parametrize(
    ("backend", "device", "wanted"),
    [
        ("jax", "cpu", "dense"),
        ("torch", "cpu", "dense"),
        ("torch", "gpu", "flex"),
        ("tensorflow", "cpu", "dense"),
    ],
)
def test_what_has_no_kernel_is_dense_and_says_so(backend, device, wanted):
    found = (masks.prefix(SEGMENTS) & masks.sliding_window(5, 3)).explain(backend, device)
    assert found.kernel == wanted
    assert found.lowered_bytes == (3 * 5 * 5 if wanted == "dense" else found.lowered_bytes)
    assert (
        "has no kernel for" in found.reason
        if wanted == "dense"
        else "nobody sees are left out" in found.reason
    )


def test_padding_alone_is_one_row_of_keys():
    kept = np.array([[False, True, True, False, True]])
    found = masks.padding(kept).explain("torch")
    assert (found.kernel, found.lowered_bytes, found.dense_bytes) == ("keys", 5, 25)


def test_rows_that_see_nothing_are_reported():
    found = (masks.causal(4) & masks.padding([False, False, True, True])).explain()
    assert found.empty == ((0, 0), (0, 1))
    assert "2 queries see nothing and get zeros: 0, 1" in str(found)
    assert "every query sees something" in str(masks.causal(4).explain())
    contradiction = masks.causal(3) & ~masks.causal(3)
    assert "3 queries see nothing" in str(contradiction.explain())
    traced = masks.padding(keras.Input((5,), dtype="bool")).explain()
    assert traced.empty is None
    assert "is not known before the program runs" in str(traced)


def test_an_explanation_has_a_plain_form():
    found = masks.causal(4).explain("torch").to_dict()
    assert found["kernel"] == "causal"
    assert found["shape"] == (1, 4, 4)
    assert set(found) >= {"reason", "mask_bytes", "lowered_bytes", "dense_bytes", "empty_count"}


def test_another_backend_is_explained_but_not_lowered_for():
    other = "torch" if keras.backend.backend() != "torch" else "jax"
    with pytest.raises(ValueError, match=r"a mask is lowered for that\. Received: backend="):
        masks.causal(3).lower(other)
    with pytest.raises(
        ValueError, match="backend must be one of jax, torch, tensorflow, and device cpu or gpu"
    ):
        masks.causal(3).explain("mxnet")
    with pytest.raises(ValueError, match="device cpu or gpu"):
        masks.causal(3).explain(device="tpu")


# ---- what is refused


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: masks.causal(0), ValueError, "length must be at least 1. Received: 0"),
        (lambda: masks.causal(2.5), TypeError, "length must be a whole number, known before the program runs"),
        (lambda: masks.causal(True), TypeError, "length must be a whole number"),
        (lambda: masks.bidirectional(3, -1), ValueError, "key_length must be at least 1. Received: -1"),
        (lambda: masks.sliding_window(5, -1), ValueError, "before must be at least 0. Received: -1"),
        (lambda: masks.sliding_window(5, 1, 1.5), TypeError, "after must be a whole number. Received: float 1.5"),
        (lambda: masks.prefix([0, 2, 1]), ValueError, r"segment_ids must be 0 (source) or 1 (target). Received: [0, 1, 2]"),
        (lambda: masks.prefix([0.0, 1.0]), TypeError, "segment_ids must be whole numbers. Received: float64"),
        (lambda: masks.prefix([[[0]]]), ValueError, "segment_ids must have the shape (length,) or (batch, length). Received: shape (1, 1, 1)"),
        (lambda: masks.prefix([[0], [0, 1]]), ValueError, "segment_ids must be one array, with rows of equal length"),
        (lambda: masks.prefix([]), (TypeError, ValueError), "segment_ids must hold at least one position"),
        (lambda: masks.prefix("0011"), TypeError, "segment_ids must be"),
        (lambda: masks.prefix_from_lengths([[1]], 3), ValueError, "source_lengths must have the shape (batch,)"),
        (lambda: masks.permutation([0, 0, 1]), ValueError, "order must hold each position from 0 to 2 once. Received: [[0, 0, 1]]"),
        (lambda: masks.blank_filling([0, -1]), ValueError, "blanks must be 0 (text) or positive. Received: -1"),
        (lambda: masks.padding([1, 1, 0]), TypeError, "padding_mask must be boolean, True = keep. Received: int64. Compare it first"),
        (lambda: masks.padding([[[True]]]), ValueError, "padding_mask must have the shape"),
        (lambda: masks.matrix([True]), ValueError, "pairs must have the shape (query_length, key_length) or (batch,"),
        (lambda: masks.matrix(np.ones((2, 2))), TypeError, "pairs must be boolean, True = keep. Received: float64"),
        (lambda: masks.packed([2**40, 1]), ValueError, "documents must be from -1073741823 to 1073741823"),
        (lambda: masks.packed([[1]] * 2, [[1]] * 3), ValueError, "documents and key_documents must be for the same batch"),
        (lambda: masks.causal(3) & masks.causal(4), ValueError, "must have the same query_length. Received: 3 and 4 in causal & causal"),
        (lambda: masks.causal(3) | masks.causal(3, 4), ValueError, "must have the same key_length. Received: 3 and 4"),
        (lambda: masks.prefix(SEGMENTS) & masks.prefix(SEGMENTS[:2]), ValueError, "must be for the same batch, or for all. Received: batches of 3 and 2"),
        (lambda: masks.causal(3) & np.ones((3, 3), bool), TypeError, "one of a boolean matrix is masks.matrix(pairs). Received: ndarray"),
        (lambda: np.ones((3, 3), bool) & masks.causal(3), TypeError, "unsupported operand"),
        (lambda: masks.causal(3).compare(masks.causal(4)), ValueError, "same query_length"),
        (lambda: masks.causal(3).last(4), ValueError, "last can give at most all 3 queries. Received: count=4"),
        (lambda: masks.ranked([2**30, 0]), ValueError, "ranks must be from -1073741823 to 1073741823. Received: values from 0 to 1073741824"),
        (lambda: masks.prefix_from_lengths([2, 4], 3), ValueError, "source_lengths must be from 0 to the length of a row, 3. Received: [2, 4]"),
        (lambda: masks.padding_from_lengths(-1, 3), ValueError, "lengths must be from 0 to the length of a row, 3. Received: [-1]"),
        (lambda: masks.padding_from_lengths([True, False], 3), TypeError, "lengths must be numbers of positions. Received: booleans"),
        (lambda: masks.padding_from_lengths(np.array([True]), 3), TypeError, "lengths must be numbers of positions. Received: booleans"),
        (lambda: masks.causal(3).queries(1.0), TypeError, "start must be a whole number. Received: float 1.0"),
        (lambda: masks.causal(3).queries(True), TypeError, "start must be a whole number. Received: bool True"),
        (lambda: masks.causal(3).queries(np.array([1.0])), TypeError, "start must be a whole number, or a tensor of some. Received: float64"),
        (lambda: masks.causal(3).keys(0, 1.5), TypeError, "count must be a whole number. Received: float 1.5"),
        (lambda: masks.causal(3).last("2"), TypeError, "count must be a whole number. Received: str '2'"),
        (lambda: masks.causal(3).allows(0.0, 1), TypeError, "query must be a whole number. Received: float 0.0"),
        (lambda: masks.causal(3).queries(np.array(3)), ValueError, "There are 3 queries. Received: start=3, count=1"),
        (lambda: masks.causal(3).queries(2, 0), ValueError, "count must be a whole number of at least 1. Received: 0"),
        (lambda: masks.causal(3).keys(2, 2), ValueError, "There are 3 keys. Received: start=2, count=2"),
        (lambda: masks.causal(3).allows(3, 0), IndexError, "query must be from 0 to 2. Received: 3"),
        (lambda: masks.causal(3).allows(0, -1), IndexError, "key must be from 0 to 2. Received: -1"),
        (lambda: masks.prefix(SEGMENTS).allows(0, 0, 3), IndexError, "row must be from 0 to 2. Received: 3"),
        (lambda: np.asarray(masks.causal(3), copy=False), ValueError, "making one of it copies"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(make, error, text):
    with pytest.raises(error) as caught:
        make()
    assert text in str(caught.value)


def test_numbers_of_numpy_are_numbers():
    mask = masks.causal(5)
    assert mask.queries(np.array(2), np.int8(2)) == mask.queries(2, 2) == mask.last(np.int64(3)).queries(0, 2)
    assert mask.allows(np.int32(3), np.array(3))
    assert not mask.allows(np.int32(3), np.array(4))


@pytest.mark.parametrize("largest", [2**30 - 1, 7])
def test_the_largest_ranks_are_compared_rightly(largest):
    ranks = [largest, -largest, 0, largest]
    expected = np.array([[key <= query for key in ranks] for query in ranks])
    for ours, dense in ((masks.ranked(ranks), expected), (~masks.ranked(ranks), ~expected)):
        np.testing.assert_array_equal(ours.numpy()[0], dense)
        np.testing.assert_array_equal(ours.T.numpy()[0], dense.T)
        np.testing.assert_array_equal(np.asarray(ours.dense())[0], dense)
        assert str(ours.explain())


@pytest.mark.parametrize("make", [masks.padding_from_lengths, masks.prefix_from_lengths])
def test_lengths_may_be_symbolic(make):
    lengths = keras.Input((), dtype="int32")
    model = keras.Model(lengths, make(lengths, 4).dense())
    given = np.array([1, 4], "int32")
    said, wanted = np.asarray(model(given)), make(given, 4).numpy()
    np.testing.assert_array_equal(
        said.reshape(2, -1, 4), np.broadcast_to(wanted, (2, 4, 4))[:, : said.size // 8]
    )


def test_a_window_beyond_all_positions_is_no_window():
    assert masks.sliding_window(3, 2**40, 2**70) == masks.bidirectional(3)
    assert masks.sliding_window(2, 0, 2**40, 5) == masks.causal(5).T.last(2)
    # With more queries than keys the first ones stand before all keys, and look far ahead.
    seen = [[0 <= key - (query - 3) <= 10 for key in range(2)] for query in range(5)]
    np.testing.assert_array_equal(masks.sliding_window(5, 0, 10, key_length=2).numpy()[0], seen)


def test_traced_values_cannot_be_looked_at():
    mask = masks.padding(keras.Input((5,), dtype="bool")) & masks.causal(5)
    for look in (mask.numpy, mask.drawing, lambda: mask == masks.causal(5)):
        with pytest.raises(TypeError, match="holds traced tensors, whose values are not known before"):
            look()
