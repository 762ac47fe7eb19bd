"""The order in which SDKs look: environment, then container if the environment names one, else
the instance metadata service.

Source: AWS SDKs and Tools Reference Guide, "Standardized credential providers". Profiles and web
identity stand between the first two; they are files of the user, and not looked at.
"""

from collections.abc import Mapping
from pathlib import Path

from imds_sim.cli.chain.errors import NoAnswer, NoCredentials
from imds_sim.cli.chain.found import Found, read_document
from imds_sim.cli.chain.local_http import fetch
from imds_sim.cli.chain.metadata import MetadataService
from imds_sim.kernel.secret import Secret

ECS_ENDPOINT = "http://169.254.170.2"
IPV4_ENDPOINT = "http://169.254.169.254"
IPV6_ENDPOINT = "http://[fd00:ec2::254]"
ROLES_PATH = "/latest/meta-data/iam/security-credentials/"
FALL_BACK = {403, 404, 405}  # of the token request: there is IMDSv1 only, as SDKs take it
REMEDY = 'try "imds-sim serve" and eval "$(imds-sim env)", or "imds-sim run -- COMMAND"'
PASSED_OVER = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE")


def walk(environ: Mapping[str, str]) -> Found:
    """The credentials that an SDK would use with this environment.

    Raises NoCredentials, NoAnswer, AddressNotAllowed.
    """
    return _environment(environ) or _container(environ) or _instance(environ)


def passed_over(environ: Mapping[str, str]) -> list[str]:
    """Variables that would send an SDK somewhere that `walk` does not look."""
    if environ.get("AWS_ACCESS_KEY_ID"):
        return []
    return [name for name in PASSED_OVER if environ.get(name)]


def metadata_endpoint(environ: Mapping[str, str]) -> str:
    """Where SDKs ask for instance metadata; an endpoint wins over a mode."""
    if given := environ.get("AWS_EC2_METADATA_SERVICE_ENDPOINT"):
        return given
    mode = environ.get("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "")
    return IPV6_ENDPOINT if mode.lower() == "ipv6" else IPV4_ENDPOINT


def _environment(environ: Mapping[str, str]) -> Found | None:
    key_id, secret = environ.get("AWS_ACCESS_KEY_ID"), environ.get("AWS_SECRET_ACCESS_KEY")
    if not key_id:
        return None
    if not secret:
        raise NoCredentials("AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not")
    session_token = environ.get("AWS_SESSION_TOKEN")
    return Found(
        source="the environment (AWS_ACCESS_KEY_ID)",
        access_key_id=key_id,
        secret_access_key=Secret(secret),
        session_token=Secret(session_token) if session_token else None,
        expires_at=environ.get("AWS_CREDENTIAL_EXPIRATION"),
    )


def _container(environ: Mapping[str, str]) -> Found | None:
    """Chosen by a variable being there: a failure ends the chain."""
    if path := environ.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"):
        variable, url = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", ECS_ENDPOINT + path
    elif full := environ.get("AWS_CONTAINER_CREDENTIALS_FULL_URI"):
        variable, url = "AWS_CONTAINER_CREDENTIALS_FULL_URI", full
    else:
        return None
    authorization_token = _authorization_token(environ)
    headers = {"Accept": "application/json"}
    if authorization_token is not None:
        headers["Authorization"] = authorization_token.reveal()
    reply = fetch("GET", url, headers)
    place = f"the container endpoint {'/'.join(url.split('/')[:3])} ({variable})"
    if reply.status != 200:
        raise NoCredentials(f"{place} answered {reply.status} {reply.text.strip()[:200]}")
    return read_document(place, reply.body)


def _authorization_token(environ: Mapping[str, str]) -> Secret | None:
    file = environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
    if not file:
        value = environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN")
        return Secret(value) if value else None
    try:
        value = Path(file).read_text()
    except (OSError, ValueError) as error:
        raise NoCredentials(f"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: {error}") from error
    if "\r" in value or "\n" in value:  # botocore, Rust and Go refuse it: it cannot be a header
        raise NoCredentials(f"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: {file} has a line feed in it")
    return Secret(value)


def _instance(environ: Mapping[str, str]) -> Found:
    if environ.get("AWS_EC2_METADATA_DISABLED", "").lower() == "true":
        raise NoCredentials("no credentials: none are set, and AWS_EC2_METADATA_DISABLED is true")
    service = MetadataService(metadata_endpoint(environ))
    v1_disabled = environ.get("AWS_EC2_METADATA_V1_DISABLED", "").lower() == "true"
    try:
        return _from_metadata(service, v1_disabled)
    except NoAnswer as error:
        raise NoCredentials(f"no credentials: none are set, and {error}; {REMEDY}") from error


def _from_metadata(service: MetadataService, v1_disabled: bool) -> Found:
    metadata_token = _metadata_token(service, v1_disabled)
    source = f"IMDSv{2 if metadata_token else 1} at {service.endpoint}"
    roles = service.get(ROLES_PATH, metadata_token)
    if roles.status == 404:
        raise NoCredentials(f"{source}: the instance has no role")
    names = roles.text.split("\n")
    if roles.status != 200 or not names[0]:
        raise NoCredentials(f"{source}: {ROLES_PATH} answered {roles.status} {roles.reason}")
    reply = service.get(ROLES_PATH + names[0], metadata_token)
    if reply.status != 200:
        raise NoCredentials(f"{source}: role {names[0]} answered {reply.status} {reply.reason}")
    return read_document(f"{source}, role {names[0]}", reply.body)


def _metadata_token(service: MetadataService, v1_disabled: bool) -> Secret | None:
    reply = service.issue_token()
    if reply.status == 200:
        return Secret(reply.text)
    told = f"{service.endpoint} answered {reply.status} {reply.reason} to the token request"
    if reply.status not in FALL_BACK:
        raise NoCredentials(told)
    if v1_disabled:
        raise NoCredentials(f"{told}, and AWS_EC2_METADATA_V1_DISABLED is true")
    return None
