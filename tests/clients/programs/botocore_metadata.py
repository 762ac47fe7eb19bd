"""What botocore itself asks the metadata service for: the region, and an instance's credentials."""

import json

import botocore.session
from botocore.utils import IMDSRegionProvider, InstanceMetadataFetcher

session = botocore.session.get_session()
fetched = InstanceMetadataFetcher(timeout=5, num_attempts=1).retrieve_iam_role_credentials()
told = ("role_name", "access_key", "account_id", "expiry_time")
print(
    json.dumps(
        {
            "region": IMDSRegionProvider(session).provide(),
            "names": sorted(fetched),
            **{name: fetched.get(name) for name in told},
        }
    )
)
