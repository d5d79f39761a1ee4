-- weight: 3
-- The same lookup in a transaction of its own, without a pause.
\set key random(1, 20000)
BEGIN;
SELECT "shop_customer"."id", "shop_customer"."email" FROM "shop_customer" WHERE "shop_customer"."id" = :key;
COMMIT;
