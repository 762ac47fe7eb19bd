from collections.abc import Mapping

from imds_sim.admin.api import AdminApi
from imds_sim.imds.signed_forms import SignedForm
from imds_sim.kernel.keys import KeyUnusable
from tests.admin_backend import FakeBackend, FakeCore, fake_backend
from tests.worlds import world_of


def test_each_form_has_its_certificate() -> None:
    reply = AdminApi(fake_backend(world_of())).handle("GET", "/v1/certificates", {})
    assert reply.status == 200
    assert reply.document == {
        "region": "us-east-1",
        "certificates": [
            {"form": form, "pem": f"certificate of {form}\n"}
            for form in ("signature", "pkcs7", "rsa2048", "dsa2048")
        ],
    }


class Keyless(FakeCore):
    def certificates(self) -> dict[SignedForm, str]:
        raise KeyUnusable("keys/identity.pem: is damaged")


def test_a_key_that_cannot_be_used_is_told() -> None:
    whole = fake_backend(world_of())
    backend = FakeBackend(Keyless(whole.core.world), whole.process)
    reply = AdminApi(backend).handle("GET", "/v1/certificates", {})
    error = reply.document["error"]
    assert isinstance(error, Mapping)
    assert reply.status == 500
    assert error == {"code": "KeyUnusable", "message": "keys/identity.pem: is damaged"}
