"""A file, a text or a mapping as a configuration, or every error in it at once."""

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path

from imds_sim.config.checks.accounts import check_accounts
from imds_sim.config.checks.combinations import check_combinations
from imds_sim.config.checks.faults import check_faults
from imds_sim.config.checks.interfaces import check_interfaces
from imds_sim.config.checks.listeners import check_listeners
from imds_sim.config.checks.policies import check_policies
from imds_sim.config.checks.references import check_references
from imds_sim.config.checks.timing import check_timing
from imds_sim.config.checks.trust import check_trust
from imds_sim.config.checks.uniqueness import check_uniqueness
from imds_sim.config.errors import ConfigInvalid, ConfigNotReadable, Problem
from imds_sim.config.findings import Finding, KeyPath, dotted
from imds_sim.config.named_files import NamedFiles
from imds_sim.config.python_document import PythonDocument, read_mapping
from imds_sim.config.schema.configuration import Configuration
from imds_sim.config.validate import validate
from imds_sim.config.yaml_document import YamlDocument, read_yaml

MAX_FILE = 16 * 1024 * 1024  # bytes
EMPTY = "the file is empty; write {} for a world with nothing in it"
DEFAULT_FILE = "roles: {web: {}}\ninstances: {web-1: {role: web}}\n"
_CHECKS = (
    check_references,
    check_faults,
    check_uniqueness,
    check_combinations,
    check_interfaces,
    check_listeners,
    check_timing,
    check_policies,
    check_trust,
    check_accounts,
)


def load_config(path: str | os.PathLike[str] | None = None) -> Configuration:
    """Read a file; without one the default: an instance web-1 with a role web.

    Raises ConfigNotReadable if there is no such file, ConfigInvalid with every error in it.
    """
    if path is None:
        return parse_config(DEFAULT_FILE, "<default>")
    source = os.fsdecode(path)
    try:
        with open(source, "rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read(MAX_FILE + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ConfigNotReadable([Problem(source, None, None, "", f"{reason}")]) from None
    if len(content) > MAX_FILE:
        message = f"the file has more than {MAX_FILE} bytes"
        raise ConfigInvalid([Problem(source, None, None, "", message)])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        good = content[: error.start].decode("utf-8-sig")
        place = good.count("\n") + 1, len(good) - good.rfind("\n")
        raise ConfigInvalid([Problem(source, *place, "", "not YAML: not UTF-8 text")]) from None
    checked = _checked(read_yaml(text), source, Path(source).absolute().parent, mode)
    return checked.with_text(text)


def parse_config(
    document: str | Mapping[str, object], source: str = "<config>", directory: Path | None = None
) -> Configuration:
    """Read YAML text, or a mapping made in Python. Raises ConfigInvalid with every error.

    Relative paths in it count from `directory`, by default the current one.
    """
    read = read_yaml(document) if isinstance(document, str) else read_mapping(document)
    checked = _checked(read, source, (directory or Path()).absolute(), None)
    return checked.with_text(document) if isinstance(document, str) else checked


def _checked(
    document: YamlDocument | PythonDocument, source: str, directory: Path, mode: int | None
) -> Configuration:
    findings = list(document.findings)
    data = document.data
    if data is None and not findings:
        # Half-written, most likely: it must not empty the world, and not fill it either.
        findings.append(Finding((), EMPTY))
    configuration: Configuration | None = None
    if data is not None:
        result = validate(data, NamedFiles(directory))
        configuration = result.configuration
        findings += result.findings
        if configuration is not None:
            findings += _sound(_cross_checked(configuration, mode), result.spoiled)
    problems = [
        (finding.position or document.position(finding.path), finding) for finding in findings
    ]
    problems.sort(key=lambda each: each[0] or (0, 0))
    errors = [_problem(source, *each) for each in problems if not each[1].warns]
    if errors or configuration is None:
        raise ConfigInvalid(errors)
    return configuration.with_warnings(tuple(_problem(source, *each) for each in problems))


def _cross_checked(configuration: Configuration, mode: int | None) -> Iterator[Finding]:
    for check in _CHECKS:
        yield from check(configuration)
    if mode is not None and stat.S_ISREG(mode) and mode & stat.S_IROTH:
        for path in islice(_inline_secrets(configuration), 1):
            yield Finding(
                path,
                f"a secret stands in a file that every user can read (mode "
                f"{stat.S_IMODE(mode):04o}); take that right from others: chmod o-r",
                warns=True,
            )
    key = configuration.state_key_file
    if key is not None and key.is_open_to_others:
        yield Finding(
            ("state_key_file",),
            f"every user can read the key (mode {key.mode:04o}); serve refuses it: chmod o-rwx",
            warns=True,
        )
    token = configuration.admin_token_file
    if token is not None and token.is_open_to_others:
        yield Finding(
            ("admin_token_file",),
            f"others can read the token (mode {token.mode:04o}); serve refuses it: chmod go-rwx",
            warns=True,
        )


def _inline_secrets(configuration: Configuration) -> Iterator[KeyPath]:
    for name, user in configuration.users.items():
        for index, key in enumerate(user.access_keys or ()):
            if key.secret is not None:
                yield "users", name, "access_keys", index, "secret"
        for index, _ in enumerate(user.mfa_devices):
            yield "users", name, "mfa_devices", index, "seed"
    for name, function in configuration.functions.items():
        if function.authorization_token is not None:
            yield "functions", name, "authorization_token"


def _sound(findings: Iterable[Finding], spoiled: frozenset[KeyPath]) -> Iterator[Finding]:
    """The findings that rest on nothing that is wrong itself."""
    for finding in findings:
        bases = (finding.path, *finding.rests_on)
        if not any(base[:end] in spoiled for base in bases for end in range(len(base) + 1)):
            yield finding


def _problem(source: str, position: tuple[int, int] | None, finding: Finding) -> Problem:
    line, column = position or (None, None)
    return Problem(source, line, column, dotted(finding.path), finding.message)
