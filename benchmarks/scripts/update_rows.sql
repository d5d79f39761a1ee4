-- plant: AEG1402 explicit
-- sizes: 10 30
-- weight: 2
-- A loop that saves each customer after changing it; keys ascend, so that no two deadlock.
\set seed random(1, 19000)
BEGIN;
-- repeat {size}
\set key :seed + {n} * 29
-- child
UPDATE "shop_customer" SET "loyalty_points" = ("shop_customer"."loyalty_points" + 1), "phone" = '+49 30 :key' WHERE "shop_customer"."id" = :key;
-- end
COMMIT;
