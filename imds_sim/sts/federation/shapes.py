"""Tokens as well-known issuers shape them: what their claims are called and how `sub` is made.

Source: GitHub Docs, "OpenID Connect reference"; GitLab Docs, "OpenID Connect (OIDC) Authentication
Using ID Tokens"; Kubernetes documentation, "Managing Service Accounts" (bound tokens). The values
are examples: whatever matters to a test is given.
"""

import uuid
from collections.abc import Callable, Mapping
from enum import StrEnum

from imds_sim.sts.federation.web_identity_token import Claims

_SHA = "1a410efbd13591db07496601ebc7a059dd55cfe9"
_BRANCH = "refs/heads/"


class Shape(StrEnum):
    """The issuers that are imitated."""

    GITHUB = "github"
    GITLAB = "gitlab"
    KUBERNETES = "kubernetes"


def shaped(shape: Shape, given: Mapping[str, object], now: int) -> Claims:
    """The claims of a token of this shape; those given stand, and what follows from them follows.

    `now` is in seconds since the epoch.
    """
    return {"nbf": now, **_SHAPES[shape](given), **given}


def _github(given: Mapping[str, object]) -> Claims:
    repository = str(given.get("repository", "octo-org/octo-repo"))
    ref = str(given.get("ref", f"{_BRANCH}main"))
    workflow = f"{repository}/.github/workflows/ci.yml@{ref}"
    told: Claims = {
        "repository": repository,
        "repository_owner": repository.partition("/")[0],
        "repository_id": "74",
        "repository_owner_id": "65",
        "repository_visibility": "private",
        "ref": ref,
        "ref_type": "branch" if ref.startswith(_BRANCH) else "tag",
        "sha": _SHA,
        "actor": "octocat",
        "actor_id": "12",
        "event_name": "push",
        "workflow": "ci",
        "workflow_ref": workflow,
        "job_workflow_ref": workflow,
        "run_id": "30433642",
        "run_number": "10",
        "run_attempt": "1",
        "runner_environment": "github-hosted",
        "head_ref": "",
        "base_ref": "",
    }
    if "environment" in given:
        context = f"environment:{given['environment']}"
    elif given.get("event_name") == "pull_request":
        context = "pull_request"
    else:
        context = f"ref:{ref}"
    return {**told, "sub": f"repo:{repository}:{context}"}


def _gitlab(given: Mapping[str, object]) -> Claims:
    project = str(given.get("project_path", "my-group/my-project"))
    ref, kind = str(given.get("ref", "main")), str(given.get("ref_type", "branch"))
    folder = "heads" if kind == "branch" else "tags"
    return {
        "sub": f"project_path:{project}:ref_type:{kind}:ref:{ref}",
        "namespace_id": "72",
        "namespace_path": project.rpartition("/")[0],
        "project_id": "20",
        "project_path": project,
        "project_visibility": "private",
        "user_id": "1",
        "user_login": "sample-user",
        "user_email": "sample-user@example.com",
        "user_access_level": "developer",
        "pipeline_id": "574",
        "pipeline_source": "push",
        "job_id": "302",
        "ref": ref,
        "ref_type": kind,
        "ref_path": f"refs/{folder}/{ref}",
        "ref_protected": "true",
        "runner_id": 1,
        "runner_environment": "gitlab-hosted",
        "sha": _SHA,
    }


def _kubernetes(given: Mapping[str, object]) -> Claims:
    subject = str(given.get("sub", "system:serviceaccount:default:default"))
    namespace, _, account = subject.removeprefix("system:serviceaccount:").partition(":")
    pod = f"{account}-0"
    return {
        "sub": subject,
        "kubernetes.io": {
            "namespace": namespace,
            "pod": {"name": pod, "uid": _uid("pod", namespace, pod)},
            "serviceaccount": {
                "name": account,
                "uid": _uid("serviceaccount", namespace, account),
            },
        },
    }


def _uid(*names: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(names)))


_SHAPES: dict[Shape, Callable[[Mapping[str, object]], Claims]] = {
    Shape.GITHUB: _github,
    Shape.GITLAB: _gitlab,
    Shape.KUBERNETES: _kubernetes,
}
