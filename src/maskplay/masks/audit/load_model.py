"""A saved model, without running anything that the file says."""

import importlib
import json
import os
import sys
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import keras

from maskplay.masks.audit._runner import quiet

_LARGEST = 64 * 2**20  # bytes of config.json
_OWN = f"{__name__.partition('.')[0]}."
_CODE = {
    "__lambda__": "a Python lambda",
    "TFSMLayer": "a TensorFlow graph",
    "TorchModuleWrapper": "a pickled PyTorch module",
}


def load_model(path: str | os.PathLike[str], imports: Sequence[str] = ()) -> keras.Model:
    """Load a `.keras` file; code in it is refused.

    Keras' safe mode is on, the optimizer is left out, and before Keras sees the file every class in it must be Keras'
    own, maskplay's own, or registered by `keras.saving.register_keras_serializable` in a module that you import.

    Args:
        path: The file, as `model.save("model.keras")` writes it.
        imports: Names of modules to import first, those that define and register the model's own layers; also
            looked for in the working folder.

    Raises:
        FileNotFoundError: There is no such file.
        ImportError: A module cannot be imported.
        ValueError: It is no `.keras` file, it is damaged, or it holds code or layers that are not known.
    """
    path = Path(path)
    _import(imports)
    config = _config(path)
    _import_own(config)
    _refuse_code(config, path)
    try:
        with quiet():
            model = keras.saving.load_model(path, compile=False, safe_mode=True)
    except Exception as error:
        text = str(error).strip().splitlines()
        raise ValueError(
            f"{path}: Keras cannot load it: {text[0] if text else type(error).__name__}"
        ) from error
    if not isinstance(model, keras.Model):
        raise ValueError(f"{path}: it holds a {type(model).__name__}, not a model.")
    return model


def _refuse_code(config: Any, path: Path) -> None:
    """Raise ValueError if a `.keras` file holds code, or classes that nobody registered."""
    unknown = set()
    for entry in _entries(config):
        name, module, registered = (entry.get(k) for k in ("class_name", "module", "registered_name"))
        if name in _CODE:
            raise ValueError(
                f"{path}: it holds {_CODE[name]}, which is code of the file's own and is not run. Save the model with "
                "registered layers and functions in its place."
            )
        if not _known(name, module, registered):
            unknown.add(str(registered or f"{module}.{name}"))
    if unknown:
        raise ValueError(
            f"{path}: it needs classes that are not known here: {', '.join(sorted(unknown))}. Import the module that "
            "defines and registers them (maskplay masks audit --import package.module)."
        )


def _import(modules: Sequence[str]) -> None:
    if modules and os.getcwd() not in sys.path:
        sys.path.append(os.getcwd())
    for name in modules:
        try:
            importlib.import_module(name)
        except ImportError:
            raise  # it says what is missing
        except (Exception, SystemExit) as error:  # whatever the module's own code does
            raise ImportError(
                f"The module {name!r} must be importable by its name, package.module. Received: "
                f"{type(error).__name__}: {error}"
            ) from error


def _import_own(config: Any) -> None:
    """Import the modules of maskplay that a file names: they register its layers."""
    # This room knows none of the rooms that build on it, so the names come from the file; the code is maskplay's.
    modules = {str(entry.get("module")) for entry in _entries(config)}
    for name in sorted(name for name in modules if name.startswith(_OWN)):
        with suppress(ModuleNotFoundError):  # then the class is not known, which the refusal tells
            importlib.import_module(name)


def _config(path: Path) -> Any:
    if not path.exists():
        raise FileNotFoundError(2, "No such file", str(path))
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo("config.json").file_size > _LARGEST:
                raise ValueError(f"{path}: its config.json is larger than {_LARGEST // 2**20} MB.")
            return json.loads(archive.read("config.json"))
    except (zipfile.BadZipFile, KeyError, IsADirectoryError) as error:
        raise ValueError(
            f"{path}: no .keras file. Save a model with model.save('model.keras'); older formats may hold code."
        ) from error
    except (UnicodeDecodeError, json.JSONDecodeError, zipfile.zlib.error) as error:  # type: ignore[attr-defined]
        raise ValueError(f"{path}: its config.json is damaged.") from error


def _entries(config: Any) -> Iterator[dict[str, Any]]:
    """Every object that the configuration would make."""
    waiting = [config]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if "class_name" in value:
                yield value
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def _known(name: Any, module: Any, registered: Any) -> bool:
    if module is None or str(module) == "builtins" or str(module).split(".")[0] == "keras":
        return True  # Keras looks these up among its own layers and functions, and among registered ones
    return keras.saving.get_registered_object(str(registered)) is not None
