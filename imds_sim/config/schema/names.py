"""Names, paths and ids, each with the pattern that AWS gives it."""

from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema

from imds_sim.config.schema.text import matching, shown


def _pattern(pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^({pattern})$"})


_ACCOUNT = r"[0-9]{12}"
_account_text = matching(_ACCOUNT, "an account id; write its 12 digits")


def _account(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**12:
        value = str(value)  # unquoted; one with leading zeros is text already
    return _account_text(value)


AccountId = Annotated[
    str,
    PlainValidator(_account),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": f"^{_ACCOUNT}$"},
                {"type": "integer", "minimum": 10**11, "maximum": 10**12 - 1},
            ]
        }
    ),
]

AccountKey = Annotated[str, PlainValidator(_account), _pattern(_ACCOUNT)]  # keys are text always

# botocore's partitions.json has the regions; the pattern admits those to come.
_REGION = r"[a-z]{2,4}(-[a-z]+){1,2}-[0-9]{1,2}"
Region = Annotated[
    str,
    PlainValidator(matching(_REGION, "a region; write it like us-east-1")),
    _pattern(_REGION),
]

# EC2 User Guide, "Regions and Zones": zones, Local Zones and Wavelength Zones.
_ZONE = _REGION + r"([a-z]|-[a-z0-9]+(-[a-z0-9]+)*-[0-9]+[a-z]?)"
AvailabilityZone = Annotated[
    str,
    PlainValidator(matching(_ZONE, "an availability zone; write it like us-east-1a")),
    _pattern(_ZONE),
]

# IAM API: CreateRole, CreateUser, CreateInstanceProfile; the model's `\w` is ASCII.
_IAM_NAME = r"[\w+=,.@-]{1,64}"
_IAM_WORDS = "1 to 64 letters, digits and characters of +=,.@_-"
RoleName = Annotated[
    str, PlainValidator(matching(_IAM_NAME, f"a role name: {_IAM_WORDS}")), _pattern(_IAM_NAME)
]
UserName = Annotated[
    str, PlainValidator(matching(_IAM_NAME, f"a user name: {_IAM_WORDS}")), _pattern(_IAM_NAME)
]
_PROFILE_NAME = r"[\w+=,.@-]{1,128}"
ProfileName = Annotated[
    str,
    PlainValidator(
        matching(
            _PROFILE_NAME,
            "an instance profile name: 1 to 128 letters, digits and characters of +=,.@_-",
        )
    ),
    _pattern(_PROFILE_NAME),
]
_PROFILE_ID = r"AIPA[A-Z0-9]{17}"
ProfileId = Annotated[
    str,
    PlainValidator(
        matching(
            _PROFILE_ID,
            "the unique id of an instance profile: AIPA and 17 capital letters or digits",
        )
    ),
    _pattern(_PROFILE_ID),
]
_PATH = r"/|/[!-~]{1,510}/"
IamPath = Annotated[
    str,
    PlainValidator(
        matching(_PATH, "an IAM path; write / or /division/, at most 512 characters without blanks")
    ),
    _pattern(_PATH),
]
_ROLE_ID = r"AROA[A-Z0-9]{17}"
RoleId = Annotated[
    str,
    PlainValidator(
        matching(_ROLE_ID, "the unique id of a role: AROA and 17 capital letters or digits")
    ),
    _pattern(_ROLE_ID),
]
_KEY_ID = r"\w{16,128}"
_key_id_text = matching(_KEY_ID, "an access key id: 16 to 128 letters and digits")


def _access_key_id(value: object) -> str:
    text = _key_id_text(value)
    if text.startswith("ASIA"):
        raise ValueError(f"{shown(text)}: ids that begin with ASIA belong to temporary credentials")
    return text


AccessKeyId = Annotated[
    str, PlainValidator(_access_key_id), _pattern(r"(?!ASIA)[A-Za-z0-9_]{16,128}")
]

