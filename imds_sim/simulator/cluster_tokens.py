"""The tokens of service accounts: a cluster issues them to its pods, EKS Auth verifies them.

Source: Kubernetes, "Managing Service Accounts" (claims of bound tokens); the token of a pod on EKS
in public reports, whose key ids have 40 hexadecimal digits.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from imds_sim.containers.eks_errors import InvalidToken, TokenClaimsRefused
from imds_sim.containers.service_account_token import UnprovenToken
from imds_sim.kernel.clock import Clock
from imds_sim.kernel.entropy import Entropy
from imds_sim.kernel.keys import KeyKeeper
from imds_sim.kernel.secret import Secret
from imds_sim.sts.federation.issuer import Issuer
from imds_sim.sts.federation.keys import signing_key
from imds_sim.workloads.pod import POD_AUDIENCE, Cluster, Pod

if TYPE_CHECKING:
    from imds_sim.sts.federation.jose import KeySet

ALGORITHM = "RS256"
TOKEN_LIFETIME = timedelta(days=1)  # expirationSeconds of what the webhook of EKS projects


class ClusterTokens:
    """The issuers of the clusters of one world, by URL. Keys are made when first needed.

    Of the tokens it remembers one for each pod whose earlier ones have ended by `mint_last`.
    """

    def __init__(
        self, clusters: Iterable[Cluster], keys: KeyKeeper, clock: Clock, entropy: Entropy
    ) -> None:
        self._clusters = {cluster.issuer: cluster for cluster in clusters}
        self._keys, self._clock, self._entropy = keys, clock, entropy
        self._issuers: dict[str, Issuer] = {}
        self._key_sets: dict[str, KeySet] = {}
        self._last: dict[str, Secret] = {}  # by the uid of the pod

    def issuer(self, cluster: Cluster) -> Issuer:
        """Who signs the tokens of a cluster."""
        url = cluster.issuer
        if url not in self._issuers:
            kid = self._entropy.bytes(20, f"key id of {url}").hex()
            key = signing_key(self._keys, url, ALGORITHM, kid)
            self._issuers[url] = Issuer(url, (key,), self._clock, self._entropy)
        return self._issuers[url]

    def verify(self, presented: str, said: UnprovenToken, audience: str) -> Cluster:
        """The cluster that issued a token for `audience`; its times are not looked at.

        Raises InvalidToken, TokenWithoutPod, and TokenClaimsRefused where `mint_last` has ended it.
        """
        cluster = self._clusters.get(str(said.claims.get("iss")))
        if cluster is None:
            raise InvalidToken("no cluster of this world issued the token")
        from imds_sim.sts.federation.jose import KeySet, KeyUnknown, SignatureWrong

        if cluster.issuer not in self._key_sets:
            self._key_sets[cluster.issuer] = KeySet.read(self.issuer(cluster).jwks())
        try:
            self._key_sets[cluster.issuer].verify(presented, said.algorithm, said.key_id)
        except (KeyUnknown, SignatureWrong, RecursionError) as error:
            raise InvalidToken(str(error)) from None
        if audience not in said.audiences:
            raise InvalidToken(f"the token is not for {audience}")
        last = self._last.get(said.check_pod())
        if last is not None and not last.matches(presented):
            raise TokenClaimsRefused("token is expired")
        return cluster

    def mint(self, pod: Pod, audience: str) -> Secret:
        """A token that is projected into `pod`, valid for a day from now."""
        issued_at = int(self._clock.now().timestamp())
        claims: dict[str, object] = {
            "aud": [audience],
            "iat": issued_at,
            "nbf": issued_at,
            "kubernetes.io": {
                "namespace": pod.namespace,
                "pod": {"name": pod.name, "uid": pod.uid},
                "serviceaccount": {"name": pod.service_account, "uid": pod.service_account_uid},
            },
            "sub": pod.subject,
        }
        token = self.issuer(pod.cluster).mint(claims, TOKEN_LIFETIME)
        if audience == POD_AUDIENCE and pod.uid in self._last:
            self._last[pod.uid] = token
        return token

    def mint_last(self, pod: Pod) -> Secret:
        """A token for the agent, with which every earlier one of the pod has ended.

        So does this one with the next.
        """
        token = self.mint(pod, POD_AUDIENCE)
        self._last[pod.uid] = token
        return token
