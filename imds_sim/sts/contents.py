"""What a caller puts into a session beside its name: session policies and session tags, packed.

Source: STS API Reference, AssumeRole (PackedPolicySize); IAM User Guide, "Pass session tags in AWS
STS". AWS keeps its packing to itself: ours is deflate with the vocabulary of policies, and the
percentages are our own.
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from imds_sim.sts.errors import PackedPolicyTooLarge
from imds_sim.sts.limits import MAX_PACKED

# What policies are made of, the commonest last, as deflate likes it.
_VOCABULARY = (
    b'"NotResource":"NotAction":"ForAllValues:StringEquals":"ForAnyValue:StringLike":'
    b'"aws:RequestTag/aws:ResourceTag/aws:PrincipalTag/aws:SourceIp":"IpAddress":"Bool":'
    b'"StringNotEquals":"ArnLike":"StringLike":"StringEquals":{"Condition":{"Sid":"'
    b"logs:ec2:iam:sts:sqs:sns:kms:lambda:dynamodb:Create*Put*Describe*Delete*List*Get*"
    b's3:PutObject"s3:GetObject","s3:ListBucket","arn:aws:s3:::arn:aws:iam::aws:policy/'
    b'","Resource":["*"]}]}"Action":["Effect":"Deny","Effect":"Allow",'
    b'{"Version":"2012-10-17","Statement":[{'
)
_LEVEL, _RAW = 6, -13  # 8 KiB of window: nothing that is packed is longer


@dataclass(frozen=True, slots=True)
class SessionContents:
    """The inline session policy as text, the ARNs of managed ones, the tags.

    `transitive_tag_keys` are keys of `tags`, spelt as there, that go on into chained sessions.
    """

    policy: str | None = None
    policy_arns: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    transitive_tag_keys: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was put in that is counted."""
        return self.policy is None and not self.policy_arns and not self.tags

    @property
    def transitive_tags(self) -> dict[str, str]:
        """The tags that a chained session inherits."""
        return {key: self.tags[key] for key in self.transitive_tag_keys}

    def packed(self) -> bytes:
        """The packed form; nothing packs to nothing."""
        if self.is_empty:
            return b""
        keys = list(self.tags)
        transitive = [keys.index(key) for key in self.transitive_tag_keys]
        listed = [self.policy_arns, dict(self.tags), transitive]
        rest = json.dumps(listed, ensure_ascii=False, separators=(",", ":"))
        plain = f"{self.policy or ''}\0{rest}".encode()
        packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _RAW, zdict=_VOCABULARY)
        return packer.compress(plain) + packer.flush()

    @classmethod
    def unpacked(cls, packed: bytes) -> "SessionContents":
        """Read what `packed` wrote; it must be authentic."""
        if not packed:
            return NO_CONTENTS
        plain = zlib.decompressobj(_RAW, zdict=_VOCABULARY).decompress(packed).decode()
        policy, _, rest = plain.partition("\0")
        arns, tags, transitive = json.loads(rest)
        keys = list(tags)
        return cls(
            policy or None,
            tuple(arns),
            tags,
            tuple(keys[index] for index in transitive),
        )

    def packed_size(self, packed: bytes) -> int:
        """How much of the allotted space `packed` fills, in percent (PackedPolicySize).

        Transitive keys hardly count (API Reference: not at all). Raises PackedPolicyTooLarge.
        """
        percent = -(-100 * len(packed) // MAX_PACKED)
        if percent <= 100:
            return percent
        tags = len(SessionContents(tags=self.tags).packed())
        if tags > MAX_PACKED:
            percent = -(-100 * tags // MAX_PACKED)
            raise PackedPolicyTooLarge(
                f"Packed size of session tags consumes {percent}% of allotted space."
            )
        raise PackedPolicyTooLarge(
            f"Packed policy consumes {percent}% of allotted space, please use smaller policy."
        )


NO_CONTENTS = SessionContents()