# Ours: the name is an argument of commands and stands in addresses of the control surface.
_WORKLOAD_NAME = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}"
_WORKLOAD_WORDS = (
    "a name: 1 to 64 letters, digits and characters of _.-, the first a letter or digit"
)
workload_name = matching(_WORKLOAD_NAME, _WORKLOAD_WORDS)
WorkloadName = Annotated[str, PlainValidator(workload_name), _pattern(_WORKLOAD_NAME)]
# Lambda API, FunctionName; two at least, since it becomes the name of the role session.
_FUNCTION_NAME = r"[A-Za-z0-9][A-Za-z0-9_-]{1,63}"
FunctionName = Annotated[
    str,
    PlainValidator(
        matching(
            _FUNCTION_NAME,
            "a function name: 2 to 64 letters, digits and characters of _-, the first a letter "
            "or digit",
        )
    ),
    _pattern(_FUNCTION_NAME),
]
_INSTANCE_ID = r"i-[0-9a-f]{8}([0-9a-f]{9})?"
InstanceId = Annotated[
    str,
    PlainValidator(matching(_INSTANCE_ID, "an instance id; write i- and 8 or 17 of 0-9a-f")),
    _pattern(_INSTANCE_ID),
]
_RESERVATION_ID = r"r-[0-9a-f]{8}([0-9a-f]{9})?"
ReservationId = Annotated[
    str,
    PlainValidator(matching(_RESERVATION_ID, "a reservation id; write r- and 8 or 17 of 0-9a-f")),
    _pattern(_RESERVATION_ID),
]
_IMAGE_ID = r"ami-[0-9a-f]{8}([0-9a-f]{9})?"
ImageId = Annotated[
    str,
    PlainValidator(matching(_IMAGE_ID, "an image id; write ami- and 8 or 17 of 0-9a-f")),
    _pattern(_IMAGE_ID),
]
_INSTANCE_TYPE = r"[a-z][a-z0-9-]{0,31}\.[a-z0-9-]{1,31}"
InstanceType = Annotated[
    str,
    PlainValidator(matching(_INSTANCE_TYPE, "an instance type; write it like m7g.large")),
    _pattern(_INSTANCE_TYPE),
]
_CLUSTER = r"[A-Za-z0-9_-]{1,255}"  # ECS API, CreateCluster
ClusterName = Annotated[
    str,
    PlainValidator(matching(_CLUSTER, "a cluster name: 1 to 255 letters, digits, _ and -")),
    _pattern(_CLUSTER),
]
# ECS API, RegisterTaskDefinition, CreateService: families, containers and services alike.
_ECS_NAME = r"[A-Za-z0-9_-]{1,255}"


def _ecs_name(what: str) -> PlainValidator:
    return PlainValidator(matching(_ECS_NAME, f"{what}: 1 to 255 letters, digits, _ and -"))


Family = Annotated[str, _ecs_name("a family"), _pattern(_ECS_NAME)]
ContainerName = Annotated[str, _ecs_name("a container name"), _pattern(_ECS_NAME)]
ServiceName = Annotated[str, _ecs_name("a service name"), _pattern(_ECS_NAME)]
_IMAGE_NAME = r"[A-Za-z0-9][A-Za-z0-9._/:@-]{0,254}"
ImageName = Annotated[
    str,
    PlainValidator(
        matching(_IMAGE_NAME, "an image: 1 to 255 letters, digits and characters of ._/:@-")
    ),
    _pattern(_IMAGE_NAME),
]
_CREDENTIALS_ID = r"(?!\.+$)[A-Za-z0-9._~-]{1,128}"  # what needs no escape in a URL
CredentialsId = Annotated[
    str,
    PlainValidator(
        matching(
            _CREDENTIALS_ID, "a credentials id: 1 to 128 letters, digits and characters of ._~-"
        )
    ),
    _pattern(_CREDENTIALS_ID),
]
_KEY_PAIR = r"[!-~]([ -~]{0,253}[!-~])?"
KeyPairName = Annotated[
    str,
    PlainValidator(matching(_KEY_PAIR, "a key pair name: 1 to 255 characters of ASCII")),
    _pattern(_KEY_PAIR),
]
# EKS API, CreateCluster.
_EKS_CLUSTER = r"[0-9A-Za-z][A-Za-z0-9_-]{0,99}"
EksClusterName = Annotated[
    str,
    PlainValidator(
        matching(
            _EKS_CLUSTER,
            "a cluster name: 1 to 100 letters, digits, _ and -, the first a letter or digit",
        )
    ),
    _pattern(_EKS_CLUSTER),
]
# Kubernetes, "Object Names and IDs": labels and subdomains of RFC 1123. A pod's name is shorter
# here than there, as a workload's is.
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
NamespaceName = Annotated[
    str,
    PlainValidator(
        matching(
            _LABEL,
            "a namespace: 1 to 63 of a-z0-9 and -, with a letter or digit at both ends",
        )
    ),
    _pattern(_LABEL),
]
_SUBDOMAIN = r"[a-z0-9]([a-z0-9.-]{{0,{0}}}[a-z0-9])?"
_SUBDOMAIN_WORDS = "of a-z0-9.-, with a letter or digit at both ends"
ServiceAccountName = Annotated[
    str,
    PlainValidator(
        matching(_SUBDOMAIN.format(251), f"a service account: 1 to 253 {_SUBDOMAIN_WORDS}")
    ),
    _pattern(_SUBDOMAIN.format(251)),
]
PodName = Annotated[
    str,
    PlainValidator(matching(_SUBDOMAIN.format(62), f"a pod name: 1 to 64 {_SUBDOMAIN_WORDS}")),
    _pattern(_SUBDOMAIN.format(62)),
]
_EXTERNAL_ID = r"[\w+=,.@:/-]{2,1224}"  # STS API, AssumeRole
ExternalId = Annotated[
    str,
    PlainValidator(
        matching(_EXTERNAL_ID, "an external ID: 2 to 1224 letters, digits and +=,.@:/_-")
    ),
    _pattern(_EXTERNAL_ID),
]
