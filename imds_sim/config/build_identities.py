"""The directory: roles and users of the file, with what the file leaves to be derived."""

from base64 import b64encode
from collections.abc import Iterable, Iterator

from imds_sim.config.arns import role_arns, serial_of
from imds_sim.config.build_policies import PolicyBuilder
from imds_sim.config.build_trust import DefaultTrusts
from imds_sim.config.clusters import clusters
from imds_sim.config.schema.configuration import Configuration
from imds_sim.config.schema.identities import AccessKeySection, UserSection
from imds_sim.config.schema.identity_providers import default_name
from imds_sim.iam.directory import Directory
from imds_sim.iam.entities import AccessKey, MfaDevice, OidcProvider, Role, SamlProvider, User
from imds_sim.iam.generations import Generations
from imds_sim.kernel.arn import partition_of
from imds_sim.kernel.identifiers import Identifiers, access_key_id
from imds_sim.kernel.secret import Secret
from imds_sim.sts.federation.claim_keys import known_claims
from imds_sim.workloads.pod import IRSA_AUDIENCE, Cluster

# The issuer of a built-in SAML provider: a name in a domain that nobody can have (RFC 2606).
BUILT_IN_ENTITY = "https://idp.imds-sim.invalid/saml/{name}"


def build_directory(
    configuration: Configuration, ids: Identifiers, generations: Generations
) -> Directory:
    """Everyone, and every policy; `generations` must have advanced to these roles already."""
    partition = partition_of(configuration.region)
    arns = role_arns(configuration)
    present = clusters(configuration, ids)
    defaults = DefaultTrusts(configuration, present)
    policies = PolicyBuilder(configuration)
    roles: list[Role] = []
    for name, section in configuration.roles.items():
        account = section.account or configuration.account
        generation = str(generations.of(arns[name]))
        roles.append(
            Role(
                partition=partition,
                account=account,
                name=name,
                unique_id=section.unique_id
                or ids.entity("AROA", account, section.path, name, generation),
                trust=section.trust.policy if section.trust is not None else defaults.of(name),
                path=section.path,
                max_session_duration=section.max_session_duration,
                policies=policies.identity(section.policies),
                permissions_boundary=policies.boundary(section.permissions_boundary),
                tags=section.tags,
            )
        )
    users_built = _users(configuration, ids, partition, policies)
    return Directory.of(
        roles,
        users_built,
        policies.managed,
        policies.accounts(ids),
        [
            *_of_clusters(present.values(), partition, configuration.account),
            *_oidc_providers(configuration, partition),
        ],
        _saml_providers(configuration, partition),
    )


def _saml_providers(configuration: Configuration, partition: str) -> list[SamlProvider]:
    providers = []
    for name, section in configuration.saml_providers.items():
        entity_id, certificates = BUILT_IN_ENTITY.format(name=name), ()
        if (metadata := section.metadata_file) is not None:
            entity_id, certificates = metadata.entity_id, metadata.certificates
        account = configuration.account
        providers.append(SamlProvider(partition, account, name, entity_id, certificates))
    return providers


def _of_clusters(
    clusters: Iterable[Cluster], partition: str, account: str
) -> Iterator[OidcProvider]:
    """What one makes of each cluster for IRSA; a provider in the file with its URL comes after."""
    for cluster in clusters:
        yield OidcProvider(
            partition=partition,
            account=account,
            issuer=cluster.issuer,
            client_ids=(IRSA_AUDIENCE,),
            name=f"eks-{cluster.name}",
        )


def _oidc_providers(configuration: Configuration, partition: str) -> list[OidcProvider]:
    return [
        OidcProvider(
            partition=partition,
            account=account,
            issuer=issuer,
            client_ids=section.audiences,
            name=section.name or default_name(issuer),
            key_set=section.jwks or section.jwks_file,
            claims=known_claims(issuer.partition("://")[2])
            if section.claims is None
            else section.claims,
            is_reachable=section.reachable,
        )
        for issuer, section in configuration.oidc_providers.items()
        for account in section.accounts or (configuration.account,)
    ]


def _users(
    configuration: Configuration, ids: Identifiers, partition: str, policies: PolicyBuilder
) -> list[User]:
    account = configuration.account
    return [
        User(
            partition=partition,
            account=account,
            name=name,
            unique_id=ids.entity("AIDA", account, section.path, name),
            path=section.path,
            access_keys=_access_keys(section, ids, account, name),
            policies=policies.identity(section.policies),
            permissions_boundary=policies.boundary(section.permissions_boundary),
            tags=section.tags,
            mfa_devices=tuple(
                MfaDevice(serial_of(configuration, name, device.serial), device.seed)
                for device in section.mfa_devices
            ),
        )
        for name, section in configuration.users.items()
    ]


def _access_keys(
    section: UserSection, ids: Identifiers, account: str, name: str
) -> tuple[AccessKey, ...]:
    keys = (AccessKeySection(),) if section.access_keys is None else section.access_keys
    return tuple(
        _access_key(key, ids, account, name, key.id or str(index)) for index, key in enumerate(keys)
    )


def _access_key(
    section: AccessKeySection, ids: Identifiers, account: str, user: str, which: str
) -> AccessKey:
    """`which` is the id, or else the place in the list: what the derived parts belong to."""
    chance = ids.digest("access key", account, user, which)
    derived = b64encode(ids.digest("secret access key", account, user, which)[:30]).decode()
    return AccessKey(
        id=section.id or access_key_id("AKIA", account, chance[:5]),
        secret=section.secret or section.secret_file or Secret(derived),
    )
