"""The signed forms of an identity document, and the certificates that they are checked with.

Source: EC2 User Guide, "Verify the instance identity document"; lines and encodings of `signature`
and `pkcs7` from recordings. `dsa2048` is listed by the service and described nowhere: inferred.
"""

import base64
from typing import TYPE_CHECKING

from imds_sim.imds.signed_forms import SignedForm
from imds_sim.kernel.clock import Clock
from imds_sim.kernel.entropy import Entropy
from imds_sim.kernel.keys import KeyKeeper

if TYPE_CHECKING:
    from imds_sim.imds.identity_keys import IdentityKey

_DIGEST = {SignedForm.PKCS7: "sha1", SignedForm.RSA2048: "sha256", SignedForm.DSA2048: "sha256"}


class Signatures:
    """Signs for every Region. Makes a key at its first use, and loads what it takes only then.

    Holds four keys for each Region that instances are in.
    """

    def __init__(self, keeper: KeyKeeper, clock: Clock, entropy: Entropy) -> None:
        self._keeper = keeper
        self._clock = clock
        self._entropy = entropy
        self._keys: dict[tuple[SignedForm, str], IdentityKey] = {}

    def certificate(self, form: SignedForm, region: str) -> str:
        """The certificate in PEM that proves what is signed in this form. Raises KeyUnusable."""
        return self._key(form, region).certificate_pem

    def sign(self, form: SignedForm, region: str, document: bytes) -> bytes:
        """The leaf for `document`: base64 without header and final line feed. Raises KeyUnusable.

        DSA signs with chance and the containers tell the time: no two calls give the same.
        """
        signer = self._key(form, region)
        if form is SignedForm.SIGNATURE:
            signed = signer.sign(document, "sha256")
        else:
            from imds_sim.imds.signed_data import signed_data

            signed = signed_data(document, signer, _DIGEST[form], self._clock.now())
        return base64.encodebytes(signed).removesuffix(b"\n")  # lines of 76

    def _key(self, form: SignedForm, region: str) -> "IdentityKey":
        found = self._keys.get((form, region))
        if found is None:
            from imds_sim.imds.identity_keys import identity_key

            found = identity_key(self._keeper, form, region, self._entropy)
            self._keys[form, region] = found
        return found
