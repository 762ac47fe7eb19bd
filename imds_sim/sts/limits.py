"""Every number of the STS API, with its source.

"model" is botocore's data/sts/2011-06-15/service-2.json; "recorded" was seen from the service.
"""

import re
from datetime import timedelta

from imds_sim.sts.constraints import Range, TextLimit

API_VERSION = "2011-06-15"

# DurationSeconds of AssumeRole: model, roleDurationSecondsType; the default holds also where the
# role's MaxSessionDuration is larger (API Reference).
MIN_DURATION = timedelta(seconds=900)
DEFAULT_DURATION = timedelta(seconds=3600)
MAX_DURATION = timedelta(seconds=43200)

# DurationSeconds of GetSessionToken and GetFederationToken: model, durationSecondsType; what root
# asks for beyond its hour is silently reduced (API Reference).
DEFAULT_USER_DURATION = timedelta(seconds=43200)
MAX_USER_DURATION = timedelta(seconds=129600)
MAX_ROOT_DURATION = timedelta(hours=1)

# DurationSeconds of AssumeRoot: model, RootDurationSecondsType.
MIN_ROOT_TASK_DURATION = timedelta(0)
MAX_ROOT_TASK_DURATION = timedelta(seconds=900)

# Services deliver credentials on terms of their own: MaxSessionDuration does not bind them (EC2
# hands out about 6 h from roles of 1 h), nor does the floor of the API.
MIN_SERVICE_DURATION = timedelta(seconds=1)

# A role session that assumes a role: IAM User Guide, "Roles terms and concepts", role chaining.
MAX_CHAINED_DURATION = timedelta(hours=1)

# Texts: model, the type of the name. Recorded: `\w` is ASCII only, and characters above U+FFFF fail
# the pattern of ARNs although it seems to admit them.
_NAME_PATTERN = r"[\w+=,.@-]*"
_NAME = re.compile(_NAME_PATTERN, re.ASCII)
ARN_PATTERN = r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+"
ARN = TextLimit(
    20, 2048, ARN_PATTERN, re.compile(r"[\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd]+")
)
ROLE_SESSION_NAME = TextLimit(2, 64, _NAME_PATTERN, _NAME)
SOURCE_IDENTITY = TextLimit(2, 256, _NAME_PATTERN, _NAME)  # the model says 64; 256 was recorded
FEDERATED_USER_NAME = TextLimit(2, 32, _NAME_PATTERN, _NAME)
EXTERNAL_ID = TextLimit(2, 1224, r"[\w+=,.@:\/-]*", re.compile(r"[\w+=,.@:\/-]*", re.ASCII))
SERIAL_NUMBER = TextLimit(9, 256, r"[\w+=/:,.@-]*", re.compile(r"[\w+=/:,.@-]*", re.ASCII))
TOKEN_CODE = TextLimit(6, 6, r"[\d]*", re.compile(r"[\d]*", re.ASCII))
ACCESS_KEY_ID = TextLimit(16, 128, r"[\w]*", re.compile(r"[\w]*", re.ASCII))
MAX_ENCODED_MESSAGE = 10240
ENCODED_MESSAGE = TextLimit(1, MAX_ENCODED_MESSAGE)
TARGET_PRINCIPAL = TextLimit(12, 2048)
TRADE_IN_TOKEN = TextLimit(0)

# Session policies: sessionPolicyDocumentType. The model gives AssumeRole's no maximum, but 2,238
# characters were refused with this constraint in 2026, before the trust policy was asked. Inline
# and managed ones share the 2,048 (API Reference).
SESSION_POLICY = TextLimit(
    1,
    2048,
    r"[\u0009\u000A\u000D\u0020-\u00FF]+",
    re.compile(r"[\t\n\r\x20-\xff]+"),
)
MAX_SESSION_POLICIES_TEXT = 2048
MAX_POLICY_ARNS = 10  # API Reference; not in the model

# Session tags: tagListType, tagKeyType, tagValueType. `\w` without ASCII is `\p{L}\p{N}_`.
_SPACES = r"\x20\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"  # \p{Z}
MAX_TAGS = 50
TAG_KEY = TextLimit(1, 128, r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+", re.compile(rf"[\w{_SPACES}.:/=+\-@]+"))
TAG_VALUE = TextLimit(
    0, 256, r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*", re.compile(rf"[\w{_SPACES}.:/=+\-@]*")
)

# ProvidedContexts: ProvidedContextsListType, contextAssertionType.
MAX_PROVIDED_CONTEXTS = 5
CONTEXT_ASSERTION = TextLimit(4, 2048)

# AssumeRoleWithWebIdentity: model, clientTokenType and urlType; API Reference for the algorithms.
# The leeway, on either side, was observed by the authors of versitygw.
WEB_IDENTITY_TOKEN = TextLimit(4, 20000)
PROVIDER_ID = TextLimit(4, 2048)
WEB_IDENTITY_ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "ES256", "ES384", "ES512"})
WEB_IDENTITY_LEEWAY = timedelta(minutes=5)

# GetWebIdentityToken: model, webIdentityTokenDurationSecondsType, webIdentityTokenAudienceListType,
# jwtAlgorithmType. What a payload may hold is not told; ours has room for what most callers pass.
MIN_WEB_IDENTITY_DURATION = timedelta(seconds=60)
DEFAULT_WEB_IDENTITY_DURATION = timedelta(seconds=300)
MAX_WEB_IDENTITY_DURATION = timedelta(seconds=3600)
MAX_AUDIENCES = 10
AUDIENCE = TextLimit(1, 1000)
JWT_ALGORITHM = TextLimit(5, 5)
OUTBOUND_ALGORITHMS = ("RS256", "ES384")
MAX_JWT_PAYLOAD = 8192

# IAM API Reference, CreateSAMLProvider: characters of a metadata document.
MAX_SAML_METADATA = 10_000_000

# AssumeRoleWithSAML: model, SAMLAssertionType; the five minutes are in the message that clients get
# after them. That what begins later is accepted so long before is inferred, from other tokens.
SAML_ASSERTION = TextLimit(4, 100_000)
ASSERTION_LIFETIME = timedelta(minutes=5)
ASSERTION_SKEW = timedelta(minutes=5)

# Recorded: integers are signed and have 32 bits; one beyond does not parse.
MIN_INTEGER = -(1 << 31)
MAX_INTEGER = (1 << 31) - 1

# IAM User Guide: clients must not assume a size; 4096 is what MinimumSessionTokenSize may ask for.
MAX_SESSION_TOKEN = 4096
MINIMUM_SESSION_TOKEN_SIZE = Range(0, MAX_SESSION_TOKEN)

# What policies and tags of a session may fill once packed. AWS's packing and limit are not known;
# ours leaves room in the session token for everything else.
MAX_PACKED = 2048

# Recorded: the window of a signature, either way, by the clock of the wall.
SIGNATURE_WINDOW = timedelta(minutes=15)

# How long a message about a denial can be decoded. AWS says that messages expire, not when.
AUTHORIZATION_MESSAGE_LIFETIME = timedelta(hours=24)
