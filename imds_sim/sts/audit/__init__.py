"""CloudTrail records: every call of the STS, who made it, what came of it; alarms on them."""
