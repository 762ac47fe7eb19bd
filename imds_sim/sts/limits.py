"""Every number of the STS API, with its source.

"model" is botocore's data/sts/2011-06-15/service-2.json; "recorded" was seen from the service.
"""

import re
from datetime import timedelta

API_VERSION = "2011-06-15"

# AssumeRole, DurationSeconds: model, roleDurationSecondsType; the default holds also where the
# role's MaxSessionDuration is larger (API Reference).
MIN_DURATION = timedelta(seconds=900)
DEFAULT_DURATION = timedelta(seconds=3600)
MAX_DURATION = timedelta(seconds=43200)

# Services deliver credentials on terms of their own: MaxSessionDuration does not bind them (EC2
# hands out about 6 h from roles of 1 h), nor does the floor of the API.
MIN_SERVICE_DURATION = timedelta(seconds=1)

# A role session that assumes a role: IAM User Guide, "Roles terms and concepts", role chaining.
MAX_CHAINED_DURATION = timedelta(hours=1)

# Model: arnType, roleSessionNameType, externalIdType. Recorded: `\w` is ASCII only, lengths count
# Unicode scalar values, and characters above U+FFFF fail although the pattern seems to admit them.
ARN_LENGTH = (20, 2048)
ARN_PATTERN = r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+"
ARN_CHARACTERS = re.compile(r"[\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd]+")
ROLE_SESSION_NAME_LENGTH = (2, 64)
ROLE_SESSION_NAME_PATTERN = r"[\w+=,.@-]*"
ROLE_SESSION_NAME_CHARACTERS = re.compile(ROLE_SESSION_NAME_PATTERN, re.ASCII)
EXTERNAL_ID_LENGTH = (2, 1224)
EXTERNAL_ID_PATTERN = r"[\w+=,.@:\/-]*"
EXTERNAL_ID_CHARACTERS = re.compile(EXTERNAL_ID_PATTERN, re.ASCII)

# Recorded: integers are signed and have 32 bits; one beyond does not parse.
MIN_INTEGER = -(1 << 31)
MAX_INTEGER = (1 << 31) - 1

# IAM User Guide: clients must not assume a size; 4096 is what MinimumSessionTokenSize may ask for.
MAX_SESSION_TOKEN = 4096

# Recorded: the window of a signature, either way, by the clock of the wall.
SIGNATURE_WINDOW = timedelta(minutes=15)
