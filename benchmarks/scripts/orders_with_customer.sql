-- plant: AEG1101 explicit
-- sizes: 5 20 50
-- weight: 4
-- A Django list view with a lazy foreign key: one customer per order.
\set seed random(1, 1000000)
BEGIN;
-- parent
SELECT "shop_order"."id", "shop_order"."number", "shop_order"."status", "shop_order"."total", "shop_order"."currency", "shop_order"."note", "shop_order"."customer_id", "shop_order"."shipping_address_id", "shop_order"."created_at", "shop_order"."updated_at" FROM "shop_order" WHERE ("shop_order"."status" = 'paid' AND "shop_order"."id" < :seed) ORDER BY "shop_order"."id" DESC LIMIT {size};
-- repeat {size}
\set key permute({n}, 20000, :seed) + 1
-- child
SELECT "shop_customer"."id", "shop_customer"."email", "shop_customer"."first_name", "shop_customer"."last_name", "shop_customer"."phone", "shop_customer"."is_active", "shop_customer"."loyalty_points", "shop_customer"."created_at" FROM "shop_customer" WHERE "shop_customer"."id" = :key LIMIT 21;
-- end
COMMIT;
