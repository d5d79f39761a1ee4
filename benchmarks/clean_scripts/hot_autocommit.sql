-- weight: 3
-- One lookup per request, requests apart by a random time, one statement prepared once.
\set key random(1, 20000)
\set pause_us random(2000, 40000)
SELECT "shop_customer"."id", "shop_customer"."email" FROM "shop_customer" WHERE "shop_customer"."id" = :key;
\sleep :pause_us us
