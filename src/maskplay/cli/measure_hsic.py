"""`maskplay measure hsic`."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from maskplay.cli.console import print_json
from maskplay.cli.refusal import Refusal, say

if TYPE_CHECKING:
    from maskplay.analysis.hsic import ColumnDependence, DependenceMatrix, SelfAudit

_SHADES = " ·░▒▓█"
_DRAWN_UP_TO = 30


def hsic(
    table: Annotated[
        Path, typer.Argument(help="A CSV or Parquet file with a line of names.", show_default=False)
    ],
    target: Annotated[
        str | None, typer.Option("--target", "-t", help="Rank the other columns by dependence on this one.")
    ] = None,
    columns: Annotated[
        str | None, typer.Option(help="Only these, separated by commas.", show_default="all")
    ] = None,
    kernel: Annotated[
        str, typer.Option(help="For numbers: gaussian, laplace, linear, distance.")
    ] = "gaussian",
    method: Annotated[
        str, typer.Option(help="permutation (exact) or gamma (fast, no randomness).")
    ] = "permutation",
    permutations: Annotated[
        int | None, typer.Option(min=1, help="Random orders.", show_default="999, more for many columns")
    ] = None,
    groups: Annotated[
        str | None, typer.Option(help="Test independence within the groups that this column names.")
    ] = None,
    correction: Annotated[
        str, typer.Option(help="holm, benjamini-hochberg, benjamini-yekutieli, bonferroni, none.")
    ] = "holm",
    level: Annotated[
        float, typer.Option(min=0, max=1, help="Adjusted p-values up to this count as found.")
    ] = 0.05,
    select: Annotated[
        str | None,
        typer.Option(help="Also choose columns that tell of the target together: forward, backward, lasso."),
    ] = None,
    count: Annotated[int, typer.Option(min=1, help="How many --select chooses.")] = 5,
    audit: Annotated[
        bool,
        typer.Option(help="Also run the test on shuffled copies of the best column: its real level here."),
    ] = False,
    matrix: Annotated[
        Path | None, typer.Option(help="Draw how all columns depend on each other here (PNG or SVG).")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the random orders.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Say which columns of a table depend on a target, in whatever way, and whether it is significant.

    Below the ranking all pairs of columns are drawn; without --target, only these. Numbers are compared by a kernel of
    their own median width, labels for equality; rows without a value are left out. The strength is the correlation of
    the Gaussian pair that depends as much (0 to 1), with an interval of about 95 %.

    \b
    Examples:
      maskplay measure hsic table.csv --target y
      maskplay measure hsic table.csv --target y --matrix matrix.png --select lasso
      maskplay measure hsic table.parquet --groups hospital --target outcome --json

    Exit code: 0 measured (whatever was found), 2 the input is at fault.
    """
    from maskplay.analysis import hsic as room

    if kernel not in ("gaussian", "laplace", "linear", "distance"):
        raise Refusal(f"--kernel must be gaussian, laplace, linear or distance. Received: {kernel}")
    if (select or audit or groups) and target is None:
        raise Refusal("--select, --audit and --groups need a --target.")
    data = room.read_table(table)
    chosen = None if columns is None else [name.strip() for name in columns.split(",")]
    result: dict[str, Any] = {"table": str(table), "rows": len(next(iter(data.values())))}
    lines: list[str] = []
    if target is not None:
        ranked = room.rank_columns(
            data,
            target,
            columns=chosen,
            kernel=kernel,
            method=method,
            permutations=permutations or _enough(len(chosen or data), level),
            groups=groups,
            correction=correction,  # type: ignore[arg-type]
            seed=seed,
        )
        result |= {"target": target, "columns": [asdict(one) for one in ranked]}
        lines += _ranking(ranked, target, level)
        names = [target, *(one.column for one in ranked)]
        if select is not None:
            part = {name: data[name] for name in names}
            found = room.select_features(part, target, min(count, len(ranked)), way=select, kernel=kernel)  # type: ignore[arg-type]
            result["selected"] = asdict(found)
            lines += ["", f"Together ({select}): " + ", ".join(found.columns)]
        if audit:
            checked = _audited(data, target, ranked[0].column, kernel, method, seed)
            result["audit"] = {**asdict(checked), "passed": checked.passed}
            lines += ["", _audit_line(checked, ranked[0].column)]
    else:
        names = chosen or list(data)
    asked = target is None or matrix is not None
    pairs = _pairs(data, names, kernel, correction, asked)
    if pairs is None:
        lines += ["", "All pairs are not drawn here: --matrix FILE draws them, or says why it cannot."]
    else:
        result["matrix"] = {
            "columns": list(pairs.columns),
            "correlation": pairs.correlation.tolist(),
            "adjusted": pairs.p_values.tolist(),
            "samples": pairs.samples,
        }
        lines += ["", *_drawn(pairs, level)]
        if matrix is not None:
            pairs.draw(matrix, level)
            say(f"{matrix}: drawn")
    if as_json:
        print_json(result)
    else:
        print("\n".join(lines).strip("\n"))


