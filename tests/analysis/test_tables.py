"""Tables: read, ranked, drawn, chosen from."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from maskplay.analysis.hsic import dependence_matrix, rank_columns, read_table, select_features


@pytest.fixture(scope="module")
def table() -> dict:
    rng = np.random.default_rng(0)
    a, b, c, d = rng.standard_normal((4, 200))
    region = np.array(["north", "south"])[(b > 0).astype(int)]
    target = a**2 + (b > 0) + 0.3 * d
    return {"a": a, "copy": a + 0.05 * c, "region": region, "noise": c, "y": target}


def test_csv_files_of_all_kinds(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text('\ufeffage;city;ok\n31;"A;B";yes\n;C;no\n\n4.5;;yes\n', encoding="utf-8")
    found = read_table(path)
    assert list(found) == ["age", "city", "ok"]
    assert found["age"][[0, 2]].tolist() == [31.0, 4.5]
    assert np.isnan(found["age"][1])
    assert found["city"].tolist() == ["A;B", "C", None]
    path.write_text("a,b\n1,2,3\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"table.csv, line 2: there must be 2 fields. Received: 3"):
        read_table(path)
    path.write_bytes(b"a,b\n\xe9,1\n")
    with pytest.raises(ValueError, match=r"table.csv must be UTF-8. Received: 0xe9"):
        read_table(path)
    path.write_text("a,a\n1,2\n", encoding="utf-8")
    with pytest.raises(ValueError, match="must name every column differently"):
        read_table(path)
    with pytest.raises(FileNotFoundError):
        read_table(tmp_path / "none.csv")


def test_matrices_mappings_and_frames() -> None:
    assert list(read_table(np.zeros((4, 2)))) == ["0", "1"]
    assert read_table({"flag": [True, False]})["flag"].tolist() == [True, False]

    class Frame:
        columns = ("x",)

        def __getitem__(self, name: str) -> np.ndarray:
            return np.array([1, 2])

    assert read_table(Frame())["x"].dtype == np.float64
    with pytest.raises(ValueError, match=r"columns of one length. Received: a: 1, b: 2"):
        read_table({"a": [1], "b": [1, 2]})


def test_times_and_what_frames_call_missing() -> None:
    class NAType:
        """Like that of pandas: not even equal to itself, or otherwise."""

        def __eq__(self, other: object) -> bool:
            raise TypeError("boolean value of NA is ambiguous")

        __ne__ = __eq__  # type: ignore[assignment]
        __hash__ = object.__hash__

    found = read_table(
        {
            "label": np.array(["a", NAType(), "b"], object),
            "day": [date(2020, 1, 1), None, date(2020, 1, 3)],
            "time": np.array(["2020-01-01", "NaT", "2020-01-02"], "datetime64[s]"),
        }
    )
    assert found["label"].tolist() == ["a", None, "b"]
    assert found["day"][2] - found["day"][0] == 2 * 86400e6
    assert np.isnan(found["day"][1])
    assert found["time"][2] - found["time"][0] == 86400
    assert np.isnan(found["time"][1])


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow"])
def test_frames_and_their_parquet_files(library: str, tmp_path: Path) -> None:
    module = pytest.importorskip(library)
    columns = {"x": [1.5, None, 3.0], "label": ["a", None, "b"]}
    table = module.table(columns) if library == "pyarrow" else module.DataFrame(columns)
    path = tmp_path / "table.parquet"
    if library == "pyarrow":
        pytest.importorskip("pyarrow.parquet").write_table(table, path)
    elif library == "polars":
        table.write_parquet(path)
    for source in (table, *([path] if path.exists() else [])):
        found = read_table(source)
        assert found["x"][[0, 2]].tolist() == [1.5, 3.0]
        assert np.isnan(found["x"][1])
        assert found["label"].tolist() == ["a", None, "b"]


def test_parquet_says_what_it_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for library in ("pyarrow", "polars", "pandas"):
        monkeypatch.setitem(__import__("sys").modules, library, None)
    (tmp_path / "table.parquet").write_bytes(b"PAR1")
    with pytest.raises(ImportError, match="Parquet files need pyarrow, polars or pandas"):
        read_table(tmp_path / "table.parquet")


@pytest.mark.parametrize("method", ["permutation", "gamma"])
def test_columns_are_ranked_and_corrected(table: dict, method: str) -> None:
    found = rank_columns(table, "y", method=method, permutations=499)
    assert [one.column for one in found][-1] == "noise"
    assert {one.column for one in found if one.adjusted <= 0.05} == {"a", "copy", "region"}
    assert all(one.p_value <= one.adjusted for one in found)
    strong = [one.cka for one in found if one.adjusted == found[0].adjusted]
    assert strong == sorted(strong, reverse=True)
    assert all(one.low <= one.correlation <= one.high for one in found)


def test_rows_without_a_value_are_left_out(table: dict) -> None:
    holes = {**table, "a": np.where(np.arange(200) % 4, table["a"], np.nan)}
    rows = {one.column: one.samples for one in rank_columns(holes, "y", method="gamma")}
    assert rows["a"] == 150
    assert rows["copy"] == 200
    with pytest.raises(ValueError, match=r"'a' and 'y' must both have values in 4 rows. Received: 0"):
        rank_columns({"a": np.full(9, np.nan), "y": np.arange(9.0)}, "y")


def test_groups_are_held_fixed() -> None:
    rng = np.random.default_rng(0)
    group = np.repeat(["u", "v"], 80)
    shift = 5.0 * (group == "u")
    table = {"x": shift + rng.standard_normal(160), "y": shift + rng.standard_normal(160), "group": group}
    assert rank_columns(table, "y", columns=["x"], permutations=99)[0].p_value == 0.01
    assert rank_columns(table, "y", groups="group", permutations=99)[0].p_value > 0.03


def test_the_matrix_and_its_picture(table: dict, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    found = dependence_matrix(table)
    names = list(found.columns)
    assert found.correlation[names.index("a"), names.index("copy")] > 0.95
    assert np.array_equal(found.correlation, found.correlation.T)
    assert found.p_values[names.index("noise"), names.index("region")] > 0.05
    found.draw(tmp_path / "matrix.png")
    assert (tmp_path / "matrix.png").read_bytes().startswith(b"\x89PNG")
    assert [path.name for path in tmp_path.iterdir()] == ["matrix.png"]


@pytest.mark.parametrize("way", ["forward", "backward", "lasso"])
def test_chosen_columns_say_different_things(table: dict, way: str) -> None:
    found = select_features(table, "y", 2, way=way)  # type: ignore[arg-type]
    assert "region" in found.columns
    assert len({"a", "copy"} & set(found.columns)) == 1
    assert len(found.scores) == 2


def test_lasso_weights_are_the_best_ones() -> None:
    """None below 0; the loss cannot fall by more of any, nor by less of those that there are."""
    from maskplay.analysis.hsic.tables.select_features import _lasso

    a = np.random.default_rng(0).standard_normal((6, 8))
    between, with_target = a @ a.T / 8, a @ np.arange(8.0) / 8
    weights = _lasso(between, with_target, 3)
    slopes = with_target - between @ weights
    assert (weights >= 0).all()
    assert 3 <= (weights > 0).sum() < 6
    penalty = slopes[weights > 0].mean()
    assert slopes[weights > 0] == pytest.approx(np.full((weights > 0).sum(), penalty), abs=1e-6)
    assert (slopes[weights == 0] <= penalty + 1e-6).all()


def test_what_is_not_in_the_table_is_refused(table: dict) -> None:
    with pytest.raises(ValueError, match=r"must have a column 'z'. Received: a, copy"):
        rank_columns(table, "z")
    with pytest.raises(ValueError, match="count must be between 1 and the 4 columns"):
        select_features(table, "y", 9)
    with pytest.raises(ValueError, match="way must be one of"):
        select_features(table, "y", 1, way="greedy")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="two columns or more"):
        dependence_matrix(table, columns=["a"])
