-- weight: 1
-- A list now and then, so that the lookups of later requests follow a parent-like query.
\set first random(1, 19000)
\set pause_us random(2000, 40000)
SELECT "shop_customer"."id", "shop_customer"."email" FROM "shop_customer" WHERE "shop_customer"."id" > :first ORDER BY "shop_customer"."id" LIMIT 20;
\sleep :pause_us us
