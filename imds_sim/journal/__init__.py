"""What was asked and answered, with secrets redacted."""
