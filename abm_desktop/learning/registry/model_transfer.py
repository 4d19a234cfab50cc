"""Models come from elsewhere and go elsewhere: import and export."""

from __future__ import annotations

from pathlib import Path

from abm_desktop.inputs import InputError
from abm_desktop.learning.registry.model_archive import pack, read_archive, read_folder
from abm_desktop.learning.registry.model_info import ModelInfo, text_of, text_of_info
from abm_desktop.learning.registry.model_list import get_model, load_policy, read_policy
from abm_desktop.learning.registry.model_meta import ModelError, check_meta
from abm_desktop.learning.registry.model_names import the_only_one_making
from abm_desktop.learning.registry.provenance import now, program_version
from abm_desktop.market.roles import DEFAULT_ROLE
from abm_desktop.model_folders import META_FILE, POLICY_FILE, folder_of
from abm_desktop.plain_json import parse_json
from abm_desktop.whole_files import TakenError, new_file, whole_file, whole_folder, write_whole

__all__ = ["export_model", "import_model"]


def import_model(source: Path, name: str = "") -> ModelInfo:
    """Take in a model's folder, the ``.zip`` of one, or a policy's ``.npz`` file.

    Its policy, what is told of it and its curves are taken in, as data within limits, and nothing
    else: training cannot go on from it. Without a name it keeps its own; a policy whose own name
    another model has takes that of its file.
    Raises :class:`ModelError`; nothing is left of it then.
    """
    try:
        if source.is_dir():
            return _take_in(read_folder(source), name)
        if source.suffix.lower() == ".zip":
            return _take_in(read_archive(source), name)
        if source.is_file() and source.suffix.lower() != ".npz":
            raise ModelError(
                "cannot be taken in: what can be is a model's folder, the .zip of one, or a "
                "policy's .npz file",
                path=source,
                remedy="write one where the model is: abm-desktop models export NAME FILE.zip",
            )
        return _take_in_policy(source, name)
    except ModelError:
        raise
    except InputError as error:
        told = str(error).removeprefix(f"{source}: ")
        raise ModelError(f"cannot be taken in: {told}", path=source) from error
    except OSError as error:
        raise ModelError(f"cannot be read: {error.strerror or error}", path=source) from error


def _take_in(files: dict[str, bytes], name: str) -> ModelInfo:
    try:
        values = check_meta(parse_json(files[META_FILE]))
    except InputError as error:
        raise InputError(
            f"{META_FILE}: {error}", remedy="mend that file, or take its policy.npz in alone"
        ) from error
    # The folder it comes from may be called anything.
    values |= {"name": name or values["name"], "checkpoint": ""}
    with the_only_one_making(values["name"], folder_of) as folder, whole_folder(folder) as part:
        for file, data in files.items():
            (part / file).write_bytes(data)
        try:
            policy = read_policy(part / POLICY_FILE)
        except ModelError as error:
            raise InputError(f"{POLICY_FILE} {error.message}") from error
        if policy.role != values.get("role", DEFAULT_ROLE):
            raise InputError(f"the policy is one of a {policy.role} trader, not as it is told")
        write_whole(part / META_FILE, text_of(values))
    return get_model(values["name"])


def _take_in_policy(source: Path, name: str) -> ModelInfo:
    policy = read_policy(source)
    own = policy.name if policy.name and not folder_of(policy.name).exists() else source.stem
    info = ModelInfo(
        name=name or own,
        algorithm="imported",
        scenario="",
        created=now(),
        iterations=0,
        env_steps=0,
        reward_mean=None,
        seed=0,
        status="imported",
        version=program_version(),
        checkpoint="",
        role=policy.role,
        observations=policy.observations,
        actions=policy.actions,
    )
    with the_only_one_making(info.name, folder_of) as folder, whole_folder(folder) as part:
        policy.save(part / POLICY_FILE)
        write_whole(part / META_FILE, text_of_info(info))
    return info


def export_model(name: str, target: Path, *, overwrite: bool = False) -> Path:
    """Write a model to a file; returns it.

    Raises :class:`ModelError`, also if the file is there already and may not be overwritten.

    The suffix says what is written: ``.npz`` the policy as plain arrays, ``.onnx`` or ``.pt`` as an
    ONNX graph or TorchScript module, ``.zip`` policy, description and curves. A folder gets
    the plain arrays.
    """
    from abm_desktop.learning.registry.policy_formats import FORMATS, write_policy

    folder = get_model(name).folder
    file = target / f"{name}.npz" if target.is_dir() else target
    if file.suffix.lower() not in (*FORMATS, ".zip"):
        raise ModelError(
            f"{file} cannot be written: the name must end in {', '.join((*FORMATS, '.zip'))}"
        )
    try:
        with whole_file(file) if overwrite else new_file(file) as part:
            if file.suffix.lower() == ".zip":
                pack(folder, part)
            else:
                write_policy(load_policy(name), part, file.suffix)
    except TakenError as error:
        raise ModelError(
            "is there already", path=file, remedy="choose another name, or use --overwrite"
        ) from error
    except OSError as error:
        raise ModelError(f"{file} cannot be written: {error.strerror or error}") from error
    return file
