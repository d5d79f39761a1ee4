"""The domain vocabulary: findings, rules, evidence, reports and facts, without behaviour."""
