"""Names of the Redis clients that rules look for."""

REDIS_CLIENTS = (
    "redis.Redis",
    "redis.StrictRedis",
    "redis.client.Redis",
    "redis.asyncio.Redis",
    "redis.asyncio.client.Redis",
    "redis.from_url",
    "redis.Redis.from_url",
    "redis.asyncio.from_url",
    "redis.cluster.RedisCluster",
    "redis.RedisCluster",
    "valkey.Valkey",
    "django_redis.get_redis_connection",
)
"""Classes, and functions whose result is named like them."""