def _pairs(
    data: Any, names: list[str], kernel: str, correction: Any, asked: bool
) -> "DependenceMatrix | None":
    """All pairs; None where nobody asked for them and there are too many, or too few rows that are complete."""
    from maskplay.analysis import hsic as room

    if not asked and len(names) > _DRAWN_UP_TO:
        return None
    try:
        return room.dependence_matrix(data, columns=names, kernel=kernel, correction=correction)
    except ValueError:
        if asked:
            raise
        return None


def _enough(columns: int, level: float) -> int:
    """Random orders for which the smallest p-value passes the strictest correction, five times over."""
    return max(999, int(5 * columns / max(level, 1e-3)) - 1)


def _ranking(ranked: "list[ColumnDependence]", target: str, level: float) -> list[str]:
    from maskplay.cli.excerpt import shown

    names = [shown(one.column) for one in ranked]
    width = max(len("column"), *map(len, names))
    lines = [f"{'column':<{width}}   strength     95 %       p     adjusted    rows"]
    for name, one in zip(names, ranked, strict=True):
        mark = "*" if one.adjusted <= level else " "
        lines.append(
            f"{name:<{width}} {mark} {one.correlation:>6.2f}   {one.low:.2f}-{one.high:.2f}  "
            f"{one.p_value:>8.2g} {one.adjusted:>8.2g} {one.samples:>8,}"
        )
    count = sum(one.adjusted <= level for one in ranked)
    lines.append(
        f"{count} of {len(ranked)} columns depend on {shown(target)} (*: adjusted p at most {level:g})"
    )
    return lines


def _drawn(pairs: "DependenceMatrix", level: float) -> list[str]:
    """The matrix in shades of characters; what is not significant is left blank."""
    from maskplay.cli.excerpt import shown

    names = [shown(name) for name in pairs.columns]
    if len(names) > _DRAWN_UP_TO:
        return [f"{len(names)} columns are too many to draw here: --matrix FILE draws them."]
    width = max(map(len, names))
    lines = [f"Strength of all pairs, significant ones, in shades ({_SHADES[1:]}):"]
    for i, name in enumerate(names):
        cells = []
        for j in range(len(names)):
            value = float(pairs.correlation[i, j])
            place = min(1 + int(value * (len(_SHADES) - 1)), len(_SHADES) - 1)
            cells.append((_SHADES[place] if i == j or pairs.p_values[i, j] <= level else " ") * 2)
        lines.append(f"{name:>{width}} {''.join(cells)}")
    return lines


def _audited(data: Any, target: str, column: str, kernel: str, method: str, seed: int) -> "SelfAudit":
    from maskplay.analysis import hsic as room
    from maskplay.analysis.hsic.tables.read_table import present

    kept = present(data[column]) & present(data[target])
    x, y = data[column][kept][:1000], data[target][kept][:1000]
    kernels = ["delta" if one.dtype.kind != "f" else kernel for one in (x, y)]
    return room.self_audit(x, y, *kernels, method=method, seed=seed)  # type: ignore[arg-type]


def _audit_line(checked: "SelfAudit", column: str) -> str:
    changes = (
        ""
        if checked.scale_changes != checked.scale_changes
        else f"; scales move p by {checked.scale_changes:.2g}"
    )
    return (
        f"Audit: of {checked.runs} shuffled copies of {column}, {checked.realised:.1%} were called dependent at "
        f"{checked.level:.0%} (99 %: {max(checked.low, 0):.1%} to {checked.high:.1%}){changes}: "
        f"{'passed' if checked.passed else 'FAILED'}"
    )
