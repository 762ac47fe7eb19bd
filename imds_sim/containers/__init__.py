"""The container credential endpoints: ECS tasks and Lambda functions."""
