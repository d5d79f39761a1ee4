-- plant: AEG1102 explicit
-- sizes: 8 25
-- weight: 2
-- Several lookups per row: an export that asks for customer and address of each order.
\set seed random(1, 1000000)
BEGIN;
-- parent
SELECT "shop_order"."id", "shop_order"."number", "shop_order"."customer_id", "shop_order"."shipping_address_id" FROM "shop_order" WHERE "shop_order"."status" IN ('paid', 'shipped') ORDER BY "shop_order"."created_at" DESC LIMIT {size};
-- repeat {size}
\set key permute({n}, 20000, :seed) + 1
-- child
SELECT "shop_customer"."id", "shop_customer"."email", "shop_customer"."phone" FROM "shop_customer" WHERE "shop_customer"."id" = :key LIMIT 21;
-- child
SELECT "shop_address"."id", "shop_address"."street", "shop_address"."city", "shop_address"."zip", "shop_address"."country" FROM "shop_address" WHERE "shop_address"."id" = :key LIMIT 21;
-- end
COMMIT;
