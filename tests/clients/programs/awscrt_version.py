"""The version of what is imported."""

import json

import awscrt

print(json.dumps({"awscrt": awscrt.__version__}))
