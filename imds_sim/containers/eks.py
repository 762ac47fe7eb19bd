"""The EKS Pod Identity agent (169.254.170.23, fd00:ec2::23): role credentials of pods.

Source: eks-pod-identity-agent, pkg/server/server.go, pkg/handlers/eks_credential_handler.go and
internal/validation/request.go. EKS Auth behind it is part of the simulator: it alone looks at
signature, audience and association.
"""

import json
import uuid
from collections import Counter
from http import HTTPStatus
from typing import Protocol

from imds_sim.containers import go_url, service_account_token
from imds_sim.containers.eks_errors import (
    AGENT_FORMS,
    EKS_AUTH_FORMS,
    AssociationMissing,
    EksAuthError,
    EksError,
    HostNotAllowed,
    RoleNotAssumable,
    TokenMissing,
)
from imds_sim.containers.go_handler import GoHandler
from imds_sim.containers.go_mux import ServeMux
from imds_sim.containers.go_url import GoUrl
from imds_sim.containers.service_account_token import UnprovenToken
from imds_sim.credentials.provider import CredentialProvider, CredentialSet, Delivery, Refused
from imds_sim.kernel.clock import Clock
from imds_sim.kernel.entropy import Entropy
from imds_sim.kernel.exchange import Connection
from imds_sim.kernel.http_date import HttpDates
from imds_sim.kernel.message import Notes, Request, Response
from imds_sim.kernel.timestamps import iso_seconds
from imds_sim.workloads.pod import POD_AUDIENCE, Cluster, Pod

ADDRESSES = ("169.254.170.23", "fd00:ec2::23")
JSON = ("Content-Type", "application/json")


class TokenVerifier(Protocol):
    """EKS Auth's part: who issued a token. `ClusterTokens` is one."""

    def verify(self, presented: str, said: UnprovenToken, audience: str) -> Cluster: ...


class EksHandler(GoHandler):
    """Answers for every pod of every cluster; any method gets what GET gets."""

    def __init__(
        self,
        provider: CredentialProvider,
        tokens: TokenVerifier,
        clock: Clock,
        entropy: Entropy,
        answered: Counter[int] | None = None,
    ) -> None:
        """`answered` counts what was answered, by status."""
        super().__init__(HttpDates(clock))
        self._provider, self._tokens = provider, tokens
        self._clock, self._entropy = clock, entropy
        self._answered = Counter() if answered is None else answered
        self._mux = ServeMux(self._server, frozenset({Pod.credentials_path}))

    def handle(self, request: Request, pod: Pod | None, connection: Connection) -> Response:
        """Answer as the agent beside `pod`; None where the token names no pod."""
        url = self._mux.route(request)
        if isinstance(url, Response):
            return url
        response = self._answer(request, url, pod, connection)
        self._answered[response.status] += 1
        return response

    def _answer(
        self, request: Request, url: GoUrl, pod: Pod | None, connection: Connection
    ) -> Response:
        try:
            _check_host(url.host or request.headers.get("host") or "", connection)
            held = self._held(request.headers.get("authorization") or "", pod)
        except EksError as error:
            status, text = self._form(error)
            return self._server.error(request, status, text, notes=Notes(detail=str(error)))
        notes = held.notes()
        return self._server.reply(request, HTTPStatus.OK, (JSON,), _document(held), notes=notes)

    def _held(self, presented: str, pod: Pod | None) -> CredentialSet:
        if not presented:
            raise TokenMissing("")
        said = service_account_token.read(presented)
        said.check_claims(self._clock.now())
        said.check_pod()
        cluster = self._tokens.verify(presented, said, POD_AUDIENCE)
        if pod is None or pod.cluster != cluster:
            raise AssociationMissing("no pod of the configuration has this token")
        held = self._provider.current(pod.name, Delivery.CONTAINER)
        match held:
            case CredentialSet():
                return held
            case Refused(message=message):
                raise RoleNotAssumable(message)
            case None:
                raise RoleNotAssumable("the pod holds no credentials")

    def _form(self, error: EksError) -> tuple[HTTPStatus, str]:
        if isinstance(error, EksAuthError):
            form = EKS_AUTH_FORMS[type(error)]
            chance = self._entropy.bytes(16, "request ids of EKS Auth")
            return form.status, form.text(str(uuid.UUID(bytes=chance, version=4)))
        status, text = AGENT_FORMS[type(error)]
        return status, f"{text}{error}"


def _check_host(host: str, connection: Connection) -> None:
    """Raise HostNotAllowed unless the client means the agent's address, or the one it reached."""
    name = go_url.without_port(host)
    if len(name) > 1 and name[0] == "[" and name[-1] == "]":
        name = name[1:-1]
    if name not in (*ADDRESSES, connection.local or ADDRESSES[0]):
        raise HostNotAllowed(name)


def _document(held: CredentialSet) -> bytes:
    """Key, secret, token, account, end: in this order, without line feed."""
    members = {
        "AccessKeyId": held.access_key_id,
        "SecretAccessKey": held.secret_access_key.reveal(),
        "Token": held.session_token.reveal(),
        "AccountId": held.account,
        "Expiration": iso_seconds(held.expires_at),
    }
    return json.dumps(members, separators=(",", ":")).encode()
